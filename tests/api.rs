//! The tutorial's table of socket methods: each row has an example in a recording of a real run of
//! the lesson `api`, and the calls of that run tell the truth about one another.

use std::{fs, process::Command};

use lessons::api::{Example, LESSON, ROWS};
use protocol::{
    Called, Event, Record,
    json::{Line, parse_line},
};

use crate::relay_process::binary;

/// All records of a run of the lesson.
fn run() -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("api.ndjson");
    let output = Command::new(binary())
        .args(["lesson", "run", LESSON, "--record"])
        .arg(&file)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    let text = fs::read_to_string(&file).unwrap();
    text.lines()
        .filter_map(|line| match parse_line(line).unwrap() {
            Line::Record(record) => Some(record),
            Line::Header(_) => None,
        })
        .collect()
}

fn calls<'a>(records: &'a [Record], method: &'a str) -> impl Iterator<Item = &'a Called> {
    records
        .iter()
        .filter_map(move |record| match &record.event {
            Event::Called(called) if called.method == method => Some(called),
            _ => None,
        })
}

#[test]
fn every_row_of_the_table_has_its_example() {
    let records = run();
    for row in ROWS {
        let found = records.iter().find(|record| row.is_told_by(record));
        let has_example = row.example != Example::WindowsOnly;
        assert_eq!(found.is_some(), has_example, "{}", row.name);
    }

    let one = |method| calls(&records, method).next().unwrap();
    // Numbers that the system chooses: their shape.
    let name = |text: &str| {
        let inside = text.strip_prefix("('127.0.0.1', ")?.strip_suffix(')')?;
        inside.parse::<u16>().ok().filter(|port| *port > 0)
    };
    let own = name(&one("getsockname").result).unwrap();
    let peer = name(&one("getpeername").result).unwrap();
    let listening = records.iter().find_map(|record| match &record.event {
        Event::Listening(listening) => listening.addr.port(),
        _ => None,
    });
    assert_eq!(listening, Some(peer));
    let accepted = records.iter().find_map(|record| match &record.event {
        Event::Accepted(accepted) => accepted.peer.port(),
        _ => None,
    });
    assert_eq!(
        accepted,
        Some(own),
        "accept told the address of getsockname"
    );
    let descriptor: i32 = one("fileno").result.parse().unwrap();
    assert!(descriptor > 2, "{descriptor}");

    // What was given away is what was closed.
    assert_eq!(one("detach").result, one("os.close").arguments);
    let fileno: Vec<&str> = calls(&records, "fileno").map(|it| &*it.result).collect();
    assert_eq!(fileno[1..], ["-1"]);

    let outcomes: Vec<(&str, Option<i32>)> = calls(&records, "recv")
        .map(|called| (&*called.result, called.errno))
        .collect();
    let [stamp, at_once, timed_out, end] = &outcomes[..] else {
        panic!("{outcomes:?}");
    };
    assert!(
        stamp.0.starts_with("b'[20") && stamp.0.ends_with("] '"),
        "{stamp:?}"
    );
    assert_eq!(*at_once, ("BlockingIOError: EAGAIN", Some(11)));
    assert_eq!(*timed_out, ("TimeoutError: timed out", Some(11)));
    assert_eq!(*end, ("b''", None));
    let connect_ex = one("connect_ex");
    assert_eq!(
        (&*connect_ex.result, connect_ex.errno),
        ("111 (ECONNREFUSED)", Some(111))
    );
    assert!(one("readline").result.ends_with("50 pears\\n'"));
}

#[test]
fn a_call_stands_right_behind_what_it_did_to_the_stream() {
    let records = run();
    let before = |method: &str| {
        let at = records
            .iter()
            .position(|record| matches!(&record.event, Event::Called(it) if it.method == method));
        let facts = records[..at.unwrap()].iter().rev();
        facts
            .map(|record| &record.event)
            // Samples, and the other end's, may come between.
            .find(|event| {
                matches!(event, Event::Read(it) if it.end == protocol::End::Client)
                    || matches!(event, Event::Wrote(it) if it.end == protocol::End::Client)
            })
    };
    let bytes = |event: Option<&Event>| match event {
        Some(Event::Read(read)) => read.returned,
        Some(Event::Wrote(wrote)) => wrote.accepted,
        other => panic!("{other:?}"),
    };
    assert_eq!(bytes(before("send")), 9);
    assert_eq!(bytes(before("recv")), 22);
    assert_eq!(bytes(before("recv_into")), 9);
    assert_eq!(bytes(before("sendall")), 9);
    assert_eq!(bytes(before("readline")), 31);
}
