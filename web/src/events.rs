//! The rows of the event table: the last records that are shown and pass the filter, in words.
//! Knows nothing of the DOM. Rows that are made stay made: each costs its words once.

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

/// The rows made so far, in the order of the log.
#[derive(Debug, Default)]
pub struct Rows {
    basis: Option<Basis>,
    /// All records before this one were looked at.
    until: usize,
    rows: VecDeque<Row>,
    /// The kinds that were seen.
    kinds: Vec<Kind>,
}

impl Rows {
    /// So many rows are kept.
    pub const ROWS_MAX: usize = 200;
    /// So many records are looked at to find them.
    const LOOK_BACK_MAX: usize = 8_192;

    /// Brings the rows to the first `count` records. True if they changed.
    pub fn bring(
        &mut self,
        timeline: &mut Timeline,
        count: usize,
        log: u32,
        filter: Filter,
        lang: Lang,
        sources: Option<Sources>,
    ) -> bool {
        let basis = Some(Basis {
            log,
            filter,
            lang,
            sources,
        });
        let mut changed = false;
        if self.basis != basis || count < self.until {
            *self = Rows {
                basis,
                kinds: std::mem::take(&mut self.kinds),
                ..Rows::default()
            };
            changed = true;
        }
        let from = self.until.max(count.saturating_sub(Self::LOOK_BACK_MAX));
        for entry in timeline.entries(from, count) {
            let event = &entry.record.event;
            let place = Kinds::place(event);
            if self.kinds.iter().all(|kind| kind.0 != place) {
                let name = |lang| words::kind_name(event, lang);
                self.kinds.push((place, name(Lang::En), name(Lang::Zh)));
            }
        }
        // From the last one back: the first that is kept has no number of its own to count from.
        let mut passing: Vec<usize> = timeline
            .entries(from, count)
            .rev()
            .enumerate()
            .filter(|(_, entry)| filter.passes(&entry.record.event))
            .map(|(back, _)| count - 1 - back)
            .take(Self::ROWS_MAX)
            .collect();
        passing.reverse();
        self.until = count;
        for index in passing {
            let Some(record) = timeline
                .entries(index, index + 1)
                .next()
                .map(|entry| entry.record.clone())
            else {
                continue;
            };
            // The words may tell of the state that the record led to.
            let state = timeline.state_after(index + 1);
            if self.rows.len() == Self::ROWS_MAX {
                self.rows.pop_front();
            }
            self.rows.push_back(Row {
                key: RowKey {
                    log,
                    index,
                    zh: lang == Lang::Zh,
                },
                time: words::log_time(record.at_nanos),
                conn: record.event.conn(),
                words: words::row(&record, state, lang),
                source: source(&record.event, sources),
            });
            changed = true;
        }
        changed
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
