//! The kernel's receive buffer, a glass: its left wall is the read edge, the fruit are the queue,
//! the free part is the window, and the lid is the window's end.

use model::{Connection, EndState};
use protocol::Source;

use super::{Stage, next, reads, wire};
use crate::{
    Ink, Target,
    heap::Spot,
    motion::{cubic_in, ease, lerp},
    sketch::{area, guessed_width, n, run, runs, text},
    words::{self, Label},
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
            (layout.left, layout.kernel.middle() + size * 0.36),
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
    let line_y = floor + 4.0 * layout.heavy.min(1.0);
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
    window(stage, server);
    queue(stage, connection, server);
    let wall = stage.pen(Ink::Glass, 5.0);
    stage.sketch.path(
        format!(
            "M{} {}V{}H{}",
            n(left),
            n(top - 5.0 * layout.heavy.min(1.0)),
            n(line_y),
            n(layout.wall)
        ),
        None,
        Some(wall),
    );
    cuts(stage, connection, server);
    let beyond_y = floor - stage.axis.heap() / 2.0;
    if arrived > stage.axis.view.end() {
        wire::beyond(stage, read, arrived, beyond_y - layout.sizes.count * 0.2);
    }
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
    (edge - overhang).clamp(stage.layout.left - overhang, stage.layout.wall - 12.0)
}

/// The fruit that wait; what arrived last falls off the belt straight into its place.
fn queue(stage: &mut Stage, connection: &Connection, server: &EndState) {
    let floor = stage.layout.glass_floor();
    let belt = stage.layout.belt_top();
    let (read, arrived) = (server.read.total.bytes, server.arrived.total.bytes);
    let last = server.arrived.last().filter(|cut| !cut.is_unseen());
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

/// The free part: how many more the kernel would take, as it told the sender last.
fn window(stage: &mut Stage, server: &EndState) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let arrived = stage.arrived();
    let free_from = stage.axis.within(arrived) + sizes.label * 0.5;
    let queues = server.queues;
    let window = queues.and_then(|(queues, _)| queues.receive_window);
    let top = layout.kernel.top;
    let lid = lid(stage, window);
    if let Some((_, moment)) = queues {
        let at = area(lid, top, layout.wall - lid, layout.kernel.height);
        stage.sketch.hit(at, Target::Record(moment.seq));
    }
    let shut = window == Some(0);
    let source = if window.is_some() {
        Source::Measured
    } else {
        Source::Unavailable
    };
    let value = window.map_or_else(|| "–".to_string(), words::number);
    let ink = if shut { Ink::Bad } else { Ink::Ink };
    let room = lid - free_from - sizes.label;
    let fits = stage.label(if shut {
        Label::WindowShut
    } else {
        Label::MoreFit
    });
    let wide = guessed_width(&value, sizes.count) + guessed_width(fits, sizes.label);
    let y = layout.glass_floor() - layout.pile * 0.62;
    if shut {
        // Right under the lid, where there is room.
        let x = lid + sizes.label * 1.2;
        let room = layout.wall - x - 4.0;
        let size = (sizes.number * 0.66).min(room / 5.0);
        let title = words::window_is_zero(stage.frame.lang);
        stage.sketch.text(
            text(title, (x, layout.kernel.middle() + size * 0.4), size)
                .bold()
                .ink(Ink::Bad)
                .within(room),
        );
    } else if room > wide + sizes.label {
        let r = sizes.label * 0.24;
        stage
            .sketch
            .mark(source, (free_from + r, y - sizes.count * 0.32), r);
        let x = free_from + sizes.label * 0.8;
        stage.sketch.line(runs(
            vec![
                run(value, sizes.count).bold().ink(ink),
                run(fits, sizes.label).after(sizes.label * 0.5),
            ],
            (x, y),
            room,
        ));
        if let Some(words) = memory(stage, server) {
            stage.sketch.text(
                text(words, (x, y + sizes.small * 1.6), sizes.small)
                    .quiet()
                    .within(room),
            );
        }
        arrow(stage, free_from, lid - sizes.label * 1.6);
    } else {
        // In the strip behind the axis, beside the lid.
        let x = (layout.right + layout.wall) / 2.0;
        let room = layout.wall - layout.right - 10.0;
        let y = layout.glass_floor() - sizes.small * 0.6;
        let title = stage.label(Label::Window);
        stage.sketch.text(
            text(title, (x, y - sizes.count * 1.05), sizes.small)
                .quiet()
                .middle()
                .within(room),
        );
        stage.sketch.text(
            text(value, (x, y), sizes.count)
                .bold()
                .middle()
                .within(room),
        );
    }
}

fn memory(stage: &Stage, server: &EndState) -> Option<String> {
    let (queues, _) = server.queues?;
    let (used, limit) = (queues.kernel_memory?, queues.kernel_memory_limit?);
    let words = stage.label(Label::KernelMemory);
    let value = words::of(&words::kib(used), &words::kib(limit), stage.frame.lang);
    Some(format!("{words} {value}"))
}

/// From the arrival edge to the lid: so much more fits.
fn arrow(stage: &mut Stage, from: f64, to: f64) {
    if to < from + 60.0 * stage.layout.heavy.min(1.0) {
        return;
    }
    let size = stage.layout.sizes.small * 0.5;
    let y = stage.layout.glass_floor() - size * 1.1;
    let stroke = stage.pen(Ink::Glass, 2.5);
    stage.sketch.path(
        format!(
            "M{} {}V{}M{} {}H{}M{} {}L{} {}L{} {}",
            n(from),
            n(y - size),
            n(y + size),
            n(from),
            n(y),
            n(to),
            n(to - size),
            n(y - size),
            n(to),
            n(y),
            n(to - size),
            n(y + size)
        ),
        None,
        Some(stroke),
    );
}

/// The lid: to scale if the window ends in view, otherwise behind a break mark. What lies beyond
/// is no length but the kernel's memory. Returns where free room ends.
fn lid(stage: &mut Stage, window: Option<u64>) -> f64 {
    let layout = stage.layout;
    let (top, floor) = (layout.kernel.top, layout.glass_floor());
    let height = floor - top + 3.0;
    let unit = layout.heavy.min(1.0);
    let Some(window) = window else {
        return layout.wall - 20.0 * unit;
    };
    let end = stage.arrived().saturating_add(window);
    let in_view = end <= stage.axis.view.end();
    let x = if in_view {
        stage.axis.x(end).max(layout.left) + 5.0 * unit
    } else {
        layout.wall - 46.0 * unit
    };
    if window == 0 {
        let x = x.min(layout.right + 6.0 * unit);
        let sketch = &mut stage.sketch;
        sketch.rect(
            area(x, top - 2.0, layout.wall - x, 14.0 * unit),
            0.0,
            Ink::Bad,
            None,
        );
        sketch.rect(
            area(x, top - 2.0, 13.0 * unit, height),
            3.0 * unit,
            Ink::Bad,
            None,
        );
        return x;
    }
    let at = area(x, top + 4.0 * unit, layout.wall - x, height - 5.0 * unit);
    stage.sketch.rect(at, 0.0, Ink::Paper, None);
    let hatch = stage.pen(Ink::Hair, 4.0);
    stage.sketch.hatch(at, 13.0 * unit, hatch);
    let sketch = &mut stage.sketch;
    sketch.rect(
        area(x, top - 6.0 * unit, layout.wall - x, 11.0 * unit),
        0.0,
        Ink::Glass,
        None,
    );
    sketch.rect(
        area(x, top - 6.0 * unit, 8.0 * unit, height + 4.0 * unit),
        0.0,
        Ink::Glass,
        None,
    );
    if in_view {
        return x;
    }
    break_mark(stage, x - 30.0 * unit, (top, height));
    x - 46.0 * unit
}

/// Not to scale from here.
fn break_mark(stage: &mut Stage, x: f64, (top, height): (f64, f64)) {
    let unit = stage.layout.heavy.min(1.0);
    let zigzag = |dx: f64| {
        format!(
            "M{} {}l{} {} {} {} {} {} {} {}",
            n(x + dx),
            n(top - 3.0),
            n(8.0 * unit),
            n(height * 0.28),
            n(-14.0 * unit),
            n(height * 0.22),
            n(14.0 * unit),
            n(height * 0.22),
            n(-8.0 * unit),
            n(height * 0.28 + 8.0 * unit)
        )
    };
    let gap = stage.pen(Ink::Kernel, 12.0);
    let rim = stage.pen(Ink::Glass, 2.0);
    stage.sketch.path(zigzag(0.0), None, Some(gap));
    for dx in [-7.0 * unit, 7.0 * unit] {
        stage.sketch.path(zigzag(dx), None, Some(rim));
    }
}
