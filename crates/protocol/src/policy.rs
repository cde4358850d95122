//! The reading policy: when the server's program reads, how much at a time, and how it bags.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Framing, Limit, Refusal};

/// How a connection is read. The tutorial's server is the default: on arrival, BUFSIZE 1024,
/// no pause, no bag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// When a read may be made.
    pub read_when: ReadWhen,
    /// The most bytes that one recv asks for: 1 to 65,536.
    pub bufsize: u32,
    /// How long the program waits before each recv, milliseconds: at most 60,000.
    pub pause_millis: u32,
    /// Bytes collected in user space and answered at once: 1 to 1,048,576. None: each read is
    /// answered. No read asks for more than the bag still lacks; the end of the stream answers a
    /// partial bag.
    #[serde(default)]
    pub bag: Option<u32>,
    /// How the program finds messages; then each whole message is answered, as the end of the
    /// stream answers what is left. None: it looks for none. Not together with a bag.
    #[serde(default)]
    pub framing: Option<Framing>,
}

impl Policy {
    /// The largest BUFSIZE, bytes.
    pub const BUFSIZE_MAX: u32 = 65_536;
    /// The longest pause, milliseconds.
    pub const PAUSE_MILLIS_MAX: u32 = 60_000;
    /// The largest bag, and the most bytes to wait for, bytes.
    pub const BAG_MAX: u32 = 1 << 20;

    /// The most bytes that the next recv asks for, with so many read and not answered: BUFSIZE, but
    /// never more than the bag lacks. 0: what was collected is answered first. With a framing, an
    /// unfinished message does not keep it from reading on.
    #[must_use]
    pub fn asks_bytes(&self, collected: u64) -> u64 {
        let bufsize = u64::from(self.bufsize);
        match self.bag {
            _ if self.framing.is_some() => bufsize,
            None if collected > 0 => 0,
            None => bufsize,
            Some(bag) => u64::from(bag).saturating_sub(collected).min(bufsize),
        }
    }

    /// # Errors
    /// Names the first value that is out of its range.
    pub fn check(&self) -> Result<(), Refusal> {
        let within = |value: u32, min: u32, max: u32, what: Limit| {
            if (min..=max).contains(&value) {
                Ok(())
            } else {
                Err(Refusal::OutOfRange { what, min, max })
            }
        };
        within(self.bufsize, 1, Self::BUFSIZE_MAX, Limit::Bufsize)?;
        within(self.pause_millis, 0, Self::PAUSE_MILLIS_MAX, Limit::Pause)?;
        if let Some(bag) = self.bag {
            within(bag, 1, Self::BAG_MAX, Limit::Bag)?;
        }
        if let Some(framing) = self.framing {
            framing.check()?;
            if self.bag.is_some() {
                return Err(Refusal::BagAndFraming);
            }
        }
        if let ReadWhen::Queued(bytes) = self.read_when {
            within(bytes, 1, Self::BAG_MAX, Limit::Queued)?;
        }
        Ok(())
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            read_when: ReadWhen::Arrival,
            bufsize: 1024,
            pause_millis: 0,
            bag: None,
            framing: None,
        }
    }
}

/// When a read may be made. Written `arrival`, `queued:N` or `held`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadWhen {
    /// As soon as there is something to read.
    Arrival,
    /// When so many bytes are queued; also when the window has closed or the stream has ended.
    Queued(u32),
    /// Not at all: a person holds the reader.
    Held,
}

impl fmt::Display for ReadWhen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadWhen::Arrival => f.write_str("arrival"),
            ReadWhen::Queued(bytes) => write!(f, "queued:{bytes}"),
            ReadWhen::Held => f.write_str("held"),
        }
    }
}

impl FromStr for ReadWhen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "arrival" => Ok(ReadWhen::Arrival),
            "held" => Ok(ReadWhen::Held),
            _ => text
                .strip_prefix("queued:")
                .and_then(|bytes| bytes.parse().ok())
                .map(ReadWhen::Queued)
                .ok_or_else(|| format!("'{text}' is none of arrival, queued:N, held")),
        }
    }
}

/// The plain form for postcard; people and scripts read the text form.
#[derive(Serialize, Deserialize)]
enum Coded {
    Arrival,
    Queued(u32),
    Held,
}

impl Serialize for ReadWhen {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.collect_str(self);
        }
        match *self {
            ReadWhen::Arrival => Coded::Arrival,
            ReadWhen::Queued(bytes) => Coded::Queued(bytes),
            ReadWhen::Held => Coded::Held,
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for ReadWhen {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(from)?;
            return text.parse().map_err(serde::de::Error::custom);
        }
        Ok(match Coded::deserialize(from)? {
            Coded::Arrival => ReadWhen::Arrival,
            Coded::Queued(bytes) => ReadWhen::Queued(bytes),
            Coded::Held => ReadWhen::Held,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_read_asks_for_more_than_the_bag_lacks() {
        let policy = |bag| Policy {
            bag,
            ..Policy::default()
        };
        assert_eq!(policy(None).asks_bytes(0), 1024);
        assert_eq!(
            policy(None).asks_bytes(1),
            0,
            "what a bag held is answered first"
        );
        assert_eq!(policy(Some(100)).asks_bytes(0), 100);
        assert_eq!(policy(Some(100)).asks_bytes(70), 30);
        assert_eq!(policy(Some(100)).asks_bytes(100), 0);
        assert_eq!(
            policy(Some(100)).asks_bytes(120),
            0,
            "the bag was made smaller"
        );
        assert_eq!(policy(Some(5000)).asks_bytes(0), 1024);
    }
}
