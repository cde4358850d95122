//! The fourth partition, by the bags: a net with a place for each byte, on the same axis. Without
//! a bag each read is answered, and its answer leaves its record here.

use super::{Stage, pieces::Words, reads};
use crate::{
    Ink, Row, Target,
    heap::Spot,
    motion::{cubic_in, lerp},
    sketch::{area, n},
    words,
};

/// An answered bag is drawn together and goes down the hatch, ms.
const TIE_MS: f64 = 300.0;

pub(super) fn draw(stage: &mut Stage) {
    if let Some(bag) = stage.policy().bag {
        sack(stage, u64::from(bag));
    }
    contents(stage);
    answered(stage);
}

fn sack(stage: &mut Stage, bag: u64) {
    let layout = stage.layout;
    let first = stage.answered();
    let Some((x, width)) = stage.axis.clip(first, first.saturating_add(bag)) else {
        return;
    };
    let unit = if layout.is_upright() { 0.55 } else { 1.0 };
    let overhang = stage.axis.overhang() + 5.0 * unit;
    let (left, right) = (x - overhang, x + width + overhang);
    let open = stage.axis.x(first.saturating_add(bag)) > layout.right + 1.0;
    let right = if open {
        layout.wall - 6.0 * unit
    } else {
        right
    };
    let (top, bottom) = (layout.bag.top + 6.0 * unit, layout.bag_floor() + 5.0 * unit);
    let corner = (bottom - top) * 0.36;
    // Hanging from its rim, round below; what is out of view is left open.
    let mut d = format!(
        "M{} {}C{} {} {} {} {} {}H{}",
        n(left),
        n(top),
        n(left - 5.0 * unit),
        n(bottom - corner),
        n(left),
        n(bottom),
        n(left + corner),
        n(bottom),
        n(if open { right } else { right - corner })
    );
    if !open {
        d += &format!(
            "C{} {} {} {} {} {}",
            n(right),
            n(bottom),
            n(right + 5.0 * unit),
            n(bottom - corner),
            n(right),
            n(top)
        );
    }
    let closed = if open {
        format!("{d}V{}Z", n(top))
    } else {
        format!("{d}Z")
    };
    stage.sketch.fade(0.62);
    stage.sketch.path(closed, Ink::Bag, None);
    stage.sketch.end_fade();
    slots(stage, bag);
    let rim = stage.pen(Ink::Ink, 3.5);
    let rope = stage.pen(Ink::Ink, 6.0);
    let sketch = &mut stage.sketch;
    sketch.path(d, None, Some(rim));
    sketch.path(
        format!(
            "M{} {}H{}",
            n(left - 6.0 * unit),
            n(top),
            n(right + if open { 0.0 } else { 6.0 * unit })
        ),
        None,
        Some(rope),
    );
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
    if connection.policy.bag.is_none() {
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
    // What was answered a moment ago goes down to the way back.
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
    let view = stage.axis.view;
    let has_bag = stage.policy().bag.is_some();
    for cut in server.answered.cuts_within(view.first, view.end()) {
        let words = Words {
            count: words::number(cut.bytes()),
            rest: words::answer_is(cut.ordinal, cut.times, has_bag, stage.frame.lang),
            mono: false,
        };
        let stroke = stage.pen(Ink::Ink, 2.0);
        let at = super::streams::record(stage, cut, (top, height), Ink::Bag, stroke, &words);
        if let Some(at) = at {
            stage.sketch.hit(
                area(at.x, top, at.w, height),
                Target::Record(cut.moment.seq),
            );
        }
        stage.edge_hit(Row::Packed, cut.to, (top, height));
    }
}
