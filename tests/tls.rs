//! The page by https: what a relay needs for it, what it refuses, and that all else is as before.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use protocol::wire::FromRelay;
use tokio::{task::spawn_blocking, time::timeout};

use crate::{
    certificate::{Certificate, next, web_socket},
    errors::fails,
    relay_process::{PATIENCE, RelayProcess, http, page_dir},
};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn start(certificate: &Certificate, more: &[&str]) -> RelayProcess {
    let options = certificate.options();
    let mut arguments: Vec<&str> = options.iter().map(String::as_str).collect();
    arguments.extend(more);
    RelayProcess::start(&arguments)
}

#[tokio::test]
async fn the_page_is_there_by_https() {
    let certificate = Certificate::of(&["localhost", "belt.example", "*.hall.example"]);
    let relay = start(&certificate, &[]);
    assert_eq!(relay.url(), format!("https://{}/", relay.page));
    let answer = certificate.http(relay.page, "localhost", HEALTH).await;
    assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
    // It would bind the name beyond this run.
    let answer = answer.to_ascii_lowercase();
    assert!(!answer.contains("strict-transport-security"), "{answer}");

    // A name that the certificate has is one by which the page may be asked for.
    for (host, expect) in [
        ("belt.example", "200"),
        ("room7.hall.example", "200"),
        ("hall.example", "403"),
        ("evil.example", "403"),
    ] {
        let request = HEALTH.replace("localhost", host);
        let answer = certificate.http(relay.page, "localhost", &request).await;
        assert_eq!(answer.split(' ').nth(1), Some(expect), "{host}: {answer}");
    }
}

#[tokio::test]
async fn the_mirror_is_there_by_tls_for_its_own_origin() {
    let certificate = Certificate::of(&["localhost"]);
    let mut relay = start(&certificate, &[]);
    let own = format!("https://{}", relay.page);
    let url = format!("wss://{}/mirror", relay.page);
    for foreign in [own.replace("https", "http"), "https://evil.example".into()] {
        let stream = certificate.connect(relay.page, "localhost").await;
        let refused = web_socket(stream, &url, &[("origin", &foreign)]).await;
        assert!(refused.is_err(), "{foreign}");
    }
    let stream = certificate.connect(relay.page, "localhost").await;
    let mut socket = web_socket(stream, &url, &[("origin", &own)]).await.unwrap();
    let first = next(&mut socket).await;
    assert!(matches!(first, Some(FromRelay::Header(_))), "{first:?}");
    // Whoever watches is told of the end, as without TLS.
    assert!(relay.terminate().success());
    while next(&mut socket).await.is_some() {}
}

#[tokio::test]
async fn only_the_protocol_that_is_spoken_is_agreed_on() {
    let certificate = Certificate::of(&["localhost"]);
    let relay = start(&certificate, &[]);
    let offer = async |protocols: &[&str]| {
        let offered = certificate.connect_offering(relay.page, "localhost", protocols);
        let stream = offered.await?;
        Ok::<_, std::io::Error>(stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec))
    };
    let agreed = offer(&["h2", "http/1.1"]).await.unwrap();
    assert_eq!(agreed.as_deref(), Some(&b"http/1.1"[..]));
    assert!(offer(&["h2"]).await.is_err());
}

#[tokio::test]
async fn who_asks_by_plain_http_is_led_to_https() {
    let certificate = Certificate::of(&["localhost"]);
    let relay = start(&certificate, &[]);
    let request = "GET /a?b=c HTTP/1.1\r\nHost: belt.example:1\r\nConnection: close\r\n\r\n";
    let answer = http(relay.page, request).await;
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    assert!(
        answer.contains("location: https://belt.example:1/a?b=c\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\r\n\r\nthis is https: "), "{answer}");
    for host in ["", "Host: a b\r\n", "Host: a\r\nHost: b\r\n"] {
        let request = format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
        let answer = http(relay.page, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(!answer.contains("location"), "{answer}");
    }
    // Nothing that drives or tells is behind it.
    let answer = http(relay.page, &HEALTH.replace("/healthz", "/events.ndjson")).await;
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    // Whoever breaks off in the middle of a handshake, or speaks nothing known, ends nobody else.
    for begun in [
        "\u{16}\u{3}\u{1}",
        "\u{16}GET / HTTP/1.1\r\n\r\n",
        "EHLO\r\n\r\n",
    ] {
        http(relay.page, begun).await;
    }
    let answer = certificate.http(relay.page, "localhost", HEALTH).await;
    assert!(answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test]
async fn a_renewed_certificate_is_used_from_then_on() {
    let old = Certificate::of(&["localhost"]);
    let new = Certificate::of(&["localhost"]);
    let relay = start(&old, &[]);
    old.http(relay.page, "localhost", HEALTH).await;
    // Half renewed: the key is not yet the certificate's.
    fs::copy(new.file(), old.file()).unwrap();
    let answer = old.http(relay.page, "localhost", HEALTH).await;
    assert!(answer.ends_with("ok\n"), "{answer}");
    fs::copy(new.key_file(), old.key_file()).unwrap();
    let answer = new.http(relay.page, "localhost", HEALTH).await;
    assert!(answer.ends_with("ok\n"), "{answer}");
    let refused = old.connect_offering(relay.page, "localhost", &[]).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_told() {
    for (years, expect) in [((2000, 2001), "expired"), ((3000, 3001), "valid in")] {
        let certificate = Certificate::of_years(&["localhost"], years.0, years.1);
        let options = certificate.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let (read, write) = std::io::pipe().unwrap();
        let mut relay = RelayProcess::start_after(":", &options, Stdio::from(write));
        // Its log is written by a thread of its own, perhaps later than it says where it is.
        let line = spawn_blocking(move || BufReader::new(read).lines().next());
        let line = timeout(PATIENCE, line).await.expect("it is told").unwrap();
        let said = line.unwrap().unwrap();
        assert!(said.contains(expect) && said.contains("cert.pem"), "{said}");
        // All the same it serves.
        assert!(relay.is_alive());
    }
}

#[test]
fn what_is_no_pair_says_why() {
    let one = Certificate::of(&["localhost"]);
    let other = Certificate::of(&["localhost"]);
    let page = page_dir();
    let page = page.path().to_str().unwrap();
    let files = [one.file(), one.key_file(), other.key_file()];
    let [cert, key, other_key] = files.each_ref().map(|path| path.to_str().unwrap());
    let nowhere = "/nonexistent/x.pem";
    let garbled = one.file().with_file_name("garbled.pem");
    let begin = "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
    fs::write(&garbled, begin).unwrap();
    let garbled = garbled.to_str().unwrap();
    for (pair, says) in [
        (&["--tls-cert", cert][..], &["--tls-key"][..]),
        (&["--tls-key", key], &["--tls-cert"]),
        (
            &["--tls-cert", nowhere, "--tls-key", key],
            &["--tls-cert", nowhere, "read"],
        ),
        (
            &["--tls-cert", cert, "--tls-key", nowhere],
            &["--tls-key", nowhere, "read"],
        ),
        (
            &["--tls-cert", key, "--tls-key", key],
            &["--tls-cert", "no certificate", "BEGIN CERTIFICATE"],
        ),
        (
            &["--tls-cert", cert, "--tls-key", cert],
            &["--tls-key", "no private key", "BEGIN PRIVATE KEY"],
        ),
        (
            &["--tls-cert", cert, "--tls-key", other_key],
            &["--tls-key", "--tls-cert", "does not fit"],
        ),
        (
            &["--tls-cert", garbled, "--tls-key", key],
            &["--tls-cert", garbled],
        ),
    ] {
        let free = [
            "--page-dir",
            page,
            "--echo",
            "127.0.0.1:0",
            "--page",
            "127.0.0.1:0",
        ];
        fails(&[&free[..], pair].concat(), says);
    }
    for wrong in ["belt", "/a//b", "/a b", "/..", "/%2e"] {
        fails(&["--base-path", wrong], &["--base-path", "/belt"]);
    }
    for wrong in ["", "localhost", "10.0.0.0/33", "10.0.0.1:80", "*"] {
        fails(
            &["--trusted-proxy", wrong],
            &["--trusted-proxy", "10.1.0.0/16"],
        );
    }
}
