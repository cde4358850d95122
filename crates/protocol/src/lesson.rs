//! Lessons on the wire: the steps of a lesson's script among the records, and which lesson is on the
//! wall, so that a second tab keeps in step. What a lesson *is* is the business of `lessons`.

use serde::{Deserialize, Serialize};

use crate::{Conn, End, Run};

/// A lesson's script begins a step: what follows, up to the next one, belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The lesson's name.
    pub lesson: String,
    /// Which step, from 0. The number of all steps: the script has ended, and has found what it
    /// waited for.
    pub step: u32,
}

/// All that a demonstration client has read is compared, byte for byte, with what it has sent; the
/// server's stamps are left out. Made by the script of a lesson, out of what the client's program
/// really read: a recording holds no such contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The connection.
    pub conn: Conn,
    /// Always the client's end.
    pub end: End,
    /// How many bytes it was told to send.
    pub sent: u64,
    /// How many came back, without stamps.
    pub came_back: u64,
    /// How many of those, from the first on, are the ones that were sent, in that order.
    pub same: u64,
}

/// The lesson that is being given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lecture {
    /// The lesson's name.
    pub lesson: String,
    /// The run of its records: they come from the mirror of lessons, not from the relay's own.
    pub run: Run,
    /// The step on the wall, from 0.
    pub step: u32,
    /// The question of that step is answered.
    pub revealed: bool,
    /// How many answers there are to choose from. 0: nobody is asked.
    pub choices: u32,
    /// How often this question was asked before in this run: shown without its answer after that was
    /// revealed, it is asked anew, and what was chosen before does not count.
    pub asked_before: u32,
    /// How the script goes.
    pub state: LectureState,
}

/// How a lesson's script goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LectureState {
    /// It plays a step.
    Running,
    /// It has played what is on the wall, and waits to be sent on.
    Waiting,
    /// All steps are played.
    Finished,
    /// What it waited for did not come, in words of the runner.
    Failed(String),
}

/// What a viewer may ask about lessons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LessonRequest {
    /// Begin a lesson, from its first step; one that is being given ends.
    Begin {
        /// Its name.
        lesson: String,
    },
    /// Show a step. The script plays up to its end, if it has not yet.
    Show {
        /// Which, from 0.
        step: u32,
        /// With the answer to its question.
        revealed: bool,
    },
    /// No lesson any more.
    End,
}

impl LessonRequest {
    /// The longest name of a lesson, bytes.
    pub const NAME_BYTES_MAX: usize = 64;
}
