//! Limits of the echo server: how many connections, from where, how fast, and how long they may idle.

use std::{io::ErrorKind, net::SocketAddr};

use protocol::{Conn, End, Event, LimitedBy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{Log, answer, connect, echo, is_limited, lan, limited, rest};
use crate::{
    desk::waits_as,
    relay_process::{PATIENCE, RelayProcess, without_stamps},
};

#[tokio::test]
async fn further_connections_wait_in_the_accept_queue() {
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_after(":", &["--max-connections", "2"], stderr);
    let mut lines = relay.lines("").await;
    let mut first = connect(relay.echo).await;
    let mut second = connect(relay.echo).await;
    let told = limited(&lines.until(is_limited(LimitedBy::Connections)).await);
    assert_eq!((told.conn, told.most), (None, 2));
    let mut third = connect(relay.echo).await;
    third.write_all(b"xxx").await.unwrap();
    let name = third.local_addr().unwrap();
    lines.until(waits_as(None, Some(name))).await;
    for client in [&mut first, &mut second] {
        echo(client, 5).await;
    }
    drop(first);
    answer(&mut third, 3).await;
    let words = "2 connections are open (--max-connections); further ones wait to be accepted";
    log.says(words);
    // It was full all the time, and that was said.
    assert_eq!(log.count(relay, words), 1);
}

#[tokio::test]
async fn further_connections_from_one_address_are_reset() {
    let Some(lan) = lan() else { return };
    let (mut log, stderr) = Log::new();
    let most = ["--max-connections-per-address", "2"];
    let relay = RelayProcess::start_open("0.0.0.0:0", &most, stderr);
    let echo_server = (lan, relay.echo.port()).into();
    let mut lines = relay.lines("").await;
    let mut inside = Vec::new();
    for _ in 0..2 {
        let mut client = connect(echo_server).await;
        echo(&mut client, 5).await;
        inside.push(client);
    }
    for _ in 0..6 {
        assert!(!is_let_in(echo_server).await);
    }
    let mut count = 0;
    while count < 6 {
        let records = lines.until(is_limited(LimitedBy::ConnectionsPerAddress));
        let told = limited(&records.await);
        assert_eq!((told.conn, told.most), (None, 2));
        count += told.count;
    }
    assert_eq!(count, 6);
    // From elsewhere there is room, and who is in goes on.
    echo(
        &mut connect(([127, 0, 0, 1], relay.echo.port()).into()).await,
        5,
    )
    .await;
    echo(&mut inside[1], 5).await;
    drop(inside.swap_remove(0));
    // The place is free when its socket is: a moment after its record.
    while !is_let_in(echo_server).await {}
    let words = format!(
        "2 connections from {lan} are open (--max-connections-per-address); further ones are reset"
    );
    log.says(&words);
    assert_eq!(log.count(relay, &words), 1);
}

/// It is answered; otherwise it is reset, which may be seen as soon as it is connected.
async fn is_let_in(server: SocketAddr) -> bool {
    let answered = async {
        let mut client = TcpStream::connect(server).await?;
        client.write_all(b"xxx").await?;
        client.read(&mut [0; 99]).await
    };
    match timeout(PATIENCE, answered).await.unwrap() {
        Ok(bytes) => bytes > 0,
        Err(error) => {
            // Of what is written to it the system may say that nobody is there any more.
            let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
            assert!(kinds.contains(&error.kind()), "{error}");
            false
        }
    }
}

#[tokio::test]
async fn so_many_bytes_a_second_are_read_and_the_others_wait() {
    const A_SECOND: u64 = 20_000;
    /// What a tenth of a second brings is saved up, and one read is always made whole.
    const AT_ONCE: u64 = A_SECOND / 10 + 100;
    const SENT: usize = 8_000;
    let options = ["--max-echo-rate", "20000", "--bufsize", "100"];
    let relay = RelayProcess::start(&options);
    let mut lines = relay.lines("").await;
    let mut client = connect(relay.echo).await;
    client.write_all(&[b'x'; SENT]).await.unwrap();
    client.shutdown().await.unwrap();
    assert!(without_stamps(&rest(&mut client).await) == [b'x'; SENT]);
    let records = lines.until(|event| matches!(event, Event::Closed(_))).await;
    let (mut begins, mut read, mut held, mut waits) = (0, 0, 0, 0);
    for record in &records {
        match &record.event {
            Event::Accepted(_) => begins = record.at_nanos,
            Event::Read(it) => {
                read += it.returned;
                let brought = (record.at_nanos - begins) * A_SECOND / 1_000_000_000;
                assert!(read <= brought + AT_ONCE, "{record:?}");
            }
            Event::Limited(it) => {
                assert_eq!((it.by, it.most), (LimitedBy::EchoRate, A_SECOND));
                assert_eq!((it.conn, it.end), (Some(Conn(1)), End::Server));
                held += 1;
            }
            Event::Queues(it) => waits = waits.max(it.receive_queue.unwrap_or(0)),
            _ => {}
        }
    }
    assert_eq!((read, held), (SENT as u64, 1));
    assert!(waits > 0, "the others wait in the receive queue");
}

#[tokio::test]
async fn what_does_not_move_is_closed_and_what_moves_is_not() {
    let relay = RelayProcess::start(&["--idle", "1500ms"]);
    let mut lines = relay.lines("").await;
    let mut idle = connect(relay.echo).await;
    let mut busy = connect(relay.echo).await;
    let is_closed = rest(&mut idle);
    tokio::pin!(is_closed);
    loop {
        tokio::select! {
            rest = &mut is_closed => break assert!(rest.is_empty()),
            () = echo(&mut busy, 5) => {}
        }
    }
    let told = limited(&lines.until(is_limited(LimitedBy::Idle)).await);
    assert_eq!((told.conn, told.most), (Some(Conn(1)), 1500));
}

#[tokio::test]
async fn out_of_descriptors_it_says_so_keeps_whom_it_has_and_recovers() {
    const CLIENTS: usize = 60;
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_after("ulimit -n 50", &["--backlog", "100"], stderr);
    let mut lines = relay.lines("").await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client: TcpStream = connect(relay.echo).await;
        client.write_all(b"xxx").await.unwrap();
        clients.push(client);
    }
    let told = limited(&lines.until(is_limited(LimitedBy::System)).await);
    assert_eq!(told.most, 0, "nothing says how many there may be");
    log.says("accept fails: ");
    answer(&mut clients[0], 3).await;
    echo(&mut clients[0], 5).await;
    // The page's port has the same want; its clients wait, too.
    let mut late = connect(relay.page).await;
    let ask = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n";
    late.write_all(ask).await.unwrap();
    log.says("accept fails on the page's port: ");
    // Each that leaves makes room for another one.
    drop(clients.remove(0));
    for mut client in clients {
        answer(&mut client, 3).await;
    }
    let said = rest(&mut late).await;
    assert!(said.ends_with(b"\r\n\r\nok\n"), "{said:?}");
    let mut again = connect(relay.echo).await;
    echo(&mut again, 5).await;
    // Once for each port, though it was tried again and again.
    assert_eq!(log.count(relay, "accept fails"), 2);
}
