//! Measures: what a statement speaks of. A measure is a series of items out of the records of one
//! client's connection, seen from one end: arrivals, reads, the length of the accept queue.
//!
//! Knows nothing of what is expected. A family of measures is a file here.

mod calls;
mod datagrams;
mod listener;
mod messages;
mod stream;

use protocol::{Conn, End, Record};
use serde::{Deserialize, Serialize};

/// What is measured. Items are numbers: bytes, if not said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Bytes that arrived in an end's kernel, by each look.
    Arrivals,
    /// What each recv of an end returned.
    Reads,
    /// What each recv of an end asked for.
    Asked,
    /// What the kernel took by each send of an end.
    Sends,
    /// What was put into each bag.
    Bags,
    /// How many bytes each answer of the server answers.
    Answers,
    /// How long each stamp is: one an answer.
    Stamps,
    /// Bytes arrived and not read, after each arrival and each read of an end. Derived.
    Level,
    /// Sample: bytes that a read would find, as the kernel says.
    ReceiveQueue,
    /// Sample: the window last advertised.
    Window,
    /// Sample: SO_RCVBUF in force, as kernel memory.
    ReceiveMemory,
    /// Sample: written and not yet sent.
    Unsent,
    /// Sample: sent and not yet acknowledged.
    InFlight,
    /// Sends of an end that found the send buffer full. The item is 0.
    Blocked,
    /// Blocked sends that found room again. The item is 0.
    Unblocked,
    /// recv returned 0: the length of the stream.
    EndsOfStream,
    /// Halves of the connection that were seen to end, at an end. The item is 0.
    HalfCloses,
    /// Resets that an end saw. The item is 0.
    Resets,
    /// close(2) of an end: bytes that nobody had read.
    Unread,
    /// How long each message is that the server's program found, framing included.
    Messages,
    /// Messages that several reads brought: how many reads. Derived.
    CutMessages,
    /// Messages of which the first byte came in a read with bytes of the message before: how long
    /// they are. Derived.
    GluedMessages,
    /// What was read and is no message: how many bytes.
    Unframed,
    /// Reads of the server that end within a character: how many of its bytes they got. Derived.
    HalfCharacters,
    /// Bytes that came back as they were sent, in the order in which they were sent.
    Compared,
    /// connect(2) has been called: the number of the connection.
    Connecting,
    /// connect(2) has returned: the number of the connection.
    Connects,
    /// accept(2) has returned: the number of the connection.
    Accepts,
    /// Sample: connections in the accept queue.
    Waiting,
    /// Sample: the backlog in force.
    WaitingLimit,
    /// Sample: with a client, bytes that wait on its connection, which nobody has accepted; without
    /// one, how many such connections there are.
    Unaccepted,
    /// How long each datagram is that an end sent.
    DatagramsSent,
    /// What each recvfrom of an end returned.
    DatagramsReceived,
    /// What was cut off, of each datagram that was longer than recvfrom asked for.
    DatagramsCut,
    /// Datagrams that a full receive buffer lost. The item is 0; whose they were is not always
    /// known, so those of nobody count for each client.
    DatagramsLost,
    /// Datagrams that the bad road lost. The item is 0.
    DatagramsLostOnRoad,
    /// Datagrams to the server that were received or lost: of which it is known what became. The
    /// item is 0.
    DatagramsSettled,
    /// The numbers of the datagrams received, by the sender's count from 0, in the order in which
    /// they came.
    DatagramNumbers,
    /// Calls of the socket interface: the number that it returned, if it returned one.
    Calls {
        /// The method, by its name in Python.
        method: String,
        /// What its arguments contain: `SO_RCVBUF`.
        #[serde(default)]
        about: String,
    },
    /// Calls of the socket interface that failed: errno.
    Failures {
        /// The method, by its name in Python.
        method: String,
    },
}

impl Measure {
    /// A level rather than a flow: its sum says nothing.
    #[must_use]
    pub fn is_level(&self) -> bool {
        *self == Measure::Level || self.is_sampled()
    }

    /// Samples come when they come: how many there are, and which, says nothing. Their extremes do,
    /// and the last.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        use Measure::*;
        matches!(
            self,
            ReceiveQueue
                | Window
                | ReceiveMemory
                | Unsent
                | InFlight
                | Waiting
                | WaitingLimit
                | Unaccepted
        )
    }

    /// As it is written in a file, for people: `ends of stream`, `calls of setsockopt`.
    #[must_use]
    pub fn name(&self) -> String {
        if let Measure::Calls { method, about } = self {
            return match about.as_str() {
                "" => ["calls of ", method].concat(),
                about => ["calls of ", method, " with ", about].concat(),
            };
        }
        if let Measure::Failures { method } = self {
            return ["failures of ", method].concat();
        }
        // A variant's name, as words: `EndsOfStream`.
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push(' ');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// Is it seen from both ends, so that one has to be named?
    #[must_use]
    pub fn has_ends(&self) -> bool {
        use Measure::*;
        matches!(
            self,
            Arrivals
                | Reads
                | Asked
                | Sends
                | Level
                | ReceiveQueue
                | Window
                | ReceiveMemory
                | Unsent
                | InFlight
                | Blocked
                | Unblocked
                | EndsOfStream
                | HalfCloses
                | Resets
                | Unread
                | DatagramsSent
                | DatagramsReceived
                | DatagramsCut
                | DatagramsLost
                | DatagramNumbers
        )
    }
}

/// Which records a series is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub conn: Option<Conn>,
    pub end: Option<End>,
}

impl Scope {
    /// Is that place meant? What is not named is any.
    pub fn holds(&self, conn: Conn, end: End) -> bool {
        self.conn.is_none_or(|named| named == conn) && self.end.is_none_or(|named| named == end)
    }
}

/// What one record adds to a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The item; if merged, the sum of the items.
    pub value: u64,
    /// How many items.
    pub times: u32,
}

impl Item {
    fn one(value: u64) -> Item {
        Item { value, times: 1 }
    }
}

/// What a measure remembers from record to record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    arrived: u64,
    read: u64,
    /// What a measure needs that compares records with those before.
    state: Option<Box<model::State>>,
}

/// What a record adds; None: nothing.
pub(crate) fn item(
    measure: &Measure,
    scope: Scope,
    memory: &mut Memory,
    record: &Record,
) -> Option<Item> {
    stream::item(measure, scope, memory, &record.event)
        .or_else(|| listener::item(measure, scope, &record.event))
        .or_else(|| messages::item(measure, scope, memory, record))
        .or_else(|| calls::item(measure, scope, &record.event))
        .or_else(|| datagrams::item(measure, scope, &record.event))
}
