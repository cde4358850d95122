//! Merging: a busy socket's facts are gathered for up to 16 ms and told as totals.
//!
//! Byte counts stay exact, the edges inside are given up. Knows nothing of sockets and clocks:
//! events and times in, events out.

use protocol::{Answered, Arrived, Bagged, Blocked, Event, Read, Wrote};

/// What each fact takes of a budget that fills in real time: 200 facts a second.
const FACT_NANOS: u64 = 1_000_000_000 / 200;
/// So many facts at once are told one by one: a burst of some sixteen echoes.
const BURST_FACTS: u64 = 64;
/// How long is gathered.
const GATHER_NANOS: u64 = 16_000_000;

/// The facts of one socket that are not told yet.
#[derive(Debug, Default)]
pub struct Gather {
    /// When all facts so far would have come if they had come at 200 a second: how far this is
    /// ahead of the clock says how busy the socket is (the leaky bucket, as a virtual schedule).
    schedule_nanos: u64,
    /// When the first of the pending facts was. None: nothing is pending.
    since_nanos: Option<u64>,
    arrived: Option<Arrived>,
    read: Option<Read>,
    bagged: Option<Bagged>,
    answered: Option<Answered>,
    wrote: Option<Wrote>,
    blocked: Option<Blocked>,
    unblocked: Option<Blocked>,
    /// The last of the two above was `unblocked`.
    ends_unblocked: bool,
}

impl Gather {
    /// True if the next fact would be told by itself, so that a preview is worth its while.
    pub fn tells_next(&self, now_nanos: u64) -> bool {
        self.since_nanos.is_none()
            && self.schedule_nanos.saturating_sub(now_nanos) <= (BURST_FACTS - 1) * FACT_NANOS
    }

    /// Gives the fact back if it is to be told now, or keeps it. Facts of a kind follow each other
    /// without a gap in their offsets.
    pub fn offer(&mut self, fact: Event, now_nanos: u64) -> Option<Event> {
        let told = self.tells_next(now_nanos);
        self.schedule_nanos = (self.schedule_nanos.max(now_nanos) + FACT_NANOS)
            .min(now_nanos + BURST_FACTS * FACT_NANOS);
        if told {
            return Some(fact);
        }
        self.since_nanos.get_or_insert(now_nanos);
        self.keep(fact, now_nanos)
    }

    /// When the pending facts are to be told. None: there are none.
    pub fn due_nanos(&self) -> Option<u64> {
        self.since_nanos.map(|since| since + GATHER_NANOS)
    }

    /// The pending facts, in the order in which bytes go: no total runs ahead of its source.
    pub fn take(&mut self) -> impl Iterator<Item = Event> + use<> {
        self.since_nanos = None;
        let blocked = self.blocked.take().map(Event::Blocked);
        let unblocked = self.unblocked.take().map(Event::Unblocked);
        let (first, second) = if self.ends_unblocked {
            (blocked, unblocked)
        } else {
            (unblocked, blocked)
        };
        [
            self.arrived.take().map(Event::Arrived),
            self.read.take().map(Event::Read),
            self.bagged.take().map(Event::Bagged),
            self.answered.take().map(Event::Answered),
            self.wrote.take().map(Event::Wrote),
            first,
            second,
        ]
        .into_iter()
        .flatten()
    }

    fn keep(&mut self, fact: Event, now_nanos: u64) -> Option<Event> {
        match fact {
            Event::Arrived(new) => match &mut self.arrived {
                Some(sum) => {
                    sum.bytes += new.bytes;
                    sum.segments = sum
                        .segments
                        .zip(new.segments)
                        .map(|(a, b)| a.saturating_add(b));
                    sum.times = sum.times.saturating_add(new.times);
                }
                none => {
                    *none = Some(Arrived {
                        since_nanos: Some(now_nanos),
                        preview: None,
                        ..new
                    });
                }
            },
            Event::Read(new) => match &mut self.read {
                Some(sum) => {
                    sum.asked += new.asked;
                    sum.returned += new.returned;
                    sum.times = sum.times.saturating_add(new.times);
                }
                none => {
                    *none = Some(Read {
                        since_nanos: Some(now_nanos),
                        preview: None,
                        ..new
                    });
                }
            },
            Event::Wrote(new) => match &mut self.wrote {
                Some(sum) => {
                    sum.asked += new.asked;
                    sum.accepted += new.accepted;
                    sum.times = sum.times.saturating_add(new.times);
                }
                none => {
                    *none = Some(Wrote {
                        since_nanos: Some(now_nanos),
                        preview: None,
                        ..new
                    });
                }
            },
            Event::Bagged(new) => match &mut self.bagged {
                Some(sum) => {
                    sum.bytes += new.bytes;
                    sum.times = sum.times.saturating_add(new.times);
                }
                none => {
                    *none = Some(Bagged {
                        since_nanos: Some(now_nanos),
                        ..new
                    });
                }
            },
            Event::Answered(new) => match &mut self.answered {
                Some(sum) => {
                    sum.in_bytes += new.in_bytes;
                    sum.stamp_bytes += new.stamp_bytes;
                    sum.times = sum.times.saturating_add(new.times);
                }
                none => {
                    *none = Some(Answered {
                        since_nanos: Some(now_nanos),
                        ..new
                    });
                }
            },
            Event::Blocked(new) => {
                count(&mut self.blocked, new);
                self.ends_unblocked = false;
            }
            Event::Unblocked(new) => {
                count(&mut self.unblocked, new);
                self.ends_unblocked = true;
            }
            // No other kind is gathered.
            other => return Some(other),
        }
        None
    }
}

fn count(sum: &mut Option<Blocked>, new: Blocked) {
    match sum {
        Some(sum) => sum.times = sum.times.saturating_add(new.times),
        none => *none = Some(new),
    }
}
