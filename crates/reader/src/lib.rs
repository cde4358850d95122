//! Reads a recording beside the page, in a worker of the browser: bytes of a file in, messages of
//! [`protocol::wire`] out, as a relay would send them.
//!
//! A module of its own, so that only who opens a recording downloads it, and JSON stays out of the
//! page. Knows nothing of files, of gzip and of the page: `web/reading.js` does.

use protocol::{
    Record,
    json::Line,
    reading::{Fault, Reader},
    wire::{self, FromRelay},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// The most records of one message.
const BATCH_RECORDS_MAX: usize = 4096;
/// A message is sent when so many bytes of lines have been read for it.
const BATCH_BYTES_MAX: usize = 1 << 20;

/// The reading of one recording: `push` a chunk, take each `next` message until there is none,
/// and so on; after the last chunk `finish`, and take what is left.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Reading {
    reader: Reader,
    chunk: Vec<u8>,
    /// So much of the chunk is read.
    taken: usize,
    batch: Vec<Record>,
    batch_bytes: usize,
    end: End,
    fault: Option<Fault>,
}

#[derive(Debug, Default, PartialEq)]
enum End {
    #[default]
    MoreMayCome,
    /// The last line may have no line feed.
    LastLine,
    Reached,
}

#[wasm_bindgen]
impl Reading {
    /// Before the first byte.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Reading {
        Reading::default()
    }

    /// More bytes of the file, when `next` has no message left.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.chunk = chunk;
        self.taken = 0;
    }

    /// No more bytes will come.
    pub fn finish(&mut self) {
        if self.end == End::MoreMayCome {
            self.end = End::LastLine;
        }
    }

    /// The next message. None: push, or, after the end or a fault, that was all.
    // Not an iterator's: it goes on after None.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Vec<u8>> {
        while self.batch.len() < BATCH_RECORDS_MAX && self.batch_bytes < BATCH_BYTES_MAX {
            match self.line() {
                Ok(Some(Line::Record(record))) => self.batch.push(record),
                Ok(Some(Line::Header(header))) => {
                    return Some(wire::encode(&FromRelay::Header(Box::new(header))));
                }
                Ok(None) if self.end == End::MoreMayCome => return None,
                Ok(None) => break,
                Err(fault) => {
                    self.fault = Some(fault);
                    self.end = End::Reached;
                    break;
                }
            }
        }
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        (!batch.is_empty()).then(|| wire::encode(&FromRelay::Records(batch)))
    }

    fn line(&mut self) -> Result<Option<Line>, Fault> {
        if self.end == End::Reached {
            return Ok(None);
        }
        let mut rest = self.chunk.get(self.taken..).unwrap_or_default();
        let before = rest.len();
        let line = self.reader.read(&mut rest)?;
        self.batch_bytes += before - rest.len();
        self.taken = self.chunk.len() - rest.len();
        if line.is_none() && self.end == End::LastLine {
            self.end = End::Reached;
            return self.reader.finish();
        }
        Ok(line)
    }

    /// Good records so far.
    #[must_use]
    pub fn records(&self) -> f64 {
        self.reader.records() as f64
    }

    /// Lines so far.
    #[must_use]
    pub fn lines(&self) -> f64 {
        self.reader.lines() as f64
    }

    /// The file ended in the middle of a line.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.reader.is_cut_short()
    }

    /// The line that is wrong, from 1; 0 if none is.
    #[must_use]
    pub fn fault_line(&self) -> f64 {
        self.fault.as_ref().map_or(0.0, |fault| fault.line as f64)
    }

    /// What is wrong with it: [`protocol::reading::Why::code`].
    #[must_use]
    pub fn fault_code(&self) -> Option<String> {
        let fault = self.fault.as_ref();
        fault.map(|fault| fault.why.code().to_owned())
    }

    /// The same, in English.
    #[must_use]
    pub fn fault_text(&self) -> Option<String> {
        let fault = self.fault.as_ref();
        fault.map(|fault| fault.why.to_string())
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Event, Header, Run, Seq, Sources, json};

    use super::*;

    fn header() -> Header {
        Header {
            format: wire::VERSION,
            run: Run(1),
            started_unix_millis: 0,
            head: Seq(0),
            program: String::new(),
            system: String::new(),
            sources: Sources::linux(),
        }
    }

    fn records(count: u64) -> Vec<Record> {
        let record = |seq| Record {
            seq: Seq(seq),
            at_nanos: seq,
            event: match seq {
                0 => Event::Keyframe(Box::default()),
                _ => Event::Unknown(protocol::Unknown {
                    name: "later".into(),
                    fields: "{}".into(),
                }),
            },
        };
        (0..count).map(record).collect()
    }

    fn read(file: &str, chunk_bytes: usize) -> (Reading, Vec<FromRelay>) {
        let mut reading = Reading::new();
        let mut messages = Vec::new();
        let mut drain = |reading: &mut Reading| {
            while let Some(message) = reading.next() {
                messages.push(wire::decode(&message).unwrap());
            }
        };
        for chunk in file.as_bytes().chunks(chunk_bytes) {
            reading.push(chunk.to_owned());
            drain(&mut reading);
        }
        reading.finish();
        drain(&mut reading);
        (reading, messages)
    }

    #[test]
    fn batches_do_not_depend_on_chunks() {
        let records = records(10_000);
        let mut file = json::header_line(&header()) + "\n";
        for record in &records {
            file += &(json::record_line(record) + "\n");
        }
        for (ending, cut_short) in [("", false), ("{\"seq\":", true)] {
            let file = format!("{file}{ending}");
            let (reading, messages) = read(&file, file.len());
            assert_eq!(messages, read(&file, 100).1);
            assert_eq!(messages[0], FromRelay::Header(Box::new(header())));
            let mut found = Vec::new();
            for message in &messages[1..] {
                let FromRelay::Records(batch) = message else {
                    panic!("{message:?}");
                };
                assert!(batch.len() <= BATCH_RECORDS_MAX);
                found.extend(batch.clone());
            }
            assert_eq!(found, records);
            assert_eq!(reading.records(), 10_000.0);
            assert_eq!(reading.lines(), 10_001.0);
            assert_eq!(reading.is_cut_short(), cut_short);
            assert_eq!(reading.fault_code(), None);
        }
    }

    #[test]
    fn what_was_read_before_a_fault_stays() {
        let mut lines = vec![json::header_line(&header())];
        lines.extend(records(3).iter().map(json::record_line));
        lines.push("Dear reader,\n".into());
        let file = lines.join("\n");
        let (reading, messages) = read(&file, 7);
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[1], FromRelay::Records(records(3)));
        assert_eq!(reading.fault_line(), 5.0);
        assert_eq!(reading.fault_code().as_deref(), Some("line"));
        assert!(
            reading
                .fault_text()
                .unwrap()
                .starts_with("not a JSON object")
        );
    }
}
