//! What a stretch of show time holds, for a drawing of it: how many records, of which marks, and
//! how much idle time was left out. Costs a search for each bucket, not a look at each record.

use std::collections::VecDeque;

use crate::{Marks, Show, Timeline};

/// One of several equal parts of a stretch of show time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Records shown in it.
    pub records: u32,
    /// All their marks.
    pub marks: Marks,
    /// Idle time left out, nanoseconds of log time.
    pub left_out_nanos: u64,
}

/// An idle stretch that the paced show shortens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// From where on idle time is shown.
    pub from: Show,
    /// When the next record is shown.
    pub to: Show,
    /// So much more passed, nanoseconds of log time.
    pub left_out_nanos: u64,
    /// With all such stretches before.
    total_nanos: u64,
}

/// The idle stretches by rising show time, and the marks of each [`Survey::BLOCK`] records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Survey {
    idle: VecDeque<Idle>,
    blocks: VecDeque<Marks>,
    /// The number of the first block kept.
    first_block: usize,
}

impl Survey {
    /// Records whose marks are summed up.
    const BLOCK: usize = 64;

    /// Takes in the record of that index.
    pub fn push(&mut self, index: usize, marks: Marks) {
        let block = index / Self::BLOCK;
        if self.blocks.is_empty() {
            self.first_block = block;
        }
        while self.first_block + self.blocks.len() <= block {
            self.blocks.push_back(Marks::NONE);
        }
        if let Some(sum) = self.blocks.get_mut(block - self.first_block) {
            *sum = sum.or(marks);
        }
    }

    /// Takes in that idle time was left out before the record shown at `to`.
    pub fn idle(&mut self, from: Show, to: Show, left_out_nanos: u64) {
        let before = self.idle.back().map_or(0, |idle| idle.total_nanos);
        self.idle.push_back(Idle {
            from,
            to,
            left_out_nanos,
            total_nanos: before.saturating_add(left_out_nanos),
        });
    }

    /// The log is paced anew.
    pub fn forget_idle(&mut self) {
        self.idle.clear();
    }

    /// Forgets what was before the record of that index, shown at `start`.
    pub fn forget_before(&mut self, index: usize, start: Show) {
        while self.first_block < index / Self::BLOCK && self.blocks.pop_front().is_some() {
            self.first_block += 1;
        }
        let first = self.idle.partition_point(|idle| idle.to <= start);
        self.idle.drain(..first);
    }

    fn left_out_until(&self, show: Show) -> u64 {
        let index = self.idle.partition_point(|idle| idle.to <= show);
        match index.checked_sub(1) {
            Some(last) => self.idle.get(last).map_or(0, |idle| idle.total_nanos),
            None => self
                .idle
                .front()
                .map_or(0, |idle| idle.total_nanos - idle.left_out_nanos),
        }
    }
}

impl Timeline {
    /// So many buckets are told of at the most.
    pub const BUCKETS_MAX: usize = 8192;

    /// The records shown from `from` on and before `to`, in `buckets` equal parts of that time: at
    /// most [`Timeline::BUCKETS_MAX`].
    #[must_use]
    pub fn density(&self, from: Show, to: Show, buckets: usize) -> Vec<Bucket> {
        let buckets = buckets.min(Self::BUCKETS_MAX);
        let edge = |index: usize| {
            let part = u128::from((to - from).0) * index as u128 / buckets as u128;
            Show(
                from.0
                    .saturating_add(u64::try_from(part).unwrap_or(u64::MAX)),
            )
        };
        // What is shown at an edge belongs to the bucket that begins there.
        let until = |show: Show| {
            (
                self.count_before(show),
                self.survey.left_out_until(show - Show(1)),
            )
        };
        let mut before = until(from);
        (1..=buckets)
            .map(|index| {
                let here = until(edge(index));
                let (from, left_out) = std::mem::replace(&mut before, here);
                Bucket {
                    records: u32::try_from(here.0 - from).unwrap_or(u32::MAX),
                    marks: self.marks_of(from, here.0),
                    left_out_nanos: here.1.saturating_sub(left_out),
                }
            })
            .collect()
    }

    /// The idle stretches that end in `from..=to` and were shortened, by rising time.
    pub fn idle(&self, from: Show, to: Show) -> impl DoubleEndedIterator<Item = &Idle> {
        let idle = &self.survey.idle;
        let first = idle.partition_point(|idle| idle.to < from);
        let last = idle.partition_point(|idle| idle.to <= to);
        idle.range(first..last.max(first))
    }

    /// All marks of the records `from..to` by index.
    #[must_use]
    pub fn marks_of(&self, from: usize, to: usize) -> Marks {
        const BLOCK: usize = Survey::BLOCK;
        let from = from.max(self.forgotten());
        let look = |from: usize, to: usize| {
            self.entries(from, to)
                .fold(Marks::NONE, |marks, entry| marks.or(entry.marks))
        };
        let (first, last) = (from.div_ceil(BLOCK), to / BLOCK);
        if first >= last {
            return look(from, to);
        }
        let blocks = &self.survey.blocks;
        let kept = |block: usize| {
            block
                .saturating_sub(self.survey.first_block)
                .min(blocks.len())
        };
        blocks
            .range(kept(first)..kept(last))
            .fold(Marks::NONE, |marks, &block| marks.or(block))
            .or(look(from, first * BLOCK))
            .or(look(last * BLOCK, to))
    }
}
