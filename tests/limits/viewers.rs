//! What a viewer costs that does not read, and what others lose by it: nothing. And what a viewer
//! gets that comes in the middle of a flood.

use std::{net::SocketAddr, process::Command};

use protocol::{Event, wire::FromRelay};
use socket2::{Domain, Socket, Type};
use tokio::{io::AsyncReadExt, io::AsyncWriteExt, net::TcpStream};

use super::{connect, echo};
use crate::{
    books::Books,
    relay_process::{Mirror, RelayProcess, http},
};

/// As `docs/limits.md` has them, for each viewer that does not read.
const IN_PROCESS_MAX: u64 = 256 << 10;
const IN_KERNEL_MAX: u64 = 256 << 10;

const STALLED: usize = 24;
const CLIENTS: usize = 8;

/// A viewer whose kernel takes little for it.
async fn viewer(relay: &RelayProcess) -> Mirror {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&relay.page.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    let stream = TcpStream::from_std(socket.into()).unwrap();
    relay.mirror_over(stream, "").await
}

/// Memory of the process without its journal, bytes.
async fn in_process(relay: &RelayProcess) -> u64 {
    let ask = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let metrics = http(relay.page, ask).await;
    let value = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    };
    value("process_resident_memory_bytes ").saturating_sub(value("fruitbelt_journal_held_bytes "))
}

/// What the kernel holds to be sent on each connection of the page's port, bytes: `ss(8)`, `t` and
/// `w` of skmem.
fn in_kernel(page: SocketAddr) -> Vec<u64> {
    let port = format!("sport = :{}", page.port());
    let ss = Command::new("ss")
        .args(["-tmnH", "state", "established", &port])
        .output();
    let text = String::from_utf8(ss.unwrap().stdout).unwrap();
    let fields = text
        .split("skmem:(")
        .skip(1)
        .map(|it| it.split(')').next().unwrap());
    let held = fields.map(|fields| {
        let field = |letter: char| -> u64 {
            let found = fields
                .split(',')
                .find_map(|it| it.strip_prefix(letter)?.parse().ok());
            found.unwrap()
        };
        field('t').max(field('w'))
    });
    held.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_that_does_not_read_costs_little_and_others_nothing() {
    let relay = RelayProcess::start(&[]);
    let mut live = relay.mirror("").await;
    let live = tokio::spawn(async move {
        let (mut books, mut closed) = (Books::default(), 0);
        while closed < CLIENTS {
            for record in live.records().await {
                books.apply(&record);
                closed += usize::from(matches!(record.event, Event::Closed(_)));
            }
        }
        books
    });
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        stalled.push(viewer(&relay).await);
    }
    let before = in_process(&relay).await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(connect(relay.echo).await);
    }
    // Far more than the kernel takes for them: until each of them takes no more.
    let mut held: Vec<u64> = Vec::new();
    let mut rounds = 0;
    loop {
        for _ in 0..40 {
            let echoes = clients.iter_mut().map(|client| echo(client, 250));
            futures_util::future::join_all(echoes).await;
        }
        rounds += 1;
        let now = in_kernel(relay.page);
        if rounds > 4 && now == held {
            break;
        }
        held = now;
    }
    held.sort_unstable();
    let blocked = &held[held.len() - STALLED..];
    let grown = in_process(&relay).await.saturating_sub(before);
    println!("{rounds} rounds; in the kernel {blocked:?}; in the process {grown} bytes in all");
    assert!(blocked[0] > 4096, "all of them are stalled");
    assert!(
        blocked.iter().all(|bytes| *bytes <= IN_KERNEL_MAX),
        "{blocked:?}"
    );
    assert!(grown <= STALLED as u64 * IN_PROCESS_MAX, "{grown}");

    // Who reads has all of it, without a loss.
    drop(clients);
    let books = live.await.unwrap();
    assert_eq!(books.dropped, 0);
    // Who reads again goes on where it was, or is told what it lost.
    let mut again = Books::default();
    while again.last.is_none_or(|last| last < books.last.unwrap()) {
        stalled[0]
            .records()
            .await
            .iter()
            .for_each(|record| again.apply(record));
    }
    assert_eq!(again.accounts, books.accounts);
}

/// Both by the relay's own beats, of which each viewer gets one a second and the first at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_in_the_middle_of_a_flood_has_its_first_picture_before_its_third_beat() {
    let relay = RelayProcess::start(&[]);
    let mut live = relay.mirror("").await;
    let floods: Vec<_> = (0..4).map(|_| tokio::spawn(flood(relay.echo))).collect();
    // Until the relay has something to show.
    let mut seen = 0;
    while seen < 2_000 {
        seen += live.records().await.len();
    }
    let mut newcomer = relay.mirror("").await;
    let head = newcomer.header().head;
    let (mut books, mut beats) = (Books::default(), 0);
    while books.last.is_none_or(|last| last < head) {
        match newcomer.next().await {
            FromRelay::Records(records) => records.iter().for_each(|record| books.apply(record)),
            FromRelay::Beat { .. } => beats += 1,
            _ => {}
        }
    }
    assert!(beats < 3, "{beats} beats");
    assert!(
        floods.iter().all(|flood| !flood.is_finished()),
        "it goes on"
    );
    floods.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Echoes for ever.
async fn flood(server: SocketAddr) {
    let mut stream = connect(server).await;
    let mut reply = vec![0; 1 << 16];
    while stream.write_all(&[b'x'; 500]).await.is_ok() {
        if !stream.read(&mut reply).await.is_ok_and(|bytes| bytes > 0) {
            break;
        }
    }
}
