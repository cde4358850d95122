//! The show's time.

use std::ops::{Add, Sub};

/// A moment of the show: when a person sees it, nanoseconds since the show began.
///
/// Log time (`at_nanos`) is when it happened. [`crate::Pace`] maps one to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Show(pub u64);

impl Show {
    /// Whole milliseconds, for durations in the art's tables.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Show {
        Show(millis * 1_000_000)
    }

    /// Milliseconds passed since `earlier`; 0 if it is later.
    #[must_use]
    pub fn millis_since(self, earlier: Show) -> f64 {
        (self - earlier).0 as f64 / 1e6
    }
}

impl Add for Show {
    type Output = Show;

    fn add(self, more: Show) -> Show {
        Show(self.0.saturating_add(more.0))
    }
}

impl Sub for Show {
    type Output = Show;

    fn sub(self, less: Show) -> Show {
        Show(self.0.saturating_sub(less.0))
    }
}
