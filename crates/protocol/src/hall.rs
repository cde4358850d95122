//! The lecture hall: who may do what, who watches, and where the lecturer is in the show.

use serde::{Deserialize, Serialize};

use crate::Conn;

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

/// How many watch, and how: told to the lecturer, at most once a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Viewers, without the lecturer's own windows.
    pub watching: u32,
    /// Of those, how many look around by themselves.
    pub let_go: u32,
    /// The answers to the question on the wall.
    pub answers: Option<Answers>,
}

/// How many chose each answer of a question. Everybody counts once, with the last choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The lesson's name.
    pub lesson: String,
    /// Which step, from 0.
    pub step: u32,
    /// For each answer in the lesson's order, how many chose it. Ends with the last one chosen.
    pub chosen: Vec<u32>,
}

impl Answers {
    /// The most answers of a question.
    pub const CHOICES_MAX: u32 = 16;
}

/// Where the lecturer's page is in the show: those who follow go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// In the records of the lesson that is being given, not in the relay's own.
    pub of_lesson: bool,
    /// The moment of the show, nanoseconds since the run began. None: as it comes, live.
    pub at_nanos: Option<u64>,
    /// The picture stands there; otherwise it plays on from there.
    pub is_paused: bool,
    /// The connection looked at.
    pub focus: Option<Conn>,
}
