//! The one sequence of records, with show times, and the state at any of them.
//!
//! Seeking folds from the nearest snapshot; playing is seeking by a little. There is no second
//! path.

use std::collections::VecDeque;

use protocol::{Conn, Event, Record, Seq};

use crate::{
    Batch, Level, Marks, Pace, Place, Show, State, levels::Levels, marker::Markers,
    snapshots::Snapshots, survey::Survey, weight,
};

/// A record and when it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What happened.
    pub record: Record,
    /// When a person sees it.
    pub shown: Show,
    /// What is worth a stop in it.
    pub marks: Marks,
}

/// The log. Bounded: the earliest records are forgotten.
#[derive(Clone, Debug)]
pub struct Timeline {
    pub(crate) entries: VecDeque<Entry>,
    /// How many entries were forgotten: the index of the first one kept.
    forgotten: usize,
    pace: Pace,
    /// The first stands at `forgotten`.
    snapshots: Snapshots,
    /// The state after all entries.
    head: State,
    /// The state last asked for, and after how many entries it is.
    here: (usize, State),
    /// One a little before it, once a seek has passed there: who looks at a moment looks at what
    /// led to it, too.
    back: (usize, State),
    /// How full the receive queue of the connection in focus was.
    levels: Levels,
    pub(crate) markers: Markers,
    pub(crate) survey: Survey,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline::new(None)
    }
}

impl Timeline {
    /// So many records are kept at the most.
    pub const ENTRIES_MAX: usize = 1 << 20;
    /// They take so many bytes at the most, their previews included. States to seek from come on
    /// top: about half as much where many connections are busy.
    pub const BYTES_MAX: usize = 192 << 20;
    /// So many records back one looks without a seek.
    const BACK: usize = 512;

    /// An empty log, paced for the connection in focus.
    #[must_use]
    pub fn new(focus: Option<Conn>) -> Timeline {
        Timeline {
            entries: VecDeque::new(),
            forgotten: 0,
            pace: Pace::new(focus, Show(0)),
            snapshots: Snapshots::new(0, State::default()),
            head: State::default(),
            here: (0, State::default()),
            back: (0, State::default()),
            levels: Levels::new(focus, &State::default()),
            markers: Markers::default(),
            survey: Survey::default(),
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
        self.trim();
        let before = Marks::before(&self.head, &record);
        let is_connection = matches!(record.event, Event::Connected(_) | Event::Accepted(_))
            && self.head.conns.is_empty();
        if let Event::Step(step) = &record.event {
            let at = Place {
                seq: record.seq,
                millis_after: 0,
            };
            self.add_chapter(step.step, at);
        }
        let index = self.len();
        let shown = self.take(index, &record);
        let marks = before.or(Marks::after(&self.head, &record));
        self.survey.push(index, marks);
        if is_connection || !marks.is_empty() {
            self.markers.note(record.seq, marks, is_connection);
        }
        self.entries.push_back(Entry {
            record,
            shown,
            marks,
        });
    }

    /// Paces and applies the record of that index: all that depends on the pace.
    fn take(&mut self, index: usize, record: &Record) -> Show {
        let idle_from = self.pace.end();
        let shown = self.pace.push(record);
        let left_out_nanos = self.pace.left_out_nanos();
        if left_out_nanos > 0 {
            let from = (idle_from + Show(1)) - Pace::IDLE_MAX;
            self.survey.idle(from, shown, left_out_nanos);
        }
        self.head.apply(record, shown);
        self.levels.push(record, shown, &self.head);
        let bytes = weight::entry_bytes(&record.event);
        self.snapshots.push(index + 1, bytes, &self.head);
        shown
    }

    fn trim(&mut self) {
        let is_within =
            self.entries.len() < Self::ENTRIES_MAX && self.kept_bytes() < Self::BYTES_MAX as u64;
        if is_within {
            return;
        }
        // A whole stretch between snapshots goes, so that the first one kept has a state to
        // start from.
        if let Some(first) = self.snapshots.forget_first() {
            self.entries.drain(..first - self.forgotten);
            self.forgotten = first;
        }
        let start = self.start();
        self.levels.forget_before(start);
        self.survey.forget_before(self.forgotten, start);
        if let Some(first) = self.entries.front() {
            self.markers.forget_before(first.record.seq);
        }
    }

    /// What the records that are kept cost, bytes: an estimate.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        self.snapshots.kept_bytes()
    }

    /// What the states cost that are kept to seek from, bytes: an estimate.
    #[must_use]
    pub fn snapshot_bytes(&self) -> usize {
        self.snapshots.bytes()
    }

    /// How many records were forgotten to keep the log bounded: the index of the first one kept.
    #[must_use]
    pub fn forgotten(&self) -> usize {
        self.forgotten
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
        let mut entries = std::mem::take(&mut self.entries);
        let start = self
            .snapshots
            .first()
            .map(|first| first.state.clone())
            .unwrap_or_default();
        // What the first state remembers was shown before: none of it may lie in the future.
        self.pace = Pace::new(focus, start.now.shown);
        self.snapshots = Snapshots::new(self.forgotten, start.clone());
        self.here = (self.forgotten, start.clone());
        self.back = self.here.clone();
        self.levels = Levels::new(focus, &start);
        self.head = start;
        self.survey.forget_idle();
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.shown = self.take(self.forgotten + index, &entry.record);
        }
        self.entries = entries;
    }

    /// How many records are shown at `show`.
    #[must_use]
    pub fn count_at(&self, show: Show) -> usize {
        self.forgotten + self.entries.partition_point(|entry| entry.shown <= show)
    }

    /// How many records are shown before `show`.
    #[must_use]
    pub fn count_before(&self, show: Show) -> usize {
        self.forgotten + self.entries.partition_point(|entry| entry.shown < show)
    }

    /// The state that is shown at `show`.
    pub fn state_at(&mut self, show: Show) -> &State {
        let count = self.count_at(show);
        self.state_after(count)
    }

    /// The state after the first `count` records.
    pub fn state_after(&mut self, count: usize) -> &State {
        let count = count.clamp(self.forgotten, self.len());
        if let Some(near) = self.snapshots.before(count) {
            let is_on_the_way = |from: usize| (near.count..=count).contains(&from);
            if !is_on_the_way(self.here.0) {
                self.here = if is_on_the_way(self.back.0) {
                    self.back.clone()
                } else {
                    (near.count, near.state.clone())
                };
            }
        }
        if count - self.here.0 > Self::BACK {
            self.go_on(count - Self::BACK);
            self.back = self.here.clone();
        }
        self.go_on(count);
        &self.here.1
    }

    /// Brings the state last asked for to a later one.
    fn go_on(&mut self, count: usize) {
        let (from, state) = &mut self.here;
        for entry in self
            .entries
            .range(*from - self.forgotten..count - self.forgotten)
        {
            state.apply(&entry.record, entry.shown);
        }
        *from = count;
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

    /// The index of the first record, among those kept, that bears this number or a later one.
    #[must_use]
    pub fn index_of(&self, seq: Seq) -> usize {
        self.forgotten + self.entries.partition_point(|entry| entry.record.seq < seq)
    }

    /// The record of that number, if it is kept.
    #[must_use]
    pub fn record(&self, seq: Seq) -> Option<&Record> {
        let entry = self.entry(self.index_of(seq))?;
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

    /// Where the movement of the record of that index has come to rest: right before the next
    /// record that is shown later. The picture shows what the record led to.
    #[must_use]
    pub fn rest(&self, index: usize) -> Show {
        let Some(here) = self.entry(index) else {
            return self.start();
        };
        let ahead = self
            .entries
            .partition_point(|entry| entry.shown <= here.shown);
        self.entries
            .get(ahead)
            .map_or(self.end(), |next| next.shown - Show(1))
    }

    /// How much of the show after a record something moves: what its event needs.
    pub(crate) fn movement(&self, entry: &Entry) -> Show {
        self.pace.need(&entry.record.event)
    }

    /// When a record would be shown that is recorded at `at_nanos`, later than all that are known.
    #[must_use]
    pub fn shown_at(&self, at_nanos: u64) -> Show {
        self.pace.shown_at(at_nanos)
    }

    /// How much show is still to come at `at_nanos` for who plays at speed 1, after all records.
    #[must_use]
    pub fn lag_at(&self, at_nanos: u64) -> Show {
        self.pace.lag_at(at_nanos)
    }
}
