//! What stands before the records: which run this is, and where each kind of value comes from.

use serde::{Deserialize, Serialize};

use crate::{Family, Run, Seq};

/// The first thing a viewer, a file or curl is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of this vocabulary: [`crate::wire::VERSION`].
    pub format: u8,
    /// The run that numbers the records.
    pub run: Run,
    /// The wall clock when the run's clock was 0, milliseconds since 1970-01-01 UTC.
    pub started_unix_millis: u64,
    /// The last record numbered when this was sent: up to there it is history, after it, live. In a
    /// recording on disk: the last one before it began, whose number its opening keyframe bears. In
    /// a download: the last one that it holds.
    pub head: Seq,
    /// Name and version of the program that recorded.
    pub program: String,
    /// The operating system, its release and the processor, as it says itself.
    pub system: String,
    /// Where each kind of value comes from on that system.
    pub sources: Sources,
}

/// How a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The kernel or a system call said so.
    Measured,
    /// Computed from measured values.
    Derived,
    /// Not to be had on this system.
    Unavailable,
}

/// Where each kind of value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// Bytes that arrived.
    pub arrived: Source,
    /// Segments they came in.
    pub segments: Source,
    /// Bytes that a read would find.
    pub receive_queue: Source,
    /// The advertised window.
    pub receive_window: Source,
    /// Kernel memory behind the receive queue, and its limit.
    pub kernel_memory: Source,
    /// Bytes written and not yet sent.
    pub unsent: Source,
    /// Bytes sent and not yet acknowledged.
    pub in_flight: Source,
    /// Round trip time.
    pub rtt: Source,
    /// TCP state.
    pub state: Source,
    /// Length and limit of the accept queue.
    pub waiting: Source,
}

impl Sources {
    /// Linux tells everything (`tcp(7)`, `sock_diag(7)`, `ioctl_tty(2)`).
    #[must_use]
    pub fn linux() -> Sources {
        use Source::Measured;
        Sources {
            arrived: Measured,
            segments: Measured,
            receive_queue: Measured,
            receive_window: Measured,
            kernel_memory: Measured,
            unsent: Measured,
            in_flight: Measured,
            rtt: Measured,
            state: Measured,
            waiting: Measured,
        }
    }

    /// Where the values of a connection of that family come from, on the system of this header:
    /// of a Unix-domain stream no kernel counts more than what a read would find.
    #[must_use]
    pub fn of_family(self, family: Family) -> Sources {
        match family {
            Family::Inet | Family::Inet6 => self,
            Family::Unix => Sources::portable(),
        }
    }

    /// macOS (`TCP_CONNECTION_INFO`, `SO_NREAD`), by its documentation. Its counts of bytes and
    /// packets take in what came twice and bare acknowledgements, so arrivals are what was read
    /// and what a read would find.
    #[must_use]
    pub fn macos() -> Sources {
        use Source::Measured;
        Sources {
            receive_window: Measured,
            rtt: Measured,
            state: Measured,
            ..Sources::portable()
        }
    }

    /// Windows (`SIO_TCP_INFO`, `FIONREAD`), by its documentation. Its count of bytes takes in
    /// what came twice, so arrivals are what was read and what a read would find.
    #[must_use]
    pub fn windows() -> Sources {
        use Source::Measured;
        Sources {
            receive_window: Measured,
            in_flight: Measured,
            rtt: Measured,
            state: Measured,
            ..Sources::portable()
        }
    }

    /// A system of which only the reads and writes of our own program are known, and the bytes
    /// a read would find: arrivals are those, plus what was read.
    #[must_use]
    pub fn portable() -> Sources {
        use Source::{Derived, Measured, Unavailable};
        Sources {
            arrived: Derived,
            segments: Unavailable,
            receive_queue: Measured,
            receive_window: Unavailable,
            kernel_memory: Unavailable,
            unsent: Unavailable,
            in_flight: Unavailable,
            rtt: Unavailable,
            state: Unavailable,
            waiting: Unavailable,
        }
    }
}
