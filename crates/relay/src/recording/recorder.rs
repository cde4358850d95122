//! One recording: takes frames from the journal and appends them to a file as JSON lines.
//!
//! Each sealed frame is written at once, so whatever ends this program takes at most what was not
//! sealed yet. It may fall behind by all that the journal holds; if the disk is slower still, the
//! loss stands in the file as `dropped`, with a keyframe behind it. Knows nothing of who asked.

use std::{
    io,
    time::{Duration, Instant},
};

use protocol::{Header, Recording, RecordingFault, RecordingState};
use tokio_util::sync::CancellationToken;

use super::NewFile;
use crate::{Journal, Reader, lines};

/// How often viewers are told how long the file is.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// What one recording needs.
#[derive(Debug)]
pub struct Recorder {
    file: NewFile,
    reader: Reader,
    stop: CancellationToken,
    by_request: bool,
    /// Records that the disk was too slow for.
    lost: u64,
    /// The most bytes of the file.
    bytes_max: u64,
}

/// How a recording came to its end.
enum End {
    Stopped,
    /// It is as long as it may be.
    Full,
}

impl Recorder {
    /// Nothing is written yet.
    pub fn new(
        file: NewFile,
        reader: Reader,
        stop: CancellationToken,
        by_request: bool,
        bytes_max: u64,
    ) -> Recorder {
        Recorder {
            file,
            reader,
            stop,
            by_request,
            lost: 0,
            bytes_max,
        }
    }

    /// What viewers are told of it.
    pub fn told(&self, state: RecordingState) -> Recording {
        Recording {
            name: self.file.name(),
            bytes: self.file.bytes(),
            state,
            by_request: self.by_request,
        }
    }

    /// Records until it is told to stop, and then up to that moment; or until the system refuses.
    /// Blocks its thread. `tell` is told how it goes, now and then; returned is how it ended.
    pub fn run(
        mut self,
        header: &Header,
        journal: &Journal,
        tell: impl Fn(Recording),
    ) -> Recording {
        let recorded = self.record(header, journal, tell);
        let path = self.file.path().display();
        let state = match recorded {
            Ok(End::Stopped) => {
                tracing::info!("recorded {path}: {} bytes", self.file.bytes());
                RecordingState::Stopped
            }
            Ok(End::Full) => {
                tracing::warn!(
                    "the recording {path} ends, whole, with {} bytes: --max-recording-mib allows {} MiB; the relay goes on",
                    self.file.bytes(),
                    self.bytes_max >> 20
                );
                RecordingState::Failed(RecordingFault::SizeReached)
            }
            Err(error) => {
                let fault = fault(&error);
                let remedy = match fault {
                    RecordingFault::DiskFull => "make room and start another one",
                    RecordingFault::SizeReached | RecordingFault::Io(_) => {
                        "what was recorded before stays"
                    }
                };
                tracing::error!(
                    "the recording {path} ends after {} bytes: {error}; {remedy}; the relay goes on",
                    self.file.bytes()
                );
                RecordingState::Failed(fault)
            }
        };
        self.told(state)
    }

    fn record(
        &mut self,
        header: &Header,
        journal: &Journal,
        tell: impl Fn(Recording),
    ) -> io::Result<End> {
        // Without timers and sockets: the journal and the token wake it.
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        self.file.append(&lines::header(header))?;
        let mut told_at = Instant::now();
        loop {
            let (stop, reader) = (&self.stop, &mut self.reader);
            let frame = runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => None,
                    frame = reader.next() => Some(frame),
                }
            });
            let Some(frame) = frame else { break };
            if !self.write(&frame)? {
                return self.file.sync().map(|()| End::Full);
            }
            if told_at.elapsed() >= TOLD_EVERY {
                told_at = Instant::now();
                tell(self.told(RecordingState::Running));
            }
        }
        journal.seal();
        let last = journal.head();
        while !self.reader.is_at(last) {
            let Some(frame) = self.reader.take() else {
                break;
            };
            if !self.write(&frame)? {
                return self.file.sync().map(|()| End::Full);
            }
        }
        self.file.sync().map(|()| End::Stopped)
    }

    /// False: it would be longer than it may be, and is left out whole.
    fn write(&mut self, frame: &[u8]) -> io::Result<bool> {
        let lines = lines::of(frame);
        if self.file.bytes() + lines.len() as u64 > self.bytes_max {
            return Ok(false);
        }
        self.file.append(&lines)?;
        let lost = self.reader.lost();
        if lost > self.lost {
            tracing::warn!(
                "the disk is slower than the records: {} of them are missing in {}, {lost} in all",
                lost - self.lost,
                self.file.path().display()
            );
            self.lost = lost;
        }
        Ok(true)
    }
}

/// What viewers are told of an error.
pub fn fault(error: &io::Error) -> RecordingFault {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => RecordingFault::DiskFull,
        _ => RecordingFault::Io(error.raw_os_error().unwrap_or(0)),
    }
}
