//! Heaps of bytes: rows of ten while they can be counted, then crates of a stated size, then
//! pallets.

use model::Connection;

use crate::{
    Fruit, Shape, Target,
    motion::lerp,
    sketch::{Area, Sketch, area},
};

/// How many bytes one sprite stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grain {
    Fruit,
    Crate(u64),
}

impl Grain {
    /// Crates of more than this are pallets.
    pub const CRATE_MAX: u64 = 65_536;

    /// Bytes of one sprite.
    pub fn bytes(self) -> u64 {
        match self {
            Grain::Fruit => 1,
            Grain::Crate(bytes) => bytes.max(1),
        }
    }

    pub fn is_fruit(self) -> bool {
        self == Grain::Fruit
    }

    pub fn is_pallet(self) -> bool {
        self.bytes() > Self::CRATE_MAX
    }

    /// How many sprites stand for so many bytes.
    pub fn count(self, bytes: u64) -> u64 {
        bytes.div_ceil(self.bytes())
    }
}

/// The smallest power of two of which at most `most` hold `bytes`.
pub(crate) fn crate_bytes(bytes: u64, most: u64) -> u64 {
    // No stream is so long that the power would not exist; saturate all the same.
    bytes
        .div_ceil(most.max(1))
        .checked_next_power_of_two()
        .unwrap_or(1 << 63)
        .max(8)
}

/// Where a sprite is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    pub x: f64,
    pub y: f64,
    pub size: f64,
}

impl Spot {
    /// Between two spots; `across` and `down` may run differently, so that things fall in arcs.
    pub fn between(self, to: Spot, across: f64, down: f64) -> Spot {
        Spot {
            x: lerp(self.x, to.x, across),
            y: lerp(self.y, to.y, down),
            size: lerp(self.size, to.size, across),
        }
    }
}

/// Places for sprites, row upon row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rack {
    /// Offset of the first byte of the first place.
    pub first: u64,
    pub grain: Grain,
    /// The middle of the first place.
    pub x: f64,
    pub y: f64,
    /// To the next place in the row; negative on the belt, whose front is at the right.
    pub dx: f64,
    /// Up to the next row.
    pub dy: f64,
    /// Every second row is shifted so far: a pile.
    pub shift: f64,
    pub columns: u64,
    pub size: f64,
}

impl Rack {
    pub fn place(&self, offset: u64) -> u64 {
        offset.saturating_sub(self.first) / self.grain.bytes()
    }

    pub fn row(&self, offset: u64) -> u64 {
        self.place(offset) / self.columns.max(1)
    }

    pub fn spot(&self, offset: u64) -> Spot {
        let place = self.place(offset);
        let columns = self.columns.max(1);
        let (row, column) = ((place / columns) as f64, (place % columns) as f64);
        let shift = if (place / columns) % 2 == 1 {
            self.shift
        } else {
            0.0
        };
        Spot {
            x: self.x + column * self.dx + shift,
            y: self.y - row * self.dy,
            size: self.size,
        }
    }

    /// What the bytes `from..to` cover: at most the end of a row, whole rows, and the start of one.
    pub fn areas(&self, from: u64, to: u64) -> Vec<Area> {
        if to <= from {
            return Vec::new();
        }
        let columns = self.columns.max(1);
        let (first, last) = (self.place(from), self.place(to - 1));
        let rows = |first_row: u64, last_row: u64, first: u64, last: u64| {
            let at = |column: u64| self.x + column as f64 * self.dx;
            let half = self.dx.abs() / 2.0;
            let (a, b) = (at(first), at(last));
            let top = self.y - (last_row as f64 + 0.5) * self.dy;
            let height = (last_row - first_row + 1) as f64 * self.dy;
            area(a.min(b) - half, top, (a - b).abs() + 2.0 * half, height)
        };
        let (low, high) = (first / columns, last / columns);
        let (start, end) = (first % columns, last % columns);
        if low == high {
            return vec![rows(low, low, start, end)];
        }
        let mut areas = Vec::new();
        let mut whole = (low, high);
        if start > 0 {
            areas.push(rows(low, low, start, columns - 1));
            whole.0 += 1;
        }
        if end + 1 < columns {
            areas.push(rows(high, high, 0, end));
            whole.1 -= 1;
        }
        if whole.0 <= whole.1 {
            areas.push(rows(whole.0, whole.1, 0, columns - 1));
        }
        areas
    }

    /// The sprites that hold the bytes `from..to`: the first byte of each that is in there. Never
    /// more than a few hundred: racks are made for what they hold.
    pub fn units(&self, from: u64, to: u64) -> impl Iterator<Item = u64> + use<> {
        let grain = self.grain.bytes();
        let first = self.first;
        let begin = from.max(first);
        let count = if to > begin {
            (to - first).div_ceil(grain) - (begin - first) / grain
        } else {
            0
        };
        let start = (begin - first) / grain;
        (0..count.min(UNITS_MAX)).map(move |index| {
            first
                .saturating_add((start + index).saturating_mul(grain))
                .max(begin)
        })
    }
}

/// No heap has more sprites than this, whatever the records say.
const UNITS_MAX: u64 = 400;

/// A small turn that belongs to the byte, -5 to 5 degrees, as in the art.
pub(crate) fn turn_of(offset: u64) -> f64 {
    ((offset % 131) * 37 % 11) as f64 - 5.0
}

/// The places of the bytes `from..to` can be pointed at, batch by batch.
pub(crate) fn hits(sketch: &mut Sketch, connection: &Connection, rack: &Rack, from: u64, to: u64) {
    let conn = connection.conn;
    let mut known_to = from;
    let mut parts = Vec::new();
    if let Some(batches) = connection.batches() {
        for cut in batches.cuts_within(from, to) {
            let (low, high) = (cut.from.max(from), cut.to.min(to));
            if low > known_to {
                parts.push((known_to, low));
            }
            parts.push((low, high));
            known_to = high;
        }
    }
    if known_to < to {
        parts.push((known_to, to));
    }
    for (from, to) in parts {
        for at in rack.areas(from, to) {
            sketch.hit(at, Target::Bytes { conn, from, to });
        }
    }
}

/// Draws the byte at `offset`, or the crate that begins there.
pub(crate) fn draw_unit(
    sketch: &mut Sketch,
    connection: &Connection,
    grain: Grain,
    offset: u64,
    spot: Spot,
) {
    let (fruit, turn) = match grain {
        Grain::Fruit => match connection.batch_at(offset) {
            Some(batch) => (Fruit::of_batch(batch), turn_of(offset)),
            None => (Fruit::Crate, 0.0),
        },
        _ if grain.is_pallet() => (Fruit::Pallet, 0.0),
        _ => (Fruit::Crate, 0.0),
    };
    let character = (grain.is_fruit() && spot.size >= sketch.character_from)
        .then(|| connection.byte_at(offset))
        .flatten()
        .and_then(glyph);
    sketch.shapes.push(Shape::Sprite {
        fruit,
        x: spot.x,
        y: spot.y,
        size: spot.size,
        turn,
        character,
        opacity: 1.0,
    });
}

/// The character that stands for a byte: printable ASCII as it is, anything else as a dot; a
/// space and the end of a line would be an empty fruit.
pub(crate) fn glyph(byte: u8) -> Option<char> {
    match byte {
        b' ' => Some('␣'),
        b'\n' => Some('↵'),
        0x21..=0x7e => Some(char::from(byte)),
        _ => Some('·'),
    }
}
