//! Merging: a busy socket's facts are gathered for up to 16 ms, or longer in a crowd, and told
//! as totals.
//!
//! Byte counts stay exact, the edges inside are given up. Knows nothing of sockets and clocks:
//! events and times in, events out.

use protocol::{Answered, Arrived, Bagged, Blocked, Event, Message, Read, Wrote};

use crate::crowd::Share;

/// What each fact takes of a budget that fills in real time: 200 facts a second.
const FACT_NANOS: u64 = 1_000_000_000 / 200;
/// So many facts at once are told one by one: a burst of some sixteen echoes.
const BURST_FACTS: u64 = 64;
const BURST_NANOS: u64 = BURST_FACTS * FACT_NANOS;
/// How long is gathered, by a socket alone.
const GATHER_NANOS: u64 = 16_000_000;

/// The facts of one socket that are not told yet.
#[derive(Debug, Default)]
pub struct Gather {
    /// How much of the budget was used up when the last fact came: a leaky bucket.
    used_nanos: u64,
    used_at_nanos: u64,
    /// When the pending facts are to be told. None: nothing is pending.
    due_nanos: Option<u64>,
    arrived: Option<Arrived>,
    read: Option<Read>,
    bagged: Option<Bagged>,
    message: Option<Message>,
    answered: Option<Answered>,
    wrote: Option<Wrote>,
    blocked: Option<Blocked>,
    unblocked: Option<Blocked>,
    /// The last of the two above was `unblocked`.
    ends_unblocked: bool,
}

impl Gather {
    /// True if the next fact would be told by itself, so that a preview is worth its while.
    pub fn tells_next(&self, now_nanos: u64, share: Share) -> bool {
        self.due_nanos.is_none() && self.used(now_nanos, share) <= BURST_NANOS - FACT_NANOS
    }

    /// Gives the fact back if it is to be told now, or keeps it. Facts of a kind follow each other
    /// without a gap in their offsets.
    pub fn offer(&mut self, fact: Event, now_nanos: u64, share: Share) -> Option<Event> {
        let told = self.tells_next(now_nanos, share);
        self.used_nanos = (self.used(now_nanos, share) + FACT_NANOS).min(BURST_NANOS);
        self.used_at_nanos = now_nanos;
        if told {
            return Some(fact);
        }
        self.due_nanos
            .get_or_insert(now_nanos + share.stretch(GATHER_NANOS));
        self.keep(fact, now_nanos)
    }

    /// When the pending facts are to be told. None: there are none.
    pub fn due_nanos(&self) -> Option<u64> {
        self.due_nanos
    }

    /// What is used up of the budget, of which each socket gets its share back as time goes by.
    fn used(&self, now_nanos: u64, share: Share) -> u64 {
        let since = now_nanos.saturating_sub(self.used_at_nanos);
        self.used_nanos.saturating_sub(share.shrink(since))
    }

    /// The pending facts, in the order in which bytes go: no total runs ahead of its source, and
    /// nothing is written while blocked.
    pub fn take(&mut self) -> impl Iterator<Item = Event> + use<> {
        self.due_nanos = None;
        let blocked = self.blocked.take().map(Event::Blocked);
        let (before, after) = if self.ends_unblocked {
            (blocked, None)
        } else {
            (None, blocked)
        };
        [
            self.arrived.take().map(Event::Arrived),
            self.read.take().map(Event::Read),
            self.bagged.take().map(Event::Bagged),
            self.message.take().map(Event::Message),
            self.answered.take().map(Event::Answered),
            before,
            self.unblocked.take().map(Event::Unblocked),
            self.wrote.take().map(Event::Wrote),
            after,
        ]
        .into_iter()
        .flatten()
    }

    fn keep(&mut self, fact: Event, now_nanos: u64) -> Option<Event> {
        let since_nanos = Some(now_nanos);
        match fact {
            Event::Arrived(new) => {
                let new = Arrived {
                    since_nanos,
                    preview: None,
                    ..new
                };
                merge(&mut self.arrived, new, |sum, new| {
                    sum.bytes += new.bytes;
                    let segments = sum.segments.zip(new.segments);
                    sum.segments = segments.map(|(a, b)| a.saturating_add(b));
                    sum.times = sum.times.saturating_add(new.times);
                });
            }
            Event::Read(new) => {
                let new = Read {
                    since_nanos,
                    preview: None,
                    ..new
                };
                merge(&mut self.read, new, |sum, new| {
                    sum.asked += new.asked;
                    sum.returned += new.returned;
                    sum.times = sum.times.saturating_add(new.times);
                });
            }
            Event::Bagged(new) => {
                let new = Bagged { since_nanos, ..new };
                merge(&mut self.bagged, new, |sum, new| {
                    sum.bytes += new.bytes;
                    sum.times = sum.times.saturating_add(new.times);
                });
            }
            Event::Message(new) => {
                let new = Message { since_nanos, ..new };
                merge(&mut self.message, new, |sum, new| {
                    sum.bytes += new.bytes;
                    sum.framing_bytes += new.framing_bytes;
                    sum.times = sum.times.saturating_add(new.times);
                });
            }
            Event::Answered(new) => {
                let new = Answered { since_nanos, ..new };
                merge(&mut self.answered, new, |sum, new| {
                    sum.in_bytes += new.in_bytes;
                    sum.stamp_bytes += new.stamp_bytes;
                    sum.times = sum.times.saturating_add(new.times);
                });
            }
            Event::Wrote(new) => {
                let new = Wrote {
                    since_nanos,
                    preview: None,
                    ..new
                };
                merge(&mut self.wrote, new, |sum, new| {
                    sum.asked += new.asked;
                    sum.accepted += new.accepted;
                    sum.times = sum.times.saturating_add(new.times);
                });
            }
            Event::Blocked(new) => {
                merge(&mut self.blocked, new, count);
                self.ends_unblocked = false;
            }
            Event::Unblocked(new) => {
                merge(&mut self.unblocked, new, count);
                self.ends_unblocked = true;
            }
            // No other kind is gathered.
            other => return Some(other),
        }
        None
    }
}

fn merge<T>(sum: &mut Option<T>, new: T, add: impl FnOnce(&mut T, T)) {
    match sum {
        Some(sum) => add(sum, new),
        none => *none = Some(new),
    }
}

fn count(sum: &mut Blocked, new: Blocked) {
    sum.times = sum.times.saturating_add(new.times);
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Conn, End};

    const MILLI: u64 = 1_000_000;

    fn read(offset: u64, returned: u64) -> Event {
        Event::Read(Read {
            conn: Conn(1),
            end: End::Server,
            offset,
            asked: 100,
            returned,
            times: 1,
            since_nanos: None,
            preview: None,
        })
    }

    /// Offers a read of one byte every `gap_nanos`; says how often each record told it.
    fn told(facts: u64, gap_nanos: u64) -> Vec<u32> {
        let mut gather = Gather::default();
        let mut told = Vec::new();
        for i in 0..facts {
            let now = i * gap_nanos;
            if gather.due_nanos().is_some_and(|due| due <= now) {
                told.extend(gather.take());
            }
            told.extend(gather.offer(read(i, 1), now, Share::ALONE));
        }
        told.extend(gather.take());
        told.iter()
            .map(|event| match event {
                Event::Read(read) => read.times,
                _ => 0,
            })
            .collect()
    }

    #[test]
    fn what_is_slow_is_told_one_by_one() {
        assert_eq!(told(300, 5 * MILLI), [1; 300]);
        assert_eq!(told(60, 0), [1; 60], "and so is a burst");
    }

    #[test]
    fn what_is_fast_is_merged_each_16_ms() {
        let told = told(10_064, MILLI / 10);
        let (single, merged): (Vec<u32>, Vec<u32>) = told.iter().partition(|&&times| times == 1);
        assert!((64..80).contains(&single.len()), "{single:?}");
        assert!(
            merged[..merged.len() - 1].iter().all(|&times| times == 160),
            "{merged:?}"
        );
        assert_eq!(told.iter().sum::<u32>(), 10_064);
    }

    #[test]
    fn totals_go_in_the_order_of_bytes() {
        let mut gather = Gather {
            used_nanos: BURST_NANOS,
            ..Gather::default()
        };
        let place = (Conn(1), End::Server);
        let blocked = Blocked {
            conn: place.0,
            end: place.1,
            times: 1,
        };
        let wrote = Wrote {
            conn: place.0,
            end: place.1,
            offset: 7,
            asked: 5,
            accepted: 3,
            times: 1,
            since_nanos: None,
            preview: None,
        };
        for fact in [
            Event::Wrote(wrote.clone()),
            Event::Blocked(blocked),
            Event::Unblocked(blocked),
            Event::Blocked(blocked),
            read(40, 2),
            read(42, 3),
        ] {
            assert_eq!(gather.offer(fact, MILLI, Share::ALONE), None);
        }
        assert_eq!(gather.due_nanos(), Some(17 * MILLI));
        let Event::Read(first) = read(40, 5) else {
            return;
        };
        let expected = [
            Event::Read(Read {
                asked: 200,
                times: 2,
                since_nanos: Some(MILLI),
                ..first
            }),
            Event::Unblocked(blocked),
            Event::Wrote(Wrote {
                since_nanos: Some(MILLI),
                ..wrote
            }),
            Event::Blocked(Blocked {
                times: 2,
                ..blocked
            }),
        ];
        assert_eq!(gather.take().collect::<Vec<_>>(), expected);
        assert_eq!(gather.due_nanos(), None);
    }
}
