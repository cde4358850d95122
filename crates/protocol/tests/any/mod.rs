//! Any record that the types allow.

use std::net::SocketAddr;

use proptest::{option, prelude::*};
use protocol::*;

fn addr() -> impl Strategy<Value = Address> {
    let inet = |addr: SocketAddr| Address::from(addr);
    prop_oneof![
        any::<([u8; 4], u16)>().prop_map(move |it| inet(it.into())),
        any::<([u16; 8], u16)>().prop_map(move |it| inet(it.into())),
        "[ -~é水]{0,20}".prop_map(|path| UnixName::path(&path).into()),
        "[ -~é水]{0,20}".prop_map(|name| UnixName::abstract_name(&name).into()),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Server), Just(End::Client)]
}

pub fn policy() -> impl Strategy<Value = Policy> {
    let read_when = prop_oneof![
        Just(ReadWhen::Arrival),
        Just(ReadWhen::Held),
        any::<u32>().prop_map(ReadWhen::Queued),
    ];
    let framing = option::of(prop_oneof![
        any::<u32>().prop_map(Framing::Fixed),
        any::<u8>().prop_map(Framing::Delimiter),
        any::<u8>().prop_map(Framing::Length),
    ]);
    let numbers = (any::<u32>(), any::<u32>(), any::<Option<u32>>());
    (read_when, numbers, framing).prop_map(|(read_when, (bufsize, pause_millis, bag), framing)| {
        Policy {
            read_when,
            bufsize,
            pause_millis,
            bag,
            framing,
        }
    })
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
        [total(), total(), total(), total(), total(), total()],
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
            messages: t[5],
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

pub fn keyframe() -> BoxedStrategy<Keyframe> {
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
        datagrams(),
    )
        .prop_map(
            |(listening, waiting, policy, accepted, conns, datagrams)| Keyframe {
                listening,
                waiting: waiting.map(|(queued, limit)| Waiting { queued, limit }),
                policy,
                accepted,
                conns,
                datagrams: Box::new(datagrams),
            },
        )
        .boxed()
}

fn bound(
    (conn, end, local, peer): (Option<Conn>, End, Address, Option<Address>),
    n: [u64; 4],
) -> DatagramBound {
    DatagramBound {
        conn,
        end,
        local,
        peer,
        bufsize: n[0] as u32,
        receive_buffer: (!n[1].is_multiple_of(3)).then_some(n[1] as u32),
        road_lose_percent: n[2] as u8,
        road_reorder_percent: n[3] as u8,
        road_seed: n[1] as u32,
        forgets: (n[2].is_multiple_of(3)).then_some(Conn(n[3] as u32)),
    }
}

fn datagrams() -> BoxedStrategy<DatagramsKeyframe> {
    let totals = || {
        ([total(), total(), total()], any::<[u64; 2]>()).prop_map(|([sent, received, cut], n)| {
            DatagramTotals {
                sent,
                received,
                cut,
                lost: n[0],
                lost_on_road: n[1],
            }
        })
    };
    let client = (
        any::<u32>(),
        option::of(addr()),
        any::<[bool; 3]>(),
        [totals(), totals()],
    )
        .prop_map(|(conn, addr, [ours, known, closed], [there, back])| {
            DatagramClientKeyframe {
                conn: Conn(conn),
                addr,
                ours,
                known,
                closed,
                there,
                back,
            }
        });
    (
        option::of((addr(), any::<[u64; 4]>())),
        option::of(any::<(u64, Option<u64>)>()),
        any::<u64>(),
        proptest::collection::vec(client, 0..3),
    )
        .prop_map(|(server, queue, lost, clients)| DatagramsKeyframe {
            bound: server.map(|(local, n)| bound((None, End::Server, local, None), n)),
            queue: queue.map(|(next_bytes, kernel_memory)| DatagramQueue {
                conn: None,
                end: End::Server,
                next_bytes,
                kernel_memory,
                kernel_memory_limit: kernel_memory,
            }),
            lost,
            clients,
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

pub fn event() -> BoxedStrategy<Event> {
    let preview = option::of(
        proptest::collection::vec(any::<u8>(), 0..=256).prop_map(|bytes| Preview(bytes.into())),
    );
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
        2 => queues().prop_map(Event::from),
        1 => any::<u64>().prop_map(|records| Event::Dropped(Dropped { records })),
        1 => keyframe().prop_map(|keyframe| Event::Keyframe(Box::new(keyframe))),
        4 => beside(),
        1 => Just(Event::Unknown(Unknown {
            name: "teleported".into(),
            fields: r#"{"where":[1,2,{"x":null}]}"#.into(),
        })),
    ]
    .boxed()
}

/// What is not a fact of a stream: calls, lessons, datagrams.
fn beside() -> BoxedStrategy<Event> {
    let text = || "[ -~é水]{0,20}";
    let state = prop_oneof![Just(TcpState::Established), Just(TcpState::SynReceived)];
    let unaccepted = (any::<Option<u32>>(), addr(), any::<u64>(), state).prop_map(
        |(conn, peer, receive_queue, state)| UnacceptedConnection {
            conn: conn.map(Conn),
            peer,
            receive_queue,
            state,
        },
    );
    let preview = option::of(
        proptest::collection::vec(any::<u8>(), 0..=256).prop_map(|bytes| Preview(bytes.into())),
    );
    let datagram = (
        0..5u8,
        any::<Option<u32>>(),
        end(),
        any::<[u64; 4]>(),
        any::<[Option<u64>; 2]>(),
        (addr(), option::of(addr())),
        preview,
    );
    let datagram = datagram.prop_map(|(kind, conn, end, n, maybe, (local, peer), preview)| {
        let any_conn = conn.map(Conn);
        let conn = Conn(conn.unwrap_or(1));
        match kind {
            0 => Event::DatagramBound(Box::new(bound((any_conn, end, local, peer), n))),
            1 => Event::DatagramSent(DatagramSent {
                conn,
                end,
                number: n[0],
                bytes: n[1],
                answers: maybe[0],
                times: n[2] as u32,
                since_nanos: maybe[1],
                preview,
            }),
            2 => Event::DatagramReceived(DatagramReceived {
                conn,
                end,
                number: maybe[0],
                asked: n[0],
                returned: n[1],
                bytes: n[2],
                truncated: n[3] as u32,
                times: 1,
                since_nanos: maybe[1],
                preview,
            }),
            3 => Event::DatagramLost(DatagramLost {
                conn: any_conn,
                end,
                datagrams: n[0],
                number: maybe[0],
                by: if n[1] % 2 == 0 {
                    LostBy::FullBuffer
                } else {
                    LostBy::BadRoad
                },
            }),
            _ => Event::DatagramQueue(DatagramQueue {
                conn: any_conn,
                end,
                next_bytes: n[0],
                kernel_memory: maybe[0],
                kernel_memory_limit: maybe[1],
            }),
        }
    });
    prop_oneof![
        5 => datagram,
        1 => (text(), any::<u32>()).prop_map(|(lesson, step)| Event::Step(Step { lesson, step })),
        1 => (any::<Option<u32>>(), end(), [text(), text(), text()], any::<Option<i32>>())
            .prop_map(|(conn, end, [method, arguments, result], errno)| Event::Called(Called {
                conn: conn.map(Conn), end, method, arguments, result, errno,
            })),
        1 => (any::<u32>(), addr(), addr()).prop_map(|(conn, local, peer)| {
            Event::Connecting(Connecting { conn: Conn(conn), end: End::Client, local, peer })
        }),
        1 => (proptest::collection::vec(unaccepted, 0..3), any::<u32>())
            .prop_map(|(connections, more)| Event::Unaccepted(Unaccepted { connections, more })),
        1 => (any::<u32>(), any::<[u64; 2]>(), any::<Option<u64>>(), any::<bool>())
            .prop_map(|(conn, [offset, bytes], claims, ended)| Event::Unframed(Unframed {
                conn: Conn(conn), end: End::Server, offset, bytes, claims,
                why: if ended { UnframedWhy::EndOfStream } else { UnframedWhy::TooLong },
            })),
        1 => (any::<u32>(), any::<[u64; 3]>()).prop_map(|(conn, [sent, came_back, same])| {
            Event::Compared(Compared { conn: Conn(conn), end: End::Client, sent, came_back, same })
        }),
        1 => (any::<Option<u32>>(), end(), 0..6_usize, any::<u64>(), any::<u32>())
            .prop_map(|(conn, end, by, most, count)| Event::Limited(Limited {
                conn: conn.map(Conn), end, most, count,
                by: [
                    LimitedBy::Connections, LimitedBy::ConnectionsPerAddress, LimitedBy::System,
                    LimitedBy::EchoRate, LimitedBy::Idle, LimitedBy::Defect,
                ][by],
            })),
        1 => (any::<u32>(), any::<[u64; 3]>(), any::<u32>(), any::<Option<u64>>())
            .prop_map(|(conn, n, times, since_nanos)| Event::Message(Message {
                conn: Conn(conn), end: End::Server, offset: n[0], bytes: n[1], framing_bytes: n[2],
                times, since_nanos,
            })),
    ]
    .boxed()
}
