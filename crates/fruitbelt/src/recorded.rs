//! A recording on disk or on standard input, plain or packed by gzip, line by line.
//!
//! Knows nothing of what is in a record. However long the file is, little of it is held.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, ErrorKind, IsTerminal, Read},
    path::Path,
};

use anyhow::{Context, ensure};
use flate2::bufread::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use protocol::{
    Header,
    json::Line,
    reading::{Fault, Reader},
};

const BUFFER_BYTES: usize = 256 << 10;
/// From so many bytes on, whoever watches a terminal is told how far it is.
const LONG_BYTES: u64 = 64 << 20;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// An open file that is to be a recording.
pub struct Recorded {
    /// As it was named.
    pub name: String,
    input: Box<dyn BufRead>,
    reader: Reader,
    /// Packed, and the end of the packing is missing.
    cut_short: bool,
    progress: ProgressBar,
}

/// Why a file cannot be read on.
#[derive(Debug)]
pub enum Trouble {
    /// A line is wrong.
    Fault(Fault),
    /// The disk, or the packing.
    Io(io::Error),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Fault(fault) => fault.fmt(f),
            Trouble::Io(error) => write!(f, "cannot be read on: {error}"),
        }
    }
}

impl Recorded {
    /// `-` is standard input.
    ///
    /// # Errors
    /// One line that names the file.
    pub fn open(path: &Path) -> anyhow::Result<Recorded> {
        let name = path.display().to_string();
        let progress = ProgressBar::hidden();
        let raw: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(path).with_context(|| name.clone())?;
            let about = file.metadata().with_context(|| name.clone())?;
            ensure!(!about.is_dir(), "{name}: a folder; name the files in it");
            if about.len() >= LONG_BYTES && io::stderr().is_terminal() {
                progress.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                progress.set_length(about.len());
                let style =
                    ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta}");
                progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            }
            Box::new(progress.wrap_read(file))
        };
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, raw);
        // A pipe may give less at first: what is asked for is at least its beginning.
        let mut first = Vec::new();
        let peeked = raw.by_ref().take(GZIP.len() as u64).read_to_end(&mut first);
        peeked.with_context(|| name.clone())?;
        let is_packed = first == GZIP;
        let whole = io::Cursor::new(first).chain(raw);
        let input: Box<dyn BufRead> = if is_packed {
            let unpacked = MultiGzDecoder::new(whole);
            Box::new(BufReader::with_capacity(BUFFER_BYTES, unpacked))
        } else {
            Box::new(whole)
        };
        Ok(Recorded {
            name,
            input,
            reader: Reader::default(),
            cut_short: false,
            progress,
        })
    }

    /// The next line that says something; None at the end.
    ///
    /// # Errors
    /// What was read before stays good.
    pub fn next(&mut self) -> Result<Option<Line>, Trouble> {
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    self.cut_short = true;
                    &[]
                }
                Err(error) => return Err(Trouble::Io(error)),
            };
            if chunk.is_empty() {
                self.progress.finish_and_clear();
                return self.reader.finish().map_err(Trouble::Fault);
            }
            let mut rest = chunk;
            let read = self.reader.read(&mut rest);
            let taken = chunk.len() - rest.len();
            self.input.consume(taken);
            if let Some(line) = read.map_err(Trouble::Fault)? {
                return Ok(Some(line));
            }
        }
    }

    /// None: nothing says that this is a recording.
    pub fn header(&self) -> Option<&Header> {
        self.reader.header()
    }

    /// The number of the line that was read last.
    pub fn line(&self) -> u64 {
        self.reader.lines()
    }

    pub fn records(&self) -> u64 {
        self.reader.records()
    }

    /// The end is missing.
    pub fn is_cut_short(&self) -> bool {
        self.cut_short || self.reader.is_cut_short()
    }
}
