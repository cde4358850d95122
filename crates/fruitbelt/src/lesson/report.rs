//! What came of a lesson, for a terminal: per step what happened, per statement whether it holds and
//! what was measured. Readable without colours.

use std::fmt::Write;

use lessons::{Lesson, Outcome, Question, Statement, Verdict};
use protocol::{End, Event, Record, Seq};

/// The text, and whether all is well.
pub struct Report {
    pub text: String,
    pub is_good: bool,
}

impl Report {
    pub fn new(lesson: &Lesson) -> Report {
        Report {
            text: format!("{}  {}", lesson.id, lesson.title.en),
            is_good: true,
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        let indent = " ".repeat(indent);
        for line in text.lines() {
            let _ = write!(self.text, "\n{indent}{line}");
        }
    }

    pub fn good(&mut self, text: &str) {
        self.line(2, &format!("✓ {text}"));
    }

    pub fn bad(&mut self, text: &str) {
        self.is_good = false;
        self.line(2, &format!("✗ {text}"));
    }

    /// One statement, with what was measured; if it does not hold, with the records.
    pub fn statement(&mut self, statement: &Statement, verdict: &Verdict, records: &[Record]) {
        let summary = statement.summary();
        if verdict.holds() {
            let measured = statement.is.shown(&verdict.measured);
            return self.good(&format!("{summary}  [{measured}]"));
        }
        self.bad(&summary);
        let told = statement.told(verdict, |seq| found(records, seq));
        self.line(6, &told);
    }
}

fn found(records: &[Record], seq: Seq) -> Option<&Record> {
    let at = records.binary_search_by_key(&seq, |record| record.seq);
    at.ok().and_then(|at| records.get(at))
}

/// What happened in each step, and which answer to its question the recording supports.
pub fn steps(report: &mut Report, lesson: &Lesson, records: &[Record]) {
    for (index, step) in lesson.steps.iter().enumerate() {
        let before = lesson.played(records, index).len();
        let played = lesson.played(records, index + 1);
        let own = played.get(before..).unwrap_or_default();
        let text = format!("{}. {}: {}", index + 1, step.title.en, happened(own));
        report.line(2, &text);
        if let Some(question) = &step.question {
            answered(report, question, played);
        }
    }
}

/// Exactly one answer is the right one.
fn answered(report: &mut Report, question: &Question, played: &[Record]) {
    report.line(5, &format!("? {}", question.ask.en));
    let mut right = 0;
    for answer in &question.answers {
        let verdicts: Vec<Verdict> = answer.holds.iter().map(|it| it.check(played)).collect();
        let holds = verdicts.iter().all(Verdict::holds);
        let unknown = verdicts.iter().any(|it| it.outcome == Outcome::Unknown);
        right += usize::from(holds);
        let measured: Vec<String> = answer
            .holds
            .iter()
            .zip(&verdicts)
            .map(|(statement, verdict)| statement.is.shown(&verdict.measured))
            .collect();
        let mark = match (holds, unknown) {
            (true, _) => "●",
            (false, true) => "?",
            (false, false) => "○",
        };
        let text = format!("{mark} {}  [{}]", answer.text.en, measured.join("; "));
        report.line(7, &text);
    }
    match right {
        1 => {}
        0 => report.bad("the recording supports none of these answers"),
        _ => report.bad("the recording supports more than one of these answers"),
    }
}

/// How many events of each kind each program saw, in the order of their first one; samples are left
/// out.
fn happened(records: &[Record]) -> String {
    let programs = [
        (Some(End::Client), "client: "),
        (Some(End::Server), "server: "),
        (None, ""),
    ];
    let told = programs.iter().filter_map(|(end, name)| {
        let of = records.iter().map(|record| &record.event);
        let of = of.filter(|event| event.place().map(|(_, end)| end) == *end);
        let counts = counted(of);
        (!counts.is_empty()).then(|| [name, counts.as_str()].concat())
    });
    let told: Vec<String> = told.collect();
    match told.len() {
        0 => "nothing happens".into(),
        _ => told.join("; "),
    }
}

fn counted<'a>(events: impl Iterator<Item = &'a Event>) -> String {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for (name, times) in events.filter_map(kind) {
        match counts.iter_mut().find(|(other, _)| *other == name) {
            Some((_, count)) => *count += u64::from(times),
            None => counts.push((name, u64::from(times))),
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(name, count)| match count {
            1 => (*name).to_owned(),
            count => format!("{name} × {count}"),
        })
        .collect();
    counts.join(", ")
}

/// Its name and how many it stands for.
fn kind(event: &Event) -> Option<(&'static str, u32)> {
    Some(match event {
        Event::Connected(_) => ("connect", 1),
        Event::Accepted(_) => ("accept", 1),
        Event::Arrived(e) => ("arrival", e.times),
        Event::Read(e) => ("recv", e.times),
        Event::Wrote(e) => ("send", e.times),
        Event::Bagged(e) => ("bag", e.times),
        Event::Answered(e) => ("answer", e.times),
        Event::Blocked(e) => ("blocked", e.times),
        Event::Unblocked(e) => ("unblocked", e.times),
        Event::HalfClosed(_) => ("half-close", 1),
        Event::EndOfStream(_) => ("end of stream", 1),
        Event::Reset(_) => ("reset", 1),
        Event::Closed(_) => ("close", 1),
        Event::Policy(_) => ("reading policy", 1),
        Event::Listening(_) => ("listen", 1),
        Event::Message(e) => ("message", e.times),
        Event::Compared(_) => ("comparison", 1),
        Event::DatagramSent(_) => ("sendto", 1),
        Event::DatagramReceived(_) => ("recvfrom", 1),
        Event::DatagramLost(e) => (
            "datagram lost",
            u32::try_from(e.datagrams).unwrap_or(u32::MAX),
        ),
        _ => return None,
    })
}
