//! What a person asks of the relay, and the event by which its effect comes back.

use protocol::{Conn, End, Event, Policy, ReadWhen, Refusal, Request, Spacing};

use crate::{
    books::Books,
    relay_process::{Lines, Mirror, RelayProcess},
};

const FIRST: Conn = Conn(1);

fn send(conn: Option<Conn>, batches: &[u32], spacing: Spacing) -> Request {
    Request::Send {
        conn,
        batches: batches.to_vec(),
        spacing,
    }
}

async fn person(relay: &RelayProcess) -> (Mirror, Lines) {
    (relay.mirror("").await, relay.lines("").await)
}

#[tokio::test]
async fn a_client_is_blocked_while_nobody_reads() {
    const ALL: u32 = 2_000_000;
    let relay = RelayProcess::start(&["--read-when", "held"]);
    let (mut person, mut lines) = person(&relay).await;
    let all = send(None, &[ALL], Spacing::GapMillis(0));
    person.ask(all).await.unwrap();
    let blocked = |event: &Event| matches!(event, Event::Blocked(e) if e.end == End::Client);
    let records = lines.until(blocked).await;
    let busy = send(Some(FIRST), &[1], Spacing::WhenRecorded);
    let still_sending = Err(Refusal::StillSending { conn: FIRST });
    assert_eq!(person.ask(busy).await, still_sending);

    let arrival = Policy {
        bufsize: Policy::BUFSIZE_MAX,
        ..Policy::default()
    };
    person.set_policy(None, arrival).await;
    let mut books = Books::of(&records);
    // Each end tells for itself: one may be ahead of the other by what it gathers.
    let whole = |books: &Books| {
        let account = |end| &books.accounts[&(FIRST, end)];
        let all = u64::from(ALL);
        account(End::Client).wrote == all && account(End::Server).read == all
    };
    while !whole(&books) {
        books.apply(&lines.next().await);
    }
    let client = &books.accounts[&(FIRST, End::Client)];
    assert!(!client.blocked && client.blocks > 0);
}

#[tokio::test]
async fn a_reset_is_seen_at_both_ends() {
    let relay = RelayProcess::start(&["--read-when", "held"]);
    let (mut person, mut lines) = person(&relay).await;
    for (conn, by) in [(Conn(1), End::Client), (Conn(2), End::Server)] {
        let batch = send(None, &[20], Spacing::WhenRecorded);
        person.ask(batch).await.unwrap();
        let mut records = lines
            .until(|event| matches!(event, Event::Arrived(_)))
            .await;
        person.ask(Request::Reset { conn, end: by }).await.unwrap();
        for _ in 0..2 {
            let closed = |event: &Event| matches!(event, Event::Closed(_));
            records.extend(lines.until(closed).await);
        }
        let resets: Vec<_> = records
            .iter()
            .filter_map(|record| match record.event {
                Event::Reset(e) => Some((e.end, e.by)),
                _ => None,
            })
            .collect();
        assert_eq!(resets, [(by, by), (by.other(), by)], "cause before effect");
        let unread = records.iter().find_map(|record| match record.event {
            Event::Closed(e) if e.end == End::Server => Some(e.unread),
            _ => None,
        });
        assert_eq!(unread, Some(20));
    }
}

#[tokio::test]
async fn there_are_only_so_many_clients() {
    let relay = RelayProcess::start(&[]);
    let (mut person, mut lines) = person(&relay).await;
    for _ in 0..16 {
        let one = send(None, &[1, 1], Spacing::GapMillis(60_000));
        person.ask(one).await.unwrap();
    }
    let further = send(None, &[1], Spacing::WhenRecorded);
    let too_many = Err(Refusal::TooManyClients { limit: 16 });
    assert_eq!(person.ask(further.clone()).await, too_many);
    let (conn, end) = (FIRST, End::Client);
    person.ask(Request::Close { conn, end }).await.unwrap();
    let closed = |event: &Event| matches!(event, Event::Closed(e) if e.end == End::Client);
    lines.until(closed).await;
    // The place is free when its socket is: a moment after the record.
    let gone = Request::Close { conn, end };
    let not_open = Err(Refusal::NotOpen { conn });
    while person.ask(gone.clone()).await != not_open {}
    person.ask(further).await.unwrap();
}

#[tokio::test]
async fn a_bag_that_is_taken_away_is_answered_as_it_is() {
    let relay = RelayProcess::start(&["--bag", "100"]);
    let (mut person, mut lines) = person(&relay).await;
    let half = send(None, &[20, 30], Spacing::WhenRecorded);
    person.ask(half).await.unwrap();
    let read = |event: &Event| matches!(event, Event::Read(e) if e.offset + e.returned == 50);
    let mut records = lines.until(read).await;
    let policy = Policy {
        read_when: ReadWhen::Held,
        ..Policy::default()
    };
    person.set_policy(Some(FIRST), policy).await;
    let wrote = |event: &Event| matches!(event, Event::Wrote(e) if e.end == End::Server);
    records.extend(lines.until(wrote).await);
    let books = Books::of(&records);
    let server = &books.accounts[&(FIRST, End::Server)];
    assert_eq!((server.reads, server.bags, server.answers), (2, 0, 1));
    assert_eq!((server.answered, server.wrote), (50, 72));
}

/// Whatever a person lets two programs do, in whatever order: nothing is lost, and the books agree.
#[tokio::test]
async fn two_programs_by_hand() {
    let relay = RelayProcess::start(&["--read-when", "held"]);
    let (mut person, mut lines) = person(&relay).await;
    let conn = FIRST;
    let bytes = (0..200).collect();
    let given = Request::SendBytes { conn: None, bytes };
    person.ask(given).await.unwrap();
    person
        .ask(Request::ClientReads { conn, on: false })
        .await
        .unwrap();
    // Before that nobody is there who could be made to read.
    let accepted = |event: &Event| matches!(event, Event::Accepted(_));
    let mut books = Books::of(&lines.until(accepted).await);
    let (server, client) = (End::Server, End::Client);
    let mut left = 200;
    for bytes in [1, 7, 50, 100] {
        let end = server;
        let read = Request::Read { conn, end, bytes };
        person.ask(read).await.unwrap();
        left -= bytes;
        // The answer has arrived, and nobody reads it before this.
        let whole = u64::from(200 - left);
        let answered = move |event: &Event| matches!(event, Event::Answered(e) if e.in_offset + e.in_bytes == whole);
        let records = lines.until(answered).await;
        records.iter().for_each(|record| books.apply(record));
        let end = client;
        let read = Request::Read { conn, end, bytes };
        person.ask(read).await.unwrap();
        let read = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client);
        let records = lines.until(read).await;
        records.iter().for_each(|record| books.apply(record));
    }
    let end = client;
    person.ask(Request::Shutdown { conn, end }).await.unwrap();
    for _ in 0..2 {
        let (end, bytes) = (server, 100);
        let read = Request::Read { conn, end, bytes };
        person.ask(read).await.unwrap();
    }
    person
        .ask(Request::ClientReads { conn, on: true })
        .await
        .unwrap();
    let closed = |event: &Event| matches!(event, Event::Closed(e) if e.end == End::Client);
    let records = lines.until(closed).await;
    records.iter().for_each(|record| books.apply(record));
    let at = |end| &books.accounts[&(conn, end)];
    assert_eq!((at(server).reads, at(server).answers), (5, 5));
    assert_eq!((at(server).read, at(server).ended), (200, true));
    assert_eq!(at(client).read, 200 + 5 * 22);
    assert_eq!((at(client).reset_by, at(server).reset_by), (None, None));
}
