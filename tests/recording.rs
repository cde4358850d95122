//! Recordings on disk: they hold what `/events.ndjson` tells, survive what a relay may meet, and are
//! started by a page only where that is allowed.

use std::{
    fs::{self, File},
    path::Path,
    process::Stdio,
};

use protocol::{
    Conn, End, Event, Header, Policy, ReadWhen, Record, Recording, RecordingFault, RecordingState,
    Refusal, Request, Spacing,
    json::{self, Line},
};
use tempfile::{TempDir, tempdir};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::timeout,
};

use crate::{
    books::Books,
    python::Python,
    relay_process::{Mirror, PATIENCE, RelayProcess, binary, http},
};

/// A flood lasts so long, in log time.
const FLOOD_NANOS: u64 = 1_500_000_000;

/// The header, the records, and what is left behind the last whole line.
fn parse(text: &str) -> (Header, Vec<Record>, &str) {
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    let mut lines = text[..whole].lines();
    let header = match json::parse_line(lines.next().expect("a header")) {
        Ok(Line::Header(header)) => header,
        other => panic!("the header comes first, not {other:?}"),
    };
    let records = lines.map(|line| match json::parse_line(line) {
        Ok(Line::Record(record)) => record,
        other => panic!("{line}: {other:?}"),
    });
    (header, records.collect(), &text[whole..])
}

/// Reads a recording that is whole.
pub fn read(path: &Path) -> (Header, Vec<Record>) {
    let text = fs::read_to_string(path).unwrap();
    let (header, records, rest) = parse(&text);
    assert_eq!(rest, "", "{} ends with a whole line", path.display());
    (header, records)
}

fn place(name: &str) -> (TempDir, String) {
    let dir = tempdir().unwrap();
    let path = dir.path().join(name).to_str().unwrap().to_owned();
    (dir, path)
}

async fn send(relay: &RelayProcess, batches: &str, gap: &str) {
    let sent = Command::new(binary())
        .args(["send", batches, "--gap", gap, "--to"])
        .arg(relay.echo.to_string())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status();
    let sent = timeout(PATIENCE, sent).await.expect("it ends").unwrap();
    assert!(sent.success());
}

#[tokio::test]
async fn a_recording_is_what_the_lines_told() {
    let (_dir, path) = place("a.ndjson");
    let mut relay = RelayProcess::start(&["--record", &path, "--bufsize", "64"]);
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    python.send(100).await;
    send(&relay, "20,50,30", "20ms").await;
    // The relay ends with a connection still open: its end belongs to the recording.
    assert!(relay.terminate().success());
    let mut told = Vec::new();
    while let Some(record) = lines.try_next().await {
        told.push(record);
    }
    let (header, records) = read(Path::new(&path));
    assert_eq!(header.run, lines.header.run);
    assert_eq!(header.head.0, 0, "nothing was before");
    assert!(matches!(records[0].event, Event::Keyframe(_)));
    assert_eq!(records, told);
    Books::of(&records[1..]);
}

/// How far the file is behind depends on who else wants the machine: no time is asked of it here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_be_killed_in_a_flood_leaves_what_was_told_up_to_some_line() {
    let (_dir, path) = place("a.ndjson");
    let mut relay = RelayProcess::start(&["--record", &path]);
    let mut viewer = relay.mirror("").await;
    let floods: Vec<_> = (0..2).map(|_| tokio::spawn(flood(relay.echo))).collect();
    let mut told: Vec<Record> = Vec::new();
    while told.last().is_none_or(|last| last.at_nanos < FLOOD_NANOS) {
        told.extend(viewer.records().await);
    }
    relay.kill();
    for flood in floods {
        let _ = flood.await;
    }
    let text = fs::read(&path).unwrap();
    let text = String::from_utf8_lossy(&text);
    let (_, records, _) = parse(&text);
    let common = told.len().min(records.len());
    assert!(common > 1, "more than the keyframe");
    assert!(records[..common] == told[..common]);
    assert!(records[1..].is_sorted_by(|a, b| a.seq.next() == b.seq));
}

/// Nothing waits for the end of the relay, or for a buffer to fill.
#[tokio::test]
async fn what_was_told_reaches_the_file_while_the_relay_runs() {
    let (_dir, path) = place("a.ndjson");
    let mut relay = RelayProcess::start(&["--record", &path]);
    let mut lines = relay.lines("").await;
    send(&relay, "20,50,30", "0").await;
    let closed = |event: &Event| matches!(event, Event::Closed(_));
    let told = lines.until(closed).await;
    let last = told.last().unwrap().seq;
    let is_there = async {
        loop {
            let text = fs::read_to_string(&path).unwrap();
            if text.contains('\n') && parse(&text).1.last().is_some_and(|it| it.seq >= last) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, is_there).await.expect("it is written");
    relay.kill();
    let (_, records) = read(Path::new(&path));
    assert_eq!(records[..told.len()], told);
}

/// Echoes until the server is gone.
async fn flood(echo: std::net::SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(echo).await?;
    let mut reply = vec![0; 1 << 16];
    loop {
        stream.write_all(&[b'x'; 500]).await?;
        if stream.read(&mut reply).await? == 0 {
            return Ok(());
        }
    }
}

/// A limit of the file's length stands for a full disk: to fill one takes root.
#[tokio::test]
#[cfg(unix)]
async fn a_full_disk_ends_the_recording_and_not_the_relay() {
    let (dir, path) = place("a.ndjson");
    let log = dir.path().join("log");
    let mut relay = RelayProcess::start_after(
        "ulimit -f 16",
        &[
            "--record",
            &path,
            "--record-dir",
            dir.path().to_str().unwrap(),
        ],
        File::create(&log).unwrap().into(),
    );
    let mut viewer = relay.mirror("").await;
    let running = viewer.recording().await.expect("it began before");
    assert_eq!(
        (running.name.as_str(), running.state, running.by_request),
        ("a.ndjson", RecordingState::Running, false)
    );
    let mut client = TcpStream::connect(relay.echo).await.unwrap();
    let mut echo = async |bytes: usize| {
        client.write_all(&vec![b'x'; bytes]).await.unwrap();
        let mut reply = vec![0; bytes + 22];
        let read = timeout(PATIENCE, client.read_exact(&mut reply)).await;
        read.expect("the echo comes").unwrap();
    };
    let failed = loop {
        tokio::select! {
            told = viewer.recording() => {
                let told = told.unwrap();
                if told.state != RecordingState::Running {
                    break told;
                }
            }
            () = echo(200) => {}
        }
    };
    assert_eq!(
        failed.state,
        RecordingState::Failed(RecordingFault::DiskFull)
    );
    let (_, records) = read(Path::new(&path));
    assert_eq!(failed.bytes, fs::metadata(&path).unwrap().len());
    Books::of(&records[1..]);
    assert!(relay.is_alive());
    // It goes on, and another one may be tried.
    let mut person = relay.mirror("").await;
    assert_eq!(person.recording().await, Some(failed));
    assert_eq!(person.ask(Request::Record { on: true }).await, Ok(()));
    drop(client);
    relay.terminate();
    let said = fs::read_to_string(&log).unwrap();
    assert_eq!(said.matches("ends after").count(), 1, "{said}");
    for part in ["a.ndjson", "File too large", "make room"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[tokio::test]
async fn a_page_records_only_where_it_may() {
    let relay = RelayProcess::start(&[]);
    let mut person = relay.mirror("").await;
    for on in [true, false] {
        let refused = Err(Refusal::NoRecordDir);
        assert_eq!(person.ask(Request::Record { on }).await, refused);
    }
}

#[tokio::test]
async fn a_page_starts_and_stops_one_recording_at_a_time() {
    let dir = tempdir().unwrap();
    let mut relay = RelayProcess::start(&["--record-dir", dir.path().to_str().unwrap()]);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        0,
        "no trace of the check"
    );
    let mut watcher = relay.mirror("").await;
    assert_eq!(watcher.recording().await, None);
    let mut person = relay.mirror("").await;
    let (on, off) = (Request::Record { on: true }, Request::Record { on: false });
    let run = person.header().run.to_string();
    assert_eq!(person.ask(off.clone()).await, Err(Refusal::NotRecording));

    // Somebody is there already: the keyframe says so.
    let mut python = Python::connect(relay.echo);
    python.send(10).await;
    let is_answer = |event: &Event| matches!(event, Event::Answered(_));
    watcher.until(is_answer).await;

    let mut names = Vec::new();
    for _ in 0..2 {
        assert_eq!(person.ask(on.clone()).await, Ok(()));
        assert_eq!(person.ask(on.clone()).await, Err(Refusal::AlreadyRecording));
        let begun = next(&mut watcher, RecordingState::Running).await;
        assert!(begun.by_request);
        assert!(begun.name.starts_with("fruitbelt-20") && begun.name.ends_with(".ndjson"));
        assert!(begun.name.contains(&run[..8]), "{}", begun.name);
        send(&relay, "20,50,30", "0").await;
        assert_eq!(person.ask(off.clone()).await, Ok(()));
        let ended = next(&mut watcher, RecordingState::Stopped).await;
        assert_eq!(ended.name, begun.name);
        let path = dir.path().join(&ended.name);
        assert_eq!(fs::metadata(&path).unwrap().len(), ended.bytes);
        let (header, records) = read(&path);
        assert!(matches!(&records[0].event, Event::Keyframe(k) if k.conns.len() == 1));
        assert_eq!(records[0].seq, header.head);
        assert!(records.is_sorted_by(|a, b| a.seq.next() == b.seq));
        let closed = records
            .iter()
            .any(|record| matches!(record.event, Event::Closed(_)));
        assert!(closed, "up to the stop");
        names.push(ended.name);
    }
    assert_ne!(names[0], names[1]);
    // One that runs at the end is whole, too.
    assert_eq!(person.ask(on).await, Ok(()));
    let last = next(&mut watcher, RecordingState::Running).await;
    drop(python);
    assert!(relay.terminate().success());
    let (_, records) = read(&dir.path().join(last.name));
    assert!(matches!(records.last().unwrap().event, Event::Closed(_)));
}

/// What is told of a recording next in that state.
async fn next(watcher: &mut Mirror, state: RecordingState) -> Recording {
    loop {
        match watcher.recording().await {
            Some(recording) if recording.state == state => return recording,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_download_is_what_is_held_and_ends() {
    let relay = RelayProcess::start(&[]);
    let mut lines = relay.lines("").await;
    send(&relay, "20,50,30", "20ms").await;
    let told = lines.until(|event| matches!(event, Event::Closed(_))).await;
    // HTTP 1.0, so that the body comes as it is.
    let get = "GET /recording.ndjson HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let answer = http(relay.page, get).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let run = lines.header.run.to_string();
    let name = format!("-{}.ndjson\"", &run[..8]);
    assert!(
        head.contains("attachment; filename=\"fruitbelt-20"),
        "{head}"
    );
    assert!(head.contains(&name), "{head}");
    let (header, records, rest) = parse(body);
    assert_eq!(rest, "");
    assert!(records.len() >= told.len());
    assert_eq!(records[..told.len()], told);
    assert_eq!(header.head, records.last().unwrap().seq);
}

/// Makes the sample of the page anew, by a real run: 20 + 50 + 30 as one bag; the same in reads of
/// 64; and three sends of a Python client in one read. After `cargo xtask test`:
/// `FRUITBELT_SAMPLE=web/recordings/sample.ndjson cargo test -p tests -- --ignored make_sample`, and
/// write its length into `web/recordings.json`.
#[tokio::test]
#[ignore = "writes a file of the sources"]
async fn make_sample() {
    let sample = std::env::var("FRUITBELT_SAMPLE").expect("FRUITBELT_SAMPLE names the new file");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(sample);
    let (_dir, path) = place("sample.ndjson");
    let belt = [
        "--record",
        &path,
        "--read-when",
        "queued:100",
        "--bag",
        "100",
    ];
    let mut relay = RelayProcess::start(&belt);
    let mut person = relay.mirror("").await;
    let batches = Request::Send {
        conn: None,
        batches: vec![20, 50, 30],
        spacing: Spacing::GapMillis(250),
    };
    let conn = Conn(1);
    person.ask(batches).await.unwrap();
    let heard = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client && e.offset + e.returned == 122);
    person.until(heard).await;
    let end = End::Client;
    person.ask(Request::Close { conn, end }).await.unwrap();
    let is_closed = |conn| move |event: &Event| matches!(event, Event::Closed(e) if e.conn == conn && e.end == End::Server);
    person.until(is_closed(conn)).await;

    let mut policy = Policy {
        read_when: ReadWhen::Queued(100),
        bufsize: 64,
        ..Policy::default()
    };
    person.set_policy(None, policy).await;
    send(&relay, "20,50,30", "250ms").await;
    person.until(is_closed(Conn(2))).await;

    policy.read_when = ReadWhen::Held;
    policy.bufsize = 1024;
    person.set_policy(None, policy).await;
    let mut python = Python::connect(relay.echo);
    for batch in [20, 50, 30] {
        python.send(batch).await;
        let arrived = |event: &Event| matches!(event, Event::Arrived(e) if e.conn == Conn(3) && e.bytes == batch);
        person.until(arrived).await;
    }
    policy.read_when = ReadWhen::Arrival;
    person.set_policy(None, policy).await;
    person.until(|event| matches!(event, Event::Read(_))).await;
    python.finish().await;
    assert!(relay.terminate().success());
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.len() < 60 << 10);
    // Whose kernel it was is nobody's business: its version is enough.
    let (header, records) = read(Path::new(&path));
    let mut system = header.system.split(['-', ' ']);
    let (name, release) = (system.next().unwrap(), system.next().unwrap());
    let machine = header.system.rsplit(' ').next().unwrap();
    let system = format!("{name} {release} {machine}");
    let mut text = json::header_line(&Header { system, ..header }) + "\n";
    for record in &records {
        text += &(json::record_line(record) + "\n");
    }
    fs::write(sample, text).unwrap();
}
