//! Names for things: a run of the relay, a place in its journal, a connection, an end of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One run of one relay, drawn at random at its start.
///
/// A cursor names its run, so that a restarted relay is never mistaken for a continuation.
/// Written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run(pub u64);

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl std::str::FromStr for Run {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Run)
    }
}

impl Serialize for Run {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // 64 bits do not survive JavaScript's numbers: text where people and scripts read.
        if to.is_human_readable() {
            to.collect_str(self)
        } else {
            to.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Run {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(from)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            u64::deserialize(from).map(Run)
        }
    }
}

/// The number of a record in its run. The first record is 1; 0 stands for "before all records".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The number that follows.
    #[must_use]
    pub fn next(self) -> Seq {
        Seq(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in a run's journal: everything up to and including `seq` is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The run that numbered it.
    pub run: Run,
    /// The last record known.
    pub seq: Seq,
}

/// A connection: both ends of one four-tuple bear the same number. Numbers are not used again
/// within a run; the first is 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Conn(pub u32);

impl fmt::Display for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Which of a connection's two sockets a fact was observed on.
///
/// A foreign client (nc, telnet, Python) is observed at the server's end only; our own
/// demonstration client is observed at both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The accepted socket of the echo server.
    Server,
    /// The connecting socket of the demonstration client.
    Client,
}

impl End {
    /// The end across the wire.
    #[must_use]
    pub fn other(self) -> End {
        match self {
            End::Server => End::Client,
            End::Client => End::Server,
        }
    }
}
