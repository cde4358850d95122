//! Bytes between the two kernels: sent, and not yet seen to arrive. Only our own client tells us
//! what it sends; with any other the belt shows arrivals, for the time of their fall.

use model::{Connection, Cut};
use protocol::Source;

use super::{IN_Y, Stage, size};
use crate::{
    Ink, Target,
    heap::{Grain, Rack, Spot},
    motion::{ease, lerp},
    sketch::{BOLD, THIN, area, dashed, run, runs, text},
    words::{self, Label},
};

/// More crates than this do not stand on the belt.
pub(super) const CRATES_MAX: u64 = 12;
/// The belt moves so far while a batch rides; the chevrons' spacing divides it.
const RIDE: f64 = 534.0;
/// How long a ride takes, ms.
const RIDE_MS: f64 = 900.0;
/// The middle of the fruit that stands nearest to the inlet.
const FRONT: f64 = 699.0;
/// Fruit come into sight here, at the seller's hand.
const HAND: f64 = 166.0;
/// Batches of up to this many bytes ride as fruit.
const FRUIT_MAX: u64 = 100;
/// Room for all batches on the belt, and between two.
const ROOM: f64 = 540.0;
const GAP: f64 = 14.0;
/// How high a heap on the belt may be.
const HEIGHT: f64 = 170.0;

/// A batch on the belt.
struct Batch<'a> {
    cut: &'a Cut,
    /// Its bytes that have not arrived.
    from: u64,
    to: u64,
    rack: Rack,
}

/// Places for the bytes `from..to` in front of the inlet, the earliest nearest to it.
pub(super) fn formation(stage: &Stage, first: u64, to: u64, room: f64) -> Rack {
    let bytes = to.saturating_sub(first);
    match stage.grain(bytes, FRUIT_MAX) {
        Grain::Fruit => {
            let rows = bytes.div_ceil(10).max(1) as f64;
            let pitch = (HEIGHT / rows).min(room / 10.0).clamp(4.0, 34.0);
            Rack {
                first,
                grain: Grain::Fruit,
                x: FRONT + 17.0 - pitch / 2.0,
                y: IN_Y - pitch / 2.0,
                dx: -pitch,
                dy: pitch,
                shift: 0.0,
                columns: 10,
                size: pitch - 1.5,
            }
        }
        grain => Rack {
            first,
            grain,
            x: FRONT - 12.0,
            y: IN_Y - 20.0,
            dx: -60.0,
            dy: 45.0,
            shift: 0.0,
            columns: 4,
            size: 66.0,
        },
    }
}

fn width(rack: &Rack, bytes: u64) -> f64 {
    rack.grain.count(bytes).min(rack.columns) as f64 * rack.dx.abs()
}

/// The batches on the belt, from the inlet backwards.
fn batches<'a>(stage: &Stage, connection: &'a Connection) -> Vec<Batch<'a>> {
    let Some(client) = &connection.client else {
        return Vec::new();
    };
    let arrived = connection
        .server
        .as_ref()
        .map_or(0, |end| end.arrived.total.bytes);
    let sent = client.wrote.total.bytes;
    let waiting: Vec<&Cut> = client
        .wrote
        .cuts_within(arrived, sent)
        .filter(|cut| cut.to > arrived)
        .collect();
    let all = waiting.len().max(1) as f64;
    let room = ((ROOM - GAP * (all - 1.0)) / all).max(40.0);
    waiting
        .into_iter()
        .take(CRATES_MAX as usize)
        .map(|cut| {
            let from = cut.from.max(arrived);
            // What is left of a batch keeps its columns.
            let first = cut.from + (from - cut.from) / 10 * 10;
            let first = if cut.to - first > FRUIT_MAX {
                from
            } else {
                first
            };
            Batch {
                cut,
                from,
                to: cut.to,
                rack: formation(stage, first, cut.to, room),
            }
        })
        .collect()
}

/// How far the belt has moved, for its chevrons.
pub(super) fn travel(stage: &Stage) -> f64 {
    let sent = stage
        .connection
        .and_then(|connection| connection.client.as_ref())
        .and_then(|client| client.wrote.last());
    match sent {
        Some(cut) if stage.motion.elapsed(cut.moment) < RIDE_MS && !is_stopped(stage) => {
            RIDE * stage.motion.progress(cut.moment, 0.0, RIDE_MS)
        }
        _ => 0.0,
    }
}

/// Whether the belt is torn or shut: then nothing rides on it.
fn is_stopped(stage: &Stage) -> bool {
    stage
        .connection
        .is_some_and(|connection| connection.reset().is_some())
}

pub(super) fn draw(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        return;
    };
    let batches = batches(stage, connection);
    // After an arrival, those behind move up to the inlet.
    let moved_up = connection
        .server
        .as_ref()
        .and_then(|end| end.arrived.last());
    let catching_up = match moved_up {
        Some(cut) if connection.client.is_some() => {
            let before = formation(stage, cut.from, cut.to, ROOM);
            let gap = width(&before, cut.bytes()) + GAP;
            gap * (1.0 - ease(stage.motion.progress(cut.moment, 150.0, 350.0)))
        }
        _ => 0.0,
    };
    let mut behind = catching_up;
    let mut nearest = FRONT + 17.0;
    for batch in &batches {
        let p = stage.motion.progress(batch.cut.moment, 0.0, RIDE_MS);
        let back = lerp(RIDE.max(behind), behind, p);
        for offset in batch.rack.units(batch.from, batch.to) {
            let spot = batch.rack.spot(offset);
            let spot = Spot {
                x: spot.x - back,
                ..spot
            };
            if spot.x >= HAND {
                stage.unit(batch.rack.grain, offset, spot);
            }
        }
        let wide = width(&batch.rack, batch.to - batch.rack.first);
        let right = FRONT + 17.0 - back;
        nearest = nearest.min(right - wide);
        stage.sketch.hit(
            area(right - wide, IN_Y - HEIGHT, wide, HEIGHT),
            Target::Bytes {
                conn: connection.conn,
                from: batch.from,
                to: batch.to,
            },
        );
        behind += wide + GAP;
    }
    count(stage, connection, !batches.is_empty());
    board(stage, connection, nearest);
}

/// How many are on the way, under the belt, and how we know.
fn count(stage: &mut Stage, connection: &Connection, some: bool) {
    let Some(bytes) = connection.on_the_way() else {
        return;
    };
    if bytes == 0 && !some {
        return;
    }
    let lost = connection.reset().is_some();
    let stuck = stage.window_is_shut();
    let words = stage.label(if lost {
        Label::NeverArrived
    } else if stuck {
        Label::CannotGoOn
    } else {
        Label::NotYetHere
    });
    stage.sketch.mark(Source::Derived, (304.0, 277.0), 7.0);
    stage.sketch.line(runs(
        vec![
            run(words::number(bytes), size::NUMBER2).bold(),
            run(words, size::TITLE).quiet().after(12.0),
        ],
        (322.0, 288.0),
        390.0,
    ));
}

/// The end of the stream is a board that rides last. It is on the belt only if our own client
/// said that it sends no more, and until the server's kernel has seen it.
fn board(stage: &mut Stage, connection: &Connection, nearest: f64) {
    let Some(shut) = connection
        .client
        .as_ref()
        .and_then(|client| client.shut_by_self)
    else {
        return;
    };
    let seen = connection
        .server
        .as_ref()
        .is_some_and(|end| end.shut_by_peer.is_some() || end.end_of_stream.is_some());
    if seen || connection.reset().is_some() {
        return;
    }
    let p = stage.motion.progress(shut, 0.0, RIDE_MS);
    let x = lerp(HAND + 40.0, nearest - 50.0, p).max(HAND + 40.0);
    end_board(stage, x, IN_Y);
}

/// The board with the word "end", standing at `x` on `floor`.
pub(super) fn end_board(stage: &mut Stage, x: f64, floor: f64) {
    let words = stage.label(Label::End);
    let sketch = &mut stage.sketch;
    sketch.rect(
        area(x - 38.0, floor - 92.0, 76.0, 92.0),
        0.0,
        Ink::Wood,
        THIN,
    );
    sketch.path_at("M-38 0H38", (x, floor - 92.0), 1.0, None, BOLD);
    sketch.path_at(
        "M-26 -66H26M-26 -16H26",
        (x, floor),
        1.0,
        None,
        Some(dashed(Ink::Ink2, 2.0, 1.0, 6.0)),
    );
    sketch.text(
        text(words, (x, floor - 34.0), 24.0)
            .bold()
            .middle()
            .within(68.0),
    );
}
