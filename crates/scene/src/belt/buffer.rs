//! The receive buffer: a vessel with its level. Bytes fall in from the belt and leave through the
//! gate; rows of ten, then a pile, then crates.

use model::{Connection, EndState};
use protocol::Source;

use super::{Stage, incoming, size};
use crate::{
    Ink, Target,
    heap::{Grain, Rack, Spot},
    motion::{cubic_in, cubic_out, lerp},
    sketch::{BOLD, EDGE, THIN, WALL, area, dashed, line, n, text},
    words::{self, Label},
};

/// More crates than this do not stand in the buffer.
pub(super) const CRATES_MAX: u64 = 35;
/// So many fruit are a square of ten by ten.
const SQUARE: u64 = 100;
/// So many are a pile of smaller fruit.
const PILE: u64 = 200;

const LEFT: f64 = 790.0;
const TOP: f64 = 172.0;
const SIDE: f64 = 340.0;
const FLOOR: f64 = TOP + SIDE;

/// How long a row falls, ms, and how much later the next one starts.
const FALL_MS: f64 = 300.0;
const ROW_MS: f64 = 40.0;
/// Within a row one fruit goes over the edge after the other.
const COLUMN_MS: f64 = 16.0;
const SETTLE_MS: f64 = 120.0;
/// The pile begins to sink when the lowest rows are on their way.
const SINK_AFTER_MS: f64 = 300.0;
const SINK_MS: f64 = 300.0;

/// The places for the bytes `from..to`. Rows keep their tens while they are read in part, so that
/// no fruit changes its column.
pub(super) fn rack(stage: &Stage, from: u64, to: u64) -> Rack {
    let tens = from / 10 * 10;
    let places = to.saturating_sub(tens);
    if places <= SQUARE {
        return Rack {
            first: tens,
            grain: Grain::Fruit,
            x: LEFT + 17.0,
            y: FLOOR - 17.0,
            dx: 34.0,
            dy: 34.0,
            shift: 0.0,
            columns: 10,
            size: 32.5,
        };
    }
    match stage.grain(places, PILE) {
        Grain::Fruit => Rack {
            first: tens,
            grain: Grain::Fruit,
            x: LEFT + 15.0,
            y: FLOOR - 14.0,
            dx: 32.4,
            dy: 16.6,
            shift: 16.2,
            columns: 10,
            size: 25.0,
        },
        grain => {
            let columns = 5;
            let pitch = SIDE / columns as f64;
            let (dy, size, lift) = if grain.is_pallet() {
                (60.0, 70.0, 31.0)
            } else {
                // A crate fills 56 by 42 of its box of 64, three units below the middle.
                (SIDE / 7.0, 70.0, 26.5)
            };
            Rack {
                first: from,
                grain,
                x: LEFT + pitch / 2.0,
                y: FLOOR - lift,
                dx: pitch,
                dy,
                shift: 0.0,
                columns,
                size,
            }
        }
    }
}

/// How many bytes a full vessel holds at this scale.
fn capacity(rack: &Rack) -> u64 {
    match rack.grain {
        Grain::Fruit if rack.shift == 0.0 => SQUARE,
        Grain::Fruit => PILE,
        grain => grain
            .bytes()
            .saturating_mul((SIDE / rack.dy).floor() as u64 * rack.columns),
    }
}

pub(super) fn draw(stage: &mut Stage) {
    let (from, to) = stage.server().map_or((0, 0), |end| {
        (end.read.total.bytes, end.arrived.total.bytes)
    });
    let rack = rack(stage, from, to);
    stage
        .sketch
        .rect(area(LEFT, TOP, SIDE, SIDE), 0.0, Ink::Well, None);
    graduation(stage, &rack);
    match (stage.connection, stage.server()) {
        (Some(connection), Some(server)) => {
            contents(stage, server, &rack);
            unseen(stage, connection, server, &rack);
            end_of_stream(stage, server, &rack);
            stage.sketch.hit(
                area(LEFT, TOP, SIDE, SIDE),
                Target::Bytes {
                    conn: connection.conn,
                    from,
                    to,
                },
            );
        }
        (Some(_), None) => not_accepted(stage),
        (None, _) => {}
    }
    vessel(stage);
    level(stage, &rack);
    crate_size(stage, &rack);
}

fn vessel(stage: &mut Stage) {
    let wall = line(Ink::Ink, WALL);
    let sketch = &mut stage.sketch;
    sketch.path("M790 214V512H1130V202", None, Some(wall));
    // The walls end in dots: the limit is memory, not bytes.
    sketch.path(
        "M1130 202V162",
        None,
        Some(dashed(Ink::Ink, EDGE, 2.0, 10.0)),
    );
    // The lip over which recv takes: it reaches to the boundary.
    sketch.path("M1130 510L1262 526", None, Some(wall));
    let words = stage.label(Label::ReceiveBuffer);
    stage.sketch.text(
        text(words, (844.0, 154.0), size::TITLE)
            .bold()
            .within(280.0),
    );
}

fn graduation(stage: &mut Stage, rack: &Rack) {
    let full = capacity(rack);
    for tenth in 1..=10_u32 {
        let y = FLOOR - SIDE * f64::from(tenth) / 10.0;
        let long = tenth % 5 == 0;
        let to = if long { 16.0 } else { 8.0 };
        stage.sketch.path_at(
            if long { "M0 0H16" } else { "M0 0H8" },
            (1135.0, y),
            1.0,
            None,
            Some(line(Ink::Hair, 2.0)),
        );
        if long {
            let bytes = full / 10 * u64::from(tenth);
            stage.sketch.text(
                text(words::number(bytes), (1141.0 + to, y + 7.5), size::BAND)
                    .quiet()
                    .within(100.0),
            );
        }
    }
}

fn contents(stage: &mut Stage, server: &EndState, rack: &Rack) {
    let (from, to) = (server.read.total.bytes, server.arrived.total.bytes);
    // What was taken away below lets the pile sink.
    let sink = server.read.last().and_then(|cut| {
        let before = self::rack(stage, cut.from, to);
        let comparable = before.grain.is_fruit() && rack.grain.is_fruit();
        let p = stage.motion.progress(cut.moment, SINK_AFTER_MS, SINK_MS);
        (comparable && p < 1.0).then_some((before, cubic_out(p)))
    });
    // The last arrivals are still falling; a later row starts later.
    let falling = server
        .arrived
        .cuts()
        .rev()
        .take_while(|cut| stage.motion.elapsed(cut.moment) < 1200.0)
        .last()
        .map_or(to, |cut| cut.from);
    let mut cut = None;
    for offset in rack.units(from, to) {
        let mut spot = rack.spot(offset);
        if let Some((before, p)) = &sink {
            spot = before.spot(offset).between(spot, *p, *p);
        }
        if offset >= falling {
            if cut.is_none_or(|cut: &model::Cut| cut.to <= offset) {
                cut = server.arrived.cut_at(offset);
            }
            match cut {
                Some(cut) if cut.is_unseen() => continue,
                Some(cut) => spot = fall(stage, rack, cut, offset, spot),
                None => {}
            }
        } else if server
            .arrived
            .cut_at(offset)
            .is_some_and(model::Cut::is_unseen)
        {
            continue;
        }
        stage.unit(rack.grain, offset, spot);
    }
    landed(stage, server, rack);
}

/// Over the edge of the belt and down, row by row, with a small settling at the end.
fn fall(stage: &Stage, rack: &Rack, cut: &model::Cut, offset: u64, to: Spot) -> Spot {
    if stage.motion.is_reduced() {
        return to;
    }
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
        return Spot {
            y: to.y + 2.0 * (std::f64::consts::PI * settle).sin(),
            ..to
        };
    }
    let inlet = incoming::formation(stage, cut.from, cut.to, 540.0);
    let from = if inlet.grain == rack.grain {
        inlet.spot(offset)
    } else {
        // Each crate of the heap comes over the edge in its turn.
        Spot {
            x: 700.0,
            y: 190.0,
            size: to.size,
        }
    };
    over_the_edge(from, to, p)
}

/// Along the belt to its end, clear of the wall, then down.
fn over_the_edge(from: Spot, to: Spot, p: f64) -> Spot {
    const ALONG: f64 = 0.4;
    let edge = Spot {
        x: LEFT + 20.0,
        // A heap higher than the opening comes down to pass under the shutter.
        y: from.y.max(138.0),
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
    let from = cut.from.max(server.read.total.bytes);
    if from >= cut.to {
        return;
    }
    let (low, high) = (rack.row(from) as f64, rack.row(cut.to - 1) as f64);
    let bottom = rack.y + rack.dy / 2.0 - low * rack.dy;
    let top = (rack.y - rack.dy / 2.0 - high * rack.dy).max(TOP);
    stage.sketch.rect(
        area(LEFT + 2.0, top, SIDE - 4.0, bottom - top),
        4.0,
        None,
        Some(line(Ink::Focus, EDGE)),
    );
}

/// Bytes that passed while records were lost: hatched, with their number, never filled in.
fn unseen(stage: &mut Stage, connection: &Connection, server: &EndState, rack: &Rack) {
    let (base, top) = (server.read.total.bytes, server.arrived.total.bytes);
    let gaps: Vec<_> = server
        .arrived
        .cuts_within(base, top)
        .filter(|cut| cut.is_unseen())
        .map(|cut| (cut.from.max(base), cut.to))
        .collect();
    for (from, to) in gaps {
        let per_row = rack.grain.bytes() as f64 * rack.columns as f64;
        let height =
            |offset: u64| (offset.saturating_sub(rack.first) as f64 / per_row * rack.dy).min(SIDE);
        let (bottom, top) = (FLOOR - height(from), FLOOR - height(to));
        let at = area(LEFT + 4.0, top, SIDE - 8.0, (bottom - top).max(6.0));
        stage.sketch.rect(at, 0.0, Ink::Well, None);
        stage.sketch.hatch(at, 17.0, line(Ink::Hair, 3.0));
        stage
            .sketch
            .rect(at, 0.0, None, Some(dashed(Ink::Ink2, 2.0, 4.0, 6.0)));
        let words = words::not_seen(to - from, stage.frame.lang);
        let middle = (top + bottom) / 2.0;
        stage
            .sketch
            .rect(area(830.0, middle - 22.0, 260.0, 44.0), 4.0, Ink::Bag, THIN);
        stage.sketch.text(
            text(words, (960.0, middle + 8.0), size::TITLE)
                .bold()
                .middle()
                .within(244.0),
        );
        stage.sketch.hit(
            at,
            Target::Bytes {
                conn: connection.conn,
                from,
                to,
            },
        );
    }
}

/// The board that came last stands on what is still to be read.
fn end_of_stream(stage: &mut Stage, server: &EndState, rack: &Rack) {
    let (Some(seen), None) = (server.shut_by_peer, server.end_of_stream) else {
        return;
    };
    let waiting = server.waiting_bytes();
    let rows = if waiting == 0 {
        0.0
    } else {
        (rack.row(server.arrived.total.bytes - 1) + 1) as f64
    };
    let floor = (FLOOR - rows * rack.dy).max(TOP + 60.0) - 2.0;
    let p = stage.motion.progress(seen, 0.0, 420.0);
    incoming::end_board(
        stage,
        lerp(738.0, 1080.0, p),
        lerp(super::IN_Y, floor, cubic_in(p)),
    );
}

/// The kernel has the connection, the program does not know of it yet.
fn not_accepted(stage: &mut Stage) {
    let words = [
        stage.label(Label::NotAccepted),
        stage.label(Label::NotAccepted2),
    ];
    let sketch = &mut stage.sketch;
    // A bell on the desk: whoever waits has rung it.
    sketch.path("M880 430H1040V446H880Z", Ink::Wood, THIN);
    sketch.path(
        "M896 446H908V508H896ZM1012 446H1024V508H1012Z",
        Ink::Wood,
        THIN,
    );
    sketch.path("M930 426C930 386 990 386 990 426Z", Ink::Straw, THIN);
    sketch.path("M924 426H996M960 396V388", None, BOLD);
    for (index, words) in words.into_iter().enumerate() {
        sketch.text(
            text(words, (960.0, 300.0 + index as f64 * 32.0), size::TITLE)
                .bold()
                .middle()
                .within(320.0),
        );
    }
}

/// The number rides at the level; the knob of its pointer says how it is known.
fn level(stage: &mut Stage, rack: &Rack) {
    let Some(server) = stage.server() else {
        return;
    };
    let waiting = server.waiting_bytes();
    let source = if server.level_is_measured() {
        Source::Measured
    } else {
        Source::Derived
    };
    let share = (waiting as f64 / capacity(rack) as f64).clamp(0.0, 1.0);
    let y = FLOOR - share * SIDE;
    let number = words::number(waiting);
    let size = match number.chars().count() {
        0..=3 => size::NUMBER,
        4..=5 => 40.0,
        6 => 32.0,
        _ => 26.0,
    };
    // Clear of the lip below.
    let centre = y.min(FLOOR - 66.0);
    let sketch = &mut stage.sketch;
    // The graduation's own number gives way.
    let wide = number.chars().count() as f64 * size * 0.6;
    sketch.rect(
        area(1153.0, centre - size * 0.42, wide.min(108.0), size * 0.84),
        0.0,
        Ink::Kernel,
        None,
    );
    sketch.path(
        format!("M1134 {}L1146 {}", n(y), n(centre)),
        None,
        Some(line(Ink::Ink, EDGE)),
    );
    sketch.circle((1146.0, centre), 7.0, Ink::Kernel, None);
    sketch.mark(source, (1146.0, centre), 7.0);
    sketch.text(
        text(number, (1160.0, centre + size * 0.36), size)
            .bold()
            .within(102.0),
    );
}

/// How much one crate is, wherever crates are drawn.
fn crate_size(stage: &mut Stage, rack: &Rack) {
    let Some(connection) = stage.connection else {
        return;
    };
    let belt = connection.on_the_way().unwrap_or(0) > 100;
    let bag = connection
        .policy
        .bag
        .is_some_and(|bag| u64::from(bag) > super::bag::FRUIT_MAX);
    if rack.grain.is_fruit() && !belt && !bag {
        return;
    }
    let words = words::crate_is(Grain::Crate(stage.crate_bytes), stage.frame.lang);
    stage.sketch.text(
        text(words, (960.0, 535.0), size::SMALL)
            .quiet()
            .middle()
            .within(330.0),
    );
}
