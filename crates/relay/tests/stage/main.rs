//! An echo server of a lesson's own, on real sockets: what a script may do with it, and what it tells.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests fail by it, too

mod lessons;

use std::time::Duration;

use protocol::{
    Conn, DatagramRequest, End, Event, Family, Policy, ReadWhen, Record, Refusal, Request, Spacing,
    TcpState, Unaccepted,
};
use relay::{ClientSettings, EchoConfig, Records, Stage};
use tokio::time::timeout;

/// What an event may take at most, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const FIRST: Conn = Conn(1);

/// A stage, and who follows it.
struct Play {
    stage: Stage,
    records: Records,
    seen: Vec<Record>,
}

impl Play {
    async fn open(config: EchoConfig) -> Play {
        let stage = Stage::open(config, "test").await.unwrap();
        Play {
            records: stage.records(),
            stage,
            seen: Vec::new(),
        }
    }

    async fn held() -> Play {
        Play::open(EchoConfig {
            policy: policy(ReadWhen::Held),
            ..EchoConfig::default()
        })
        .await
    }

    /// The next event of which it is true.
    async fn until(&mut self, is: impl Fn(&Event) -> bool) -> Event {
        loop {
            let next = timeout(PATIENCE, self.records.next()).await;
            let Ok(Some(record)) = next else {
                panic!("it did not come: {next:?} behind {:#?}", self.seen);
            };
            self.seen.push(record.clone());
            if is(&record.event) {
                return record.event;
            }
        }
    }

    async fn ask(&self, request: Request) {
        self.stage.ask(request).await.unwrap();
    }

    async fn client(&self) -> Conn {
        self.stage
            .connect(ClientSettings {
                keeps: true,
                ..ClientSettings::default()
            })
            .await
            .unwrap()
    }

    async fn send(&self, conn: Conn, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        let conn = Some(conn);
        self.ask(Request::SendBytes { conn, bytes }).await;
    }

    /// What the client has read, without the stamps.
    fn reply(&self, conn: Conn) -> Vec<u8> {
        let kept = self.stage.kept(conn).unwrap();
        let mut reply = Vec::new();
        let mut rest = &kept[..];
        while let Some((byte, behind)) = rest.split_first() {
            if *byte == b'[' {
                rest = &rest["[0000-00-00 00:00:00] ".len()..];
            } else {
                reply.push(*byte);
                rest = behind;
            }
        }
        reply
    }
}

fn policy(read_when: ReadWhen) -> Policy {
    Policy {
        read_when,
        ..Policy::default()
    }
}

fn read(bytes: u32) -> Request {
    let (conn, end) = (FIRST, End::Server);
    Request::Read { conn, end, bytes }
}

fn arrived(end: End, until: u64) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Arrived(e) if e.end == end && e.offset + e.bytes == until)
}

fn closed(end: End) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Closed(e) if e.end == end)
}

#[tokio::test]
async fn a_read_by_hand_is_one_recv_of_a_held_server() {
    let mut play = Play::held().await;
    let conn = play.client().await;
    assert_eq!(conn, FIRST);
    play.send(conn, b"hello, world").await;
    play.until(arrived(End::Server, 12)).await;
    for (asked, expect) in [(5, 5), (100, 7)] {
        play.ask(read(asked)).await;
        let event = play
            .until(|event| matches!(event, Event::Read(e) if e.end == End::Server))
            .await;
        let Event::Read(read) = event else { panic!() };
        assert_eq!((read.asked, read.returned), (u64::from(asked), expect));
        // It is answered like any other, before the next is made.
        play.until(|event| matches!(event, Event::Answered(e) if e.in_bytes == expect))
            .await;
    }
    // Without bytes it waits, as recv does; what comes is read once.
    play.ask(read(2)).await;
    play.send(conn, b"abc").await;
    play.until(|event| matches!(event, Event::Read(e) if e.end == End::Server && e.returned == 2))
        .await;
    let whole = "[0000-00-00 00:00:00] ".len() as u64 * 3 + 14;
    play.until(|event| matches!(event, Event::Read(e) if e.end == End::Client && e.offset + e.returned == whole))
        .await;
    assert_eq!(play.reply(conn), b"hello, worldab");
    play.ask(read(1)).await;
    play.until(|event| matches!(event, Event::Read(e) if e.returned == 1 && e.end == End::Server))
        .await;

    let mut asked = 0;
    let refusal = loop {
        match play.stage.ask(read(1)).await {
            Ok(()) => asked += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(asked, 64);
    assert_eq!(refusal, Refusal::TooManyReads { conn, limit: 64 });
    play.stage.close().await;
}

#[tokio::test]
async fn the_reply_comes_after_a_shutdown() {
    let mut play = Play::held().await;
    let conn = play.client().await;
    play.send(conn, b"hello").await;
    let end = End::Client;
    play.ask(Request::Shutdown { conn, end }).await;
    let by_client = |at: End| move |event: &Event| matches!(event, Event::HalfClosed(e) if e.end == at && e.by == End::Client);
    play.until(by_client(End::Server)).await;
    assert!(play.seen.iter().any(|r| by_client(End::Client)(&r.event)));
    let bytes = b"more".to_vec();
    let (again, send) = (
        Request::Shutdown { conn, end },
        Request::SendBytes {
            conn: Some(conn),
            bytes,
        },
    );
    assert_eq!(play.stage.ask(again).await, Err(Refusal::Shut { conn }));
    assert_eq!(play.stage.ask(send).await, Err(Refusal::Shut { conn }));
    play.ask(Request::SetPolicy {
        conn: None,
        policy: policy(ReadWhen::Arrival),
    })
    .await;
    play.until(closed(End::Client)).await;
    assert_eq!(play.reply(conn), b"hello");
    let ends: Vec<_> = play
        .seen
        .iter()
        .filter_map(|record| match &record.event {
            Event::EndOfStream(e) => Some((e.end, 0)),
            Event::Closed(e) => Some((e.end, e.unread)),
            Event::Reset(e) => panic!("{e:?}"),
            _ => None,
        })
        .collect();
    let expect = [End::Server, End::Server, End::Client, End::Client];
    assert_eq!(ends, expect.map(|end| (end, 0)), "{:#?}", play.seen);
}

#[tokio::test]
async fn a_server_that_is_shut_down_reads_on_and_answers_no_more() {
    let mut play = Play::open(EchoConfig::default()).await;
    let settings = ClientSettings {
        reads: false,
        ..ClientSettings::default()
    };
    let conn = play.stage.connect(settings).await.unwrap();
    play.until(|event| matches!(event, Event::Accepted(_)))
        .await;
    let end = End::Server;
    play.ask(Request::Shutdown { conn, end }).await;
    play.until(|event| matches!(event, Event::HalfClosed(e) if e.end == End::Client && e.by == End::Server))
        .await;
    play.send(conn, b"hello").await;
    play.until(|event| matches!(event, Event::Read(e) if e.returned == 5))
        .await;
    let end = End::Client;
    play.ask(Request::Shutdown { conn, end }).await;
    play.until(closed(End::Server)).await;
    play.ask(Request::ClientReads { conn, on: true }).await;
    play.until(closed(End::Client)).await;
    let bad = |event: &Event| matches!(event, Event::Reset(_) | Event::Answered(_));
    assert!(!play.seen.iter().any(|r| bad(&r.event)), "{:#?}", play.seen);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn bytes_wait_on_connections_that_nobody_accepted() {
    let mut play = Play::open(EchoConfig::default()).await;
    play.ask(Request::Accept { on: false }).await;
    let sizes = [20, 50, 0];
    for size in sizes {
        let conn = play.client().await;
        if size > 0 {
            play.send(conn, &vec![b'x'; size]).await;
        }
    }
    let told = |unaccepted: &Unaccepted| -> Vec<_> {
        let connections = unaccepted.connections.iter();
        connections
            .map(|it| (it.conn, it.receive_queue, it.state))
            .collect()
    };
    let expect: Vec<_> = (1..)
        .zip(sizes)
        .map(|(conn, bytes)| (Some(Conn(conn)), bytes as u64, TcpState::Established))
        .collect();
    play.until(|event| matches!(event, Event::Unaccepted(e) if told(e) == expect))
        .await;
    let accepted = |event: &Event| matches!(event, Event::Accepted(_));
    assert!(!play.seen.iter().any(|r| accepted(&r.event)));
    let (conn, end) = (FIRST, End::Server);
    let not_accepted = Err(Refusal::NotAccepted { conn });
    assert_eq!(
        play.stage.ask(Request::Close { conn, end }).await,
        not_accepted
    );
    play.ask(Request::Accept { on: true }).await;
    for number in 1..=3 {
        let event = play.until(accepted).await;
        assert_eq!(event.conn(), Some(Conn(number)));
    }
    play.until(|event| matches!(event, Event::Unaccepted(e) if e.connections.is_empty()))
        .await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_does_not_fit_is_seen_waiting() {
    let mut play = Play::open(EchoConfig {
        backlog: 0,
        ..EchoConfig::default()
    })
    .await;
    play.ask(Request::Accept { on: false }).await;
    let first = play.client().await;
    let settings = ClientSettings {
        waits: false,
        ..ClientSettings::default()
    };
    for number in [2, 3] {
        let conn = play.stage.connect(settings).await.unwrap();
        assert_eq!(conn, Conn(number));
        play.until(|event| matches!(event, Event::Connecting(e) if e.conn == conn))
            .await;
    }
    // One gives up, and is not heard of any more.
    let (conn, end) = (Conn(2), End::Client);
    play.ask(Request::Close { conn, end }).await;
    play.until(
        |event| matches!(event, Event::Called(e) if e.conn == Some(conn) && e.method == "close"),
    )
    .await;
    play.ask(Request::Accept { on: true }).await;
    // The kernel sends the SYN again after a second.
    play.until(|event| matches!(event, Event::Accepted(e) if e.conn == Conn(3)))
        .await;
    let connected: Vec<_> = play
        .seen
        .iter()
        .filter_map(|record| match &record.event {
            Event::Connected(e) => Some(e.conn),
            _ => None,
        })
        .collect();
    assert_eq!(connected, [first, Conn(3)]);
}

#[tokio::test]
async fn a_client_that_does_not_read_blocks_the_server() {
    let mut play = Play::open(EchoConfig {
        send_buffer: Some(4096),
        ..EchoConfig::default()
    })
    .await;
    let settings = ClientSettings {
        receive_buffer: Some(4096),
        reads: false,
        keeps: true,
        ..ClientSettings::default()
    };
    let conn = play.stage.connect(settings).await.unwrap();
    let all = 200_000;
    play.ask(Request::Send {
        conn: Some(conn),
        batches: vec![all],
        spacing: Spacing::GapMillis(0),
    })
    .await;
    play.until(|event| matches!(event, Event::Blocked(e) if e.end == End::Server))
        .await;
    let (end, bytes) = (End::Client, 10);
    play.ask(Request::Read { conn, end, bytes }).await;
    let by_hand = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client);
    let Event::Read(first) = play.until(by_hand).await else {
        panic!()
    };
    assert_eq!((first.asked, first.returned), (10, 10));
    play.ask(Request::ClientReads { conn, on: true }).await;
    play.until(
        |event| matches!(event, Event::Answered(e) if e.in_offset + e.in_bytes == u64::from(all)),
    )
    .await;
    play.ask(Request::Shutdown { conn, end }).await;
    play.until(closed(End::Client)).await;
    let reply = play.reply(conn);
    assert_eq!(reply.len(), all as usize);
    assert!(
        reply
            .iter()
            .zip((b'0'..=b'9').cycle())
            .all(|(a, b)| *a == b)
    );
}

#[tokio::test]
async fn how_sockets_are_made_is_told_with_the_sizes_in_force() {
    let mut play = Play::open(EchoConfig {
        receive_buffer: Some(4096),
        send_buffer: Some(8192),
        ..EchoConfig::default()
    })
    .await;
    play.client().await;
    play.until(|event| matches!(event, Event::Accepted(_)))
        .await;
    let told: Vec<_> = play
        .seen
        .iter()
        .filter_map(|record| match &record.event {
            Event::Called(e) => Some((e.conn, e.method.as_str(), e.arguments.as_str())),
            Event::Listening(_) => Some((None, "listen", "")),
            Event::Connecting(e) => Some((Some(e.conn), "connect", "")),
            _ => None,
        })
        .collect();
    let server = [
        ("socket", "AF_INET, SOCK_STREAM"),
        #[cfg(unix)]
        ("setsockopt", "SOL_SOCKET, SO_REUSEADDR, 1"),
        ("setsockopt", "SOL_SOCKET, SO_RCVBUF, 4096"),
        ("getsockopt", "SOL_SOCKET, SO_RCVBUF"),
        ("setsockopt", "SOL_SOCKET, SO_SNDBUF, 8192"),
        ("getsockopt", "SOL_SOCKET, SO_SNDBUF"),
        ("bind", "(\"127.0.0.1\", 0)"),
        ("listen", ""),
    ];
    let client = [
        ("socket", "AF_INET, SOCK_STREAM"),
        ("setsockopt", "SOL_SOCKET, SO_SNDBUF, 16384"),
        ("getsockopt", "SOL_SOCKET, SO_SNDBUF"),
        ("setsockopt", "IPPROTO_TCP, TCP_NODELAY, 1"),
        ("bind", "(\"127.0.0.1\", 0)"),
        ("connect", ""),
    ];
    let of = |conn: Option<Conn>| {
        let of_it = told.iter().filter(|(told, ..)| *told == conn);
        of_it.map(|&(_, m, a)| (m, a)).collect::<Vec<_>>()
    };
    assert_eq!(of(None), server);
    assert_eq!(of(Some(FIRST)), client);
    let effective = play.seen.iter().find_map(|record| match &record.event {
        Event::Called(e) if e.method == "getsockopt" => Some(e.result.parse::<u32>().unwrap()),
        _ => None,
    });
    assert!(effective.unwrap() >= 4096);
}

#[tokio::test]
async fn a_stage_that_nobody_holds_ends() {
    let mut play = Play::held().await;
    let conn = play.client().await;
    play.send(conn, b"hello").await;
    play.until(arrived(End::Server, 5)).await;
    let waiting = ClientSettings {
        waits: false,
        ..ClientSettings::default()
    };
    play.stage.connect(waiting).await.unwrap();
    let Play {
        stage, mut records, ..
    } = play;
    let addr = stage.addr().inet().unwrap();
    let another = stage.clone();
    drop(stage);
    assert!(tokio::net::TcpStream::connect(addr).await.is_ok());
    drop(another);
    let rest = async {
        let mut open = 0;
        while let Some(record) = records.next().await {
            match record.event {
                Event::Closed(_) => open -= 1,
                Event::Connected(_) | Event::Accepted(_) => open += 1,
                _ => {}
            }
        }
        open
    };
    // The two ends of the first client were open before.
    assert_eq!(timeout(PATIENCE, rest).await.unwrap(), -2);
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_datagram_twin_is_of_the_listeners_family() {
    let mut play = Play::open(EchoConfig::default()).await;
    let families = [Family::Inet, Family::Unix, Family::Inet6];
    for (conn, family) in (1..).map(Conn).zip(families) {
        if conn > FIRST {
            play.stage.listen(family).await.unwrap();
        }
        let send = DatagramRequest::Send {
            conn: None,
            sizes: vec![20, 50, 30],
            spacing: Spacing::WhenRecorded,
        };
        play.ask(Request::Datagrams(send)).await;
        play.until(|event| matches!(event, Event::DatagramReceived(e) if e.end == End::Client && e.number == Some(2)))
            .await;
    }
    let (mut bound, mut received, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    for record in &play.seen {
        match &record.event {
            Event::DatagramBound(e) if e.conn.is_none() => bound.push(e.local.family()),
            Event::DatagramReceived(e) if e.end == End::Server => {
                received.push((e.conn, e.returned));
            }
            Event::Closed(e) => closed.push(e.conn),
            _ => {}
        }
    }
    assert_eq!(bound, families);
    let conns = [1, 2, 3].map(Conn);
    let sizes = |conn| [20, 50, 30].map(|bytes| (conn, bytes));
    assert_eq!(received, conns.map(sizes).concat());
    // With the socket before, its clients' sockets are closed.
    assert_eq!(closed, conns[..2]);
}
