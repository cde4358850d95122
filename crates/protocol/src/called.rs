//! Calls of the socket interface that move no bytes of a stream, and the connections that a listener
//! holds and nobody has accepted.

use serde::{Deserialize, Serialize};

use crate::{Address, Conn, End, TcpState};

/// A program of ours has called the socket interface, and the call has returned: `socket`, `bind`,
/// `setsockopt`, `getsockname`… What has a fact of its own (listen, accept, connect, recv, send) is
/// told by that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// Of which connection the socket is, or will be. None: the listener's, or the datagram server's.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// Which program called.
    pub end: End,
    /// The method, by the name that it has in Python: `socket`, `bind`, `setsockopt`.
    pub method: String,
    /// What it was given, as one would write it: `SO_RCVBUF, 4096`.
    #[serde(default)]
    pub arguments: String,
    /// What it returned, as one would write it; empty: nothing.
    #[serde(default)]
    pub result: String,
    /// The error of the system, if it failed.
    #[serde(default)]
    pub errno: Option<i32>,
}

impl Called {
    /// The most bytes of each of the three texts.
    pub const TEXT_BYTES_MAX: usize = 256;
}

/// connect(2) of our own client was called and has not returned: its SYN is the kernel's business
/// from here on. A SYN itself cannot be seen without privileges; this stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connecting {
    /// The connection that it is to be.
    pub conn: Conn,
    /// Always the client's end.
    pub end: End,
    /// The client's own address.
    pub local: Address,
    /// The server's address.
    pub peer: Address,
}

/// Sample: the connections of our listener that nobody has accepted, as `sock_diag(7)` tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unaccepted {
    /// At most [`Unaccepted::TOLD_MAX`]: those of our own clients by their numbers, then the others
    /// by their addresses.
    pub connections: Vec<UnacceptedConnection>,
    /// How many more there are.
    #[serde(default)]
    pub more: u32,
}

impl Unaccepted {
    /// So many are told one by one.
    pub const TOLD_MAX: usize = 64;
}

/// A connection that nobody has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnacceptedConnection {
    /// Its number, if its client is ours.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// The client's address.
    pub peer: Address,
    /// Bytes that wait on it already.
    pub receive_queue: u64,
    /// `syn_received`: not yet in the accept queue. `established`: in it. `close_wait`: in it, and
    /// its client sends no more.
    pub state: TcpState,
}
