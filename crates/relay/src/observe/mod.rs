//! What the kernel says of a socket: the only place with system calls of our own, and with `unsafe`.
//!
//! Knows nothing of events, of the journal or of policies: a question in, numbers out.
//!
//! Every function here is for a socket that *one* task owns. Reads by anybody else would make the
//! numbers race with each other.
#![allow(unsafe_code)]

use std::net::SocketAddr;

use protocol::TcpState;

pub mod datagram;
#[cfg(target_os = "linux")]
mod diag;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod unix_domain;
mod usage;
#[cfg(target_os = "linux")]
pub use diag::Diag;
#[cfg(target_os = "linux")]
pub use linux::{
    let_long_files_fail, look, peek, queues, raise_descriptor_limit, recv, send, sources, system,
    waiting,
};
pub use usage::usage;

#[cfg(not(target_os = "linux"))]
#[allow(
    dead_code,
    reason = "another back end does itself what it knows better"
)]
mod portable;
#[cfg(not(target_os = "linux"))]
pub use portable::{Diag, peek, recv, send, system, waiting};

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub use macos::{let_long_files_fail, look, queues, raise_descriptor_limit, sources};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use {
    portable::{let_long_files_fail, raise_descriptor_limit},
    windows::{look, queues, sources},
};

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub use portable::{let_long_files_fail, look, queues, raise_descriptor_limit, sources};

/// How often a socket must be looked at, nanoseconds, where no edge tells of a further arrival
/// while earlier bytes are still unread. None: the system tells.
///
/// On Windows readiness comes back only when the runtime's own read or write finds that it would
/// wait, and the calls here go past it.
pub const LOOK_EVERY_NANOS: Option<u64> = if cfg!(windows) {
    Some(10_000_000)
} else {
    None
};

/// A connection that no program has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The client.
    pub peer: SocketAddr,
    /// `SynReceived`: not yet in the accept queue. `CloseWait`: its client sends no more.
    pub state: TcpState,
    /// Bytes that wait on it.
    pub receive_queue: u64,
}

/// What one look at a connected socket found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Bytes that ever arrived, read or not.
    pub arrived: u64,
    /// Segments with data that ever arrived; wraps around.
    pub segments: Option<u32>,
    /// The state.
    pub state: Option<TcpState>,
    /// The peer's FIN has come: nothing will arrive any more.
    pub peer_shut: bool,
    /// The connection is no more, and not by its regular end.
    pub aborted: bool,
    /// The window last advertised, bytes. It lags.
    pub receive_window: Option<u64>,
    /// Smoothed round trip time, nanoseconds.
    pub rtt_nanos: Option<u64>,
}

/// What one look at a socket's buffers found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// Kernel memory behind the receive queue, bytes.
    pub kernel_memory: Option<u64>,
    /// Its limit, bytes.
    pub kernel_memory_limit: Option<u64>,
    /// Written and not yet sent, bytes.
    pub unsent: Option<u64>,
    /// Sent and not yet acknowledged, bytes.
    pub in_flight: Option<u64>,
}
