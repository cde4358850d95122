//! Linux tells everything, to everybody: `tcp(7)`, `sock_diag(7)`, `ioctl(SIOCINQ)`.

use std::{
    io,
    mem::{offset_of, size_of},
    os::fd::{AsRawFd, RawFd},
};

use linux_raw_sys::net::tcp_info;
use protocol::{Family, Sources, TcpState};
use tokio::net::TcpListener;

use super::{Buffers, Look, unix_domain};
use crate::stream::Stream;

const SIOCINQ: libc::Ioctl = 0x541B;
const SIOCOUTQ: libc::Ioctl = 0x5411;
const SIOCOUTQNSD: libc::Ioctl = 0x894B;
const SO_MEMINFO: libc::c_int = 55;
const SO_PEEK_OFF: libc::c_int = 42;
/// `include/uapi/linux/sock_diag.h`: SK_MEMINFO_RMEM_ALLOC, SK_MEMINFO_RCVBUF, of 9 in all.
pub(super) const RMEM_ALLOC: usize = 0;
pub(super) const RCVBUF: usize = 1;

/// Where each kind of value comes from here.
pub fn sources() -> Sources {
    Sources::linux()
}

/// The system, its release and the processor.
pub fn system() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("Linux {} {}", release.trim(), std::env::consts::ARCH)
}

/// Lets this program have as many descriptors as it may: a lecture hall needs more than the usual
/// soft limit of 1,024.
///
/// # Errors
/// As setrlimit(2).
pub fn raise_descriptor_limit() -> io::Result<()> {
    // SAFETY: `limit` lives through both calls, and all zeros is valid there.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        check(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) as isize)?;
        limit.rlim_cur = limit.rlim_max;
        check(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) as isize)?;
    }
    Ok(())
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
/// Only where the kernel is too old to count bytes (before 4.1).
pub fn look(stream: &Stream, read: u64) -> io::Result<Look> {
    let fd = stream.as_raw_fd();
    if stream.family() == Family::Unix {
        return unix_domain::look(fd, read);
    }
    let (info, len) = info(fd)?;
    if len < offset_of!(tcp_info, tcpi_data_segs_out) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // After TCP_INFO, never before: then a read would find at least what TCP_INFO has counted.
    let queued = queued(fd)?;
    let state = state(info.tcpi_state);
    let peer_shut = matches!(
        state,
        Some(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait)
    );
    let aborted = state == Some(TcpState::Close);
    let found = read.saturating_add(queued);
    let arrived = if aborted {
        found
    } else {
        // A FIN counts as one byte. The kernel reads the state before it takes the lock under
        // which it counts, so a FIN may slip in between: what a read would find bounds it.
        (info.tcpi_bytes_received - u64::from(peer_shut && info.tcpi_bytes_received > 0)).min(found)
    };
    Ok(Look {
        arrived,
        segments: Some(info.tcpi_data_segs_in),
        state,
        peer_shut,
        aborted,
        receive_window: (len >= offset_of!(tcp_info, tcpi_rehash))
            .then_some(u64::from(info.tcpi_rcv_wnd)),
        rtt_nanos: (info.tcpi_rtt > 0).then(|| u64::from(info.tcpi_rtt) * 1_000),
    })
}

/// Looks at the buffers of a connected socket. What cannot be had is None.
pub fn queues(stream: &Stream) -> Buffers {
    // There SIOCOUTQ and SO_MEMINFO count the kernel memory of what the *other* end has not read.
    if stream.family() == Family::Unix {
        return Buffers::default();
    }
    let fd = stream.as_raw_fd();
    let unsent = ioctl(fd, SIOCOUTQNSD).ok();
    let unacknowledged = ioctl(fd, SIOCOUTQ).ok();
    let memory = memory(fd);
    Buffers {
        kernel_memory: memory.map(|(used, _)| used),
        kernel_memory_limit: memory.map(|(_, limit)| limit),
        unsent,
        in_flight: unacknowledged
            .zip(unsent)
            .map(|(all, unsent)| all.saturating_sub(unsent)),
    }
}

/// Length and limit of a listener's accept queue.
pub fn waiting(listener: &TcpListener) -> Option<(u32, u32)> {
    let (info, _) = info(listener.as_raw_fd()).ok()?;
    (state(info.tcpi_state) == Some(TcpState::Listen))
        .then_some((info.tcpi_unacked, info.tcpi_sacked))
}

/// recv(2), which never waits and does not ask tokio: the readiness that it would clear is the
/// edge that the task waits for while it holds.
///
/// # Errors
/// As recv(2); `WouldBlock` if nothing is queued.
pub fn recv(stream: &Stream, into: &mut [u8]) -> io::Result<usize> {
    recv_flags(stream.as_raw_fd(), into, libc::MSG_DONTWAIT)
}

/// Copies bytes out of the receive queue, from `skip` bytes behind its head on, and leaves them
/// there. ~1 us.
///
/// # Errors
/// As recv(2); an error too where the kernel cannot skip (before 6.9).
pub fn peek(stream: &Stream, skip: u64, into: &mut [u8]) -> io::Result<usize> {
    let fd = stream.as_raw_fd();
    let offset = libc::c_int::try_from(skip).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `offset` lives through the call and the length is its own.
    check(unsafe {
        libc::setsockopt(
            fd,
            libc::SOL_SOCKET,
            SO_PEEK_OFF,
            (&raw const offset).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    } as isize)?;
    recv_flags(fd, into, libc::MSG_DONTWAIT | libc::MSG_PEEK)
}

/// send(2), which never waits and raises no SIGPIPE.
///
/// # Errors
/// As send(2); `WouldBlock` if the send buffer is full.
pub fn send(stream: &Stream, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: `bytes` is readable for its whole length.
    check(unsafe {
        libc::send(
            stream.as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
        )
    })
}

fn recv_flags(fd: RawFd, into: &mut [u8], flags: libc::c_int) -> io::Result<usize> {
    // SAFETY: `into` is writable for its whole length.
    check(unsafe { libc::recv(fd, into.as_mut_ptr().cast(), into.len(), flags) })
}

fn info(fd: RawFd) -> io::Result<(tcp_info, usize)> {
    // SAFETY: all zeros is a valid tcp_info (plain numbers). The kernel fills at most `len` bytes.
    unsafe {
        let mut info: tcp_info = std::mem::zeroed();
        let len = option(
            fd,
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            size_of::<tcp_info>(),
        )?;
        Ok((info, len))
    }
}

fn memory(fd: RawFd) -> Option<(u64, u64)> {
    let (values, len) = meminfo(fd)?;
    (len > RCVBUF).then(|| (u64::from(values[RMEM_ALLOC]), u64::from(values[RCVBUF])))
}

/// SO_MEMINFO, and how many of its numbers this kernel tells.
pub(super) fn meminfo(fd: RawFd) -> Option<([u32; 9], usize)> {
    let mut values = [0_u32; 9];
    // SAFETY: `values` is writable for its whole size.
    let len = unsafe {
        option(
            fd,
            libc::SOL_SOCKET,
            SO_MEMINFO,
            values.as_mut_ptr().cast(),
            size_of_val(&values),
        )
    };
    Some((values, len.ok()? / size_of::<u32>()))
}

/// # Safety
/// `into` is writable for `size` bytes, and any bytes are valid there.
unsafe fn option(
    fd: RawFd,
    level: libc::c_int,
    name: libc::c_int,
    into: *mut libc::c_void,
    size: usize,
) -> io::Result<usize> {
    let mut len = size as libc::socklen_t;
    // SAFETY: promised by the caller; `len` lives through the call.
    check(unsafe { libc::getsockopt(fd, level, name, into, &raw mut len) } as isize)?;
    Ok(len as usize)
}

/// Bytes that a read would find.
pub(super) fn queued(fd: RawFd) -> io::Result<u64> {
    ioctl(fd, SIOCINQ)
}

fn ioctl(fd: RawFd, request: libc::Ioctl) -> io::Result<u64> {
    let mut value: libc::c_int = 0;
    // SAFETY: the three requests of this file write one int.
    check(unsafe { libc::ioctl(fd, request, &raw mut value) } as isize)?;
    Ok(u64::try_from(value).unwrap_or(0))
}

pub(super) fn check(returned: isize) -> io::Result<usize> {
    usize::try_from(returned).map_err(|_| io::Error::last_os_error())
}

/// `include/net/tcp_states.h`. TCP_NEW_SYN_RECV (12) is never told to user space.
pub(super) fn state(number: u8) -> Option<TcpState> {
    Some(match number {
        1 => TcpState::Established,
        2 => TcpState::SynSent,
        3 => TcpState::SynReceived,
        4 => TcpState::FinWait1,
        5 => TcpState::FinWait2,
        6 => TcpState::TimeWait,
        7 => TcpState::Close,
        8 => TcpState::CloseWait,
        9 => TcpState::LastAck,
        10 => TcpState::Listen,
        11 => TcpState::Closing,
        _ => return None,
    })
}
