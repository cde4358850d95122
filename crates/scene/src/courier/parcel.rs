//! A parcel: one datagram, whole, with its length on it and its number above.

use crate::{
    Fruit, Ink,
    sketch::{Area, Sketch, THIN, area, dashed, line, text},
    words,
};

use super::plan::Plan;

/// What a parcel shows.
#[derive(Clone, Copy)]
pub(super) struct Parcel {
    /// By the sender's count, if it is known.
    pub number: Option<u64>,
    /// How long.
    pub bytes: u64,
    /// How many datagrams it stands for.
    pub times: u32,
    /// It has the server's time stamp on it.
    pub stamped: bool,
}

impl Parcel {
    fn inks(&self) -> (Ink, Ink) {
        match self.number {
            Some(number) if self.times == 1 => {
                let fruit = Fruit::of_batch(number);
                (Ink::Tint(fruit), Ink::Outline(fruit))
            }
            _ => (Ink::Wood, Ink::Ink),
        }
    }

    /// What stands on it.
    fn label(&self) -> String {
        match self.times {
            1 => words::number(self.bytes),
            times => words::times(u64::from(times)),
        }
    }

    /// Draws it with the middle of its lower edge there: of its bytes, those `from..to`. Its area.
    pub fn part(
        &self,
        sketch: &mut Sketch,
        plan: &Plan,
        (x, y): (f64, f64),
        (from, to): (u64, u64),
    ) -> Area {
        let wide = plan.parcel(self.bytes.max(1));
        let share = |bytes: u64| match self.bytes {
            0 => 1.0,
            all => bytes as f64 / all as f64,
        };
        let left = x - wide / 2.0 + wide * if from == 0 { 0.0 } else { share(from) };
        let right = x - wide / 2.0 + wide * share(to);
        let high = plan.high();
        let at = area(left, y - high, (right - left).max(3.0 * plan.size), high);
        let (fill, edge) = self.inks();
        let is_rest = from > 0;
        let stroke = match is_rest {
            true => dashed(Ink::Bad, 2.0, 5.0, 4.0),
            false => line(edge, 2.5),
        };
        sketch.rect(at, 4.0 * plan.size, fill, Some(stroke));
        let size = plan.words.1 * 0.92;
        if !is_rest {
            let middle = (at.x + at.w / 2.0, at.y + high / 2.0 + size * 0.36);
            let label = match to == self.bytes {
                true => self.label(),
                false => words::number(to),
            };
            let label = text(label, middle, size).bold().middle();
            sketch.text(label.within(at.w.max(20.0 * plan.size) - 3.0 * plan.size));
        }
        at
    }

    /// Draws the whole of it.
    pub fn draw(&self, sketch: &mut Sketch, plan: &Plan, (x, y): (f64, f64)) {
        let at = self.part(sketch, plan, (x, y), (0, self.bytes));
        let small = plan.words.2 * 0.84;
        if let Some(number) = self.number {
            let name = ["#", &words::number(number)].concat();
            let at = (x, at.y - 5.0 * plan.size);
            sketch.text(text(name, at, small).quiet().middle());
        }
        if self.stamped {
            let clock = (at.x + at.w, at.y);
            let r = 11.0 * plan.size;
            sketch.circle(clock, r, Ink::Bag, THIN);
            let hands = crate::sketch::trace(
                "M# #L# #L# #",
                &[
                    clock.0,
                    clock.1 - r * 0.62,
                    clock.0,
                    clock.1,
                    clock.0 + r * 0.5,
                    clock.1,
                ],
            );
            sketch.path(hands, None, Some(line(Ink::Ink, 2.0)));
        }
    }
}
