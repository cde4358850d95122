//! TCP clients that keep an echo server busy, on threads of this process.
//!
//! Knows nothing of viewers, and nothing of the server but its stamp's length.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use mio::{Events, Interest, Poll, Token};
use socket2::SockRef;

/// `[YYYY-MM-DD HH:MM:SS] `
pub const STAMP_BYTES: usize = 22;
/// How often a thread that waits looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Clients at work; they end when dropped.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<io::Result<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    ends: AtomicBool,
    /// Round trips, or bytes that came back.
    done: AtomicU64,
    sent: AtomicU64,
}

impl Load {
    /// Ping-pong: each of the connections sends `bytes`, waits for the answer, and sends again.
    /// Counts round trips.
    ///
    /// # Errors
    /// A connection cannot be made.
    pub fn ping_pong(echo: SocketAddr, connections: usize, bytes: usize) -> Result<Load> {
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = TcpStream::connect(echo)?;
            stream.set_nonblocking(true)?;
            streams.push(mio::net::TcpStream::from_std(stream));
        }
        // As many as the server has, so that neither side is the bottle's neck.
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut load = Load::new();
        while !streams.is_empty() {
            let part = streams.len().div_ceil(threads - load.threads.len());
            let part = streams.split_off(streams.len() - part);
            load.spawn(move |shared| ping_pong(part, bytes, shared));
        }
        Ok(load)
    }

    /// Bulk: one connection sends as fast as it is taken, and reads what comes. Counts bytes that
    /// came back.
    ///
    /// # Errors
    /// The connection cannot be made.
    pub fn bulk(echo: SocketAddr) -> Result<Load> {
        let stream = TcpStream::connect(echo)?;
        let half = stream.try_clone()?;
        let mut load = Load::new();
        load.spawn(move |shared| send_bulk(half, shared));
        load.spawn(move |shared| take_bulk(stream, shared));
        Ok(load)
    }

    /// A trickle: `ticks_a_second` times, `at_once` of the connections send `bytes` and wait for the
    /// answer; the others have their turn at the next tick. Counts round trips.
    ///
    /// # Errors
    /// A connection cannot be made.
    pub fn trickle(
        echo: SocketAddr,
        connections: usize,
        at_once: usize,
        bytes: usize,
        ticks_a_second: u32,
    ) -> Result<Load> {
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = TcpStream::connect(echo)?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            streams.push(stream);
        }
        let every = Duration::from_secs(1) / ticks_a_second;
        let mut load = Load::new();
        load.spawn(move |shared| trickle(&mut streams, at_once, bytes, every, shared));
        Ok(load)
    }

    /// Visits: connections that send `bytes`, take the answer and go by RST, one after the other on
    /// each of `threads`. None is busy, so each fact is told by itself. Counts visits.
    #[must_use]
    pub fn visits(echo: SocketAddr, threads: usize, bytes: usize) -> Load {
        let mut load = Load::new();
        for _ in 0..threads {
            load.spawn(move |shared| visit(echo, bytes, shared));
        }
        load
    }

    /// How many of what it counts so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shared.done.load(Relaxed)
    }

    /// Ends in order; returns the bytes sent, where they are counted, and the final count.
    ///
    /// # Errors
    /// A connection ended before.
    pub fn end(mut self) -> Result<(u64, u64)> {
        self.shared.ends.store(true, Relaxed);
        for thread in self.threads.drain(..) {
            let ended = thread.join().map_err(|_| anyhow!("a client panicked"))?;
            ended?;
        }
        Ok((self.shared.sent.load(Relaxed), self.count()))
    }

    fn new() -> Load {
        Load {
            shared: Arc::default(),
            threads: Vec::new(),
        }
    }

    fn spawn(&mut self, client: impl FnOnce(&Shared) -> io::Result<()> + Send + 'static) {
        let shared = Arc::clone(&self.shared);
        self.threads.push(thread::spawn(move || client(&shared)));
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.ends.store(true, Relaxed);
    }
}

impl Shared {
    fn ends(&self) -> bool {
        self.ends.load(Relaxed)
    }
}

fn ping_pong(
    mut streams: Vec<mio::net::TcpStream>,
    bytes: usize,
    shared: &Shared,
) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(256);
    let ping = vec![b'x'; bytes];
    let mut scratch = vec![0; 64 << 10];
    let pong_bytes = bytes + STAMP_BYTES;
    let mut missing = vec![pong_bytes; streams.len()];
    for (index, stream) in streams.iter_mut().enumerate() {
        poll.registry()
            .register(stream, Token(index), Interest::READABLE)?;
        stream.write_all(&ping)?;
    }
    while !shared.ends() {
        poll.poll(&mut events, Some(LOOK_EVERY))?;
        for event in &events {
            let index = event.token().0;
            let returned = match streams[index].read(&mut scratch) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(returned) => returned,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            missing[index] = missing[index].saturating_sub(returned);
            if missing[index] == 0 {
                shared.done.fetch_add(1, Relaxed);
                missing[index] = pong_bytes;
                // It fits: nothing else is on its way.
                streams[index].write_all(&ping)?;
            }
        }
    }
    Ok(())
}

fn send_bulk(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let bytes = vec![b'x'; 64 << 10];
    while !shared.ends() {
        let sent = stream.write(&bytes)?;
        shared.sent.fetch_add(sent as u64, Relaxed);
    }
    stream.shutdown(Shutdown::Write)
}

fn take_bulk(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut scratch = vec![0; 64 << 10];
    loop {
        match stream.read(&mut scratch)? {
            0 => return Ok(()),
            returned => shared.done.fetch_add(returned as u64, Relaxed),
        };
    }
}

fn visit(echo: SocketAddr, bytes: usize, shared: &Shared) -> io::Result<()> {
    let ping = vec![b'x'; bytes];
    let mut pong = vec![0; bytes + STAMP_BYTES];
    while !shared.ends() {
        let mut stream = TcpStream::connect(echo)?;
        stream.write_all(&ping)?;
        stream.read_exact(&mut pong)?;
        shared.done.fetch_add(1, Relaxed);
        // No TIME_WAIT: there are fewer ports than visits.
        SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    }
    Ok(())
}

fn trickle(
    streams: &mut [TcpStream],
    at_once: usize,
    bytes: usize,
    every: Duration,
    shared: &Shared,
) -> io::Result<()> {
    let ping = vec![b'x'; bytes];
    let mut pong = vec![0; bytes + STAMP_BYTES];
    let mut due = Instant::now();
    while !shared.ends() {
        streams.rotate_left(at_once);
        for stream in &mut streams[..at_once] {
            stream.write_all(&ping)?;
            stream.read_exact(&mut pong)?;
            shared.done.fetch_add(1, Relaxed);
        }
        due += every;
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    Ok(())
}
