//! The wire: what was sent and has not been seen to arrive rides on a belt whose nose is the
//! arrival edge. What did arrive leaves the record of its arrival there, and how long it took.

use model::{Connection, Cut};

use super::{Stage, belts, pieces::Words, streams::record};
use crate::{
    Ink, Row, Target,
    motion::{ease, lerp},
    sketch::{area, guessed_width, text, trace},
    words::{self, Label},
};

/// How long a ride takes, ms.
pub(super) const RIDE_MS: f64 = 900.0;
/// The belt draws back when something has arrived.
const BACK_MS: f64 = 240.0;
/// An arrival leaves its record once it has fallen.
const ARRIVED_MS: f64 = 420.0;

pub(super) fn draw(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        return;
    };
    arrivals(stage, connection);
    belt(stage);
    riding(stage, connection);
    flags(stage, connection);
}

/// The second partition, on the rim of the glass: by the arrivals that were seen.
fn arrivals(stage: &mut Stage, connection: &Connection) {
    let Some(server) = &connection.server else {
        return;
    };
    let layout = stage.layout;
    let height = layout.capsule;
    let top = layout.kernel.top - height - 4.0;
    for cut in server.arrived.cuts_within(stage.axis.from, stage.axis.to) {
        let words = Words {
            count: words::number(cut.bytes()),
            rest: arrival_words(stage, cut),
            mono: false,
        };
        let stroke = stage.pen(Ink::Ink, 2.0);
        if let Some(at) = record(
            stage,
            (cut, ARRIVED_MS),
            (top, height),
            Ink::Well,
            stroke,
            &words,
        ) {
            stage.sketch.hit(at, Target::Record(cut.moment.seq));
            took(stage, connection, cut, top);
        }
        stage.edge_hit(Row::Arrived, cut.to, (top, height));
    }
}

fn arrival_words(stage: &Stage, cut: &Cut) -> String {
    let lang = stage.frame.lang;
    match cut.segments {
        Some(segments) if segments > 0 => words::in_segments(u64::from(segments), lang),
        _ if cut.is_blurred() => words::in_times(1, false, u64::from(cut.times), lang),
        _ => String::new(),
    }
}

/// How long it took from the send to the look that found it: between two records of one clock.
fn took(stage: &mut Stage, connection: &Connection, cut: &Cut, bottom: f64) {
    let Some(client) = &connection.client else {
        return;
    };
    let Some(send) = client.wrote.cut_at(cut.from) else {
        return;
    };
    if cut.is_blurred() || send.is_blurred() || send.from != cut.from {
        return;
    }
    if stage.motion.progress(cut.moment, ARRIVED_MS, 140.0) < 1.0 {
        return;
    }
    let Some(nanos) = cut.moment.at_nanos.checked_sub(send.moment.at_nanos) else {
        return;
    };
    let layout = stage.layout;
    let sizes = layout.sizes;
    let x = stage.axis.x(cut.from) + sizes.record * 2.0;
    let words = words::duration(nanos);
    let room = stage.axis.within(cut.to) - x - sizes.record;
    let (top, end) = (
        layout.wire.top + sizes.small * 0.6,
        bottom - sizes.small * 0.5,
    );
    if stage.axis.x(cut.from) < layout.left - 1.0
        || room < guessed_width(&words, sizes.record)
        || end - top < sizes.record * 2.0
    {
        return;
    }
    let head = sizes.record * 0.42;
    let stroke = stage.pen(Ink::Ink2, 2.0);
    stage.sketch.path(
        trace(
            "M# #V#M# #L# #L# #",
            &[
                x,
                top,
                end,
                x - head,
                end - head * 1.2,
                x,
                end,
                x + head,
                end - head * 1.2,
            ],
        ),
        None,
        Some(stroke),
    );
    stage.sketch.text(
        text(
            words,
            (
                x + sizes.record,
                f64::midpoint(top, end) + sizes.record * 0.36,
            ),
            sizes.record,
        )
        .quiet()
        .within(room),
    );
}

/// Where the belt ends: at the arrival edge.
fn nose(stage: &Stage) -> f64 {
    let last = stage.server().and_then(|end| end.arrived.last());
    let edge = match last {
        Some(cut) => {
            let p = ease(stage.motion.progress(cut.moment, 0.0, BACK_MS));
            lerp(stage.axis.x(cut.from), stage.axis.x(cut.to), p)
        }
        None => stage.axis.x(stage.arrived()),
    };
    let heavy = stage.layout.unit;
    edge.max(stage.axis.left).min(stage.axis.right) + 8.0 * heavy
}

/// How far the belt has moved for what rides on it.
fn travel(stage: &Stage) -> f64 {
    let sent = stage.client().and_then(|client| client.wrote.last());
    let moves = !stage.is_torn() && !stage.motion.is_reduced();
    match sent {
        Some(cut) if moves => way(stage, cut) * stage.motion.progress(cut.moment, 0.0, RIDE_MS),
        _ => 0.0,
    }
}

/// How far a batch rides: from the hatch in the client's wall.
fn way(stage: &Stage, cut: &Cut) -> f64 {
    (stage.layout.wall - stage.axis.x(cut.from))
        .max(0.0)
        .min(stage.layout.width)
}

fn belt(stage: &mut Stage) {
    let layout = stage.layout;
    let (top, height) = (layout.belt_top(), layout.belt);
    let from = nose(stage);
    let moved = travel(stage);
    let at = area(from, top, layout.wall - from, height);
    belts::belt(stage, at, "M5 -7L-5 0L5 7", -moved);
    if stage.is_torn() {
        belts::tear(stage, f64::midpoint(from, layout.wall), top, height);
    }
}

/// What was sent and not seen to arrive, each byte above its place in the glass.
fn riding(stage: &mut Stage, connection: &Connection) {
    let Some(client) = &connection.client else {
        return;
    };
    let layout = stage.layout;
    let (arrived, sent) = (stage.arrived(), client.wrote.total.bytes);
    if sent <= arrived {
        return;
    }
    let floor = layout.belt_top() + 1.0;
    if stage.is_torn() {
        never_arrived(stage, arrived, sent);
        return;
    }
    for cut in client.wrote.cuts_within(arrived, sent) {
        let p = stage.motion.progress(cut.moment, 0.0, RIDE_MS);
        // As a step: on the belt, over its place.
        let back = if stage.motion.is_reduced() {
            0.0
        } else {
            way(stage, cut) * (1.0 - p)
        };
        let wall = layout.wall;
        for offset in stage.axis.units(cut.from.max(arrived), cut.to) {
            let mut spot = stage.axis.spot(offset, floor);
            spot.x += back;
            if spot.x < wall - spot.size * 0.3 {
                stage.sprite(connection, offset, spot);
            }
        }
    }
    stage.floor_hits(
        (arrived, sent),
        (floor - stage.axis.heap(), stage.axis.heap()),
    );
    let y = floor - stage.axis.heap() / 2.0;
    beyond(stage, (arrived, sent), y, Ink::Paper);
}

/// A number for what lies behind the right end of the view.
pub(super) fn beyond(stage: &mut Stage, (from, to): (u64, u64), y: f64, ground: Ink) {
    let from = from.max(stage.axis.view.end());
    if to <= from {
        return;
    }
    let layout = stage.layout;
    let size = layout.sizes.count;
    let left = layout.right + 32.0 * layout.unit;
    let x = f64::midpoint(left, layout.wall);
    let room = layout.wall - left - 8.0;
    let words = format!("+{}", words::number(to - from));
    let wide = guessed_width(&words, size).min(room) + 8.0;
    stage.sketch.rect(
        area(x - wide / 2.0, y - size * 0.6, wide, size * 1.2),
        4.0,
        ground,
        None,
    );
    stage.sketch.text(
        text(words, (x, y + size * 0.36), size)
            .bold()
            .middle()
            .within(room),
    );
}

/// After a reset: what was sent and will not come.
fn never_arrived(stage: &mut Stage, arrived: u64, sent: u64) {
    let Some((x, width)) = stage.axis.clip(arrived, sent) else {
        return;
    };
    let layout = stage.layout;
    let sizes = layout.sizes;
    let words = words::to_come(sent - arrived, true, stage.frame.lang);
    let y = layout.wire.top + sizes.label * 1.9;
    let room = (layout.wall - x - 24.0).max(width);
    stage.sketch.text(
        text(words, (x + 14.0 * layout.unit, y), sizes.label)
            .bold()
            .ink(Ink::Bad)
            .within(room),
    );
}

/// A reset and the end of the stream are flags on the belt, at the client's wall.
fn flags(stage: &mut Stage, connection: &Connection) {
    let layout = stage.layout;
    let wall = layout.wall;
    let scale = layout.unit;
    if connection.reset().is_some() {
        flag(stage, wall - 112.0 * scale, "RST", Ink::Bad, scale);
        return;
    }
    let Some(shut) = connection
        .client
        .as_ref()
        .and_then(|client| client.shut_by_self)
    else {
        let seen = connection
            .server
            .as_ref()
            .is_some_and(|end| end.shut_by_peer.is_some());
        if seen {
            let words = stage.label(Label::End);
            flag(stage, wall - 112.0 * scale, words, Ink::Ink, scale);
        }
        return;
    };
    // It comes out of the wall behind what was sent last.
    let p = ease(stage.motion.progress(shut, 0.0, RIDE_MS));
    let words = stage.label(Label::End);
    if p > 0.0 {
        let x = lerp(wall - 20.0 * scale, wall - 112.0 * scale, p);
        flag(stage, x, words, Ink::Ink, scale);
    }
}

fn flag(stage: &mut Stage, x: f64, words: &str, ink: Ink, scale: f64) {
    let layout = stage.layout;
    let floor = layout.belt_top();
    let pole = stage.pen(ink, 5.0);
    stage
        .sketch
        .path_at("M0 0V-62", (x, floor), scale, None, Some(pole));
    stage
        .sketch
        .path_at("M0 -66H96L82 -46L96 -26H0Z", (x, floor), scale, ink, None);
    stage.sketch.text(
        text(
            words,
            (x + 40.0 * scale, floor - 37.5 * scale),
            24.0 * scale.max(0.55),
        )
        .bold()
        .ink(Ink::Paper)
        .middle()
        .within(72.0 * scale),
    );
}
