//! How full the receive queue of one connection was: a series that grows with the log, so that a
//! chart of the last minutes need not fold their records again.
//!
//! What arrived and was read is known by facts, and so the level is derived; window and kernel
//! memory are samples. Records that are shown at one moment make one level, with the peak between.

use std::collections::VecDeque;

use protocol::{Conn, Event, Record};

use crate::{Connection, Cut, EndState, Show, State};

/// What is in a receive queue from a moment on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// From when on.
    pub shown: Show,
    /// The bytes that wait: offset of the first one, and behind the last. None: there is no such
    /// socket, or records that tell of it are lost.
    pub waiting: Option<(u64, u64)>,
    /// The most that waited at this moment, bytes. More than wait after it where a person sees
    /// many records as one.
    pub peak: u64,
    /// Bytes that arrived at this moment, as far as facts tell.
    pub came: u64,
    /// Bytes that were read at this moment, as far as facts tell.
    pub taken: u64,
    /// Records lost at this moment.
    pub lost: u64,
    /// Whether the last sample says the same as the facts.
    pub is_measured: bool,
    /// The window last advertised, bytes.
    pub window: Option<u64>,
    /// The offset that it reached to: what had arrived by then, and the window. Derived.
    pub window_to: Option<u64>,
    /// Kernel memory held by the queue, bytes.
    pub memory: Option<u64>,
    /// Its limit, bytes.
    pub memory_limit: Option<u64>,
}

impl Level {
    /// Bytes that wait; 0 if that is not known.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.waiting.map_or(0, |(from, to)| to.saturating_sub(from))
    }

    fn of(connection: Option<&Connection>) -> Level {
        let server = connection
            .and_then(|connection| connection.server.as_ref())
            .filter(|end| end.closed.is_none());
        let Some(end) = server else {
            return Level::default();
        };
        let queues = end.queues.map(|(queues, _)| queues);
        let (arrived, read) = (end.arrived.total.bytes, end.read.total.bytes);
        let window = queues.and_then(|it| it.receive_window);
        Level {
            waiting: Some((read, arrived.max(read))),
            peak: end.waiting_bytes(),
            is_measured: end.level_is_measured(),
            window,
            window_to: window.map(|window| arrived.saturating_add(window)),
            memory: queues.and_then(|it| it.kernel_memory),
            memory_limit: queues.and_then(|it| it.kernel_memory_limit),
            ..Level::default()
        }
    }

    /// Whether nothing has changed but the time.
    fn goes_on(&self, before: &Level) -> bool {
        let same = Level {
            shown: before.shown,
            peak: before.peak,
            came: before.came,
            taken: before.taken,
            lost: before.lost,
            ..*self
        };
        same == *before && self.came == 0 && self.taken == 0 && self.lost == 0
    }
}

/// One batch of the incoming bytes: a send if we know them, otherwise an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Offset of its first byte.
    pub from: u64,
    /// Offset behind its last byte.
    pub to: u64,
    /// Which one it is, from 0.
    pub ordinal: u64,
    /// How many were merged; 1 is one, 0: nobody saw how these bytes were cut.
    pub times: u32,
}

/// The levels of the connection in focus, and the batches that they are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels {
    focus: Option<Conn>,
    /// By rising show time; no two at one.
    levels: VecDeque<Level>,
    /// By rising offset, without holes; they reach back to the first byte of the first level.
    batches: VecDeque<Batch>,
    /// Whether the batches are sends of our own client.
    ours: bool,
    /// Bytes arrived and read so far.
    totals: (u64, u64),
}

impl Levels {
    /// So many batches are kept, however slowly they are read.
    const BATCHES_MAX: usize = 1 << 16;

    /// The series of a connection, from a state on.
    pub fn new(focus: Option<Conn>, start: &State) -> Levels {
        let mut levels = Levels {
            focus,
            ..Levels::default()
        };
        if let Some(connection) = focus.and_then(|conn| start.conn(conn)) {
            levels.count(connection);
            levels.take_batches(connection);
            levels.levels.push_back(Level {
                shown: start.now.shown,
                ..Level::of(Some(connection))
            });
        }
        levels
    }

    /// Takes one record in; `after` is the state that it led to.
    pub fn push(&mut self, record: &Record, shown: Show, after: &State) {
        let Some(focus) = self.focus else {
            return;
        };
        let (lost, resumed) = match &record.event {
            Event::Dropped(dropped) => (dropped.records, false),
            Event::Keyframe(_) => (0, true),
            event if event.conn() == Some(focus) => (0, false),
            _ => return,
        };
        let connection = after.conn(focus);
        let mut level = if lost > 0 {
            Level::default()
        } else {
            Level::of(connection)
        };
        level.shown = shown;
        level.lost = lost;
        // A window reaches as far as it did when it was sampled, whatever has come since.
        if let Some(last) = self.levels.back()
            && !matches!(record.event, Event::Queues(_) | Event::Keyframe(_))
        {
            level.window_to = level.window.and(last.window_to);
        }
        if let Some(connection) = connection {
            let (came, taken) = self.count(connection);
            self.take_batches(connection);
            // What passed while records were lost is in no fact.
            if !resumed {
                (level.came, level.taken) = (came, taken);
            }
        }
        match self.levels.back_mut() {
            Some(last) if last.shown == shown => {
                level.came += last.came;
                level.taken += last.taken;
                level.lost += last.lost;
                level.peak = level.peak.max(last.peak);
                *last = level;
            }
            Some(last) if level.goes_on(last) => {}
            None if level.goes_on(&Level::default()) => {}
            _ => self.levels.push_back(level),
        }
    }

    /// What has come and what was taken since the last time.
    fn count(&mut self, connection: &Connection) -> (u64, u64) {
        let total = |of: fn(&EndState) -> u64| connection.server.as_ref().map_or(0, of);
        let now = (
            total(|end| end.arrived.total.bytes),
            total(|end| end.read.total.bytes),
        );
        let before = std::mem::replace(&mut self.totals, now);
        (
            now.0.saturating_sub(before.0),
            now.1.saturating_sub(before.1),
        )
    }

    fn take_batches(&mut self, connection: &Connection) {
        let Some(batches) = connection.batches() else {
            return;
        };
        if connection.client.is_some() != self.ours {
            // Our own client may be told of after the accept: then its sends are the batches.
            self.ours = !self.ours;
            self.batches.clear();
        }
        let known = self.batches.back().map_or(0, |batch| batch.to);
        let first = self.batches.len();
        for cut in batches.cuts().rev().take_while(|cut| cut.to > known) {
            let Cut {
                from,
                to,
                ordinal,
                times,
                ..
            } = *cut;
            self.batches.insert(
                first,
                Batch {
                    from,
                    to,
                    ordinal,
                    times,
                },
            );
        }
        while self.batches.len() > Self::BATCHES_MAX {
            self.batches.pop_front();
        }
    }

    /// Forgets what was before `start`, but for the level that reaches into it.
    pub fn forget_before(&mut self, start: Show) {
        while self.levels.get(1).is_some_and(|level| level.shown <= start) {
            self.levels.pop_front();
        }
        let needed = self
            .levels
            .iter()
            .find_map(|level| level.waiting)
            .map_or(self.totals.1, |(from, _)| from);
        while self.batches.front().is_some_and(|batch| batch.to <= needed) {
            self.batches.pop_front();
        }
    }

    /// The levels from the one in force at `from` to the last one at `to`.
    pub fn range(&self, from: Show, to: Show) -> impl DoubleEndedIterator<Item = &Level> {
        let last = self.levels.partition_point(|level| level.shown <= to);
        let first = self
            .levels
            .partition_point(|level| level.shown <= from)
            .saturating_sub(1);
        self.levels.range(first.min(last)..last)
    }

    /// The batches that share bytes with `from..to`.
    pub fn batches(&self, from: u64, to: u64) -> impl Iterator<Item = &Batch> {
        let first = self.batches.partition_point(|batch| batch.to <= from);
        self.batches
            .range(first..)
            .take_while(move |batch| batch.from < to)
    }
}
