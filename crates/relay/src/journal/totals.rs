//! What has happened in all since the run began: sums over every record, for whoever wants to know
//! what the relay did without reading its records.
//!
//! Adds up, and judges nothing. Kept beside the ledger, which forgets connections that are closed.

use protocol::{End, Event, LimitedBy, LostBy};

/// Sums over all records so far. "Server's end": our own demonstration clients are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Connections that the server accepted.
    pub accepted: u64,
    /// Of those, how many are closed.
    pub closed: u64,
    /// Of those, how many a reset ended, by whomever.
    pub reset: u64,
    /// Bytes that the kernel took for the server's ends.
    pub arrived_bytes: u64,
    /// Bytes that the server read.
    pub read_bytes: u64,
    /// Bytes that the kernel took from the server.
    pub written_bytes: u64,
    /// Facts, each counted as often as it says in `times`.
    pub facts: u64,
    /// Facts that have no record of their own, because another one's tells them too.
    pub merged: u64,
    /// Datagrams that the server received, sent, and lost by a full receive buffer.
    pub datagrams_received: u64,
    /// See above.
    pub datagrams_sent: u64,
    /// See above.
    pub datagrams_lost: u64,
    /// How many connections were turned away, held up or ended by each limit, in the order of [`LIMITS`].
    pub limited: [u64; LIMITS.len()],
}

/// All limits that are told as records, and what they are called.
pub const LIMITS: [(LimitedBy, &str); 6] = [
    (LimitedBy::Connections, "connections"),
    (LimitedBy::ConnectionsPerAddress, "connections_per_address"),
    (LimitedBy::System, "system"),
    (LimitedBy::EchoRate, "echo_rate"),
    (LimitedBy::Idle, "idle"),
    (LimitedBy::Defect, "defect"),
];

impl Totals {
    /// Takes in what happened next.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Accepted(_) => self.accepted += 1,
            Event::Closed(e) if e.end == End::Server => self.closed += 1,
            Event::Reset(e) if e.end == End::Server => self.reset += 1,
            Event::Arrived(e) => {
                self.count(e.times);
                self.arrived_bytes += server(e.end, e.bytes);
            }
            Event::Read(e) => {
                self.count(e.times);
                self.read_bytes += server(e.end, e.returned);
            }
            Event::Wrote(e) => {
                self.count(e.times);
                self.written_bytes += server(e.end, e.accepted);
            }
            Event::Bagged(e) => self.count(e.times),
            Event::Message(e) => self.count(e.times),
            Event::Answered(e) => self.count(e.times),
            Event::Blocked(e) | Event::Unblocked(e) => self.count(e.times),
            Event::DatagramReceived(e) => {
                self.count(e.times);
                self.datagrams_received += server(e.end, e.times.into());
            }
            Event::DatagramSent(e) => {
                self.count(e.times);
                self.datagrams_sent += server(e.end, e.times.into());
            }
            Event::DatagramLost(e) if e.by == LostBy::FullBuffer => {
                self.datagrams_lost += server(e.end, e.datagrams);
            }
            Event::Limited(e) => {
                let counts = self.limited.iter_mut().zip(LIMITS);
                for (count, _) in counts.filter(|(_, (by, _))| *by == e.by) {
                    *count += u64::from(e.count);
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, times: u32) {
        self.facts += u64::from(times);
        self.merged += u64::from(times.saturating_sub(1));
    }
}

fn server(end: End, count: u64) -> u64 {
    match end {
        End::Server => count,
        End::Client => 0,
    }
}
