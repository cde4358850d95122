//! Lessons as data: bilingual texts, scripts of real actions, and statements over the recording of a
//! real run.
//!
//! Knows nothing of sockets (a runner plays the scripts) and nothing of drawing (a page shows the
//! texts). What a statement says is worked out from records alone, wherever they come from.
//!
//! ```text
//! belt.toml -> Lesson -> Script -> (a runner, real sockets) -> Records
//!                 |                                               |
//!                 +----------------> Statement <------------------+--> Verdict
//! ```

pub mod api;
mod bin;
#[cfg(feature = "toml")]
mod built_in;
mod call;
mod datagrams;
mod lesson;
mod measure;
#[cfg(feature = "toml")]
mod read;
mod script;
mod server;
mod statement;

pub use bin::{Damaged, decode, encode};
#[cfg(feature = "toml")]
pub use built_in::built_in;
pub use call::MakeCall;
pub use datagrams::{BadRoad, Courier, Parcels};
pub use lesson::{Answer, Course, Lesson, Look, Panel, Question, Step, Words};
pub use measure::Measure;
pub use protocol::Picture;
#[cfg(feature = "toml")]
pub use read::{Wrong, read};
pub use script::{
    Accepting, Action, ClientReads, Compare, Connect, Ends, Listen, Pieces, ReadNow, Script, Send,
    SetPolicy, Spacing, Whom,
};
pub use server::Server;
pub use statement::{Check, Comparison, Measured, Outcome, Series, Statement, Verdict};
