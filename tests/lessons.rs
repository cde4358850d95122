//! Lessons on real sockets: each one that is built in, several times; one that expects what is not
//! so; files that are not right; and a lesson that viewers begin, show and end.

use std::{collections::HashMap, fs, process::Stdio};

use ::lessons::{Lesson, decode};
use futures_util::future::join_all;
use protocol::{Event, LectureState, LessonRequest, Refusal, Request, wire::FromRelay};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::{
    families::has_ipv6,
    relay_process::{Mirror, PATIENCE, RelayProcess, binary, http},
};

const BELT: &str = include_str!("../crates/lessons/lessons/belt.toml");

/// What a command has said, and its exit code.
struct Said {
    code: i32,
    out: String,
    err: String,
}

async fn lesson(arguments: &[&str]) -> Said {
    let output = Command::new(binary())
        .arg("lesson")
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    // Three lessons, each with deadlines of its own.
    let output = timeout(10 * PATIENCE, output)
        .await
        .expect("it ends")
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with one lesson.
fn folder(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

#[tokio::test]
async fn every_lesson_holds_three_times() {
    let listed = lesson(&["list"]).await.out;
    let names: Vec<&str> = listed
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "kinds" || has_ipv6())
        .collect();
    assert!(names.contains(&"belt") && names.len() >= 10, "{listed}");
    // All at once: a lesson has a server of its own, and a busy machine is what a lecture hall has.
    let given = names.iter().map(async |name| {
        let said = lesson(&["run", name, "--times", "3"]).await;
        (*name, said)
    });
    for (name, said) in join_all(given).await {
        assert_eq!(said.code, 0, "{name}\n{}\n{}", said.out, said.err);
        assert_eq!(said.err, "", "{name}");
    }
}

#[tokio::test]
async fn a_recorded_lesson_can_be_verified() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("recordings");
    let dir = dir.to_str().unwrap();
    let said = lesson(&["run", "belt", "--record-dir", dir]).await;
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let file = format!("{dir}/belt.ndjson");
    let verified = Command::new(binary()).args(["verify", &file]).output();
    assert!(verified.await.unwrap().status.success());
    let text = fs::read_to_string(&file).unwrap();
    let steps = text.matches(r#""event":"step","lesson":"belt""#).count();
    assert_eq!(steps, 4, "three steps and the end of the script");
    let again = lesson(&["run", "belt", "--record-dir", dir]).await;
    assert_eq!(again.code, 2, "what is there is never overwritten");
}

#[tokio::test]
async fn what_does_not_hold_shows_expected_measured_and_the_records() {
    let wrong = BELT.replace("is = { list = [20, 50, 30] }", "is = { list = [70, 30] }");
    let folder = folder("wrong.toml", &wrong);
    let dir = folder.path().to_str().unwrap();
    let said = lesson(&["run", "wrong", "--lessons", dir]).await;
    assert_eq!(said.code, 1, "{}", said.out);
    let from = said.out.find("✗").expect("it is marked");
    let told: Vec<&str> = said.out[from..].lines().take(8).collect();
    assert_eq!(told[0], "✗ three arrivals: 20, 50 and 30");
    assert_eq!(
        told[1].trim(),
        "of        arrivals of client 1 at the server's end, one by one"
    );
    assert_eq!(told[2].trim(), "expected  70, 30");
    assert_eq!(told[3].trim(), "measured  20, 50, 30");
    for (line, bytes) in told[4..7].iter().zip([20, 50, 30]) {
        assert!(line.contains(r#""event":"arrived""#), "{line}");
        assert!(line.contains(&format!(r#""bytes":{bytes}"#)), "{line}");
    }
    assert!(said.out.contains("✓ one bag of 100  [100]"), "{}", said.out);
    assert!(said.err.contains("wrong"), "{}", said.err);
}

#[tokio::test]
async fn a_file_that_is_not_right_names_line_place_and_remedy() {
    for (find, put, expected) in [
        (
            "course = \"tutorial\"",
            "course = \"tutorial\"\ncolour = 1",
            ":2: colour: unknown field `colour`",
        ),
        (
            "{ send = { client = 1,",
            "{ send = { client = 3,",
            ": step 2, do 1, send, client: client 3 is not opened by any step so far; open it with connect",
        ),
        (
            "{ send = { client = 1, bytes",
            "{ send = { client = 1, bites",
            "unknown field `bites`",
        ),
        ("[server]", "[server", ":6: "),
        (
            "bag = 100",
            "bag = 0",
            ": server: the bag must be 1 to 1048576",
        ),
        (
            "zh = \"水果传送带\"",
            "zh = \"\"",
            ": title, zh: there is no text; each text is in both languages",
        ),
        ("of = \"bags\"", "of = \"sacks\"", "unknown variant `sacks`"),
    ] {
        let text = BELT.replacen(find, put, 1);
        assert_ne!(text, BELT, "{find}");
        let folder = folder("mine.toml", &text);
        let dir = folder.path().to_str().unwrap();
        let file = format!("{dir}/mine.toml");
        for arguments in [
            &["check", &file][..],
            &["run", "mine", "--lessons", dir],
            &["list", "--lessons", dir],
        ] {
            let said = lesson(arguments).await;
            assert_eq!(said.code, 2, "{arguments:?}: {}", said.out);
            assert!(said.err.contains(&format!("{file}:")), "{}", said.err);
            assert!(said.err.contains(expected), "{expected}: {}", said.err);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_with_the_remedy() {
    let empty = tempfile::tempdir().unwrap();
    let dir = empty.path().to_str().unwrap();
    for (arguments, expected) in [
        (
            &["run", "nonsense"][..],
            "there is no lesson nonsense; there are: belt,",
        ),
        (
            &["run", "belt", "--lessons", dir],
            "there is no file *.toml",
        ),
        (
            &["run", "belt", "--lessons", "/nowhere"],
            "name a folder with files of lessons",
        ),
        (&["run"], "name a lesson, or give --all; there are: belt,"),
        (&["check", "/nowhere/x.toml"], "/nowhere/x.toml: "),
    ] {
        let said = lesson(arguments).await;
        assert_eq!(said.code, 2, "{arguments:?}");
        assert!(said.err.contains(expected), "{expected}: {}", said.err);
    }
}

/// Waits until that is told of a lesson.
async fn told(mirror: &mut Mirror, step: u32, revealed: bool, state: &LectureState) {
    let is_told = |message| match message {
        FromRelay::Lesson(Some(lecture)) => {
            (lecture.step, lecture.revealed) == (step, revealed) && lecture.state == *state
        }
        _ => false,
    };
    mirror.first(|message| is_told(message).then_some(())).await;
}

fn ask(request: LessonRequest) -> Request {
    Request::Lesson(request)
}

#[tokio::test]
async fn viewers_begin_a_lesson_show_its_steps_and_end_it() {
    let relay = RelayProcess::start(&[]);
    let mut viewer = relay.mirror("").await;
    let no_such = |name: &str| {
        ask(LessonRequest::Begin {
            lesson: name.into(),
        })
    };
    let show = |step, revealed| ask(LessonRequest::Show { step, revealed });
    assert_eq!(
        viewer.ask(no_such("nonsense")).await,
        Err(Refusal::NoSuchLesson)
    );
    assert_eq!(viewer.ask(show(0, false)).await, Err(Refusal::NoSuchLesson));

    viewer.ask(no_such("belt")).await.unwrap();
    told(&mut viewer, 0, false, &LectureState::Waiting).await;
    let mut lesson = relay.mirror("?lesson").await;
    let began = |step| move |event: &Event| matches!(event, Event::Step(s) if s.lesson == "belt" && s.step == step);
    lesson.until(began(0)).await;

    // The question is on the wall; nothing happens before it is answered.
    viewer.ask(show(1, false)).await.unwrap();
    told(&mut viewer, 1, false, &LectureState::Waiting).await;
    assert_eq!(viewer.ask(show(3, false)).await, Err(Refusal::NoSuchLesson));
    viewer.ask(show(1, true)).await.unwrap();
    told(&mut viewer, 1, true, &LectureState::Waiting).await;
    let records = lesson
        .until(|event| matches!(event, Event::Bagged(_)))
        .await;
    let place = |is_it: &dyn Fn(&Event) -> bool| {
        records
            .iter()
            .position(|record| is_it(&record.event))
            .unwrap()
    };
    let sent = place(&|event| matches!(event, Event::Wrote(_)));
    assert!(place(&began(1)) < sent, "the step begins, then it happens");

    viewer.ask(show(2, false)).await.unwrap();
    told(&mut viewer, 2, false, &LectureState::Finished).await;
    // Back again: nothing is played twice.
    viewer.ask(show(0, false)).await.unwrap();
    told(&mut viewer, 0, false, &LectureState::Finished).await;

    viewer.ask(ask(LessonRequest::End)).await.unwrap();
    viewer
        .first(|message| (message == FromRelay::Lesson(None)).then_some(()))
        .await;
    while lesson.try_next().await.is_some() {}
}

#[tokio::test]
async fn another_lesson_takes_the_place_of_the_first() {
    let relay = RelayProcess::start(&[]);
    let mut viewer = relay.mirror("").await;
    let begin = |lesson: &str| {
        let lesson = lesson.to_owned();
        ask(LessonRequest::Begin { lesson })
    };
    viewer.ask(begin("pace")).await.unwrap();
    let mut first = relay.mirror("?lesson").await;
    viewer.ask(begin("belt")).await.unwrap();
    while first.try_next().await.is_some() {}
    let second = relay.mirror("?lesson").await;
    assert_ne!(first.header().run, second.header().run);
}

#[tokio::test]
async fn the_page_finds_the_lessons_beside_it_and_ones_own_among_them() {
    let own = folder("mine.toml", BELT);
    let dir = own.path().to_str().unwrap();
    let relay = RelayProcess::start(&["--lessons", dir]);
    let request = "GET /lessons.bin HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let answer = http(relay.page, request).await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");

    let exported = tempfile::tempdir().unwrap();
    let page = crate::relay_process::page_dir();
    let to = exported.path().join("site");
    let recorded = exported.path().join("belt.ndjson");
    let run = lesson(&["run", "belt", "--record", recorded.to_str().unwrap()]).await;
    assert_eq!(run.code, 0, "{}", run.err);
    let made = Command::new(binary())
        .arg("export")
        .args([&to, &recorded])
        .args(["--lessons", dir, "--page-dir"])
        .arg(page.path())
        .status();
    assert!(made.await.unwrap().success());
    let lessons = decode(&fs::read(to.join("lessons.bin")).unwrap()).unwrap();
    let by_name: HashMap<&str, &Lesson> = lessons.iter().map(|it| (it.id.as_str(), it)).collect();
    assert_eq!(by_name["mine"].title, by_name["belt"].title);
}
