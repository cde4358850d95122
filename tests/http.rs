//! The page's port: types, what every answer says, and who is refused.

use std::fs;

use crate::relay_process::{RelayProcess, http, page_dir};

fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n")
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

#[tokio::test]
async fn files_have_their_types_and_their_smallest_form() {
    let dir = page_dir();
    for (name, content) in [
        ("app.js", "plain"),
        ("app.js.br", "brotli"),
        ("app.js.gz", "gzip"),
        ("app_bg.wasm", "plain"),
        ("app_bg.wasm.gz", "gzip"),
        ("style.css", "plain"),
        ("apple.svg", "plain"),
    ] {
        fs::write(dir.path().join(name), content).unwrap();
    }
    let relay = RelayProcess::start_with(dir, &[]);
    for (target, accepts, kind, encoding, body) in [
        (
            "/",
            "",
            "text/html",
            None,
            "<!doctype html><title>t</title>",
        ),
        (
            "/app.js",
            "br, gzip",
            "text/javascript",
            Some("br"),
            "brotli",
        ),
        ("/app.js", "gzip", "text/javascript", Some("gzip"), "gzip"),
        ("/app.js", "", "text/javascript", None, "plain"),
        (
            "/app_bg.wasm",
            "gzip, br",
            "application/wasm",
            Some("gzip"),
            "gzip",
        ),
        ("/style.css", "br", "text/css", None, "plain"),
        ("/apple.svg", "br", "image/svg+xml", None, "plain"),
        ("/healthz", "", "text/plain; charset=utf-8", None, "ok\n"),
    ] {
        let headers = format!("Host: localhost\r\nAccept-Encoding: {accepts}\r\n");
        let answer = http(relay.page, &get(target, &headers)).await;
        assert_eq!(status(&answer), "200", "{target}: {answer}");
        assert_eq!(header(&answer, "content-type"), Some(kind), "{target}");
        assert_eq!(
            header(&answer, "content-encoding"),
            encoding,
            "{target} {accepts}"
        );
        assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
        said_by_every_answer(&answer);
    }
    for target in ["/missing.js", "/../Cargo.toml", "/%2e%2e/%2e%2e/etc/passwd"] {
        let answer = http(relay.page, &get(target, "Host: localhost\r\n")).await;
        assert_eq!(status(&answer), "404", "{target}: {answer}");
        said_by_every_answer(&answer);
    }
}

fn said_by_every_answer(answer: &str) {
    assert_eq!(
        header(answer, "cache-control"),
        Some("no-cache"),
        "{answer}"
    );
    assert_eq!(header(answer, "x-content-type-options"), Some("nosniff"));
    assert_eq!(
        header(answer, "cross-origin-resource-policy"),
        Some("same-origin")
    );
    let policy = header(answer, "content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
}

#[tokio::test]
async fn another_origin_can_neither_read_nor_drive() {
    let relay = RelayProcess::start(&["--allow-host", "belt.example"]);
    let port = relay.page.port();
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (headers, expect) in [
        (
            "Host: localhost:PORT\r\nOrigin: http://localhost:PORT\r\n",
            true,
        ),
        (
            "Host: belt.example\r\nOrigin: http://belt.example\r\n",
            true,
        ),
        (
            "Host: localhost:PORT\r\nSec-Fetch-Site: same-origin\r\n",
            true,
        ),
        ("Host: evil.example:PORT\r\n", false),
        (
            "Host: localhost:PORT\r\nOrigin: http://evil.example\r\n",
            false,
        ),
        (
            "Host: localhost:PORT\r\nOrigin: http://localhost:1\r\n",
            false,
        ),
        ("Host: localhost:PORT\r\nOrigin: null\r\n", false),
        (
            "Host: localhost:PORT\r\nSec-Fetch-Site: cross-site\r\n",
            false,
        ),
        (
            "Host: localhost:PORT\r\nSec-Fetch-Site: same-site\r\n",
            false,
        ),
    ] {
        let headers = headers.replace("PORT", &port.to_string());
        for target in ["/mirror", "/events.ndjson"] {
            let request = format!("GET {target} HTTP/1.1\r\n{headers}{upgrade}\r\n");
            let found = first_line(&relay, &request).await;
            let expect = match (expect, target) {
                (true, "/mirror") => "101",
                (true, _) => "200",
                (false, _) => "403",
            };
            assert_eq!(status(&found), expect, "{target} {headers}");
        }
    }
    for request in [
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET /mirror HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
    ] {
        assert_eq!(
            status(&first_line(&relay, &request).await),
            "400",
            "{request}"
        );
    }
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(status(&first_line(&relay, post).await), "405");
    let long = get(
        "/",
        &format!("Host: localhost\r\nX: {}\r\n", "x".repeat(64 << 10)),
    );
    assert_eq!(status(&first_line(&relay, &long).await), "431");
}

async fn first_line(relay: &RelayProcess, request: &str) -> String {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let mut stream = tokio::net::TcpStream::connect(relay.page).await.unwrap();
    let _ = stream.write_all(request.as_bytes()).await;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    line
}

#[tokio::test]
async fn the_records_come_as_lines_in_chunks_while_they_happen() {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let relay = RelayProcess::start(&[]);
    let stream = tokio::net::TcpStream::connect(relay.page).await.unwrap();
    let (read, mut write) = stream.into_split();
    let request = "GET /events.ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n";
    write.write_all(request.as_bytes()).await.unwrap();
    let mut lines = BufReader::new(read).lines();
    let mut head = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.is_empty() {
            break;
        }
        head += &(line + "\r\n");
    }
    head += "\r\n";
    assert_eq!(
        header(&head, "content-type"),
        Some("application/x-ndjson; charset=utf-8")
    );
    assert_eq!(header(&head, "transfer-encoding"), Some("chunked"));
    let client = tokio::net::TcpStream::connect(relay.echo).await.unwrap();
    let mut seen = Vec::new();
    while !seen
        .iter()
        .any(|line: &String| line.contains("\"accepted\",\"conn\":1"))
    {
        seen.push(lines.next_line().await.unwrap().unwrap());
    }
    let events: Vec<_> = seen
        .iter()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|line| Some(line.get("event")?.as_str()?.to_owned()))
        .collect();
    assert_eq!(
        events[..3],
        ["header", "keyframe", "called"],
        "socket(2) comes first"
    );
    assert!(events.iter().any(|event| event == "listening"));
    drop(client);
}

#[test]
fn every_event_is_documented() {
    let documented = include_str!("../docs/events.md");
    for name in protocol::Event::NAMES {
        assert!(documented.contains(&format!("`{name}`")), "{name}");
    }
}
