//! The files of lessons: those that are built in, and what is said of a lecturer's own that is wrong.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests fail by it, too
use lessons::{Lesson, built_in, decode, encode, read};

const GOOD: &str = include_str!("../lessons/belt.toml");

#[test]
fn what_is_built_in_is_right() {
    let lessons = built_in().unwrap_or_else(|wrongs| {
        let wrongs: Vec<String> = wrongs.iter().map(ToString::to_string).collect();
        panic!("{}", wrongs.join("\n"))
    });
    let mut names: Vec<&str> = lessons.iter().map(|lesson| lesson.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), lessons.len(), "two lessons have one name");
    for lesson in &lessons {
        assert!(!lesson.expects.is_empty(), "{} promises nothing", lesson.id);
    }
}

#[test]
fn the_page_gets_all_but_the_scripts() {
    let lessons = built_in().unwrap();
    let mut expected: Vec<Lesson> = lessons.clone();
    for step in expected.iter_mut().flat_map(|lesson| &mut lesson.steps) {
        step.script = Default::default();
    }
    let bytes = encode(&lessons);
    assert_eq!(decode(&bytes).unwrap(), expected);
    for cut in (0..bytes.len()).step_by(bytes.len() / 40) {
        let _ = decode(&bytes[..cut]);
    }
    assert!(decode(&[]).is_err() && decode(&[99, 0]).is_err());
}

/// The good lesson with one thing replaced must be refused in these words.
fn check(find: &str, put: &str, expected: &str) {
    assert!(GOOD.contains(find), "{find} is not in the lesson");
    let wrongs = read("my.toml", &GOOD.replacen(find, put, 1)).unwrap_err();
    let told: Vec<String> = wrongs.iter().map(ToString::to_string).collect();
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn what_is_wrong_names_line_place_and_remedy() {
    check(
        "{ send = { client = 1,",
        "{ send = { client = 3,",
        "my.toml:42: step 2, do 1, send, client: client 3 is not opened by any step so far; open it with connect",
    );
}
