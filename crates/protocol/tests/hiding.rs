//! What is hidden from guests is not in what they are told: neither in the page's form nor in lines.

mod any;

use std::{cell::RefCell, collections::BTreeSet};

use any::event;
use proptest::{prelude::*, test_runner::TestRunner};
use protocol::{
    json::{self, Line},
    wire::{self, FromRelay},
    *,
};
use serde_json::Value;

/// What somebody sends; the text is none that a name or an address could hold by chance.
const SECRET: &str = "$ecret-of-a-student";
const IN_BASE64: &str = "JGVjcmV0LW9mLWEtc3R1ZGVudA==";

/// Fields with texts that the relay makes, or that say where somebody is.
const NOT_SENT: [&str; 16] = [
    "event",
    "end",
    "side",
    "by",
    "reset_by",
    "addr",
    "local",
    "peer",
    "client",
    "server",
    "state",
    "why",
    "read_when",
    "framing",
    "lesson",
    "method",
];

/// Puts the secret into every text that could hold it.
fn plant(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    _ if NOT_SENT.contains(&name.as_str()) => {}
                    Value::String(text) if name == "preview" => *text = IN_BASE64.into(),
                    Value::String(text) => *text = SECRET.into(),
                    value => plant(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(plant),
        _ => {}
    }
}

fn is_in(secret: &str, bytes: &[u8]) -> bool {
    bytes
        .windows(secret.len())
        .any(|at| at == secret.as_bytes())
}

fn shows(record: &Record) -> bool {
    let line = json::record_line(record);
    let message = wire::encode(&FromRelay::Records(vec![record.clone()]));
    [SECRET, IN_BASE64]
        .iter()
        .any(|secret| line.contains(secret) || is_in(secret, &message))
}

#[test]
fn no_kind_of_event_shows_what_was_sent() {
    let seen = RefCell::new(BTreeSet::new());
    let hidden = RefCell::new(BTreeSet::new());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(8_000));
    let run = runner.run(&event(), |event| {
        let record = Record {
            seq: Seq(1),
            at_nanos: 1,
            event,
        };
        let mut line: Value = serde_json::from_str(&json::record_line(&record)).unwrap();
        let name = line["event"].as_str().unwrap().to_owned();
        plant(&mut line);
        let Ok(Line::Record(mut record)) = json::parse_line(&line.to_string()) else {
            panic!("{line}");
        };
        if shows(&record) {
            hidden.borrow_mut().insert(name.clone());
        }
        seen.borrow_mut().insert(name);
        record.hide_bytes();
        prop_assert!(!shows(&record), "{:?}", record);
        let once = record.clone();
        record.hide_bytes();
        prop_assert_eq!(once, record);
        Ok(())
    });
    run.unwrap();
    let (seen, hidden) = (seen.into_inner(), hidden.into_inner());
    let missing: Vec<_> = Event::NAMES
        .iter()
        .filter(|name| !seen.contains(**name))
        .collect();
    assert!(missing.is_empty(), "no {missing:?} was made");
    let expect = [
        "arrived",
        "called",
        "datagram_received",
        "datagram_sent",
        "read",
        "wrote",
    ];
    assert_eq!(hidden.iter().collect::<Vec<_>>(), expect);
}

/// How much, when and where is told as before.
#[test]
fn only_what_was_sent_is_hidden() {
    let mut runner = TestRunner::default();
    let run = runner.run(&event(), |mut event| {
        let fields = |event: &Event| {
            let record = Record {
                seq: Seq(1),
                at_nanos: 1,
                event: event.clone(),
            };
            let line: Value = serde_json::from_str(&json::record_line(&record)).unwrap();
            let Value::Object(mut line) = line else {
                panic!("{line}");
            };
            for name in ["preview", "arguments", "result", "claims", "where"] {
                line.remove(name);
            }
            line
        };
        let before = fields(&event);
        event.hide_bytes();
        prop_assert_eq!(before, fields(&event));
        Ok(())
    });
    run.unwrap();
}

#[test]
fn of_calls_only_the_texts_with_bytes_are_hidden() {
    let check = |method: &str, arguments: &str, result: &str| {
        let mut event = Event::Called(Called {
            conn: None,
            end: End::Client,
            method: method.into(),
            arguments: "1024".into(),
            result: "5".into(),
            errno: Some(11),
        });
        event.hide_bytes();
        let Event::Called(called) = event else {
            panic!("{event:?}");
        };
        assert_eq!(
            (&*called.arguments, &*called.result),
            (arguments, result),
            "{method}"
        );
        assert_eq!(called.errno, Some(11));
    };
    for method in ["send", "sendall", "sendto"] {
        check(method, "…", "5");
    }
    for method in ["recv", "readline", "recvfrom"] {
        check(method, "1024", "…");
    }
    for method in ["recv_into", "setsockopt", "getsockname", "os.close"] {
        check(method, "1024", "5");
    }
    check("recvmsg", "…", "…");
    let mut nothing = Called {
        conn: None,
        end: End::Client,
        method: "recv".into(),
        arguments: String::new(),
        result: String::new(),
        errno: None,
    };
    let before = nothing.clone();
    let mut event = Event::Called(nothing);
    event.hide_bytes();
    nothing = before;
    assert_eq!(event, Event::Called(nothing));
}
