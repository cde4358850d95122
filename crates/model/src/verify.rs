//! The invariants, as a list that runs.

use protocol::{Conn, End, Record, Seq};

use crate::{Connection, EndState, State};

/// A record, or a state, that cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A number is missing or came twice.
    Hole {
        /// The last number before.
        after: Seq,
        /// The number found.
        found: Seq,
    },
    /// A record's time is before the one of the record before it.
    TimeWentBack {
        /// The record.
        seq: Seq,
    },
    /// A fact does not begin where the one before it ended.
    Offset {
        /// The record.
        seq: Seq,
        /// Where it should begin.
        expected: u64,
        /// Where it begins.
        found: u64,
    },
    /// A close tells another number of unread bytes than arrived less read.
    Unread {
        /// The record.
        seq: Seq,
        /// Arrived less read.
        expected: u64,
        /// What it tells.
        found: u64,
    },
    /// A fact of a connection, or of an end of it, that is not open.
    NoSuchConnection {
        /// The record.
        seq: Seq,
    },
    /// Two totals stand in the wrong order.
    Order {
        /// The last record applied.
        seq: Seq,
        /// Where.
        conn: Conn,
        /// At which end.
        end: End,
        /// Which law is broken, in words.
        law: &'static str,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Hole { after, found } => {
                write!(f, "record {found} follows record {after}")
            }
            Fault::TimeWentBack { seq } => write!(f, "record {seq}: time went back"),
            Fault::Offset {
                seq,
                expected,
                found,
            } => write!(
                f,
                "record {seq}: begins at byte {found}, expected byte {expected}"
            ),
            Fault::Unread {
                seq,
                expected,
                found,
            } => write!(
                f,
                "record {seq}: tells {found} bytes unread, expected {expected}"
            ),
            Fault::NoSuchConnection { seq } => {
                write!(f, "record {seq}: its connection is not open")
            }
            Fault::Order {
                seq,
                conn,
                end,
                law,
            } => write!(f, "after record {seq}: {conn} at the {end:?} end: {law}"),
        }
    }
}

impl std::error::Error for Fault {}

impl State {
    /// Checks what must be true of any state that records of a real run add up to.
    ///
    /// # Errors
    /// The first fault noted while applying, otherwise the first law that does not hold.
    pub fn verify(&self) -> Result<(), Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if let Some((conn, end, law)) = self.datagrams.broken_law() {
            let seq = self.now.seq;
            return Err(Fault::Order {
                seq,
                conn,
                end,
                law,
            });
        }
        let mut conns = self.conns.values();
        conns.try_for_each(|connection| self.verify_connection(connection))
    }

    /// The same, where it held before this record: looks only at what the record can have changed.
    ///
    /// # Errors
    /// As [`State::verify`].
    pub fn verify_after(&self, record: &Record) -> Result<(), Fault> {
        match (self.fault, record.event.conn()) {
            (None, Some(conn)) if self.datagrams.client(conn).is_none() => self
                .conn(conn)
                .map_or(Ok(()), |connection| self.verify_connection(connection)),
            _ => self.verify(),
        }
    }

    fn verify_connection(&self, connection: &Connection) -> Result<(), Fault> {
        for place in [End::Server, End::Client] {
            let law = connection.end(place).and_then(|end| broken_law(end, place));
            if let Some(law) = law {
                return Err(Fault::Order {
                    seq: self.now.seq,
                    conn: connection.conn,
                    end: place,
                    law,
                });
            }
        }
        Ok(())
    }
}

fn broken_law(end: &EndState, place: End) -> Option<&'static str> {
    let rulers = [
        &end.arrived,
        &end.read,
        &end.wrote,
        &end.bagged,
        &end.answered,
        &end.messages,
    ];
    let bytes = |index: usize| rulers[index].total.bytes;
    let (arrived, read, wrote, bagged) = (bytes(0), bytes(1), bytes(2), bytes(3));
    let (answered, messages) = (bytes(4), bytes(5));
    if rulers.iter().any(|ruler| !ruler.is_whole()) {
        Some("the cuts of a ruler have a hole")
    } else if read > arrived {
        Some("more was read than arrived")
    } else if bagged > read {
        Some("more was bagged than read")
    } else if messages > read {
        Some("messages go beyond what was read")
    } else if answered > read {
        Some("more was answered than read")
    } else if place == End::Server && wrote > end.stamp_bytes.saturating_add(answered) {
        Some("more was written than answered")
    } else {
        None
    }
}
