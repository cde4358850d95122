//! Limits of the page's port: how many viewers and connections, from where, how often they may ask,
//! how large a request may be, and how long it may take.

use std::{
    net::{IpAddr, SocketAddr},
    process::Command,
};

use protocol::{Refusal, Request, wire::FromRelay};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{Log, connect, lan, rest};
use crate::{
    certificate::Certificate,
    relay_process::{Mirror, PATIENCE, RelayProcess, http},
    rights::viewer,
};

fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
}

#[tokio::test]
async fn further_viewers_are_refused() {
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_after(":", &["--max-viewers", "2"], stderr);
    let mut inside = relay.mirror("").await;
    let _lines = relay.lines("").await;
    let words = "2 viewers are connected already; try again later (--max-viewers)";
    for target in ["/events.ndjson", "/recording.ndjson"] {
        let answer = http(relay.page, &get(target, "")).await;
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{words}\n")), "{answer}");
    }
    assert_eq!(viewer(&relay, &[]).await.err(), Some(503));
    // Files are there for everybody.
    let answer = http(relay.page, &get("/healthz", "")).await;
    assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
    inside.ask(Request::Follow { on: false }).await.unwrap();
    drop(inside);
    while viewer(&relay, &[]).await.is_err() {}
    let words = format!("a viewer from 127.0.0.1 is refused: {words}");
    log.says(&words);
    assert_eq!(log.count(relay, &words), 1);
}

/// Behind a proxy that is trusted, by the address that it tells.
#[tokio::test]
async fn further_viewers_from_one_address_are_refused() {
    let (mut log, stderr) = Log::new();
    let options = [
        "--trusted-proxy",
        "127.0.0.1",
        "--max-viewers-per-address",
        "1",
    ];
    let relay = RelayProcess::start_after(":", &options, stderr);
    let [one, other] = ["203.0.113.7", "203.0.113.8"].map(|it| [("x-forwarded-for", it)]);
    let inside = viewer(&relay, &one).await.unwrap();
    let words =
        "1 viewers from your address are connected already; close one (--max-viewers-per-address)";
    let ask = get("/events.ndjson", "X-Forwarded-For: 203.0.113.7\r\n");
    let answer = http(relay.page, &ask).await;
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    assert!(answer.ends_with(&format!("\r\n\r\n{words}\n")), "{answer}");
    assert_eq!(viewer(&relay, &one).await.err(), Some(429));
    let _elsewhere = viewer(&relay, &other).await.unwrap();
    drop(inside);
    while viewer(&relay, &one).await.is_err() {}
    let words = format!("a viewer from 203.0.113.7 is refused: {words}");
    log.says(&words);
    assert_eq!(log.count(relay, &words), 1);
}

/// So many as a relay takes from one address that allows one viewer from there.
async fn four(page: SocketAddr) -> Vec<TcpStream> {
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(connect(page).await);
    }
    all
}

#[tokio::test]
async fn further_connections_from_one_address_are_told_so() {
    let Some(lan) = lan() else { return };
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_hall(&["--max-viewers-per-address", "1"], ("warn", stderr));
    let page = (lan, relay.page.port()).into();
    let inside = four(page).await;
    for _ in 0..3 {
        let answer = rest(&mut connect(page).await).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
        let words = "\r\n\r\ntoo many connections from your address; wait a bit";
        assert!(answer.ends_with(words), "{answer}");
    }
    let answer = http(relay.page, &get("/healthz", "")).await;
    assert!(answer.ends_with("ok\n"), "from elsewhere: {answer}");
    drop(inside);
    let ask = get("/healthz", "").replace("localhost", &lan.to_string());
    while !http(page, &ask).await.ends_with("ok\n") {}
    let words = format!(
        "4 connections from {lan} to the page's port are open (4 times --max-viewers-per-address); further ones are closed"
    );
    log.says(&words);
    assert_eq!(log.count(relay, &words), 1);
}

#[tokio::test]
async fn who_speaks_tls_is_turned_away_without_plain_words() {
    let Some(lan) = lan() else { return };
    let certificate = Certificate::of(&["localhost"]);
    let tls = certificate.options();
    let mut options = vec!["--max-viewers-per-address", "1"];
    options.extend(tls.iter().map(String::as_str));
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_hall(&options, ("warn", stderr));
    let page = (lan, relay.page.port()).into();
    let inside = four(page).await;
    let answer = rest(&mut connect(page).await).await;
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    log.says("further ones are closed");
    drop(inside);
    while certificate
        .connect_offering(page, "localhost", &["http/1.1"])
        .await
        .is_err()
    {}
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_connections_as_its_visitors_need() {
    let Some(lan) = lan() else { return };
    let proxy = lan.to_string();
    let options = ["--trusted-proxy", &proxy, "--max-viewers-per-address", "1"];
    let relay = RelayProcess::start_hall(&options, ("warn", std::process::Stdio::inherit()));
    let page: SocketAddr = (lan, relay.page.port()).into();
    let mut connections = four(page).await;
    connections.extend(four(page).await);
    for (at, connection) in connections.iter_mut().enumerate() {
        let visitor = IpAddr::from([203, 0, 113, at as u8]);
        let headers = format!("X-Forwarded-For: {visitor}\r\n");
        let ask = get("/recording.ndjson", &headers).replace("localhost", &page.to_string());
        connection.write_all(ask.as_bytes()).await.unwrap();
        let answer = rest(connection).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{at}: {answer}");
    }
}

#[tokio::test]
async fn who_asks_too_often_is_refused_for_a_moment() {
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_after(":", &["--max-requests", "5"], stderr);
    let [mut eager, mut other] = [relay.mirror("").await, relay.mirror("").await];
    let ask = Request::Follow { on: false };
    let too_often = Err(Refusal::TooOften { a_second: 5 });
    let mut heard = 0;
    while eager.ask(ask.clone()).await != too_often {
        heard += 1;
    }
    assert!(heard > 0);
    other.ask(ask.clone()).await.unwrap();
    while eager.ask(ask.clone()).await == too_often {}
    eager.ask(ask.clone()).await.ok();
    let words = "a viewer from 127.0.0.1 sends more than 5 messages a second (--max-requests); it is not heard for a moment each time";
    log.says(words);
    assert_eq!(log.count(relay, words), 1);
}

/// A message that never ends is never a request, which are counted; all the same it is not read as
/// fast as it comes, but as time goes by on the relay's own clock.
#[tokio::test]
async fn a_message_without_end_is_read_slowly() {
    const A_SECOND: u64 = 128 << 10;
    /// What a second brings is saved up, and one read is always made whole.
    const AT_ONCE: u64 = A_SECOND + (8 << 10);
    let relay = RelayProcess::start(&[]);
    let mut other = relay.mirror("").await;
    let hostile = relay.mirror("").await.socket.into_inner();
    let client = hostile.local_addr().unwrap();
    let begins = beat(&mut other).await;
    let (mut reader, mut writer) = hostile.into_split();
    let reading = tokio::spawn(async move { while reader.read(&mut [0; 4096]).await.is_ok() {} });
    let writing = tokio::spawn(async move {
        // As clients do they are masked, here by zeros: the first fragment, and then empty ones.
        writer.write_all(&[0x02, 0x80, 0, 0, 0, 0]).await.unwrap();
        let empty = [0x00, 0x80, 0, 0, 0, 0].repeat(1000);
        while writer.write_all(&empty).await.is_ok() {}
    });
    for _ in 0..2 {
        beat(&mut other).await;
    }
    let read = read_from(client);
    let brought = (beat(&mut other).await - begins) * A_SECOND / 1_000_000_000;
    println!("{read} bytes were read, {} may be", brought + AT_ONCE);
    assert!(read <= brought + AT_ONCE);
    assert!(!writing.is_finished(), "it is not closed: its sends wait");
    writing.abort();
    reading.abort();
}

/// When it was on the relay's clock, nanoseconds.
async fn beat(viewer: &mut Mirror) -> u64 {
    viewer
        .first(|message| match message {
            FromRelay::Beat { at_nanos } => Some(at_nanos),
            _ => None,
        })
        .await
}

/// The bytes that were read of what that client sent: by `ss(8)`, those that have come without those
/// in the receive queue.
fn read_from(client: SocketAddr) -> u64 {
    let port = format!("dport = :{}", client.port());
    let ss = Command::new("ss").args(["-tinOH", &port]).output().unwrap();
    let text = String::from_utf8(ss.stdout).unwrap();
    let come = text.split("bytes_received:").nth(1).unwrap();
    let come: u64 = come.split(' ').next().unwrap().parse().unwrap();
    let queued: u64 = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    come - queued
}

#[tokio::test]
async fn the_head_of_a_request_has_its_limits() {
    let relay = RelayProcess::start(&[]);
    let mut inside = relay.mirror("").await;
    // Two are there already.
    let headers = |count: usize| "X-Y: z\r\n".repeat(count - 2);
    let long = |bytes: usize| format!("X-Y: {}\r\n", "z".repeat(bytes));
    let path = |bytes: usize| format!("/{}", "z".repeat(bytes));
    for (target, headers, expect) in [
        ("/healthz", headers(64), "200 OK"),
        (
            "/healthz",
            headers(65),
            "431 Request Header Fields Too Large",
        ),
        ("/healthz", long(12_000), "200 OK"),
        (
            "/healthz",
            long(17_000),
            "431 Request Header Fields Too Large",
        ),
        (&path(12_000), String::new(), "404 Not Found"),
        (
            &path(17_000),
            String::new(),
            "431 Request Header Fields Too Large",
        ),
    ] {
        let answer = http(relay.page, &get(target, &headers)).await;
        let status = answer.lines().next().unwrap_or_default();
        assert_eq!(status, format!("HTTP/1.1 {expect}"));
    }
    inside.ask(Request::Follow { on: false }).await.unwrap();
}

#[tokio::test]
async fn a_slow_sender_is_closed_and_one_that_only_idles_is_no_slow_sender() {
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_after(":", &["--handshake", "1s"], stderr);
    let mut inside = relay.mirror("").await;
    let mut silent = connect(relay.page).await;
    let mut after = connect(relay.page).await;
    let ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    after.write_all(ask.as_bytes()).await.unwrap();
    let mut slow = Vec::new();
    for half in ["G", "GET / HTTP/1.1\r\nHost: loc"] {
        let mut stream = connect(relay.page).await;
        stream.write_all(half.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let mut again = connect(relay.page).await;
    again.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok\n") {
        answer.push(again.read_u8().await.unwrap());
    }
    again.write_all(b"G").await.unwrap();
    slow.push(again);
    for stream in &mut slow {
        rest(stream).await;
    }
    assert!(rest(&mut silent).await.is_empty());
    assert!(rest(&mut after).await.ends_with(b"ok\n"));
    // A viewer has shown its whole head long ago.
    inside.ask(Request::Follow { on: false }).await.unwrap();
    let metrics = http(relay.page, &get("/metrics", "")).await;
    let count = "\nfruitbelt_refused_total{by=\"handshake\"} 3\n";
    assert!(metrics.contains(count), "{metrics}");
    let words = "a connection from 127.0.0.1 has not sent the whole head of a request in 1s (--handshake) and is closed";
    log.says(words);
    assert_eq!(log.count(relay, words), 1);
}

#[tokio::test]
async fn who_begins_no_tls_is_closed() {
    let certificate = Certificate::of(&["localhost"]);
    let tls = certificate.options();
    let mut options = vec!["--handshake", "1s"];
    options.extend(tls.iter().map(String::as_str));
    let (mut log, stderr) = Log::new();
    let relay = RelayProcess::start_after(":", &options, stderr);
    let mut silent = connect(relay.page).await;
    let mut slow = connect(relay.page).await;
    // How a record of TLS begins that says it will have more bytes.
    slow.write_all(&[22, 3, 1, 1, 0]).await.unwrap();
    for stream in [&mut silent, &mut slow] {
        let end = timeout(PATIENCE, rest(stream)).await.unwrap();
        assert!(end.is_empty());
    }
    log.says("has not sent its part of TLS in 1s (--handshake) and is closed");
}
