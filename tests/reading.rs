//! `verify` and `convert` on the recording of a real run, and on what becomes of it in bad hands.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use flate2::{Compression, write::GzEncoder};
use protocol::{Conn, End, Event, Policy, Request, Spacing, json};
use serde_json::Value;
use tempfile::TempDir;

use crate::relay_process::{RelayProcess, binary};

/// Nobody reads at first, so that the sender waits for room; then three batches, and the end.
pub async fn recorded() -> Vec<u8> {
    const FLOOD: u32 = 4_000_000;
    let relay = RelayProcess::start(&["--read-when", "held"]);
    let (mut person, mut lines) = (relay.mirror("").await, relay.lines("").await);
    let send = |conn, batches: &[u32]| Request::Send {
        conn,
        batches: batches.to_vec(),
        spacing: Spacing::GapMillis(20),
    };
    let conn = Conn(1);
    person.ask(send(None, &[FLOOD])).await.unwrap();
    let blocked = |event: &Event| matches!(event, Event::Blocked(e) if e.end == End::Client);
    let mut records = lines.until(blocked).await;
    person.set_policy(None, Policy::default()).await;
    let answered = |all: u64| move |event: &Event| matches!(event, Event::Answered(e) if e.in_offset + e.in_bytes == all);
    let flood = answered(FLOOD.into());
    records.extend(lines.until(flood).await);
    // The client may still be reading; who sends again must have sent all.
    while let Err(refusal) = person.ask(send(Some(conn), &[20, 50, 30])).await {
        assert_eq!(refusal, protocol::Refusal::StillSending { conn });
        records.push(lines.next().await);
    }
    records.extend(lines.until(answered(u64::from(FLOOD) + 100)).await);
    let end = End::Client;
    person.ask(Request::Close { conn, end }).await.unwrap();
    for _ in 0..2 {
        let closed = |event: &Event| matches!(event, Event::Closed(_));
        records.extend(lines.until(closed).await);
    }
    let mut text = json::header_line(&lines.header) + "\n";
    for record in &records {
        text += &(json::record_line(record) + "\n");
    }
    text.into_bytes()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

struct Files(TempDir);

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn run(arguments: &[&str], files: &[&Path]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).args(files).stdin(Stdio::null());
    command.output().unwrap()
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

/// One line on standard error, which says these things.
#[track_caller]
fn fails(output: &Output, code: i32, says: &[&str]) {
    let (found, out, errors) = said(output);
    assert_eq!((found, &*out), (code, ""), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    for part in says {
        assert!(errors.contains(part), "{part:?} is not in: {errors}");
    }
}

#[tokio::test]
async fn a_real_run_can_be_true() {
    let whole = recorded().await;
    let files = Files::new();
    let lines = whole.split(|byte| *byte == b'\n').count() - 2;
    let packed = gzip(&whole);
    for (name, bytes, end) in [
        ("run.ndjson", &*whole, "whole"),
        ("run.ndjson.gz", &packed, "whole"),
        (
            "cut.ndjson",
            &whole[..whole.len() - 5],
            "cut short: its last line is left out",
        ),
        (
            "cut.gz",
            &packed[..packed.len() - 40],
            "cut short: its last line is left out",
        ),
    ] {
        let output = run(&["verify"], &[&files.write(name, bytes)]);
        let (code, out, errors) = said(&output);
        assert_eq!((code, &*errors), (0, ""));
        assert!(
            out.contains(&format!("{name}: ")) && out.trim_end().ends_with(end),
            "{out}"
        );
        if end == "whole" {
            let sums = format!("{lines} records, 1 connections, 4000100 bytes in, ");
            assert!(out.contains(&sums), "{out}");
        }
    }
    let mut piped = Command::new(binary())
        .args(["verify", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(&packed).unwrap();
    let (code, out, _) = said(&piped.wait_with_output().unwrap());
    assert_eq!(code, 0);
    assert!(out.starts_with(&format!("-: {lines} records")), "{out}");
}

#[tokio::test]
async fn the_first_record_that_cannot_be_true_is_named() {
    let whole = String::from_utf8(recorded().await).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let files = Files::new();
    let check = |name: &str, lines: &[&str], code: i32, says: &[&str]| {
        let path = files.write(name, (lines.join("\n") + "\n").as_bytes());
        fails(&run(&["verify"], &[&path]), code, &[&[name], says].concat());
    };
    let read = lines
        .iter()
        .position(|line| line.contains(r#""event":"read""#) && line.contains(r#""end":"server""#))
        .unwrap();
    let mut lied = lines.clone();
    let lie = lied[read].replace(r#""offset":0"#, r#""offset":7"#);
    lied[read] = &lie;
    let line = format!("line {}", read + 1);
    check(
        "lie",
        &lied,
        1,
        &[&line, "begins at byte 7, expected byte 0"],
    );
    let mut holed = lines.clone();
    holed.remove(read);
    check("hole", &holed, 1, &[&line, "follows record"]);
    let twice = [&*lines, &*lines].concat();
    let line = format!("line {}", lines.len() + 1);
    check("twice", &twice, 1, &[&line, "second header"]);
    check("text", &["Dear reader,"], 2, &["line 1", "no header"]);
    let newer = lines[0].replace(r#""format":1"#, r#""format":2"#);
    check(
        "newer",
        &[&newer],
        2,
        &["line 1", "format 2", "newer Fruitbelt"],
    );

    let zeros = files.write("zeros", &[0; 10_000]);
    fails(&run(&["verify"], &[&zeros]), 2, &["zeros", "binary"]);
    let damaged = [&gzip(whole.as_bytes())[..200], &[7; 300]].concat();
    let damaged = files.write("damaged.gz", &damaged);
    assert!([1, 2].contains(&run(&["verify"], &[&damaged]).status.code().unwrap()));
    let nowhere = Path::new("/nonexistent/run.ndjson");
    fails(
        &run(&["verify"], &[nowhere]),
        2,
        &["/nonexistent/run.ndjson", "No such file"],
    );
    fails(&run(&["verify"], &[files.0.path()]), 2, &["a folder"]);
    // Each file is looked at, and the worst is told.
    let good = files.write("good", whole.as_bytes());
    let (code, out, errors) = said(&run(&["verify"], &[nowhere, &good]));
    assert_eq!(
        (code, out.lines().count(), errors.lines().count()),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn a_trace_has_all_its_ends() {
    let whole = recorded().await;
    let files = Files::new();
    let path = files.write("run.ndjson", &whole);
    let (code, out, errors) = said(&run(&["convert", "--to", "perfetto"], &[&path]));
    assert_eq!((code, &*errors), (0, ""));
    let trace: Value = serde_json::from_str(&out).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let of = |phase: &'static str| events.iter().filter(move |event| event["ph"] == phase);
    let place = |event: &Value| (event["pid"].clone().as_u64(), event["tid"].as_u64());

    let named: BTreeSet<_> = of("M")
        .filter(|event| event["name"] == "thread_name")
        .map(place)
        .collect();
    let mut slices: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
    for slice in of("X") {
        assert!(named.contains(&place(slice)), "{slice}");
        let (ts, dur) = (
            slice["ts"].as_f64().unwrap(),
            slice["dur"].as_f64().unwrap(),
        );
        assert!(dur >= 0.0);
        let track = slices.entry(place(slice)).or_default();
        // One after the other: a thread of a trace may hold no two that overlap.
        let end = track.last().map_or(0.0, |(ts, dur)| ts + dur);
        assert!(ts >= end - 1e-6, "{slice} begins before {end}");
        track.push((ts, dur));
    }
    assert!(of("X").any(|slice| slice["name"] == "blocked" && slice["dur"].as_f64() > Some(0.0)));
    assert!(of("C").any(|counter| counter["name"] == "server receive queue, bytes"));

    let mut arrows: BTreeMap<u64, Vec<&Value>> = BTreeMap::new();
    for event in events {
        if let Some(id) = event["id"].as_u64() {
            arrows.entry(id).or_default().push(event);
        }
    }
    assert!(!arrows.is_empty());
    for arrow in arrows.values() {
        let phases: String = arrow
            .iter()
            .map(|event| event["ph"].as_str().unwrap())
            .collect();
        assert!(["stf", "sf"].contains(&&*phases), "{phases}");
        assert!(arrow.is_sorted_by_key(|event| event["ts"].as_f64().unwrap()));
        for event in arrow {
            let ts = event["ts"].as_f64().unwrap();
            let is_in = |(from, dur): &(f64, f64)| *from <= ts && ts <= from + dur + 1e-6;
            assert!(
                slices[&place(event)].iter().any(is_in),
                "{event} is in no slice"
            );
        }
    }
    let whole_arrows = arrows.values().filter(|arrow| arrow.len() == 3).count();
    assert!(whole_arrows > 0);
}

#[tokio::test]
async fn a_table_has_a_row_for_each_fact() {
    let whole = recorded().await;
    let files = Files::new();
    let path = files.write("run.ndjson", &whole);
    let table = files.0.path().join("table.csv");
    let to_table = ["convert", "--to", "csv", "-o", table.to_str().unwrap()];
    assert_eq!(
        said(&run(&to_table, &[&path])),
        (0, String::new(), String::new())
    );
    let text = fs::read_to_string(&table).unwrap();
    let help = said(&run(&["convert", "--help"], &[])).1;
    let columns = text.split("\r\n").next().unwrap();
    let unwrapped: String = help.split_whitespace().collect();
    assert!(unwrapped.contains(columns), "{help}");
    let facts = String::from_utf8(whole).unwrap();
    let is_fact = |line: &&str| {
        let not = ["header", "keyframe", "queues", "waiting"];
        !not.iter()
            .any(|name| line.contains(&format!(r#""event":"{name}""#)))
    };
    assert_eq!(
        text.split_terminator("\r\n").count() - 1,
        facts.lines().filter(is_fact).count()
    );
    // What is there already stays.
    let refused = run(&to_table, &[&path]);
    fails(&refused, 2, &["table.csv", "exists", "remove it"]);
    assert_eq!(fs::read_to_string(&table).unwrap(), text);

    // What was read up to the fault is written, as a whole table or trace.
    let broken = files.write("broken", format!("{facts}nonsense\n").as_bytes());
    for (form, ends) in [("csv", "\r\n"), ("perfetto", "]}\n")] {
        let (code, out, errors) = said(&run(&["convert", "--to", form], &[&broken]));
        assert_eq!(code, 1);
        assert!(
            errors.contains("not a JSON object") && out.ends_with(ends),
            "{errors}"
        );
    }
    // Whoever reads no more has read enough.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(binary())
        .args(["convert", "--to", "csv"])
        .arg(&path)
        .stdout(writer)
        .status();
    assert!(status.unwrap().success());
}
