//! Merging: above 200 facts a second the datagram server's facts are gathered, by client and kind,
//! and told as sums. What is told is bounded, however many clients flood.
//!
//! All ends share one: their facts keep the order in which datagrams go. Knows nothing of sockets
//! and clocks: events and times in, events out.

use std::collections::BTreeMap;

use protocol::{Conn, DatagramLost, DatagramReceived, DatagramSent, End, Event, LostBy};

/// What each fact takes of a budget that fills in real time: 200 facts a second.
const FACT_NANOS: u64 = 1_000_000_000 / 200;
/// So many facts at once are told one by one: sixteen echoes of a client of our own.
const BURST_FACTS: u64 = 64;
/// How long is gathered, for each so many facts that wait.
const GATHER_NANOS: u64 = 16_000_000;
const GATHER_FACTS: u64 = 3;

/// The facts that are not told yet.
#[derive(Debug, Default)]
pub struct Gather {
    /// When all facts so far would have come if they had come at 200 a second.
    schedule_nanos: u64,
    /// When the first of the pending facts was.
    since_nanos: u64,
    /// By the way that datagrams go, and by client: one fact for each.
    pending: BTreeMap<(u8, Option<Conn>), Event>,
}

impl Gather {
    /// True if the next fact would be told by itself, so that a preview is worth its while.
    pub fn tells_next(&self, now_nanos: u64) -> bool {
        self.pending.is_empty()
            && self.schedule_nanos.saturating_sub(now_nanos) <= (BURST_FACTS - 1) * FACT_NANOS
    }

    /// Gives the fact back if it is to be told now, or keeps it.
    pub fn offer(&mut self, fact: Event, now_nanos: u64) -> Option<Event> {
        let told = self.tells_next(now_nanos);
        self.schedule_nanos = (self.schedule_nanos.max(now_nanos) + FACT_NANOS)
            .min(now_nanos + BURST_FACTS * FACT_NANOS);
        let Some(place) = place(&fact).filter(|_| !told) else {
            return Some(fact);
        };
        if self.pending.is_empty() {
            self.since_nanos = now_nanos;
        }
        let fact = alone(fact, now_nanos);
        match self.pending.get_mut(&place) {
            Some(sum) => add(sum, fact),
            None => {
                self.pending.insert(place, fact);
            }
        }
        None
    }

    /// When the pending facts are to be told. None: there are none.
    pub fn due_nanos(&self) -> Option<u64> {
        let facts = self.pending.len() as u64;
        (facts > 0).then(|| self.since_nanos + GATHER_NANOS * facts.div_ceil(GATHER_FACTS))
    }

    /// The pending facts, in the order in which datagrams go: nothing is received before it is
    /// sent.
    pub fn take(&mut self) -> impl Iterator<Item = Event> + use<> {
        std::mem::take(&mut self.pending).into_values()
    }
}

/// None: no other kind is gathered.
fn place(fact: &Event) -> Option<(u8, Option<Conn>)> {
    Some(match fact {
        Event::DatagramSent(e) => (4 * u8::from(e.end == End::Server), Some(e.conn)),
        Event::DatagramLost(e) => match (e.by, e.end) {
            (LostBy::BadRoad, _) => (1, e.conn),
            (LostBy::FullBuffer, End::Server) => (2, e.conn),
            (LostBy::FullBuffer, End::Client) => (5, e.conn),
        },
        Event::DatagramReceived(e) => (3 + 3 * u8::from(e.end == End::Client), Some(e.conn)),
        _ => return None,
    })
}

/// The first of those that are to be merged.
fn alone(fact: Event, now_nanos: u64) -> Event {
    let since_nanos = Some(now_nanos);
    match fact {
        Event::DatagramSent(e) => Event::DatagramSent(DatagramSent {
            since_nanos,
            preview: None,
            ..e
        }),
        Event::DatagramReceived(e) => Event::DatagramReceived(DatagramReceived {
            since_nanos,
            preview: None,
            ..e
        }),
        other => other,
    }
}

fn add(sum: &mut Event, new: Event) {
    match (sum, new) {
        (Event::DatagramSent(sum), Event::DatagramSent(new)) => {
            sum.bytes += new.bytes;
            sum.times = sum.times.saturating_add(new.times);
            sum.answers = None;
        }
        (Event::DatagramReceived(sum), Event::DatagramReceived(new)) => {
            sum.asked += new.asked;
            sum.returned += new.returned;
            sum.bytes += new.bytes;
            sum.truncated = sum.truncated.saturating_add(new.truncated);
            sum.times = sum.times.saturating_add(new.times);
            sum.number = None;
        }
        (Event::DatagramLost(sum), Event::DatagramLost(new)) => add_lost(sum, new),
        // One place is of one kind.
        _ => {}
    }
}

fn add_lost(sum: &mut DatagramLost, new: DatagramLost) {
    sum.datagrams += new.datagrams;
    sum.number = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn received(conn: u32, bytes: u64) -> Event {
        Event::DatagramReceived(DatagramReceived {
            conn: Conn(conn),
            end: End::Server,
            number: Some(0),
            asked: 25,
            returned: bytes.min(25),
            bytes,
            truncated: u32::from(bytes > 25),
            times: 1,
            since_nanos: None,
            preview: None,
        })
    }

    fn sent(conn: u32, end: End, number: u64) -> Event {
        Event::DatagramSent(DatagramSent {
            conn: Conn(conn),
            end,
            number,
            bytes: 10,
            answers: None,
            times: 1,
            since_nanos: None,
            preview: None,
        })
    }

    proptest! {
        #[test]
        fn counts_stay_exact_and_records_few(
            facts in proptest::collection::vec((1_u32..=81, 0_u64..60), 1..2_000),
            gap_nanos in 0_u64..2_000_000,
        ) {
            let mut gather = Gather::default();
            let mut told = Vec::new();
            for (i, &(conn, bytes)) in (0..).zip(&facts) {
                let now = i * gap_nanos;
                if gather.due_nanos().is_some_and(|due| due <= now) {
                    told.extend(gather.take());
                }
                told.extend(gather.offer(received(conn, bytes), now));
            }
            told.extend(gather.take());
            let (mut times, mut bytes, mut cut) = (0, 0, 0);
            for event in &told {
                if let Event::DatagramReceived(e) = event {
                    times += e.times as usize;
                    bytes += e.bytes;
                    cut += e.truncated as usize;
                }
            }
            prop_assert_eq!(times, facts.len());
            prop_assert_eq!(bytes, facts.iter().map(|it| it.1).sum::<u64>());
            prop_assert_eq!(cut, facts.iter().filter(|it| it.1 > 25).count());
            let seconds = facts.len() as u64 * gap_nanos / 1_000_000_000 + 1;
            prop_assert!(told.len() as u64 <= BURST_FACTS + 81 + 250 * seconds, "{}", told.len());
        }
    }

    #[test]
    fn nothing_is_received_before_it_is_sent() {
        let mut gather = Gather {
            schedule_nanos: u64::MAX / 2,
            ..Gather::default()
        };
        for fact in [
            received(1, 20),
            sent(1, End::Server, 7),
            sent(1, End::Client, 3),
            sent(1, End::Client, 4),
        ] {
            assert_eq!(gather.offer(fact, 5), None);
        }
        let told: Vec<_> = gather.take().collect();
        let Event::DatagramSent(first) = &told[0] else {
            panic!("{told:?}")
        };
        assert_eq!((first.end, first.number, first.times), (End::Client, 3, 2));
        assert!(matches!(&told[1], Event::DatagramReceived(e) if e.number == Some(0)));
        assert!(matches!(&told[2], Event::DatagramSent(e) if e.end == End::Server));
        assert_eq!(gather.due_nanos(), None);
    }
}
