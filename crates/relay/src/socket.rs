//! An observed socket: does what its program wants (read, write, close), looks at the kernel, and
//! records both. One task owns it; nobody else touches its descriptor.
//!
//! Knows nothing of what the program wants and why: that is `echo` and `client`.

use std::{
    future::Future,
    io, mem,
    net::Shutdown,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use protocol::{
    Arrived, Blocked, Closed, Conn, End, EndOfStream, Event, Family, HalfClosed, Preview, Queues,
    Read, Reset, Wrote,
};
use socket2::SockRef;
use tokio::{io::Interest, sync::watch};

use crate::{
    alarm::Alarm,
    crowd::{Member, Share},
    gather::Gather,
    journal::Journal,
    observe::{self, Look},
    sample::Sampler,
    stream::Stream,
};

/// With the kernel's memory full and no growth for so long, the window counts as closed, whatever
/// was last advertised.
const STUCK_NANOS: u64 = 400_000_000;

/// Where the system does not tell the window, it counts as closed with so much queued, bytes.
const QUEUED_UNTOLD_BYTES: u64 = 65_536;

/// The two ends of a connection that are both ours take turns: held while one sends and records it,
/// and while the other looks and records what it finds. So no arrival is recorded before its send.
/// Merged facts stand where their gathering ends, and may pass each other all the same.
pub type Turn = Arc<Mutex<()>>;

/// A connected socket, with all that was recorded of it.
#[derive(Debug)]
pub struct Socket {
    conn: Conn,
    end: End,
    stream: Stream,
    journal: Arc<Journal>,
    previews: bool,
    gather: Gather,
    /// One of the crowd while it gathers.
    member: Option<Member>,
    sampler: Sampler,
    alarm: Alarm,
    /// The time of this step, and what is its own of all that is told: asked for once.
    now_nanos: u64,
    share: Share,
    /// Bytes that arrived, as told or gathered. `read` <= `arrived`.
    arrived: u64,
    arrived_at_nanos: u64,
    /// The kernel's count of segments at the last look.
    segments: u32,
    read: u64,
    wrote: u64,
    /// A send found no room, and none since found any.
    blocked: bool,
    /// The peer's FIN has come.
    peer_shut: bool,
    /// This end sends no more.
    shut: bool,
    /// The connection is no more.
    gone: Option<Gone>,
    last_look: Option<Look>,
    /// Something may have happened since the last look, or since a read found nothing more.
    stirred: bool,
    /// That it will end, or has, may be among it: only a look tells.
    ends: bool,
    /// The last look was before some reads, which told themselves what had arrived; their segments
    /// are not counted yet.
    unlooked: bool,
    /// Told the bytes whose arrival here is recorded: what a sender waits for that must not merge.
    recorded: Option<watch::Sender<u64>>,
    turn: Turn,
}

/// How a connection ended that nobody at this end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gone {
    Reset,
    /// Nobody answered any more, or the way there was lost: no RST came.
    Lost,
}

impl Socket {
    /// Takes over a connected stream. `previews`: the first bytes of facts are mirrored.
    /// `recorded`, if somebody wants to know, is told the bytes whose arrival here is recorded.
    #[must_use]
    pub fn new(
        (conn, end): (Conn, End),
        stream: Stream,
        journal: Arc<Journal>,
        previews: bool,
        recorded: Option<watch::Sender<u64>>,
        turn: Turn,
    ) -> Socket {
        // An urgent byte is a byte of the stream like the others, counted where it stands.
        if let Err(error) = SockRef::from(&stream).set_out_of_band_inline(true) {
            tracing::debug!(%conn, %error, "urgent bytes cannot be taken in line");
        }
        Socket {
            conn,
            end,
            stream,
            journal,
            previews,
            gather: Gather::default(),
            member: None,
            sampler: Sampler::due_at_once(),
            alarm: Alarm::new(),
            now_nanos: 0,
            share: Share::ALONE,
            arrived: 0,
            arrived_at_nanos: 0,
            segments: 0,
            read: 0,
            wrote: 0,
            blocked: false,
            peer_shut: false,
            shut: false,
            gone: None,
            last_look: None,
            stirred: true,
            ends: false,
            unlooked: false,
            recorded,
            turn,
        }
    }

    /// Whose socket it is.
    #[must_use]
    pub fn place(&self) -> (Conn, End) {
        (self.conn, self.end)
    }

    /// The socket, for questions and settings that move no bytes.
    #[must_use]
    pub fn sock(&self) -> SockRef<'_> {
        SockRef::from(&self.stream)
    }

    /// Bytes that have arrived and are not read.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.arrived - self.read
    }

    /// Bytes ever read: the offset of the next one.
    #[must_use]
    pub fn read_bytes(&self) -> u64 {
        self.read
    }

    /// Bytes ever written: the offset of the next one.
    #[must_use]
    pub fn wrote_bytes(&self) -> u64 {
        self.wrote
    }

    /// The kernel has bytes that the peer has not acknowledged.
    #[must_use]
    pub fn sends(&self) -> bool {
        let buffers = observe::queues(&self.stream);
        let left = [buffers.unsent, buffers.in_flight];
        left.into_iter().flatten().any(|bytes| bytes > 0)
    }

    /// Nothing will arrive any more.
    #[must_use]
    pub fn peer_shut(&self) -> bool {
        self.peer_shut
    }

    /// This end sends no more.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        self.shut
    }

    /// The connection is no more.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone.is_some()
    }

    /// The peer may not send: the advertised window is 0, or the memory behind it has long been
    /// full. Both are told late (`tcpi_rcv_wnd` by some 300 ms), so ask again.
    #[must_use]
    pub fn window_closed(&self) -> bool {
        let told = match self.last_look.and_then(|look| look.receive_window) {
            Some(window) => window == 0,
            // Nothing is told there: better early than never.
            None => self.queued() >= QUEUED_UNTOLD_BYTES,
        };
        let is_full = || {
            let buffers = observe::queues(&self.stream);
            buffers
                .kernel_memory
                .zip(buffers.kernel_memory_limit)
                .is_some_and(|(used, limit)| used >= limit)
        };
        let stuck = self.journal.now_nanos() >= self.arrived_at_nanos + STUCK_NANOS;
        told || stuck && is_full()
    }

    /// Begins a step: looks at the kernel and records what is new.
    ///
    /// While facts are merged the edges between them are given up anyhow. A program that
    /// `reads_at_once` whatever there is needs no look then: its reads tell what has arrived, and a
    /// look before the merged facts are told counts the segments. (A look costs as much as a recv.)
    pub fn look(&mut self, reads_at_once: bool) {
        // A step that only goes on with what the last one read is of the same moment.
        if self.stirred || self.queued() > 0 {
            self.tick();
        }
        let is_due = |due: Option<u64>| due.is_some_and(|due| due <= self.now_nanos);
        let (tells, samples) = (
            is_due(self.gather.due_nanos()),
            is_due(self.sampler.due_nanos()),
        );
        let sees = !reads_at_once || self.ends || observe::LOOK_EVERY_NANOS.is_some();
        if tells || samples || self.tells_next() || self.stirred && sees {
            self.look_now(&[]);
            if tells {
                self.flush();
            }
            self.sample();
        }
    }

    /// A read may find bytes that no look has seen, if the step began with one that
    /// [reads at once](Socket::look).
    #[must_use]
    pub fn may_hold_more(&self) -> bool {
        self.stirred
    }

    /// The time at which this step began.
    #[must_use]
    pub fn now_nanos(&self) -> u64 {
        self.now_nanos
    }

    /// recv(2) of at most `into.len()` bytes, which is not 0. None: nothing is there yet. 0: the
    /// end of the stream. A reset makes the socket [gone](Socket::is_gone).
    pub fn read(&mut self, into: &mut [u8]) -> Option<usize> {
        match observe::recv(&self.stream, into) {
            Ok(0) => {
                self.look_now(&[]);
                self.flush();
                self.journal.record(Event::EndOfStream(EndOfStream {
                    conn: self.conn,
                    end: self.end,
                    offset: self.read,
                }));
                Some(0)
            }
            Ok(returned) => {
                let more = (self.read + returned as u64).saturating_sub(self.arrived);
                if more > 0 && self.stirred {
                    let segments = self.last_look.and_then(|look| look.segments);
                    self.arrive(more, segments.map(|_| 0), 1, None);
                    self.unlooked = true;
                } else if more > 0 {
                    // More came since the last look, and it came before it was read.
                    self.look_now(&into[..returned]);
                }
                if returned < into.len() {
                    // What comes from now on is an edge of its own.
                    self.stirred = false;
                }
                let read = Read {
                    conn: self.conn,
                    end: self.end,
                    offset: self.read,
                    asked: into.len() as u64,
                    returned: returned as u64,
                    times: 1,
                    since_nanos: None,
                    preview: self.preview(&into[..returned]),
                };
                self.read += returned as u64;
                self.tell(Event::Read(read));
                Some(returned)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.stirred = false;
                None
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
            Err(error) => {
                self.lose(&error);
                None
            }
        }
    }

    /// send(2). Returns how many bytes the kernel took; 0 while it has no room. A connection that
    /// is no more makes the socket [gone](Socket::is_gone).
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let turn = Arc::clone(&self.turn);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = if self.blocked && observe::LOOK_EVERY_NANOS.is_none() {
            // Clears the readiness on which `wait` waits, if there is no room.
            self.stream
                .try_io(Interest::WRITABLE, || observe::send(&self.stream, bytes))
        } else {
            observe::send(&self.stream, bytes)
        };
        let blocked = Blocked {
            conn: self.conn,
            end: self.end,
            times: 1,
        };
        match sent {
            Ok(accepted) => {
                if self.blocked {
                    self.blocked = false;
                    self.tell(Event::Unblocked(blocked));
                }
                let wrote = Wrote {
                    conn: self.conn,
                    end: self.end,
                    offset: self.wrote,
                    asked: bytes.len() as u64,
                    accepted: accepted as u64,
                    times: 1,
                    since_nanos: None,
                    preview: self.preview(&bytes[..accepted]),
                };
                self.wrote += accepted as u64;
                self.tell(Event::Wrote(wrote));
                accepted
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if !self.blocked {
                    self.blocked = true;
                    self.tell(Event::Blocked(blocked));
                }
                0
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => {
                self.lose(&error);
                0
            }
        }
    }

    /// shutdown(2) with SHUT_WR: nothing is sent any more, and reading goes on.
    pub fn shut(&mut self) {
        self.shut = true;
        self.flush();
        let turn = Arc::clone(&self.turn);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        match SockRef::from(&self.stream).shutdown(Shutdown::Write) {
            Ok(()) => {
                self.journal.record(Event::HalfClosed(HalfClosed {
                    conn: self.conn,
                    end: self.end,
                    by: self.end,
                }));
                self.sampler.stir(self.now_nanos, self.share);
            }
            Err(error) => self.lose(&error),
        }
    }

    /// Records a fact of the program itself, in its place among the others.
    pub fn tell(&mut self, fact: Event) {
        self.sampler.stir(self.now_nanos, self.share);
        if let Some(fact) = self.gather.offer(fact, self.now_nanos, self.share) {
            self.journal.record(fact);
            self.announce();
            self.tick();
        } else if self.member.is_none() {
            self.member = Some(self.journal.crowd().enter());
        }
    }

    /// Records what is gathered.
    pub fn flush(&mut self) {
        if self.unlooked {
            self.look_now(&[]);
        }
        if self.gather.due_nanos().is_some() {
            self.member = None;
            let facts = self.gather.take();
            self.journal.record_all(facts);
            self.announce();
            self.tick();
        }
    }

    /// What is gathered next did not begin before what was recorded last.
    fn tick(&mut self) {
        self.now_nanos = self.journal.now_nanos();
        self.share = self.journal.crowd().share();
    }

    fn tells_next(&self) -> bool {
        self.gather.tells_next(self.now_nanos, self.share)
    }

    /// Waits until the socket, its clock, `until_nanos` or `other` gives a reason to look again.
    pub async fn wait(&mut self, until_nanos: Option<u64>, other: impl Future<Output = ()>) {
        let mut interest = Interest::ERROR;
        // A FIN is sticky: waiting for what is readable would never wait again.
        if !self.peer_shut {
            interest |= Interest::READABLE;
        }
        if self.blocked {
            interest |= Interest::WRITABLE;
        }
        let due = [
            until_nanos,
            self.gather.due_nanos(),
            self.sampler.due_nanos(),
            observe::LOOK_EVERY_NANOS.map(|every| self.journal.now_nanos() + every),
        ];
        let due = due.into_iter().flatten().min();
        let due = due.map(|due| self.journal.instant(due).into());
        tokio::select! {
            ready = self.stream.ready(interest) => {
                let Ok(ready) = ready else { return };
                self.ends |= ready.is_read_closed() || ready.is_error();
                // Clears the edge *before* looking, so that whatever comes next is a new edge,
                // even while the program holds and reads nothing.
                for (is_ready, interest) in [
                    (ready.is_readable(), Interest::READABLE),
                    (ready.is_error(), Interest::ERROR),
                ] {
                    if is_ready {
                        let _ = self.stream.try_io(interest, || {
                            Err::<(), _>(io::ErrorKind::WouldBlock.into())
                        });
                    }
                }
            }
            () = self.alarm.at(due) => {}
            () = other => {}
        }
        self.stirred = true;
    }

    /// close(2); with `reset`, so that the kernel sends RST. A Unix-domain socket has none: it closes
    /// as without, and the other end gets ECONNRESET only if bytes are unread here.
    pub fn close(mut self, reset: bool) {
        let reset = reset && self.stream.family() != Family::Unix;
        self.look_now(&[]);
        self.flush();
        let reset_by = match self.gone {
            Some(Gone::Reset) => Some(self.end.other()),
            Some(Gone::Lost) => None,
            None => reset.then_some(self.end),
        };
        let (conn, end) = (self.conn, self.end);
        let reset_fact = reset_by.map(|by| Event::Reset(Reset { conn, end, by }));
        let unread = self.queued();
        let closed = Event::Closed(Closed { conn, end, unread });
        // Recorded before the descriptor goes, so that cause stands before effect.
        self.journal
            .record_all(reset_fact.into_iter().chain([closed]));
        if reset && let Err(error) = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%conn, %error, "the connection closes without RST");
        }
    }

    /// Looks, and records the arrival. `just_read`: bytes that a recv returned and that are not
    /// counted as read yet.
    fn look_now(&mut self, just_read: &[u8]) {
        let turn = Arc::clone(&self.turn);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.stirred = false;
        self.ends = false;
        let lags = mem::take(&mut self.unlooked) && self.gather.due_nanos().is_some();
        let read = self.read + just_read.len() as u64;
        let look = match observe::look(&self.stream, read) {
            Ok(look) => look,
            Err(error) => {
                tracing::debug!(conn = %self.conn, %error, "the kernel tells nothing");
                return;
            }
        };
        let bytes = look.arrived.max(read).saturating_sub(self.arrived);
        let segments = look.segments.map(|all| all.wrapping_sub(self.segments));
        if bytes > 0 || segments.is_some_and(|segments| segments > 0) {
            let preview = match usize::try_from(self.arrived - self.read) {
                Ok(known) if known < just_read.len() => self.preview(&just_read[known..]),
                _ => self.peek(bytes),
            };
            self.segments = look.segments.unwrap_or(0);
            // Segments of what the reads have told already are no further arrival.
            let times = u32::from(bytes > 0 || !lags);
            self.arrive(bytes, segments, times, preview);
        }
        let aborted = look.aborted && self.gone.is_none();
        let error = aborted.then(|| self.stream.take_error().ok().flatten());
        // Both ends have sent their FIN: that state is the regular end, too.
        let ends = matches!(error, Some(None)) && self.shut;
        if (look.peer_shut || ends) && !self.peer_shut {
            self.peer_shut = true;
            self.flush();
            self.journal.record(Event::HalfClosed(HalfClosed {
                conn: self.conn,
                end: self.end,
                by: self.end.other(),
            }));
            self.sampler.stir(self.now_nanos, self.share);
        }
        if let Some(error) = error
            && !ends
        {
            self.lose(&error.unwrap_or(io::ErrorKind::ConnectionReset.into()));
        }
        self.last_look = Some(look);
    }

    /// Records an arrival.
    fn arrive(&mut self, bytes: u64, segments: Option<u32>, times: u32, preview: Option<Preview>) {
        let arrived = Arrived {
            conn: self.conn,
            end: self.end,
            offset: self.arrived,
            bytes,
            segments,
            times,
            since_nanos: None,
            preview,
        };
        self.arrived += bytes;
        if bytes > 0 {
            self.arrived_at_nanos = self.now_nanos;
        }
        self.tell(Event::Arrived(arrived));
    }

    /// Samples the queues if a sample is due. It stands behind all facts up to this look, so that
    /// its receive queue is what arrived less what was read, as recorded.
    fn sample(&mut self) {
        let now_nanos = self.now_nanos;
        if self.sampler.due_nanos().is_none_or(|due| due > now_nanos) {
            return;
        }
        let Some(look) = self.last_look else { return };
        let buffers = observe::queues(&self.stream);
        let queues = Queues {
            conn: self.conn,
            end: self.end,
            receive_queue: Some(self.queued()),
            receive_window: look.receive_window,
            kernel_memory: buffers.kernel_memory,
            kernel_memory_limit: buffers.kernel_memory_limit,
            unsent: buffers.unsent,
            in_flight: buffers.in_flight,
            rtt_nanos: look.rtt_nanos,
            state: look.state,
        };
        if let Some(queues) = self.sampler.offer(queues, now_nanos, self.share) {
            self.flush();
            self.journal.record(Event::from(queues));
        }
    }

    fn lose(&mut self, error: &io::Error) {
        let gone = match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Gone::Reset,
            // Over TCP an RST was there before; over a Unix-domain socket the other end is just closed.
            io::ErrorKind::BrokenPipe if self.stream.family() != Family::Unix => Gone::Reset,
            _ => Gone::Lost,
        };
        self.gone.get_or_insert(gone);
    }

    fn announce(&self) {
        if let Some(recorded) = &self.recorded {
            recorded.send_if_modified(|recorded| {
                let is_more = *recorded < self.arrived;
                *recorded = self.arrived;
                is_more
            });
        }
    }

    fn preview(&self, bytes: &[u8]) -> Option<Preview> {
        let worth = self.previews && self.tells_next();
        let first = bytes.get(..Preview::BYTES_MAX).unwrap_or(bytes);
        (worth && !first.is_empty()).then(|| Preview(first.into()))
    }

    fn peek(&self, bytes: u64) -> Option<Preview> {
        if !self.previews || bytes == 0 || !self.tells_next() {
            return None;
        }
        let len = usize::try_from(bytes).map_or(Preview::BYTES_MAX, |b| b.min(Preview::BYTES_MAX));
        let mut first = vec![0; len];
        let peeked = observe::peek(&self.stream, self.queued(), &mut first).ok()?;
        first.truncate(peeked);
        (peeked > 0).then_some(Preview(first.into()))
    }
}
