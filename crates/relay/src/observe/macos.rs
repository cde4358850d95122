//! macOS: `TCP_CONNECTION_INFO` and `SO_NREAD` of getsockopt(2). Written from its headers and
//! documentation, and checked by the compiler only.
//!
//! Not told there in our words: `SO_NWRITE` counts what is unsent and what is in flight as one, and
//! of the accept queue kqueue(2) tells the length but nobody the limit.

use std::{
    io,
    mem::{offset_of, size_of_val},
    os::fd::{AsRawFd, RawFd},
};

use protocol::{Sources, TcpState};

use super::{Buffers, Look, portable};
use crate::stream::Stream;

/// `sys/syslimits.h`, OPEN_MAX: setrlimit(2) takes no more for descriptors.
const OPEN_MAX: libc::rlim_t = 10_240;

/// Where each kind of value comes from here.
pub fn sources() -> Sources {
    Sources::macos()
}

/// Lets this program have as many descriptors as it may; the usual soft limit is 256.
///
/// # Errors
/// As setrlimit(2).
pub fn raise_descriptor_limit() -> io::Result<()> {
    // SAFETY: `limit` lives through both calls, and all zeros is valid there.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        check(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit))?;
        limit.rlim_cur = limit.rlim_max.min(OPEN_MAX);
        check(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit))
    }
}

/// Lets a file that may not grow further be an error of write(2) instead of the end of this program
/// (RLIMIT_FSIZE and SIGXFSZ, `setrlimit(2)`).
pub fn let_long_files_fail() {
    // SAFETY: to ignore a signal calls no code of ours.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Looks at a connected socket of which this program has read `read` bytes so far.
///
/// # Errors
/// As getsockopt(2); what `TCP_CONNECTION_INFO` does not tell is found by a peek.
pub fn look(stream: &Stream, read: u64) -> io::Result<Look> {
    let fd = stream.as_raw_fd();
    let Ok(info) = info(fd) else {
        return portable::look(stream, read);
    };
    let queued = queued(fd)?;
    let state = state(info.tcpi_state);
    Ok(Look {
        arrived: read.saturating_add(queued),
        segments: None,
        state,
        peer_shut: matches!(
            state,
            Some(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait)
        ),
        aborted: state == Some(TcpState::Close),
        receive_window: Some(u64::from(info.tcpi_rcv_wnd)),
        // Milliseconds, so that loopback's is 0 or 1.
        rtt_nanos: (info.tcpi_srtt > 0).then(|| u64::from(info.tcpi_srtt) * 1_000_000),
    })
}

/// Nothing is told of the buffers that could be shown as what it is.
pub fn queues(_stream: &Stream) -> Buffers {
    Buffers::default()
}

/// Up to here crate and kernel agree: behind it the kernel has bits where the crate has numbers.
const INFO_BYTES: usize = offset_of!(libc::tcp_connection_info, tcpi_tfo_cookie_req);

fn info(fd: RawFd) -> io::Result<libc::tcp_connection_info> {
    // SAFETY: plain numbers, for which all zeros is valid; not more than its head is filled.
    unsafe {
        let mut info: libc::tcp_connection_info = std::mem::zeroed();
        let into = (&raw mut info).cast();
        let name = libc::TCP_CONNECTION_INFO;
        option(fd, libc::IPPROTO_TCP, name, into, INFO_BYTES)?;
        Ok(info)
    }
}

fn queued(fd: RawFd) -> io::Result<u64> {
    let mut bytes: libc::c_int = 0;
    let into = (&raw mut bytes).cast();
    // SAFETY: `bytes` is writable for its whole size.
    unsafe {
        option(
            fd,
            libc::SOL_SOCKET,
            libc::SO_NREAD,
            into,
            size_of_val(&bytes),
        )?
    };
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// # Safety
/// `into` is writable for `size` bytes, and any bytes are valid there.
unsafe fn option(
    fd: RawFd,
    level: libc::c_int,
    name: libc::c_int,
    into: *mut libc::c_void,
    size: usize,
) -> io::Result<()> {
    let mut len = size as libc::socklen_t;
    // SAFETY: promised by the caller; `len` lives through the call.
    check(unsafe { libc::getsockopt(fd, level, name, into, &raw mut len) })?;
    if len as usize == size {
        Ok(())
    } else {
        Err(io::ErrorKind::Unsupported.into())
    }
}

fn check(returned: libc::c_int) -> io::Result<()> {
    match returned {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// `netinet/tcp_fsm.h`.
fn state(number: u8) -> Option<TcpState> {
    Some(match number {
        0 => TcpState::Close,
        1 => TcpState::Listen,
        2 => TcpState::SynSent,
        3 => TcpState::SynReceived,
        4 => TcpState::Established,
        5 => TcpState::CloseWait,
        6 => TcpState::FinWait1,
        7 => TcpState::Closing,
        8 => TcpState::LastAck,
        9 => TcpState::FinWait2,
        10 => TcpState::TimeWait,
        _ => return None,
    })
}
