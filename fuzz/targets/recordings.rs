//! A file that says it is a recording: read as the page's worker reads it and as the program reads it,
//! and played.

use std::borrow::Cow;

use model::{State, Timeline};
use protocol::{
    Header, Record,
    json::{self, Line},
    reading::{Fault, Reader},
    wire::{self, FromRelay},
};
use reader::Reading;

/// What stands before an input that begins with record 1, so that inputs are short: most of what
/// there is to find is in records.
const BEFORE: &[u8] = b"{\"event\":\"header\",\"format\":1,\"run\":\"0000000000000001\",\"started_unix_millis\":0,\
\"head\":0,\"program\":\"\",\"system\":\"\",\"sources\":{\"arrived\":\"measured\",\"segments\":\"measured\",\
\"receive_queue\":\"measured\",\"receive_window\":\"measured\",\"kernel_memory\":\"measured\",\"unsent\":\"measured\",\
\"in_flight\":\"measured\",\"rtt\":\"measured\",\"state\":\"measured\",\"waiting\":\"measured\"}}
{\"seq\":0,\"at_nanos\":0,\"event\":\"keyframe\",\"policy\":{\"read_when\":\"arrival\",\"bufsize\":1024,\"pause_millis\":0},\
\"accepted\":0,\"conns\":[]}
";

/// Reads, and plays what could be read.
pub fn run(data: &[u8]) {
    let data: Cow<[u8]> = match data {
        [b'{', b'"', b's', ..] => [BEFORE, data].concat().into(),
        _ => data.into(),
    };
    let file = read(&data, 1 + data.len() % 61);
    assert_eq!(read_by_the_worker(&data), file);
    let mut timeline = Timeline::default();
    let mut head = State::default();
    for record in &file.records {
        written_and_read_again(record);
        timeline.push(record.clone());
        // A hostile file breaks laws; that is told, and nothing worse.
        let _ = timeline.head().verify_after(record);
    }
    for entry in timeline.entries(0, timeline.len()) {
        head.apply(&entry.record, entry.shown);
    }
    assert_eq!(&head, timeline.head());
    let _ = head.verify().map_err(|fault| fault.to_string());
    seek(&mut timeline, &head);
    let focus = file.records.iter().find_map(|record| record.event.conn());
    if focus.is_some() {
        timeline.set_focus(focus);
        let head = timeline.head().clone();
        seek(&mut timeline, &head);
    }
}

/// All that was read of a file.
#[derive(Debug, Default, PartialEq)]
struct File {
    header: Option<Header>,
    records: Vec<Record>,
    lines: u64,
    cut_short: bool,
    fault: Option<(u64, String)>,
}

fn read(data: &[u8], chunk_bytes: usize) -> File {
    let mut reader = Reader::default();
    let mut file = File::default();
    let mut take = |line| match line {
        Line::Header(header) => file.header = Some(header),
        Line::Record(record) => file.records.push(record),
    };
    let mut chunks = data.chunks(chunk_bytes);
    let ended: Result<(), Fault> = (|| {
        for mut chunk in chunks.by_ref() {
            while let Some(line) = reader.read(&mut chunk)? {
                take(line);
            }
        }
        reader.finish()?.into_iter().for_each(&mut take);
        Ok(())
    })();
    file.lines = reader.lines();
    file.cut_short = reader.is_cut_short();
    file.fault = ended.err().map(|it| (it.line, it.why.to_string()));
    file
}

fn read_by_the_worker(data: &[u8]) -> File {
    let mut reading = Reading::new();
    let mut file = File::default();
    let mut take = |reading: &mut Reading| {
        while let Some(message) = reading.next() {
            match wire::decode(&message) {
                Ok(FromRelay::Header(header)) => file.header = Some(*header),
                Ok(FromRelay::Records(records)) => file.records.extend(records),
                other => panic!("the worker says {other:?}"),
            }
        }
    };
    reading.push(data.to_vec());
    take(&mut reading);
    reading.finish();
    take(&mut reading);
    file.lines = reading.lines() as u64;
    file.cut_short = reading.is_cut_short();
    let why = reading.fault_text();
    file.fault = why.map(|why| (reading.fault_line() as u64, why));
    file
}

fn written_and_read_again(record: &Record) {
    let line = json::record_line(record);
    match json::parse_line(&line) {
        Ok(Line::Record(again)) => assert_eq!(json::record_line(&again), line),
        other => panic!("{line}: {other:?}"),
    }
}

/// Seeks to and fro: any way to a moment shows the same state.
fn seek(timeline: &mut Timeline, head: &State) {
    let count = timeline.len();
    for count in [count / 2, 0, count] {
        timeline.state_after(count);
    }
    assert_eq!(timeline.state_after(count), head);
    let shown = timeline.entries(0, count).map(|entry| entry.shown);
    assert!(shown.is_sorted(), "the show goes back");
    let (start, end) = (timeline.start(), timeline.end());
    assert!(start <= end);
    assert_eq!(timeline.state_at(end), head);
    let _ = timeline.density(start, end, 16);
    timeline.levels(start, end).count();
    timeline.batches(0, u64::MAX).count();
    timeline.idle(start, end).count();
    for marker in timeline.markers() {
        let _ = timeline.show_of(marker.at);
    }
}
