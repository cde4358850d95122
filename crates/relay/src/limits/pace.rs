//! How fast one connection may go, and how long it may stand still.
//!
//! Numbers in, numbers out: knows no sockets and no clocks.

use super::{Bucket, Limits};

/// So much of a second's bytes may be saved up.
const SAVED_NANOS: u64 = 100_000_000;

/// The pace of one connection.
#[derive(Debug)]
pub struct Pace {
    bucket: Option<Bucket>,
    was_held_up: bool,
    idle_nanos: Option<u64>,
    moved: [u64; 3],
    moved_at_nanos: u64,
}

impl Pace {
    /// It begins now.
    #[must_use]
    pub fn new(limits: &Limits, now_nanos: u64) -> Pace {
        let idle = limits.idle.map(|idle| idle.as_nanos());
        Pace {
            bucket: limits
                .echo_bytes_a_second
                .map(|a_second| Bucket::new(a_second, SAVED_NANOS, now_nanos)),
            was_held_up: false,
            idle_nanos: idle.map(|nanos| u64::try_from(nanos).unwrap_or(u64::MAX)),
            moved: [0; 3],
            moved_at_nanos: now_nanos,
        }
    }

    /// It may go as fast as it can.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.bucket.is_none()
    }

    /// When it may read again. None: now.
    #[must_use]
    pub fn opens_at_nanos(&mut self, now_nanos: u64) -> Option<u64> {
        self.bucket.as_mut()?.opens_at_nanos(now_nanos)
    }

    /// So many bytes a second are read from it, and whether it is held up by that for the first time.
    pub fn holds_up(&mut self) -> Option<(u64, bool)> {
        let is_first = !std::mem::replace(&mut self.was_held_up, true);
        let bucket = self.bucket.as_ref()?;
        Some((bucket.a_second(), is_first))
    }

    /// So many bytes were read.
    pub fn has_read(&mut self, bytes: u64) {
        if let Some(bucket) = &mut self.bucket {
            bucket.take(bytes);
        }
    }

    /// The milliseconds for which nothing may move, if nothing has for so long. `moved` is any set of
    /// numbers of which one changes when something moves.
    pub fn is_idle(&mut self, moved: [u64; 3], now_nanos: u64) -> Option<u64> {
        if self.moved != moved {
            self.moved = moved;
            self.moved_at_nanos = now_nanos;
        }
        let until = self.idle_until_nanos()?;
        (now_nanos >= until).then_some(self.idle_nanos? / 1_000_000)
    }

    /// It may stand still until then.
    #[must_use]
    pub fn idle_until_nanos(&self) -> Option<u64> {
        Some(self.moved_at_nanos.saturating_add(self.idle_nanos?))
    }
}
