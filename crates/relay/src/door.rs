//! The listening socket of an echo server, of whichever family, and how a client of ours gets there.
//!
//! Knows nothing of what is served, and of who may come in when.

use std::{io, net::SocketAddr};

use protocol::{Address, Family};
use socket2::SockRef;
use tokio::net::TcpListener;

use crate::{observe, stream::Stream};

/// A socket on which listen(2) was called.
#[derive(Debug)]
pub enum Door {
    /// TCP, over IPv4 or IPv6.
    Tcp(TcpListener),
    /// A Unix-domain socket, at a place that is removed with it.
    #[cfg(target_os = "linux")]
    Unix(tokio::net::UnixListener, crate::unix_place::Place),
}

/// Whom accept(2) has let in.
#[derive(Debug)]
pub struct Guest {
    /// The accepted socket.
    pub stream: Stream,
    /// The client's address.
    pub client: Address,
    /// The server's own.
    pub server: Address,
}

impl Door {
    /// accept(2), when somebody is there.
    ///
    /// # Errors
    /// As accept(2) and getsockname(2).
    pub async fn accept(&self) -> io::Result<Guest> {
        match self {
            Door::Tcp(listener) => {
                let (stream, client) = listener.accept().await?;
                let server = stream.local_addr()?.into();
                Ok(Guest {
                    stream: stream.into(),
                    client: client.into(),
                    server,
                })
            }
            #[cfg(target_os = "linux")]
            Door::Unix(listener, place) => {
                let (stream, _) = listener.accept().await?;
                let client = unix::name(&SockRef::from(&stream).peer_addr()?);
                Ok(Guest {
                    stream: stream.into(),
                    client: client.into(),
                    server: place.name().into(),
                })
            }
        }
    }

    /// listen(2) on a socket that listens already: the backlog is another one at once, and nobody
    /// who waits is turned away (Linux: `inet_listen`, `unix_listen`; POSIX leaves it open, Windows
    /// ignores it).
    ///
    /// # Errors
    /// As listen(2).
    pub fn listen_again(&self, backlog: u32) -> io::Result<()> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        match self {
            Door::Tcp(listener) => SockRef::from(listener).listen(backlog),
            #[cfg(target_os = "linux")]
            Door::Unix(listener, _) => SockRef::from(listener).listen(backlog),
        }
    }

    /// The address of an internet listener.
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Door::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(target_os = "linux")]
            Door::Unix(..) => None,
        }
    }

    /// Length and limit of the accept queue. None: nobody tells.
    pub fn waiting(&self) -> Option<(u32, u32)> {
        match self {
            Door::Tcp(listener) => observe::waiting(listener),
            #[cfg(target_os = "linux")]
            Door::Unix(..) => None,
        }
    }
}

/// Anywhere on this machine: a free port of loopback, or a path of our own.
pub fn anywhere(family: Family) -> Address {
    match family {
        Family::Inet => (std::net::Ipv4Addr::LOCALHOST, 0).into(),
        Family::Inet6 => (std::net::Ipv6Addr::LOCALHOST, 0).into(),
        Family::Unix => protocol::UnixName::default().into(),
    }
}

#[cfg(target_os = "linux")]
pub mod unix {
    //! Unix-domain sockets by their names.

    use std::{io, path::Path};

    use protocol::UnixName;
    use socket2::{Domain, SockAddr, Socket, Type};
    use tokio::net::{UnixListener, UnixStream};

    use super::Door;
    use crate::unix_place::Place;

    /// Binds and listens there; without a name, at a new path that is ours alone.
    ///
    /// # Errors
    /// The place cannot be had, or the system refuses.
    pub fn bind(at: &UnixName) -> io::Result<(Socket, Place)> {
        let mut place = match at.as_path() {
            Some(path) => Place::chosen(Path::new(path))?,
            None if at.as_str().is_empty() => Place::private()?,
            None => {
                let only = "the server listens at a path, not at an abstract name: unix:/path";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, only));
            }
        };
        let socket = place.bind(Type::STREAM)?;
        Ok((socket, place))
    }

    /// The door of a socket that listens at that place.
    ///
    /// # Errors
    /// There is no runtime that could wait for it.
    pub fn door(socket: Socket, place: Place) -> io::Result<Door> {
        let listener = UnixListener::from_std(socket.into())?;
        Ok(Door::Unix(listener, place))
    }

    /// A client's socket with a name that the kernel has chosen, so that the server can tell whose it is.
    ///
    /// # Errors
    /// As socket(2) and bind(2).
    pub fn client(kind: Type) -> io::Result<(Socket, UnixName)> {
        let socket = Socket::new(Domain::UNIX, kind, None)?;
        socket.set_nonblocking(true)?;
        // Autobind (unix(7)): an address of the family alone, without any name.
        socket.bind(&SockAddr::unix("")?)?;
        let name = name(&socket.local_addr()?);
        Ok((socket, name))
    }

    /// connect(2), which is done or fails at once: EAGAIN if the accept queue is full.
    ///
    /// # Errors
    /// As connect(2).
    pub fn connect(socket: Socket, to: &UnixName) -> io::Result<UnixStream> {
        socket.connect(&SockAddr::unix(to.as_str())?)?;
        UnixStream::from_std(socket.into())
    }

    /// The name in a socket's address.
    pub fn name(address: &SockAddr) -> UnixName {
        if let Some(path) = address.as_pathname() {
            return UnixName::path(&path.to_string_lossy());
        }
        match address.as_abstract_namespace() {
            Some(name) => UnixName::abstract_name(&String::from_utf8_lossy(name)),
            None => UnixName::default(),
        }
    }
}
