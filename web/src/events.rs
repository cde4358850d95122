//! The rows of the event table: the last records that are shown and pass the filter, in words.
//! Knows nothing of the DOM. Rows that are made stay made: each costs its words once. After a jump those
//! are made first that are seen, and the others the next time: a hand that seeks jumps in every frame.

use std::collections::VecDeque;

use model::{Filter, Kinds, Timeline};
use protocol::{Conn, Event, Source, Sources};
use scene::{Lang, words};

/// All but the samples of queues, which come many times a second.
pub const FACTS: Kinds =
    Kinds((u64::MAX >> (64 - Kinds::COUNT)) & !(1 << 16) & !(1 << 23) & !(1 << 29));

/// A kind of event that was seen: its place among [`Kinds`], and its names in English and Chinese.
pub type Kind = (u32, &'static str, &'static str);

/// One record in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its place in the log: what tells rows apart.
    pub key: RowKey,
    /// When it was recorded.
    pub time: String,
    /// Of which connection.
    pub conn: Option<Conn>,
    /// What happened.
    pub words: String,
    /// How it is known.
    pub source: Source,
}

/// Which log, which record of it, in which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    log: u32,
    index: usize,
    zh: bool,
}

impl RowKey {
    /// As lists of the page tell their items apart.
    pub fn parts(self) -> (u64, u64, String) {
        let log = u64::from(self.log) << 1 | u64::from(self.zh);
        (log, self.index as u64, String::new())
    }
}

/// What a set of rows depends on; anything else only adds to it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Basis {
    log: u32,
    filter: Filter,
    lang: Lang,
    sources: Option<Sources>,
}

impl Basis {
    /// The last records that pass among `from..to`, at most so many, in their order.
    fn passing(&self, timeline: &Timeline, from: usize, to: usize, most: usize) -> Vec<usize> {
        // From the last one back: the first that is kept has no number of its own to count from.
        let mut passing: Vec<usize> = timeline
            .entries(from, to)
            .rev()
            .enumerate()
            .filter(|(_, entry)| self.filter.passes(&entry.record.event))
            .map(|(back, _)| to - 1 - back)
            .take(most)
            .collect();
        passing.reverse();
        passing
    }

    fn row(&self, timeline: &mut Timeline, index: usize) -> Option<Row> {
        let record = timeline.entry(index)?.record.clone();
        // The words may tell of the state that the record led to.
        let state = timeline.state_after(index + 1);
        Some(Row {
            key: RowKey {
                log: self.log,
                index,
                zh: self.lang == Lang::Zh,
            },
            time: words::log_time(record.at_nanos),
            conn: record.event.conn(),
            words: words::row(&record, state, self.lang),
            source: source(&record.event, self.sources),
        })
    }
}

/// The rows made so far, in the order of the log: those of a part of it, without a gap.
#[derive(Debug, Default)]
pub struct Rows {
    basis: Option<Basis>,
    /// The part begins with this record.
    from: usize,
    /// All records before this one were looked at.
    until: usize,
    rows: VecDeque<Row>,
    /// The kinds that were seen.
    kinds: Vec<Kind>,
}

impl Rows {
    /// So many rows are kept.
    pub const ROWS_MAX: usize = 200;
    /// So many are seen at once, and a few more.
    const SEEN_MAX: usize = 24;
    /// So many records are looked at to find them.
    const LOOK_BACK_MAX: usize = 8_192;

    /// Brings the rows to the first `count` records; where most of them are new, a second call makes the
    /// rest. True if they changed.
    pub fn bring(
        &mut self,
        timeline: &mut Timeline,
        count: usize,
        log: u32,
        filter: Filter,
        lang: Lang,
        sources: Option<Sources>,
    ) -> bool {
        let start = count.saturating_sub(Self::LOOK_BACK_MAX);
        let basis = Basis {
            log,
            filter,
            lang,
            sources,
        };
        let is_other = self.basis.replace(basis) != Some(basis);
        let before = self.rows.len();
        self.rows.retain(|row| row.key.index < count);
        let mut changed = is_other || self.rows.len() < before;
        let fresh = basis.passing(timeline, self.until.max(start), count, Self::ROWS_MAX);
        if is_other || self.from > count || self.until < start || fresh.len() >= Self::ROWS_MAX {
            changed |= !self.rows.is_empty();
            self.rows.clear();
            self.note_kinds(timeline, start, count);
            self.from = count;
        } else {
            self.note_kinds(timeline, self.until, count);
            for index in fresh {
                self.rows.extend(basis.row(timeline, index));
                changed = true;
            }
        }
        self.until = count;

        let enough = match is_other || self.rows.len() >= Self::SEEN_MAX {
            true => Self::ROWS_MAX,
            false => Self::SEEN_MAX,
        };
        self.look_back(basis, timeline, start, enough) || changed
    }

    /// Makes the rows before those that are there, until there are so many. True if there were some.
    fn look_back(
        &mut self,
        basis: Basis,
        timeline: &mut Timeline,
        start: usize,
        enough: usize,
    ) -> bool {
        while self.rows.len() > Self::ROWS_MAX {
            self.rows.pop_front();
            self.from = self.rows.front().map_or(self.from, |row| row.key.index);
        }
        let missing = enough.saturating_sub(self.rows.len());
        if missing == 0 {
            return false;
        }
        let older = basis.passing(timeline, start, self.from, missing);
        self.from = match older.first() {
            Some(&first) if older.len() == missing => first,
            _ => start.min(self.from),
        };
        // Forwards, as states are made.
        let rows: Vec<Row> = older
            .iter()
            .filter_map(|&index| basis.row(timeline, index))
            .collect();
        rows.into_iter()
            .rev()
            .for_each(|row| self.rows.push_front(row));
        !older.is_empty()
    }

    fn note_kinds(&mut self, timeline: &Timeline, from: usize, to: usize) {
        for entry in timeline.entries(from, to) {
            let event = &entry.record.event;
            let place = Kinds::place(event);
            if self.kinds.iter().all(|kind| kind.0 != place) {
                let name = |lang| words::kind_name(event, lang);
                self.kinds.push((place, name(Lang::En), name(Lang::Zh)));
            }
        }
    }

    /// The kinds of events that were seen so far.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The newest first.
    pub fn newest_first(&self) -> Vec<Row> {
        self.rows.iter().rev().cloned().collect()
    }
}

/// How a record is known: facts of our own calls are measured; the others as the header says.
fn source(event: &Event, sources: Option<Sources>) -> Source {
    match (event, sources) {
        // Where the kernel counts arrivals it counts segments; of a Unix-domain stream, neither.
        (Event::Arrived(e), Some(sources)) if e.segments.is_some() => sources.arrived,
        (Event::Arrived(_), Some(_)) => Source::Derived,
        (Event::Waiting(_), Some(sources)) => sources.waiting,
        (Event::Queues(_), Some(sources)) => sources.receive_queue,
        (Event::Keyframe(_), _) => Source::Derived,
        _ => Source::Measured,
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Listening, Record, Seq, Waiting};

    use super::*;

    /// Of these one in 40 is of another kind.
    const RECORDS: u64 = 20_000;

    fn listening() -> Event {
        Event::Listening(Listening {
            addr: protocol::Address::Inet(([127, 0, 0, 1], 21567).into()),
            backlog: 5,
            bufsize: 1024,
            sequential: false,
        })
    }

    fn timeline() -> Timeline {
        let mut timeline = Timeline::default();
        for seq in 0..RECORDS {
            let event = match seq {
                0 => Event::Keyframe(Box::default()),
                seq if seq % 40 == 0 => listening(),
                seq => Event::Waiting(Waiting {
                    queued: seq as u32,
                    limit: 5,
                }),
            };
            timeline.push(Record {
                seq: Seq(seq),
                at_nanos: seq,
                event,
            });
        }
        timeline
    }

    fn indices(rows: &Rows) -> Vec<usize> {
        rows.newest_first()
            .iter()
            .map(|row| row.key.index)
            .collect()
    }

    #[test]
    fn rows_do_not_depend_on_the_way_there() {
        let mut timeline = timeline();
        let all = Filter::default();
        let some = Filter {
            kinds: Kinds(1 << Kinds::place(&listening())),
            ..all
        };
        let mut bring = |rows: &mut Rows, count, filter| {
            rows.bring(&mut timeline, count, 1, filter, Lang::En, None)
        };
        for filter in [all, some] {
            let mut rows = Rows::default();
            let mut at = 0_usize;
            let mut random = 1_u64;
            for _ in 0..500 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let dice = (random >> 33) as usize;
                at = match dice % 6 {
                    0 => dice / 6 % RECORDS as usize,
                    1 => at.saturating_sub(1),
                    2 => at.saturating_sub(dice / 6 % 300),
                    3 => at + dice / 6 % 300,
                    4 => at + 9_000,
                    _ => at + 1,
                }
                .min(RECORDS as usize);
                bring(&mut rows, at, filter);
                let mut fresh = Rows::default();
                bring(&mut fresh, at, filter);
                let (first, whole) = (indices(&rows), indices(&fresh));
                assert!(first.len() >= whole.len().min(Rows::SEEN_MAX), "at {at}");
                assert_eq!(first, whole[..first.len()], "the newest first, at {at}");
                bring(&mut rows, at, filter);
                assert_eq!(indices(&rows), whole, "at {at}");
                assert!(!bring(&mut rows, at, filter), "nothing is left to be done");
            }
        }
    }

    #[test]
    fn a_jump_makes_the_rows_that_are_seen() {
        let mut timeline = timeline();
        let mut rows = Rows::default();
        for (count, made) in [
            (9_000, 200),
            (100, 24),
            (100, 100),
            (12_000, 24),
            (12_001, 200),
        ] {
            let all = Filter::default();
            assert!(rows.bring(&mut timeline, count, 1, all, Lang::En, None));
            assert_eq!(rows.newest_first().len(), made, "at {count}");
        }
    }
}
