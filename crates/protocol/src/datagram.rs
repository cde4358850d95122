//! Events of the datagram echo. A datagram's identity is (connection, direction, number), as a
//! byte's is (connection, direction, offset). A "connection" is one client's address: UDP has none,
//! but what one client and the server say to each other needs a name.

use serde::{Deserialize, Serialize};

use crate::{Address, Conn, End, Preview};

/// A datagram socket is bound. At the server's end with a connection: its first datagram has come,
/// and from here on that client has a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramBound {
    /// None: the server's own socket.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// Which end.
    pub end: End,
    /// The socket's own address.
    pub local: Address,
    /// The other end's, if it is known.
    #[serde(default)]
    pub peer: Option<Address>,
    /// The most bytes of one recvfrom.
    pub bufsize: u32,
}

/// sendto(2) has returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramSent {
    /// Whose.
    pub conn: Conn,
    /// Which end sent.
    pub end: End,
    /// Counts the datagrams of this direction from 0.
    pub number: u64,
    /// How long it is; 0 is a datagram like any other.
    pub bytes: u64,
    /// The first bytes, at most [`Preview::BYTES_MAX`].
    #[serde(default)]
    pub preview: Option<Preview>,
}

/// recvfrom(2) has returned one datagram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramReceived {
    /// Whose.
    pub conn: Conn,
    /// Which end received.
    pub end: End,
    /// Which one, by the sender's count, if that is known (our own client's are).
    #[serde(default)]
    pub number: Option<u64>,
    /// The most bytes asked for.
    pub asked: u64,
    /// How many came.
    pub returned: u64,
    /// How long the datagram was (MSG_TRUNC); what is more than `returned` is cut off for ever.
    pub bytes: u64,
    /// The first bytes, at most [`Preview::BYTES_MAX`].
    #[serde(default)]
    pub preview: Option<Preview>,
}

/// Datagrams are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramLost {
    /// Whose, if that is known: the kernel only counts.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// Which end did not get them.
    pub end: End,
    /// How many more than told before.
    pub datagrams: u64,
    /// Which one, if one and if that is known.
    #[serde(default)]
    pub number: Option<u64>,
    /// Where.
    pub by: LostBy,
}

/// Where a datagram is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LostBy {
    /// The receive buffer was full (SO_MEMINFO, drops).
    FullBuffer,
    /// On a bad road that was switched on: made by this program, not by the network.
    BadRoad,
}

/// Sample: the receive queue of a datagram socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramQueue {
    /// None: the server's own socket, one for all clients.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// Which end.
    pub end: End,
    /// Length of the next datagram, bytes (FIONREAD); 0 is an empty one, or none.
    pub next_bytes: u64,
    /// Kernel memory held by the queue, bytes (SO_MEMINFO, rmem_alloc).
    #[serde(default)]
    pub kernel_memory: Option<u64>,
    /// Its limit (SO_MEMINFO, rcvbuf).
    #[serde(default)]
    pub kernel_memory_limit: Option<u64>,
}
