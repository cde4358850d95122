//! States to seek from, each after so many records of the log.
//!
//! A state of many busy connections is megabytes, so snapshots stand further apart the more they
//! would cost: seeking folds more records, and the log's memory stays in proportion to its records.

use std::collections::VecDeque;

use crate::{State, Timeline, weight};

#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// After so many records.
    pub count: usize,
    /// What they cost, bytes, forgotten or not.
    log_bytes: u64,
    pub state: State,
}

/// The snapshots of one log, by rising count. There always is one: where the log begins.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    all: VecDeque<Snapshot>,
    /// What all records cost, forgotten or not, bytes.
    log_bytes: u64,
}

impl Snapshots {
    /// Their cost is weighed each so many records.
    const EVERY_MIN: usize = 4096;
    /// Seeking folds no more than this.
    const EVERY_MAX: usize = Timeline::ENTRIES_MAX / 8;
    /// Bytes of snapshots for each record.
    const BYTES_EACH: usize = 96;

    /// A log that begins after `count` records.
    pub fn new(count: usize, state: State) -> Snapshots {
        let first = Snapshot {
            count,
            log_bytes: 0,
            state,
        };
        Snapshots {
            all: VecDeque::from([first]),
            log_bytes: 0,
        }
    }

    /// Takes in what one more record costs; `state` is the one after it, the `count`th.
    pub fn push(&mut self, count: usize, bytes: usize, state: &State) {
        self.log_bytes += bytes as u64;
        let Some(last) = self.all.back() else {
            return;
        };
        let records = count - last.count;
        let stretch_bytes = self.log_bytes - last.log_bytes;
        // Where the log must forget, a stretch between snapshots goes: none may be all of it.
        let is_due = records >= Self::EVERY_MAX
            || stretch_bytes >= Timeline::BYTES_MAX as u64 / 8
            || records.is_multiple_of(Self::EVERY_MIN)
                && weight::state_bytes(state, Some(&last.state)) <= records * Self::BYTES_EACH;
        if is_due {
            self.all.push_back(Snapshot {
                count,
                log_bytes: self.log_bytes,
                state: state.clone(),
            });
        }
    }

    /// The first one: where the log begins.
    pub fn first(&self) -> Option<&Snapshot> {
        self.all.front()
    }

    /// The last one that is not behind `count`.
    pub fn before(&self, count: usize) -> Option<&Snapshot> {
        let behind = self.all.partition_point(|snapshot| snapshot.count <= count);
        self.all.get(behind.saturating_sub(1))
    }

    /// What the records since the first one cost, bytes.
    pub fn kept_bytes(&self) -> u64 {
        self.log_bytes - self.all.front().map_or(0, |first| first.log_bytes)
    }

    /// Forgets the first one. After how many records the log now begins.
    pub fn forget_first(&mut self) -> Option<usize> {
        if self.all.len() < 2 {
            return None;
        }
        self.all.pop_front();
        self.all.front().map(|first| first.count)
    }

    /// What they cost themselves, bytes.
    pub fn bytes(&self) -> usize {
        let mut before = None;
        self.all
            .iter()
            .map(|it| weight::state_bytes(&it.state, before.replace(&it.state)))
            .sum()
    }
}
