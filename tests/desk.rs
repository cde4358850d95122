//! The listener's desk: who waits there to be accepted, and for how long.

use std::{net::SocketAddr, process::Command};

use protocol::{
    Conn, End, Event, Limit, Policy, ReadWhen, Record, Refusal, Request, Spacing,
    UnacceptedConnection, Waiting,
};
use socket2::{Domain, Socket, Type};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    books::Books,
    relay_process::{Lines, Mirror, PATIENCE, RelayProcess, without_stamps},
};

fn demonstration(batches: &[u32]) -> Request {
    Request::Send {
        conn: None,
        batches: batches.to_vec(),
        spacing: Spacing::WhenRecorded,
    }
}

fn queued(count: u32) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Waiting(e) if e.queued == count)
}

/// It waits to be accepted, a client of ours by its number, another one by its name. That one waits, says
/// less: one may have waited before, and who comes within a sample of that one's turn changes no number.
pub fn waits_as(conn: Option<Conn>, name: Option<SocketAddr>) -> impl Fn(&Event) -> bool {
    move |event| {
        let Event::Unaccepted(told) = event else {
            return false;
        };
        let is_it = |it: &UnacceptedConnection| {
            it.conn == conn && name.is_none_or(|name| it.peer == name.into())
        };
        told.connections.iter().any(is_it)
    }
}

fn accepted(event: &Event) -> bool {
    matches!(event, Event::Accepted(_))
}

fn server_closed(event: &Event) -> bool {
    matches!(event, Event::Closed(e) if e.end == End::Server)
}

/// Says that it sends no more, and returns what it got.
async fn finish(mut client: TcpStream) -> Vec<u8> {
    client.shutdown().await.unwrap();
    let mut reply = Vec::new();
    let read = timeout(PATIENCE, client.read_to_end(&mut reply)).await;
    read.expect("the server answers").unwrap();
    without_stamps(&reply)
}

/// A relay that serves a first client, so that all others wait; with a person and a reader of the
/// records, which has seen the first one accepted.
async fn occupied(arguments: &[&str]) -> (RelayProcess, Mirror, Lines, Books, TcpStream) {
    let relay = RelayProcess::start(&[&["--sequential"], arguments].concat());
    let person = relay.mirror("").await;
    let mut lines = relay.lines("").await;
    let first = TcpStream::connect(relay.echo).await.unwrap();
    let books = Books::of(&lines.until(accepted).await);
    (relay, person, lines, books, first)
}

#[tokio::test]
async fn one_client_is_served_at_a_time() {
    let relay = RelayProcess::start(&["--sequential"]);
    let mut lines = relay.lines("").await;
    let mut clients = Vec::new();
    for name in [&b"one"[..], b"two", b"three"] {
        let mut client = TcpStream::connect(relay.echo).await.unwrap();
        client.write_all(name).await.unwrap();
        clients.push((client, name));
    }
    let mut records = lines.until(queued(2)).await;
    let names: Vec<SocketAddr> = clients
        .iter()
        .map(|(client, _)| client.local_addr().unwrap())
        .collect();
    for (client, name) in clients {
        assert_eq!(finish(client).await, name);
        records.extend(lines.until(server_closed).await);
    }
    let listening = records.iter().find_map(|record| match &record.event {
        Event::Listening(e) => Some(e),
        Event::Keyframe(e) => e.listening.as_ref(),
        _ => None,
    });
    assert!(listening.unwrap().sequential);
    let turns: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Accepted(e) => Some((e.conn, e.peer.inet())),
            Event::Closed(e) => Some((e.conn, None)),
            _ => None,
        })
        .collect();
    let expect: Vec<_> = (1..)
        .zip(names)
        .flat_map(|(conn, name)| [(Conn(conn), Some(name)), (Conn(conn), None)])
        .collect();
    assert_eq!(turns, expect, "the next is accepted after the close");
    Books::of(&records);
}

#[tokio::test]
async fn a_demonstration_client_waits_like_any_other() {
    let (_relay, mut person, mut lines, mut books, first) = occupied(&[]).await;
    let conn = Conn(2);
    person.ask(demonstration(&[20, 50, 30])).await.unwrap();
    let mut records = lines.until(waits_as(Some(conn), None)).await;
    // The first batch may go; the next waits until the arrival of that one is recorded.
    let sent = |event: &Event| matches!(event, Event::Wrote(e) if e.end == End::Client);
    if !records.iter().any(|record| sent(&record.event)) {
        records.extend(lines.until(sent).await);
    }
    assert!(!records.iter().any(|record| accepted(&record.event)));
    let not_accepted = Err(Refusal::NotAccepted { conn });
    let policy = Policy::default();
    let set = Request::SetPolicy {
        conn: Some(conn),
        policy,
    };
    assert_eq!(person.ask(set).await, not_accepted);
    let end = End::Server;
    assert_eq!(person.ask(Request::Close { conn, end }).await, not_accepted);

    drop(first);
    let whole = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Server && e.offset + e.returned == 100);
    records.extend(lines.until(whole).await);
    records.iter().for_each(|record| books.apply(record));
    let server = &books.accounts[&(conn, End::Server)];
    assert_eq!((server.arrivals, server.segments, server.read), (3, 3, 100));
    assert_eq!(books.accounts[&(conn, End::Client)].wrote, 100);
}

#[tokio::test]
async fn a_demonstration_client_that_leaves_the_desk_leaves_its_place() {
    let (_relay, mut person, mut lines, mut books, first) = occupied(&["--backlog", "64"]).await;
    for _ in 0..16 {
        person.ask(demonstration(&[20, 50])).await.unwrap();
    }
    let too_many = Err(Refusal::TooManyClients { limit: 16 });
    assert_eq!(person.ask(demonstration(&[1])).await, too_many);
    let (conn, end) = (Conn(2), End::Client);
    person.ask(Request::Close { conn, end }).await.unwrap();
    let left = |event: &Event| matches!(event, Event::Closed(e) if (e.conn, e.end) == (conn, end));
    let mut records = lines.until(left).await;
    // The place is free when its socket is: a moment after the record.
    let gone = Request::Close { conn, end };
    while person.ask(gone.clone()).await != Err(Refusal::NotOpen { conn }) {}
    person.ask(demonstration(&[1])).await.unwrap();

    // What is said to all holds for who is accepted later, too.
    let policy = Policy {
        read_when: ReadWhen::Queued(7),
        ..Policy::default()
    };
    person.set_policy(None, policy).await;
    drop(first);
    records.extend(lines.until(accepted).await);
    records.iter().for_each(|record| books.apply(record));
    assert_eq!(books.conns.len(), 18, "it is accepted by its own number");
    let state = books.model.as_ref().unwrap();
    assert_eq!(state.conn(conn).unwrap().policy, policy);
    // It had sent 20 bytes and its FIN before anybody read.
    let rest = lines.until(server_closed).await;
    rest.iter().for_each(|record| books.apply(record));
    assert_eq!(books.accounts[&(conn, End::Server)].read, 20);
}

#[tokio::test]
async fn bytes_wait_already_on_who_is_not_accepted() {
    let (relay, mut person, mut lines, mut books, first) = occupied(&[]).await;
    let mut stranger = TcpStream::connect(relay.echo).await.unwrap();
    stranger.write_all(b"a stranger").await.unwrap();
    let bytes = b"ours".to_vec();
    let ours = Request::SendBytes { conn: None, bytes };
    person.ask(ours).await.unwrap();
    let told = |event: &Event| {
        let Event::Unaccepted(e) = event else {
            return false;
        };
        let waits = e.connections.iter();
        waits
            .map(|it| (it.conn, it.receive_queue))
            .collect::<Vec<_>>()
            == [(Some(Conn(2)), 4), (None, 10)]
    };
    let mut records = lines.until(told).await;
    drop(first);
    // It comes out even: who waited is accepted, each in turn, and nobody waits any more.
    assert_eq!(finish(stranger).await, b"a stranger");
    let (conn, end) = (Conn(2), End::Client);
    let shutdown = Request::Shutdown { conn, end };
    records.extend(lines.until(accepted).await);
    person.ask(shutdown).await.unwrap();
    // That nobody waits is told by a sample, which may come after the end of the last.
    let nobody = |event: &Event| matches!(event, Event::Unaccepted(e) if e.connections.is_empty());
    let left = |event: &Event| matches!(event, Event::Closed(e) if (e.conn, e.end) == (conn, end));
    let seen = |records: &[Record], of: &dyn Fn(&Event) -> bool| {
        records.iter().any(|record| of(&record.event))
    };
    while !(seen(&records, &nobody) && seen(&records, &left)) {
        records.push(lines.next().await);
    }
    records.iter().for_each(|record| books.apply(record));
    let client = &books.accounts[&(conn, end)];
    assert_eq!(
        (client.wrote, client.ended, client.reset_by),
        (4, true, None)
    );
}

#[tokio::test]
async fn the_desk_shows_what_ss_shows_also_when_the_backlog_changes() {
    let (relay, mut person, mut lines, _, first) = occupied(&["--backlog", "5"]).await;
    let second = TcpStream::connect(relay.echo).await.unwrap();
    let third = TcpStream::connect(relay.echo).await.unwrap();
    let (queued, limit) = (2, 5);
    waits(&relay, &mut lines, Waiting { queued, limit }).await;

    // Fewer than wait already: nobody is turned away, but nobody else fits.
    set_backlog(&mut person, &mut lines, 1).await;
    let limit = 1;
    waits(&relay, &mut lines, Waiting { queued, limit }).await;
    let fourth = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    fourth.set_nonblocking(true).unwrap();
    fourth.connect(&relay.echo.into()).unwrap_err();
    let name = fourth.local_addr().unwrap().as_socket().unwrap();
    let filter = format!("src {} sport = :{}", name.ip(), name.port());
    assert_eq!(ss(&["-tnH", "state", "syn-sent", &filter]).len(), 1);

    // Its next SYN finds a place.
    set_backlog(&mut person, &mut lines, 2).await;
    let (queued, limit) = (3, 2);
    waits(&relay, &mut lines, Waiting { queued, limit }).await;
    assert_eq!(ss(&["-tnH", "state", "established", &filter]).len(), 1);

    for client in [first, second, third] {
        finish(client).await;
    }
    let its_turn = |event: &Event| matches!(event, Event::Accepted(e) if e.peer == name.into());
    lines.until(its_turn).await;

    let wrong = Request::BACKLOG_MAX + 1;
    let refused = Refusal::OutOfRange {
        what: Limit::Backlog,
        min: 0,
        max: Request::BACKLOG_MAX,
    };
    let asked = Request::SetBacklog { backlog: wrong };
    assert_eq!(person.ask(asked).await, Err(refused));
}

/// Asks for another backlog, and waits until the server listens with it.
async fn set_backlog(person: &mut Mirror, lines: &mut Lines, backlog: u32) {
    person.ask(Request::SetBacklog { backlog }).await.unwrap();
    lines
        .until(|event| matches!(event, Event::Listening(e) if e.backlog == backlog))
        .await;
}

/// Waits until the relay tells this of its accept queue; `ss` says the same.
async fn waits(relay: &RelayProcess, lines: &mut Lines, expect: Waiting) {
    lines
        .until(|event| matches!(event, Event::Waiting(found) if *found == expect))
        .await;
    let listener = format!("sport = :{}", relay.echo.port());
    // State, Recv-Q, Send-Q: of a listener, who waits and how many may.
    let found = ss(&["-ltnH", &listener]);
    let columns: Vec<&str> = found[0].split_whitespace().skip(1).take(2).collect();
    let columns: Vec<u32> = columns.iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(columns, [expect.queued, expect.limit], "{found:?}");
}

/// The lines that `ss` prints.
fn ss(arguments: &[&str]) -> Vec<String> {
    let output = Command::new("ss").args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("ss: {error}; install iproute2 from Debian"));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}
