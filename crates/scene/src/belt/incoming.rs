//! Bytes between the two kernels: sent, and not yet seen to arrive. Only our own client tells us
//! what it sends; with any other the belt shows arrivals, for the time of their fall.

use model::{Connection, Cut};
use protocol::Source;

use super::{Stage, racks};
use crate::{
    Ink,
    heap::{Rack, hits},
    motion::{ease, lerp},
    sketch::{BOLD, THIN, area, dashed, run, runs, text},
    words::{self, Label},
};

/// The belt moves so many of its chevrons' spacings while a batch rides.
const RIDE: f64 = 3.0;
/// How long a ride takes, ms.
const RIDE_MS: f64 = 900.0;
/// Between two batches, in parts of a fruit's pitch.
const GAP: f64 = 0.41;

/// A batch on the belt.
struct Batch<'a> {
    cut: &'a Cut,
    /// Its bytes that have not arrived.
    from: u64,
    to: u64,
    rack: Rack,
}

fn width(rack: &Rack, bytes: u64) -> f64 {
    rack.grain.count(bytes).min(rack.columns) as f64 * rack.dx.abs()
}

/// The batches on the belt, from the inlet backwards.
fn batches<'a>(stage: &Stage, connection: &'a Connection) -> Vec<Batch<'a>> {
    let Some(client) = &connection.client else {
        return Vec::new();
    };
    let arrived = connection.here_bytes();
    let sent = client.wrote.total.bytes;
    let waiting: Vec<&Cut> = client
        .wrote
        .cuts_within(arrived, sent)
        .filter(|cut| cut.to > arrived)
        .collect();
    let all = waiting.len().max(1) as f64;
    let gap = stage.plan.pitch * GAP;
    let least = stage.plan.pitch * 1.2;
    let room = ((stage.plan.room - gap * (all - 1.0)) / all).max(least);
    waiting
        .into_iter()
        .take(racks::BELT_CRATES as usize)
        .map(|cut| {
            let from = cut.from.max(arrived);
            // What is left of a batch keeps its columns.
            let first = cut.from + (from - cut.from) / 10 * 10;
            let first = if cut.to - first > racks::BELT_FRUIT {
                from
            } else {
                first
            };
            Batch {
                cut,
                from,
                to: cut.to,
                rack: racks::belt(stage, first, cut.to, room),
            }
        })
        .collect()
}

fn ride(stage: &Stage) -> f64 {
    RIDE * stage.plan.in_chevrons
}

/// How far the belt has moved, for its chevrons.
pub(super) fn travel(stage: &Stage) -> f64 {
    let sent = stage
        .connection
        .and_then(|connection| connection.client.as_ref())
        .and_then(|client| client.wrote.last());
    let arrived = stage.server().and_then(|end| end.arrived.last());
    if stage.is_torn() || stage.motion.is_reduced() {
        return 0.0;
    }
    let whole = ride(stage);
    let ridden = sent.map_or(0.0, |cut| {
        whole * stage.motion.progress(cut.moment, 0.0, RIDE_MS)
    });
    // What arrives is carried over the edge.
    let last_stretch = arrived.map_or(0.0, |cut| {
        whole / RIDE * stage.motion.progress(cut.moment, 0.0, 420.0)
    });
    ridden + last_stretch
}

pub(super) fn draw(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        return;
    };
    let plan = stage.plan;
    let gap = plan.pitch * GAP;
    let batches = batches(stage, connection);
    // After an arrival, those behind move up to the inlet.
    let moved_up = connection
        .server
        .as_ref()
        .and_then(|end| end.arrived.last());
    let catching_up = match moved_up {
        Some(cut) if connection.client.is_some() => {
            let before = racks::belt(stage, cut.from, cut.to, plan.room);
            let room = width(&before, cut.bytes()) + gap;
            room * (1.0 - ease(stage.motion.progress(cut.moment, 150.0, 350.0)))
        }
        _ => 0.0,
    };
    let mut behind = catching_up;
    let mut nearest = plan.front;
    for batch in &batches {
        let p = stage.motion.progress(batch.cut.moment, 0.0, RIDE_MS);
        let back = lerp(ride(stage).max(behind), behind, p);
        let rack = Rack {
            x: batch.rack.x - back,
            ..batch.rack
        };
        for offset in rack.units(batch.from, batch.to) {
            let spot = rack.spot(offset);
            if spot.x >= plan.hand {
                stage.unit(rack.grain, offset, spot);
            }
        }
        let wide = width(&rack, batch.to - rack.first);
        nearest = nearest.min(plan.front - back - wide);
        hits(&mut stage.sketch, connection, &rack, batch.from, batch.to);
        behind += wide + gap;
    }
    count(stage, connection, !batches.is_empty());
    board(stage, connection, nearest);
}

/// How many are on the way, beside the belt, and how we know.
fn count(stage: &mut Stage, connection: &Connection, some: bool) {
    let Some(bytes) = connection.on_the_way() else {
        return;
    };
    if bytes == 0 && !some {
        return;
    }
    let words = stage.label(if stage.is_torn() {
        Label::NeverArrived
    } else if stage.window_is_shut() {
        Label::CannotGoOn
    } else {
        Label::NotYetHere
    });
    let size = stage.size;
    let number = run(words::number(bytes), size.number2).bold();
    if stage.plan.is_wide() {
        stage.mark(Source::Derived, (304.0, 277.0));
        let words = run(words, size.title).quiet().after(12.0);
        let line = runs(vec![number, words], (322.0, 288.0), 390.0);
        stage.sketch.line(line);
    } else {
        stage.mark(Source::Derived, (264.0, 66.0));
        stage.sketch.line(runs(vec![number], (274.0, 74.0), 110.0));
        stage
            .sketch
            .text(text(words, (262.0, 89.0), size.small).quiet().within(124.0));
    }
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
    if seen || stage.is_torn() {
        return;
    }
    let p = stage.motion.progress(shut, 0.0, RIDE_MS);
    let wide = stage.plan.pitch * 1.3;
    let first = stage.plan.hand.max(0.0) + wide;
    let x = lerp(first, nearest - wide, p).max(first);
    end_board(stage, x, stage.plan.in_y);
}

/// The board with the word "end", standing at `x` on `floor`.
pub(super) fn end_board(stage: &mut Stage, x: f64, floor: f64) {
    let words = stage.label(Label::End);
    let scale = stage.plan.pitch / 34.0;
    let size = stage.size.sign;
    let sketch = &mut stage.sketch;
    sketch.rect(
        area(
            x - 38.0 * scale,
            floor - 92.0 * scale,
            76.0 * scale,
            92.0 * scale,
        ),
        0.0,
        Ink::Wood,
        THIN,
    );
    sketch.path_at("M-38 -92H38", (x, floor), scale, None, BOLD);
    sketch.path_at(
        "M-26 -76H26M-26 -16H26",
        (x, floor),
        scale,
        None,
        Some(dashed(Ink::Ink2, 2.0, 1.0, 6.0)),
    );
    sketch.text(
        text(words, (x, floor - 46.0 * scale + size * 0.3), size)
            .bold()
            .middle()
            .within(68.0 * scale),
    );
}
