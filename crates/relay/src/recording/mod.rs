//! Recordings on disk: which are running, who started them, and what viewers are told of them.
//!
//! One is of the command line and runs to the end; one at a time is started and stopped by request.
//! Each has a thread of its own that pulls from the journal like a viewer, so that no disk is ever
//! waited for by an echo. A page names no path: the relay makes the name. Knows nothing of what
//! records mean.

mod file;
mod recorder;

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::{Header, Recording, RecordingState, Refusal};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use file::NewFile;
use recorder::Recorder;

use crate::{Journal, Limits, StartError};

/// What the name of a recording ends with.
pub const SUFFIX: &str = ".ndjson";
/// So many names are tried for a recording by request.
const NAMES_MAX: u32 = 100;
/// So long a disk may take to have what was recorded before the end.
const GRACE: Duration = Duration::from_secs(10);

/// All recordings of one relay.
#[derive(Debug)]
pub struct Recordings {
    journal: Arc<Journal>,
    /// Where those by request go.
    dir: Option<PathBuf>,
    /// The most that are made by request.
    recordings_max: u32,
    /// The most bytes of each.
    bytes_max: u64,
    /// What changed last.
    told: watch::Sender<Option<Recording>>,
    by_request: Mutex<ByRequest>,
    /// Their threads.
    running: TaskTracker,
    ending: CancellationToken,
}

#[derive(Debug, Default)]
struct ByRequest {
    /// Stops the one that is running; gone when its file is whole.
    running: Option<CancellationToken>,
    /// How many were begun.
    begun: u32,
}

impl Recordings {
    /// Nothing is recorded.
    pub fn new(journal: Arc<Journal>, dir: Option<PathBuf>, limits: &Limits) -> Arc<Recordings> {
        Arc::new(Recordings {
            journal,
            dir,
            recordings_max: limits.recordings,
            bytes_max: limits.recording_bytes,
            told: watch::Sender::new(None),
            by_request: Mutex::default(),
            running: TaskTracker::new(),
            ending: CancellationToken::new(),
        })
    }

    /// What viewers are told, now and on every change.
    pub fn told(&self) -> watch::Receiver<Option<Recording>> {
        self.told.subscribe()
    }

    /// How many are being written.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Records from now on into a file, to the end.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn record(self: &Arc<Self>, file: NewFile, header: Header) -> io::Result<()> {
        self.start(file, header, self.ending.child_token(), false)
    }

    /// Starts a recording by request. Waits for the disk; if that refuses, viewers are told so as of
    /// any other recording.
    ///
    /// # Errors
    /// There is no folder for it, one is running, or enough were made.
    pub fn start_by_request(self: &Arc<Self>, header: Header) -> Result<(), Refusal> {
        let dir = self.dir.as_ref().ok_or(Refusal::NoRecordDir)?;
        let mut by_request = self.by_request();
        if by_request.running.is_some() {
            return Err(Refusal::AlreadyRecording);
        }
        if by_request.begun >= self.recordings_max {
            let limit = self.recordings_max;
            return Err(Refusal::TooManyRecordings { limit });
        }
        let name = name(&header, chrono::Local::now().naive_local());
        let stop = self.ending.child_token();
        let started =
            create(dir, &name).and_then(|file| self.start(file, header, stop.clone(), true));
        match started {
            Ok(()) => {
                by_request.running = Some(stop);
                by_request.begun += 1;
            }
            Err(error) => {
                tracing::error!("no recording can be made in {}: {error}", dir.display());
                self.tell(Recording {
                    name: name + SUFFIX,
                    bytes: 0,
                    state: RecordingState::Failed(recorder::fault(&error)),
                    by_request: true,
                });
            }
        }
        Ok(())
    }

    /// Stops the recording by request. That its file is whole is told to the viewers.
    ///
    /// # Errors
    /// There is no folder for any, or none is running.
    pub fn stop_by_request(&self) -> Result<(), Refusal> {
        if self.dir.is_none() {
            return Err(Refusal::NoRecordDir);
        }
        match &self.by_request().running {
            Some(stop) if !stop.is_cancelled() => {
                stop.cancel();
                Ok(())
            }
            _ => Err(Refusal::NotRecording),
        }
    }

    /// Ends all recordings with what the journal has at this moment, and waits until their files
    /// are whole.
    pub async fn end(&self) {
        self.ending.cancel();
        self.running.close();
        if tokio::time::timeout(GRACE, self.running.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "the disk has not taken all of a recording in {} s; its end is missing",
                GRACE.as_secs()
            );
        }
    }

    fn start(
        self: &Arc<Self>,
        file: NewFile,
        header: Header,
        stop: CancellationToken,
        by_request: bool,
    ) -> io::Result<()> {
        let (reader, head) = self.journal.read_from_now();
        let recorder = Recorder::new(file, reader, stop, by_request, self.bytes_max);
        let begun = recorder.told(RecordingState::Running);
        // In a file: the last record before it began.
        let header = Header { head, ..header };
        let recordings = Arc::clone(self);
        let token = self.running.token();
        let work = move || {
            let ended = recorder.run(&header, &recordings.journal, |recording| {
                recordings.tell_progress(recording);
            });
            if by_request {
                recordings.by_request().running = None;
            }
            recordings.tell(ended);
            drop(token);
        };
        // Before the thread can tell more.
        self.tell(begun);
        let spawned = std::thread::Builder::new()
            .name("recorder".into())
            .spawn(work);
        spawned.map(drop)
    }

    fn tell(&self, recording: Recording) {
        self.told.send_replace(Some(recording));
    }

    /// That a file has grown is no news if another one was told of since.
    fn tell_progress(&self, recording: Recording) {
        self.told.send_if_modified(|told| {
            let is_same = told
                .as_ref()
                .is_some_and(|told| told.name == recording.name);
            if is_same {
                *told = Some(recording);
            }
            is_same
        });
    }

    fn by_request(&self) -> MutexGuard<'_, ByRequest> {
        // Nothing in there can panic half-way through a change.
        self.by_request
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file of that name, or of one like it.
fn create(dir: &Path, name: &str) -> io::Result<NewFile> {
    let mut refused = io::ErrorKind::AlreadyExists.into();
    for attempt in 1..=NAMES_MAX {
        let again = match attempt {
            1 => String::new(),
            again => format!("-{again}"),
        };
        match NewFile::make(&dir.join(format!("{name}{again}{SUFFIX}"))) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => refused = error,
            other => return other,
        }
    }
    Err(refused)
}

/// What a recording of this run is called without its suffix: after the wall clock and the run, as
/// in `fruitbelt-20261123-024500-0123abcd`.
pub fn name(header: &Header, now: chrono::NaiveDateTime) -> String {
    let run = header.run.to_string();
    let run = run.get(..8).unwrap_or_default();
    format!("fruitbelt-{}-{run}", now.format("%Y%m%d-%H%M%S"))
}

/// Can recordings be made there?
///
/// # Errors
/// [`StartError::RecordDir`].
pub fn check_record_dir(dir: &Path) -> Result<(), StartError> {
    let probe = dir.join(format!(".fruitbelt-{}", std::process::id()));
    let tried = std::fs::metadata(dir).and_then(|found| {
        if !found.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&probe)?;
        std::fs::remove_file(&probe)
    });
    tried.map_err(|source| StartError::RecordDir {
        dir: dir.to_owned(),
        source,
    })
}
