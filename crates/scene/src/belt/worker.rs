//! The server's program: a worker with a tray of BUFSIZE. recv is the one thing that crosses the
//! boundary: to the lip, back with what was there, and into the bag.

use model::Cut;
use protocol::ReadWhen;

use super::{OUT_Y, Stage, bag, buffer, incoming, size};
use crate::{
    Ink,
    heap::{Grain, Rack, Spot},
    motion::{ease, lerp, quad_out},
    sketch::{BOLD, DRAWING, THIN, area, line, n, text},
    words,
};

/// More crates than this do not stand on the tray.
pub(super) const CRATES_MAX: u64 = 12;
const FRUIT_MAX: u64 = 100;

/// Where the worker stands: at rest, at the lip, at the bag.
const HOME: f64 = 1462.0;
const LIP: f64 = 1400.0;
const BAGSIDE: f64 = 1496.0;
/// The upper edge of the tray.
const TRAY_Y: f64 = 498.0;
const TRAY_HEIGHT: f64 = 50.0;
/// The figure is drawn larger than life, so that a tray of a hundred leaves the face free.
const SCALE: f64 = 1.2;

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
const TIPPED_MS: f64 = TIP_MS + 600.0;

/// The last read, while its bytes are not in the bag and not answered.
fn last_read<'a>(stage: &Stage<'a>) -> Option<&'a Cut> {
    let server = stage.server()?;
    let cut = server.read.last()?;
    (!cut.is_unseen() && cut.to > server.answered.total.bytes).then_some(cut)
}

fn has_bag(stage: &Stage) -> bool {
    stage
        .connection
        .is_some_and(|connection| connection.policy.bag.is_some())
}

/// The bytes on the tray, or on their way to or from it.
pub(super) fn on_tray(stage: &Stage) -> Option<(u64, u64)> {
    let cut = last_read(stage)?;
    let gone = has_bag(stage) && !stage.motion.is_within(cut.moment, TIPPED_MS);
    let answered = stage.server()?.answered.total.bytes;
    (!gone).then_some((cut.from.max(answered), cut.to))
}

/// How wide a tray for so many bytes is: 120 for 1, 244 for 1024, 300 for 65 536.
fn tray_width(bufsize: u32) -> f64 {
    let log = f64::from(bufsize.max(1)).log2();
    if log <= 10.0 {
        120.0 + 12.4 * log
    } else {
        244.0 + (log - 10.0).min(6.0) * 56.0 / 6.0
    }
}

fn bufsize(stage: &Stage) -> u32 {
    stage
        .connection
        .map_or(stage.frame.state.policy.bufsize, |connection| {
            connection.policy.bufsize
        })
}

/// Where the worker stands, by what was read last.
fn position(stage: &Stage) -> f64 {
    let Some(cut) = last_read(stage) else {
        return HOME;
    };
    let motion = &stage.motion;
    if motion.is_reduced() {
        return HOME;
    }
    let to_lip = ease(motion.progress(cut.moment, 0.0, TO_LIP_MS));
    let back = ease(motion.progress(cut.moment, SCOOP_MS - 50.0, CARRY_MS));
    let at_lip = lerp(HOME, LIP, to_lip);
    if has_bag(stage) {
        let home = ease(motion.progress(cut.moment, TIPPED_MS - 100.0, 250.0));
        lerp(lerp(at_lip, BAGSIDE, back), HOME, home)
    } else {
        lerp(at_lip, HOME, back)
    }
}

/// The gate in the buffer's wall is away while a read takes.
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

/// The places on the tray for the bytes `from..to`.
fn tray_rack(stage: &Stage, from: u64, to: u64, x: f64) -> Rack {
    let bytes = to.saturating_sub(from);
    let inner = tray_width(bufsize(stage)) - 30.0;
    match stage.grain(bytes, FRUIT_MAX) {
        Grain::Fruit => {
            let columns = bytes.clamp(1, 10);
            let rows = bytes.div_ceil(10).max(1) as f64;
            let pitch = (inner / columns as f64).min(150.0 / rows).min(24.0);
            Rack {
                first: from,
                grain: Grain::Fruit,
                x: x - (columns - 1) as f64 / 2.0 * pitch,
                y: TRAY_Y - pitch / 2.0,
                dx: pitch,
                dy: pitch,
                shift: 0.0,
                columns,
                size: pitch - 1.5,
            }
        }
        grain => {
            let pitch = (inner / 4.0).min(46.0);
            Rack {
                first: from,
                grain,
                x: x - 1.5 * pitch,
                y: TRAY_Y - pitch * 0.4,
                dx: pitch,
                dy: pitch * 0.74,
                shift: 0.0,
                columns: 4,
                size: pitch * 1.1,
            }
        }
    }
}

pub(super) fn draw(stage: &mut Stage) {
    let x = position(stage);
    figure(stage, x);
    if let Some((from, to)) = on_tray(stage) {
        load(stage, from, to, x);
    }
    tray(stage, x);
    end_on_tray(stage, x);
}

/// Coat, apron, straw hat. The eyes are where something happens, and blink while it does.
fn figure(stage: &mut Stage, x: f64) {
    let (glance, drop) = glance(stage);
    let blink = stage.motion.is_moving() && stage.motion.millis() % 2600.0 < 130.0;
    let held = held(stage);
    let sad = stage
        .connection
        .is_some_and(|connection| connection.reset().is_some());
    let half = tray_width(bufsize(stage)) / 2.0;
    let sketch = &mut stage.sketch;
    let at = (x, OUT_Y - 1.0);
    sketch.path_at(
        "M-62 0L-54 -178Q-52 -214 -22 -220H22Q52 -214 54 -178L62 0Z",
        at,
        SCALE,
        Ink::Coat,
        THIN,
    );
    sketch.path_at("M-44 0L-32 -160H32L44 0Z", at, SCALE, Ink::Apron, THIN);
    sketch.path_at(
        "M-32 -160L-20 -218M32 -160L20 -218M-20 -92H20V-58Q0 -50 -20 -58Z",
        at,
        SCALE,
        None,
        THIN,
    );
    sketch.path_at(
        "M-12 -250V-220Q0 -208 12 -220V-250Z",
        at,
        SCALE,
        Ink::Skin,
        THIN,
    );
    let head = (x + glance, at.1 + drop);
    sketch.circle(
        (head.0, head.1 - 268.0 * SCALE),
        32.0 * SCALE,
        Ink::Skin,
        THIN,
    );
    for side in [-11.0, 11.0] {
        let eye = (
            head.0 + side * SCALE + glance * 1.2,
            head.1 - 264.0 * SCALE + drop,
        );
        if blink {
            sketch.path_at(
                "M-5 0Q0 3 5 0",
                eye,
                1.0,
                None,
                Some(line(Ink::Eye, DRAWING)),
            );
        } else {
            sketch.circle(eye, 3.9, Ink::Eye, None);
        }
    }
    let mouth = if sad {
        "M-6 -247Q0 -251 6 -247"
    } else if held {
        "M-6 -249H6"
    } else {
        "M-7 -251Q0 -245 7 -251"
    };
    sketch.path_at(
        mouth,
        (head.0 + glance * 0.8, head.1),
        SCALE,
        None,
        Some(line(Ink::Eye, DRAWING)),
    );
    sketch.path_at(
        "M-35 -284C-34 -334 34 -334 35 -284Z",
        head,
        SCALE,
        Ink::Straw,
        THIN,
    );
    sketch.path_at(
        "M-35.5 -296Q0 -290 35.5 -296L36 -282H-36Z",
        head,
        SCALE,
        Ink::Coat,
        THIN,
    );
    sketch.path_at(
        "M-66 -277Q0 -302 66 -277Q0 -264 -66 -277Z",
        head,
        SCALE,
        Ink::Straw,
        THIN,
    );
    for side in [-1.0, 1.0] {
        let shoulder = (x + side * 56.0, 378.0);
        let hand = (x + side * (half - 3.0), TRAY_Y + 6.0);
        let arm = format!(
            "M{} {}C{} {} {} {} {} {}",
            n(shoulder.0),
            n(shoulder.1),
            n(shoulder.0 + side * 42.0),
            n(shoulder.1 + 22.0),
            n(hand.0 - side * 18.0),
            n(hand.1 - 44.0),
            n(hand.0),
            n(hand.1)
        );
        sketch.path(arm.clone(), None, Some(line(Ink::Ink, 29.0)));
        sketch.path(arm, None, Some(line(Ink::Coat, 25.0)));
    }
}

/// Where the worker looks: across and down, a few units.
fn glance(stage: &Stage) -> (f64, f64) {
    let Some(server) = stage.server() else {
        return (0.0, 0.0);
    };
    let within = |moment: Option<model::Moment>, millis: f64| {
        moment.is_some_and(|moment| stage.motion.is_within(moment, millis))
    };
    let last = |ruler: &model::Ruler| ruler.last().map(|cut| cut.moment);
    if stage.motion.is_reduced() {
        (0.0, 0.0)
    } else if within(last(&server.read), SCOOP_MS) {
        (-5.0, 2.0)
    } else if within(last(&server.read), TIPPED_MS) && has_bag(stage) {
        (5.0, 0.0)
    } else if within(last(&server.wrote), 1400.0) {
        (-4.0, 3.0)
    } else if within(server.answers.back().map(|answer| answer.moment), 760.0) {
        (5.0, 2.0)
    } else if within(last(&server.arrived), 900.0) {
        (-5.0, -1.0)
    } else {
        (0.0, 0.0)
    }
}

fn held(stage: &Stage) -> bool {
    stage
        .connection
        .map_or(stage.frame.state.policy, |connection| connection.policy)
        .read_when
        == ReadWhen::Held
}

fn tray(stage: &mut Stage, x: f64) {
    let bufsize = bufsize(stage);
    let width = tray_width(bufsize);
    let half = width / 2.0;
    let sketch = &mut stage.sketch;
    sketch.path_at(
        format!(
            "M{} 0L{} {TRAY_HEIGHT}H{}L{} 0Z",
            n(-half),
            n(12.0 - half),
            n(half - 12.0),
            n(half)
        ),
        (x, TRAY_Y),
        1.0,
        Ink::Wood,
        BOLD,
    );
    sketch.path_at(
        format!("M{} 0H{}", n(-half - 5.0), n(half + 5.0)),
        (x, TRAY_Y),
        1.0,
        None,
        BOLD,
    );
    for side in [-1.0, 1.0] {
        sketch.circle(
            (x + side * (half - 3.0), TRAY_Y + 15.0),
            14.0,
            Ink::Skin,
            THIN,
        );
    }
    sketch.text(
        text(words::recv(bufsize), (x, TRAY_Y + 36.0), size::CAPTION)
            .bold()
            .mono()
            .middle()
            .within(width - 46.0),
    );
}

/// What was read: from the buffer over the lip onto the tray, and on in an arc into the bag.
fn load(stage: &mut Stage, from: u64, to: u64, x: f64) {
    let Some(cut) = last_read(stage) else {
        return;
    };
    let tray = tray_rack(stage, from, to, x);
    let source = buffer::rack(stage, cut.from, cut.to);
    let server = stage.server();
    let bag = stage
        .connection
        .and_then(|connection| connection.policy.bag)
        .map(|capacity| {
            let first = server.map_or(from, |end| end.answered.total.bytes);
            bag::rack(stage, first, u64::from(capacity))
        });
    let highest = tray.row(to.saturating_sub(1).max(from));
    for offset in tray.units(from, to) {
        let row = source.row(offset).min(12) as f64;
        let column = 9.0 - (source.place(offset) % source.columns) as f64;
        let delay = TO_LIP_MS + row * ROW_MS + column.max(0.0) * COLUMN_MS;
        let p = stage.motion.progress(cut.moment, delay, SLIDE_MS);
        let mut spot = tray.spot(offset);
        if p < 1.0 {
            spot = over_the_lip(source.spot(offset), spot, p);
        }
        if let Some(bag) = &bag {
            // The upper rows go first.
            let row = highest.saturating_sub(tray.row(offset)).min(10) as f64;
            let p = stage
                .motion
                .progress(cut.moment, TIP_MS + row * TIP_ROW_MS, TOSS_MS);
            spot = toss(spot, bag.spot(offset), quad_out(p));
        }
        stage.unit(tray.grain, offset, spot);
    }
    if !tray.grain.is_fruit() {
        let top = tray.y - (highest as f64 + 0.5) * tray.dy;
        stage
            .sketch
            .rect(area(x - 62.0, top - 40.0, 124.0, 34.0), 6.0, Ink::Bag, THIN);
        stage.sketch.text(
            text(words::number(to - from), (x, top - 15.0), size::TITLE)
                .bold()
                .middle()
                .within(112.0),
        );
    }
}

/// Down through the gate, along the lip, onto the tray.
fn over_the_lip(from: Spot, to: Spot, p: f64) -> Spot {
    let gate = Spot {
        x: 1150.0,
        y: 494.0,
        size: lerp(from.size, to.size, 0.4),
    };
    if p < 0.45 {
        let p = p / 0.45;
        from.between(gate, ease(p), p)
    } else {
        let p = (p - 0.45) / 0.55;
        gate.between(to, p, quad_out(p))
    }
}

/// In an arc, over the bag's rim.
fn toss(from: Spot, to: Spot, p: f64) -> Spot {
    let arc = 4.0 * p * (1.0 - p);
    let spot = from.between(to, p, p);
    Spot {
        y: spot.y - 230.0 * arc,
        ..spot
    }
}

/// recv returned 0: the board lies on the tray.
fn end_on_tray(stage: &mut Stage, x: f64) {
    let Some(end) = stage.server().and_then(|end| end.end_of_stream) else {
        return;
    };
    let p = stage.motion.progress(end, 0.0, SCOOP_MS);
    let p = ease(p);
    incoming::end_board(
        stage,
        lerp(1080.0, x, p),
        lerp(510.0, TRAY_Y - 2.0, p) - 40.0 * 4.0 * p * (1.0 - p),
    );
}

/// Where the fruit on the tray lie now; for what is tied up from there.
pub(super) fn tray_spot(stage: &Stage, from: u64, to: u64, offset: u64) -> Spot {
    tray_rack(stage, from, to, HOME).spot(offset)
}
