//! TCP clients that send so often a second, however long the answers take, and time each answer; on
//! one thread of this process.
//!
//! Knows nothing of the server but its stamp's length.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use mio::{Events, Interest, Poll, Token};

use crate::load::STAMP_BYTES;

/// What is due is sent that often.
const TICK: Duration = Duration::from_millis(1);

/// Clients at work; they end when dropped.
#[derive(Debug)]
pub struct Paced {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<io::Result<Vec<u32>>>>,
}

#[derive(Debug, Default)]
struct Shared {
    ends: AtomicBool,
    counts: AtomicBool,
}

impl Paced {
    /// So many connections, of which each sends `bytes` only after its last answer; together
    /// `a_second` times. None: without a pause.
    ///
    /// # Errors
    /// A connection cannot be made.
    pub fn start(
        echo: SocketAddr,
        connections: usize,
        bytes: usize,
        a_second: Option<f64>,
    ) -> Result<Paced> {
        let mut streams = Vec::new();
        for index in 0..connections {
            let stream = TcpStream::connect(echo)
                .with_context(|| format!("connection {} of {connections}", index + 1))?;
            stream.set_nonblocking(true)?;
            streams.push(Client::new(mio::net::TcpStream::from_std(stream)));
        }
        let shared = Arc::<Shared>::default();
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || work(streams, bytes, a_second, &shared)
        });
        Ok(Paced {
            shared,
            thread: Some(thread),
        })
    }

    /// What came before is not counted.
    pub fn count_from_now(&self) {
        self.shared.counts.store(true, Relaxed);
    }

    /// Ends; returns how long each answer took, microseconds.
    ///
    /// # Errors
    /// A connection ended before.
    pub fn end(mut self) -> Result<Vec<u32>> {
        self.shared.ends.store(true, Relaxed);
        let thread = self.thread.take().context("they have ended")?;
        let done = thread.join().map_err(|_| anyhow!("a client panicked"))?;
        Ok(done?)
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        self.shared.ends.store(true, Relaxed);
    }
}

struct Client {
    stream: mio::net::TcpStream,
    sent_at: Instant,
    missing: usize,
}

impl Client {
    fn new(stream: mio::net::TcpStream) -> Client {
        Client {
            stream,
            sent_at: Instant::now(),
            missing: 0,
        }
    }
}

fn work(
    mut clients: Vec<Client>,
    bytes: usize,
    a_second: Option<f64>,
    shared: &Shared,
) -> io::Result<Vec<u32>> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    for (index, client) in clients.iter_mut().enumerate() {
        let registry = poll.registry();
        registry.register(&mut client.stream, Token(index), Interest::READABLE)?;
    }
    let ping = vec![b'x'; bytes];
    let mut scratch = vec![0; 64 << 10];
    let mut idle: VecDeque<usize> = (0..clients.len()).collect();
    let mut micros = Vec::new();
    let (started, mut sent) = (Instant::now(), 0_u64);
    while !shared.ends.load(Relaxed) {
        let due = match a_second {
            Some(rate) => ((started.elapsed().as_secs_f64() * rate) as u64).saturating_sub(sent),
            None => u64::MAX,
        };
        // What is due while all wait for answers is not made up for.
        sent = sent.saturating_add(due);
        for _ in 0..due {
            let Some(index) = idle.pop_front() else { break };
            let client = &mut clients[index];
            client.sent_at = Instant::now();
            client.missing = bytes + STAMP_BYTES;
            // It fits: nothing else is on its way.
            client.stream.write_all(&ping)?;
        }
        poll.poll(&mut events, Some(TICK))?;
        for event in &events {
            let index = event.token().0;
            let client = &mut clients[index];
            let returned = match client.stream.read(&mut scratch) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(returned) => returned,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            client.missing = client.missing.saturating_sub(returned);
            if client.missing == 0 {
                if shared.counts.load(Relaxed) {
                    let took = client.sent_at.elapsed().as_micros();
                    micros.push(u32::try_from(took).unwrap_or(u32::MAX));
                }
                idle.push_back(index);
            }
        }
    }
    Ok(micros)
}
