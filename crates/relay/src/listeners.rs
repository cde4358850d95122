//! What must be there before a relay can run: two listeners and a page. All or nothing.
//!
//! Knows nothing of what is served.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// The most connections in the page's accept queue.
const PAGE_BACKLOG: u32 = 128;

/// Both listeners, bound and listening.
#[derive(Debug)]
pub struct Listeners {
    pub(crate) echo: TcpListener,
    pub(crate) echo_addr: SocketAddr,
    pub(crate) page: PageListener,
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
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The page drives the relay, so it is for this machine only.
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
    /// The page's address is not loopback, or the system refuses one of them.
    pub fn bind(echo: SocketAddr, page: SocketAddr, backlog: u32) -> Result<Listeners, StartError> {
        PageListener::check(page)?;
        let (echo_addr, listener) = listen(Which::Echo, echo, backlog)?;
        let page = PageListener::bind(page)?;
        let echo = TcpListener::from_std(listener).map_err(|source| StartError::Listen {
            which: Which::Echo,
            addr: echo,
            source,
        })?;
        Ok(Listeners {
            echo,
            echo_addr,
            page,
        })
    }

    /// Where the echo server listens.
    #[must_use]
    pub fn echo_addr(&self) -> SocketAddr {
        self.echo_addr
    }

    /// Where the page is.
    #[must_use]
    pub fn page_addr(&self) -> SocketAddr {
        self.page.addr
    }
}

impl PageListener {
    /// Binds and listens; port 0 picks a free one.
    ///
    /// # Errors
    /// The address is not loopback, or the system refuses it.
    pub fn bind(addr: SocketAddr) -> Result<PageListener, StartError> {
        PageListener::check(addr)?;
        let (addr, listener) = listen(Which::Page, addr, PAGE_BACKLOG)?;
        Ok(PageListener { listener, addr })
    }

    /// Where the page is.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    fn check(addr: SocketAddr) -> Result<(), StartError> {
        if addr.ip().is_loopback() {
            return Ok(());
        }
        Err(StartError::NotLoopback { addr })
    }
}

fn listen(
    which: Which,
    addr: SocketAddr,
    backlog: u32,
) -> Result<(SocketAddr, std::net::TcpListener), StartError> {
    bind(addr, backlog)
        .and_then(|listener| Ok((listener.local_addr()?, listener)))
        .map_err(|source| StartError::Listen {
            which,
            addr,
            source,
        })
}

fn bind(addr: SocketAddr, backlog: u32) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    // On Windows the option would let another program take the port over.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
    Ok(socket.into())
}

/// The address by which this machine reaches a listener.
pub(crate) fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
