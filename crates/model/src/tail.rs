//! The last of a sequence: what came before is forgotten. Copies share what they have in common, so
//! that a state of thousands of cuts is copied, changed and dropped at the price of what changed.

use std::{collections::VecDeque, fmt, sync::Arc};

/// The last [`Tail::MAX`] of what was pushed, first one first.
#[derive(Clone)]
pub struct Tail<T> {
    /// All full but the last.
    chunks: VecDeque<Arc<Vec<T>>>,
    /// So many of the first chunk are forgotten.
    skipped: usize,
    len: usize,
}

impl<T> Tail<T> {
    /// So many are kept.
    pub const MAX: usize = 64;
    /// So many are shared or copied at once.
    pub(crate) const CHUNK: usize = 8;

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The one of that index, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        let index = index + self.skipped;
        self.chunks
            .get(index / Self::CHUNK)?
            .get(index % Self::CHUNK)
    }

    /// The first one.
    #[must_use]
    pub fn front(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last one.
    #[must_use]
    pub fn back(&self) -> Option<&T> {
        self.chunks.back()?.last()
    }

    /// All, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.from(0)
    }

    /// All from that index on.
    pub fn from(&self, first: usize) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        let beyond = self.len.max(first);
        // Each index below `len` is there.
        (first..beyond).map(move |index| &self[index])
    }

    /// How many stand before the first that is not `before`.
    pub fn partition_point(&self, before: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if before(&self[middle]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// How many chunks `other` does not share.
    pub(crate) fn own_chunks(&self, other: Option<&Tail<T>>) -> usize {
        let shared = |chunk: &Arc<Vec<T>>| {
            other.is_some_and(|other| other.chunks.iter().any(|it| Arc::ptr_eq(it, chunk)))
        };
        self.chunks.iter().filter(|chunk| !shared(chunk)).count()
    }
}

impl<T: Clone> Tail<T> {
    /// Adds one, and forgets the first if there are too many.
    pub fn push(&mut self, value: T) {
        match self.chunks.back_mut() {
            Some(last) if last.len() < Self::CHUNK => match Arc::get_mut(last) {
                Some(own) => own.push(value),
                None => {
                    let mut chunk = Vec::with_capacity(Self::CHUNK);
                    chunk.extend_from_slice(last);
                    chunk.push(value);
                    *last = Arc::new(chunk);
                }
            },
            _ => {
                let mut chunk = Vec::with_capacity(Self::CHUNK);
                chunk.push(value);
                self.chunks.push_back(Arc::new(chunk));
            }
        }
        if self.len < Self::MAX {
            self.len += 1;
        } else {
            self.skipped += 1;
            if self.skipped == Self::CHUNK {
                self.skipped = 0;
                self.chunks.pop_front();
            }
        }
    }
}

impl<T> std::ops::Index<usize> for Tail<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        let index = index + self.skipped;
        &self.chunks[index / Self::CHUNK][index % Self::CHUNK]
    }
}

impl<T> Default for Tail<T> {
    fn default() -> Self {
        Tail {
            chunks: VecDeque::new(),
            skipped: 0,
            len: 0,
        }
    }
}

impl<T: PartialEq> PartialEq for Tail<T> {
    fn eq(&self, other: &Tail<T>) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: fmt::Debug> fmt::Debug for Tail<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
