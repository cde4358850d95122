//! What all floors are made of: capsules of records, heaps of fruit, edges.

use model::{Connection, Cut, Ruler};

use super::{Stage, next};
use crate::{
    Fruit, Ink, Row, Shape, Stroke, Target,
    heap::{Spot, draw_unit},
    sketch::{Area, area, guessed_width, line, run, runs},
};

/// What stands in a capsule.
pub(super) struct Words {
    pub count: String,
    pub rest: String,
    /// The rest is what a program literally says.
    pub mono: bool,
}

impl Stage<'_> {
    /// A record on the axis: its bytes as a box with round corners.
    pub(super) fn capsule(
        &mut self,
        (from, to): (u64, u64),
        (top, height): (f64, f64),
        fill: Ink,
        stroke: Stroke,
        words: &Words,
    ) {
        let Some((x, width)) = self.axis.clip(from, to) else {
            return;
        };
        let gap = (width * 0.1).min(1.5);
        let at = area(x + gap, top, width - 2.0 * gap, height);
        let radius = 6.0_f64.min(at.w / 2.0).min(height / 2.0);
        self.sketch.rect(at, radius, fill, Some(stroke));
        self.capsule_words(at, words);
    }

    /// As much of the words as fits: all, the count, nothing.
    pub(super) fn capsule_words(&mut self, at: Area, words: &Words) {
        let sizes = self.layout.sizes;
        let margin = (at.w * 0.08).min(sizes.record * 0.6);
        let room = at.w - 2.0 * margin;
        let wide = guessed_width(&words.count, sizes.count);
        let pitch = if words.mono { 1.12 } else { 1.0 };
        let all = wide + sizes.record * 0.5 + guessed_width(&words.rest, sizes.record) * pitch;
        if wide > room * 1.05 {
            return;
        }
        let y = at.y + at.h / 2.0 + sizes.count * 0.35;
        let mut pieces = vec![run(words.count.clone(), sizes.count).bold()];
        if all <= room && !words.rest.is_empty() {
            let rest = run(words.rest.clone(), sizes.record).after(sizes.record * 0.5);
            pieces.push(if words.mono { rest.mono() } else { rest });
        }
        let line = if pieces.len() == 1 && room < wide * 1.8 {
            runs(pieces, (at.x + at.w / 2.0, y), room.max(wide)).middle()
        } else {
            runs(pieces, (at.x + margin, y), room)
        };
        self.sketch.line(line);
    }

    /// The fruit of `from..to`, each where `place` puts it.
    pub(super) fn heap(
        &mut self,
        connection: &Connection,
        (from, to): (u64, u64),
        place: impl Fn(&Stage, u64) -> Spot,
    ) {
        for offset in self.axis.units(from, to) {
            let spot = place(self, offset);
            self.sprite(connection, offset, spot);
        }
    }

    /// A fruit, or a crate with the fruit of its batch on it.
    pub(super) fn sprite(&mut self, connection: &Connection, offset: u64, spot: Spot) {
        let grain = self.axis.grain();
        draw_unit(&mut self.sketch, connection, grain, offset, spot);
        if grain.is_fruit() || grain.is_pallet() {
            return;
        }
        if let Some(batch) = connection.batch_at(offset) {
            self.sketch.shapes.push(Shape::Sprite {
                fruit: Fruit::of_batch(batch),
                x: spot.x,
                y: spot.y + spot.size * 0.05,
                size: spot.size * 0.5,
                turn: 0.0,
                character: None,
                opacity: 1.0,
            });
        }
    }

    /// The pieces of `from..to` that belong to different batches, as far as they are in view:
    /// `(from, to, batch)`. Without known batches all is one piece.
    pub(super) fn batches(&self, from: u64, to: u64) -> Vec<(u64, u64, Fruit)> {
        let Some(ruler) = self.connection.and_then(Connection::batches) else {
            return Vec::new();
        };
        let (from, to) = (from.max(self.axis.from), to.min(self.axis.to));
        let mut pieces = Vec::new();
        let mut at = from;
        for cut in ruler.cuts_within(from, to) {
            let begin = cut.from.max(from);
            if begin > at {
                pieces.push((at, begin, Fruit::Crate));
            }
            at = cut.to.min(to);
            pieces.push((begin, at, fruit_of(cut)));
        }
        if at < to {
            pieces.push((at, to, Fruit::Crate));
        }
        pieces
    }

    /// What can be pointed at on a floor: its bytes, batch by batch.
    pub(super) fn floor_hits(&mut self, (from, to): (u64, u64), (top, height): (f64, f64)) {
        let Some(connection) = self.connection else {
            return;
        };
        for (from, to, _) in self.batches(from, to) {
            if let Some((x, width)) = self.axis.clip(from, to) {
                let target = Target::Bytes {
                    conn: connection.conn,
                    from,
                    to,
                };
                self.sketch.hit(area(x, top, width, height), target);
            }
        }
    }

    /// An edge that can be pointed at.
    pub(super) fn edge_hit(&mut self, row: Row, offset: u64, (top, height): (f64, f64)) {
        let Some(connection) = self.connection else {
            return;
        };
        let x = self.axis.x(offset);
        if x < self.axis.left - 1.0 || x > self.axis.right + 1.0 {
            return;
        }
        let half = self.layout.sizes.small * 0.45;
        self.sketch.hit(
            area(x - half, top, 2.0 * half, height),
            Target::Edge {
                conn: connection.conn,
                row,
                offset,
            },
        );
    }

    /// The edges of `ruler` strictly between `from` and `to`.
    pub(super) fn edges(&self, ruler: &Ruler, from: u64, to: u64) -> Vec<u64> {
        ruler
            .cuts_within(from, to)
            .map(|cut| cut.to)
            .filter(|&edge| edge > from && edge < to)
            .collect()
    }

    /// A line through a heap where it is cut: solid if it was made, dotted if it would be.
    pub(super) fn fence(&mut self, offset: u64, (floor, top): (f64, f64), ground: Ink, made: bool) {
        let x = self.axis.x(offset);
        if x <= self.axis.left + 1.0 || x >= self.axis.right - 1.0 {
            return;
        }
        let d = self.axis.fence(offset, floor, top);
        let heavy = self.layout.heavy;
        let unit = self.unit().min(1.0);
        let halo = line(ground, if made { 6.0 } else { 9.0 } * heavy * unit);
        self.sketch.path(d.clone(), None, Some(halo));
        let stroke = if made {
            self.pen(Ink::Ink, 2.5 * unit.sqrt())
        } else {
            self.dashes(Ink::Ink, 4.5 * unit, 0.1, 9.0 * unit)
        };
        self.sketch.path(d, None, Some(stroke));
    }

    /// The sign of a cut that lines up with no send.
    pub(super) fn diamond(&mut self, offset: u64, y: f64) {
        self.diamond_at(offset, (self.axis.fence_top(offset), y));
    }

    pub(super) fn diamond_at(&mut self, offset: u64, (x, y): (f64, f64)) {
        let Some(connection) = self.connection else {
            return;
        };
        let in_view = x > self.axis.left && x < self.axis.right;
        if !in_view || !next::is_off(connection, offset) {
            return;
        }
        let size = self.unit();
        let stroke = self.pen(Ink::Ink, 2.5);
        self.sketch.path_at(
            "M0 -10L10 0L0 10L-10 0Z",
            (x, y),
            size,
            Ink::Paper,
            Some(stroke),
        );
    }
}

/// The fruit that stands for a cut of the batches.
pub(super) fn fruit_of(cut: &Cut) -> Fruit {
    if cut.is_blurred() {
        Fruit::Crate
    } else {
        Fruit::of_batch(cut.ordinal)
    }
}
