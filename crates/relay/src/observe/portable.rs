//! A system of which only our own reads and writes are known, and what a read would find. What
//! another back end knows better it does itself.

use std::{io, mem::MaybeUninit, net::SocketAddr};

use protocol::Sources;
use socket2::SockRef;
use tokio::net::TcpListener;

use super::{Buffers, Look, Orphan};
use crate::stream::Stream;

/// How far a peek looks into the receive queue, bytes: there is no other way to measure it.
const PEEK_BYTES_MAX: usize = 65_536;

/// Where each kind of value comes from here.
pub fn sources() -> Sources {
    Sources::portable()
}

/// The system and the processor.
pub fn system() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Nothing is known of limits.
///
/// # Errors
/// None here.
pub fn raise_descriptor_limit() -> io::Result<()> {
    Ok(())
}

/// Here nothing ends a program whose file may not grow further.
pub fn let_long_files_fail() {}

/// Looks at a connected socket of which this program has read `read` bytes so far.
///
/// # Errors
/// None here.
pub fn look(stream: &Stream, read: u64) -> io::Result<Look> {
    let mut ahead = vec![0; PEEK_BYTES_MAX];
    let (queued, peer_shut, aborted) = match peek(stream, 0, &mut ahead) {
        Ok(0) => (0, true, false),
        Ok(queued) => (queued as u64, false, false),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => (0, false, false),
        Err(_) => (0, false, true),
    };
    Ok(Look {
        arrived: read.saturating_add(queued),
        segments: None,
        state: None,
        peer_shut,
        aborted,
        receive_window: None,
        rtt_nanos: None,
    })
}

/// Nothing is known of the buffers.
pub fn queues(_stream: &Stream) -> Buffers {
    Buffers::default()
}

/// Nothing is known of the accept queue.
pub fn waiting(_listener: &TcpListener) -> Option<(u32, u32)> {
    None
}

/// Who is not accepted is not told.
#[derive(Debug)]
pub struct Diag;

impl Diag {
    /// # Errors
    /// Always: there is no such thing.
    pub fn open() -> io::Result<Diag> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// # Errors
    /// Always.
    pub fn unaccepted(&self, _listener: SocketAddr) -> io::Result<Vec<Orphan>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// recv(2) on a socket that never waits.
///
/// # Errors
/// As recv(2).
pub fn recv(stream: &Stream, into: &mut [u8]) -> io::Result<usize> {
    SockRef::from(stream).recv(uninit(into))
}

/// Copies the head of the receive queue; it cannot skip.
///
/// # Errors
/// As recv(2); `Unsupported` if asked to skip.
pub fn peek(stream: &Stream, skip: u64, into: &mut [u8]) -> io::Result<usize> {
    if skip > 0 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    SockRef::from(stream).peek(uninit(into))
}

/// send(2) on a socket that never waits.
///
/// # Errors
/// As send(2).
pub fn send(stream: &Stream, bytes: &[u8]) -> io::Result<usize> {
    SockRef::from(stream).send(bytes)
}

fn uninit(bytes: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the layouts are the same, and socket2 promises to write initialised bytes only.
    unsafe { &mut *(std::ptr::from_mut(bytes) as *mut [MaybeUninit<u8>]) }
}
