//! What waits in the receive buffer: bytes fall in from the belt, row by row, and sink when those
//! below are taken.

use model::{Connection, Cut, EndState, Ruler};

use super::{Stage, incoming, racks, vessel};
use crate::{
    Ink, Target,
    heap::{Rack, Spot, hits},
    motion::{cubic_in, cubic_out, hump, lerp},
    sketch::{BOLD, EDGE, THIN, area, dashed, fitting, line, text},
    words::{self, Label},
};

/// How long a row falls, ms, and how much later the next one starts.
const FALL_MS: f64 = 300.0;
const ROW_MS: f64 = 40.0;
/// Within a row one fruit goes over the edge after the other.
const COLUMN_MS: f64 = 16.0;
const SETTLE_MS: f64 = 120.0;
/// The pile begins to sink when the lowest rows are on their way.
const SINK_AFTER_MS: f64 = 300.0;
const SINK_MS: f64 = 300.0;

pub(super) fn draw(stage: &mut Stage) {
    vessel::graduation(stage);
    match (stage.connection, stage.server()) {
        (Some(connection), Some(server)) => {
            let (from, to) = (server.read.total.bytes, connection.here_bytes());
            let rack = racks::buffer(stage, from, to);
            contents(stage, connection, server, &rack);
            hits(&mut stage.sketch, connection, &rack, from, to);
            unseen(stage, connection, server, &rack);
            end_of_stream(stage, server, &rack);
        }
        (Some(connection), None) => {
            let to = connection.here_bytes();
            let rack = racks::buffer(stage, 0, to);
            fallen(stage, &connection.early, &rack, to);
            hits(&mut stage.sketch, connection, &rack, 0, to);
            not_accepted(stage, to > 0);
        }
        (None, _) => {}
    }
    vessel::walls(stage);
    vessel::level(stage);
    vessel::crate_size(stage);
}

fn contents(stage: &mut Stage, connection: &Connection, server: &EndState, rack: &Rack) {
    let (from, to) = (server.read.total.bytes, connection.here_bytes());
    let early = connection.early.total.bytes;
    // What was taken away below lets the pile sink.
    let sink = server.read.last().and_then(|cut| {
        let before = racks::buffer(stage, cut.from, to);
        let comparable = before.grain.is_fruit() && rack.grain.is_fruit();
        let p = stage.motion.progress(cut.moment, SINK_AFTER_MS, SINK_MS);
        (comparable && p < 1.0).then_some((before, cubic_out(p)))
    });
    // The last arrivals are still falling; a later row starts later.
    let falling = server
        .arrived
        .cuts()
        .rev()
        // What was known to be here before accept does not fall once more.
        .take_while(|cut| stage.motion.elapsed(cut.moment) < 1200.0 && cut.to > early)
        .last()
        .map_or(to, |cut| cut.from);
    let mut cut = None;
    for offset in rack.units(from, to) {
        let mut spot = rack.spot(offset);
        if let Some((before, p)) = &sink {
            spot = before.spot(offset).between(spot, *p, *p);
        }
        if offset >= falling {
            if cut.is_none_or(|cut: &Cut| cut.to <= offset) {
                cut = server.arrived.cut_at(offset);
            }
            match cut {
                Some(cut) if cut.is_unseen() => continue,
                Some(cut) => spot = fall(stage, rack, cut, offset, spot),
                None => {}
            }
        } else if server.arrived.cut_at(offset).is_some_and(Cut::is_unseen) {
            continue;
        }
        stage.unit(rack.grain, offset, spot);
    }
    landed(stage, server, rack);
}

/// Bytes that have fallen in: those of the last cuts are still on their way down.
fn fallen(stage: &mut Stage, ruler: &Ruler, rack: &Rack, to: u64) {
    for offset in rack.units(0, to) {
        let spot = rack.spot(offset);
        let spot = match ruler.cut_at(offset) {
            Some(cut) if stage.motion.elapsed(cut.moment) < 1200.0 => {
                fall(stage, rack, cut, offset, spot)
            }
            _ => spot,
        };
        stage.unit(rack.grain, offset, spot);
    }
}

/// Over the edge of the belt and down, row by row, with a small settling at the end.
fn fall(stage: &Stage, rack: &Rack, cut: &Cut, offset: u64, to: Spot) -> Spot {
    if stage.motion.is_reduced() {
        return to;
    }
    let plan = stage.plan;
    let row = rack
        .row(offset)
        .saturating_sub(rack.row(cut.from.max(rack.first))) as f64;
    let column = (rack.place(offset) % rack.columns) as f64;
    let delay = row * ROW_MS + column * COLUMN_MS;
    let p = stage.motion.progress(cut.moment, delay, FALL_MS);
    if p >= 1.0 {
        let settle = stage
            .motion
            .progress(cut.moment, delay + FALL_MS, SETTLE_MS);
        let dip = plan.pitch / 17.0;
        return Spot {
            y: to.y + dip * hump(settle),
            ..to
        };
    }
    let inlet = racks::belt(stage, cut.from, cut.to, plan.room);
    let from = if inlet.grain == rack.grain {
        inlet.spot(offset)
    } else {
        // Each crate of the heap comes over the edge in its turn.
        Spot {
            x: plan.front - plan.pitch / 2.0,
            y: plan.in_y - plan.pitch * 0.65,
            size: to.size,
        }
    };
    // Along the belt to its end, clear of the wall, then down.
    const ALONG: f64 = 0.4;
    let edge = Spot {
        x: plan.drop.0,
        // A heap higher than the inlet comes down to pass.
        y: from.y.max(plan.drop.1),
        size: from.size,
    };
    if p < ALONG {
        from.between(edge, p / ALONG, p / ALONG)
    } else {
        let p = (p - ALONG) / (1.0 - ALONG);
        edge.between(to, p, cubic_in(p))
    }
}

/// Without movement, what has just come is outlined.
fn landed(stage: &mut Stage, server: &EndState, rack: &Rack) {
    let Some(cut) = server.arrived.last() else {
        return;
    };
    if !stage.motion.is_reduced() || !stage.motion.is_within(cut.moment, 600.0) {
        return;
    }
    outline(stage, rack, cut.from.max(server.read.total.bytes), cut.to);
}

/// The rows of these bytes, outlined.
pub(super) fn outline(stage: &mut Stage, rack: &Rack, from: u64, to: u64) {
    if from >= to {
        return;
    }
    let vessel = stage.plan.vessel;
    let (low, high) = (rack.row(from) as f64, rack.row(to - 1) as f64);
    let bottom = rack.y + rack.dy / 2.0 - low * rack.dy;
    let top = (rack.y - rack.dy / 2.0 - high * rack.dy).max(vessel.y);
    stage.sketch.rect(
        area(vessel.x + 2.0, top, vessel.w - 4.0, bottom - top),
        4.0,
        None,
        Some(line(Ink::Focus, EDGE)),
    );
}

/// Bytes that passed while records were lost: hatched, with their number, never filled in.
fn unseen(stage: &mut Stage, connection: &Connection, server: &EndState, rack: &Rack) {
    let vessel = stage.plan.vessel;
    let floor = stage.plan.floor();
    let scale = vessel.w / 340.0;
    let title = stage.size.title;
    let (base, top) = (server.read.total.bytes, server.arrived.total.bytes);
    let gaps: Vec<_> = server
        .arrived
        .cuts_within(base, top)
        .filter(|cut| cut.is_unseen())
        .map(|cut| (cut.from.max(base), cut.to))
        .collect();
    for (from, to) in gaps {
        let per_row = rack.grain.bytes() as f64 * rack.columns as f64;
        let height = |offset: u64| {
            (offset.saturating_sub(rack.first) as f64 / per_row * rack.dy).min(vessel.h)
        };
        let (bottom, top) = (floor - height(from), floor - height(to));
        let inset = 4.0 * scale;
        let at = area(
            vessel.x + inset,
            top,
            vessel.w - 2.0 * inset,
            (bottom - top).max(6.0),
        );
        let sketch = &mut stage.sketch;
        sketch.rect(at, 0.0, Ink::Well, None);
        sketch.hatch(at, 17.0 * scale, line(Ink::Hair, 3.0));
        sketch.rect(at, 0.0, None, Some(dashed(Ink::Ink2, 2.0, 4.0, 6.0)));
        let words = words::not_seen(to - from, stage.frame.lang);
        let middle = (vessel.x + vessel.w / 2.0, (top + bottom) / 2.0);
        let (w, h) = (260.0 * scale, title * 1.8);
        let plate = area(middle.0 - w / 2.0, middle.1 - h / 2.0, w, h);
        let size = fitting(&words, title, w - 12.0).max(stage.size.least);
        stage.sketch.rect(plate, 4.0, Ink::Bag, THIN);
        stage.sketch.text(
            text(words, (middle.0, middle.1 + size * 0.36), size)
                .bold()
                .middle()
                .within(w - 8.0),
        );
        let conn = connection.conn;
        stage.sketch.hit(at, Target::Bytes { conn, from, to });
    }
}

/// The board that came last stands on what is still to be read.
fn end_of_stream(stage: &mut Stage, server: &EndState, rack: &Rack) {
    let (Some(seen), None) = (server.shut_by_peer, server.end_of_stream) else {
        return;
    };
    let plan = stage.plan;
    let waiting = server.waiting_bytes();
    let rows = if waiting == 0 {
        0.0
    } else {
        (rack.row(server.arrived.total.bytes - 1) + 1) as f64
    };
    let highest = plan.vessel.y + plan.pitch * 1.8;
    let floor = (plan.floor() - rows * rack.dy).max(highest) - 2.0;
    let p = stage.motion.progress(seen, 0.0, 420.0);
    incoming::end_board(
        stage,
        lerp(
            plan.front + plan.pitch * 0.65,
            plan.vessel.x + plan.vessel.w * 0.8,
            p,
        ),
        lerp(plan.in_y, floor, cubic_in(p)),
    );
}

/// The kernel has the connection, the program does not know of it yet.
fn not_accepted(stage: &mut Stage, holds: bool) {
    let words = [
        stage.label(Label::NotAccepted),
        stage.label(Label::NotAccepted2),
    ];
    let vessel = stage.plan.vessel;
    let scale = vessel.w / 340.0;
    let foot = (vessel.x + vessel.w / 2.0, stage.plan.floor());
    let size = stage.size.title;
    let sketch = &mut stage.sketch;
    if holds {
        // The bytes have its place: the words stand over them.
        let high = size * 3.3;
        let plate = area(vessel.x + 6.0, vessel.y + 4.0, vessel.w - 12.0, high);
        sketch.rect(plate, 6.0, Ink::Bag, THIN);
        for (index, words) in words.into_iter().enumerate() {
            let y = plate.y + size * (1.35 + 1.35 * index as f64);
            let size = fitting(words, size, plate.w - 12.0).max(stage.size.least);
            let words = text(words, (foot.0, y), size).bold().middle();
            sketch.text(words.within(plate.w - 8.0));
        }
        return;
    }
    // A bell on the desk: whoever waits has rung it.
    for (d, ink) in [
        ("M-80 -82H80V-66H-80Z", Ink::Wood),
        ("M-64 -66H-52V-4H-64ZM52 -66H64V-4H52Z", Ink::Wood),
        ("M-30 -86C-30 -126 30 -126 30 -86Z", Ink::Straw),
    ] {
        sketch.path_at(d, foot, scale, ink, THIN);
    }
    sketch.path_at("M-36 -86H36M0 -116V-124", foot, scale, None, BOLD);
    for (index, words) in words.into_iter().enumerate() {
        let y = vessel.y + vessel.h * 0.36 + index as f64 * size * 1.45;
        let size = fitting(words, size, vessel.w - 16.0).max(stage.size.least);
        sketch.text(
            text(words, (foot.0, y), size)
                .bold()
                .middle()
                .within(vessel.w - 12.0),
        );
    }
}
