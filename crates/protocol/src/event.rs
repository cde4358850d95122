//! Events: *facts*, which carry invariants, and *samples*, which race with facts and may not
//! contradict them.
//!
//! Offsets count the bytes of one direction of one connection from 0. What is read at the server
//! was written at the client, so `read` at [`End::Server`] and `wrote` at [`End::Client`] speak of
//! the same bytes; `wrote` at the server and `read` at the client of the other direction.
//!
//! **Merged facts.** Above 200 facts a second a connection's task gathers for up to 16 ms (longer
//! while many connections are busy, at most about a second) and emits one fact with `times` > 1,
//! totals, and `since_nanos`, the time of the first one gathered. The byte counts stay exact; the
//! edges inside are unknown. `at_nanos` is the time at which the gathering ended: a journal numbers
//! in the order of its clock.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use crate::{
    Address, Called, Compared, Conn, Connecting, DatagramBound, DatagramLost, DatagramQueue,
    DatagramReceived, DatagramSent, End, Keyframe, Limited, Policy, Seq, Step, Unaccepted,
};

/// One numbered, timed event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Consecutive in a run, but for [`Event::Keyframe`] and [`Event::Dropped`], which bear the
    /// number of the last record that they stand for.
    pub seq: Seq,
    /// Nanoseconds since the run began, on a monotonic clock; never smaller than the one before.
    pub at_nanos: u64,
    /// What happened.
    pub event: Event,
}

/// What happened. The name of a variant, in snake case, is the `event` of a JSON line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each variant is documented on the struct it carries
pub enum Event {
    Listening(Listening),
    Waiting(Waiting),
    Connected(Connected),
    Accepted(Accepted),
    Arrived(Arrived),
    Read(Read),
    Wrote(Wrote),
    Bagged(Bagged),
    Answered(Answered),
    Blocked(Blocked),
    Unblocked(Blocked),
    HalfClosed(HalfClosed),
    EndOfStream(EndOfStream),
    Reset(Reset),
    Closed(Closed),
    Policy(PolicySet),
    Queues(Box<Queues>),
    Dropped(Dropped),
    Keyframe(Box<Keyframe>),
    Unknown(Unknown),
    Step(Step),
    Called(Called),
    Connecting(Connecting),
    Unaccepted(Unaccepted),
    Message(Message),
    DatagramBound(Box<DatagramBound>),
    DatagramSent(DatagramSent),
    DatagramReceived(DatagramReceived),
    DatagramLost(DatagramLost),
    DatagramQueue(DatagramQueue),
    Unframed(Unframed),
    Compared(Compared),
    Limited(Limited),
}

impl From<Queues> for Event {
    /// Boxed: it is much larger than the facts.
    fn from(queues: Queues) -> Event {
        Event::Queues(Box::new(queues))
    }
}

impl Event {
    /// The names of all events but [`Event::Unknown`], as they stand in JSON.
    pub const NAMES: [&str; 32] = [
        "listening",
        "waiting",
        "connected",
        "accepted",
        "arrived",
        "read",
        "wrote",
        "bagged",
        "answered",
        "blocked",
        "unblocked",
        "half_closed",
        "end_of_stream",
        "reset",
        "closed",
        "policy",
        "queues",
        "dropped",
        "keyframe",
        "step",
        "called",
        "connecting",
        "unaccepted",
        "message",
        "datagram_bound",
        "datagram_sent",
        "datagram_received",
        "datagram_lost",
        "datagram_queue",
        "unframed",
        "compared",
        "limited",
    ];

    /// The connection that the event is about, if it is about one.
    #[must_use]
    pub fn conn(&self) -> Option<Conn> {
        self.place().map(|(conn, _)| conn)
    }

    /// The connection and the end at which it was observed.
    #[must_use]
    pub fn place(&self) -> Option<(Conn, End)> {
        Some(match self {
            Event::Connected(e) => (e.conn, e.end),
            Event::Accepted(e) => (e.conn, e.end),
            Event::Arrived(e) => (e.conn, e.end),
            Event::Read(e) => (e.conn, e.end),
            Event::Wrote(e) => (e.conn, e.end),
            Event::Bagged(e) => (e.conn, e.end),
            Event::Answered(e) => (e.conn, e.end),
            Event::Blocked(e) | Event::Unblocked(e) => (e.conn, e.end),
            Event::HalfClosed(e) => (e.conn, e.end),
            Event::EndOfStream(e) => (e.conn, e.end),
            Event::Reset(e) => (e.conn, e.end),
            Event::Closed(e) => (e.conn, e.end),
            Event::Queues(e) => (e.conn, e.end),
            Event::Policy(e) => (e.conn?, End::Server),
            Event::Called(e) => (e.conn?, e.end),
            Event::Connecting(e) => (e.conn, e.end),
            Event::Message(e) => (e.conn, e.end),
            Event::Unframed(e) => (e.conn, e.end),
            Event::Compared(e) => (e.conn, e.end),
            Event::Limited(e) => (e.conn?, e.end),
            Event::DatagramBound(e) => (e.conn?, e.end),
            Event::DatagramSent(e) => (e.conn, e.end),
            Event::DatagramReceived(e) => (e.conn, e.end),
            Event::DatagramLost(e) => (e.conn?, e.end),
            Event::DatagramQueue(e) => (e.conn?, e.end),
            Event::Listening(_)
            | Event::Waiting(_)
            | Event::Dropped(_)
            | Event::Keyframe(_)
            | Event::Step(_)
            | Event::Unaccepted(_)
            | Event::Unknown(_) => return None,
        })
    }
}

/// The echo server's socket listens: listen(2) has returned. Again when it was called again, with
/// another backlog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// The address bound, with the real port.
    pub addr: Address,
    /// What was asked of listen(2); the accept queue holds one more.
    pub backlog: u32,
    /// The most bytes that one recv may return, when the server started.
    pub bufsize: u32,
    /// One client at a time: the next is accepted when the one before it is closed. The others
    /// wait in the accept queue.
    #[serde(default)]
    pub sequential: bool,
}

/// Sample: the accept queue of the listener (`tcpi_unacked` and `tcpi_sacked` of a listening
/// socket's TCP_INFO on Linux).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Connections that nobody has accepted yet.
    pub queued: u32,
    /// The backlog in force.
    pub limit: u32,
}

/// connect(2) of the demonstration client has returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The connection.
    pub conn: Conn,
    /// Always the client's end.
    pub end: End,
    /// The client's own address.
    pub local: Address,
    /// The server's address.
    pub peer: Address,
}

/// accept(2) has returned a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The connection.
    pub conn: Conn,
    /// Always the server's end.
    pub end: End,
    /// The client's address.
    pub peer: Address,
    /// The server's own address.
    pub local: Address,
}

/// Bytes were found in the kernel that were not there at the last look: the growth of
/// `tcpi_bytes_received`. Not one segment, not one send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// The connection.
    pub conn: Conn,
    /// The end at which they arrived.
    pub end: End,
    /// Offset of the first byte in its direction.
    pub offset: u64,
    /// How many. 0 with `segments` > 0 is a segment that came twice.
    pub bytes: u64,
    /// In how many segments (growth of `tcpi_data_segs_in`), where the system tells.
    #[serde(default)]
    pub segments: Option<u32>,
    /// How many looks were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged looks was.
    #[serde(default)]
    pub since_nanos: Option<u64>,
    /// The first bytes, at most [`Preview::BYTES_MAX`].
    #[serde(default)]
    pub preview: Option<Preview>,
}

/// recv(2) returned bytes. A return of 0 is [`EndOfStream`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The connection.
    pub conn: Conn,
    /// The end that read.
    pub end: End,
    /// Offset of the first byte in its direction.
    pub offset: u64,
    /// The most bytes asked for (BUFSIZE, or what the bag still lacks); the sum, if merged.
    pub asked: u64,
    /// How many came; the sum, if merged.
    pub returned: u64,
    /// How many reads were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged reads was.
    #[serde(default)]
    pub since_nanos: Option<u64>,
    /// The first bytes, at most [`Preview::BYTES_MAX`].
    #[serde(default)]
    pub preview: Option<Preview>,
}

/// send(2) took bytes into the kernel's send buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrote {
    /// The connection.
    pub conn: Conn,
    /// The end that wrote.
    pub end: End,
    /// Offset of the first byte in its direction.
    pub offset: u64,
    /// How many bytes were offered; the sum, if merged.
    pub asked: u64,
    /// How many the kernel took; the sum, if merged.
    pub accepted: u64,
    /// How many writes were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged writes was.
    #[serde(default)]
    pub since_nanos: Option<u64>,
    /// The first bytes, at most [`Preview::BYTES_MAX`].
    #[serde(default)]
    pub preview: Option<Preview>,
}

/// The server's program has filled a bag, in user space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bagged {
    /// The connection.
    pub conn: Conn,
    /// Always the server's end.
    pub end: End,
    /// Offset of the bag's first byte in the incoming direction.
    pub offset: u64,
    /// How many bytes the bag holds; fewer than the bag's size only at the end of the stream.
    pub bytes: u64,
    /// How many bags were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged bags was full.
    #[serde(default)]
    pub since_nanos: Option<u64>,
}

/// The server's program has found a whole message in the stream, by its framing. TCP knows nothing
/// of it: a message may be cut by reads, and a read may hold many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The connection.
    pub conn: Conn,
    /// Always the server's end.
    pub end: End,
    /// Offset of its first byte, head included, in the incoming direction.
    pub offset: u64,
    /// How many bytes it takes of the stream, head or delimiter included.
    pub bytes: u64,
    /// How many of those are head or delimiter.
    pub framing_bytes: u64,
    /// How many messages were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged messages was whole.
    #[serde(default)]
    pub since_nanos: Option<u64>,
}

/// The server's program could not make a message of what it has read. What was read and not
/// answered is answered as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unframed {
    /// The connection.
    pub conn: Conn,
    /// Always the server's end.
    pub end: End,
    /// Offset at which the message would begin, in the incoming direction.
    pub offset: u64,
    /// How many bytes from there on were read.
    pub bytes: u64,
    /// How many bytes it says that it has, without its head, where there is a head.
    #[serde(default)]
    pub claims: Option<u64>,
    /// Why.
    pub why: UnframedWhy,
}

/// Why there is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnframedWhy {
    /// It would be longer than [`crate::Framing::MESSAGE_BYTES_MAX`]. Where the next one begins
    /// nobody knows: the connection has no framing any more, and each read is answered.
    TooLong,
    /// The stream ended within it.
    EndOfStream,
}

/// The server's program has composed an answer: the stamp, then exactly the bytes it answers.
/// It is on its way when `wrote` says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The connection.
    pub conn: Conn,
    /// Always the server's end.
    pub end: End,
    /// Offset of the first byte answered, in the incoming direction.
    pub in_offset: u64,
    /// How many bytes are answered.
    pub in_bytes: u64,
    /// Offset of the stamp's first byte, in the outgoing direction.
    pub out_offset: u64,
    /// How many of the outgoing bytes are stamp; `in_bytes` more follow.
    pub stamp_bytes: u64,
    /// How many answers were merged; 1 is not merged.
    #[serde(default = "once")]
    pub times: u32,
    /// When the first of the merged answers was.
    #[serde(default)]
    pub since_nanos: Option<u64>,
}

/// A send found the send buffer full (`blocked`), or room again (`unblocked`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// The connection.
    pub conn: Conn,
    /// The end whose program wants to write.
    #[serde(rename = "side")]
    pub end: End,
    /// How often this happened; more than 1 if merged.
    #[serde(default = "once")]
    pub times: u32,
}

/// An end was shut down for writing, as seen from `end`: by itself (shutdown(2)), or by the
/// other end, whose FIN has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HalfClosed {
    /// The connection.
    pub conn: Conn,
    /// The end that saw it.
    pub end: End,
    /// The end that sends no more.
    pub by: End,
}

/// recv(2) returned 0: all bytes are read and no more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOfStream {
    /// The connection.
    pub conn: Conn,
    /// The end that read it.
    pub end: End,
    /// The length of the incoming stream, bytes.
    pub offset: u64,
}

/// The connection was reset (RST).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// The connection.
    pub conn: Conn,
    /// The end that saw it.
    pub end: End,
    /// The end that sent the RST.
    pub by: End,
}

/// close(2): the descriptor is gone, and this end says no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The connection.
    pub conn: Conn,
    /// The end that closed.
    pub end: End,
    /// Bytes that had arrived and nobody read; more than 0 makes the kernel send RST.
    pub unread: u64,
}

/// A reading policy is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySet {
    /// For which connection. None: for the server, that is every connection, open or to come.
    #[serde(default)]
    pub conn: Option<Conn>,
    /// The policy.
    pub policy: Policy,
}

/// Sample of one socket, at most one every 16 ms, and fewer while many sockets are busy. What the system does not tell is None.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queues {
    /// The connection.
    pub conn: Conn,
    /// The end observed.
    pub end: End,
    /// Bytes that a read would find (FIONREAD).
    #[serde(default)]
    pub receive_queue: Option<u64>,
    /// The window last advertised, bytes (`tcpi_rcv_wnd`). It lags.
    #[serde(default)]
    pub receive_window: Option<u64>,
    /// Kernel memory held by the receive queue, bytes (SO_MEMINFO, rmem_alloc).
    #[serde(default)]
    pub kernel_memory: Option<u64>,
    /// Its limit, bytes of memory, not of data (SO_MEMINFO, rcvbuf).
    #[serde(default)]
    pub kernel_memory_limit: Option<u64>,
    /// Written and not yet sent, bytes (SIOCOUTQNSD).
    #[serde(default)]
    pub unsent: Option<u64>,
    /// Sent and not yet acknowledged, bytes (SIOCOUTQ less SIOCOUTQNSD).
    #[serde(default)]
    pub in_flight: Option<u64>,
    /// Smoothed round trip time, nanoseconds.
    #[serde(default)]
    pub rtt_nanos: Option<u64>,
    /// The state of the connection as this end's kernel sees it.
    #[serde(default)]
    pub state: Option<TcpState>,
}

/// A TCP state (RFC 9293, 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the RFC's own names
pub enum TcpState {
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

/// Records are missing: trimmed from the journal before they could be sent to this viewer. The
/// record bears the number of the last one lost, and a keyframe follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// How many.
    pub records: u64,
}

/// An event of a newer version, kept as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// Its name.
    pub name: String,
    /// Its other fields, as the text of one JSON object.
    pub fields: String,
}

/// The first bytes of a fact. Base64 in JSON. Shared by all that keep them: a log of many records
/// is mostly these.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Preview(pub Arc<[u8]>);

impl Preview {
    /// At most this many bytes of a fact are mirrored.
    pub const BYTES_MAX: usize = 256;
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preview({:?})", String::from_utf8_lossy(&self.0))
    }
}

impl Serialize for Preview {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.serialize_str(&BASE64.encode(&self.0))
        } else {
            to.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Preview {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = if from.is_human_readable() {
            from.deserialize_str(Base64)?
        } else {
            Vec::<u8>::deserialize(from)?
        };
        if bytes.len() > Self::BYTES_MAX {
            return Err(serde::de::Error::custom(format!(
                "a preview holds at most {} bytes, not {}",
                Self::BYTES_MAX,
                bytes.len()
            )));
        }
        Ok(Preview(bytes.into()))
    }
}

/// From the text itself: there is a preview in most lines of a recording.
struct Base64;

impl serde::de::Visitor<'_> for Base64 {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
        BASE64.decode(text).map_err(E::custom)
    }
}

/// Of a fact that is not merged.
pub(crate) fn once() -> u32 {
    1
}
