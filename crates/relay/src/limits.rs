//! How much of each thing there may be: what a peer or a viewer can make grow has its limit here.
//!
//! Numbers, and ways to count that know no sockets; each limit is kept where the thing is.
//! `docs/limits.md` is the table of them for people.

mod bucket;
mod pace;
mod per_address;
mod places;
mod refusals;
mod seldom;
mod turned_away;

use std::time::Duration;

pub use bucket::Bucket;
pub use pace::Pace;
pub use per_address::PerAddress;
pub use places::{Admitted, Full, Places};
pub use refusals::{Refusals, RefusedBy};
pub use seldom::Seldom;
pub use turned_away::TurnedAway;

/// All limits of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most echo connections at a time. Further ones wait in the accept queue, and are seen there.
    pub connections: u32,
    /// The most of those from one address. Further ones are accepted and reset at once.
    pub connections_per_address: u32,
    /// The most viewers at a time, downloads included: a lecture hall.
    pub viewers: u32,
    /// The most of those from one address.
    pub viewers_per_address: u32,
    /// The most messages that one viewer may send, a second.
    pub requests_a_second: u32,
    /// The most bytes that are read from one echo connection, a second. None: as many as come.
    pub echo_bytes_a_second: Option<u64>,
    /// An echo connection on which nothing moves for so long is closed. None: never.
    pub idle: Option<Duration>,
    /// In which a request's headers must have come, and the TLS handshake; and the longest that a
    /// connection to the page's port may idle.
    pub handshake: Duration,
    /// The most recordings that are made by request while the relay runs.
    pub recordings: u32,
    /// The most bytes of a recording.
    pub recording_bytes: u64,
    /// How long the connections, and then the viewers, have to end.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            connections_per_address: 64,
            viewers: 1100,
            viewers_per_address: 64,
            requests_a_second: 100,
            echo_bytes_a_second: None,
            idle: None,
            handshake: Duration::from_secs(10),
            recordings: 100,
            recording_bytes: 4096 << 20,
            grace: Duration::from_secs(1),
        }
    }
}
