//! What each socket has seen so far, as far as a script has to wait for it.

use std::collections::HashMap;

use protocol::{Conn, End, Event, Record};

/// All sockets of a lesson.
#[derive(Debug, Default)]
pub struct Ends {
    seen: HashMap<(Conn, End), Seen>,
    /// The backlog that listen(2) was last called with.
    pub backlog: u32,
}

/// One socket.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Bytes that arrived.
    arrived: u64,
    /// Bytes that were read.
    pub read: u64,
    /// Calls of recv that returned something, even the end of the stream.
    pub reads: u64,
    /// The other end sends no more.
    peer_shut: bool,
    /// This end sends no more.
    pub shut: bool,
    /// recv has returned 0.
    ended: bool,
    /// Reset or closed: nothing can be done here any more.
    pub gone: bool,
}

impl Seen {
    /// A recv would return at once.
    pub fn is_readable(&self) -> bool {
        self.gone || self.arrived > self.read || self.peer_shut && !self.ended
    }
}

impl Ends {
    pub fn of(&self, conn: Conn, end: End) -> Seen {
        self.seen.get(&(conn, end)).copied().unwrap_or_default()
    }

    pub fn apply(&mut self, record: &Record) {
        if let Event::Listening(listening) = &record.event {
            self.backlog = listening.backlog;
        }
        let Some(place) = record.event.place() else {
            return;
        };
        let seen = self.seen.entry(place).or_default();
        match &record.event {
            Event::Arrived(e) => seen.arrived = seen.arrived.saturating_add(e.bytes),
            Event::Read(e) => {
                seen.read = seen.read.saturating_add(e.returned);
                seen.reads += u64::from(e.times);
            }
            Event::EndOfStream(_) => {
                seen.ended = true;
                seen.reads += 1;
            }
            Event::HalfClosed(e) if e.by == e.end => seen.shut = true,
            Event::HalfClosed(_) => seen.peer_shut = true,
            Event::Reset(_) | Event::Closed(_) => seen.gone = true,
            _ => {}
        }
    }
}
