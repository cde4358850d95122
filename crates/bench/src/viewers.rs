//! Many viewers on one thread: they look only at the head of each message, so that a thousand of
//! them leave the processor to the relay.
//!
//! How late a batch is goes from the time that its first record bears to its arrival here. The
//! relay's clock is known by its beats: the quickest of them is taken to need no time.

use std::{
    collections::HashSet,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use mio::{Events, Interest, Poll, Token};
use protocol::wire::VERSION;

use crate::{
    figures,
    frames::{Frame, Frames, Kind, PONG},
    viewer::shake_hands,
};

/// What must be known of a message stands in its first bytes: five numbers of postcard.
const HEAD_BYTES: usize = 40;
/// The places of these among `FromRelay` and among `Event`: postcard writes them so.
const RECORDS: u32 = 1;
const BEAT: u32 = 3;
const DROPPED: u32 = 17;
const KEYFRAME: u32 = 18;
/// How often the thread looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Viewers that watch until told to end.
#[derive(Debug)]
pub struct Viewers {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<Seen>>>,
    /// When their clock was 0.
    started: Instant,
    count: usize,
}

/// A batch that one of them got.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    /// Of its first record.
    seq: u64,
    /// The relay's clock.
    at_nanos: u64,
    /// The viewers' clock.
    arrived_nanos: u64,
    bytes: usize,
}

/// All that they saw.
#[derive(Debug)]
pub struct Seen {
    viewers: usize,
    started: Instant,
    arrivals: Vec<Arrival>,
    /// The viewers' clock less the relay's, nanoseconds.
    offset_nanos: Option<i64>,
    /// Bytes of all kinds.
    pub bytes: u64,
    /// How often one was too slow, and was told that records are lost for it.
    pub lost: u64,
    /// Those that the relay closed.
    pub closed: usize,
}

/// What they saw of the batches of some time.
#[derive(Clone, Copy, Debug)]
pub struct Deliveries {
    /// Batches.
    pub batches: usize,
    /// Deliveries of them.
    pub delivered: usize,
    /// The part of all that should have been.
    pub part: f64,
    /// The mean of their lengths, bytes.
    pub batch_bytes: f64,
    /// How late half of them were, at most, milliseconds.
    pub p50_millis: f64,
    /// How late 99 % of them were, at most, milliseconds.
    pub p99_millis: f64,
}

impl Viewers {
    /// So many join, one after the other. `query`: where they go on, as in `?run=…&after=…`.
    ///
    /// # Errors
    /// One is refused.
    pub fn join(page: SocketAddr, count: usize, query: &str) -> Result<Viewers> {
        let started = Instant::now();
        let poll = Poll::new()?;
        let mut watching = Watching {
            seats: Vec::new(),
            seen: Seen {
                viewers: count,
                started,
                arrivals: Vec::new(),
                offset_nanos: None,
                bytes: 0,
                lost: 0,
                closed: 0,
            },
        };
        for index in 0..count {
            let (stream, behind) = shake_hands(page, query)
                .with_context(|| format!("viewer {} of {count}", index + 1))?;
            stream.set_nonblocking(true)?;
            let mut stream = mio::net::TcpStream::from_std(stream);
            let registry = poll.registry();
            registry.register(&mut stream, Token(index), Interest::READABLE)?;
            watching.seats.push(Seat {
                stream,
                frames: Frames::new(HEAD_BYTES),
            });
            watching.take(index, &behind);
        }
        let ends = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let ends = Arc::clone(&ends);
            move || watching.watch(poll, &ends)
        });
        Ok(Viewers {
            ends,
            thread: Some(thread),
            started,
            count,
        })
    }

    /// How many joined.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their clock, nanoseconds.
    #[must_use]
    pub fn now_nanos(&self) -> u64 {
        nanos(self.started)
    }

    /// They leave, and tell what they saw.
    ///
    /// # Errors
    /// Their thread failed.
    pub fn end(mut self) -> Result<Seen> {
        self.ends.store(true, Relaxed);
        let thread = self.thread.take().context("they have left")?;
        thread.join().map_err(|_| anyhow!("a viewer panicked"))?
    }
}

impl Drop for Viewers {
    fn drop(&mut self) {
        self.ends.store(true, Relaxed);
    }
}

/// Viewers that join and never read.
///
/// # Errors
/// One is refused.
pub fn stalled(page: SocketAddr, count: usize) -> Result<Vec<TcpStream>> {
    let joined = (0..count).map(|_| Ok(shake_hands(page, "")?.0));
    joined.collect()
}

impl Seen {
    /// What became of the batches whose first record is of that time, by the viewers' clock.
    #[must_use]
    pub fn deliveries(&self, from_nanos: u64, to_nanos: u64) -> Deliveries {
        let offset = self.offset_nanos.unwrap_or(0);
        let mut seqs = HashSet::new();
        let mut micros = Vec::new();
        let mut bytes = 0;
        for arrival in &self.arrivals {
            let at_nanos = arrival.at_nanos.saturating_add_signed(offset);
            if (from_nanos..to_nanos).contains(&at_nanos) {
                seqs.insert(arrival.seq);
                bytes += arrival.bytes;
                let late = arrival.arrived_nanos.saturating_sub(at_nanos) / 1_000;
                micros.push(u32::try_from(late).unwrap_or(u32::MAX));
            }
        }
        let should = seqs.len() * self.viewers;
        let batch_bytes = bytes as f64 / micros.len().max(1) as f64;
        let mut millis = |part| f64::from(figures::percentile(&mut micros, part)) / 1e3;
        Deliveries {
            batches: seqs.len(),
            batch_bytes,
            p50_millis: millis(0.5),
            p99_millis: millis(0.99),
            delivered: micros.len(),
            part: micros.len() as f64 / should.max(1) as f64,
        }
    }
}

struct Watching {
    seats: Vec<Seat>,
    seen: Seen,
}

struct Seat {
    stream: mio::net::TcpStream,
    frames: Frames,
}

impl Watching {
    fn watch(mut self, mut poll: Poll, ends: &AtomicBool) -> Result<Seen> {
        let mut events = Events::with_capacity(1024);
        let mut scratch = vec![0; 256 << 10];
        while !ends.load(Relaxed) {
            poll.poll(&mut events, Some(LOOK_EVERY))?;
            for event in &events {
                let index = event.token().0;
                loop {
                    match self.seats[index].stream.read(&mut scratch) {
                        Ok(0) => {
                            self.seen.closed += 1;
                            break;
                        }
                        Ok(returned) => {
                            self.take(index, &scratch[..returned]);
                            // A short read means that nothing is left.
                            if returned < scratch.len() {
                                break;
                            }
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        // Told by the count.
                        Err(_) => {
                            self.seen.closed += 1;
                            break;
                        }
                    }
                }
            }
        }
        Ok(self.seen)
    }

    fn take(&mut self, index: usize, bytes: &[u8]) {
        let Seat { stream, frames } = &mut self.seats[index];
        let seen = &mut self.seen;
        seen.bytes += bytes.len() as u64;
        let arrived_nanos = nanos(seen.started);
        frames.feed(bytes, |frame| match frame.kind {
            Kind::Binary => seen.take(frame, arrived_nanos),
            // One that has no room gets the next.
            Kind::Ping => {
                let _ = stream.write(&PONG);
            }
            Kind::Close | Kind::Other => {}
        });
    }
}

impl Seen {
    fn take(&mut self, message: Frame<'_>, arrived_nanos: u64) {
        let Some((&VERSION, body)) = message.kept.split_first() else {
            return;
        };
        match postcard::take_from_bytes::<(u32, u64)>(body) {
            Ok(((RECORDS, 1..), _)) => {}
            Ok(((BEAT, at_nanos), _)) => {
                let offset = arrived_nanos as i64 - at_nanos as i64;
                let least = self.offset_nanos.map_or(offset, |least| least.min(offset));
                self.offset_nanos = Some(least);
                return;
            }
            _ => return,
        }
        match postcard::take_from_bytes::<(u32, u64, u64, u64, u32)>(body) {
            Ok(((_, _, _, _, DROPPED), _)) => self.lost += 1,
            Ok(((_, _, _, _, KEYFRAME), _)) | Err(_) => {}
            Ok(((_, _, seq, at_nanos, _), _)) => self.arrivals.push(Arrival {
                seq,
                at_nanos,
                arrived_nanos,
                bytes: message.bytes,
            }),
        }
    }
}

fn nanos(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        Dropped, Event, Record, Seq, Waiting,
        wire::{FromRelay, encode},
    };

    fn seen(messages: &[FromRelay]) -> Seen {
        let mut seen = Seen {
            viewers: 2,
            started: Instant::now(),
            arrivals: Vec::new(),
            offset_nanos: None,
            bytes: 0,
            lost: 0,
            closed: 0,
        };
        for message in messages {
            let message = encode(message);
            let frame = Frame {
                kind: Kind::Binary,
                bytes: message.len(),
                kept: &message[..message.len().min(HEAD_BYTES)],
            };
            seen.take(frame, 5_000_000);
        }
        seen
    }

    fn batch(seq: u64, event: Event) -> FromRelay {
        let record = Record {
            seq: Seq(seq),
            at_nanos: 3_000_000,
            event,
        };
        FromRelay::Records(vec![record; 9])
    }

    #[test]
    fn heads_tell_batches_losses_and_the_clock() {
        let waiting = Event::Waiting(Waiting {
            queued: 1,
            limit: 2,
        });
        let records = 7;
        let seen = seen(&[
            FromRelay::Beat {
                at_nanos: 4_000_000,
            },
            batch(300, waiting),
            FromRelay::Recording(None),
            batch(400, Event::Dropped(Dropped { records })),
            batch(400, Event::Keyframe(Box::default())),
        ]);
        assert_eq!((seen.lost, seen.arrivals.len()), (1, 1));
        let deliveries = seen.deliveries(4_000_000, 4_000_001);
        assert_eq!((deliveries.batches, deliveries.delivered), (1, 1));
        assert!((deliveries.part - 0.5).abs() < 1e-9, "of two viewers");
        assert!((deliveries.p99_millis - 1.0).abs() < 1e-9);
        assert_eq!(seen.deliveries(0, 4_000_000).batches, 0);
    }
}
