//! Framing over real sockets: the messages are the same however the reads cut the bytes, and what a
//! peer sends can end the framing, never more.

use std::process::{Command as StdCommand, Stdio};

use model::{Mark, Timeline};
use protocol::{Conn, End, Event, Record, UnframedWhy};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use crate::relay_process::{PATIENCE, RelayProcess, binary, without_stamps};

/// Sends each line's bytes, written in hexadecimal, with one send, then FIN; prints what comes back.
const PROGRAM: &str = r#"
import socket, sys
client = socket.create_connection((sys.argv[1], int(sys.argv[2])))
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for line in sys.stdin:
    client.sendall(bytes.fromhex(line))
client.shutdown(socket.SHUT_WR)
while data := client.recv(4096):
    sys.stdout.buffer.write(data)
"#;

/// What a server with these arguments recorded of a Python client that made these sends, and what
/// the client got.
async fn told(arguments: &[&str], sends: &[&[u8]]) -> (Vec<Record>, Vec<u8>) {
    let relay = RelayProcess::start(arguments);
    let mut lines = relay.lines("").await;
    let mut python = Command::new("python3")
        .args(["-c", PROGRAM])
        .args([relay.echo.ip().to_string(), relay.echo.port().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("python3: {error}; install it from Debian"));
    let mut stdin = python.stdin.take().unwrap();
    for bytes in sends {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        stdin.write_all((hex + "\n").as_bytes()).await.unwrap();
    }
    drop(stdin);
    let output = timeout(PATIENCE, python.wait_with_output()).await;
    let reply = output.expect("the client ends").unwrap().stdout;
    let is_last = |event: &Event| matches!(event, Event::Closed(e) if e.end == End::Server);
    let records = lines.until(is_last).await;
    (records, reply)
}

/// 20, 50 and 30 bytes: each begins with how many follow and ends with a line feed.
fn twice_framed() -> Vec<u8> {
    let mut bytes = Vec::new();
    for size in [20_u8, 50, 30] {
        bytes.push(size - 1);
        bytes.extend((0..size - 2).map(|i| b'a' + i % 26));
        bytes.push(b'\n');
    }
    bytes
}

fn sizes(records: &[Record], of: impl Fn(&Event) -> Option<u64>) -> Vec<u64> {
    records
        .iter()
        .filter_map(|record| of(&record.event))
        .collect()
}

fn messages(records: &[Record]) -> Vec<u64> {
    sizes(records, |event| match event {
        Event::Message(e) => Some(e.bytes),
        _ => None,
    })
}

/// The records as the page takes them in, which the model finds nothing wrong with.
fn timeline(records: &[Record]) -> Timeline {
    let mut timeline = Timeline::new(None);
    for record in records {
        timeline.push(record.clone());
        assert_eq!(timeline.head().verify(), Ok(()), "after {record:?}");
    }
    timeline
}

/// The marks of messages and reads, in order.
fn marks(records: &[Record], mark: Mark) -> Vec<bool> {
    let timeline = timeline(records);
    (0..timeline.len())
        .filter_map(|index| timeline.entry(index))
        .filter(|entry| match mark {
            Mark::HalfCharacter => {
                matches!(&entry.record.event, Event::Read(e) if e.end == End::Server)
            }
            _ => matches!(entry.record.event, Event::Message(_)),
        })
        .map(|entry| entry.marks.has(mark))
        .collect()
}

#[tokio::test]
async fn three_framings_over_the_same_bytes() {
    let sent = twice_framed();
    let reading = ["--read-when", "queued:100", "--bufsize", "40", "--framing"];
    for (framing, expected) in [
        ("lines", &[20, 50, 30][..]),
        ("length:1", &[20, 50, 30]),
        ("fixed:20", &[20; 5]),
    ] {
        let arguments = [&reading[..], &[framing]].concat();
        let (records, reply) = told(&arguments, &[&sent[..3], &sent[3..77], &sent[77..]]).await;
        assert_eq!(messages(&records), expected, "{framing}");
        // The reads know nothing of it, and each message is answered whole.
        let reads = sizes(&records, |event| match event {
            Event::Read(e) if e.end == End::Server => Some(e.returned),
            _ => None,
        });
        assert_eq!(reads, [40, 40, 20]);
        let answers = sizes(&records, |event| match event {
            Event::Answered(e) => Some(e.in_bytes),
            _ => None,
        });
        assert_eq!(answers, expected);
        assert_eq!(without_stamps(&reply), sent);
        assert_eq!(
            reply.len(),
            100 + expected.len() * "[2026-01-01 00:00:00] ".len()
        );
        if framing != "fixed:20" {
            assert_eq!(marks(&records, Mark::CutMessage), [false, true, true]);
            assert_eq!(marks(&records, Mark::GluedMessages), [false, true, true]);
        }
    }
}

#[tokio::test]
async fn small_reads_cut_messages_and_large_ones_glue_them() {
    let sent = twice_framed();
    for (bufsize, cut, glued) in [("10", true, false), ("1024", false, true)] {
        let reading = ["--read-when", "queued:100", "--bufsize", bufsize];
        let arguments = [&reading[..], &["--framing", "length:1"]].concat();
        let (records, _) = told(&arguments, &[&sent]).await;
        assert_eq!(messages(&records), [20, 50, 30]);
        assert_eq!(marks(&records, Mark::CutMessage), [cut; 3]);
        assert_eq!(marks(&records, Mark::GluedMessages), [false, glued, glued]);
    }
}

#[tokio::test]
async fn a_length_that_is_too_long_ends_the_framing_and_costs_no_memory() {
    let sent = [b"\0\0\0\x02ok\xff\xff\xff\xff".to_vec(), vec![b'x'; 3000]].concat();
    let (records, reply) = told(&["--framing", "length"], &[&sent]).await;
    assert_eq!(messages(&records), [6]);
    let unframed: Vec<_> = records
        .iter()
        .filter_map(|record| match record.event {
            Event::Unframed(unframed) => Some(unframed),
            _ => None,
        })
        .collect();
    assert_eq!(unframed.len(), 1);
    assert_eq!(
        (unframed[0].why, unframed[0].claims, unframed[0].offset),
        (UnframedWhy::TooLong, Some(0xffff_ffff), 6)
    );
    assert_eq!(without_stamps(&reply), sent, "it is an echo all the same");
    let timeline = timeline(&records);
    let connection = timeline.head().conn(Conn(1)).unwrap();
    assert_eq!(connection.policy.framing, None);
}

#[tokio::test]
async fn a_stream_that_ends_within_a_message_says_so() {
    let (records, reply) = told(&["--framing", "length:2"], &[b"\0\x02ok\0\x09half"]).await;
    assert_eq!(messages(&records), [4]);
    let unframed = records.iter().find_map(|record| match record.event {
        Event::Unframed(unframed) => Some(unframed),
        _ => None,
    });
    let unframed = unframed.unwrap();
    assert_eq!(
        (unframed.why, unframed.claims),
        (UnframedWhy::EndOfStream, Some(9))
    );
    assert_eq!((unframed.offset, unframed.bytes), (4, 6));
    assert_eq!(without_stamps(&reply), b"\0\x02ok\0\x09half");
    timeline(&records);
}

#[tokio::test]
async fn messages_are_merged_like_all_that_is_fast() {
    let sent = b"a\nbc\n".repeat(20_000);
    let (records, reply) = told(&["--framing", "lines"], &[&sent]).await;
    assert_eq!(messages(&records).iter().sum::<u64>(), 100_000);
    let times: u64 = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Message(e) => Some(u64::from(e.times)),
            _ => None,
        })
        .sum();
    assert_eq!(times, 40_000);
    assert!(records.len() < 10_000, "{}", records.len());
    assert!(without_stamps(&reply) == sent);
    timeline(&records);
}

#[tokio::test]
async fn reads_of_four_cut_chinese_characters() {
    let sent = "水果传送带".as_bytes();
    let reading = ["--read-when", "queued:15", "--bufsize", "4"];
    let (records, reply) = told(&reading, &[sent]).await;
    let halves = [true, true, false, false];
    assert_eq!(marks(&records, Mark::HalfCharacter), halves);
    assert_eq!(without_stamps(&reply), sent);
    let timeline = timeline(&records);
    let connection = timeline.head().conn(Conn(1)).unwrap();
    let half = connection.half_character(4).unwrap();
    assert_eq!((half.before, half.of, half.character), (1, 3, Some('果')));
    assert_eq!(connection.half_character(8).unwrap().character, Some('传'));

    // What is not mirrored is not claimed.
    let (records, _) = told(&[&reading[..], &["--no-preview"]].concat(), &[sent]).await;
    assert_eq!(marks(&records, Mark::HalfCharacter), [false; 4]);
}

#[test]
fn a_framing_that_cannot_be_is_one_clear_error() {
    for (arguments, names) in [
        (&["--framing", "fixed:0"][..], "1 to 65536"),
        (&["--framing", "frames"], "fixed:N, lines"),
        (&["--framing", "length:3"], "1, 2 or 4"),
        (&["--framing", "lines", "--bag", "100"], "--bag"),
    ] {
        let output = StdCommand::new(binary()).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(names), "{said}");
    }
}
