//! How much is told of each socket when many are busy at once.
//!
//! A page, and who looks at it, can take some thousand records a second, however many connections
//! they come from. So with more than a few busy sockets each gathers longer and tells less by itself.
//! Byte counts stay exact, and who is quiet is told one by one as ever. Knows nothing of sockets.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

/// So many busy sockets are told as if each were alone.
const FEW: u32 = 8;
/// However many there are, none waits longer than that many times as long: 64 times 16 ms.
const STRETCH_MAX: u32 = 64;

/// How many sockets gather at this moment.
#[derive(Debug, Default)]
pub struct Crowd(Arc<AtomicU32>);

/// One of the crowd, until dropped.
#[derive(Debug)]
pub struct Member(Arc<AtomicU32>);

/// What is a socket's own of all that is told: the times are so many times as long as alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(u32);

impl Crowd {
    /// Another socket gathers.
    #[must_use]
    pub fn enter(&self) -> Member {
        self.0.fetch_add(1, Relaxed);
        Member(Arc::clone(&self.0))
    }

    /// What each has just now.
    #[must_use]
    pub fn share(&self) -> Share {
        Share((self.0.load(Relaxed) / FEW).clamp(1, STRETCH_MAX))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Share {
    /// Nobody else is busy.
    pub const ALONE: Share = Share(1);

    /// A time that is `nanos` for a socket alone.
    #[must_use]
    pub fn stretch(self, nanos: u64) -> u64 {
        nanos.saturating_mul(self.0.into())
    }

    /// How much of a time counts, of which all would count for a socket alone.
    #[must_use]
    pub fn shrink(self, nanos: u64) -> u64 {
        nanos / u64::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_are_busy_the_longer_each_gathers() {
        let crowd = Crowd::default();
        assert_eq!(crowd.share(), Share::ALONE);
        let mut stretched = 0;
        let mut members = Vec::new();
        for _ in 0..10_000 {
            members.push(crowd.enter());
            let now = crowd.share().stretch(16);
            assert!(now >= stretched && now <= 16 * 64);
            assert_eq!(crowd.share().shrink(now), 16);
            stretched = now;
        }
        assert_eq!(stretched, 16 * 64);
        drop(members);
        assert_eq!(crowd.share(), Share::ALONE);
    }
}
