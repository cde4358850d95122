//! The kernel's receive buffer, a glass: its left wall is the read edge, the fruit are the queue,
//! the free part is the window, and the lid is the window's end.

use model::{Connection, EndState};

use super::{Stage, next, reads, window, wire};
use crate::{
    Ink,
    heap::Spot,
    motion::{cubic_in, ease, lerp},
    sketch::{area, text, trace},
    words::Label,
};

/// Falling into the glass, and how much later the next byte follows, ms.
const FALL_MS: f64 = 260.0;
const BYTE_MS: f64 = 6.0;
/// No arrival takes longer than this to fall, however many bytes it has.
const SPREAD_MS: f64 = 300.0;

pub(super) fn draw(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        let words = stage.label(Label::NoBuffer);
        say(stage, words);
        return;
    };
    let Some(server) = &connection.server else {
        let here = connection.here_bytes();
        if here > 0 {
            let floor = stage.layout.glass_floor();
            stage.heap(connection, (0, here), |stage, offset| {
                stage.axis.spot(offset, floor)
            });
            return;
        }
        let words = stage.label(Label::KernelKeeps);
        say(stage, words);
        return;
    };
    if server.closed.is_some() {
        return;
    }
    body(stage, connection, server);
}

/// A quiet sentence where the glass would be.
fn say(stage: &mut Stage, words: &str) {
    let layout = stage.layout;
    let size = layout.sizes.label;
    stage.sketch.text(
        text(
            words,
            (layout.left + size, layout.kernel.middle() + size * 0.36),
            size,
        )
        .quiet()
        .within(layout.right - layout.left),
    );
}

fn body(stage: &mut Stage, connection: &Connection, server: &EndState) {
    let layout = stage.layout;
    let (top, floor) = (layout.kernel.top, layout.glass_floor());
    let (read, arrived) = (stage.read(), stage.arrived());
    let left = wall_x(stage);
    let line_y = floor + 4.0 * layout.unit;
    stage.sketch.fade(0.9);
    stage.sketch.rect(
        area(left, top, layout.wall - left, line_y - top),
        0.0,
        Ink::Well,
        None,
    );
    stage.sketch.end_fade();
    stage.sketch.fade(0.6);
    for (from, to, fruit) in stage.batches(read, arrived) {
        if let Some((x, width)) = stage.axis.clip(from, to) {
            let (x, width) = if from == read {
                (left.min(x), width + (x - left).max(0.0))
            } else {
                (x, width)
            };
            stage.sketch.rect(
                area(x, top, width, line_y - top),
                0.0,
                Ink::Tint(fruit),
                None,
            );
        }
    }
    stage.sketch.end_fade();
    window::draw(stage, server);
    queue(stage, connection, server);
    let wall = stage.pen(Ink::Glass, 5.0);
    stage.sketch.path(
        trace(
            "M# #V#H#",
            &[left, top - 5.0 * layout.unit, line_y, layout.wall],
        ),
        None,
        Some(wall),
    );
    cuts(stage, connection, server);
    let y = top + layout.kernel.height * 0.34;
    wire::beyond(stage, (read, arrived), y, Ink::Well);
    stage.floor_hits((read, arrived), (top, line_y - top));
}

/// The left wall: the read edge. It follows when the scoop has gone.
fn wall_x(stage: &Stage) -> f64 {
    let overhang = stage.axis.overhang() + 4.0;
    let edge = match reads::last(stage) {
        Some(cut) => {
            let p = ease(reads::lowering(stage, cut));
            lerp(stage.axis.x(cut.from), stage.axis.x(cut.to), p)
        }
        None => stage.axis.x(stage.read()),
    };
    (edge - overhang)
        .max(stage.layout.left - overhang)
        .min(stage.layout.wall - 12.0)
}

/// The fruit that wait; what arrived last falls off the belt straight into its place.
fn queue(stage: &mut Stage, connection: &Connection, server: &EndState) {
    let floor = stage.layout.glass_floor();
    let belt = stage.layout.belt_top();
    let (read, arrived) = (stage.read(), stage.arrived());
    let early = connection.early.total.bytes;
    let last = server.arrived.last();
    // What was known to be here before accept does not fall once more.
    let last = last.filter(|cut| !cut.is_unseen() && cut.to > early);
    stage.heap(connection, (read, arrived), |stage, offset| {
        let spot = stage.axis.spot(offset, floor);
        match last {
            Some(cut) if offset >= cut.from => {
                let unit = stage.axis.view.unit;
                let index = ((offset - cut.from) / unit) as f64;
                let units = (cut.bytes() / unit).max(1) as f64;
                let delay = index * BYTE_MS.min(SPREAD_MS / units);
                let p = stage.motion.progress(cut.moment, delay, FALL_MS);
                Spot {
                    y: lerp(spot.y + belt - floor, spot.y, cubic_in(p)),
                    ..spot
                }
            }
            _ => spot,
        }
    });
}

/// Where sends end among the fruit that wait, and where the next recv would cut.
fn cuts(stage: &mut Stage, connection: &Connection, server: &EndState) {
    let layout = stage.layout;
    let (read, arrived) = (server.read.total.bytes, server.arrived.total.bytes);
    let (floor, top) = (layout.glass_floor(), layout.kernel.top - 3.0);
    if let Some(client) = &connection.client {
        for edge in stage.edges(&client.wrote, read, arrived) {
            stage.fence(edge, (floor, layout.kernel.top + 3.0), Ink::Well, true);
        }
    }
    if let Some(next) = next::next(connection) {
        stage.fence(next.at, (floor, top), Ink::Well, false);
        stage.diamond(next.at, top);
    }
}
