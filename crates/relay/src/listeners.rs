//! What must be there before a relay can run: two listeners and a page. All or nothing.
//!
//! Knows nothing of what is served.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use protocol::{Address, Called, End, UnixName};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpListener;

#[cfg(target_os = "linux")]
use crate::door;
use crate::{EchoConfig, HallConfig, datagram, door::Door, noted::Calls};

/// The most connections in the page's accept queue.
const PAGE_BACKLOG: u32 = 128;

/// With port 0 so many numbers are tried for one that is free for TCP and UDP.
const DRAWS_MAX: u32 = 8;

/// Both listeners, bound and listening.
#[derive(Debug)]
pub struct Listeners {
    pub(crate) echo: EchoListener,
    pub(crate) page: PageListener,
}

/// An echo server's listener, bound and listening.
#[derive(Debug)]
pub struct EchoListener {
    pub(crate) door: Door,
    pub(crate) addr: Address,
    /// Its datagram twin's socket, if it could be had.
    pub(crate) datagrams: Option<datagram::Bound>,
    /// The calls that made it, in order; listen itself is told otherwise.
    pub(crate) calls: Vec<Called>,
}

/// The page's listener, bound and listening.
#[derive(Debug)]
pub struct PageListener {
    /// For the runtime that serves it.
    pub(crate) listener: std::net::TcpListener,
    pub(crate) addr: SocketAddr,
}

/// Which listener could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The echo server's.
    Echo,
    /// The page's.
    Page,
}

/// Why the relay cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A listener could not be had.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// Which.
        which: Which,
        /// Where.
        addr: Address,
        /// What the system says.
        source: io::Error,
    },
    /// Whoever reached it there could drive the relay, for there is no link for the lecturer.
    #[error("{addr} is not a loopback address")]
    NotLoopback {
        /// Where.
        addr: SocketAddr,
    },
    /// No page there.
    #[error("there is no index.html in {}", dir.display())]
    NoPage {
        /// Where it should be.
        dir: PathBuf,
    },
    /// The file of a recording cannot be made.
    #[error("cannot record into {}: {source}", path.display())]
    Record {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No recordings can be made in that folder.
    #[error("cannot record in {}: {source}", dir.display())]
    RecordDir {
        /// Which.
        dir: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No run id.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// No threads for the viewers.
    #[error("the system gives no threads: {0}")]
    Threads(io::Error),
}

impl Listeners {
    /// Binds and listens on both addresses; port 0 picks a free one. Within a tokio runtime.
    ///
    /// # Errors
    /// One of the addresses is not loopback and the hall has no token, or the system refuses one.
    pub fn bind(
        echo: &Address,
        page: SocketAddr,
        config: &EchoConfig,
        hall: &HallConfig,
    ) -> Result<Listeners, StartError> {
        if hall.token.is_none() {
            check_loopback(page)?;
            echo.inet().map_or(Ok(()), check_loopback)?;
        }
        let echo = EchoListener::bind(echo, config)?;
        let page = PageListener::listen(page)?;
        Ok(Listeners { echo, page })
    }

    /// Where the echo server listens.
    #[must_use]
    pub fn echo_addr(&self) -> &Address {
        &self.echo.addr
    }

    /// Where the page is.
    #[must_use]
    pub fn page_addr(&self) -> SocketAddr {
        self.page.addr
    }
}

impl EchoListener {
    /// Binds and listens; port 0 picks a free one. Within a tokio runtime.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn bind(addr: &Address, config: &EchoConfig) -> Result<EchoListener, StartError> {
        let buffers = (config.receive_buffer, config.send_buffer);
        let refused = |source| StartError::Listen {
            which: Which::Echo,
            addr: addr.clone(),
            source,
        };
        let (calls, (bound, door), datagrams) = match addr {
            Address::Inet(at) => {
                let (calls, (bound, listener), datagrams) =
                    listen_with_twin(*at, config.backlog, buffers)?;
                let listener = TcpListener::from_std(listener).map_err(refused)?;
                (calls, (bound.into(), Door::Tcp(listener)), datagrams)
            }
            Address::Unix(at) => {
                let mut calls = Calls::of(End::Server);
                let bound =
                    listen_unix(at, config.backlog, buffers, &mut calls).map_err(refused)?;
                let twin = datagram::Bound::twin(&bound.0)
                    .inspect_err(|error| tracing::warn!(%error, "no datagram echo"));
                (calls, bound, twin.ok())
            }
        };
        Ok(EchoListener {
            door,
            addr: bound,
            datagrams,
            calls: calls.made(),
        })
    }
}

impl PageListener {
    /// Binds and listens, for this machine only; port 0 picks a free one.
    ///
    /// # Errors
    /// The address is not loopback, or the system refuses it.
    pub fn bind(addr: SocketAddr) -> Result<PageListener, StartError> {
        check_loopback(addr)?;
        PageListener::listen(addr)
    }

    fn listen(addr: SocketAddr) -> Result<PageListener, StartError> {
        // How the page's listener was made is not told.
        let mut calls = Calls::of(End::Server);
        let (addr, listener) = listen(Which::Page, addr, PAGE_BACKLOG, (None, None), &mut calls)?;
        Ok(PageListener { listener, addr })
    }

    /// Where the page is.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

fn check_loopback(addr: SocketAddr) -> Result<(), StartError> {
    match addr.ip().is_loopback() {
        true => Ok(()),
        false => Err(StartError::NotLoopback { addr }),
    }
}

/// The calls that made a listener, the listener and its address, and its datagram twin's socket.
type WithTwin = (
    Calls,
    (SocketAddr, std::net::TcpListener),
    Option<datagram::Bound>,
);

/// A stream's listener and, on the same port number, the datagram twin's socket, if it can be had.
fn listen_with_twin(
    addr: SocketAddr,
    backlog: u32,
    buffers: (Option<u32>, Option<u32>),
) -> Result<WithTwin, StartError> {
    let mut draws = 0;
    loop {
        let mut calls = Calls::of(End::Server);
        let (bound, listener) = listen(Which::Echo, addr, backlog, buffers, &mut calls)?;
        draws += 1;
        match datagram::Bound::twin(&bound.into()) {
            Ok(twin) => return Ok((calls, (bound, listener), Some(twin))),
            // Another number may be free for both.
            Err(_) if addr.port() == 0 && draws < DRAWS_MAX => {}
            Err(error) => {
                tracing::warn!(
                    "no datagram echo: UDP port {} cannot be had ({error}); stop what uses it, or choose another --echo",
                    bound.port()
                );
                return Ok((calls, (bound, listener), None));
            }
        }
    }
}

/// `buffers`: what to ask of SO_RCVBUF and SO_SNDBUF. Set before listen(2), those accepted have them
/// from their first segment on.
fn listen(
    which: Which,
    addr: SocketAddr,
    backlog: u32,
    buffers: (Option<u32>, Option<u32>),
    calls: &mut Calls,
) -> Result<(SocketAddr, std::net::TcpListener), StartError> {
    let mut bind = || -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
        calls.note_socket(&addr.into());
        // On Windows the option would let another program take the port over.
        #[cfg(unix)]
        {
            socket.set_reuse_address(true)?;
            calls.note("setsockopt", "SOL_SOCKET, SO_REUSEADDR, 1", "");
        }
        calls.set_buffers(SockRef::from(&socket), buffers.0, buffers.1)?;
        socket.set_nonblocking(true)?;
        socket.bind(&addr.into())?;
        calls.note_bind(&addr.into());
        socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
        Ok(socket)
    };
    bind()
        .map(std::net::TcpListener::from)
        .and_then(|listener| Ok((listener.local_addr()?, listener)))
        .map_err(|source| StartError::Listen {
            which,
            addr: addr.into(),
            source,
        })
}

/// As [`listen`], at the place of a Unix-domain socket.
#[cfg(target_os = "linux")]
fn listen_unix(
    at: &UnixName,
    backlog: u32,
    buffers: (Option<u32>, Option<u32>),
    calls: &mut Calls,
) -> io::Result<(Address, Door)> {
    let (socket, place) = door::unix::bind(at)?;
    let bound = Address::from(place.name());
    calls.note_socket(&bound);
    calls.set_buffers(SockRef::from(&socket), buffers.0, buffers.1)?;
    calls.note_bind(&bound);
    socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
    Ok((bound, door::unix::door(socket, place)?))
}

/// Elsewhere no client gets a name of its own by which its two ends could be joined.
#[cfg(not(target_os = "linux"))]
fn listen_unix(
    _: &UnixName,
    _: u32,
    _: (Option<u32>, Option<u32>),
    _: &mut Calls,
) -> io::Result<(Address, Door)> {
    let only = "Unix-domain sockets are served on Linux only";
    Err(io::Error::new(io::ErrorKind::Unsupported, only))
}

/// The address by which this machine reaches a listener.
pub(crate) fn reachable(addr: Address) -> Address {
    match addr {
        Address::Inet(addr) => reachable_inet(addr).into(),
        Address::Unix(_) => addr,
    }
}

/// The same, of an internet address.
pub(crate) fn reachable_inet(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
