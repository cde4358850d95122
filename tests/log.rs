//! The log is for people: one that nobody reads, or that has gone, stops nothing.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::Stdio,
};

use crate::relay_process::{PATIENCE, RelayProcess};

/// So many refused requests fill any pipe with what is logged of them.
const REQUESTS: usize = 1_500;

fn status(page: SocketAddr, host: &str) -> String {
    let mut stream = TcpStream::connect(page).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_log_that_has_gone_ends_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut relay = RelayProcess::start_with_log(Stdio::from(writer));
    drop(reader);
    for _ in 0..3 {
        assert_eq!(status(relay.page, "evil"), "403");
        assert_eq!(status(relay.page, "localhost"), "200");
    }
    assert!(relay.terminate().success());
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let (_unread, writer) = std::io::pipe().unwrap();
    let mut relay = RelayProcess::start_with_log(Stdio::from(writer));
    for _ in 0..REQUESTS {
        assert_eq!(status(relay.page, "evil"), "403");
    }
    assert_eq!(status(relay.page, "localhost"), "200");
    assert!(relay.terminate().success());
}

#[test]
fn as_json_each_line_is_an_object_with_time_level_target_and_message() {
    let (reader, writer) = std::io::pipe().unwrap();
    let arguments = ["--log", "json"];
    let mut relay = RelayProcess::start_with_log_and(Stdio::from(writer), &arguments);
    assert_eq!(status(relay.page, "evil"), "403");
    assert_eq!(status(relay.page, "localhost"), "200");
    let secret = b"a payload that no log may tell";
    let mut client = TcpStream::connect(relay.echo).unwrap();
    client.write_all(secret).unwrap();
    let mut reply = [0; 32];
    client.read_exact(&mut reply).unwrap();
    drop(client);
    // The log is written aside, so that its last lines may be missing after the end.
    let mut lines = String::new();
    let mut reader = BufReader::new(reader);
    while !lines.contains("refused") {
        assert!(reader.read_line(&mut lines).unwrap() > 0, "{lines}");
    }
    assert!(relay.terminate().success());
    reader.read_to_string(&mut lines).unwrap();
    assert!(!lines.contains(std::str::from_utf8(secret).unwrap()));
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{field}: {line}");
        }
        let time = line["timestamp"].as_str().unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{time}");
        let levels = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
        assert!(levels.contains(&line["level"].as_str().unwrap()), "{line}");
    }
    let has = |part: &str| lines.lines().any(|line| line.contains(part));
    assert!(
        has("\"level\":\"INFO\"") && has("\"message\":\"ending\""),
        "{lines}"
    );
}
