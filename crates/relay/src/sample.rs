//! When to sample a socket's queues: on change, at most once every 16 ms, with a trailing look when
//! it falls idle, and slower and slower looks while bytes lie about.
//!
//! Knows nothing of sockets: times and samples in, times out.

use protocol::Queues;

use crate::crowd::Share;

/// The least time between two samples of a socket that is alone.
const SAMPLE_NANOS: u64 = 16_000_000;
/// The first look at an idle socket; each further one that finds nothing new waits twice as long.
const IDLE_NANOS: u64 = 200_000_000;
const IDLE_NANOS_MAX: u64 = 16 * IDLE_NANOS;

/// The sampling of one socket.
#[derive(Debug, Default)]
pub struct Sampler {
    last: Option<Queues>,
    last_at_nanos: Option<u64>,
    due_nanos: Option<u64>,
    idle_nanos: u64,
}

impl Sampler {
    /// For a new socket.
    pub fn due_at_once() -> Sampler {
        Sampler {
            due_nanos: Some(0),
            ..Sampler::default()
        }
    }

    /// Something happened: a sample is due as soon as one may be taken.
    pub fn stir(&mut self, now_nanos: u64, share: Share) {
        let may = self
            .last_at_nanos
            .map_or(now_nanos, |last| last + share.stretch(SAMPLE_NANOS));
        let soon = may.max(now_nanos);
        self.due_nanos = Some(self.due_nanos.map_or(soon, |due| due.min(soon)));
    }

    /// When to look next. None: nothing is going on.
    pub fn due_nanos(&self) -> Option<u64> {
        self.due_nanos
    }

    /// Takes in what a look found, and gives it back if it says something new.
    pub fn offer(&mut self, found: Queues, now_nanos: u64, share: Share) -> Option<Queues> {
        self.last_at_nanos = Some(now_nanos);
        if self.last == Some(found) {
            // The advertised window lags by up to 300 ms, and acknowledgements by 40.
            let lies_about = [found.receive_queue, found.unsent, found.in_flight]
                .into_iter()
                .flatten()
                .any(|bytes| bytes > 0);
            self.idle_nanos = (self.idle_nanos * 2).clamp(IDLE_NANOS, IDLE_NANOS_MAX);
            self.due_nanos = lies_about.then_some(now_nanos + self.idle_nanos);
            return None;
        }
        self.last = Some(found);
        self.idle_nanos = 0;
        self.due_nanos = Some(now_nanos + share.stretch(SAMPLE_NANOS));
        Some(found)
    }
}
