//! A connection that is read only so fast: whatever its peer sends costs time, also what makes no
//! request yet and is therefore counted nowhere else, as the fragments of a message without end.
//! What it sends faster waits in the kernel, and then at the peer. And it says so when the system gives
//! the peer up, because it has taken nothing for too long.
//!
//! Knows nothing of what is read and written.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use crate::limits::Bucket;

/// A page asks for some hundred bytes at a time, and a person types.
const BYTES_A_SECOND: u64 = 128 << 10;
/// So much of a second's may be saved up.
const SAVED_NANOS: u64 = 1_000_000_000;

/// A stream, read at a pace and written without.
#[derive(Debug)]
pub struct Connection<S, F> {
    stream: S,
    /// Called if the peer is given up.
    given_up: Option<F>,
    bucket: Bucket,
    begun: Instant,
    /// Until it may be read again.
    rests: Option<Pin<Box<Sleep>>>,
}

impl<S, F: FnOnce()> Connection<S, F> {
    /// Nothing was read yet. `given_up` is called at most once.
    pub fn new(stream: S, given_up: F) -> Connection<S, F> {
        Connection {
            stream,
            given_up: Some(given_up),
            bucket: Bucket::new(BYTES_A_SECOND, SAVED_NANOS, 0),
            begun: Instant::now(),
            rests: None,
        }
    }

    fn look<T>(&mut self, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &done
            && error.kind() == io::ErrorKind::TimedOut
            && let Some(given_up) = self.given_up.take()
        {
            given_up();
        }
        done
    }
}

impl<S: AsyncRead + Unpin, F: FnOnce() + Unpin> AsyncRead for Connection<S, F> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let paced = &mut *self;
        loop {
            if let Some(rests) = &mut paced.rests {
                ready!(rests.as_mut().poll(context));
                paced.rests = None;
            }
            let now = u64::try_from(paced.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let Some(opens_at) = paced.bucket.opens_at_nanos(now) else {
                break;
            };
            let opens_at = paced.begun + Duration::from_nanos(opens_at);
            paced.rests = Some(Box::pin(sleep_until(opens_at)));
        }
        let before = into.filled().len();
        let read = Pin::new(&mut paced.stream).poll_read(context, into);
        ready!(paced.look(read))?;
        paced.bucket.take((into.filled().len() - before) as u64);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, F: FnOnce() + Unpin> AsyncWrite for Connection<S, F> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.look(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.look(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context);
        self.look(done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(context);
        self.look(done)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn no_more_is_read_than_time_brings_and_all_of_it_in_the_end() {
        const SENT: usize = 200 << 10;
        let (mut peer, stream) = tokio::io::duplex(SENT);
        peer.write_all(&vec![7; SENT]).await.unwrap();
        drop(peer);
        let begun = Instant::now();
        let mut paced = Connection::new(stream, || {});
        let (mut read, mut piece) = (0, [0; 4096]);
        loop {
            let bytes = paced.read(&mut piece).await.unwrap() as u64;
            if bytes == 0 {
                break;
            }
            read += bytes;
            let brought = begun.elapsed().as_nanos() * u128::from(BYTES_A_SECOND) / 1_000_000_000;
            let most = brought + u128::from(BYTES_A_SECOND) + piece.len() as u128;
            assert!(u128::from(read) <= most, "{read} of {most}");
        }
        assert_eq!(read, SENT as u64);
        // What is written goes at once, however long it is.
        let (peer, stream) = tokio::io::duplex(SENT);
        let mut paced = Connection::new(stream, || {});
        paced.write_all(&vec![7; SENT]).await.unwrap();
        assert!(paced.rests.is_none());
        drop(peer);
    }

    /// Its peer takes nothing.
    struct Stalled;

    impl AsyncWrite for Stalled {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn that_a_peer_is_given_up_is_said_once() {
        let mut said = 0;
        let mut connection = Connection::new(Stalled, || said += 1);
        assert!(connection.flush().await.is_err());
        assert!(connection.given_up.is_some(), "it has left by itself");
        for _ in 0..2 {
            assert!(connection.write(&[7]).await.is_err());
        }
        drop(connection);
        assert_eq!(said, 1);
    }
}
