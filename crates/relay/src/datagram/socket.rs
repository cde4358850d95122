//! A datagram socket, of whichever family, and how one is had: the server's twin of a stream server,
//! and a client's that can be answered.
//!
//! Knows nothing of what is sent over it.

use std::{io, net::SocketAddr};

use protocol::Address;
use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, Type};
use tokio::{
    io::{Interest, Ready},
    net::UdpSocket,
};

#[cfg(target_os = "linux")]
use tokio::net::UnixDatagram;

#[cfg(target_os = "linux")]
use crate::{door, unix_place::Place};
use crate::{listeners, observe::datagram::Look};

/// A datagram socket that is bound, before a runtime has it.
#[derive(Debug)]
pub struct Bound {
    socket: Socket,
    /// Where the server's is, which is removed with it.
    #[cfg(target_os = "linux")]
    place: Option<Place>,
}

impl Bound {
    /// The datagram twin of a stream server at that address: the same port number, or a path of its
    /// own that nobody else can reach.
    ///
    /// # Errors
    /// As bind(2): another program has the port.
    pub fn twin(of: &Address) -> io::Result<Bound> {
        match of {
            Address::Inet(addr) => Bound::udp(*addr),
            #[cfg(target_os = "linux")]
            Address::Unix(_) => {
                let mut place = Place::private()?;
                let socket = place.bind(Type::DGRAM)?;
                let place = Some(place);
                Ok(Bound { socket, place })
            }
            #[cfg(not(target_os = "linux"))]
            Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// A client's socket with an address of its own, so that the server there can answer.
    ///
    /// # Errors
    /// As socket(2) and bind(2).
    pub fn client(server: &Address) -> io::Result<Bound> {
        match server {
            Address::Inet(addr) => Bound::udp(SocketAddr::new(addr.ip(), 0)),
            #[cfg(target_os = "linux")]
            Address::Unix(_) => {
                let (socket, _) = door::unix::client(Type::DGRAM)?;
                let place = None;
                Ok(Bound { socket, place })
            }
            #[cfg(not(target_os = "linux"))]
            Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn udp(addr: SocketAddr) -> io::Result<Bound> {
        let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        socket.bind(&addr.into())?;
        Ok(Bound {
            socket,
            #[cfg(target_os = "linux")]
            place: None,
        })
    }

    /// Where it is.
    ///
    /// # Errors
    /// As getsockname(2).
    pub fn addr(&self) -> io::Result<Address> {
        address(&self.socket.local_addr()?).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// How this machine reaches it.
    ///
    /// # Errors
    /// As getsockname(2).
    pub fn reachable(&self) -> io::Result<SockAddr> {
        let bound = self.socket.local_addr()?;
        let inet = bound.as_socket().map(listeners::reachable_inet);
        Ok(inet.map_or(bound, SockAddr::from))
    }
}

/// A datagram socket that a runtime waits for.
#[derive(Debug)]
pub enum DatagramSocket {
    /// UDP, over IPv4 or IPv6.
    Udp(UdpSocket),
    /// A Unix-domain one: a queue of datagrams in this kernel. When it is full, sendto(2) says so,
    /// and none is lost.
    #[cfg(target_os = "linux")]
    Unix {
        /// The socket.
        socket: UnixDatagram,
        /// Where the server's is: removed after it.
        _place: Option<Place>,
    },
}

impl DatagramSocket {
    /// Within a runtime.
    ///
    /// # Errors
    /// The system does not take it.
    pub fn new(bound: Bound) -> io::Result<DatagramSocket> {
        #[cfg(target_os = "linux")]
        if bound.socket.local_addr()?.is_unix() {
            let socket = UnixDatagram::from_std(bound.socket.into())?;
            let _place = bound.place;
            return Ok(DatagramSocket::Unix { socket, _place });
        }
        UdpSocket::from_std(bound.socket.into()).map(DatagramSocket::Udp)
    }

    /// For calls that go past the runtime.
    pub fn raw(&self) -> SockRef<'_> {
        match self {
            DatagramSocket::Udp(socket) => SockRef::from(socket),
            #[cfg(target_os = "linux")]
            DatagramSocket::Unix { socket, .. } => SockRef::from(socket),
        }
    }

    /// Whether its datagrams can be lost on the way.
    pub fn loses(&self) -> bool {
        matches!(self, DatagramSocket::Udp(_))
    }

    /// What lies in it.
    pub fn look(&self) -> Look {
        let look = crate::observe::datagram::look(&self.raw());
        if self.loses() {
            return look;
        }
        // Those values are of other families' queues: here the sender pays for the memory, and the
        // kernel, which loses none, counts no losses (`unix_dgram_sendmsg`).
        Look {
            next_bytes: look.next_bytes,
            ..Look::default()
        }
    }

    /// When something is there to be read; that it is so is forgotten at once, so that whatever
    /// comes next is told again.
    pub async fn readable(&self) -> io::Result<Ready> {
        let seen = || Err::<(), _>(io::ErrorKind::WouldBlock.into());
        let of = Interest::READABLE;
        match self {
            DatagramSocket::Udp(socket) => {
                let ready = socket.ready(of).await?;
                let _ = socket.try_io(of, seen);
                Ok(ready)
            }
            #[cfg(target_os = "linux")]
            DatagramSocket::Unix { socket, .. } => {
                let ready = socket.ready(of).await?;
                let _ = socket.try_io(of, seen);
                Ok(ready)
            }
        }
    }
}

/// Whose a datagram is, of a family that is served here. A Unix-domain socket without a name, which
/// nobody can answer, has the empty one.
pub fn address(of: &SockAddr) -> Option<Address> {
    if let Some(inet) = of.as_socket() {
        return Some(inet.into());
    }
    #[cfg(target_os = "linux")]
    if of.is_unix() || of.len() == 0 {
        return Some(door::unix::name(of).into());
    }
    None
}
