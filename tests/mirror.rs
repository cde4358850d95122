//! Viewers: they resume without a hole or a repeat, are told exactly what they lost, and can do
//! the relay no harm.

use std::time::Duration;

use futures_util::StreamExt;
use protocol::{
    Conn, End, Event, Refusal, Request, Spacing,
    wire::{self, FROM_PAGE_BYTES_MAX, FromPage, FromRelay},
};
use socket2::{Domain, Socket, Type};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    books::Books,
    relay_process::{PATIENCE, RelayProcess, http},
};

/// Echoes `bytes` `times` over a connection of its own, and waits for each answer.
async fn echo(relay: &RelayProcess, bytes: usize, times: usize) {
    let mut stream = TcpStream::connect(relay.echo).await.unwrap();
    let mut reply = vec![0; bytes + 22];
    for _ in 0..times {
        stream.write_all(&vec![b'x'; bytes]).await.unwrap();
        let read = timeout(PATIENCE, stream.read_exact(&mut reply)).await;
        read.expect("the echo comes").unwrap();
    }
}

fn is_closed(conn: u32) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Closed(e) if e.conn == Conn(conn))
}

#[tokio::test]
async fn a_viewer_resumes_without_a_hole_or_a_repeat() {
    let relay = RelayProcess::start(&[]);
    let mut first = relay.mirror("").await;
    let run = first.header().run;
    echo(&relay, 100, 3).await;
    let mut records = first.until(is_closed(1)).await;
    drop(first);
    echo(&relay, 100, 3).await;
    // Also from a place in the middle of a batch.
    for cut in [records.len(), records.len() - 3] {
        records.truncate(cut);
        let after = records.last().unwrap().seq;
        let mut second = relay.mirror(&format!("?run={run}&after={after}")).await;
        assert_eq!(second.header().run, run);
        let rest = second.until(is_closed(2)).await;
        assert_eq!(rest.first().unwrap().seq, after.next());
        records.extend(rest);
        Books::of(&records);
    }
    let mut lines = relay.lines("?after=2").await;
    assert_eq!(lines.header.run, run);
    let same = lines.until(is_closed(2)).await;
    assert_eq!(
        same[..],
        records[records.iter().position(|r| r.seq.0 == 3).unwrap()..][..same.len()]
    );
}

#[tokio::test]
async fn a_viewer_of_another_run_starts_afresh() {
    let relay = RelayProcess::start(&[]);
    for query in [
        "?run=0000000000000001&after=1",
        "?run=xyz&after=1",
        "?after=1",
        "?run=0000000000000001",
    ] {
        let mut page = relay.mirror(query).await;
        let records = page.records().await;
        assert!(matches!(records[0].event, Event::Keyframe(_)), "{query}");
    }
    // A number that this run has not given yet.
    let run = relay.mirror("").await.header().run;
    let mut page = relay.mirror(&format!("?run={run}&after=999999")).await;
    assert!(matches!(page.records().await[0].event, Event::Keyframe(_)));
    let answer = http(
        relay.page,
        "GET /mirror?after=x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

/// Makes so many records that the journal lets go of the first ones: it holds 16 MiB, and an echo
/// of 256 bytes is told in some 850.
async fn overflow(relay: &RelayProcess) {
    let connections = (0..10).map(async |_| {
        // More on one connection would be merged.
        for _ in 0..150 {
            echo(relay, 256, 15).await;
        }
    });
    futures_util::future::join_all(connections).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_viewer_costs_the_echo_nothing_and_is_told_what_it_lost() {
    let relay = RelayProcess::start(&[]);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&relay.page.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    let stalled = TcpStream::from_std(socket.into()).unwrap();
    let mut stalled = relay.mirror_over(stalled, "").await;
    let mut books = Books::default();
    while books.last.is_none_or(|last| last < stalled.header().head) {
        stalled.records().await.iter().for_each(|r| books.apply(r));
    }
    let known = books.last.unwrap();
    // Nobody reads `stalled` now; each echo is waited for.
    overflow(&relay).await;
    // Checks that the number of the dropped ones is exact.
    while books.dropped == 0 {
        stalled.records().await.iter().for_each(|r| books.apply(r));
    }
    // Only now: a keyframe says nothing of a connection that has ended before it.
    let last = 1 + 10 * 150;
    echo(&relay, 10, 1).await;
    let place = (Conn(last), End::Server);
    while books
        .accounts
        .get(&place)
        .is_none_or(|a| a.unread.is_none())
    {
        stalled.records().await.iter().for_each(|r| books.apply(r));
    }

    // Who comes back too late is told the same way.
    let run = stalled.header().run;
    let mut late = relay.mirror(&format!("?run={run}&after={known}")).await;
    let mut books = Books::after(known);
    let first = late.records().await;
    assert!(
        matches!(first[0].event, Event::Dropped(_)),
        "{:?}",
        first[0]
    );
    assert!(matches!(first[1].event, Event::Keyframe(_)));
    first.iter().for_each(|r| books.apply(r));
    late.until(is_closed(last))
        .await
        .iter()
        .for_each(|r| books.apply(r));

    let mut lines = relay.lines(&format!("?after={known}")).await;
    assert!(matches!(lines.next().await.event, Event::Dropped(_)));
    assert!(matches!(lines.next().await.event, Event::Keyframe(_)));
}

#[tokio::test]
async fn hostile_messages_are_refused_and_harm_nobody() {
    // So that each of them is read: the limit would refuse most of them unread.
    let mut relay = RelayProcess::start(&["--max-requests", "100000"]);
    let good = wire::encode(&FromPage {
        id: 7,
        request: Request::Send {
            conn: None,
            batches: vec![20, 50, 30],
            spacing: Spacing::WhenRecorded,
        },
    });
    let mut page = relay.mirror("").await;
    let mut seed = 1_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    for round in 0..2_000_usize {
        let mut message: Vec<u8> = match round % 3 {
            // Truncated, never whole.
            0 => good[..round % good.len()].to_vec(),
            1 => (0..round % 64).map(|_| random()).collect(),
            _ => [&[wire::VERSION], &good[1..], &[random()]].concat(),
        };
        if round % 5 == 0 {
            // Whatever this means now, it is answered.
            if let Some(last) = message.last_mut() {
                *last = last.wrapping_add(128);
            }
        }
        page.send(Message::binary(message)).await.unwrap();
        loop {
            match page.next().await {
                FromRelay::Answer { .. } => break,
                _ => continue,
            }
        }
    }
    page.send(Message::text("{}")).await.unwrap();
    assert_eq!(page.answer(0).await, Err(Refusal::Malformed));
    page.send(Message::binary(vec![wire::VERSION; FROM_PAGE_BYTES_MAX]))
        .await
        .unwrap();
    assert_eq!(page.answer(0).await, Err(Refusal::Malformed));
    let _ = page
        .send(Message::binary(vec![
            wire::VERSION;
            FROM_PAGE_BYTES_MAX + 1
        ]))
        .await;
    while page.try_next().await.is_some() {}

    // Not even WebSocket.
    let mut page = relay.mirror("").await;
    for _ in 0..64 {
        let bytes: Vec<u8> = (0..64).map(|_| random()).collect();
        if page.socket.get_mut().write_all(&bytes).await.is_err() {
            break;
        }
    }
    drop(page);

    let mut page = relay.mirror("").await;
    let out_of_range = Request::Send {
        conn: None,
        batches: vec![0],
        spacing: Spacing::WhenRecorded,
    };
    assert!(matches!(
        page.ask(out_of_range).await,
        Err(Refusal::OutOfRange { .. })
    ));
    let (conn, end) = (Conn(4_000_000_000), End::Server);
    let not_open = Err(Refusal::NotOpen { conn });
    assert_eq!(page.ask(Request::Close { conn, end }).await, not_open);
    assert_eq!(page.ask(Request::Reset { conn, end }).await, not_open);
    echo(&relay, 100, 1).await;
    assert!(relay.is_alive());
}

#[tokio::test]
async fn a_client_that_is_not_ours_is_not_ours_to_close() {
    let relay = RelayProcess::start(&[]);
    let mut page = relay.mirror("").await;
    let _client = TcpStream::connect(relay.echo).await.unwrap();
    page.until(|event| matches!(event, Event::Accepted(_)))
        .await;
    let (conn, end) = (Conn(1), End::Client);
    let not_ours = Err(Refusal::NotOurs { conn });
    assert_eq!(page.ask(Request::Close { conn, end }).await, not_ours);
    let send = Request::Send {
        conn: Some(conn),
        batches: vec![1],
        spacing: Spacing::GapMillis(0),
    };
    assert_eq!(page.ask(send).await, not_ours);
}

#[tokio::test]
async fn the_end_is_told_to_everybody() {
    let mut relay = RelayProcess::start(&["--read-when", "held"]);
    let mut lines = relay.lines("").await;
    let mut page = relay.mirror("").await;
    let mut client = TcpStream::connect(relay.echo).await.unwrap();
    client.write_all(b"unread").await.unwrap();
    lines
        .until(|event| matches!(event, Event::Arrived(_)))
        .await;
    let status = relay.terminate();
    assert_eq!(status.code(), Some(0));
    let mut closed = None;
    while let Some(record) = lines.try_next().await {
        if let Event::Closed(e) = record.event {
            closed = Some(e.unread);
        }
    }
    assert_eq!(closed, Some(6));
    let last = loop {
        match timeout(Duration::from_secs(2), page.socket.next())
            .await
            .unwrap()
        {
            Some(Ok(Message::Close(frame))) => break frame.unwrap(),
            Some(Ok(_)) => {}
            other => panic!("no close frame but {other:?}"),
        }
    };
    assert_eq!(u16::from(last.code), 1001);
}

#[tokio::test]
async fn a_client_that_never_reads_stops_the_server_and_nobody_else() {
    let relay = RelayProcess::start(&["--bufsize", "65536"]);
    let mut lines = relay.lines("").await;
    let client = TcpStream::connect(relay.echo).await.unwrap();
    let (read, mut write) = client.into_split();
    let sending = tokio::spawn(async move {
        let chunk = vec![b'x'; 1 << 16];
        while write.write_all(&chunk).await.is_ok() {}
    });
    let blocked = |event: &Event| matches!(event, Event::Blocked(e) if e.end == End::Server);
    lines.until(blocked).await;
    echo(&relay, 100, 2).await;
    // The abort ends that connection alone.
    sending.abort();
    let _ = sending.await;
    drop(read);
    lines.until(is_closed(1)).await;
    echo(&relay, 100, 2).await;
}
