//! The connections of a listener that nobody has accepted: `sock_diag(7)`, which tells sockets that
//! belong to no program yet, and needs no privileges.
//!
//! A dump of one port; the kernel walks its table of connections for it, so ask only while somebody
//! waits.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
};

use protocol::TcpState;

use super::{
    Orphan,
    linux::{check, state},
};

/// `include/uapi/linux/netlink.h` and `sock_diag.h`, `inet_diag.h`.
const NETLINK_SOCK_DIAG: libc::c_int = 4;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST_DUMP: u16 = 0x301;
const NLMSG_DONE: u16 = 3;
const NLMSG_ERROR: u16 = 2;
const HEADER_BYTES: usize = 16;
/// States of `include/net/tcp_states.h`, as bits: ESTABLISHED, SYN_RECV, CLOSE_WAIT. A connection in
/// one of them belongs to a program as soon as it is accepted, and in no other way loses it.
const STATES: u32 = 1 << 1 | 1 << 3 | 1 << 8;
/// The kernel fills at most so much at a time (`NLMSG_GOODSIZE` and 32 KiB, `netlink_dump`).
const ANSWER_BYTES: usize = 32 << 10;

/// A netlink socket.
#[derive(Debug)]
pub struct Diag(OwnedFd);

impl Diag {
    /// # Errors
    /// As socket(2).
    pub fn open() -> io::Result<Diag> {
        // SAFETY: plain numbers in, a descriptor out that is ours alone.
        let fd = unsafe {
            libc::socket(
                libc::AF_NETLINK,
                libc::SOCK_DGRAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK,
                NETLINK_SOCK_DIAG,
            )
        };
        check(fd as isize)?;
        // SAFETY: just made, and nobody else's.
        Ok(Diag(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// The connections to `listener` that nobody has accepted, in the order of the kernel's answer.
    ///
    /// # Errors
    /// As send(2) and recv(2), and what the kernel answers.
    pub fn unaccepted(&self, listener: SocketAddr) -> io::Result<Vec<Orphan>> {
        let fd = self.0.as_raw_fd();
        let request = request(listener);
        // SAFETY: `request` is readable for its whole length.
        check(unsafe { libc::send(fd, request.as_ptr().cast(), request.len(), 0) })?;
        let mut found = Vec::new();
        let mut answer = vec![0; ANSWER_BYTES];
        loop {
            // SAFETY: `answer` is writable for its whole length.
            let len =
                check(unsafe { libc::recv(fd, answer.as_mut_ptr().cast(), answer.len(), 0) })?;
            if !take(answer.get(..len).unwrap_or_default(), &mut found)? {
                return Ok(found);
            }
        }
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
fn request(listener: SocketAddr) -> [u8; 72] {
    let mut request = [0; 72];
    let family = if listener.is_ipv4() {
        libc::AF_INET
    } else {
        libc::AF_INET6
    };
    request[0..4].copy_from_slice(&72_u32.to_ne_bytes());
    request[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    request[6..8].copy_from_slice(&NLM_F_REQUEST_DUMP.to_ne_bytes());
    request[16] = family as u8;
    request[17] = libc::IPPROTO_TCP as u8;
    request[20..24].copy_from_slice(&STATES.to_ne_bytes());
    request[24..26].copy_from_slice(&listener.port().to_be_bytes());
    request
}

/// Takes in the messages of one answer; true if more answers follow.
fn take(mut answer: &[u8], found: &mut Vec<Orphan>) -> io::Result<bool> {
    while let (Some(len), Some(kind)) = (u32_at(answer, 0), u16_at(answer, 4)) {
        let Some(message) = answer.get(HEADER_BYTES..len as usize) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        match kind {
            NLMSG_DONE => return Ok(false),
            NLMSG_ERROR => {
                let errno = u32_at(message, 0).map_or(0, |errno| errno.cast_signed());
                return Err(io::Error::from_raw_os_error(-errno));
            }
            _ => found.extend(orphan(message)),
        }
        // Messages begin at multiples of four.
        answer = answer
            .get((len as usize).next_multiple_of(4)..)
            .unwrap_or_default();
    }
    Ok(true)
}

/// `struct inet_diag_msg`; None: it belongs to a program.
fn orphan(message: &[u8]) -> Option<Orphan> {
    let port = u16::from_be(u16_at(message, 6)?);
    let peer = message.get(24..40)?;
    let ip = if i32::from(*message.first()?) == libc::AF_INET {
        IpAddr::from(Ipv4Addr::from(*peer.first_chunk::<4>()?))
    } else {
        IpAddr::from(Ipv6Addr::from(*peer.first_chunk::<16>()?))
    };
    let state = state(*message.get(1)?)?;
    let queued = u32_at(message, 56)?;
    let inode = u32_at(message, 68)?;
    // A FIN counts as one byte there.
    let fin = u32::from(state == TcpState::CloseWait);
    (inode == 0).then_some(Orphan {
        peer: SocketAddr::new(ip, port),
        state,
        receive_queue: match state {
            // Its numbers are of the request, not of a queue.
            TcpState::SynReceived => 0,
            _ => u64::from(queued.saturating_sub(fin)),
        },
    })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?.first_chunk()?;
    Some(u16::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Write, net};

    #[test]
    fn whoever_is_not_accepted_is_told_with_what_waits() {
        for addr in ["127.0.0.1:0", "[::1]:0"] {
            // A machine may be without the second family.
            let Ok(listener) = net::TcpListener::bind(addr) else {
                continue;
            };
            let addr = listener.local_addr().unwrap();
            let diag = Diag::open().unwrap();
            assert_eq!(diag.unaccepted(addr).unwrap(), []);
            let mut clients: Vec<_> = (0..3)
                .map(|_| net::TcpStream::connect(addr).unwrap())
                .collect();
            clients[1].write_all(&[1; 50]).unwrap();
            clients[2].write_all(&[1; 20]).unwrap();
            clients[2].shutdown(net::Shutdown::Write).unwrap();
            let mut found = diag.unaccepted(addr).unwrap();
            let peers: Vec<_> = clients.iter().map(|c| c.local_addr().unwrap()).collect();
            found.sort_by_key(|orphan| peers.iter().position(|peer| *peer == orphan.peer));
            let told: Vec<_> = found
                .iter()
                .map(|orphan| (orphan.state, orphan.receive_queue))
                .collect();
            let expect = [
                (TcpState::Established, 0),
                (TcpState::Established, 50),
                (TcpState::CloseWait, 20),
            ];
            assert_eq!(told, expect);
            let (_first, _) = listener.accept().unwrap();
            assert_eq!(diag.unaccepted(addr).unwrap().len(), 2);
        }
    }

    #[test]
    fn a_damaged_answer_is_refused_or_skipped() {
        let mut found = Vec::new();
        assert!(take(&[9, 0, 0, 0, 20, 0], &mut found).is_err());
        let mut short = [0_u8; 32];
        short[0] = 32;
        short[4] = 20;
        assert!(take(&short, &mut found).unwrap());
        // Its length is less than its own head.
        short[0] = 4;
        assert!(take(&short, &mut found).is_err());
        assert_eq!(found, []);
    }
}
