//! The lecture hall: who may do what, who watches, and where the lecturer is in the show.

use serde::{Deserialize, Serialize};

use crate::{Conn, Run, Seq};

/// What somebody may do; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Right {
    /// Watches, and follows the lecturer or lets go.
    Viewer,
    /// Also answers questions, and connects programs to the echo server.
    Participant,
    /// Drives: policy, send, close, lessons, recording.
    Lecturer,
}

/// Who you are here, and who can see what: told to each viewer that joins, and on every change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hall {
    /// What this viewer may do.
    pub right: Right,
    /// What somebody without the lecturer's link may do. None: nobody else can reach this relay.
    pub guests: Option<Right>,
    /// Guests see the lengths of what is sent, not its bytes.
    pub bytes_hidden: bool,
    /// Where guests find the page, for people to type.
    pub page: Option<String>,
    /// Where guests' programs connect.
    pub echo: Option<String>,
}

/// How many watch, and how: told to lecturers, at most once a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Viewers, without the lecturer's own windows.
    pub watching: u32,
    /// Of those, how many look around by themselves.
    pub let_go: u32,
}

/// How many chose each answer of the question on the wall. Everybody counts once, with the last
/// choice. Told to lecturers as they come, at most once a second; to all others only once the answer
/// is revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The run of the lesson.
    pub run: Run,
    /// Which step, from 0.
    pub step: u32,
    /// See [`crate::Lecture::asked_before`].
    pub asked_before: u32,
    /// For each answer in the lesson's order, how many chose it.
    pub chosen: Vec<u32>,
}

impl Answers {
    /// The most answers of a question.
    pub const CHOICES_MAX: u32 = 16;
}

/// Where the lecturer's page is in the show: those who follow go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// A random number of the window that tells it, by which that knows its own: the relay may hold
    /// an old socket of the same window.
    pub by: u64,
    /// Whose records are shown: the relay's own, or those of a lesson.
    pub run: Run,
    /// The moment that is shown. None: as it comes, live.
    pub at: Option<At>,
    /// The picture stands there; otherwise it plays on from there.
    pub is_paused: bool,
    /// How it plays.
    pub pace: Pace,
    /// What is on the stage.
    pub picture: Picture,
    /// The connection looked at.
    pub focus: Option<Conn>,
}

/// A moment told by a record: the same in each copy of the records, however long each copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The record that is shown last.
    pub seq: Seq,
    /// Milliseconds of show since then.
    pub millis_after: u32,
}

/// How a show plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// Each event gets the time that a person needs.
    #[default]
    Paced,
    /// At the end of what is recorded, in real time.
    Following,
    /// So many thousandths as slow as it was: 10,000 is a tenth of the speed.
    Slow {
        /// 1 at least.
        thousandths: u32,
    },
}

/// What is on the stage: a picture of the records. All show the same state at the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// The conveyor belt: one cutaway drawing of the connection in focus.
    #[default]
    Belt,
    /// The byte stream itself as the layout: one offset axis, four floors of cuts.
    Cut,
    /// All connections as small belts.
    All,
    /// The nine steps from socket to close, in two lanes.
    Steps,
    /// Datagrams: parcels that motorcycles carry one by one.
    Courier,
}
