//! The fourth partition, by the bags: a net with a place for each byte, on the same axis. Without
//! a bag each read is answered, and its answer leaves its record here.

use super::{Stage, messages, pieces::Words, reads};
use crate::{
    Ink, Look, Row, Target,
    heap::Spot,
    motion::{cubic_in, lerp},
    sketch::{area, trace},
    words,
};

/// An answered bag is drawn together and goes down the hatch, ms.
const TIE_MS: f64 = 300.0;

pub(super) fn draw(stage: &mut Stage) {
    if let Some(bag) = stage.policy().bag {
        sack(stage, u64::from(bag));
    }
    contents(stage);
    messages::brackets(stage);
    answered(stage);
    going_down(stage);
}

fn sack(stage: &mut Stage, bag: u64) {
    let layout = stage.layout;
    let first = stage.answered();
    let Some((x, width)) = stage.axis.clip(first, first.saturating_add(bag)) else {
        return;
    };
    let unit = layout.unit;
    let overhang = stage.axis.overhang() + 6.0 * unit;
    let open = stage.axis.x(first.saturating_add(bag)) > layout.right + 1.0;
    let (left, right) = (
        x - overhang,
        if open {
            layout.wall - 6.0 * unit
        } else {
            x + width + overhang
        },
    );
    let (top, bottom) = (layout.bag.top + 7.0 * unit, layout.bag_floor() + 5.0 * unit);
    let outline = outline((left, right), (top, bottom), open, unit);
    stage.sketch.fade(0.62);
    stage.sketch.path(format!("{outline}Z"), Ink::Bag, None);
    stage.sketch.end_fade();
    mesh(stage, (left, right), (top, bottom));
    slots(stage, bag);
    let rim = stage.pen(Ink::Ink, 3.0);
    let brown = rope(stage);
    let rope = stage.pen(brown, 6.0 * unit.sqrt());
    let sketch = &mut stage.sketch;
    sketch.path(outline, None, Some(rim));
    sketch.path(
        trace("M# #H#", &[left - 2.0 * unit, top, right]),
        None,
        Some(rope),
    );
    bow(stage, (left - 3.0 * unit, top), -1.0);
    if !open {
        bow(stage, (right + 3.0 * unit, top), 1.0);
    }
}

/// Wider below its rim, round at the bottom; what is out of view is left open.
fn outline((left, right): (f64, f64), (top, bottom): (f64, f64), open: bool, unit: f64) -> String {
    let (belly, corner) = (9.0 * unit, (bottom - top) * 0.3);
    let mut d = trace(
        "M# #C# # # # # #H#",
        &[
            left,
            top,
            left - belly,
            top + corner * 1.2,
            left - belly,
            bottom,
            left + corner,
            bottom,
            if open { right } else { right - corner },
        ],
    );
    d += &if open {
        trace("V#", &[top])
    } else {
        trace(
            "C# # # # # #",
            &[
                right + belly,
                bottom,
                right + belly,
                top + corner * 1.2,
                right,
                top,
            ],
        )
    };
    d
}

/// A net: what is in it can be seen.
fn mesh(stage: &mut Stage, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
    let height = bottom - top;
    let step = (height / 2.0).max(8.0);
    let mut d = String::new();
    let count = ((right - left - height) / step).floor().clamp(0.0, 80.0) as u32;
    for index in 0..=count {
        let x = left + f64::from(index) * step;
        d += &trace(
            "M# #l# #M# #l# #",
            &[x, top, height, height, x + height, top, -height, height],
        );
    }
    let stroke = stage.pen(Ink::Hair, 1.5);
    stage.sketch.path(d, None, Some(stroke));
}

/// The rope's colour: it is seen on both grounds.
fn rope(stage: &Stage) -> Ink {
    match stage.frame.look {
        Look::Dark => Ink::Straw,
        Look::Light | Look::Projector => Ink::Brown,
    }
}

/// The rope's end, tied.
fn bow(stage: &mut Stage, at: (f64, f64), side: f64) {
    let unit = stage.unit();
    let brown = rope(stage);
    let rope = stage.pen(brown, 3.5 * unit.sqrt());
    let d = if side < 0.0 {
        "M0 0C-8 -16 -24 -14 -18 -4C-14 2 -6 2 0 0C-6 6 -14 14 -12 22M0 0C0 8 -2 16 2 22"
    } else {
        "M0 0C8 -16 24 -14 18 -4C14 2 6 2 0 0C6 6 14 14 12 22M0 0C0 8 2 16 -2 22"
    };
    stage.sketch.path_at(d, at, unit, None, Some(rope));
    stage.sketch.circle(at, 5.0 * unit, brown, None);
}

/// The places that are still empty: what the bag lacks can be counted.
fn slots(stage: &mut Stage, bag: u64) {
    let floor = stage.layout.bag_floor();
    let first = stage.answered();
    let landed = reads::lifted(stage).map_or(stage.read(), |lift| lift.from);
    let size = stage.axis.size;
    let stroke = stage.pen(Ink::Ink2, 1.5);
    let units = stage
        .axis
        .units(landed.max(first), first.saturating_add(bag));
    for offset in units {
        let spot = stage.axis.spot(offset, floor);
        stage.sketch.circle(
            (spot.x, spot.y + size * 0.04),
            size * 0.13,
            None,
            Some(stroke),
        );
    }
}

/// What lies in the bag, and the edges of the reads that brought it.
fn contents(stage: &mut Stage) {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return;
    };
    if !stage.collects() {
        return;
    }
    let layout = stage.layout;
    let floor = layout.bag_floor();
    let first = stage.answered();
    let landed = reads::lifted(stage).map_or(stage.read(), |lift| lift.from);
    stage.heap(connection, (first, landed), |stage, offset| {
        stage.axis.spot(offset, floor)
    });
    stage.floor_hits((first, landed), (layout.bag.top, layout.bag.height));
    let top = layout.bag.top + 5.0;
    for edge in stage.edges(&server.read, first, landed.saturating_add(1)) {
        stage.fence(edge, (floor, top), Ink::Bag, true);
        stage.diamond(edge, top);
    }
}

/// What was answered a moment ago goes down to the way back.
fn going_down(stage: &mut Stage) {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return;
    };
    let layout = stage.layout;
    let floor = if stage.collects() {
        layout.bag_floor()
    } else {
        layout.scoop_floor()
    };
    if let Some(answer) = server.answers.back()
        && !stage.motion.is_reduced()
    {
        let p = stage.motion.progress(answer.moment, 0.0, TIE_MS);
        if p < 1.0 {
            let p = cubic_in(p);
            let hatch = (layout.left, layout.back.middle());
            stage.heap(
                connection,
                (answer.in_from, answer.in_to),
                |stage, offset| {
                    let spot = stage.axis.spot(offset, floor);
                    Spot {
                        x: lerp(spot.x, lerp(spot.x, hatch.0, 0.7), p),
                        y: lerp(spot.y, hatch.1, p),
                        size: lerp(spot.size, 6.0, p),
                    }
                },
            );
        }
    }
}

/// What was answered, as records on the axis.
fn answered(stage: &mut Stage) {
    let Some(server) = stage.server() else {
        return;
    };
    let layout = stage.layout;
    let height = layout.capsule;
    let top = layout.bag.middle() - height / 2.0;
    let has_bag = stage.policy().bag.is_some();
    for cut in server.answered.cuts_within(stage.axis.from, stage.axis.to) {
        let message = stage.connection.zip(stage.message_of(cut).cloned());
        let words = Words {
            // A message's words stand between its marks.
            count: match message {
                Some(_) => String::new(),
                None => words::number(cut.bytes()),
            },
            rest: match message {
                Some(_) => String::new(),
                None => words::answer_is(cut.ordinal, cut.times, has_bag, stage.frame.lang),
            },
            mono: false,
        };
        let stroke = stage.pen(Ink::Ink, 2.0);
        let at = super::streams::record(
            stage,
            (cut, TIE_MS),
            (top, height),
            Ink::Bag,
            stroke,
            &words,
        );
        if let Some(at) = at {
            stage.sketch.hit(
                area(at.x, top, at.w, height),
                Target::Record(cut.moment.seq),
            );
        }
        if let Some((connection, message)) = message {
            messages::marks(stage, connection, &message, (top, height));
        }
        stage.edge_hit(Row::Packed, cut.to, (top, height));
    }
}
