//! What was true at time t: the log of records, the state that they add up to, and the two times,
//! what happened when and what a person sees when.
//!
//! Knows nothing of clocks, I/O, async or the DOM: time comes in as a number, records come in as
//! values, and whoever wants a picture asks for the [`State`] at a [`Show`] time.
//!
//! ```text
//! Record -> Timeline (log, pace, snapshots) -> State at t
//! person -> Command -> Playback -> t
//! ```

mod calls;
mod character;
mod connection;
mod datagrams;
mod keyframe;
mod levels;
mod marker;
mod marks;
mod messages;
mod pace;
mod playback;
mod program;
mod ruler;
mod slow;
mod snapshots;
mod state;
mod steps;
mod stretch;
mod survey;
mod tail;
mod time;
mod timeline;
mod unaccepted;
mod verify;
mod weight;

pub use calls::{Call, Calls};
pub use character::HalfCharacter;
pub use connection::{Answer, Connection, EndState, Moment};
pub use datagrams::{DatagramClient, Datagrams, Direction, Fate, Loss, Received, Sent};
pub use levels::{Batch, Level};
pub use marker::{Marker, MarkerKind, Markers, Place};
pub use marks::{Filter, Kinds, Mark, Marks, Stops};
pub use pace::Pace;
pub use playback::{Command, Mode, Playback};
pub use program::{AtLine, Position, ProgramLine, position};
pub use ruler::{Cut, Ruler};
pub use state::{Listener, State};
pub use steps::{Seen, SocketCall, latest_call};
pub use survey::{Bucket, Idle};
pub use tail::Tail;
pub use time::Show;
pub use timeline::{Entry, Timeline};
pub use verify::Fault;
