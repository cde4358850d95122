//! Limits of recordings: how many the page makes, and how long each may be.

use std::fs;

use protocol::{Recording, RecordingFault, RecordingState, Refusal, Request};
use tempfile::tempdir;

use super::{Log, connect, echo};
use crate::relay_process::{Mirror, RelayProcess};

async fn ended(viewer: &mut Mirror) -> Recording {
    loop {
        match viewer.recording().await {
            Some(told) if told.state != RecordingState::Running => return told,
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_page_makes_only_so_many() {
    let dir = tempdir().unwrap();
    let place = dir.path().to_str().unwrap();
    let relay = RelayProcess::start(&["--record-dir", place, "--max-recordings", "2"]);
    let mut watcher = relay.mirror("").await;
    let mut person = relay.mirror("").await;
    let (on, off) = (Request::Record { on: true }, Request::Record { on: false });
    for _ in 0..2 {
        person.ask(on.clone()).await.unwrap();
        person.ask(off.clone()).await.unwrap();
        assert_eq!(ended(&mut watcher).await.state, RecordingState::Stopped);
    }
    let refused = person.ask(on).await.unwrap_err();
    assert_eq!(refused, Refusal::TooManyRecordings { limit: 2 });
    let words = "2 recordings were made already: the relay takes no further one";
    assert_eq!(refused.to_string(), words);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn one_ends_whole_where_it_is_long_enough_and_the_next_may_begin() {
    const MOST: u64 = 1 << 20;
    let dir = tempdir().unwrap();
    let place = dir.path().to_str().unwrap();
    let (mut log, stderr) = Log::new();
    let options = ["--record-dir", place, "--max-recording-mib", "1"];
    let relay = RelayProcess::start_after(":", &options, stderr);
    let mut watcher = relay.mirror("").await;
    let mut person = relay.mirror("").await;
    person.ask(Request::Record { on: true }).await.unwrap();
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(connect(relay.echo).await);
    }
    let ended = ended(&mut watcher);
    tokio::pin!(ended);
    let ended = loop {
        let echoes = clients.iter_mut().map(|client| echo(client, 250));
        tokio::select! {
            ended = &mut ended => break ended,
            _ = futures_util::future::join_all(echoes) => {}
        }
    };
    let fault = RecordingFault::SizeReached;
    assert_eq!(ended.state, RecordingState::Failed(fault));
    let text = fs::read_to_string(dir.path().join(&ended.name)).unwrap();
    assert_eq!(ended.bytes, text.len() as u64);
    assert!(text.ends_with('\n') && ended.bytes <= MOST);
    // The next line, or frame of lines, would not have fitted.
    assert!(ended.bytes > MOST / 2, "{}", ended.bytes);
    log.says("--max-recording-mib allows 1 MiB; the relay goes on");
    person.ask(Request::Record { on: true }).await.unwrap();
}
