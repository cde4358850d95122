//! The two forms of a record have one meaning, and hostile bytes are refused, never more.

mod any;

use any::{event, policy};
use proptest::prelude::*;
use protocol::{
    json::{self, Line},
    wire::{self, FromPage, FromRelay},
    *,
};

fn record() -> impl Strategy<Value = Record> {
    (any::<u64>(), any::<u64>(), event()).prop_map(|(seq, at_nanos, event)| Record {
        seq: Seq(seq),
        at_nanos,
        event,
    })
}

proptest! {
    #[test]
    fn a_record_survives_both_forms(record in record()) {
        let line = json::record_line(&record);
        prop_assert!(!line.contains('\n'));
        match json::parse_line(&line) {
            Ok(Line::Record(back)) => prop_assert_eq!(&back, &record, "{}", line),
            other => prop_assert!(false, "{:?} from {}", other, line),
        }
        let message = FromRelay::Records(vec![record]);
        prop_assert_eq!(wire::decode::<FromRelay>(&wire::encode(&message)), Ok(message));
    }

    /// Flat: no field but those of a keyframe and of `unaccepted` holds an object, and every event has a known name.
    #[test]
    fn lines_are_flat(record in record()) {
        let line: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&json::record_line(&record)).unwrap();
        let name = line["event"].as_str().unwrap();
        prop_assert!(name == "teleported" || Event::NAMES.contains(&name));
        prop_assert!(line.keys().take(3).eq(["seq", "at_nanos", "event"]));
        if !["keyframe", "teleported", "unaccepted"].contains(&name) {
            prop_assert!(line.values().all(|value| !value.is_object() && !value.is_array()), "{:?}", line);
        }
    }

    #[test]
    fn hostile_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), versioned: bool) {
        let mut bytes = bytes;
        if versioned && !bytes.is_empty() {
            bytes[0] = wire::VERSION;
        }
        let _ = wire::decode::<FromRelay>(&bytes);
        if let Ok(asked) = wire::decode::<FromPage>(&bytes) {
            let _ = asked.request.check();
        }
        let _ = json::parse_line(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_messages_are_refused(record in record(), cut in 0.0..1.0f64, flip in any::<(usize, u8)>()) {
        let mut message = wire::encode(&FromRelay::Records(vec![record.clone()]));
        message.truncate((message.len() as f64 * cut) as usize);
        prop_assert!(wire::decode::<FromRelay>(&message).is_err());
        let mut line = json::record_line(&record).into_bytes();
        let at = flip.0 % line.len();
        line[at] ^= flip.1;
        let _ = json::parse_line(&String::from_utf8_lossy(&line));
    }

    #[test]
    fn requests_come_through(id: u32, conn in any::<Option<u32>>(), policy in policy()) {
        for request in [
            Request::SetPolicy { conn: conn.map(Conn), policy },
            Request::SetBacklog { backlog: id },
            Request::Record { on: id % 2 == 0 },
            Request::Call { conn: conn.map(Conn), call: Call::Settimeout { millis: conn } },
            Request::Call { conn: None, call: Call::ConnectEx },
        ] {
            let asked = FromPage { id, request };
            prop_assert_eq!(wire::decode::<FromPage>(&wire::encode(&asked)), Ok(asked));
        }
    }
}

proptest! {
    #[test]
    fn what_is_told_of_a_recording_comes_through(
        name in ".{0,60}",
        bytes: u64,
        by_request: bool,
        fault in any::<Option<i32>>(),
        kind in 0..4u8,
    ) {
        let state = match kind {
            0 => RecordingState::Running,
            1 => RecordingState::Stopped,
            2 => RecordingState::Failed(RecordingFault::SizeReached),
            _ => RecordingState::Failed(fault.map_or(RecordingFault::DiskFull, RecordingFault::Io)),
        };
        let recording = Recording { name, bytes, state, by_request };
        for message in [FromRelay::Recording(None), FromRelay::Recording(Some(recording))] {
            prop_assert_eq!(wire::decode::<FromRelay>(&wire::encode(&message)), Ok(message));
        }
    }

    #[test]
    fn refusals_come_through(id: u32) {
        for refusal in [Refusal::NoRecordDir, Refusal::AlreadyRecording, Refusal::NotRecording] {
            let message = FromRelay::Answer { id, refusal: Some(refusal) };
            prop_assert_eq!(wire::decode::<FromRelay>(&wire::encode(&message)), Ok(message));
        }
    }
}

#[test]
fn the_line_of_the_design() {
    let record = Record {
        seq: Seq(12),
        at_nanos: 123_456,
        event: Event::Read(Read {
            conn: Conn(1),
            end: End::Server,
            offset: 0,
            asked: 1024,
            returned: 20,
            times: 1,
            since_nanos: None,
            preview: Some(Preview((*b"0123").into())),
        }),
    };
    assert_eq!(
        json::record_line(&record),
        r#"{"seq":12,"at_nanos":123456,"event":"read","conn":1,"end":"server","offset":0,"asked":1024,"returned":20,"preview":"MDEyMw=="}"#
    );
}

#[test]
fn the_header_survives() {
    let header = Header {
        format: wire::VERSION,
        run: Run(0xfeed_0000_0000_0001),
        started_unix_millis: 1_790_000_000_000,
        head: Seq(7),
        program: "fruitbelt 0.1.0".into(),
        system: "Linux".into(),
        sources: Sources::linux(),
    };
    let line = json::header_line(&header);
    assert!(line.starts_with(r#"{"event":"header","format":1,"run":"feed000000000001""#));
    match json::parse_line(&line) {
        Ok(Line::Header(back)) => assert_eq!(back, header),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_version_is_named() {
    assert_eq!(
        wire::decode::<FromRelay>(&[99, 0]),
        Err(wire::WireError::Version { found: 99 })
    );
}

#[test]
fn calls_are_checked_before_they_are_made() {
    let check = |conn: Option<u32>, call| {
        let conn = conn.map(Conn);
        Request::Call { conn, call }.check()
    };
    assert_eq!(check(Some(1), Call::Recv { bytes: 1 }), Ok(()));
    assert_eq!(check(None, Call::Parcel), Ok(()));
    assert_eq!(
        check(None, Call::Fileno),
        Err(Refusal::Malformed),
        "of which socket?"
    );
    assert_eq!(
        check(Some(1), Call::ConnectEx),
        Err(Refusal::Malformed),
        "it is connected already"
    );
    let nothing = Call::Send { bytes: Vec::new() };
    for call in [
        nothing,
        Call::RecvInto { bytes: 0 },
        Call::Settimeout {
            millis: Some(u32::MAX),
        },
    ] {
        assert!(
            matches!(
                check(Some(1), call.clone()),
                Err(Refusal::OutOfRange { .. })
            ),
            "{call:?}"
        );
    }
}
