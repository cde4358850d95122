//! The same echo over each family of sockets: the same bytes to real clients, the same belt, and what
//! a family does otherwise told as it is.

use std::{path::Path, process::Stdio};

use protocol::{
    Accepted, Address, Closed, Conn, End, Event, Family, Listening, Record, Request, Reset, Source,
    Spacing,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    process::Command,
    time::timeout,
};

use crate::{
    books::Books,
    relay_process::{Lines, PATIENCE, RelayProcess, without_stamps},
};

const BELT: &[&str] = &["--read-when", "queued:100", "--bag", "100"];
/// A free port of each internet family, and a path of the relay's own.
const EVERYWHERE: [(&str, Family); 3] = [
    ("127.0.0.1:0", Family::Inet),
    ("[::1]:0", Family::Inet6),
    ("unix:", Family::Unix),
];

/// As Python 3 connects to whatever it is; prints the reply with its FIN before.
const PYTHON: &str = r#"
import socket, sys
family, *place = sys.argv[1:]
client = socket.socket(getattr(socket, family))
client.connect(place[0] if len(place) == 1 else (place[0], int(place[1])))
client.sendall(sys.stdin.buffer.read())
client.shutdown(socket.SHUT_WR)
while data := client.recv(4096):
    sys.stdout.buffer.write(data)
"#;

/// All families that this machine has: containers are often without IPv6.
fn everywhere() -> impl Iterator<Item = (&'static str, Family)> {
    let has_ipv6 = has_ipv6();
    let here = move |&(_, family): &_| family != Family::Inet6 || has_ipv6;
    EVERYWHERE.into_iter().filter(here)
}

/// Says so if not.
pub fn has_ipv6() -> bool {
    let bound = std::net::TcpListener::bind("[::1]:0");
    if bound.is_err() {
        eprintln!("Skipped: without IPv6 on this machine its family is not tried");
    }
    bound.is_ok()
}

fn digits(count: usize) -> Vec<u8> {
    (b'0'..=b'9').cycle().take(count).collect()
}

fn path(address: &Address) -> &str {
    match address {
        Address::Unix(name) => name.as_path().unwrap(),
        Address::Inet(addr) => panic!("{addr}"),
    }
}

/// What a program prints that gets `input`.
async fn reply(program: &str, arguments: &[String], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; install it from Debian"));
    let mut stdin = child.stdin.take().unwrap();
    let feed = input.to_owned();
    let fed = tokio::spawn(async move { stdin.write_all(&feed).await });
    let output = timeout(PATIENCE, child.wait_with_output()).await;
    fed.await.unwrap().unwrap();
    output.expect("the client ends").unwrap().stdout
}

/// Connects with nc, socat and Python.
fn clients(address: &Address) -> [(&'static str, Vec<String>); 3] {
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let family = address.family().constant();
    let python = ["-c", PYTHON, family];
    match address {
        Address::Inet(addr) => {
            let (host, port) = (addr.ip().to_string(), addr.port().to_string());
            [
                ("nc", own(&["-N", &host, &port])),
                ("socat", own(&["-t30", "-", &format!("TCP:{addr}")])),
                ("python3", own(&[&python[..], &[&host, &port]].concat())),
            ]
        }
        Address::Unix(_) => {
            let path = path(address);
            [
                ("nc", own(&["-N", "-U", path])),
                (
                    "socat",
                    own(&["-t30", "-", &format!("UNIX-CONNECT:{path}")]),
                ),
                ("python3", own(&[&python[..], &[path]].concat())),
            ]
        }
    }
}

#[tokio::test]
async fn real_clients_get_the_same_bytes_over_every_family() {
    let input = digits(100_000);
    for (at, family) in everywhere() {
        let relay = RelayProcess::start_family(at, &[]);
        assert_eq!(relay.address.family(), family);
        for (program, arguments) in clients(&relay.address) {
            let reply = reply(program, &arguments, &input).await;
            assert!(without_stamps(&reply) == input, "{program} over {family:?}");
        }
        // All of it holds together: the model and the books follow each record.
        let mut lines = relay.lines("?after=0").await;
        let mut ended = 0;
        let records = lines
            .until(|event| {
                ended += u32::from(matches!(event, Event::Closed(_)));
                ended == 3
            })
            .await;
        let books = Books::of(&records);
        for conn in [1, 2, 3].map(Conn) {
            let account = &books.accounts[&(conn, End::Server)];
            assert_eq!(account.read, 100_000, "{family:?}");
            assert_eq!((account.unread, account.reset_by), (Some(0), None));
            assert!(account.ended, "{family:?}: FIN, then the answer");
        }
    }
}

#[tokio::test]
async fn the_belt_is_the_same_over_every_family() {
    for (at, family) in everywhere() {
        let relay = RelayProcess::start_family(at, BELT);
        let mut person = relay.mirror("").await;
        let mut lines = relay.lines("?after=0").await;
        let send = Request::Send {
            conn: None,
            batches: vec![20, 50, 30],
            spacing: Spacing::WhenRecorded,
        };
        person.ask(send).await.unwrap();
        let is_read = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client && e.offset + e.returned == 122);
        let records = lines.until(is_read).await;
        let books = Books::of(&records);
        let server = &books.accounts[&(Conn(1), End::Server)];
        assert_eq!((server.arrivals, server.reads), (3, 1), "{family:?}");
        assert_eq!((server.bags, server.answers), (1, 1), "{family:?}");
        let arrivals: Vec<_> = records
            .iter()
            .filter_map(|record| match &record.event {
                Event::Arrived(e) if e.end == End::Server => Some((e.bytes, e.segments)),
                _ => None,
            })
            .collect();
        // What no kernel counts is not told.
        let segments = (family != Family::Unix).then_some(1);
        assert_eq!(arrivals, [20, 50, 30].map(|bytes| (bytes, segments)));
        let accepted = find(&records, |event| match event {
            Event::Accepted(e) => Some(e.clone()),
            _ => None,
        });
        let Accepted { peer, local, .. } = accepted;
        assert_eq!((peer.family(), local), (family, relay.address.clone()));
        assert!(!peer.is_unnamed(), "our own client has a name");
        let listening: Listening = find(&records, |event| match event {
            Event::Listening(e) => Some(e.clone()),
            _ => None,
        });
        assert_eq!(listening.addr, relay.address);
    }
}

#[test]
fn of_a_unix_stream_arrivals_are_derived_and_windows_unavailable() {
    let sources = protocol::Sources::linux();
    assert_eq!(sources.of_family(Family::Inet6), sources);
    let unix = sources.of_family(Family::Unix);
    assert_eq!(unix.receive_queue, Source::Measured);
    assert_eq!(unix.arrived, Source::Derived);
    for source in [unix.segments, unix.receive_window, unix.rtt, unix.state] {
        assert_eq!(source, Source::Unavailable);
    }
}

fn find<T>(records: &[Record], of: impl Fn(&Event) -> Option<T>) -> T {
    records.iter().find_map(|record| of(&record.event)).unwrap()
}

async fn ends(lines: &mut Lines) -> (Vec<Record>, Closed, Option<Reset>) {
    let is_last = |event: &Event| matches!(event, Event::Closed(e) if e.end == End::Server);
    let records = lines.until(is_last).await;
    let closed = find(&records, |event| match event {
        Event::Closed(e) if e.end == End::Server => Some(*e),
        _ => None,
    });
    let reset = records.iter().find_map(|record| match &record.event {
        Event::Reset(e) => Some(*e),
        _ => None,
    });
    (records, closed, reset)
}

/// A Unix-domain stream has no RST: whoever closes with bytes unread gives the other ECONNRESET, and
/// whoever closes with none just ends.
#[tokio::test]
async fn a_unix_stream_ends_as_its_kernel_ends_it() {
    let relay = RelayProcess::start_family("unix:", &[]);
    let at = path(&relay.address).to_owned();
    let mut lines = relay.lines("?after=0").await;
    // Half-closed, answered, ended.
    let mut client = UnixStream::connect(&at).await.unwrap();
    client.write_all(b"half").await.unwrap();
    client.shutdown().await.unwrap();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).await.unwrap();
    assert_eq!(without_stamps(&reply), b"half");
    let (records, closed, reset) = ends(&mut lines).await;
    let half = |event: &Event| matches!(event, Event::HalfClosed(e) if e.by == End::Client);
    assert!(records.iter().any(|record| half(&record.event)));
    assert_eq!((closed.unread, reset), (0, None));
    // Closed with the answer unread.
    let mut client = UnixStream::connect(&at).await.unwrap();
    client.write_all(b"x").await.unwrap();
    client.readable().await.unwrap();
    drop(client);
    let (_, closed, reset) = ends(&mut lines).await;
    assert_eq!(reset.map(|reset| reset.by), Some(End::Client));
    assert_eq!((closed.conn, closed.unread), (Conn(2), 0));
    // A reset that a person asks for is a close there, and nothing else is told.
    let mut client = UnixStream::connect(&at).await.unwrap();
    client.write_all(b"y").await.unwrap();
    client.read_u8().await.unwrap();
    let mut person = relay.mirror("").await;
    let (conn, end) = (Conn(3), End::Server);
    person.ask(Request::Reset { conn, end }).await.unwrap();
    let (_, closed, reset) = ends(&mut lines).await;
    assert_eq!((closed.conn, reset), (conn, None));
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test]
async fn clients_without_a_name_are_told_apart_all_the_same() {
    let relay = RelayProcess::start_family("unix:", &[]);
    let mut lines = relay.lines("?after=0").await;
    let at = path(&relay.address);
    let clients = [
        UnixStream::connect(at).await.unwrap(),
        UnixStream::connect(at).await.unwrap(),
    ];
    let mut peers = Vec::new();
    lines
        .until(|event| {
            if let Event::Accepted(e) = event {
                peers.push((e.conn, e.peer.is_unnamed()));
            }
            peers.len() == 2
        })
        .await;
    assert_eq!(peers, [(Conn(1), true), (Conn(2), true)]);
    drop(clients);
}

#[tokio::test]
async fn the_path_is_private_and_goes_with_the_relay() {
    let mut relay = RelayProcess::start_family("unix:", &[]);
    let at = path(&relay.address).to_owned();
    let folder = Path::new(&at).parent().unwrap().to_owned();
    use std::os::unix::fs::PermissionsExt;
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(relay.terminate().success());
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_killed_relays_path_is_taken_over_and_a_live_ones_is_not() {
    let home = tempfile::tempdir().unwrap();
    let at = format!("unix:{}", home.path().join("echo").display());
    let mut first = RelayProcess::start_family(&at, &[]);
    let refused = refused(&at);
    assert!(
        refused.contains("another program listens there"),
        "{refused}"
    );
    assert!(UnixStream::connect(path(&first.address)).await.is_ok());
    first.kill();
    let second = RelayProcess::start_family(&at, &[]);
    assert!(UnixStream::connect(path(&second.address)).await.is_ok());
}

#[test]
fn a_path_that_is_too_long_is_told_with_its_remedy() {
    let refused = refused(&format!("unix:/tmp/{}", "x".repeat(120)));
    assert!(refused.contains("at most 107"), "{refused}");
    assert_eq!(refused.lines().count(), 1, "{refused}");
}

/// What a relay says that cannot start there.
fn refused(echo: &str) -> String {
    let page = crate::relay_process::page_dir();
    let output = std::process::Command::new(crate::relay_process::binary())
        .args(["--echo", echo, "--page", "127.0.0.1:0", "--page-dir"])
        .arg(page.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}
