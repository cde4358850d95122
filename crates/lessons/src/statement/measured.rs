//! What was measured: the sum of a series, what is known of its items, and how that compares.

use super::{Comparison, Outcome};
use crate::measure::Item;

/// A series, bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// How many items.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
    /// The first items, at most [`Measured::ITEMS_MAX`]; as far as none is merged.
    pub items: Vec<u64>,
    /// The last item; None if there is none, or if it is merged with others.
    pub last: Option<u64>,
    /// Items were merged: some are not known one by one.
    pub merged: bool,
    /// Records were lost: nothing is certain.
    pub lost: bool,
    /// The items are levels: their sum says nothing.
    level: bool,
    /// The smallest item is between these.
    min: Between,
    /// The largest item is between these.
    max: Between,
}

/// Bounds of a number, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Between {
    low: u64,
    high: u64,
}

impl Measured {
    /// So many items are kept one by one.
    pub const ITEMS_MAX: usize = 64;

    /// The smallest item, if it is known.
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        (self.count > 0 && self.min.low == self.min.high).then_some(self.min.low)
    }

    /// The largest item, if it is known.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.count > 0 && self.max.low == self.max.high).then_some(self.max.low)
    }

    pub(super) fn lose(&mut self) {
        self.lost = true;
    }

    pub(super) fn add(&mut self, item: Item, is_level: bool) {
        let Item { value, times } = item;
        let times = u64::from(times.max(1));
        let (min, max) = match times {
            1 => {
                let exact = Between {
                    low: value,
                    high: value,
                };
                (exact, exact)
            }
            // Arrivals and reads that were merged tell nothing of the levels between them.
            _ if is_level => {
                let any = Between {
                    low: 0,
                    high: u64::MAX,
                };
                (any, any)
            }
            // The smallest of some is at most their mean, and the largest at least.
            _ => (
                Between {
                    low: 0,
                    high: value / times,
                },
                Between {
                    low: value.div_ceil(times),
                    high: value,
                },
            ),
        };
        let first = self.count == 0;
        self.min = if first { min } else { self.min.smaller(min) };
        self.max = if first { max } else { self.max.larger(max) };
        self.merged |= times > 1;
        self.level = is_level;
        self.last = (times == 1 || is_level).then_some(value);
        if !self.merged && self.items.len() < Self::ITEMS_MAX {
            self.items.push(value);
        }
        self.count = self.count.saturating_add(times);
        self.sum = self.sum.saturating_add(value);
    }

    pub(super) fn compared(&self, is: &Comparison, other: Option<&Measured>) -> Outcome {
        if self.lost || other.is_some_and(|other| other.lost) {
            return Outcome::Unknown;
        }
        let known = |holds: bool| {
            if holds {
                Outcome::Holds
            } else {
                Outcome::Fails
            }
        };
        let other = |compare: fn(&Measured, &Measured) -> Outcome| match other {
            Some(other) => compare(self, other),
            None => Outcome::Unknown,
        };
        match is {
            Comparison::None => known(self.count == 0),
            Comparison::Some => known(self.count > 0),
            Comparison::List(list) => self.is_list(list),
            Comparison::Count(count) => known(self.count == *count),
            Comparison::AtLeast(count) => known(self.count >= *count),
            Comparison::AtMost(count) => known(self.count <= *count),
            Comparison::Sum(sum) => known(self.sum == *sum),
            Comparison::SumAtLeast(sum) => known(self.sum >= *sum),
            Comparison::SumAtMost(sum) => known(self.sum <= *sum),
            _ if self.count == 0 => Outcome::Fails,
            Comparison::Min(value) => self.min.is(*value, *value),
            Comparison::Max(value) => self.max.is(*value, *value),
            Comparison::EachAtLeast(value) => self.min.is(*value, u64::MAX),
            Comparison::EachAtMost(value) => self.max.is(0, *value),
            Comparison::SomeAtLeast(value) => self.max.is(*value, u64::MAX),
            Comparison::SomeAtMost(value) => self.min.is(0, *value),
            Comparison::Last(value) => match self.last {
                Some(last) => known(last == *value),
                None => Outcome::Unknown,
            },
            Comparison::Equals(_) => other(|one, other| match one.sum == other.sum {
                true => Outcome::Holds,
                false => Outcome::Fails,
            }),
            Comparison::SameCount(_) => other(|one, other| match one.count == other.count {
                true => Outcome::Holds,
                false => Outcome::Fails,
            }),
            Comparison::SameLast(_) => other(|one, other| match (one.last, other.last) {
                (Some(one), Some(other)) if one == other => Outcome::Holds,
                (Some(_), Some(_)) => Outcome::Fails,
                _ => Outcome::Unknown,
            }),
        }
    }

    fn is_list(&self, list: &[u64]) -> Outcome {
        let sum = list
            .iter()
            .fold(0, |sum: u64, item| sum.saturating_add(*item));
        let sums = self.sum == sum || self.level;
        if self.count != list.len() as u64 || !sums {
            return Outcome::Fails;
        }
        // What came before the first merged one is known.
        if !list.starts_with(&self.items) {
            return Outcome::Fails;
        }
        match self.merged || self.items.len() < list.len() {
            true => Outcome::Unknown,
            false => Outcome::Holds,
        }
    }
}

impl Between {
    fn smaller(self, other: Between) -> Between {
        Between {
            low: self.low.min(other.low),
            high: self.high.min(other.high),
        }
    }

    fn larger(self, other: Between) -> Between {
        Between {
            low: self.low.max(other.low),
            high: self.high.max(other.high),
        }
    }

    /// Is the number within these, both included?
    fn is(self, low: u64, high: u64) -> Outcome {
        if low <= self.low && self.high <= high {
            Outcome::Holds
        } else if self.high < low || high < self.low {
            Outcome::Fails
        } else {
            Outcome::Unknown
        }
    }
}
