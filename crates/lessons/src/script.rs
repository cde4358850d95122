//! Scripts: what really happens in a step, one action after the other. Each action that has an effect
//! on a socket is one that a person could ask for on the page.
//!
//! Knows nothing of how an action is carried out. The page does not get scripts.

use protocol::{End, Family, Framing, ReadWhen};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Courier, MakeCall, Statement};

/// Actions, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(pub Vec<Action>);

/// One action. In a file: `{ send = { client = 1, bytes = [20, 50, 30] } }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// A demonstration client connects. Clients are numbered from 1, in the order of connecting, and
    /// so are the connections.
    Connect(Connect),
    /// A client sends.
    Send(Send),
    /// The server reads in another way: this replaces its reading policy.
    Policy(SetPolicy),
    /// The server reads no more, of one client or of all.
    Hold(Whom),
    /// The server reads again, as before it was held.
    Resume(Whom),
    /// A program calls recv now, whatever its policy says.
    Read(ReadNow),
    /// The server goes on calling accept, or not.
    Accept(Accepting),
    /// listen(2) is called again with this backlog.
    Backlog(u32),
    /// The server closes its listener and listens on a socket of another family; connections stay.
    Listen(Listen),
    /// shutdown(2) with SHUT_WR.
    Shutdown(Ends),
    /// close(2).
    Close(Ends),
    /// close(2) with SO_LINGER of zero: a reset.
    Reset(Ends),
    /// A client reads what comes back, or does not.
    ClientReads(ClientReads),
    /// All that a client has read is compared, byte for byte, with what it has sent.
    Compare(Compare),
    /// A client's program makes one call, and it returns.
    Call(MakeCall),
    /// Something happens to datagrams.
    Courier(Courier),
    /// Goes on as soon as this is true of the recording.
    Wait(Statement),
}

/// `connect`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connect {
    /// Its number: the next one.
    pub client: u32,
    /// SO_SNDBUF asked for, bytes.
    #[serde(default)]
    pub send_buffer: Option<u32>,
    /// SO_RCVBUF asked for, bytes.
    #[serde(default)]
    pub receive_buffer: Option<u32>,
    /// Reads what comes back at once.
    #[serde(default = "yes")]
    pub reads: bool,
    /// The script waits until connect(2) has returned.
    #[serde(default = "yes")]
    pub waits: bool,
    /// All that it reads is kept, to be compared.
    #[serde(default)]
    pub keeps: bool,
}

/// `send`: one of `bytes`, `text` and `random`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// Which client.
    pub client: u32,
    /// The sizes of batches of `0123456789…`, each sent with one send(2) if the kernel takes it.
    #[serde(default)]
    pub bytes: Vec<u32>,
    /// This text as UTF-8, in one send(2).
    #[serde(default)]
    pub text: Option<String>,
    /// Batches of random sizes, the same ones each time.
    #[serde(default)]
    pub random: Option<Pieces>,
    /// When the next batch goes.
    #[serde(default)]
    pub spacing: Spacing,
}

/// When the next batch goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// When the arrival of the one before was recorded, so that arrivals cannot merge.
    #[default]
    Recorded,
    /// At once.
    None,
}

/// Pieces of random sizes, out of a generator that begins with a seed: the same ones each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pieces {
    /// Their sum.
    pub total: u32,
    /// The largest one.
    pub most: u32,
    /// Where the generator begins.
    pub seed: u64,
}

/// `policy`. What is left out is as in the tutorial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPolicy {
    /// One connection. None: all, also those to come.
    #[serde(default)]
    pub client: Option<u32>,
    /// When it reads.
    #[serde(default = "arrival")]
    pub read_when: ReadWhen,
    /// The most bytes of one recv.
    #[serde(default = "tutorial_bufsize")]
    pub bufsize: u32,
    /// Waits so long before each recv, milliseconds.
    #[serde(default)]
    pub pause_millis: u32,
    /// Bytes of a bag.
    #[serde(default)]
    pub bag: Option<u32>,
    /// How it finds messages.
    #[serde(default)]
    pub framing: Option<Framing>,
}

/// One client, or all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whom {
    /// Which. None: all.
    #[serde(default)]
    pub client: Option<u32>,
}

/// `read`: `bytes`, so many `times`; or `random`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadNow {
    /// Whose connection.
    pub client: u32,
    /// Which program reads.
    pub end: End,
    /// The most bytes asked for.
    #[serde(default)]
    pub bytes: u32,
    /// How many times, each when there is something to read.
    #[serde(default = "once")]
    pub times: u32,
    /// Reads that ask for random sizes, until they have got the total.
    #[serde(default)]
    pub random: Option<Pieces>,
}

/// Does the server call accept?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepting {
    /// Not any more.
    Hold,
    /// Again.
    Go,
}

/// `listen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// `inet`, `inet6` or `unix`.
    pub family: Family,
}

/// One of the two sockets of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// Whose connection.
    pub client: u32,
    /// Which socket.
    pub end: End,
}

/// `client_reads`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientReads {
    /// Which client.
    pub client: u32,
    /// At once, or not at all?
    pub on: bool,
}

/// `compare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Which client; it must have been connected with `keeps = true`.
    pub client: u32,
}

fn yes() -> bool {
    true
}

fn once() -> u32 {
    1
}

fn arrival() -> ReadWhen {
    ReadWhen::Arrival
}

fn tutorial_bufsize() -> u32 {
    1024
}

// People read and write scripts; the page gets none, and is spared the reading of them.
impl Serialize for Script {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            self.0.serialize(to)
        } else {
            to.serialize_unit()
        }
    }
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Script, D::Error> {
        #[cfg(feature = "toml")]
        if from.is_human_readable() {
            return Vec::deserialize(from).map(Script);
        }
        <()>::deserialize(from).map(|()| Script::default())
    }
}
