//! Who asks: what the guard found out about a request, for whatever answers it.
//!
//! Knows nothing of what is asked for.

use std::net::{IpAddr, SocketAddr};

use protocol::Right;

/// The two ends of a connection to the page's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The other end.
    pub peer: SocketAddr,
    /// This end: by which of this machine's addresses it was reached.
    pub local: SocketAddr,
    /// The connection itself is secure.
    pub is_tls: bool,
}

/// Somebody who asks, as the guard lets them in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// What they may do.
    pub right: Right,
    /// Where they are: the connection's other end, or what a trusted proxy says.
    pub address: IpAddr,
    /// Their browser speaks TLS, with this relay or with a trusted proxy.
    pub is_secure: bool,
}
