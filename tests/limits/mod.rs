//! Each limit hit on purpose, on a running relay: what is refused, in which words, that it is told in
//! the log without a flood of lines, and that nobody else notices. The table of them is
//! `docs/limits.md`.
//!
//! Beside these: the size of a message is in `rfc6455.rs`, a full disk in `recording.rs`, the
//! demonstration clients in `requests.rs`, what a viewer lost in `mirror.rs`, a panic in the relay's
//! own `alone.rs`.

mod connections;
mod ending;
mod page;
mod recordings;
mod table;
mod viewers;

use std::{
    io::{BufRead, BufReader, PipeReader},
    net::{IpAddr, SocketAddr},
    process::Stdio,
    sync::mpsc,
    thread,
};

use protocol::{Event, Limited, LimitedBy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    relay_process::{PATIENCE, RelayProcess},
    rights::of_this_machine,
};

/// An address of this machine that is not loopback, which no limit counts.
fn lan() -> Option<IpAddr> {
    let found = of_this_machine(0).map(|it| it.ip());
    if found.is_none() {
        println!("not tried: this machine has no address but loopback, which no limit counts");
    }
    found
}

/// Sends so many bytes, and waits for them with their stamp.
async fn echo(client: &mut TcpStream, bytes: usize) {
    client.write_all(&vec![b'x'; bytes]).await.unwrap();
    answer(client, bytes).await;
}

/// What was sent before is answered.
async fn answer(client: &mut TcpStream, bytes: usize) {
    let mut reply = vec![0; 22 + bytes];
    let read = timeout(PATIENCE, client.read_exact(&mut reply)).await;
    read.expect("the echo comes").unwrap();
    assert!(reply.starts_with(b"[") && reply.ends_with(&vec![b'x'; bytes]));
}

/// All that comes before the end, whether that is a FIN or a reset.
async fn rest(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut all = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut all)).await;
    let _ = read.expect("it ends");
    all
}

async fn connect(to: SocketAddr) -> TcpStream {
    TcpStream::connect(to).await.unwrap()
}

fn is_limited(by: LimitedBy) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Limited(it) if it.by == by)
}

/// The last of some records, if it says that something was limited.
fn limited(records: &[protocol::Record]) -> Limited {
    match records.last().map(|record| &record.event) {
        Some(Event::Limited(limited)) => *limited,
        other => panic!("{other:?}"),
    }
}

/// What a relay says for people.
struct Log {
    lines: mpsc::Receiver<String>,
    so_far: Vec<String>,
}

impl Log {
    /// One, and where the relay is to write it.
    fn new() -> (Log, Stdio) {
        let (reader, writer): (PipeReader, _) = std::io::pipe().unwrap();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(reader).lines() {
                if sender.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        let so_far = Vec::new();
        (Log { lines, so_far }, writer.into())
    }

    /// Waits until these words are in it.
    fn says(&mut self, words: &str) {
        while !self.so_far.iter().any(|line| line.contains(words)) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.so_far.push(line),
                Err(_) => panic!("{words:?} is not in {:#?}", self.so_far),
            }
        }
    }

    /// Ends the relay. How many lines have these words.
    fn count(mut self, mut relay: RelayProcess, words: &str) -> usize {
        relay.kill();
        self.so_far.extend(self.lines.iter());
        let lines = self.so_far.iter().filter(|line| line.contains(words));
        lines.count()
    }
}
