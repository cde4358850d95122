//! The demonstration client: a real connection to the echo server, which sends `0123456789…` in
//! batches and reads whatever comes back. It is observed by the very same code as the server's end.
//!
//! Knows nothing of who asked for it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use protocol::{Refusal, Spacing};
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::watch,
    time::timeout,
};

use crate::{
    journal::Journal,
    payload::{PAYLOAD_BYTES_MAX, payload},
    registry::{Batches, Ending, Registry, Seat},
    socket::Socket,
};

/// Asked of SO_SNDBUF, bytes: with the default a flooding client would queue some 3.9 MB before
/// write blocks, and nobody would see the belt stop. The kernel doubles it.
const SEND_BUFFER_BYTES: u32 = 16_384;
/// The most bytes of one recv.
const READ_BYTES: usize = 16_384;
/// A full accept queue lets connect wait for ever.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// After so many steps without waiting, other tasks have their turn.
const STEPS_MAX: u32 = 32;

/// Connects to the server; the connection is recorded when this returns.
///
/// # Errors
/// Too many are open, or the system refuses.
pub async fn connect(
    registry: &Arc<Registry>,
    server: SocketAddr,
) -> Result<(Seat, TcpStream), Refusal> {
    let system = |error: std::io::Error| Refusal::System {
        errno: error.raw_os_error().unwrap_or(0),
    };
    let socket = if server.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }
    .map_err(system)?;
    socket
        .set_send_buffer_size(SEND_BUFFER_BYTES)
        .map_err(system)?;
    // Each batch on its way at once: after some answers Nagle's algorithm would join two of three.
    socket.set_nodelay(true).map_err(system)?;
    // Bound before it connects, so that the server's accept finds its number.
    socket
        .bind(SocketAddr::new(server.ip(), 0))
        .map_err(system)?;
    let local = socket.local_addr().map_err(system)?;
    let seat = registry.connecting(local.into(), server.into())?;
    let stream = timeout(CONNECT_TIMEOUT, socket.connect(server))
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from_raw_os_error(TIMED_OUT)))
        .map_err(system)?;
    seat.connected(local.into(), server.into());
    Ok((seat, stream))
}

/// ETIMEDOUT, as connect(2) itself would say after two minutes.
#[cfg(target_os = "linux")]
const TIMED_OUT: i32 = 110;
#[cfg(target_os = "macos")]
const TIMED_OUT: i32 = 60;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const TIMED_OUT: i32 = 10_060;

/// Sends and reads until the server closes or a person ends it.
pub async fn run(seat: Seat, socket: Socket, journal: &Journal) {
    let mut client = Client {
        recorded: seat.arrived().subscribe(),
        seat,
        socket,
        journal,
        batches: None,
        left: 0,
        next_at_nanos: 0,
        buffer: vec![0; READ_BYTES],
    };
    let mut steps = 0;
    let reset = loop {
        match client.step() {
            Step::Again => {
                steps += 1;
                if steps >= STEPS_MAX {
                    steps = 0;
                    tokio::task::yield_now().await;
                }
            }
            Step::Wait { until_nanos } => {
                steps = 0;
                let awaits_recorded = client.awaits_recorded();
                let (seat, recorded) = (&client.seat, &mut client.recorded);
                let other = async {
                    tokio::select! {
                        () = seat.news() => {}
                        _ = recorded.changed(), if awaits_recorded => {}
                    }
                };
                client.socket.wait(until_nanos, other).await;
            }
            Step::End { reset } => break reset,
        }
    };
    client.socket.close(reset);
}

struct Client<'a> {
    seat: Seat,
    socket: Socket,
    journal: &'a Journal,
    /// Bytes whose arrival at the server is recorded.
    recorded: watch::Receiver<u64>,
    /// What is still to be sent after the batch under way.
    batches: Option<Batches>,
    /// Bytes of the batch under way that the kernel has not taken.
    left: usize,
    /// Not before that time does the next batch go.
    next_at_nanos: u64,
    buffer: Vec<u8>,
}

enum Step {
    Again,
    Wait { until_nanos: Option<u64> },
    End { reset: bool },
}

impl Client<'_> {
    fn step(&mut self) -> Step {
        if self.seat.has_news() {
            self.socket.flush();
            let news = self.seat.take_news();
            if let Some(ending) = news.ending {
                return Step::End {
                    reset: ending == Ending::Reset,
                };
            }
            if news.batches.is_some() {
                self.batches = news.batches;
                self.next_at_nanos = 0;
            }
        }
        self.socket.look();
        if self.socket.is_gone() {
            return Step::End { reset: false };
        }
        let mut progress = false;
        if self.socket.queued() > 0 || self.socket.peer_shut() {
            match self.socket.read(&mut self.buffer) {
                Some(0) => return Step::End { reset: false },
                Some(_) => progress = true,
                None => {}
            }
        }
        progress |= self.send();
        if progress || self.socket.is_gone() {
            return Step::Again;
        }
        let waits = self.left == 0 && self.batches.is_some() && !self.awaits_recorded();
        Step::Wait {
            until_nanos: waits.then_some(self.next_at_nanos),
        }
    }

    /// Sends what may go now; true if the kernel took some, or a batch has begun.
    fn send(&mut self) -> bool {
        if self.left == 0 {
            return self.begin_batch();
        }
        let len = self.left.min(PAYLOAD_BYTES_MAX);
        let accepted = self.socket.write(payload(self.socket.wrote_bytes(), len));
        self.left -= accepted;
        if self.left == 0 {
            self.end_batch();
        }
        accepted > 0
    }

    fn begin_batch(&mut self) -> bool {
        if self.awaits_recorded() || self.journal.now_nanos() < self.next_at_nanos {
            return false;
        }
        let next = self.batches.as_mut().and_then(|b| b.sizes.pop_front());
        self.left = next.unwrap_or(0) as usize;
        self.left > 0
    }

    fn end_batch(&mut self) {
        let Some(batches) = &self.batches else { return };
        if batches.sizes.is_empty() {
            self.batches = None;
            self.seat.sent_all();
        } else if let Spacing::GapMillis(millis) = batches.spacing {
            self.next_at_nanos = self.journal.now_nanos() + u64::from(millis) * 1_000_000;
        }
    }

    /// The next batch waits until the arrival of all that was sent is recorded.
    fn awaits_recorded(&self) -> bool {
        self.left == 0
            && self
                .batches
                .as_ref()
                .is_some_and(|b| b.spacing == Spacing::WhenRecorded)
            && *self.recorded.borrow() < self.socket.wrote_bytes()
    }
}
