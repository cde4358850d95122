//! The one axis of the picture: from a byte's offset to its x, the same on every floor.

use super::{layout::Layout, view::View};
use crate::{
    heap::{Grain, Spot},
    motion::lerp,
    sketch::trace,
};

/// Fruit of neighbouring rows overlap by so much of their height.
const STEP: f64 = 0.8;

#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub view: View,
    pub left: f64,
    pub right: f64,
    /// Units of length a byte.
    byte: f64,
    /// While the axis slides.
    shift: f64,
    /// The bytes that may be in view, on the way too.
    pub from: u64,
    pub to: u64,
    /// Fruit stand in so many rows, each a byte further than the one below.
    pub rows: u64,
    /// Of a sprite.
    pub size: f64,
}

impl Axis {
    pub fn new(view: View, layout: &Layout) -> Axis {
        let (left, right) = (layout.left, layout.right);
        let byte = (right - left) / view.span.max(1) as f64;
        let pitch = byte * view.unit as f64;
        // So many rows as make the largest fruit; one row if that is hardly worse.
        let size_in = |rows: u64| {
            let rows = rows as f64;
            (pitch * rows * 1.02).min(layout.pile / (1.0 + (rows - 1.0) * STEP))
        };
        let (mut rows, mut size) = (1, size_in(1));
        for more in 2..=5 {
            if size_in(more) > size * 1.15 {
                (rows, size) = (more, size_in(more));
            }
        }
        Axis {
            view,
            left,
            right,
            byte,
            shift: 0.0,
            from: view.first,
            to: view.end(),
            rows,
            size,
        }
    }

    /// On the way from the axis before, `p` from 0 to 1.
    pub fn sliding_from(self, before: View, layout: &Layout, p: f64) -> Axis {
        if before.unit != self.view.unit {
            // Between sizes of crates there is no way that would be true.
            return self;
        }
        let old = Axis::new(before, layout);
        let distance = signed(self.view.first, before.first) * old.byte;
        Axis {
            byte: lerp(old.byte, self.byte, p),
            shift: lerp(distance.clamp(-4000.0, 4000.0), 0.0, p),
            from: self.from.min(old.from),
            to: self.to.max(old.to),
            ..self
        }
    }

    /// Where the byte at `offset` begins: the one x that it has on every floor.
    pub fn x(&self, offset: u64) -> f64 {
        let x = self.left + signed(offset, self.view.first) * self.byte + self.shift;
        x.clamp(-1e5, 1e5)
    }

    /// Width of so many bytes.
    pub fn width(&self, bytes: u64) -> f64 {
        (bytes as f64 * self.byte).min(1e5)
    }

    /// Like [`Axis::x`], but no further than the axis reaches.
    pub fn within(&self, offset: u64) -> f64 {
        self.x(offset).max(self.left).min(self.right)
    }

    /// The part of `from..to` that is in view, as left edge and width.
    pub fn clip(&self, from: u64, to: u64) -> Option<(f64, f64)> {
        let (left, right) = (self.within(from), self.within(to));
        (right > left + 0.5).then_some((left, right - left))
    }

    pub fn grain(&self) -> Grain {
        match self.view.unit {
            1 => Grain::Fruit,
            unit => Grain::Crate(unit),
        }
    }

    fn row(&self, offset: u64) -> f64 {
        (offset / self.view.unit % self.rows) as f64
    }

    /// The sprite of the byte at `offset`, or of its crate, on a floor at that height.
    pub fn spot(&self, offset: u64, floor: f64) -> Spot {
        let unit = self.view.unit;
        let first = offset / unit * unit;
        Spot {
            x: self.x(first) + self.width(unit) / 2.0,
            y: floor - self.size / 2.0 - self.row(offset) * self.size * STEP,
            size: self.size,
        }
    }

    /// How high fruit are heaped.
    pub fn heap(&self) -> f64 {
        self.size * (1.0 + (self.rows - 1) as f64 * STEP)
    }

    /// Sprites reach so far over their bytes' x on either side.
    pub fn overhang(&self) -> f64 {
        ((self.size - self.width(self.view.unit)) / 2.0).max(0.0)
    }

    /// The sprites that hold bytes of `from..to` and can be seen, upper rows first so that the
    /// lower ones stand in front.
    pub fn units(&self, from: u64, to: u64) -> Vec<u64> {
        let unit = self.view.unit;
        let (from, to) = (
            from.max(self.seen(0.0)),
            to.min(self.seen(self.right - self.left)),
        );
        let in_row = |row: u64| {
            (from / unit..to.div_ceil(unit))
                .map(move |index| index.saturating_mul(unit).max(from))
                .filter(move |&offset| {
                    let x = self.spot(offset, 0.0).x;
                    offset / unit % self.rows == row && x > self.left && x < self.right
                })
        };
        (0..self.rows).rev().flat_map(in_row).collect()
    }

    /// The byte that far from the left end, to within a sprite.
    fn seen(&self, along: f64) -> u64 {
        let bytes = (along - self.shift) / self.byte;
        let far = |bytes: f64| {
            ((bytes / self.view.unit as f64).ceil() as u64).saturating_mul(self.view.unit)
        };
        if bytes >= 0.0 {
            self.view.first.saturating_add(far(bytes))
        } else {
            self.view.first.saturating_sub(far(-bytes))
        }
    }

    /// The line of an edge at `offset` through a heap on `floor`: in each row midway between the
    /// last fruit before it and the first one behind.
    pub fn fence(&self, offset: u64, floor: f64, top: f64) -> String {
        if self.rows == 1 {
            return trace("M# #V#", &[self.x(offset), floor, top]);
        }
        let (unit, rows) = (self.view.unit, self.rows);
        let index = offset.div_ceil(unit);
        let mut d = String::new();
        for row in 0..rows {
            let behind = index + (row + rows - index % rows) % rows;
            // The last one before it stands `rows` to the left.
            let x =
                self.x(behind.saturating_mul(unit)) + self.width(unit) * (0.5 - rows as f64 / 2.0);
            let middle = floor - self.size / 2.0 - row as f64 * self.size * STEP;
            let (low, high) = (middle + self.size * 0.26, middle - self.size * 0.26);
            let low = if row == 0 { floor } else { low };
            let high = if row + 1 == rows { top } else { high };
            let pen = if row == 0 { 'M' } else { 'L' };
            d.push(pen);
            d += &trace("# #L# #", &[x, low, x, high]);
        }
        d
    }

    /// Where that line ends at the top.
    pub fn fence_top(&self, offset: u64) -> f64 {
        let (unit, rows) = (self.view.unit, self.rows);
        if rows == 1 {
            return self.x(offset);
        }
        let index = offset.div_ceil(unit);
        let row = rows - 1;
        let behind = index + (row + rows - index % rows) % rows;
        self.x(behind.saturating_mul(unit)) + self.width(unit) * (0.5 - rows as f64 / 2.0)
    }
}

fn signed(a: u64, b: u64) -> f64 {
    if a >= b {
        (a - b) as f64
    } else {
        -((b - a) as f64)
    }
}
