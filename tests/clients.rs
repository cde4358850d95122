//! Real clients: Python 3, bash and nc. What they get is what they sent, and stamps.

use std::{net::SocketAddr, process::Stdio};

use protocol::{Conn, End, Event, Policy, ReadWhen, Request, Spacing};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    time::timeout,
};

use crate::{
    books::Books,
    python::Python,
    relay_process::{Lines, PATIENCE, RelayProcess, without_stamps},
};

fn spawn(program: &str, arguments: &[&str]) -> Child {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; install it from Debian"))
}

async fn output(child: Child) -> Vec<u8> {
    let output = timeout(PATIENCE, child.wait_with_output()).await;
    output.expect("the client ends").unwrap().stdout
}

fn parts(address: SocketAddr) -> (String, String) {
    (address.ip().to_string(), address.port().to_string())
}

fn digits(count: usize) -> Vec<u8> {
    (b'0'..=b'9').cycle().take(count).collect()
}

async fn until_closed(lines: &mut Lines) -> Books {
    let is_last = |event: &Event| matches!(event, Event::Closed(e) if e.end == End::Server);
    Books::of(&lines.until(is_last).await)
}

#[tokio::test]
async fn nc_gets_its_input_back() {
    let relay = RelayProcess::start(&[]);
    let (host, port) = parts(relay.echo);
    let mut nc = spawn("nc", &["-N", &host, &port]);
    let input = digits(100_000);
    let mut stdin = nc.stdin.take().unwrap();
    let feed = input.clone();
    tokio::spawn(async move { stdin.write_all(&feed).await });
    assert!(without_stamps(&output(nc).await) == input);
}

#[tokio::test]
async fn bash_gets_its_input_back() {
    let relay = RelayProcess::start(&[]);
    let (host, port) = parts(relay.echo);
    // bash cannot send FIN alone: it reads as much as must come.
    let script = r#"exec 3<>"/dev/tcp/$1/$2"; printf 'hello belt\n' >&3; head -c 33 <&3"#;
    let bash = spawn("bash", &["-c", script, "bash", &host, &port]);
    assert_eq!(without_stamps(&output(bash).await), b"hello belt\n");
}

#[tokio::test]
async fn three_sends_of_python_are_one_read_one_bag_one_answer() {
    let relay = RelayProcess::start(&["--read-when", "queued:100", "--bag", "100"]);
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    let mut records = Vec::new();
    for bytes in [20, 50, 30] {
        records.extend(python.send_recorded(bytes, &mut lines).await);
    }
    let reply = python.finish().await;
    assert_eq!(reply.len(), 122);
    assert_eq!(without_stamps(&reply), digits(100));
    records.extend(lines.until(|event| matches!(event, Event::Closed(_))).await);
    let books = Books::of(&records);
    let account = &books.accounts[&(Conn(1), End::Server)];
    assert_eq!((account.arrivals, account.segments), (3, 3));
    assert_eq!((account.reads, account.bags, account.answers), (1, 1, 1));
    assert_eq!(account.wrote, 122);
}

#[tokio::test]
async fn the_demonstration_client_shows_the_same_at_both_ends() {
    let relay = RelayProcess::start(&[]);
    let mut lines = relay.lines("").await;
    let mut person = relay.mirror("").await;
    let belt = Policy {
        read_when: ReadWhen::Queued(100),
        bag: Some(100),
        ..Policy::default()
    };
    person.set_policy(None, belt).await;
    let send = |conn, batches| Request::Send {
        conn,
        batches,
        spacing: Spacing::WhenRecorded,
    };
    person.ask(send(None, vec![20, 50, 30])).await.unwrap();
    let is_read = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client && e.offset + e.returned == 122);
    let mut records = lines.until(is_read).await;
    // Goes on where the last batch ended, over the same connection.
    person.ask(send(Some(Conn(1)), vec![7, 93])).await.unwrap();
    let is_read = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client && e.offset + e.returned == 244);
    records.extend(lines.until(is_read).await);
    let end = End::Client;
    person
        .ask(Request::Close { conn: Conn(1), end })
        .await
        .unwrap();
    records.extend(
        lines
            .until(|event| matches!(event, Event::Closed(e) if e.end == End::Server))
            .await,
    );
    let books = Books::of(&records);
    let server = &books.accounts[&(Conn(1), End::Server)];
    let client = &books.accounts[&(Conn(1), End::Client)];
    assert_eq!((server.arrivals, server.arrived), (5, 200));
    assert_eq!((server.reads, server.bags, server.answers), (2, 2, 2));
    assert_eq!((client.wrote, client.read), (200, 244));
    assert_eq!((server.unread, client.unread), (Some(0), Some(0)));
    let payload: Vec<u8> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Wrote(e) if e.end == End::Client => e.preview.clone(),
            _ => None,
        })
        .flat_map(|preview| preview.0.to_vec())
        .collect();
    assert_eq!(payload, digits(200));
    let gone = Refused(person.ask(send(Some(Conn(1)), vec![1])).await);
    assert_eq!(
        gone,
        Refused(Err(protocol::Refusal::NotOpen { conn: Conn(1) }))
    );
}

#[derive(Debug, PartialEq)]
struct Refused(Result<(), protocol::Refusal>);

#[tokio::test]
async fn a_policy_that_waits_for_more_than_fits_reads_when_the_window_closes() {
    let relay = RelayProcess::start(&["--read-when", "queued:1048576", "--bufsize", "65536"]);
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    // More than the receive buffer holds, less than the policy waits for.
    python.send(400_000).await;
    lines.until(|event| matches!(event, Event::Read(_))).await;
    let reply = python.finish().await;
    assert!(without_stamps(&reply) == digits(400_000));
    until_closed_of(&relay).await;
}

async fn until_closed_of(relay: &RelayProcess) {
    let mut lines = relay.lines("?after=0").await;
    until_closed(&mut lines).await;
}

#[tokio::test]
async fn a_policy_takes_effect_in_the_middle_of_a_pause_and_of_a_hold() {
    let relay = RelayProcess::start(&["--pause", "60s"]);
    let mut lines = relay.lines("").await;
    let mut person = relay.mirror("").await;
    let send = Request::Send {
        conn: None,
        batches: vec![10],
        spacing: Spacing::GapMillis(0),
    };
    person.ask(send).await.unwrap();
    let arrived = |event: &Event| matches!(event, Event::Arrived(e) if e.end == End::Server);
    lines.until(arrived).await;
    let held = Policy {
        read_when: ReadWhen::Held,
        ..Policy::default()
    };
    person.set_policy(Some(Conn(1)), held).await;
    let policy = |event: &Event| matches!(event, Event::Policy(e) if e.conn == Some(Conn(1)));
    let meanwhile = lines.until(policy).await;
    assert!(!meanwhile.iter().any(|r| matches!(r.event, Event::Read(_))));
    // The last word wins, also over a connection's own.
    person.set_policy(None, Policy::default()).await;
    let read = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Server);
    lines.until(read).await;
}
