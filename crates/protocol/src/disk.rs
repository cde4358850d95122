//! What the relay tells of a recording on its disk. Names, never paths.

use serde::{Deserialize, Serialize};

/// A recording: running, or the last that was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The file's name, without its folder.
    pub name: String,
    /// How long the file is, bytes; while it runs, told about once a second.
    pub bytes: u64,
    /// How it goes.
    pub state: RecordingState,
    /// Started by [`crate::Request::Record`], so that a page may stop it. The one of the command
    /// line runs to the relay's end.
    pub by_request: bool,
}

/// How a recording goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordingState {
    /// Records are being written.
    Running,
    /// It was stopped, and is whole.
    Stopped,
    /// It ended by itself. What was written before stays, up to the last whole line.
    Failed(RecordingFault),
}

/// Why a recording ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordingFault {
    /// No space is left, or no more is allowed.
    DiskFull,
    /// It is as long as a recording may be, and whole up to there.
    SizeReached,
    /// The system refused: errno, or 0 if it named none.
    Io(i32),
}
