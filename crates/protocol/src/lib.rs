//! The vocabulary on the wire and on disk: what the relay says, and what it may be asked.
//!
//! Knows nothing of logic (what a record *means* is `model`'s business) and nothing of I/O.
//!
//! One [`Record`] has two forms with one meaning: postcard in [`wire`] for the page, and one flat
//! JSON line in [`json`] for files, curl and other programs. A property test ties them.

mod address;
mod call;
mod called;
mod datagram;
mod datagram_keyframe;
mod disk;
mod event;
mod framing;
mod hall;
mod header;
mod hiding;
mod ids;
pub mod json;
mod keyframe;
mod lesson;
mod limited;
mod policy;
pub mod reading;
mod request;
pub mod wire;

pub use address::{Address, Family, NoAddress, UnixName};
pub use call::{Call, SocketOption};
pub use called::{Called, Connecting, Unaccepted, UnacceptedConnection};
pub use datagram::{
    DatagramBound, DatagramLost, DatagramQueue, DatagramReceived, DatagramRequest, DatagramSent,
    LostBy, Road,
};
pub use datagram_keyframe::{DatagramClientKeyframe, DatagramTotals, DatagramsKeyframe};
pub use disk::{Recording, RecordingFault, RecordingState};
pub use event::{
    Accepted, Answered, Arrived, Bagged, Blocked, Closed, Connected, Dropped, EndOfStream, Event,
    HalfClosed, Listening, Message, PolicySet, Preview, Queues, Read, Record, Reset, TcpState,
    Unframed, UnframedWhy, Unknown, Waiting, Wrote,
};
pub use framing::Framing;
pub use hall::{Answers, At, Audience, Hall, Moment, Pace, Picture, Right};
pub use header::{Header, Source, Sources};
pub use ids::{Conn, Cursor, End, Run, Seq};
pub use keyframe::{ConnKeyframe, EndKeyframe, Keyframe, Total};
pub use lesson::{Compared, Lecture, LectureState, LessonRequest, Step};
pub use limited::{Limited, LimitedBy};
pub use policy::{Policy, ReadWhen};
pub use request::{Limit, Refusal, Request, Spacing};
