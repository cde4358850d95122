//! The end in order, by Ctrl-C: what is in flight is finished in the time of grace, recordings are
//! whole, viewers are told. And the end at once, by a second one.

use std::os::unix::process::ExitStatusExt;

use futures_util::StreamExt;
use protocol::{Conn, End, Event, Record};
use tempfile::tempdir;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_tungstenite::tungstenite::Message;

use super::{connect, echo, rest};
use crate::{
    books::Books,
    recording::read,
    relay_process::{PATIENCE, RelayProcess, without_stamps},
};

/// A client that does not read, so that the server is held up in the middle of an answer.
async fn held_up(relay: &RelayProcess) -> TcpStream {
    let mut lines = relay.lines("").await;
    let mut client = connect(relay.echo).await;
    let alphabets: Vec<u8> = (b'a'..=b'z').cycle().take(26 << 12).collect();
    let sending = async { while client.write_all(&alphabets).await.is_ok() {} };
    tokio::select! {
        () = sending => panic!("the server has closed"),
        _ = lines.until(|event| matches!(event, Event::Blocked(_))) => {}
    }
    client
}

#[tokio::test]
async fn the_first_ctrl_c_ends_in_order() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("a.ndjson");
    let options = ["--grace", "60s", "--bufsize", "65536", "--record"];
    let options = [&options[..], &[file.to_str().unwrap()]].concat();
    let mut relay = RelayProcess::start(&options);
    let mut viewer = relay.mirror("").await;
    let mut idle = connect(relay.echo).await;
    echo(&mut idle, 5).await;
    let mut client = held_up(&relay).await;
    relay.signal("INT");
    // Nobody is let in any more, and who has all is closed.
    assert!(rest(&mut idle).await.is_empty());
    // The other one is waited for: all that was read is answered, each answer whole.
    let answer = rest(&mut client).await;
    let bytes = without_stamps(&answer);
    let sent = (b'a'..=b'z').cycle().take(bytes.len());
    assert!(!bytes.is_empty() && bytes.iter().copied().eq(sent));
    let close = loop {
        match timeout(PATIENCE, viewer.socket.next()).await.unwrap() {
            Some(Ok(Message::Close(frame))) => break frame.unwrap(),
            Some(Ok(_)) => {}
            other => panic!("no close frame but {other:?}"),
        }
    };
    assert_eq!(
        (u16::from(close.code), close.reason.as_str()),
        (1001, "the relay ends")
    );
    assert_eq!(relay.wait().code(), Some(0));

    let (_, records) = read(&file);
    let of_it = Books::of(&records[1..]).accounts[&(Conn(2), End::Server)].clone();
    assert_eq!(
        (of_it.read, of_it.answered),
        (bytes.len() as u64, bytes.len() as u64)
    );
    let is_closed = |record: &&Record| matches!(record.event, Event::Closed(_));
    assert_eq!(records.iter().filter(is_closed).count(), 2);
}

/// A bag that will never be full is answered as it is.
#[tokio::test]
async fn what_was_read_and_not_answered_is_answered_at_the_end() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("a.ndjson");
    let options = ["--bag", "100", "--record", file.to_str().unwrap()];
    let mut relay = RelayProcess::start(&options);
    let mut lines = relay.lines("").await;
    let mut client = connect(relay.echo).await;
    client.write_all(b"grape").await.unwrap();
    lines.until(|event| matches!(event, Event::Read(_))).await;
    relay.signal("INT");
    assert_eq!(without_stamps(&rest(&mut client).await), b"grape");
    assert_eq!(relay.wait().code(), Some(0));
    Books::of(&read(&file).1[1..]);
}

#[tokio::test]
async fn who_is_not_done_in_the_time_of_grace_is_cut() {
    let mut relay = RelayProcess::start(&["--grace", "50ms", "--bufsize", "65536"]);
    let client = held_up(&relay).await;
    relay.signal("INT");
    assert_eq!(relay.wait().code(), Some(0));
    drop(client);
}

#[tokio::test]
async fn the_second_ctrl_c_ends_at_once() {
    let mut relay = RelayProcess::start(&["--grace", "3600s", "--bufsize", "65536"]);
    let mut idle = connect(relay.echo).await;
    let client = held_up(&relay).await;
    relay.signal("INT");
    // It has heard the first one.
    assert!(rest(&mut idle).await.is_empty());
    relay.signal("INT");
    let status = relay.wait();
    assert_eq!((status.code(), status.signal()), (Some(130), None));
    drop(client);
}
