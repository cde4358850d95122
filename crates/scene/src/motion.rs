//! How far a movement is: a pure function of the show time and the moment that began it.

use std::cell::Cell;

use model::{Moment, Show};

/// The clock of one picture. It notes whether anything it was asked about is still moving.
pub(crate) struct Motion {
    now: Show,
    reduced: bool,
    moving: Cell<bool>,
}

impl Motion {
    pub fn new(now: Show, reduced: bool) -> Motion {
        Motion {
            now,
            reduced,
            moving: Cell::new(false),
        }
    }

    /// Whether movements are shown as steps.
    pub fn is_reduced(&self) -> bool {
        self.reduced
    }

    /// Whether a later picture of the same state would differ.
    pub fn is_moving(&self) -> bool {
        self.moving.get()
    }

    /// Milliseconds since `begin`. Does not count as a movement.
    pub fn elapsed(&self, begin: Moment) -> f64 {
        self.now.millis_since(begin.shown)
    }

    /// Progress, 0 to 1, of a movement that begins `delay` ms after `begin` and takes `span` ms.
    /// As a step: 0 until it would be over, then 1.
    pub fn progress(&self, begin: Moment, delay: f64, span: f64) -> f64 {
        let passed = self.elapsed(begin) - delay;
        if passed >= span {
            return 1.0;
        }
        self.moving.set(true);
        if self.reduced {
            0.0
        } else {
            (passed / span).clamp(0.0, 1.0)
        }
    }

    /// Whether less than `millis` have passed since `begin`: then something will still change.
    pub fn is_within(&self, begin: Moment, millis: f64) -> bool {
        let within = self.elapsed(begin) < millis;
        if within {
            self.moving.set(true);
        }
        within
    }

    /// The show time, milliseconds, for small gestures of what is moving anyway.
    pub fn millis(&self) -> f64 {
        self.now.millis_since(Show(0))
    }
}

/// A value on the way from `a` to `b`.
pub(crate) fn lerp(a: f64, b: f64, p: f64) -> f64 {
    a + (b - a) * p
}

/// Slow, then fast: falling.
pub(crate) fn cubic_in(p: f64) -> f64 {
    p * p * p
}

/// Fast, then slow: settling.
pub(crate) fn cubic_out(p: f64) -> f64 {
    1.0 - (1.0 - p).powi(3)
}

/// Fast, then slow, gently.
pub(crate) fn quad_out(p: f64) -> f64 {
    1.0 - (1.0 - p) * (1.0 - p)
}

/// Slow at both ends: what a person moves.
pub(crate) fn ease(p: f64) -> f64 {
    p * p * (3.0 - 2.0 * p)
}

/// Up and down again: 0, 1 in the middle, 0.
pub(crate) fn hump(p: f64) -> f64 {
    4.0 * p * (1.0 - p)
}

/// To and fro, from -1 to 1, once for each whole number.
pub(crate) fn swing(p: f64) -> f64 {
    let half = p.fract() * 2.0;
    if half < 1.0 {
        hump(half)
    } else {
        -hump(half - 1.0)
    }
}
