//! Who is refused at the page's port: counted, and told in the log.
//!
//! Knows nothing of what was asked for.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Seldom;

/// What stands against somebody at the page's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// So many connections are open: further ones wait to be accepted.
    Connections,
    /// So many connections from one address are open.
    ConnectionsPerAddress,
    /// So many viewers are there.
    Viewers,
    /// So many viewers from one address are there.
    ViewersPerAddress,
    /// A viewer asks too often.
    Requests,
    /// The head of a request, or TLS, takes too long.
    Handshake,
    /// What is sent to somebody is not taken for too long.
    Stalled,
    /// The system gives no further descriptor or no memory.
    System,
}

impl RefusedBy {
    /// All of them, and what they are called.
    pub const ALL: [(RefusedBy, &str); 8] = [
        (RefusedBy::Connections, "connections"),
        (RefusedBy::ConnectionsPerAddress, "connections_per_address"),
        (RefusedBy::Viewers, "viewers"),
        (RefusedBy::ViewersPerAddress, "viewers_per_address"),
        (RefusedBy::Requests, "requests"),
        (RefusedBy::Handshake, "handshake"),
        (RefusedBy::Stalled, "stalled"),
        (RefusedBy::System, "system"),
    ];
}

/// How many were refused by each limit. Each has its own line in the log, which is written seldom.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<[(u64, Seldom); RefusedBy::ALL.len()]>);

impl Refusals {
    /// One more. `words` say what happens, and to whom.
    pub fn count(&self, by: RefusedBy, words: impl FnOnce() -> String) {
        let mut counts = self.counts();
        let at = RefusedBy::ALL.iter().position(|(it, _)| *it == by);
        let Some((count, line)) = at.and_then(|at| counts.get_mut(at)) else {
            return;
        };
        *count = count.saturating_add(1);
        let due = line.due();
        // Whatever the log takes its time for, nobody waits here.
        drop(counts);
        if let Some(times) = due {
            tracing::warn!("{}{times}", words());
        }
    }

    /// How many were refused so far, in the order of [`RefusedBy::ALL`].
    #[must_use]
    pub fn so_far(&self) -> [u64; RefusedBy::ALL.len()] {
        self.counts().each_ref().map(|(count, _)| *count)
    }

    fn counts(&self) -> MutexGuard<'_, [(u64, Seldom); RefusedBy::ALL.len()]> {
        // Nothing in there can panic half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_by_itself() {
        let refusals = Refusals::default();
        for (at, (by, _)) in RefusedBy::ALL.into_iter().enumerate() {
            for _ in 0..at {
                refusals.count(by, || "no".into());
            }
        }
        assert_eq!(refusals.so_far(), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
