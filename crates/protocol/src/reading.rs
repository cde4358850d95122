//! Reads a recording, a file of JSON lines, from chunks of any size: header first, then records.
//!
//! Knows nothing of files and of compression. Whoever made the file may mean harm: what is held is
//! bounded by [`LINE_BYTES_MAX`], nothing panics, and the first line that is wrong is named. What
//! was read up to there is good.
//!
//! A recording may begin anywhere in its run, but with a keyframe. From there the numbers have no
//! hole, and time never goes back. A last line that ends in its middle is left out: whoever wrote
//! it was killed, or the file is still being written. Empty lines are left out, too.

use crate::{
    Event, Header, Record, Seq,
    json::{self, Line, LineError},
    wire,
};

/// The longest line, bytes. A keyframe of as many connections as a relay takes fits in.
pub const LINE_BYTES_MAX: usize = 4 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads one recording.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
    lines: u64,
    header: Option<Box<Header>>,
    records: u64,
    last: Option<Last>,
    cut_short: bool,
    fault: Option<Fault>,
}

/// What the next record must follow.
#[derive(Clone, Copy, Debug)]
struct Last {
    seq: Seq,
    at_nanos: u64,
    /// After records were lost, only a keyframe says how things stand.
    keyframe_due: bool,
}

/// Where a file stops being a recording, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Fault {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The file is empty.
    #[error("the file is empty; a recording begins with a header")]
    Empty,
    /// Zeros, control characters or bytes that are no UTF-8.
    #[error("binary data; a recording is lines of JSON, plain or packed by gzip")]
    Binary,
    /// As some shells on Windows write it.
    #[error("text in UTF-16; save it as UTF-8")]
    Utf16,
    /// See [`LINE_BYTES_MAX`].
    #[error("longer than {LINE_BYTES_MAX} bytes; is this a recording?")]
    TooLong,
    /// Text, but not a line of a recording.
    #[error("{0}")]
    Line(String),
    /// Something else stands first.
    #[error("no header; a recording is a whole file, as `--record` or /events.ndjson gave it")]
    NoHeader,
    /// A header of another version.
    #[error(
        "format {found}, and this program reads format {}; open it with a newer Fruitbelt",
        wire::VERSION
    )]
    Format {
        /// The version found.
        found: u64,
    },
    /// Two recordings in one file.
    #[error("a second header; what begins here is another recording: give it a file of its own")]
    SecondHeader,
    /// Nothing is known of what was before.
    #[error(
        "record {found} comes where a keyframe is due; record from /events.ndjson without `after`"
    )]
    NoKeyframe {
        /// The record.
        found: Seq,
    },
    /// A record is missing, or comes twice.
    #[error("record {found} follows record {after}; lines were lost, repeated or sorted")]
    Hole {
        /// The last number before.
        after: Seq,
        /// The number found.
        found: Seq,
    },
    /// A record that was before the one before it.
    #[error(
        "time goes back: record {seq} was at {at_nanos} ns, the one before it at {after_nanos}"
    )]
    TimeWentBack {
        /// The record.
        seq: Seq,
        /// Its time.
        at_nanos: u64,
        /// The time of the record before it.
        after_nanos: u64,
    },
}

impl Why {
    /// A short name that stays, for programs and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Why::Empty => "empty",
            Why::Binary => "binary",
            Why::Utf16 => "utf16",
            Why::TooLong => "too_long",
            Why::Line(_) => "line",
            Why::NoHeader => "no_header",
            Why::Format { .. } => "format",
            Why::SecondHeader => "second_header",
            Why::NoKeyframe { .. } => "no_keyframe",
            Why::Hole { .. } => "hole",
            Why::TimeWentBack { .. } => "time_went_back",
        }
    }
}

impl From<LineError> for Why {
    fn from(error: LineError) -> Why {
        Why::Line(error.to_string())
    }
}

impl Reader {
    /// Takes from the chunk up to the end of the next line that says something. None: the chunk is
    /// used up.
    ///
    /// # Errors
    /// The first line that is wrong, then and ever after.
    pub fn read(&mut self, chunk: &mut &[u8]) -> Result<Option<Line>, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        while let Some(end) = memchr::memchr(b'\n', chunk) {
            let (line, rest) = chunk.split_at(end);
            *chunk = rest.get(1..).unwrap_or_default();
            let read = if self.begun.is_empty() {
                self.take(line)
            } else {
                self.hold(line);
                let begun = std::mem::take(&mut self.begun);
                let read = self.take(&begun);
                self.begun = begun;
                self.begun.clear();
                read
            };
            if let Some(line) = read? {
                return Ok(Some(line));
            }
        }
        self.hold(std::mem::take(chunk));
        if self.begun.len() > LINE_BYTES_MAX {
            let begun = std::mem::take(&mut self.begun);
            return self.take(&begun);
        }
        Ok(None)
    }

    /// The file has ended: the last line may have no line feed.
    ///
    /// # Errors
    /// It is wrong, or there was no header at all.
    pub fn finish(&mut self) -> Result<Option<Line>, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let begun = std::mem::take(&mut self.begun);
        if self.header.is_some() && is_cut_short(&begun) {
            self.cut_short = true;
            return Ok(None);
        }
        let read = match begun.is_empty() {
            true => Ok(None),
            false => self.take(&begun),
        };
        if self.header.is_none() && read.is_ok() {
            return Err(self.broken(Why::Empty));
        }
        read
    }

    /// What stood first.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_deref()
    }

    /// Lines so far, the empty ones and the wrong one among them.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Good records so far.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The file ended in the middle of a line.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    /// Keeps the beginning of a line: no more of it than shows that it is too long.
    fn hold(&mut self, bytes: &[u8]) {
        let room = (LINE_BYTES_MAX + 1).saturating_sub(self.begun.len());
        self.begun
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn take(&mut self, line: &[u8]) -> Result<Option<Line>, Fault> {
        self.lines += 1;
        self.understand(line).map_err(|why| self.broken(why))
    }

    fn broken(&mut self, why: Why) -> Fault {
        let line = self.lines.max(1);
        let fault = Fault { line, why };
        self.fault = Some(fault.clone());
        fault
    }

    fn understand(&mut self, line: &[u8]) -> Result<Option<Line>, Why> {
        if let Some(beginning) = line.get(..=LINE_BYTES_MAX) {
            return Err(if is_binary(beginning) {
                Why::Binary
            } else {
                Why::TooLong
            });
        }
        let mut line = line;
        if self.lines == 1 {
            if line.starts_with(b"\xFF\xFE") || line.starts_with(b"\xFE\xFF") {
                return Err(Why::Utf16);
            }
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let Ok(text) = std::str::from_utf8(line) else {
            return Err(Why::Binary);
        };
        let text = text.trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        let Some(_) = &self.header else {
            let header = header(text)?;
            self.header = Some(Box::new(header.clone()));
            return Ok(Some(Line::Header(header)));
        };
        match json::parse_line(text) {
            Ok(Line::Record(record)) => {
                self.follow(&record)?;
                self.records += 1;
                Ok(Some(Line::Record(record)))
            }
            Ok(Line::Header(_)) => Err(Why::SecondHeader),
            Err(_) if is_binary(line) => Err(Why::Binary),
            Err(error) => Err(error.into()),
        }
    }

    /// A keyframe and `dropped` bear the number of the last record that they stand for.
    fn follow(&mut self, record: &Record) -> Result<(), Why> {
        let found = record.seq;
        let is_keyframe = matches!(record.event, Event::Keyframe(_));
        let last = self.last.filter(|last| is_keyframe || !last.keyframe_due);
        match last {
            None if is_keyframe => {}
            None => return Err(Why::NoKeyframe { found }),
            Some(last) => {
                let expected = match &record.event {
                    Event::Keyframe(_) => last.seq,
                    Event::Dropped(dropped) => Seq(last.seq.0.saturating_add(dropped.records)),
                    _ => last.seq.next(),
                };
                if found != expected {
                    let after = last.seq;
                    return Err(Why::Hole { after, found });
                }
                if record.at_nanos < last.at_nanos {
                    return Err(Why::TimeWentBack {
                        seq: found,
                        at_nanos: record.at_nanos,
                        after_nanos: last.at_nanos,
                    });
                }
            }
        }
        self.last = Some(Last {
            seq: found,
            at_nanos: record.at_nanos,
            keyframe_due: matches!(record.event, Event::Dropped(_)),
        });
        Ok(())
    }
}

fn header(text: &str) -> Result<Header, Why> {
    /// Of a header of any version.
    #[derive(serde::Deserialize)]
    struct Any<'a> {
        event: &'a str,
        format: u64,
    }
    match serde_json::from_str(text) {
        Ok(Any { event, format }) if event == "header" && format != u64::from(wire::VERSION) => {
            return Err(Why::Format { found: format });
        }
        _ => {}
    }
    match json::parse_line(text) {
        Ok(Line::Header(header)) => Ok(header),
        Err(LineError::Event { name, source }) if name == "header" => {
            Err(LineError::Event { name, source }.into())
        }
        _ if is_binary(text.as_bytes()) => Err(Why::Binary),
        _ => Err(Why::NoHeader),
    }
}

/// JSON writes control characters as escapes.
fn is_binary(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
}

/// A line that would be one if it went on.
fn is_cut_short(line: &[u8]) -> bool {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        // In the middle of a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(line.get(..error.valid_up_to()).unwrap_or_default())
                .unwrap_or_default()
        }
        Err(_) => return false,
    };
    let begins = text.trim_ascii_start().starts_with('{');
    begins && json::parse_line(text).is_err_and(|error| error.is_cut_short())
}
