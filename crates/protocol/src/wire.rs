//! The page's form: a version byte, then postcard. One WebSocket message is one [`FromRelay`] or
//! one [`FromPage`].

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Answers, Audience, Hall, Header, Lecture, Moment, Record, Recording, Refusal, Request,
};

/// The first byte of each message, and the `format` of the header. Another one is another language.
pub const VERSION: u8 = 1;

/// The largest message that the relay takes from a page, bytes.
pub const FROM_PAGE_BYTES_MAX: usize = 4096;

/// What the relay says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromRelay {
    /// Once, before all else.
    Header(Box<Header>),
    /// A sealed batch, shared by all viewers.
    Records(Vec<Record>),
    /// Of the request that bore `id`: taken up, or why not.
    Answer {
        /// The request's id.
        id: u32,
        /// None: taken up.
        refusal: Option<Refusal>,
    },
    /// Each second. Page scripts cannot see WebSocket pings, so silence is judged by this.
    Beat {
        /// The relay's clock, nanoseconds since the run began.
        at_nanos: u64,
    },
    /// To each viewer that joins, and on every change. None: nothing was recorded yet.
    Recording(Option<Recording>),
    /// To each viewer that joins, and on every change. None: no lesson is being given.
    Lesson(Option<Box<Lecture>>),
    /// To each viewer that joins, and on every change.
    Hall(Box<Hall>),
    /// To lecturers, on every change, at most once a second.
    Audience(Audience),
    /// To whoever joins, if there is one, and on every change, also to whoever has told it. None: no
    /// lecturer tells any more.
    Moment(Option<Moment>),
    /// On every change, at most once a second: to lecturers at once, to all others once the question
    /// is answered. None: there is no question on the wall, or it is not answered yet.
    Answers(Option<Answers>),
}

/// What a page says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromPage {
    /// Chosen by the page; comes back in the answer.
    pub id: u32,
    /// The wish.
    pub request: Request,
}

/// Why a message could not be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// No bytes at all.
    #[error("an empty message")]
    Empty,
    /// Another version speaks.
    #[error("version {found} of the format; this program speaks {VERSION}")]
    Version {
        /// The first byte.
        found: u8,
    },
    /// Not what this version writes.
    #[error("a damaged message")]
    Damaged,
}

/// Encodes one message.
#[must_use]
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    // Plain data into a Vec: postcard can fail only for sequences of unknown length, which none
    // of our types has; a message of the version byte alone would be told as damaged.
    postcard::to_extend(message, vec![VERSION]).unwrap_or_default()
}

/// Decodes one message; trailing bytes make it damaged.
///
/// # Errors
/// See [`WireError`].
pub fn decode<T: DeserializeOwned>(message: &[u8]) -> Result<T, WireError> {
    match message {
        [] => Err(WireError::Empty),
        [VERSION, body @ ..] => match postcard::take_from_bytes(body) {
            Ok((value, [])) => Ok(value),
            _ => Err(WireError::Damaged),
        },
        [found, ..] => Err(WireError::Version { found: *found }),
    }
}
