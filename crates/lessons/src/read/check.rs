//! What the types cannot say: numbers within their bounds, clients that are connected before they
//! act, texts in both languages, and statements that mean something.

use std::collections::BTreeSet;

use protocol::{LessonRequest, Policy, Request};

use super::place::Path;
use crate::{
    Action, Comparison, Lesson, Measure, Pieces, Question, Send, Series, Server, Statement, Step,
    Words,
};

/// Told of each thing that is wrong, and where.
type Tell<'a> = dyn FnMut(&Path, String) + 'a;

/// The largest buffer that is asked for, bytes.
const BUFFER_BYTES_MAX: u32 = 16 << 20;
/// The most reads of one action.
const READS_MAX: u32 = 4096;

pub fn check(lesson: &Lesson, id: &str, tell: &mut Tell) {
    let root = Path::default();
    if !lesson.id.is_empty() {
        tell(
            &root.key("id"),
            "a lesson is called as its file is; leave `id` out".into(),
        );
    }
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > LessonRequest::NAME_BYTES_MAX || !id.chars().all(is_plain) {
        tell(
            &root,
            format!(
                "the file's name is the lesson's: give one of a-z, 0-9 and -, of at most {} letters, for example my-lesson.toml",
                LessonRequest::NAME_BYTES_MAX
            ),
        );
    }
    words(&lesson.title, &root.key("title"), tell);
    words(&lesson.about, &root.key("about"), tell);
    server(&lesson.server, &root.key("server"), tell);
    let at = root.key("step");
    let count = lesson.steps.len();
    within(
        count as u64,
        1,
        Lesson::STEPS_MAX as u64,
        "steps",
        &at,
        tell,
    );
    let mut clients = Clients::default();
    for (index, one) in lesson.steps.iter().enumerate() {
        step(one, &at.index(index), &mut clients, count, tell);
    }
    let at = root.key("expect");
    statements(&lesson.expects, &at, clients.connected, count, tell);
    for (index, statement) in lesson.expects.iter().enumerate() {
        match &statement.says {
            Some(says) => words(says, &at.index(index).key("says"), tell),
            None => tell(
                &at.index(index),
                "say it in words, too: says = { en = \"…\", zh = \"…\" }".into(),
            ),
        }
    }
}

/// Which clients there are so far.
#[derive(Debug, Default)]
struct Clients {
    /// 1 to this.
    connected: u32,
    /// Those whose replies are kept.
    kept: BTreeSet<u32>,
}

fn step(step: &Step, at: &Path, clients: &mut Clients, steps: usize, tell: &mut Tell) {
    words(&step.title, &at.key("title"), tell);
    words(&step.text, &at.key("text"), tell);
    if !(step.notes.en.is_empty() && step.notes.zh.is_empty()) {
        words(&step.notes, &at.key("notes"), tell);
    }
    let script = at.key("do");
    let actions = &step.script.0;
    within(
        actions.len() as u64,
        0,
        Lesson::ACTIONS_MAX as u64,
        "actions",
        &script,
        tell,
    );
    for (index, one) in actions.iter().enumerate() {
        action(one, &script.index(index), clients, steps, tell);
    }
    if let Some(client) = step.look.client {
        let known = clients.connected;
        client_is_known(client, known, &at.key("look").key("client"), tell);
    }
    if let Some(question) = &step.question {
        ask(
            question,
            &at.key("question"),
            clients.connected,
            steps,
            tell,
        );
    }
}

fn ask(question: &Question, at: &Path, clients: u32, steps: usize, tell: &mut Tell) {
    words(&question.ask, &at.key("ask"), tell);
    if !(question.explain.en.is_empty() && question.explain.zh.is_empty()) {
        words(&question.explain, &at.key("explain"), tell);
    }
    let at = at.key("answer");
    within(
        question.answers.len() as u64,
        2,
        Lesson::ANSWERS_MAX as u64,
        "answers",
        &at,
        tell,
    );
    for (index, answer) in question.answers.iter().enumerate() {
        let at = at.index(index);
        words(&answer.text, &at.key("text"), tell);
        if answer.holds.is_empty() {
            tell(
                &at.key("holds"),
                "say what is measured if this answer is right".into(),
            );
        }
        statements(&answer.holds, &at.key("holds"), clients, steps, tell);
    }
}

fn action(action: &Action, at: &Path, clients: &mut Clients, steps: usize, tell: &mut Tell) {
    let known = clients.connected;
    let client = |client: u32, at: &Path, tell: &mut Tell| {
        client_is_known(client, known, &at.key("client"), tell);
    };
    match action {
        Action::Connect(connect) => {
            let at = at.key("connect");
            let next = known + 1;
            if connect.client != next {
                tell(
                    &at.key("client"),
                    format!(
                        "clients are numbered in the order of connecting; this is client {next}"
                    ),
                );
            }
            within(
                u64::from(connect.client),
                1,
                u64::from(Lesson::CLIENTS_MAX),
                "client",
                &at.key("client"),
                tell,
            );
            buffer(connect.send_buffer, &at.key("send_buffer"), tell);
            buffer(connect.receive_buffer, &at.key("receive_buffer"), tell);
            clients.connected = next;
            if connect.keeps {
                clients.kept.insert(next);
            }
        }
        Action::Send(send) => {
            let at = at.key("send");
            client(send.client, &at, tell);
            batches(send, &at, tell);
        }
        Action::Policy(policy) => {
            let at = at.key("policy");
            if let Some(named) = policy.client {
                client(named, &at, tell);
            }
            let policy = Policy {
                read_when: policy.read_when,
                bufsize: policy.bufsize,
                pause_millis: policy.pause_millis,
                bag: policy.bag,
                framing: policy.framing,
            };
            reading(&policy, &at, tell);
        }
        Action::Hold(whom) | Action::Resume(whom) => {
            if let Some(named) = whom.client {
                client(named, at, tell);
            }
        }
        Action::Read(read) => {
            let at = at.key("read");
            client(read.client, &at, tell);
            match (read.bytes, read.random) {
                (0, Some(random)) => pieces(random, Policy::BUFSIZE_MAX, &at.key("random"), tell),
                (_, Some(_)) => tell(&at, "give `bytes` or `random`, not both".into()),
                (bytes, None) => within(
                    u64::from(bytes),
                    1,
                    u64::from(Policy::BUFSIZE_MAX),
                    "bytes",
                    &at.key("bytes"),
                    tell,
                ),
            }
            within(
                u64::from(read.times),
                1,
                u64::from(READS_MAX),
                "times",
                &at.key("times"),
                tell,
            );
        }
        // Its one field is a name out of a list.
        Action::Listen(_) => {}
        Action::Backlog(backlog) => within(
            u64::from(*backlog),
            0,
            u64::from(Request::BACKLOG_MAX),
            "backlog",
            &at.key("backlog"),
            tell,
        ),
        Action::Shutdown(ends) => client(ends.client, &at.key("shutdown"), tell),
        Action::Close(ends) => client(ends.client, &at.key("close"), tell),
        Action::Reset(ends) => client(ends.client, &at.key("reset"), tell),
        Action::ClientReads(reads) => client(reads.client, &at.key("client_reads"), tell),
        Action::Compare(compare) => {
            let at = at.key("compare");
            client(compare.client, &at, tell);
            if !clients.kept.contains(&compare.client) {
                tell(
                    &at,
                    format!(
                        "what client {0} reads is not kept; connect it with connect = {{ client = {0}, keeps = true }}",
                        compare.client
                    ),
                );
            }
        }
        Action::Call(make) => {
            let at = at.key("call");
            if let Some(named) = make.client {
                client(named, &at, tell);
            }
            if let Err(wrong) = make.call() {
                tell(&at, wrong);
            }
        }
        Action::Wait(statement) => one_statement(statement, &at.key("wait"), known, steps, tell),
        Action::Accept(_) => {}
    }
}

fn batches(send: &Send, at: &Path, tell: &mut Tell) {
    let ways = [
        !send.bytes.is_empty(),
        send.text.is_some(),
        send.random.is_some(),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        tell(
            at,
            "give one of bytes = [20, 50, 30], text = \"…\" and random = { total = …, most = …, seed = … }"
                .into(),
        );
    }
    let path = at.key("bytes");
    within(
        send.bytes.len() as u64,
        0,
        Request::BATCHES_MAX as u64,
        "batches",
        &path,
        tell,
    );
    for (index, &bytes) in send.bytes.iter().enumerate() {
        within(
            u64::from(bytes),
            1,
            u64::from(Request::BATCH_BYTES_MAX),
            "bytes of a batch",
            &path.index(index),
            tell,
        );
    }
    if let Some(text) = &send.text {
        let path = at.key("text");
        within(
            text.len() as u64,
            1,
            Request::BYTES_MAX as u64,
            "bytes of the text",
            &path,
            tell,
        );
    }
    if let Some(random) = send.random {
        pieces(random, Request::BATCH_BYTES_MAX, &at.key("random"), tell);
    }
}

fn pieces(pieces: Pieces, most: u32, at: &Path, tell: &mut Tell) {
    within(
        u64::from(pieces.total),
        1,
        u64::from(Request::BATCH_BYTES_MAX),
        "total",
        &at.key("total"),
        tell,
    );
    within(
        u64::from(pieces.most),
        2,
        u64::from(most),
        "most",
        &at.key("most"),
        tell,
    );
    let few = pieces.total / (pieces.most / 2).max(1);
    if few > READS_MAX {
        tell(
            at,
            format!("that makes about {few} pieces; make `most` larger, for at most {READS_MAX}"),
        );
    }
}

fn server(server: &Server, at: &Path, tell: &mut Tell) {
    within(
        u64::from(server.backlog),
        0,
        u64::from(Request::BACKLOG_MAX),
        "backlog",
        &at.key("backlog"),
        tell,
    );
    reading(&server.policy(), at, tell);
    buffer(server.receive_buffer, &at.key("receive_buffer"), tell);
    buffer(server.send_buffer, &at.key("send_buffer"), tell);
}

fn reading(policy: &Policy, at: &Path, tell: &mut Tell) {
    if let Err(refusal) = policy.check() {
        tell(at, refusal.to_string());
    }
}

fn buffer(bytes: Option<u32>, at: &Path, tell: &mut Tell) {
    if let Some(bytes) = bytes {
        within(
            u64::from(bytes),
            1,
            u64::from(BUFFER_BYTES_MAX),
            "bytes",
            at,
            tell,
        );
    }
}

fn statements(list: &[Statement], at: &Path, clients: u32, steps: usize, tell: &mut Tell) {
    within(
        list.len() as u64,
        0,
        Lesson::STATEMENTS_MAX as u64,
        "statements",
        at,
        tell,
    );
    for (index, statement) in list.iter().enumerate() {
        one_statement(statement, &at.index(index), clients, steps, tell);
    }
}

fn one_statement(statement: &Statement, at: &Path, clients: u32, steps: usize, tell: &mut Tell) {
    series(&statement.series(), at, clients, steps, tell);
    let is = at.key("is");
    if let Some(other) = statement.is.other() {
        series(other, &is, clients, steps, tell);
    }
    use Comparison::{AtLeast, AtMost, Count, Equals, List, SameCount, Sum, SumAtLeast, SumAtMost};
    if let List(list) = &statement.is {
        let most = crate::Measured::ITEMS_MAX as u64;
        within(list.len() as u64, 0, most, "items", &is, tell);
    }
    let sums = matches!(
        statement.is,
        Sum(_) | SumAtLeast(_) | SumAtMost(_) | Equals(_)
    );
    if statement.of.is_level() && sums {
        tell(
            &is,
            "the sum of a level says nothing; say max, min or last".into(),
        );
    }
    let counts = matches!(
        statement.is,
        List(_) | Count(_) | AtLeast(_) | AtMost(_) | SameCount(_)
    );
    if statement.of.is_sampled() && counts {
        tell(
            &is,
            "samples come when they come, so their number and list say nothing; say some_at_least, max, min or last"
                .into(),
        );
    }
}

fn series(series: &Series, at: &Path, clients: u32, steps: usize, tell: &mut Tell) {
    if let Some(client) = series.client {
        client_is_known(client, clients, &at.key("client"), tell);
    }
    if series.of.has_ends() && series.end.is_none() {
        tell(
            at,
            "both ends have one: add end = \"server\" or end = \"client\"".into(),
        );
    }
    if series.of == Measure::Level && series.client.is_none() {
        tell(at, "a level is one connection's: add client = 1".into());
    }
    if let Some(step) = series.step {
        within(
            u64::from(step),
            1,
            steps as u64,
            "step",
            &at.key("step"),
            tell,
        );
    }
}

fn client_is_known(client: u32, known: u32, at: &Path, tell: &mut Tell) {
    if client == 0 || client > known {
        tell(
            at,
            format!("client {client} is not opened by any step so far; open it with connect"),
        );
    }
}

/// Both languages, neither without end.
fn words(words: &Words, at: &Path, tell: &mut Tell) {
    for (key, text) in [("en", &words.en), ("zh", &words.zh)] {
        let at = at.key(key);
        if text.trim().is_empty() {
            tell(
                &at,
                "there is no text; each text is in both languages".into(),
            );
        }
        if text.len() > Lesson::TEXT_BYTES_MAX {
            let most = Lesson::TEXT_BYTES_MAX;
            tell(
                &at,
                format!("a text has at most {most} bytes; make two steps of it"),
            );
        }
    }
}

fn within(value: u64, min: u64, max: u64, what: &str, at: &Path, tell: &mut Tell) {
    if !(min..=max).contains(&value) {
        tell(at, format!("{what}: {value}; give {min} to {max}"));
    }
}
