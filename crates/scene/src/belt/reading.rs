//! recv: the one thing that crosses the boundary. To the lip, back with what was there, and into
//! the bag.

use model::{Connection, Cut, Moment};

use super::{Stage, buffer, incoming, racks};
use crate::{
    Ink, half,
    heap::{Rack, Spot, hits},
    motion::{ease, hump, lerp, quad_out},
    sketch::{THIN, area, fitting, text},
    words,
};

/// A read, ms: to the lip, rows slide on, back with the tray, row by row into the bag.
const TO_LIP_MS: f64 = 250.0;
const ROW_MS: f64 = 30.0;
const COLUMN_MS: f64 = 7.0;
const SLIDE_MS: f64 = 300.0;
const SCOOP_MS: f64 = 900.0;
const CARRY_MS: f64 = 250.0;
const TIP_MS: f64 = SCOOP_MS + 100.0;
const TIP_ROW_MS: f64 = 25.0;
const TOSS_MS: f64 = 350.0;
const TIPPED_MS: f64 = TIP_MS + 680.0;

/// The last read, while its bytes are not in the bag and not answered.
fn last_read<'a>(stage: &Stage<'a>) -> Option<&'a Cut> {
    let server = stage.server()?;
    let cut = server.read.last()?;
    (!cut.is_unseen() && cut.to > server.answered.total.bytes).then_some(cut)
}

fn has_bag(stage: &Stage) -> bool {
    stage.policy().bag.is_some()
}

/// The bytes on the tray, or on their way to or from it.
pub(super) fn on_tray(stage: &Stage) -> Option<(u64, u64)> {
    let cut = last_read(stage)?;
    let gone = has_bag(stage) && !stage.motion.is_within(cut.moment, TIPPED_MS);
    let answered = stage.server()?.answered.total.bytes;
    // What belongs to no whole message yet stays on the tray.
    let from = match stage.policy().framing {
        Some(_) => answered,
        None => cut.from.max(answered),
    };
    (!gone).then_some((from, cut.to))
}

/// What recv asked for while its bytes are on the tray, otherwise what the next one will ask for.
/// It asks for less than BUFSIZE where the bag lacks less.
pub(super) fn asked(stage: &Stage) -> u64 {
    if let (Some(cut), Some(_)) = (last_read(stage), on_tray(stage))
        && !cut.is_blurred()
    {
        return cut.asked;
    }
    stage
        .connection
        .map_or_else(|| stage.policy().asks_bytes(0), Connection::next_asks_bytes)
}

/// What a read is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Taking,
    Tipping,
}

/// What the last read is doing, if anything.
pub(super) fn phase(stage: &Stage) -> Option<Phase> {
    let moment = last_read(stage)?.moment;
    if stage.motion.is_within(moment, SCOOP_MS) {
        Some(Phase::Taking)
    } else if has_bag(stage) && stage.motion.is_within(moment, TIPPED_MS) {
        Some(Phase::Tipping)
    } else {
        None
    }
}

/// Where the worker stands, and how high the tray is held above its place.
pub(super) fn stance(stage: &Stage) -> (f64, f64) {
    let plan = stage.plan;
    let motion = &stage.motion;
    let Some(Cut { moment, .. }) = last_read(stage).filter(|_| !motion.is_reduced()) else {
        return (plan.home, 0.0);
    };
    let moment: Moment = *moment;
    let to_lip = ease(motion.progress(moment, 0.0, TO_LIP_MS));
    let back = ease(motion.progress(moment, SCOOP_MS - 50.0, CARRY_MS));
    let at_lip = lerp(plan.home, plan.lip, to_lip);
    if !has_bag(stage) {
        return (lerp(at_lip, plan.home, back), 0.0);
    }
    let home = ease(motion.progress(moment, TIPPED_MS - 100.0, 250.0));
    let x = lerp(lerp(at_lip, plan.bagside, back), plan.home, home);
    // The tray is heaved while it is tipped.
    let heave = motion.progress(moment, TIP_MS - 100.0, TIPPED_MS - TIP_MS);
    let lift = plan.tray_height * 0.35 * hump(heave);
    (x, lift.max(0.0))
}

/// The gate in the buffer's wall is away while a read takes: 0 shut, 1 open.
pub(super) fn gate_opening(stage: &Stage) -> f64 {
    let Some(cut) = stage.server().and_then(|end| end.read.last()) else {
        return 0.0;
    };
    let motion = &stage.motion;
    if !motion.is_within(cut.moment, SCOOP_MS + 180.0) {
        return 0.0;
    }
    motion.progress(cut.moment, 0.0, 180.0) - motion.progress(cut.moment, SCOOP_MS, 180.0)
}

pub(super) fn draw(stage: &mut Stage) {
    if let Some((from, to)) = on_tray(stage) {
        load(stage, from, to);
    }
    end_on_tray(stage);
}

/// What was read: from the buffer over the lip onto the tray, and on in an arc into the bag.
fn load(stage: &mut Stage, from: u64, to: u64) {
    let (Some(cut), Some(connection), Some(server)) =
        (last_read(stage), stage.connection, stage.server())
    else {
        return;
    };
    let (x, lift) = stance(stage);
    let mut tray = racks::tray(stage, from, to, x);
    tray.y -= lift;
    // Where they stood, among all that waited then.
    let source = racks::buffer(stage, cut.from, server.arrived.total.bytes);
    let bag = connection.policy.bag.map(|capacity| {
        let first = server.answered.total.bytes;
        racks::bag(stage, first, u64::from(capacity))
    });
    let highest = tray.row(to.saturating_sub(1).max(from));
    for offset in tray.units(from, to) {
        let row = source.row(offset).min(12) as f64;
        // Nearest to the gate first.
        let column = source.place(offset) % source.columns;
        let column = if stage.plan.is_wide() {
            source.columns - 1 - column
        } else {
            column
        } as f64;
        let delay = match stage.motion.is_reduced() {
            // As a step, all at once and when the pile has sunk.
            true => SCOOP_MS - 2.0 * SLIDE_MS,
            false => TO_LIP_MS + row * ROW_MS + column * COLUMN_MS,
        };
        let p = stage.motion.progress(cut.moment, delay, SLIDE_MS);
        let mut spot = tray.spot(offset);
        if p < 1.0 && offset >= cut.from {
            let begin = sized(source.spot(offset), &source, &tray);
            spot = over_the_lip(stage, begin, spot, p);
        }
        if let Some(bag) = &bag {
            // The upper rows go first.
            let row = highest.saturating_sub(tray.row(offset)).min(10) as f64;
            let column = (tray.columns - 1 - tray.place(offset) % tray.columns) as f64;
            let delay = match stage.motion.is_reduced() {
                true => TIPPED_MS - TOSS_MS,
                false => TIP_MS + row * TIP_ROW_MS + column * COLUMN_MS,
            };
            let p = stage.motion.progress(cut.moment, delay, TOSS_MS);
            if p > 0.0 {
                let end = sized(bag.spot(offset), bag, &tray);
                spot = toss(stage, spot, end, p);
            }
        }
        stage.unit(tray.grain, offset, spot);
    }
    if phase(stage).is_none() {
        hits(&mut stage.sketch, connection, &tray, from, to);
        let size = stage.size.title;
        let aside = stage.plan.tray_width(stage.bufsize()) / 2.0;
        for (edge, side) in [(from, -aside), (to, aside)] {
            let at = (x + side, stage.plan.tray_y - lift - size);
            half::tag(&mut stage.sketch, connection, edge, at, size);
        }
    }
    if stage.motion.is_reduced() && stage.motion.is_within(cut.moment, SCOOP_MS - SLIDE_MS) {
        // As a step: first it is shown what will be taken.
        buffer::outline(stage, &source, cut.from, cut.to);
    }
    if !tray.grain.is_fruit() {
        let size = stage.size.title;
        let number = words::number(to - from);
        let top = tray.y - (highest as f64 + 0.5) * tray.dy - size * 0.3;
        let (w, h) = (size * 5.6, size * 1.55);
        let size = fitting(&number, size, w - 8.0).max(stage.size.least);
        let plate = area(x - w / 2.0, top - h, w, h);
        stage.sketch.rect(plate, 6.0, Ink::Bag, THIN);
        stage.sketch.text(
            text(number, (x, top - h / 2.0 + size * 0.36), size)
                .bold()
                .middle()
                .within(w - 8.0),
        );
    }
}

/// A spot of a heap whose sprites stand for something else than those that move: they come out of
/// it, or go into it, in their own size.
fn sized(spot: Spot, heap: &Rack, moving: &Rack) -> Spot {
    let size = if heap.grain == moving.grain {
        spot.size
    } else {
        moving.size
    };
    Spot { size, ..spot }
}

/// Down through the gate, along the lip, onto the tray.
fn over_the_lip(stage: &Stage, from: Spot, to: Spot, p: f64) -> Spot {
    const THROUGH: f64 = 0.45;
    let (x, y) = stage.plan.gate;
    let size = lerp(from.size, to.size, 0.4);
    let gate = Spot { x, y, size };
    if p < THROUGH {
        let p = p / THROUGH;
        from.between(gate, ease(p), p)
    } else {
        let p = (p - THROUGH) / (1.0 - THROUGH);
        gate.between(to, p, quad_out(p))
    }
}

/// In an arc over the bag's rim; where the bag stands beside the worker, from the tray's end.
fn toss(stage: &Stage, from: Spot, to: Spot, p: f64) -> Spot {
    const ALONG: f64 = 0.35;
    let plan = stage.plan;
    let (begin, p) = if plan.is_wide() {
        let edge = Spot {
            x: stance(stage).0 + plan.tray_width(stage.bufsize()) / 2.0 - 8.0,
            y: plan.tray_y - 14.0,
            size: from.size,
        };
        if p < ALONG {
            return from.between(edge, p / ALONG, p / ALONG);
        }
        (edge, (p - ALONG) / (1.0 - ALONG))
    } else {
        (from, p)
    };
    let p = quad_out(p);
    let spot = begin.between(to, p, p);
    let height = ((begin.y + to.y) / 2.0 - plan.rim).max(0.0);
    Spot {
        y: spot.y - height * 4.0 * p * (1.0 - p),
        ..spot
    }
}

/// recv returned 0: the board lies on the tray.
fn end_on_tray(stage: &mut Stage) {
    let Some(end) = stage.server().and_then(|end| end.end_of_stream) else {
        return;
    };
    let plan = stage.plan;
    let (x, _) = stance(stage);
    let p = ease(stage.motion.progress(end, 0.0, SCOOP_MS));
    let from = (plan.vessel.x + plan.vessel.w * 0.8, plan.floor() - 2.0);
    let arc = plan.pitch * 1.2 * 4.0 * p * (1.0 - p);
    incoming::end_board(
        stage,
        lerp(from.0, x, p),
        lerp(from.1, plan.tray_y - 2.0, p) - arc,
    );
}
