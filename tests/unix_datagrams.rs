//! The datagram echo over Unix-domain sockets, to clients that Python makes: boundaries are kept,
//! nobody without a name is answered, and where the queue is full the sender is told and nothing is
//! lost.

use model::{Show, State};
use protocol::{
    Address, Conn, DatagramRequest, End, Event, Family, Policy, Record, Refusal, Request, Road,
    Spacing,
};

use crate::{
    python,
    relay_process::{Lines, RelayProcess, without_stamps},
};

/// Sends each size as one datagram, and prints each answer in a line of its own.
const ECHO: &str = r#"
import socket, sys
server, name, *sizes = sys.argv[1:]
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.bind(name)
for size in map(int, sizes):
    client.sendto(bytes(48 + i % 10 for i in range(size)), server)
    data, sender = client.recvfrom(65536)
    assert sender == server
    print(data.decode())
"#;

/// Without a name of its own, sends until it would have to wait, and prints how many went.
const FILL: &str = r#"
import socket, sys
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.setblocking(False)
count = 0
try:
    while True:
        client.sendto(bytes(count + 1), sys.argv[1])
        count += 1
except BlockingIOError:
    print(count)
"#;

/// Where the server's datagram socket is; the state takes in what was told so far.
async fn place(lines: &mut Lines, state: &mut State) -> String {
    let records = lines
        .until(|event| matches!(event, Event::DatagramBound(_)))
        .await;
    for record in &records {
        state.apply(record, Show(record.at_nanos));
    }
    let Event::DatagramBound(bound) = &records.last().unwrap().event else {
        unreachable!()
    };
    assert_eq!((bound.conn, bound.end), (None, End::Server));
    match &bound.local {
        Address::Unix(name) => name.as_path().unwrap().to_owned(),
        Address::Inet(addr) => panic!("{addr}"),
    }
}

/// What the server received: returned, and how long it was.
fn received(records: &[Record]) -> Vec<(u64, u64)> {
    let of = |record: &Record| match &record.event {
        Event::DatagramReceived(e) if e.end == End::Server => Some((e.returned, e.bytes)),
        _ => None,
    };
    records.iter().filter_map(of).collect()
}

#[tokio::test]
async fn boundaries_are_kept_and_what_is_too_long_is_cut_off() {
    let mut relay = RelayProcess::start_family("unix:", &["--bufsize", "25"]);
    let mut lines = relay.lines("?after=0").await;
    let server = place(&mut lines, &mut State::default()).await;
    let home = tempfile::tempdir().unwrap();
    let own = home.path().join("client");
    // A name in the file system, and one that the kernel chooses.
    for (conn, name) in [(1, own.to_str().unwrap()), (2, "")] {
        let output = python::run(ECHO, &[&server, name, "20", "50", "30", "0"]).await;
        let answers: Vec<Vec<u8>> = output
            .lines()
            .map(|it| without_stamps(it.as_bytes()))
            .collect();
        let digits = |count| (b'0'..=b'9').cycle().take(count).collect::<Vec<u8>>();
        assert_eq!(answers, [20, 25, 25, 0].map(digits));
        let is_last = |event: &Event| matches!(event, Event::DatagramSent(e) if e.number == 3);
        let records = lines.until(is_last).await;
        assert_eq!(received(&records), [(20, 20), (25, 50), (25, 30), (0, 0)]);
        let peer = records.iter().find_map(|record| match &record.event {
            Event::DatagramBound(e) => Some((e.conn, e.peer.clone().unwrap())),
            _ => None,
        });
        let (number, peer) = peer.unwrap();
        assert_eq!(number, Some(Conn(conn)));
        assert_eq!((peer.family(), peer.is_unnamed()), (Family::Unix, false));
    }
    let folder = std::path::Path::new(&server).parent().unwrap().to_owned();
    assert!(relay.terminate().success());
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_full_queue_loses_nothing_and_our_own_client_waits() {
    let relay = RelayProcess::start_family("unix:", &["--read-when", "held"]);
    let mut lines = relay.lines("?after=0").await;
    let mut state = State::default();
    let server = place(&mut lines, &mut state).await;
    let mut person = relay.mirror("").await;
    let went: usize = python::run(FILL, &[&server]).await.trim().parse().unwrap();
    assert!(went > 1, "{went}");
    let send = DatagramRequest::Send {
        conn: None,
        sizes: vec![20, 50, 30],
        spacing: Spacing::GapMillis(0),
    };
    person.ask(Request::Datagrams(send)).await.unwrap();
    person.set_policy(None, Policy::default()).await;
    let mut records = Vec::new();
    let mut refused = 0;
    let mut answers = 0;
    while answers < 3 {
        let record = lines.next().await;
        state.apply(&record, Show(record.at_nanos));
        match &record.event {
            Event::DatagramLost(lost) => panic!("{lost:?}"),
            // Whoever has no name cannot be answered, and that is told.
            Event::Called(e) if e.method == "sendto" => refused += u32::from(e.errno.is_some()),
            Event::DatagramReceived(e) if e.end == End::Client => answers += 1,
            Event::DatagramQueue(e) => {
                assert_eq!((e.kernel_memory, e.kernel_memory_limit), (None, None))
            }
            _ => {}
        }
        records.push(record);
    }
    state.verify().unwrap();
    let bytes: Vec<_> = received(&records).iter().map(|it| it.1).collect();
    let sent = (1..=went as u64).chain([20, 50, 30]);
    assert_eq!(bytes, sent.collect::<Vec<_>>());
    assert_eq!(refused as usize, went);
    // No network, no road that could be bad.
    let road = Road {
        lose_percent: 50,
        ..Road::default()
    };
    let road = Request::Datagrams(DatagramRequest::Road(road));
    let refusal = person.ask(road).await;
    assert!(
        matches!(refusal, Err(Refusal::System { .. })),
        "{refusal:?}"
    );
}
