//! A panic is a defect of this program, and may cost the one task in which it happens: it is told as
//! that connection's end, and nobody else's.
//!
//! Knows nothing of what the tasks do.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use protocol::{Event, Limited, LimitedBy};

use crate::{journal::Journal, registry::Seat, socket::Socket};

/// None: it has panicked, which is told in the log. What it shares with others must bear that: our
/// locks are never held over a change that a panic could leave half done.
pub async fn alone<T>(whose: impl FnOnce() -> String, work: impl Future<Output = T>) -> Option<T> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => Some(done),
        Err(panic) => {
            tracing::error!(
                "a defect of this program has ended {}, and nothing else: {}",
                whose(),
                words(panic.as_ref())
            );
            None
        }
    }
}

/// Closes a socket whose program has ended, and gives its seat back. `closes`: by RST or not; None:
/// it has panicked, which is told before.
pub fn close(seat: Seat, mut socket: Socket, closes: Option<bool>, journal: &Journal) {
    if closes.is_none() {
        let (conn, end) = seat.place();
        socket.flush();
        journal.record(Event::Limited(Limited {
            conn: Some(conn),
            end,
            by: LimitedBy::Defect,
            most: 0,
            count: 1,
        }));
    }
    socket.close(closes.unwrap_or(false));
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it says nothing")
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, sync::Arc};

    use protocol::{Policy, Run};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::{echo, journal, limits::Limits, registry::Registry, stream::Stream};

    /// One end of a real connection, served as it is in a relay; the other end.
    async fn connect(
        listener: &TcpListener,
        registry: &Arc<Registry>,
    ) -> (TcpStream, Seat, Stream) {
        let server = listener.local_addr().unwrap();
        let client = TcpStream::connect(server).await.unwrap();
        let (stream, peer): (_, SocketAddr) = listener.accept().await.unwrap();
        let seat = registry.accepted(peer.into(), server.into());
        (client, seat, Stream::Tcp(stream))
    }

    #[tokio::test]
    async fn a_panic_in_one_connection_ends_that_one_and_says_so() {
        let journal = Arc::new(Journal::new(Run(1)));
        let registry = Registry::new(Arc::clone(&journal), Policy::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = |seat: &Seat, stream| {
            let (place, arrived) = (seat.place(), Some(seat.arrived()));
            Socket::new(
                place,
                stream,
                Arc::clone(&journal),
                true,
                arrived,
                seat.turn(),
            )
        };

        let (mut other, seat, stream) = connect(&listener, &registry).await;
        let mut served = socket(&seat, stream);
        let (its_journal, limits) = (Arc::clone(&journal), Limits::default());
        tokio::spawn(async move {
            let program = echo::serve(&seat, &mut served, &its_journal, &limits);
            let closes = alone(|| "the other one".into(), program).await;
            close(seat, served, closes, &its_journal);
        });

        let (mut client, seat, stream) = connect(&listener, &registry).await;
        let ended = socket(&seat, stream);
        let its_journal = Arc::clone(&journal);
        let task = tokio::spawn(async move {
            let program = async { panic!("on purpose") };
            let closes = alone(|| "this one".into(), program).await;
            close(seat, ended, closes, &its_journal);
        });
        assert_eq!(client.read(&mut [0; 9]).await.unwrap(), 0, "it is closed");
        assert!(task.await.is_ok(), "and the panic goes no further");

        other.write_all(b"grape").await.unwrap();
        let mut reply = [0; 22 + 5];
        other.read_exact(&mut reply).await.unwrap();
        assert!(reply.ends_with(b"grape"));
        let totals = journal.figures().totals;
        let defect = journal::LIMITS.iter().zip(totals.limited);
        let told: Vec<_> = defect.filter(|(_, count)| *count > 0).collect();
        assert_eq!(told, [(&(LimitedBy::Defect, "defect"), 1)]);
        assert_eq!((totals.accepted, totals.closed), (2, 1));
    }
}
