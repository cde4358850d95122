//! The one sequence of records, with show times, and the state at any of them.
//!
//! Seeking folds from the nearest snapshot; playing is seeking by a little. There is no second
//! path.

use std::collections::VecDeque;

use protocol::{Conn, Event, Record, Seq};

use crate::{Batch, Level, Pace, Show, State, levels::Levels};

/// A record and when it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What happened.
    pub record: Record,
    /// When a person sees it.
    pub shown: Show,
}

/// The log. Bounded: the earliest records are forgotten.
#[derive(Clone, Debug)]
pub struct Timeline {
    entries: VecDeque<Entry>,
    /// How many entries were forgotten: the index of the first one kept.
    forgotten: usize,
    pace: Pace,
    /// `(n, state after the first n entries)`, by rising n; the first stands at `forgotten`.
    snapshots: VecDeque<(usize, State)>,
    /// The state after all entries.
    head: State,
    /// The state last asked for, and after how many entries it is.
    here: (usize, State),
    /// How full the receive queue of the connection in focus was.
    levels: Levels,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline::new(None)
    }
}

impl Timeline {
    /// So many records are kept at the most.
    pub const ENTRIES_MAX: usize = 1 << 17;
    /// A snapshot each so many records: seeking folds at most so many.
    const SNAPSHOT_EVERY: usize = 2048;

    /// An empty log, paced for the connection in focus.
    #[must_use]
    pub fn new(focus: Option<Conn>) -> Timeline {
        Timeline {
            entries: VecDeque::new(),
            forgotten: 0,
            pace: Pace::new(focus, Show(0)),
            snapshots: VecDeque::from([(0, State::default())]),
            head: State::default(),
            here: (0, State::default()),
            levels: Levels::new(focus, &State::default()),
        }
    }

    /// Adds the next record. One that is known already is left out, so that the overlap of a
    /// resumed stream does no harm.
    pub fn push(&mut self, record: Record) {
        let known = match record.event {
            // These bear the number of the last record that they stand for.
            Event::Keyframe(_) => record.seq <= self.head.now.seq && !self.is_empty(),
            _ => record.seq <= self.head.now.seq,
        };
        if known {
            return;
        }
        self.append(record);
        self.trim();
    }

    fn append(&mut self, record: Record) {
        let shown = self.pace.push(&record);
        self.head.apply(&record, shown);
        self.levels.push(&record, shown, &self.head);
        self.entries.push_back(Entry { record, shown });
        let len = self.len();
        if len.is_multiple_of(Self::SNAPSHOT_EVERY) {
            self.snapshots.push_back((len, self.head.clone()));
        }
    }

    fn trim(&mut self) {
        if self.entries.len() <= Self::ENTRIES_MAX {
            return;
        }
        // A whole stretch between snapshots goes, so that the first one kept has a state to
        // start from.
        self.snapshots.pop_front();
        if let Some(&(first, _)) = self.snapshots.front() {
            self.entries.drain(..first - self.forgotten);
            self.forgotten = first;
        }
        self.levels.forget_before(self.start());
    }

    /// How many records there ever were; indices count from the first, forgotten or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.forgotten + self.entries.len()
    }

    /// Whether there never was one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The state after all records.
    #[must_use]
    pub fn head(&self) -> &State {
        &self.head
    }

    /// The last number known.
    #[must_use]
    pub fn head_seq(&self) -> Seq {
        self.head.now.seq
    }

    /// The connection whose events take time.
    #[must_use]
    pub fn focus(&self) -> Option<Conn> {
        self.pace.focus()
    }

    /// Paces the whole log anew for another connection. Show times change: the caller moves a
    /// head with [`Timeline::log_nanos_at`] before and [`Timeline::show_at`] after.
    pub fn set_focus(&mut self, focus: Option<Conn>) {
        if focus == self.focus() {
            return;
        }
        let entries = std::mem::take(&mut self.entries);
        let start = self
            .snapshots
            .front()
            .map(|(_, state)| state.clone())
            .unwrap_or_default();
        // What the first state remembers was shown before: none of it may lie in the future.
        self.pace = Pace::new(focus, start.now.shown);
        self.snapshots = VecDeque::from([(self.forgotten, start.clone())]);
        self.here = (self.forgotten, start.clone());
        self.levels = Levels::new(focus, &start);
        self.head = start;
        for entry in entries {
            self.append(entry.record);
        }
    }

    /// How many records are shown at `show`.
    #[must_use]
    pub fn count_at(&self, show: Show) -> usize {
        self.forgotten + self.entries.partition_point(|entry| entry.shown <= show)
    }

    /// The state that is shown at `show`.
    pub fn state_at(&mut self, show: Show) -> &State {
        let count = self.count_at(show);
        self.state_after(count)
    }

    /// The state after the first `count` records.
    pub fn state_after(&mut self, count: usize) -> &State {
        let count = count.clamp(self.forgotten, self.len());
        let index = self.snapshots.partition_point(|&(n, _)| n <= count);
        if let Some((n, state)) = self.snapshots.get(index.saturating_sub(1))
            && (self.here.0 > count || self.here.0 < *n)
        {
            self.here = (*n, state.clone());
        }
        let (from, state) = &mut self.here;
        for entry in self
            .entries
            .range(*from - self.forgotten..count - self.forgotten)
        {
            state.apply(&entry.record, entry.shown);
        }
        *from = count;
        state
    }

    /// The entries `from..to` by index, as far as they are kept.
    pub fn entries(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &Entry> {
        let len = self.entries.len();
        let from = from.saturating_sub(self.forgotten).min(len);
        let to = to.saturating_sub(self.forgotten).min(len).max(from);
        self.entries.range(from..to)
    }

    /// The entry of that index, if it is kept.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index.checked_sub(self.forgotten)?)
    }

    /// The record of that number, if it is kept.
    #[must_use]
    pub fn record(&self, seq: Seq) -> Option<&Record> {
        let index = self.entries.partition_point(|entry| entry.record.seq < seq);
        let entry = self.entries.get(index)?;
        (entry.record.seq == seq).then_some(&entry.record)
    }

    /// How full the receive queue of the connection in focus was, from the level in force at
    /// `from` to the last one at `to`.
    pub fn levels(&self, from: Show, to: Show) -> impl DoubleEndedIterator<Item = &Level> {
        self.levels.range(from, to)
    }

    /// The batches of the connection in focus that share incoming bytes with `from..to`, as far
    /// back as [`Timeline::levels`] reaches.
    pub fn batches(&self, from: u64, to: u64) -> impl Iterator<Item = &Batch> {
        self.levels.batches(from, to)
    }

    /// How far the show can run before the next record comes.
    #[must_use]
    pub fn end(&self) -> Show {
        self.pace.end()
    }

    /// The earliest show time that can still be shown.
    #[must_use]
    pub fn start(&self) -> Show {
        self.entries.front().map_or(Show(0), |entry| entry.shown)
    }

    /// When the last record is shown.
    #[must_use]
    pub fn last_shown(&self) -> Show {
        self.entries.back().map_or(Show(0), |entry| entry.shown)
    }

    /// The log time at a show time, nanoseconds since the run began: straight lines between the
    /// records; behind the last one both run alike.
    #[must_use]
    pub fn log_nanos_at(&self, show: Show) -> u64 {
        let next = self.entries.partition_point(|entry| entry.shown <= show);
        let before = next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (before, self.entries.get(next)) {
            (None, None) => 0,
            (None, Some(first)) => first.record.at_nanos,
            (Some(last), None) => last.record.at_nanos.saturating_add((show - last.shown).0),
            (Some(a), Some(b)) => {
                let show_span = (b.shown - a.shown).0;
                let log_span = b.record.at_nanos.saturating_sub(a.record.at_nanos);
                a.record.at_nanos + scaled((show - a.shown).0, log_span, show_span)
            }
        }
    }

    /// The show time at a log time: the inverse of [`Timeline::log_nanos_at`].
    #[must_use]
    pub fn show_at(&self, log_nanos: u64) -> Show {
        let next = self
            .entries
            .partition_point(|entry| entry.record.at_nanos <= log_nanos);
        let before = next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (before, self.entries.get(next)) {
            (None, _) => self.start(),
            (Some(last), None) => {
                (last.shown + Show(log_nanos.saturating_sub(last.record.at_nanos))).min(self.end())
            }
            (Some(a), Some(b)) => {
                let show_span = (b.shown - a.shown).0;
                let log_span = b.record.at_nanos.saturating_sub(a.record.at_nanos);
                a.shown + Show(scaled(log_nanos - a.record.at_nanos, show_span, log_span))
            }
        }
    }

    /// How much log time passes in one second of show at `show`, nanoseconds: between the record
    /// that is shown and the next one. Behind the last one both run alike.
    #[must_use]
    pub fn stretch_nanos(&self, show: Show) -> u64 {
        const SECOND: u64 = 1_000_000_000;
        let next = self.entries.partition_point(|entry| entry.shown <= show);
        let before = next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (before, self.entries.get(next)) {
            (Some(a), Some(b)) => {
                let log_span = b.record.at_nanos.saturating_sub(a.record.at_nanos);
                scaled(SECOND, log_span, (b.shown - a.shown).0)
            }
            _ => SECOND,
        }
    }

    /// How far a viewer at `show` is behind live, nanoseconds of log time; None once all that is
    /// recorded has been shown.
    #[must_use]
    pub fn behind_nanos(&self, show: Show, live_nanos: u64) -> Option<u64> {
        (show < self.last_shown()).then(|| live_nanos.saturating_sub(self.log_nanos_at(show)))
    }
}

/// `part * to / from`, 0 where `from` is.
fn scaled(part: u64, to: u64, from: u64) -> u64 {
    if from == 0 {
        return 0;
    }
    let scaled = u128::from(part) * u128::from(to) / u128::from(from);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
