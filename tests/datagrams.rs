//! The datagram echo with real sockets: boundaries are kept, what is too long is cut, what a full
//! buffer loses is counted exactly, and a flood is bounded.

use std::{collections::BTreeSet, net::UdpSocket};

use model::{Show, State};
use protocol::{Conn, DatagramRequest, End, Event, LostBy, Policy, Record, Request, Road, Spacing};

use crate::{
    python,
    relay_process::{Lines, Mirror, RelayProcess, without_stamps},
};

/// Sends each size as one datagram, and prints each answer in a line of its own.
const ECHO: &str = r#"
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server = (sys.argv[1], int(sys.argv[2]))
for size in map(int, sys.argv[3].split(",")):
    client.sendto(bytes(48 + i % 10 for i in range(size)), server)
    data, sender = client.recvfrom(65536)
    assert sender == server
    print(data.decode())
"#;

/// Sends so many datagrams of that size, from so many sockets, and waits for no answer.
const FLOOD: &str = r#"
import socket, sys
count, size, sockets = map(int, sys.argv[3:])
clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(sockets)]
for i in range(count):
    clients[i % sockets].sendto(bytes(size), (sys.argv[1], int(sys.argv[2])))
"#;

/// A client that is told first where the echo server is.
async fn run(program: &str, relay: &RelayProcess, arguments: &[&str]) -> String {
    let (host, port) = (relay.echo.ip().to_string(), relay.echo.port().to_string());
    python::run(program, &[&[host.as_str(), &port], arguments].concat()).await
}

/// What was told of datagrams that go to the server.
#[derive(Debug, Default)]
struct Told {
    state: State,
    records: u64,
    received: u64,
    cut: u64,
    lost: u64,
    lost_on_road: u64,
}

impl Told {
    fn apply(&mut self, record: &Record) {
        self.state.apply(record, Show(record.at_nanos));
        self.state.verify().unwrap();
        self.records += 1;
        match &record.event {
            Event::DatagramReceived(e) if e.end == End::Server => {
                self.received += u64::from(e.times);
                self.cut += u64::from(e.truncated);
            }
            Event::DatagramLost(e) if e.end == End::Server => match e.by {
                LostBy::FullBuffer => self.lost += e.datagrams,
                LostBy::BadRoad => self.lost_on_road += e.datagrams,
            },
            _ => {}
        }
    }

    /// Takes records in until so many datagrams are accounted for.
    async fn until(&mut self, lines: &mut Lines, datagrams: u64) {
        while self.received + self.lost + self.lost_on_road < datagrams {
            self.apply(&lines.next().await);
        }
    }
}

async fn ask(person: &mut Mirror, request: DatagramRequest) {
    person.ask(Request::Datagrams(request)).await.unwrap();
}

#[tokio::test]
async fn each_datagram_is_read_by_itself_and_what_is_too_long_is_cut_off() {
    let relay = RelayProcess::start(&["--bufsize", "25"]);
    let mut lines = relay.lines("").await;
    let output = run(ECHO, &relay, &["20,50,30,0"]).await;
    let answers: Vec<Vec<u8>> = output
        .lines()
        .map(|it| without_stamps(it.as_bytes()))
        .collect();
    let digits = |count| (b'0'..=b'9').cycle().take(count).collect::<Vec<u8>>();
    assert_eq!(answers, [20, 25, 25, 0].map(digits));
    let mut told = Told::default();
    let mut received = Vec::new();
    let mut answered = Vec::new();
    while answered.len() < 4 {
        let record = lines.next().await;
        told.apply(&record);
        match record.event {
            Event::DatagramReceived(e) => {
                assert_eq!(
                    (e.conn, e.end, e.asked, e.times),
                    (Conn(1), End::Server, 25, 1)
                );
                received.push((e.returned, e.bytes, e.truncated));
            }
            Event::DatagramSent(e) => answered.push((e.end, e.number, e.bytes)),
            Event::Listening(e) => assert_eq!(e.addr, relay.echo.into()),
            Event::DatagramBound(e) => assert_eq!(e.local, relay.echo.into(), "the same port"),
            _ => {}
        }
    }
    assert_eq!(received, [(20, 20, 0), (25, 50, 1), (25, 30, 1), (0, 0, 0)]);
    let stamped = [(0, 42), (1, 47), (2, 47), (3, 22)];
    assert_eq!(
        answered,
        stamped.map(|(number, bytes)| (End::Server, number, bytes))
    );
}

#[tokio::test]
async fn what_a_full_buffer_loses_is_sent_less_received_exactly() {
    let relay = RelayProcess::start(&["--read-when", "held"]);
    let mut lines = relay.lines("").await;
    let mut person = relay.mirror("").await;
    ask(&mut person, DatagramRequest::ReceiveBuffer { bytes: 4096 }).await;
    run(FLOOD, &relay, &["200", "500", "1"]).await;
    let go = Policy::default();
    person.set_policy(None, go).await;
    let mut told = Told::default();
    told.until(&mut lines, 200).await;
    assert!(told.lost > 100 && told.received > 2, "{told:?}");
    // Our own client, whose datagrams bear their numbers: now none is lost.
    let (conn, spacing) = (None, Spacing::WhenRecorded);
    let sizes = vec![20, 50, 30];
    ask(
        &mut person,
        DatagramRequest::Send {
            conn,
            sizes,
            spacing,
        },
    )
    .await;
    told.until(&mut lines, 203).await;
    assert_eq!(told.received + told.lost, 203);
    let datagrams = &told.state.datagrams;
    assert_eq!(datagrams.lost, told.lost);
    let ours = datagrams
        .clients
        .values()
        .find(|it| it.ours.is_some())
        .unwrap();
    let numbers: Vec<_> = ours.there.received.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [Some(0), Some(1), Some(2)]);
    assert_eq!(ours.there.totals.lost, 0);
}

#[tokio::test]
async fn our_own_client_knows_which_of_its_datagrams_did_not_fit() {
    let relay = RelayProcess::start(&["--read-when", "held"]);
    let mut lines = relay.lines("").await;
    let mut person = relay.mirror("").await;
    ask(&mut person, DatagramRequest::ReceiveBuffer { bytes: 4096 }).await;
    let (conn, spacing) = (None, Spacing::GapMillis(0));
    let sizes = vec![500; 40];
    ask(
        &mut person,
        DatagramRequest::Send {
            conn,
            sizes,
            spacing,
        },
    )
    .await;
    let mut told = Told::default();
    // The reader is held: only losses can be told.
    let (mut sent, mut names) = (0, BTreeSet::new());
    while sent < 40 {
        let record = lines.next().await;
        told.apply(&record);
        match record.event {
            Event::DatagramSent(e) => sent += e.times,
            Event::DatagramLost(e) => names.extend(e.number),
            _ => {}
        }
    }
    // One recvfrom, then all the others.
    ask(&mut person, DatagramRequest::Read { bytes: 10 }).await;
    while told.received == 0 {
        told.apply(&lines.next().await);
    }
    assert_eq!((told.received, told.cut), (1, 1));
    person.set_policy(None, Policy::default()).await;
    told.until(&mut lines, 40).await;
    assert_eq!(told.received + told.lost, 40);
    let ours = &told.state.datagrams.clients[&Conn(1)];
    for received in ours.there.received.iter() {
        assert!(
            received.number.is_none_or(|it| !names.contains(&it)),
            "{received:?}"
        );
    }
}

#[tokio::test]
async fn a_bad_road_loses_and_reorders_and_says_which() {
    let relay = RelayProcess::start(&[]);
    let mut lines = relay.lines("").await;
    let mut person = relay.mirror("").await;
    let road = Road {
        lose_percent: 25,
        reorder_percent: 30,
        seed: 7,
    };
    ask(&mut person, DatagramRequest::Road(road)).await;
    let (conn, spacing) = (None, Spacing::WhenRecorded);
    let sizes = vec![30; 64];
    ask(
        &mut person,
        DatagramRequest::Send {
            conn,
            sizes,
            spacing,
        },
    )
    .await;
    let mut told = Told::default();
    let (mut received, mut lost) = (Vec::new(), Vec::new());
    while told.received + told.lost + told.lost_on_road < 64 {
        let record = lines.next().await;
        told.apply(&record);
        match record.event {
            Event::DatagramReceived(e) if e.end == End::Server && e.times == 1 => {
                received.push(e.number.unwrap());
            }
            Event::DatagramLost(e) if e.datagrams == 1 => {
                assert_eq!(e.by, LostBy::BadRoad);
                lost.push(e.number.unwrap());
            }
            _ => {}
        }
    }
    assert!(told.lost_on_road > 5 && told.lost == 0, "{told:?}");
    assert!(!received.is_sorted(), "{received:?}");
    let names: BTreeSet<u64> = received.iter().chain(&lost).copied().collect();
    assert_eq!(
        names.len(),
        received.len() + lost.len(),
        "each has one fate"
    );
    // A good road again: its answers come back, and it is closed when a person wishes.
    ask(&mut person, DatagramRequest::Road(Road::default())).await;
    let conn = Some(Conn(1));
    let sizes = vec![0, 20];
    ask(
        &mut person,
        DatagramRequest::Send {
            conn,
            sizes,
            spacing,
        },
    )
    .await;
    told.until(&mut lines, 66).await;
    let answers = told.received;
    let back = |told: &Told| told.state.datagrams.clients[&Conn(1)].back.totals;
    while back(&told).received.times < answers {
        told.apply(&lines.next().await);
    }
    let end = End::Client;
    let close = Request::Close { conn: Conn(1), end };
    person.ask(close).await.unwrap();
    while told.state.datagrams.clients[&Conn(1)].closed.is_none() {
        told.apply(&lines.next().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_datagrams_is_counted_exactly_and_told_in_few_records() {
    let relay = RelayProcess::start(&[]);
    let mut lines = relay.lines("").await;
    // The first flood from one client, the second from more than have a number.
    let count = 20_000;
    run(FLOOD, &relay, &[&count.to_string(), "64", "1"]).await;
    let mut told = Told::default();
    told.until(&mut lines, count).await;
    run(FLOOD, &relay, &["3000", "64", "300"]).await;
    told.until(&mut lines, count + 3_000).await;
    assert_eq!(told.received + told.lost, count + 3_000);
    let clients = &told.state.datagrams.clients;
    assert!(clients.len() <= 81, "{}", clients.len());
    assert!(told.records < 3_000, "facts are merged: {}", told.records);
    // One more, so that it is seen that nothing was told twice.
    run(ECHO, &relay, &["5"]).await;
    told.until(&mut lines, count + 3_001).await;
    assert_eq!(told.received + told.lost, count + 3_001);
}

#[tokio::test]
async fn without_its_port_the_relay_goes_on_without_datagrams() {
    // TCP and UDP number their ports apart. At an address of its own: at 127.0.0.1 a client of another
    // test may have that port by TCP.
    let taken = UdpSocket::bind("127.0.0.78:0").unwrap();
    let echo = taken.local_addr().unwrap().to_string();
    let log = tempfile::NamedTempFile::new().unwrap();
    let file = log.reopen().unwrap();
    let mut relay = RelayProcess::start_at_logging(&echo, file.into());
    let mut person = relay.mirror("").await;
    let (conn, spacing) = (None, Spacing::WhenRecorded);
    let sizes = vec![1];
    let request = DatagramRequest::Send {
        conn,
        sizes,
        spacing,
    };
    let refusal = person.ask(Request::Datagrams(request)).await;
    assert_eq!(refusal, Err(protocol::Refusal::NoDatagrams));
    // TCP is served all the same.
    let batches = vec![10];
    let send = Request::Send {
        conn,
        batches,
        spacing,
    };
    person.ask(send).await.unwrap();
    person
        .until(|event| matches!(event, Event::Read(e) if e.end == End::Client))
        .await;
    drop(person);
    // The log is written aside, and whole only at the end.
    relay.terminate();
    let log = std::fs::read_to_string(log.path()).unwrap();
    let warnings = log.lines().filter(|line| line.contains("datagram")).count();
    assert_eq!(warnings, 1, "{log}");
}
