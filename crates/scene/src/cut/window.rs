//! The window: how many bytes more the kernel would take, as it told the sender last. The lid is its
//! end: to scale if that is in view, otherwise behind a break mark. Beyond the lid is no length but
//! the kernel's memory, so that is hatched.

use model::EndState;
use protocol::Source;

use super::Stage;
use crate::{
    Ink, Target,
    sketch::{area, guessed_width, n, run, runs, text},
    words::{self, Label},
};

/// How much of the glass a lid out of view takes. On a phone its number stands with the others.
const STRIP: f64 = 106.0;
const PHONE_STRIP: f64 = 40.0;

pub(super) fn draw(stage: &mut Stage, server: &EndState) {
    let layout = stage.layout;
    let top = layout.kernel.top;
    let queues = server.queues;
    let window = queues.and_then(|(queues, _)| queues.receive_window);
    let lid = lid(stage, window);
    if let Some((_, moment)) = queues {
        let at = area(
            lid.begin,
            top,
            layout.wall - lid.begin,
            layout.kernel.height,
        );
        stage.sketch.hit(at, Target::Record(moment.seq));
    }
    if window == Some(0) {
        shut(stage, lid.begin);
        return;
    }
    let sizes = layout.sizes;
    let edge = stage.axis.within(stage.arrived()) + stage.axis.overhang();
    let free = edge + sizes.label * 0.8;
    let room = lid.free_until - free - sizes.label;
    let value = window.map_or_else(|| "–".to_string(), words::number);
    let fits = stage.label(Label::MoreFit);
    if room > guessed_width(fits, sizes.label) + sizes.label {
        more_fit(stage, server, &value, (free, room));
        if window.is_some() {
            arrow(stage, free, lid.free_until - sizes.label * 0.6);
        }
    } else if !layout.is_upright() {
        plate(stage, &value, lid.begin);
    }
}

/// In the free part, where there is room to say it.
fn more_fit(stage: &mut Stage, server: &EndState, value: &str, (x, room): (f64, f64)) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let y = layout.kernel.top + layout.kernel.height * 0.42;
    let r = sizes.label * 0.24;
    let is_known = server
        .queues
        .is_some_and(|(queues, _)| queues.receive_window.is_some());
    let source = if is_known {
        Source::Measured
    } else {
        Source::Unavailable
    };
    stage
        .sketch
        .mark(source, (x + r, y - sizes.count * 0.32), r);
    let words = stage.label(if is_known {
        Label::MoreFit
    } else {
        Label::Window
    });
    let x = x + sizes.label * 0.85;
    let room = room - sizes.label * 0.85;
    let wide = guessed_width(value, sizes.count) + guessed_width(words, sizes.label);
    let number = run(value, sizes.count).bold();
    let words = run(words, sizes.label);
    if wide + sizes.label * 0.5 > room {
        stage.sketch.line(runs(vec![number], (x, y), room));
        let below = (x, y + sizes.label * 1.4);
        stage.sketch.line(runs(vec![words], below, room));
        return;
    }
    let words = words.after(sizes.label * 0.5);
    stage.sketch.line(runs(vec![number, words], (x, y), room));
    if let Some(words) = memory(stage, server) {
        stage.sketch.text(
            text(words, (x, y + sizes.small * 1.5), sizes.small)
                .quiet()
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

/// On the lid, where the free part is too short for words.
fn plate(stage: &mut Stage, value: &str, lid: f64) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let from = lid.max(layout.right) + 11.0 * layout.unit;
    let (x, room) = (f64::midpoint(from, layout.wall), layout.wall - from - 5.0);
    let size = sizes
        .count
        .min(room / guessed_width(value, 1.0).max(1.0))
        .max(sizes.small);
    let height = sizes.small * 1.3 + size * 1.2;
    let bottom = layout.glass_floor() - 6.0 * layout.unit;
    stage.sketch.rect(
        area(x - room / 2.0, bottom - height, room, height),
        5.0 * layout.unit,
        Ink::Well,
        None,
    );
    let title = stage.label(Label::Window);
    let room = room - 4.0;
    stage.sketch.text(
        text(title, (x, bottom - size * 1.26), sizes.small)
            .quiet()
            .middle()
            .within(room),
    );
    stage.sketch.text(
        text(value, (x, bottom - size * 0.25), size)
            .bold()
            .middle()
            .within(room),
    );
}

/// The words under a shut lid.
fn shut(stage: &mut Stage, lid: f64) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let words = words::window_is_zero(stage.frame.lang);
    let room = layout.wall - lid - 20.0 * layout.unit;
    let wide = guessed_width(&words, sizes.number * 0.66);
    let (size, y) = if room > wide + sizes.label {
        (
            sizes.number * 0.66,
            layout.kernel.middle() + sizes.number * 0.24,
        )
    } else {
        // Beside the number of what lies out of view.
        let y = layout.glass_floor() - sizes.label * 0.7;
        (sizes.label, y)
    };
    let x = if room > wide + sizes.label {
        lid + sizes.label * 1.4
    } else {
        lid + 17.0 * layout.unit
    };
    stage.sketch.text(
        text(words, (x, y), size)
            .bold()
            .ink(Ink::Bad)
            .within(layout.wall - x - 4.0),
    );
}

/// From the arrival edge to the lid: so much more fits.
fn arrow(stage: &mut Stage, from: f64, to: f64) {
    let unit = stage.unit();
    if to < from + 60.0 * unit {
        return;
    }
    let size = 8.5 * unit;
    let y = stage.layout.glass_floor() - size * 1.3;
    let stroke = stage.pen(Ink::Glass, 2.5);
    let d = format!(
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
    );
    stage.sketch.path(d, None, Some(stroke));
}

struct Lid {
    begin: f64,
    free_until: f64,
}

fn lid(stage: &mut Stage, window: Option<u64>) -> Lid {
    let layout = stage.layout;
    let (top, floor) = (layout.kernel.top, layout.glass_floor());
    let height = floor - top + 3.0;
    let unit = layout.unit;
    let Some(window) = window else {
        return Lid {
            begin: layout.wall,
            free_until: layout.wall,
        };
    };
    let end = stage.arrived().saturating_add(window);
    let in_view = end <= stage.axis.view.end();
    if window == 0 {
        let edge = stage.axis.within(stage.arrived()).min(layout.right);
        let x = edge + stage.axis.overhang() + 3.0 * unit;
        for at in [
            area(x, top - 2.0, layout.wall - x, 14.0 * unit),
            area(x, top - 2.0, 13.0 * unit, height),
        ] {
            stage.sketch.rect(at, 2.0 * unit, Ink::Bad, None);
        }
        return Lid {
            begin: x,
            free_until: x,
        };
    }
    let x = if in_view {
        stage.axis.x(end).max(layout.left) + stage.axis.overhang() + 3.0 * unit
    } else {
        let strip = if layout.is_upright() {
            PHONE_STRIP
        } else {
            STRIP
        };
        layout.wall - strip * unit
    };
    let at = area(x, top + 4.0 * unit, layout.wall - x, height - 5.0 * unit);
    stage.sketch.rect(at, 0.0, Ink::Paper, None);
    let hatch = stage.pen(Ink::Hair, 4.0);
    stage.sketch.hatch(at, 13.0 * unit, hatch);
    for at in [
        area(x, top - 6.0 * unit, layout.wall - x, 11.0 * unit),
        area(x, top - 6.0 * unit, 8.0 * unit, height + 4.0 * unit),
    ] {
        stage.sketch.rect(at, 0.0, Ink::Glass, None);
    }
    if in_view {
        return Lid {
            begin: x,
            free_until: x,
        };
    }
    break_mark(stage, x - 17.0 * unit, (top, height));
    Lid {
        begin: x,
        free_until: x - 34.0 * unit,
    }
}

/// Not to scale from here.
fn break_mark(stage: &mut Stage, x: f64, (top, height): (f64, f64)) {
    let unit = stage.unit();
    let zigzag = |dx: f64| {
        format!(
            "M{} {}l{} {} {} {} {} {} {} {}",
            n(x + dx),
            n(top - 3.0),
            n(6.0 * unit),
            n(height * 0.28),
            n(-10.0 * unit),
            n(height * 0.22),
            n(10.0 * unit),
            n(height * 0.22),
            n(-6.0 * unit),
            n(height * 0.28 + 8.0 * unit)
        )
    };
    let gap = stage.pen(Ink::Kernel, 10.0 * unit.min(1.0));
    let rim = stage.pen(Ink::Glass, 2.0);
    stage.sketch.path(zigzag(0.0), None, Some(gap));
    for dx in [-6.0 * unit, 6.0 * unit] {
        stage.sketch.path(zigzag(dx), None, Some(rim));
    }
}
