//! `fruitbelt send`: the demonstration client from a terminal, against a relay and against peers
//! that do not behave.

use std::{
    net::SocketAddr,
    process::{Output, Stdio},
    time::Duration,
};

use protocol::{End, Event};
use socket2::SockRef;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::TcpListener,
    process::Command,
    time::timeout,
};

use crate::relay_process::{PATIENCE, RelayProcess, binary};

fn command(batches: &str, to: SocketAddr, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(["send", batches, "--to", &to.to_string()])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn send(batches: &str, to: SocketAddr, arguments: &[&str]) -> Output {
    let output = command(batches, to, arguments).output();
    timeout(PATIENCE, output).await.expect("it ends").unwrap()
}

/// The lines without their times.
fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| {
            line.split_once(" s  ")
                .map_or(line, |(_, said)| said)
                .trim()
        })
        .map(str::to_owned)
        .collect()
}

fn errors(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.lines().count() <= 1, "{said}");
    said
}

#[tokio::test]
async fn three_batches_come_back_in_one_bag() {
    let relay = RelayProcess::start(&["--read-when", "queued:100", "--bag", "100"]);
    let mut records = relay.lines("").await;
    // Longer than what merges.
    let output = send("20,50,30", relay.echo, &["--gap", "100ms"]).await;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(errors(&output), "");
    let lines = lines(&output);
    let sent: Vec<_> = lines.iter().filter(|l| l.starts_with("sent ")).collect();
    assert_eq!(sent, ["sent 20", "sent 50", "sent 30"]);
    let received = lines
        .iter()
        .find(|line| line.starts_with("received 122: ["));
    let digits = "0123456789".repeat(10);
    // The stamp and 58 digits are as much as a line shows.
    let shown = format!("{}… and 42 more", &digits[..58]);
    assert!(
        received.is_some_and(|line| line.ends_with(&shown)),
        "{lines:?}"
    );
    assert_eq!(
        lines.last().unwrap(),
        "in all: sent 100 bytes (batches: 3), received 122 (stamps: 1, the rest: 100)"
    );
    let closed = |event: &Event| matches!(event, Event::Closed(e) if e.end == End::Server);
    let records = records.until(closed).await;
    let reads = records.iter().filter(|r| matches!(r.event, Event::Read(_)));
    assert_eq!(reads.count(), 1);
}

#[tokio::test]
async fn a_flood_never_waits_for_itself() {
    let relay = RelayProcess::start(&["--bufsize", "65536"]);
    // More than all buffers on the way there and back hold.
    let output = send("16777216,16777216", relay.echo, &[]).await;
    assert!(output.status.success(), "{:?}", output.status);
    let last = lines(&output).pop().unwrap();
    assert!(last.starts_with("in all: sent 33554432 bytes"), "{last}");
    assert!(last.ends_with("the rest: 33554432)"), "{last}");
}

#[tokio::test]
async fn who_reads_no_more_ends_it() {
    let relay = RelayProcess::start(&[]);
    let mut send = command("1,1,1", relay.echo, &["--gap", "50ms"])
        .spawn()
        .unwrap();
    let mut out = BufReader::new(send.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).await.unwrap();
    assert!(line.contains("connected from"), "{line}");
    drop(out);
    let output = timeout(PATIENCE, send.wait_with_output()).await;
    let output = output.expect("it ends").unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(errors(&output), "");
}

#[tokio::test]
async fn what_cannot_begin_says_why() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let refused = send("20", gone, &[]).await;
    assert_eq!(refused.status.code(), Some(2));
    let said = errors(&refused);
    for part in [&gone.to_string(), "refused", "cargo run --release"] {
        assert!(said.contains(part), "{part:?} is not in: {said}");
    }
    for (batches, arguments, parts) in [
        ("20,x,30", &[][..], &["'x'", "BATCHES", "1 to 16777216"][..]),
        ("20,,30", &[], &["''", "BATCHES"]),
        ("0", &[], &["'0'", "1 to 16777216"]),
        ("-5", &[], &["'-5'", "1 to 16777216"]),
        ("16777217", &[], &["'16777217'", "1 to 16777216"]),
        (
            "1,".repeat(65).trim_end_matches(','),
            &[],
            &["batches", "1 to 64"],
        ),
        ("1", &["--gap", "5"], &["--gap", "its unit"]),
        ("1", &["--gap", "61s"], &["--gap", "60000ms"]),
        ("1", &["--to", "nonsense"], &["--to", "HOST:PORT"]),
    ] {
        let mut command = Command::new(binary());
        let output = command.args(["send", batches]).args(arguments).output();
        let output = output.await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert_eq!(output.stdout, b"");
        let said = errors(&output);
        for part in parts {
            assert!(said.contains(part), "{part:?} is not in: {said}");
        }
    }
}

#[tokio::test]
async fn an_end_before_its_time_is_a_failure() {
    for (is_reset, says) in [(false, "before the last 20 bytes"), (true, "broke")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap();
        let peer = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut first = [0; 10];
            stream.read_exact(&mut first).await.unwrap();
            if is_reset {
                let reset = Some(Duration::ZERO);
                SockRef::from(&stream).set_linger(reset).unwrap();
            }
        };
        let both = async { tokio::join!(send("10,20", to, &["--gap", "60s"]), peer) };
        let (output, ()) = timeout(PATIENCE, both).await.expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(errors(&output).contains(says), "{output:?}");
        let last = lines(&output).pop().unwrap();
        assert!(
            last.starts_with("in all: sent 10 bytes (batches: 1)"),
            "{last}"
        );
    }
}
