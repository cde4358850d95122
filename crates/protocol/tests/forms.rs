//! The two forms of a record have one meaning, and hostile bytes are refused, never more.

use std::net::SocketAddr;

use proptest::{option, prelude::*};
use protocol::{
    json::{self, Line},
    wire::{self, FromPage, FromRelay},
    *,
};

fn addr() -> impl Strategy<Value = SocketAddr> {
    prop_oneof![
        any::<([u8; 4], u16)>().prop_map(SocketAddr::from),
        any::<([u16; 8], u16)>().prop_map(SocketAddr::from),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Server), Just(End::Client)]
}

fn policy() -> impl Strategy<Value = Policy> {
    let read_when = prop_oneof![
        Just(ReadWhen::Arrival),
        Just(ReadWhen::Held),
        any::<u32>().prop_map(ReadWhen::Queued),
    ];
    (read_when, any::<u32>(), any::<u32>(), any::<Option<u32>>()).prop_map(
        |(read_when, bufsize, pause_millis, bag)| Policy {
            read_when,
            bufsize,
            pause_millis,
            bag,
        },
    )
}

fn total() -> impl Strategy<Value = Total> {
    any::<(u64, u64)>().prop_map(|(bytes, times)| Total { bytes, times })
}

fn queues() -> impl Strategy<Value = Queues> {
    let state = prop_oneof![
        Just(TcpState::Established),
        Just(TcpState::CloseWait),
        Just(TcpState::FinWait1)
    ];
    (
        any::<u32>(),
        end(),
        any::<[Option<u64>; 7]>(),
        option::of(state),
    )
        .prop_map(|(conn, end, v, state)| Queues {
            conn: Conn(conn),
            end,
            receive_queue: v[0],
            receive_window: v[1],
            kernel_memory: v[2],
            kernel_memory_limit: v[3],
            unsent: v[4],
            in_flight: v[5],
            rtt_nanos: v[6],
            state,
        })
}

fn end_keyframe() -> BoxedStrategy<EndKeyframe> {
    (
        [total(), total(), total(), total(), total()],
        any::<[u64; 2]>(),
        any::<[bool; 4]>(),
        option::of(end()),
        any::<Option<u64>>(),
        option::of(queues()),
    )
        .prop_map(|(t, n, b, reset_by, closed_unread, queues)| EndKeyframe {
            arrived: t[0],
            read: t[1],
            wrote: t[2],
            bagged: t[3],
            answered: t[4],
            segments: n[0],
            stamp_bytes: n[1],
            blocked: b[0],
            shut_by_self: b[1],
            shut_by_peer: b[2],
            end_of_stream: b[3],
            reset_by,
            closed_unread,
            queues,
        })
        .boxed()
}

fn keyframe() -> BoxedStrategy<Keyframe> {
    let conn = (
        any::<u32>(),
        addr(),
        addr(),
        policy(),
        option::of(end_keyframe()),
        option::of(end_keyframe()),
    )
        .prop_map(
            |(conn, client, server, policy, server_end, client_end)| ConnKeyframe {
                conn: Conn(conn),
                client,
                server,
                policy,
                server_end,
                client_end,
            },
        );
    (
        option::of(listening()),
        option::of(any::<(u32, u32)>()),
        policy(),
        any::<u64>(),
        proptest::collection::vec(conn, 0..3),
    )
        .prop_map(|(listening, waiting, policy, accepted, conns)| Keyframe {
            listening,
            waiting: waiting.map(|(queued, limit)| Waiting { queued, limit }),
            policy,
            accepted,
            conns,
        })
        .boxed()
}

fn listening() -> impl Strategy<Value = Listening> {
    (addr(), any::<u32>(), any::<u32>(), any::<bool>()).prop_map(
        |(addr, backlog, bufsize, sequential)| Listening {
            addr,
            backlog,
            bufsize,
            sequential,
        },
    )
}

fn event() -> BoxedStrategy<Event> {
    let preview = option::of(proptest::collection::vec(any::<u8>(), 0..=256).prop_map(Preview));
    let fact = (
        any::<u32>().prop_map(Conn),
        end(),
        any::<[u64; 4]>(),
        (prop_oneof![Just(1u32), any::<u32>()], any::<Option<u64>>()),
        preview,
        any::<Option<u32>>(),
    );
    let flow = (0..11u8, fact).prop_map(
        |(kind, (conn, end, n, (times, since_nanos), preview, segments))| match kind {
            0 => Event::Arrived(Arrived {
                conn,
                end,
                offset: n[0],
                bytes: n[1],
                segments,
                times,
                since_nanos,
                preview,
            }),
            1 => Event::Read(Read {
                conn,
                end,
                offset: n[0],
                asked: n[1],
                returned: n[2],
                times,
                since_nanos,
                preview,
            }),
            2 => Event::Wrote(Wrote {
                conn,
                end,
                offset: n[0],
                asked: n[1],
                accepted: n[2],
                times,
                since_nanos,
                preview,
            }),
            3 => Event::Bagged(Bagged {
                conn,
                end,
                offset: n[0],
                bytes: n[1],
                times,
                since_nanos,
            }),
            4 => Event::Answered(Answered {
                conn,
                end,
                in_offset: n[0],
                in_bytes: n[1],
                out_offset: n[2],
                stamp_bytes: n[3],
                times,
                since_nanos,
            }),
            5 => Event::Blocked(Blocked { conn, end, times }),
            6 => Event::Unblocked(Blocked { conn, end, times }),
            7 => Event::HalfClosed(HalfClosed {
                conn,
                end,
                by: end.other(),
            }),
            8 => Event::EndOfStream(EndOfStream {
                conn,
                end,
                offset: n[0],
            }),
            9 => Event::Reset(Reset {
                conn,
                end,
                by: end.other(),
            }),
            _ => Event::Closed(Closed {
                conn,
                end,
                unread: n[0],
            }),
        },
    );
    prop_oneof![
        11 => flow,
        1 => listening().prop_map(Event::Listening),
        1 => any::<(u32, u32)>().prop_map(|(queued, limit)| Event::Waiting(Waiting { queued, limit })),
        1 => (any::<u32>(), addr(), addr())
            .prop_map(|(conn, local, peer)| Event::Connected(Connected { conn: Conn(conn), end: End::Client, local, peer })),
        1 => (any::<u32>(), addr(), addr())
            .prop_map(|(conn, local, peer)| Event::Accepted(Accepted { conn: Conn(conn), end: End::Server, local, peer })),
        2 => (any::<Option<u32>>(), policy())
            .prop_map(|(conn, policy)| Event::Policy(PolicySet { conn: conn.map(Conn), policy })),
        2 => queues().prop_map(Event::Queues),
        1 => any::<u64>().prop_map(|records| Event::Dropped(Dropped { records })),
        1 => keyframe().prop_map(|keyframe| Event::Keyframe(Box::new(keyframe))),
        1 => Just(Event::Unknown(Unknown {
            name: "teleported".into(),
            fields: r#"{"where":[1,2,{"x":null}]}"#.into(),
        })),
    ]
    .boxed()
}

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

    /// Flat: no field but a keyframe's holds an object, and every event has a known name.
    #[test]
    fn lines_are_flat(record in record()) {
        let line: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&json::record_line(&record)).unwrap();
        let name = line["event"].as_str().unwrap();
        prop_assert!(name == "teleported" || Event::NAMES.contains(&name));
        prop_assert!(line.keys().take(3).eq(["seq", "at_nanos", "event"]));
        if name != "keyframe" && name != "teleported" {
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
            preview: Some(Preview(b"0123".to_vec())),
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
