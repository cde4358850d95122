//! A connected stream socket, of whichever family.
//!
//! Knows nothing of what is said over it; what the kernel tells of it is the business of `observe`.

use std::io;

use protocol::Family;
use tokio::{
    io::{Interest, Ready},
    net::TcpStream,
};

#[cfg(target_os = "linux")]
use tokio::net::UnixStream;

/// A connected stream socket.
#[derive(Debug)]
pub enum Stream {
    /// TCP, over IPv4 or IPv6.
    Tcp(TcpStream),
    /// A Unix-domain socket: two queues of one kernel, no protocol between them. Only where the
    /// system names a client by itself, so that both ends can be joined (`unix(7)`, autobind).
    #[cfg(target_os = "linux")]
    Unix(UnixStream),
}

impl Stream {
    /// Its family, as far as its rules differ: the two of the internet have the same.
    pub fn family(&self) -> Family {
        match self {
            Stream::Tcp(_) => Family::Inet,
            #[cfg(target_os = "linux")]
            Stream::Unix(_) => Family::Unix,
        }
    }

    /// As of tokio's streams.
    pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
        match self {
            Stream::Tcp(stream) => stream.ready(interest).await,
            #[cfg(target_os = "linux")]
            Stream::Unix(stream) => stream.ready(interest).await,
        }
    }

    /// As of tokio's streams: does it if there is readiness, and clears that if it would wait.
    pub fn try_io<T>(&self, of: Interest, does: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self {
            Stream::Tcp(stream) => stream.try_io(of, does),
            #[cfg(target_os = "linux")]
            Stream::Unix(stream) => stream.try_io(of, does),
        }
    }

    /// SO_ERROR, which is thereby taken.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        match self {
            Stream::Tcp(stream) => stream.take_error(),
            #[cfg(target_os = "linux")]
            Stream::Unix(stream) => stream.take_error(),
        }
    }
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Stream {
        Stream::Tcp(stream)
    }
}

#[cfg(target_os = "linux")]
impl From<UnixStream> for Stream {
    fn from(stream: UnixStream) -> Stream {
        Stream::Unix(stream)
    }
}

#[cfg(unix)]
mod descriptor {
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

    use super::Stream;

    impl AsFd for Stream {
        fn as_fd(&self) -> BorrowedFd<'_> {
            match self {
                Stream::Tcp(stream) => stream.as_fd(),
                #[cfg(target_os = "linux")]
                Stream::Unix(stream) => stream.as_fd(),
            }
        }
    }

    impl AsRawFd for Stream {
        fn as_raw_fd(&self) -> RawFd {
            self.as_fd().as_raw_fd()
        }
    }
}

#[cfg(windows)]
mod handle {
    use std::os::windows::io::{AsRawSocket, AsSocket, BorrowedSocket, RawSocket};

    use super::Stream;

    impl AsSocket for Stream {
        fn as_socket(&self) -> BorrowedSocket<'_> {
            let Stream::Tcp(stream) = self;
            stream.as_socket()
        }
    }

    impl AsRawSocket for Stream {
        fn as_raw_socket(&self) -> RawSocket {
            let Stream::Tcp(stream) = self;
            stream.as_raw_socket()
        }
    }
}
