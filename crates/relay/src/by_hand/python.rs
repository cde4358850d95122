//! Values and errors as Python writes them.

use std::{io, net::SocketAddr};

use protocol::Called;
use socket2::{SockAddr, Type};

/// Bytes: `b'20\n'`.
pub fn bytes(of: &[u8]) -> String {
    // More would be cut off anyhow.
    let first = of.get(..Called::TEXT_BYTES_MAX).unwrap_or(of);
    let mut text = String::from("b'");
    for &byte in first {
        match byte {
            b'\'' => text.push_str("\\'"),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x20..0x7f => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push('\'');
    text
}

/// As much of a text as a record may hold.
pub fn short(text: String) -> String {
    if text.len() <= Called::TEXT_BYTES_MAX {
        return text;
    }
    let end = text.floor_char_boundary(Called::TEXT_BYTES_MAX - '…'.len_utf8());
    format!("{}…", &text[..end])
}

/// An address: `('127.0.0.1', 21567)`.
pub fn name(addr: &SockAddr) -> String {
    match addr.as_socket() {
        Some(SocketAddr::V4(addr)) => format!("('{}', {})", addr.ip(), addr.port()),
        Some(SocketAddr::V6(addr)) => format!(
            "('{}', {}, {}, {})",
            addr.ip(),
            addr.port(),
            addr.flowinfo(),
            addr.scope_id()
        ),
        None => unix_name(addr),
    }
}

#[cfg(unix)]
fn unix_name(addr: &SockAddr) -> String {
    match addr.as_pathname() {
        _ if addr.is_unnamed() => "''".to_owned(),
        Some(path) => format!("'{}'", path.display()),
        None => bytes(addr.as_abstract_namespace().unwrap_or_default()),
    }
}

/// There are no such sockets here.
#[cfg(not(unix))]
fn unix_name(_: &SockAddr) -> String {
    "''".to_owned()
}

/// AF_INET and the others.
pub fn family(addr: &SockAddr) -> String {
    let family = match addr.as_socket() {
        Some(SocketAddr::V4(_)) => "AF_INET",
        Some(SocketAddr::V6(_)) => "AF_INET6",
        None => "AF_UNIX",
    };
    family.to_owned()
}

/// SOCK_STREAM or SOCK_DGRAM.
pub fn kind(kind: Type) -> String {
    let kind = match kind {
        Type::STREAM => "SOCK_STREAM",
        Type::DGRAM => "SOCK_DGRAM",
        _ => "SOCK_RAW",
    };
    kind.to_owned()
}

/// A timeout in seconds, or None.
pub fn seconds(nanos: Option<u64>) -> String {
    match nanos {
        Some(nanos) => format!("{:?}", nanos as f64 / 1e9),
        None => "None".to_owned(),
    }
}

/// The exception and the name of its errno, and errno.
pub fn failure(error: &io::Error) -> (String, Option<i32>) {
    let (exception, name, number) = match error.kind() {
        io::ErrorKind::WouldBlock => ("BlockingIOError", "EAGAIN", system::EAGAIN),
        io::ErrorKind::TimedOut if error.raw_os_error().is_none() => {
            // The wait of Python's own, after recv has said EAGAIN.
            ("TimeoutError", "timed out", system::EAGAIN)
        }
        io::ErrorKind::TimedOut => ("TimeoutError", "ETIMEDOUT", 0),
        io::ErrorKind::ConnectionRefused => ("ConnectionRefusedError", "ECONNREFUSED", 0),
        io::ErrorKind::ConnectionReset => {
            ("ConnectionResetError", "ECONNRESET", system::ECONNRESET)
        }
        io::ErrorKind::BrokenPipe => ("BrokenPipeError", "EPIPE", 0),
        io::ErrorKind::NotConnected => ("OSError", "ENOTCONN", 0),
        io::ErrorKind::InvalidInput => ("OSError", "EINVAL", 0),
        _ => ("OSError", "", 0),
    };
    let text = match name {
        "" => format!("{exception}: {error}"),
        name => format!("{exception}: {name}"),
    };
    let errno = error.raw_os_error().unwrap_or(number);
    (text, (errno != 0).then_some(errno))
}

/// What connect_ex() returns: 0, or errno, with its name.
pub fn errno_returned(error: &io::Error) -> String {
    let (text, errno) = failure(error);
    let name = text.rsplit(": ").next().unwrap_or_default();
    format!("{} ({name})", errno.unwrap_or(0))
}

#[cfg(target_os = "linux")]
mod system {
    pub const EAGAIN: i32 = 11;
    pub const ECONNRESET: i32 = 104;
}

#[cfg(all(unix, not(target_os = "linux")))]
mod system {
    pub const EAGAIN: i32 = 35;
    pub const ECONNRESET: i32 = 54;
}

#[cfg(not(unix))]
mod system {
    pub const EAGAIN: i32 = 10_035;
    pub const ECONNRESET: i32 = 10_054;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_python_writes_them() {
        let check = |of: &[u8], expect: &str| assert_eq!(bytes(of), expect);
        check(b"20 + 50", "b'20 + 50'");
        check(b"it's\r\n", "b'it\\'s\\r\\n'");
        check("水".as_bytes(), "b'\\xe6\\xb0\\xb4'");
        check(b"", "b''");
    }

    #[test]
    fn a_long_text_ends_within_a_record() {
        let text = short("水".repeat(100));
        assert!(text.ends_with('…') && text.len() <= Called::TEXT_BYTES_MAX);
    }

    #[test]
    fn errors_bear_their_names() {
        let error = io::Error::from(io::ErrorKind::WouldBlock);
        let (text, errno) = failure(&error);
        assert_eq!(text, "BlockingIOError: EAGAIN");
        assert_eq!(errno, Some(system::EAGAIN));
        assert_eq!(seconds(Some(100_000_000)), "0.1");
        assert_eq!(seconds(Some(0)), "0.0");
        assert_eq!(seconds(None), "None");
    }
}
