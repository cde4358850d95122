//! Calls of the socket interface that a person lets a demonstration client make, one by one, as a
//! Python program would make them. What came of each is told by [`crate::Called`], beside the
//! facts of the stream that it causes.

use serde::{Deserialize, Serialize};

use crate::{Limit, Policy, Refusal, Request};

/// One call of a client's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// recv(n): at most so many bytes.
    Recv {
        /// 1 to [`Policy::BUFSIZE_MAX`].
        bytes: u32,
    },
    /// recv_into(buffer): into a buffer of so many bytes, which is there already.
    RecvInto {
        /// 1 to [`Policy::BUFSIZE_MAX`].
        bytes: u32,
    },
    /// send(bytes): as many of them as the kernel takes.
    Send {
        /// 1 to [`Request::BYTES_MAX`].
        bytes: Vec<u8>,
    },
    /// sendall(bytes): sends until the kernel has taken all.
    Sendall {
        /// 1 to [`Request::BYTES_MAX`].
        bytes: Vec<u8>,
    },
    /// makefile('rb'), and then readline() of that file.
    Makefile,
    /// getsockname().
    Getsockname,
    /// getpeername().
    Getpeername,
    /// getsockopt(level, option).
    Getsockopt {
        /// Which.
        option: SocketOption,
    },
    /// setsockopt(level, option, value).
    Setsockopt {
        /// Which.
        option: SocketOption,
        /// 0 to [`Call::VALUE_MAX`]; of a switch: 0 or 1.
        value: u32,
    },
    /// shutdown(SHUT_WR).
    Shutdown,
    /// close(); after detach() the close of the descriptor that it gave.
    Close,
    /// detach().
    Detach,
    /// setblocking(flag).
    Setblocking {
        /// Calls wait?
        flag: bool,
    },
    /// settimeout(seconds).
    Settimeout {
        /// Milliseconds, 0 to [`Request::GAP_MILLIS_MAX`]. None: wait for ever.
        millis: Option<u32>,
    },
    /// gettimeout().
    Gettimeout,
    /// fileno().
    Fileno,
    /// The attribute family.
    Family,
    /// The attribute type.
    Type,
    /// The attribute proto.
    Proto,
    /// connect_ex(address), on a socket of its own, to a port at which nobody listens.
    ConnectEx,
    /// sendto(), recvfrom() and recvfrom_into() between two datagram sockets of their own.
    Parcel,
}

/// An option of a socket that is asked for or set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SocketOption {
    /// SO_RCVBUF, bytes. Linux doubles what is asked for.
    ReceiveBuffer,
    /// SO_SNDBUF, bytes. Linux doubles what is asked for.
    SendBuffer,
    /// TCP_NODELAY, a switch.
    NoDelay,
    /// SO_KEEPALIVE, a switch.
    KeepAlive,
    /// SO_REUSEADDR, a switch.
    ReuseAddress,
}

impl SocketOption {
    /// All of them.
    pub const ALL: [SocketOption; 5] = [
        SocketOption::ReceiveBuffer,
        SocketOption::SendBuffer,
        SocketOption::NoDelay,
        SocketOption::KeepAlive,
        SocketOption::ReuseAddress,
    ];

    /// Its name in C and in Python.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SocketOption::ReceiveBuffer => "SO_RCVBUF",
            SocketOption::SendBuffer => "SO_SNDBUF",
            SocketOption::NoDelay => "TCP_NODELAY",
            SocketOption::KeepAlive => "SO_KEEPALIVE",
            SocketOption::ReuseAddress => "SO_REUSEADDR",
        }
    }

    /// The name of its level in C and in Python.
    #[must_use]
    pub fn level(self) -> &'static str {
        match self {
            SocketOption::NoDelay => "IPPROTO_TCP",
            _ => "SOL_SOCKET",
        }
    }
}

impl Call {
    /// The largest value of an option.
    pub const VALUE_MAX: u32 = 16 << 20;

    /// The method's or the attribute's name in Python: the `method` of what is recorded of it. Of
    /// [`Call::Parcel`], which makes several calls, the last one.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Call::Recv { .. } => "recv",
            Call::RecvInto { .. } => "recv_into",
            Call::Send { .. } => "send",
            Call::Sendall { .. } => "sendall",
            Call::Makefile => "makefile",
            Call::Getsockname => "getsockname",
            Call::Getpeername => "getpeername",
            Call::Getsockopt { .. } => "getsockopt",
            Call::Setsockopt { .. } => "setsockopt",
            Call::Shutdown => "shutdown",
            Call::Close => "close",
            Call::Detach => "detach",
            Call::Setblocking { .. } => "setblocking",
            Call::Settimeout { .. } => "settimeout",
            Call::Gettimeout => "gettimeout",
            Call::Fileno => "fileno",
            Call::Family => "family",
            Call::Type => "type",
            Call::Proto => "proto",
            Call::ConnectEx => "connect_ex",
            Call::Parcel => "recvfrom_into",
        }
    }

    /// Whether it needs no connection: it is made on sockets of its own.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        matches!(self, Call::ConnectEx | Call::Parcel)
    }

    /// # Errors
    /// Names the first value that is out of its range.
    pub fn check(&self) -> Result<(), Refusal> {
        let within = |what, value: u32, min, max| match (min..=max).contains(&value) {
            true => Ok(()),
            false => Err(Refusal::OutOfRange { what, min, max }),
        };
        match self {
            Call::Recv { bytes } | Call::RecvInto { bytes } => {
                within(Limit::Bufsize, *bytes, 1, Policy::BUFSIZE_MAX)
            }
            Call::Send { bytes } | Call::Sendall { bytes } => {
                let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                within(Limit::BatchBytes, count, 1, Request::BYTES_MAX as u32)
            }
            Call::Setsockopt { value, .. } => {
                within(Limit::OptionValue, *value, 0, Self::VALUE_MAX)
            }
            Call::Settimeout { millis } => within(
                Limit::Timeout,
                millis.unwrap_or(0),
                0,
                Request::GAP_MILLIS_MAX,
            ),
            _ => Ok(()),
        }
    }
}
