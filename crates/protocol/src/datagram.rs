//! Events of the datagram echo, and what may be asked of it. A datagram's identity is (connection,
//! direction, number), as a byte's is (connection, direction, offset). A "connection" is one
//! client's address: UDP has none, but what one client and the server say to each other needs a
//! name. Its numbers are drawn from the same sequence as those of TCP.
//!
//! **Merged facts.** Above 200 facts a second the datagram server gathers, as a connection does: one
//! fact has `times` > 1, sums, and `since_nanos`. Counts and sums stay exact; where one datagram
//! ended and the next began is then unknown, but that each was read by itself is not.

use serde::{Deserialize, Serialize};

use crate::{Address, Conn, End, Limit, Policy, Preview, Refusal, Spacing, event::once};

/// A datagram socket is bound.
///
/// Of the server's own, without a connection, it is told again whenever its settings change. At the
/// server's end with a connection: its first datagram has come, and from here on that client has a
/// number. At the client's end: our demonstration client's socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramBound {
    /// None: the server's own socket.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// Which end.
    pub end: End,
    /// The socket's own address.
    pub local: Address,
    /// The other end's. At the server's end with a connection and without a peer: that connection
    /// stands for all further clients, of which there are too many to have a number each.
    #[serde(default)]
    pub peer: Option<Address>,
    /// The most bytes of one recvfrom, when this was told; the server's follows its policy.
    pub bufsize: u32,
    /// What was asked of SO_RCVBUF. None: the system's own size. What is in force says the
    /// `kernel_memory_limit` of [`DatagramQueue`].
    #[serde(default)]
    pub receive_buffer: Option<u32>,
    /// [`Road::lose_percent`] of our own clients' road.
    #[serde(default)]
    pub road_lose_percent: u8,
    /// [`Road::reorder_percent`] of it.
    #[serde(default)]
    pub road_reorder_percent: u8,
    /// [`Road::seed`] of it.
    #[serde(default)]
    pub road_seed: u32,
    /// The client that lost its number to this one: it was idle, and numbers are kept for at most
    /// [`DatagramBound::CLIENTS_MAX`].
    #[serde(default)]
    pub forgets: Option<Conn>,
}

impl DatagramBound {
    /// So many clients have a number at a time, the one that stands for all others not counted.
    pub const CLIENTS_MAX: usize = 80;

    /// What becomes of the datagrams of our own clients before they are sent.
    #[must_use]
    pub fn road(&self) -> Road {
        Road {
            lose_percent: self.road_lose_percent,
            reorder_percent: self.road_reorder_percent,
            seed: self.road_seed,
        }
    }

    /// The same with another road.
    pub fn set_road(&mut self, road: Road) {
        self.road_lose_percent = road.lose_percent;
        self.road_reorder_percent = road.reorder_percent;
        self.road_seed = road.seed;
    }
}

/// sendto(2) has returned; on a bad road: the road has taken the datagram in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramSent {
    /// Whose.
    pub conn: Conn,
    /// Which end sent.
    pub end: End,
    /// Counts the datagrams of this direction from 0; the first, if merged.
    pub number: u64,
    /// How long it is; 0 is a datagram like any other. The sum, if merged.
    pub bytes: u64,
    /// The datagram of the other direction that this one answers, if its number is known.
    #[serde(default)]
    pub answers: Option<u64>,
    /// How many were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged ones was sent.
    #[serde(default)]
    pub since_nanos: Option<u64>,
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
    /// Which one, by the sender's count, if that is known: our own client writes it into the
    /// datagram, and what was cut off or is somebody else's has none.
    #[serde(default)]
    pub number: Option<u64>,
    /// The most bytes asked for; the sum, if merged.
    pub asked: u64,
    /// How many came; the sum, if merged.
    pub returned: u64,
    /// How long the datagram was (MSG_TRUNC); what is more than `returned` is cut off for ever. The
    /// sum, if merged.
    pub bytes: u64,
    /// How many of them were cut: 0 or 1, if not merged.
    #[serde(default)]
    pub truncated: u32,
    /// How many were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged ones was received.
    #[serde(default)]
    pub since_nanos: Option<u64>,
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
    /// Which one, by the sender's count, if one and if that is known. Of a full buffer it is
    /// derived: the count of losses grew while our own client sent this one.
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
    /// Kernel memory held by the queue, bytes (SO_MEMINFO, rmem_alloc). It is given back in
    /// portions, so it may stand while datagrams are read.
    #[serde(default)]
    pub kernel_memory: Option<u64>,
    /// Its limit (SO_MEMINFO, rcvbuf). Both are unavailable of a Unix-domain socket, whose queue is
    /// limited in datagrams, and where the senders pay for the memory.
    #[serde(default)]
    pub kernel_memory_limit: Option<u64>,
}

/// What becomes of the datagrams of our own clients before they are sent: made by this program, so
/// that a good network shows what a bad one does. The same seed and number have the same fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Road {
    /// So many of a hundred are not sent at all: 0 to 100.
    pub lose_percent: u8,
    /// So many of a hundred of the others are overtaken by the next one: 0 to 100.
    pub reorder_percent: u8,
    /// Which ones.
    pub seed: u32,
}

impl Road {
    /// Whether anything becomes of a datagram there.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.lose_percent > 0 || self.reorder_percent > 0
    }
}

/// What a viewer may ask of the datagram server and its demonstration clients. How much one
/// recvfrom takes, and whether the reader is held, is the server's [`Policy`], as for streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatagramRequest {
    /// Let a demonstration client send datagrams.
    Send {
        /// An open demonstration client. None: open a new one.
        conn: Option<Conn>,
        /// The sizes, bytes: 1 to [`crate::Request::BATCHES_MAX`] of 0 to
        /// [`DatagramRequest::BYTES_MAX`].
        sizes: Vec<u32>,
        /// When the next one goes. `WhenRecorded`: when the one before is received or lost; a
        /// reader that is held is not waited for.
        spacing: Spacing,
    },
    /// Make one recvfrom(2) now, whatever the reading policy: for a reader that is held.
    Read {
        /// The most bytes asked for: 1 to [`Policy::BUFSIZE_MAX`].
        bytes: u32,
    },
    /// Set SO_RCVBUF of the server's socket.
    ReceiveBuffer {
        /// What to ask for: 1 to [`DatagramRequest::RECEIVE_BUFFER_MAX`]. The kernel doubles it,
        /// and has a least and a most of its own.
        bytes: u32,
    },
    /// Another road for all of our own clients. A bad one is refused over a Unix-domain socket: there
    /// is no network between.
    Road(Road),
}

impl DatagramRequest {
    /// The longest datagram over IPv4.
    pub const BYTES_MAX: u32 = 65_507;
    /// The largest receive buffer that is asked for.
    pub const RECEIVE_BUFFER_MAX: u32 = 4 << 20;

    /// # Errors
    /// Names the first value that is out of its range.
    pub fn check(&self) -> Result<(), Refusal> {
        let within = |value: usize, min: u32, max: u32, what: Limit| {
            if (min as usize..=max as usize).contains(&value) {
                Ok(())
            } else {
                Err(Refusal::OutOfRange { what, min, max })
            }
        };
        match self {
            DatagramRequest::Send { sizes, spacing, .. } => {
                let most = crate::Request::BATCHES_MAX as u32;
                within(sizes.len(), 1, most, Limit::Batches)?;
                let longest = sizes.iter().copied().max().unwrap_or(0);
                within(longest as usize, 0, Self::BYTES_MAX, Limit::DatagramBytes)?;
                match *spacing {
                    Spacing::GapMillis(millis) => within(
                        millis as usize,
                        0,
                        crate::Request::GAP_MILLIS_MAX,
                        Limit::Gap,
                    ),
                    Spacing::WhenRecorded => Ok(()),
                }
            }
            DatagramRequest::Read { bytes } => {
                within(*bytes as usize, 1, Policy::BUFSIZE_MAX, Limit::Bufsize)
            }
            DatagramRequest::ReceiveBuffer { bytes } => within(
                *bytes as usize,
                1,
                Self::RECEIVE_BUFFER_MAX,
                Limit::ReceiveBuffer,
            ),
            DatagramRequest::Road(road) => {
                within(road.lose_percent.into(), 0, 100, Limit::Percent)?;
                within(road.reorder_percent.into(), 0, 100, Limit::Percent)
            }
        }
    }
}
