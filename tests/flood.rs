//! A flood: every byte comes back, the counts stay exact, and who comes later sees the totals.

use std::time::Duration;

use protocol::{End, Event};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use crate::{
    books::Books,
    relay_process::{RelayProcess, without_stamps},
};

const FLOOD_BYTES: usize = 20_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_correct_to_the_byte_and_its_totals_are_known() {
    let relay = RelayProcess::start(&["--bufsize", "8192"]);
    let mut lines = relay.lines("").await;
    let stream = TcpStream::connect(relay.echo).await.unwrap();
    let me = stream.local_addr().unwrap();
    let (mut read, mut write) = stream.into_split();
    let sent: Vec<u8> = (0..FLOOD_BYTES)
        .map(|i| b"0123456789abcdefghijklmnopqrstuv"[(i * 7 + (i >> 12)) % 32])
        .collect();
    let flood = sent.clone();
    let sending = tokio::spawn(async move {
        write.write_all(&flood).await.unwrap();
        write
    });
    let mut reply = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    let mut echoed = 0;
    while echoed < FLOOD_BYTES {
        let got = read.read(&mut buffer).await.unwrap();
        assert!(got > 0, "the server closed");
        echoed = {
            reply.extend_from_slice(&buffer[..got]);
            // Cheap enough only near the end.
            if reply.len() >= FLOOD_BYTES {
                without_stamps_so_far(&reply).len()
            } else {
                0
            }
        };
    }
    assert!(without_stamps(&reply) == sent);
    let totals = |event: &Event| {
        matches!(event, Event::Queues(e) if e.receive_queue == Some(0))
            || matches!(event, Event::Wrote(_))
    };
    // The connection is still open: the relay must tell the rest by itself, as it falls idle.
    let mut books = Books::default();
    loop {
        for record in lines.until(totals).await {
            books.apply(&record);
        }
        if books
            .server(me)
            .is_some_and(|a| a.wrote == reply.len() as u64)
        {
            break;
        }
    }
    let account = books.server(me).unwrap().clone();
    assert_eq!(account.arrived, FLOOD_BYTES as u64);
    assert_eq!(account.read, FLOOD_BYTES as u64);
    assert_eq!(account.answered, FLOOD_BYTES as u64);
    assert_eq!(account.stamps, account.answers * 22);
    assert_eq!(
        account.reads, account.answers,
        "merged facts keep their number"
    );
    let records = books.last.unwrap().0;
    assert!(
        records < account.reads,
        "facts are merged: {records} records"
    );

    // Somebody who comes now.
    let fresh = timeout(Duration::from_secs(2), async {
        let mut page = relay.mirror("").await;
        let head = page.header().head;
        let mut books = Books::default();
        while books.last.is_none_or(|last| last < head) {
            for record in page.records().await {
                books.apply(&record);
            }
        }
        books
    });
    let books = fresh.await.expect("right totals within 2 s");
    let seen = books.server(me).unwrap();
    assert_eq!(
        (seen.arrived, seen.read, seen.wrote),
        (account.arrived, account.read, account.wrote)
    );
    assert_eq!((seen.reads, seen.stamps), (account.reads, account.stamps));
    drop(sending.await.unwrap());
    lines
        .until(|event| matches!(event, Event::Closed(e) if e.end == End::Server))
        .await;
}

/// The same for a reply whose last stamp may be cut.
fn without_stamps_so_far(reply: &[u8]) -> Vec<u8> {
    let cut = match reply.iter().rposition(|&byte| byte == b'[') {
        Some(stamp) if reply.len() - stamp < 22 => stamp,
        _ => reply.len(),
    };
    without_stamps(&reply[..cut])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_counted_exactly_without_a_look_at_each_round_trip() {
    const CLIENTS: usize = 40;
    const TRIPS: u64 = 500;
    const PING: [u8; 64] = [b'x'; 64];
    let relay = RelayProcess::start(&[]);
    let mut lines = relay.lines("").await;
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let mut stream = TcpStream::connect(relay.echo).await.unwrap();
        clients.spawn(async move {
            let mut pong = [0; 22 + PING.len()];
            for _ in 0..TRIPS {
                stream.write_all(&PING).await.unwrap();
                stream.read_exact(&mut pong).await.unwrap();
            }
            stream.local_addr().unwrap()
        });
    }
    let (mut books, mut closed, mut segments) = (Books::default(), 0, 0);
    while closed < CLIENTS {
        let ends =
            |event: &Event| matches!(event, Event::Closed(closed) if closed.end == End::Server);
        for record in lines.until(ends).await {
            if let Event::Arrived(arrived) = &record.event {
                assert!(arrived.times > 0, "{record:?}");
                segments += u64::from(arrived.segments.unwrap_or(0));
            }
            books.apply(&record);
        }
        closed += 1;
    }
    // Each ping is a segment of its own; the kernel may send one twice.
    let all = CLIENTS as u64 * TRIPS;
    assert!(
        segments >= all || cfg!(not(target_os = "linux")),
        "{segments} of {all}"
    );
    while let Some(client) = clients.join_next().await {
        let account = books.server(client.unwrap()).unwrap();
        assert_eq!(account.arrived, TRIPS * PING.len() as u64);
        assert_eq!((account.reads, account.answers), (TRIPS, TRIPS));
    }
    let records = books.last.unwrap().0;
    assert!(records < all, "{records} records of {all} round trips");
}
