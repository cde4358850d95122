//! A keyframe: all that must be known to go on from a place in the journal without what was before.

use serde::{Deserialize, Serialize};

use crate::{Address, Conn, DatagramsKeyframe, End, Listening, Policy, Queues, Waiting};

/// What was true after the record whose number it bears. Bytes from before it are known only by
/// their number: they are forgotten, and drawn as blank crates. The default is "before all records".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyframe {
    /// The listener, once there is one.
    #[serde(default)]
    pub listening: Option<Listening>,
    /// The last sample of the accept queue.
    #[serde(default)]
    pub waiting: Option<Waiting>,
    /// The server's reading policy.
    pub policy: Policy,
    /// How many connections were ever accepted.
    pub accepted: u64,
    /// The connections with an open end, in the order of their numbers.
    pub conns: Vec<ConnKeyframe>,
    /// The datagram echo.
    #[serde(default)]
    pub datagrams: Box<DatagramsKeyframe>,
}

/// One connection in a keyframe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnKeyframe {
    /// The connection.
    pub conn: Conn,
    /// The client's address.
    pub client: Address,
    /// The server's address.
    pub server: Address,
    /// Its reading policy.
    pub policy: Policy,
    /// The accepted socket, once accepted.
    #[serde(default)]
    pub server_end: Option<EndKeyframe>,
    /// The demonstration client's socket, if it is one.
    #[serde(default)]
    pub client_end: Option<EndKeyframe>,
}

/// One observed socket in a keyframe. Arrived and read count the direction that comes in at
/// this end, wrote the one that goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndKeyframe {
    /// Bytes and times of `arrived`.
    pub arrived: Total,
    /// Segments, where known.
    pub segments: u64,
    /// Bytes and times of `read`.
    pub read: Total,
    /// Bytes and times of `wrote`.
    pub wrote: Total,
    /// Where the last bag ended, and times of `bagged`. Bytes answered without a bag count too.
    pub bagged: Total,
    /// Bytes answered, of the incoming direction, and times of `answered`.
    pub answered: Total,
    /// Where the last message ended, and times of `message`. Bytes without framing count too.
    #[serde(default)]
    pub messages: Total,
    /// Bytes of stamp among all answers.
    pub stamp_bytes: u64,
    /// A send is waiting for room.
    pub blocked: bool,
    /// This end has seen that itself sends no more.
    pub shut_by_self: bool,
    /// This end has seen that the other end sends no more.
    pub shut_by_peer: bool,
    /// recv returned 0.
    pub end_of_stream: bool,
    /// Who reset the connection, as this end saw it.
    #[serde(default)]
    pub reset_by: Option<End>,
    /// Bytes unread at close, once closed.
    #[serde(default)]
    pub closed_unread: Option<u64>,
    /// The last sample.
    #[serde(default)]
    pub queues: Option<Queues>,
}

/// A running total of one kind of fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Bytes, and so the offset of the next one.
    pub bytes: u64,
    /// How many facts, each counted as often as it says in `times`.
    pub times: u64,
}
