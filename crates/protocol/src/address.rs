//! Addresses: of an internet socket, and of a Unix-domain one, which never leaves its machine.
//!
//! As text, as it stands in JSON and in `--echo`: `127.0.0.1:21567`, `[::1]:21567`, `unix:/a/path`,
//! `unix:@name` (an abstract name of Linux, which is in no folder), `unix:` (no name at all).
//!
//! Knows nothing of what stands at an address.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// What stands before the name of a Unix-domain socket.
const UNIX: &str = "unix:";

/// Where a socket is, or the one at the other end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// AF_INET and AF_INET6.
    Inet(SocketAddr),
    /// AF_UNIX.
    Unix(UnixName),
}

/// The name of a Unix-domain socket: a path, an abstract name, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixName(Box<str>);

/// The family of an address: where its names lie, and how far it reaches.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// AF_INET: IPv4.
    #[default]
    Inet,
    /// AF_INET6: IPv6.
    Inet6,
    /// AF_UNIX: within one machine.
    Unix,
}

impl Family {
    /// Its constant of the socket interface.
    #[must_use]
    pub fn constant(self) -> &'static str {
        match self {
            Family::Inet => "AF_INET",
            Family::Inet6 => "AF_INET6",
            Family::Unix => "AF_UNIX",
        }
    }
}

impl Address {
    /// Its family.
    #[must_use]
    pub fn family(&self) -> Family {
        match self {
            Address::Inet(SocketAddr::V4(_)) => Family::Inet,
            Address::Inet(SocketAddr::V6(_)) => Family::Inet6,
            Address::Unix(_) => Family::Unix,
        }
    }

    /// The address of an internet socket.
    #[must_use]
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Address::Inet(addr) => Some(*addr),
            Address::Unix(_) => None,
        }
    }

    /// The port, where there are ports.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.inet().map(|addr| addr.port())
    }

    /// A Unix-domain socket that has no name, as most clients there.
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        matches!(self, Address::Unix(UnixName(name)) if name.is_empty())
    }
}

impl UnixName {
    /// At a path. An empty one is no name.
    #[must_use]
    pub fn path(path: &str) -> UnixName {
        // A relative path may begin as an abstract name is written.
        if path.starts_with('@') {
            return UnixName(["./", path].concat().into());
        }
        UnixName(path.into())
    }

    /// An abstract name, without the NUL before it.
    #[must_use]
    pub fn abstract_name(name: &str) -> UnixName {
        UnixName(["@", name].concat().into())
    }

    /// The path, `@` and the abstract name, or nothing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, if it is at one.
    #[must_use]
    pub fn as_path(&self) -> Option<&str> {
        (!self.0.is_empty() && !self.0.starts_with('@')).then_some(&self.0)
    }
}

impl From<SocketAddr> for Address {
    fn from(addr: SocketAddr) -> Address {
        Address::Inet(addr)
    }
}

impl<I: Into<IpAddr>> From<(I, u16)> for Address {
    fn from(pair: (I, u16)) -> Address {
        Address::Inet(pair.into())
    }
}

impl From<UnixName> for Address {
    fn from(name: UnixName) -> Address {
        Address::Unix(name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Inet(addr) => addr.fmt(f),
            Address::Unix(name) => {
                f.write_str(UNIX)?;
                f.write_str(&name.0)
            }
        }
    }
}

/// Text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address is HOST:PORT, unix:/path or unix:@name")]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Address, NoAddress> {
        match text.strip_prefix(UNIX) {
            Some(name) => Ok(Address::Unix(UnixName(name.into()))),
            None => text.parse().map(Address::Inet).map_err(|_| NoAddress),
        }
    }
}

/// The form of postcard.
#[derive(Serialize, Deserialize)]
enum Plain<'a> {
    Inet(SocketAddr),
    #[serde(borrow)]
    Unix(Cow<'a, str>),
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.collect_str(self);
        }
        match self {
            Address::Inet(addr) => Plain::Inet(*addr),
            Address::Unix(name) => Plain::Unix(Cow::Borrowed(&name.0)),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
        if from.is_human_readable() {
            let text = Cow::<str>::deserialize(from)?;
            return text.parse().map_err(D::Error::custom);
        }
        Ok(match Plain::deserialize(from)? {
            Plain::Inet(addr) => Address::Inet(addr),
            Plain::Unix(name) => Address::Unix(UnixName(name.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_address() {
        for (text, family) in [
            ("127.0.0.1:21567", Family::Inet),
            ("[::1]:21567", Family::Inet6),
            ("unix:/run/echo", Family::Unix),
            ("unix:@echo", Family::Unix),
            ("unix:", Family::Unix),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.family(), family, "{text}");
            assert_eq!(address.to_string(), text);
        }
        assert_eq!("localhost:1".parse::<Address>(), Err(NoAddress));
        assert_eq!(UnixName::path("@here").as_path(), Some("./@here"));
        assert_eq!(UnixName::abstract_name("x").as_path(), None);
        assert!(Address::from(UnixName::path("")).is_unnamed());
    }
}
