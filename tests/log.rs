//! The log is for people: one that nobody reads, or that has gone, stops nothing.

use std::{
    io::{Read, Write},
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
