//! Unix-domain streams on Linux (`unix(7)`). The kernel counts nothing there: a send puts the bytes
//! into the other end's queue at once, so there are no segments, no windows and no state to tell.
//! What arrived is what was read and what a read would find.

use std::{
    io,
    os::fd::{AsRawFd, RawFd},
};

use super::Look;

/// Looks at a connected Unix-domain stream of which this program has read `read` bytes so far.
///
/// # Errors
/// As poll(2) and ioctl(2).
pub(super) fn look(fd: RawFd, read: u64) -> io::Result<Look> {
    // Before the queue, never after: whoever has shut sends no more, so a read finds all of it.
    let shut = poll(fd)?;
    let queued = super::linux::queued(fd)?;
    Ok(Look {
        arrived: read.saturating_add(queued),
        segments: None,
        state: None,
        peer_shut: shut & (libc::POLLRDHUP | libc::POLLHUP) != 0,
        // The other end was closed with bytes that it had not read: ECONNRESET, without any RST.
        aborted: shut & libc::POLLERR != 0,
        receive_window: None,
        rtt_nanos: None,
    })
}

/// What of the end of a connection poll(2) tells at once.
fn poll(fd: RawFd) -> io::Result<libc::c_short> {
    let mut asked = libc::pollfd {
        fd: fd.as_raw_fd(),
        events: libc::POLLRDHUP,
        revents: 0,
    };
    // SAFETY: `asked` is one pollfd and lives through the call, which does not wait.
    match unsafe { libc::poll(&raw mut asked, 1, 0) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(asked.revents),
    }
}
