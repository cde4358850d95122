//! A lesson's file as people write it, and the lessons as the page fetches them.

use std::sync::LazyLock;

use lessons::{Lesson, Statement};
use protocol::{Record, json::Line, reading::Reader};

/// A real recording, for statements to be about.
static RECORDS: LazyLock<Vec<Record>> = LazyLock::new(|| {
    let mut file: &[u8] = include_bytes!("../../web/recordings/sample.ndjson");
    let mut reader = Reader::default();
    let lines = std::iter::from_fn(|| reader.read(&mut file).ok().flatten());
    let records = lines.filter_map(|line| match line {
        Line::Record(record) => Some(record),
        Line::Header(_) => None,
    });
    records.collect()
});

/// Reads both forms.
pub fn run(data: &[u8]) {
    if let Ok(lessons) = lessons::decode(data) {
        written_and_read_again(&lessons);
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match lessons::read("fuzz.toml", text) {
        Ok(lesson) => {
            assert_eq!(lesson.id, "fuzz");
            measure(&lesson);
            written_and_read_again(&[lesson]);
        }
        Err(wrongs) => {
            let lines = 1 + text.matches('\n').count();
            assert!(!wrongs.is_empty());
            for wrong in wrongs {
                assert!((1..=lines).contains(&wrong.line), "{wrong}");
            }
        }
    }
}

/// The scripts stay behind.
fn written_and_read_again(lessons: &[Lesson]) {
    let bin = lessons::encode(lessons);
    let again = lessons::decode(&bin).expect("what was written can be read");
    assert_eq!(lessons::encode(&again), bin);
}

fn measure(lesson: &Lesson) {
    let played = lesson.played(&RECORDS, 1);
    let answers = lesson
        .steps
        .iter()
        .filter_map(|step| step.question.as_ref());
    let answers = answers.flat_map(|question| &question.answers);
    let statements = answers.flat_map(|answer| &answer.holds);
    for statement in statements.chain(&lesson.expects) {
        let statement: &Statement = statement;
        let verdict = statement.check(played);
        assert!(verdict.evidence.len() <= lessons::Verdict::EVIDENCE_MAX);
        let _ = verdict.holds();
    }
}
