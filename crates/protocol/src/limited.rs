//! A limit was hit: told among the events, so that nobody is turned away in silence.

use serde::{Deserialize, Serialize};

use crate::{Conn, End};

/// Something was turned away, held up or ended that is not the tutorial's program's doing: by a
/// limit of the relay, by the system's want, or by a defect. The first time is told at once, further
/// ones are gathered for a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limited {
    /// The connection, if it is about one that has a number.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// The end of it.
    pub end: End,
    /// What stood against it.
    pub by: LimitedBy,
    /// The most that is allowed, in the limit's own unit: connections, bytes a second,
    /// milliseconds. 0: nothing says how many there may be.
    pub most: u64,
    /// How many were turned away, held up or ended since it was told last.
    pub count: u32,
}

/// What stands against a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitedBy {
    /// So many connections are open: further ones wait in the accept queue.
    Connections,
    /// So many connections of one address are open: accepted, and reset at once, without a number.
    ConnectionsPerAddress,
    /// The system gives no further descriptor or no memory: accept(2) fails, and is tried again.
    System,
    /// So many bytes a second are read from one connection: the others wait in the receive queue.
    EchoRate,
    /// Nothing has moved for so many milliseconds: the server closes.
    Idle,
    /// A defect of this program: its task has ended, and closes.
    Defect,
}
