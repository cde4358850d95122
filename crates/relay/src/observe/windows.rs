//! Windows: `SIO_TCP_INFO` (Windows 10, version 1703) and `FIONREAD`. Written from their
//! documentation, and checked by the compiler only.
//!
//! Not told there: segments, what is written and not yet sent, the accept queue.

use std::{io, mem::size_of, os::windows::io::AsRawSocket, ptr::null_mut};

use protocol::{Sources, TcpState};
use windows_sys::Win32::Networking::WinSock::{
    FIONREAD, SIO_TCP_INFO, SOCKET, TCP_INFO_v0, TCPSTATE, TCPSTATE_CLOSE_WAIT, TCPSTATE_CLOSED,
    TCPSTATE_CLOSING, TCPSTATE_ESTABLISHED, TCPSTATE_FIN_WAIT_1, TCPSTATE_FIN_WAIT_2,
    TCPSTATE_LAST_ACK, TCPSTATE_LISTEN, TCPSTATE_SYN_RCVD, TCPSTATE_SYN_SENT, TCPSTATE_TIME_WAIT,
    WSAGetLastError, WSAIoctl, ioctlsocket,
};

use super::{Buffers, Look, portable};
use crate::stream::Stream;

/// Which structure `SIO_TCP_INFO` is to fill: [`TCP_INFO_v0`].
static INFO_VERSION: u32 = 0;

/// Where each kind of value comes from here.
pub fn sources() -> Sources {
    Sources::windows()
}

/// Looks at a connected socket of which this program has read `read` bytes so far.
///
/// # Errors
/// As `ioctlsocket`; what `SIO_TCP_INFO` does not tell is found by a peek.
pub fn look(stream: &Stream, read: u64) -> io::Result<Look> {
    let Ok(info) = info(stream) else {
        return portable::look(stream, read);
    };
    let queued = queued(stream)?;
    let state = state(info.State);
    Ok(Look {
        arrived: read.saturating_add(queued),
        segments: None,
        state,
        peer_shut: matches!(
            state,
            Some(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait)
        ),
        aborted: state == Some(TcpState::Close),
        receive_window: Some(u64::from(info.RcvWnd)),
        rtt_nanos: (info.RttUs > 0).then(|| u64::from(info.RttUs) * 1_000),
    })
}

/// Looks at the buffers of a connected socket. What cannot be had is None.
pub fn queues(stream: &Stream) -> Buffers {
    Buffers {
        in_flight: info(stream).ok().map(|info| u64::from(info.BytesInFlight)),
        ..Buffers::default()
    }
}

fn info(stream: &Stream) -> io::Result<TCP_INFO_v0> {
    let mut info = TCP_INFO_v0::default();
    let mut returned = 0_u32;
    // SAFETY: both buffers are as large as is said and live through the call, as does `returned`;
    // it is not overlapped. The one field that not any byte may fill is a BOOLEAN, 0 or 1.
    let failed = unsafe {
        WSAIoctl(
            socket(stream),
            SIO_TCP_INFO,
            (&raw const INFO_VERSION).cast(),
            size_of::<u32>() as u32,
            (&raw mut info).cast(),
            size_of::<TCP_INFO_v0>() as u32,
            &raw mut returned,
            null_mut(),
            None,
        )
    };
    check(failed)?;
    Ok(info)
}

fn queued(stream: &Stream) -> io::Result<u64> {
    let mut bytes = 0_u32;
    // SAFETY: FIONREAD writes one u_long, and `bytes` lives through the call.
    check(unsafe { ioctlsocket(socket(stream), FIONREAD, &raw mut bytes) })?;
    Ok(u64::from(bytes))
}

fn socket(stream: &Stream) -> SOCKET {
    stream.as_raw_socket() as SOCKET
}

fn check(returned: i32) -> io::Result<()> {
    if returned == 0 {
        return Ok(());
    }
    // SAFETY: it takes nothing and only reads a value of this thread.
    Err(io::Error::from_raw_os_error(unsafe { WSAGetLastError() }))
}

fn state(state: TCPSTATE) -> Option<TcpState> {
    Some(match state {
        TCPSTATE_CLOSED => TcpState::Close,
        TCPSTATE_LISTEN => TcpState::Listen,
        TCPSTATE_SYN_SENT => TcpState::SynSent,
        TCPSTATE_SYN_RCVD => TcpState::SynReceived,
        TCPSTATE_ESTABLISHED => TcpState::Established,
        TCPSTATE_FIN_WAIT_1 => TcpState::FinWait1,
        TCPSTATE_FIN_WAIT_2 => TcpState::FinWait2,
        TCPSTATE_CLOSE_WAIT => TcpState::CloseWait,
        TCPSTATE_CLOSING => TcpState::Closing,
        TCPSTATE_LAST_ACK => TcpState::LastAck,
        TCPSTATE_TIME_WAIT => TcpState::TimeWait,
        _ => return None,
    })
}
