//! Datagram sockets: one datagram with its real length, and what the kernel holds and has lost.
//! `udp(7)`, `sock_diag(7)`, `recv(2)` with MSG_TRUNC.

use std::{io, mem::MaybeUninit};

use socket2::{SockAddr, Socket};

/// One datagram.
#[derive(Debug)]
pub struct Datagram {
    /// How many bytes came.
    pub returned: usize,
    /// How long it was.
    pub bytes: usize,
    /// Where it came from.
    pub from: SockAddr,
}

/// What a look at a datagram socket found. What cannot be had is None.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Length of the next datagram, bytes; 0 is an empty one, or none.
    pub next_bytes: u64,
    /// Kernel memory behind the receive queue, bytes.
    pub kernel_memory: Option<u64>,
    /// Its limit, bytes.
    pub kernel_memory_limit: Option<u64>,
    /// Datagrams ever lost because the queue was full; wraps around.
    pub drops: Option<u32>,
}

/// recvfrom(2), which never waits and does not ask tokio. What does not fit into `into` is cut off.
///
/// # Errors
/// As recvfrom(2); `WouldBlock` if nothing is queued.
pub fn receive(socket: &Socket, into: &mut [u8]) -> io::Result<Datagram> {
    #[cfg(target_os = "linux")]
    {
        let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
        let most = into.len();
        let (bytes, from) = socket.recv_from_with_flags(uninit(into), flags)?;
        Ok(Datagram {
            returned: bytes.min(most),
            bytes,
            from,
        })
    }
    #[cfg(not(target_os = "linux"))]
    {
        /// Windows: WSAEMSGSIZE, "the datagram was longer than the buffer".
        const TOO_LONG: i32 = 10_040;
        // Nothing tells the length of what was cut, so it is looked at whole first.
        let mut whole = vec![MaybeUninit::uninit(); 65_536];
        let (bytes, from) = socket.peek_from(&mut whole)?;
        let returned = match socket.recv_from(uninit(into)) {
            Ok((returned, _)) => returned,
            Err(error) if error.raw_os_error() == Some(TOO_LONG) => into.len(),
            Err(error) => return Err(error),
        };
        Ok(Datagram {
            returned,
            bytes,
            from,
        })
    }
}

/// Whether a datagram waits, an empty one too.
pub fn waits(socket: &Socket) -> bool {
    let mut nothing = [MaybeUninit::<u8>::uninit(); 1];
    match socket.peek_from(&mut nothing) {
        Ok(_) => true,
        // Longer than the buffer is an error on Windows, and a datagram all the same.
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

/// Looks at a socket.
pub fn look(socket: &Socket) -> Look {
    #[cfg(target_os = "linux")]
    {
        use super::linux::{RCVBUF, RMEM_ALLOC, meminfo, queued};
        use std::os::fd::AsRawFd;
        /// `include/uapi/linux/sock_diag.h`: SK_MEMINFO_DROPS.
        const DROPS: usize = 8;
        let fd = socket.as_raw_fd();
        let memory = meminfo(fd);
        let value =
            |index: usize| memory.and_then(|(values, told)| (told > index).then(|| values[index]));
        Look {
            next_bytes: queued(fd).unwrap_or(0),
            kernel_memory: value(RMEM_ALLOC).map(u64::from),
            kernel_memory_limit: value(RCVBUF).map(u64::from),
            drops: value(DROPS),
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let mut whole = vec![MaybeUninit::uninit(); 65_536];
        Look {
            next_bytes: socket.peek(&mut whole).unwrap_or(0) as u64,
            ..Look::default()
        }
    }
}

fn uninit(bytes: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the layouts are the same, and socket2 promises to write initialised bytes only.
    unsafe { &mut *(std::ptr::from_mut(bytes) as *mut [MaybeUninit<u8>]) }
}
