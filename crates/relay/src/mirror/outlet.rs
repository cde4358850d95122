//! A viewer's socket, to which two may write: the viewer's own task, and the herald, who brings each
//! frame to all viewers that are up to date.
//!
//! One at a time: the herald from [`Outlet::lend`] on until the task writes or asks for it back. He never
//! waits; what the socket does not take at once is the task's to write, before all else. What many are
//! told is written from the bytes that they share, past the buffer of the WebSocket library: that one
//! keeps the size of the longest message that it ever held, for each viewer. Knows nothing of what
//! messages mean.

use std::{
    io::{self, IoSlice},
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use protocol::Seq;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
};
use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Data, OpCode},
};

/// The socket, and whose turn it is.
#[derive(Debug)]
pub struct Outlet {
    socket: TcpStream,
    turn: Mutex<Turn>,
    /// The herald has given it back, or somebody took it from him.
    returned: Notify,
}

#[derive(Debug, Default)]
struct Turn {
    /// The last record that was brought, while it is the herald's.
    lent: Option<Seq>,
    /// The same, once it is not: until the task asks.
    brought: Option<Seq>,
    /// What the socket has not taken yet of a frame: of its head and of its message.
    rest: [Bytes; 2],
    /// What the herald was told by the system.
    failed: Option<io::Error>,
    /// Of what the task wrote, the socket did not take all.
    is_midway: bool,
    /// The herald knows of it.
    is_listed: bool,
}

impl Turn {
    /// A frame is begun, and not yet ended.
    fn owes(&self) -> bool {
        self.is_midway || self.rest.iter().any(|part| !part.is_empty()) || self.failed.is_some()
    }

    fn give_back(&mut self) -> bool {
        let lent = self.lent.take();
        self.brought = lent.or(self.brought);
        lent.is_some()
    }
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// It was written, or its records were known already.
    Whole,
    /// It is the task's to bring it, or the rest of it.
    Returned,
    /// It was not the herald's turn any more, and he may forget this outlet.
    Forgotten,
}

/// Whose an outlet is that was to be lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lent {
    /// The herald's, who must be told of it.
    Unheard,
    /// The herald's, who knows of it.
    Known,
    /// Still the task's: it must flush first.
    Not,
}

impl Outlet {
    /// The task's, as yet.
    #[must_use]
    pub fn new(socket: TcpStream) -> Arc<Outlet> {
        Arc::new(Outlet {
            socket,
            turn: Mutex::default(),
            returned: Notify::new(),
        })
    }

    /// From now on the herald brings what comes after that record.
    #[must_use]
    pub fn lend(&self, after: Seq) -> Lent {
        let mut turn = self.turn();
        if turn.owes() {
            return Lent::Not;
        }
        (turn.lent, turn.brought) = (Some(after), None);
        match mem::replace(&mut turn.is_listed, true) {
            true => Lent::Known,
            false => Lent::Unheard,
        }
    }

    /// The task's next flush writes this message. False: it must flush first.
    #[must_use]
    pub fn begin(&self, message: &Bytes) -> bool {
        let mut turn = self.turn();
        let begins = !turn.owes();
        if begins {
            turn.rest = [head(message), message.clone()];
        }
        begins
    }

    /// From now on the task writes. Returns the last record that the herald brought, if it was his since
    /// this was asked last.
    pub fn take_back(&self) -> Option<Seq> {
        let mut turn = self.turn();
        turn.give_back();
        turn.brought.take()
    }

    /// Returns when it is not the herald's any more. Dropping the future loses nothing.
    pub async fn returned(&self) {
        self.returned.notified().await;
    }

    /// The herald does not bring what comes.
    pub fn give_back(&self) {
        if self.turn().give_back() {
            self.returned.notify_one();
        }
    }

    /// The herald brings a frame with these first and last records. `count` is called if its records need
    /// not be told by anybody else.
    pub fn bring(&self, first: Seq, last: Seq, frame: &Bytes, count: impl FnOnce()) -> Brought {
        let mut turn = self.turn();
        let Some(after) = turn.lent else {
            turn.is_listed = false;
            return Brought::Forgotten;
        };
        if after >= last {
            return Brought::Whole;
        }
        if after.next() == first {
            match self.socket.try_write(frame) {
                Ok(written) => {
                    count();
                    turn.lent = Some(last);
                    if written == frame.len() {
                        return Brought::Whole;
                    }
                    turn.rest[0] = frame.slice(written..);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => turn.failed = Some(error),
            }
        }
        turn.give_back();
        drop(turn);
        self.returned.notify_one();
        Brought::Returned
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        // Nothing in there can panic half-way through a change.
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task writes: what the postman left comes first.
    fn poll_rest(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut turn = self.turn();
            if turn.give_back() {
                self.returned.notify_one();
            }
            if let Some(error) = turn.failed.take() {
                return Poll::Ready(Err(error));
            }
            let [head, message] = &mut turn.rest;
            if head.is_empty() && message.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let parts = [IoSlice::new(head), IoSlice::new(message)];
            match self.socket.try_write_vectored(&parts) {
                Ok(written) => {
                    let of_head = written.min(head.len());
                    head.advance(of_head);
                    message.advance(written - of_head);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    drop(turn);
                    ready!(self.socket.poll_write_ready(context))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_written(
        &self,
        context: &mut Context<'_>,
        asked: usize,
        mut write: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_rest(context))?;
        loop {
            match write(&self.socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.turn().is_midway = true;
                    ready!(self.socket.poll_write_ready(context))?;
                }
                written => {
                    self.turn().is_midway = !matches!(written, Ok(all) if all == asked);
                    return Poll::Ready(written);
                }
            }
        }
    }
}

/// What stands before a message that is one WebSocket frame of a server.
pub fn head(message: &Bytes) -> Bytes {
    let header = FrameHeader {
        opcode: OpCode::Data(Data::Binary),
        ..FrameHeader::default()
    };
    let mut head = Vec::new();
    // To write to a vector does not fail.
    let _ = header.format(message.len() as u64, &mut head);
    head.into()
}

/// The task's end of an outlet.
#[derive(Debug)]
pub struct Plug(pub Arc<Outlet>);

impl AsyncRead for Plug {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let socket = &self.0.socket;
        loop {
            ready!(socket.poll_read_ready(context))?;
            match socket.try_read(into.initialize_unfilled()) {
                Ok(returned) => {
                    into.advance(returned);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Plug {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0
            .poll_written(context, bytes.len(), |socket| socket.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let asked = pieces.iter().map(|piece| piece.len()).sum();
        self.0
            .poll_written(context, asked, |socket| socket.try_write_vectored(pieces))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_rest(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.0.poll_rest(context))?;
        Poll::Ready(socket2::SockRef::from(&self.0.socket).shutdown(std::net::Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// More than two sockets hold.
    const LONG: usize = 16 << 20;

    async fn plugged() -> (Plug, Arc<Outlet>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap());
        let (peer, accepted) = tokio::join!(peer, listener.accept());
        let outlet = Outlet::new(accepted.unwrap().0);
        (Plug(Arc::clone(&outlet)), outlet, peer.unwrap())
    }

    /// What comes, while that is done.
    async fn read(peer: &mut TcpStream, bytes: usize, done: impl Future<Output = ()>) -> Vec<u8> {
        let mut came = vec![0; bytes];
        let (read, ()) = tokio::join!(peer.read_exact(&mut came), done);
        read.unwrap();
        came
    }

    #[tokio::test]
    async fn nobody_writes_into_what_the_task_has_begun() {
        let (mut plug, outlet, mut peer) = plugged().await;
        let long = vec![7; LONG];
        let written = plug.write(&long).await.unwrap();
        assert!(written < LONG);
        assert_eq!(outlet.lend(Seq(3)), Lent::Not);
        assert!(!outlet.begin(&Bytes::new()));
        let rest = async { plug.write_all(&long[written..]).await.unwrap() };
        read(&mut peer, LONG, rest).await;
        assert_eq!(outlet.lend(Seq(3)), Lent::Unheard);
        assert_eq!(outlet.take_back(), Some(Seq(3)));
    }

    #[tokio::test]
    async fn what_is_begun_is_flushed_whole() {
        let (mut plug, outlet, mut peer) = plugged().await;
        let message = Bytes::from(vec![7; LONG]);
        assert!(outlet.begin(&message));
        assert_eq!(outlet.lend(Seq(3)), Lent::Not);
        assert!(!outlet.begin(&message));
        let head = head(&message);
        let flush = async { plug.flush().await.unwrap() };
        let came = read(&mut peer, head.len() + LONG, flush).await;
        assert!(came.starts_with(&head) && came.ends_with(&message));
        assert_eq!(outlet.lend(Seq(3)), Lent::Unheard);
    }

    #[tokio::test]
    async fn what_the_socket_does_not_take_is_the_tasks() {
        let (mut plug, outlet, mut peer) = plugged().await;
        let frame = Bytes::from(vec![7; LONG]);
        let mut counted = 0;
        assert_eq!(
            outlet.bring(Seq(4), Seq(5), &frame, || counted += 1),
            Brought::Forgotten
        );
        assert_eq!(outlet.lend(Seq(3)), Lent::Unheard);
        assert_eq!(outlet.lend(Seq(3)), Lent::Known);
        // Known already, then missing what is before.
        let mut bring = |first, last| outlet.bring(Seq(first), Seq(last), &frame, || counted += 1);
        assert_eq!(bring(2, 3), Brought::Whole);
        assert_eq!(bring(5, 6), Brought::Returned);
        assert_eq!(outlet.take_back(), Some(Seq(3)));
        assert_eq!(outlet.lend(Seq(3)), Lent::Known);
        assert_eq!(bring(4, 5), Brought::Returned);
        assert_eq!(bring(6, 7), Brought::Forgotten);
        assert_eq!(counted, 1);
        outlet.returned().await;
        assert_eq!(outlet.take_back(), Some(Seq(5)));
        assert_eq!(outlet.take_back(), None);
        // Before what the task says, which comes after it.
        let says = async { plug.write_all(b"after").await.unwrap() };
        let came = read(&mut peer, LONG + 5, says).await;
        assert!(came.starts_with(&frame) && came.ends_with(b"after"));
    }

    #[tokio::test]
    async fn who_writes_has_it_back() {
        let (mut plug, outlet, mut peer) = plugged().await;
        assert_eq!(outlet.lend(Seq(3)), Lent::Unheard);
        let frame = Bytes::from_static(b"frame");
        assert_eq!(outlet.bring(Seq(4), Seq(5), &frame, || {}), Brought::Whole);
        plug.write_all(b"own").await.unwrap();
        outlet.returned().await;
        assert_eq!(
            outlet.bring(Seq(6), Seq(7), &frame, || {}),
            Brought::Forgotten
        );
        assert_eq!(outlet.take_back(), Some(Seq(5)));
        assert_eq!(read(&mut peer, 8, async {}).await, b"frameown");
    }

    #[tokio::test]
    async fn what_the_system_told_the_herald_the_task_hears() {
        let (mut plug, outlet, peer) = plugged().await;
        socket2::SockRef::from(&peer)
            .set_linger(Some(std::time::Duration::ZERO))
            .unwrap();
        drop(peer);
        outlet.socket.readable().await.unwrap();
        assert_eq!(outlet.lend(Seq(3)), Lent::Unheard);
        let frame = Bytes::from_static(b"frame");
        assert_eq!(
            outlet.bring(Seq(4), Seq(5), &frame, || {}),
            Brought::Returned
        );
        let error = plug.flush().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}
