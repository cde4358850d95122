//! The scoop: exactly as long as recv asks, at the read edge. It shows where the next cut will be,
//! and it is the one thing that crosses the border into the kernel.

use model::{Connection, Cut};

use super::{
    Stage,
    next::{self, Next},
    reads::{self, Lift},
    worker,
};
use crate::{
    Ink, Target,
    heap::Spot,
    motion::{cubic_in, cubic_out, ease, lerp},
    sketch::{area, guessed_width, run, runs, text, trace},
    words::{self, Label},
};

/// Where the scoop is, and how long.
#[derive(Clone, Copy)]
struct Scoop {
    bytes: u64,
    /// Its left end and its bottom.
    x: f64,
    bottom: f64,
    depth: f64,
}

pub(super) fn draw(stage: &mut Stage) {
    let Some((connection, server)) = stage.connection.zip(stage.server()) else {
        let x = stage.layout.left - 20.0 * stage.unit();
        worker::stands(stage, x);
        not_accepted(stage);
        return;
    };
    if server.closed.is_some() {
        return;
    }
    let lift = reads::lifted(stage);
    if lift.is_none() && stage.axis.x(stage.read()) > stage.layout.right - 1.0 {
        // All of the view is read, and there is nothing yet for the next one.
        let x = stage.layout.right + 130.0 * stage.unit();
        worker::stands(stage, x);
        return;
    }
    let scoop = place(stage, connection, lift.as_ref());
    if let Some(lift) = &lift {
        load(stage, connection, lift, &scoop);
    }
    figure(stage, &scoop, lift.is_some());
    worker::at_handle(stage, (scoop.x, scoop.bottom));
    match &lift {
        Some(lift) => returned(stage, lift.cut, &scoop),
        None => promise(stage, connection, &scoop),
    }
}

/// The words where the scoop would be, before accept.
fn not_accepted(stage: &mut Stage) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let words = match (stage.connection, &stage.frame.state.listener) {
        (Some(_), _) => stage.label(Label::NotCalledYet),
        (None, Some(_)) => stage.label(Label::WaitsForSomebody),
        (None, None) => return,
    };
    stage.sketch.line(runs(
        vec![
            run("accept()", sizes.code).bold().mono(),
            run(words, sizes.label).after(sizes.label * 0.6),
        ],
        (
            layout.left + sizes.label,
            layout.scoop.middle() + sizes.code * 0.36,
        ),
        layout.right - layout.left,
    ));
}

fn place(stage: &Stage, connection: &Connection, lift: Option<&Lift>) -> Scoop {
    let layout = stage.layout;
    let unit = stage.unit();
    let depth = layout.sizes.code * 1.95;
    let rest = layout.scoop.top + depth + 7.0 * unit;
    let read = stage.read();
    let home = Scoop {
        bytes: connection.next_asks_bytes(),
        x: stage.axis.within(read),
        bottom: rest,
        depth,
    };
    let Some(cut) = reads::last(stage) else {
        return home;
    };
    let motion = &stage.motion;
    let rise = cubic_out(motion.progress(cut.moment, 0.0, reads::RISE_MS));
    let lower = ease(reads::lowering(stage, cut));
    let raised = lerp(rest, layout.glass_floor() + 2.0, rise);
    let lowered = lerp(raised, layout.scoop_floor(), lower);
    let asked = if cut.is_blurred() {
        cut.bytes()
    } else {
        cut.asked.max(cut.bytes())
    };
    let at_work = Scoop {
        bytes: asked,
        x: stage.axis.within(cut.from),
        bottom: lowered,
        depth,
    };
    if lift.is_some() {
        return at_work;
    }
    // Empty again, to the new read edge.
    let back = if stage.collects() {
        ease(motion.progress(cut.moment, reads::TIPPED_MS, 250.0))
    } else {
        1.0
    };
    Scoop {
        x: lerp(at_work.x, home.x, back),
        bottom: lerp(layout.scoop_floor(), home.bottom, back),
        ..home
    }
}

/// What is in the scoop: it rises from the glass with it, and is tipped into the bag.
fn load(stage: &mut Stage, connection: &Connection, lift: &Lift, scoop: &Scoop) {
    let layout = stage.layout;
    let cut = lift.cut;
    let p = reads::lowering(stage, cut);
    let floor = if p > 0.0 {
        scoop.bottom
    } else {
        layout.glass_floor()
    };
    let floor = floor - 3.0 * layout.unit;
    let bag = layout.bag_floor();
    let has_bag = stage.collects();
    let (from, to) = (lift.from, lift.to);
    stage.heap(connection, (from, to), |stage, offset| {
        let spot = stage.axis.spot(offset, floor);
        if !has_bag {
            return spot;
        }
        let unit = stage.axis.view.unit;
        let units = ((to - from) / unit).max(1) as f64;
        let index = (to.saturating_sub(offset) / unit) as f64;
        let delay = reads::TIP_MS + index * 6.0_f64.min(reads::SPREAD_MS / units);
        let p = stage.motion.progress(cut.moment, delay, reads::TOSS_MS);
        Spot {
            y: lerp(spot.y, spot.y + bag - floor, cubic_in(p)),
            ..spot
        }
    });
    let heap = stage.axis.heap();
    stage.floor_hits((from, to), (floor - heap, heap));
}

/// Two ends, a bottom, and a tick for each byte. An end out of view is left open.
fn figure(stage: &mut Stage, scoop: &Scoop, loaded: bool) {
    let layout = stage.layout;
    let unit = stage.unit();
    let width = stage.axis.width(scoop.bytes).max(3.0);
    let end = scoop.x + width;
    let open = end > layout.right + 1.0;
    let right = if open { layout.wall - 30.0 * unit } else { end };
    let (left, bottom, top) = (scoop.x, scoop.bottom, scoop.bottom - scoop.depth);
    let flare = (13.0 * unit).min(width);
    // While it is tipped, its bottom is drawn back from under the fruit.
    let back = match reads::last(stage) {
        Some(cut) if loaded && stage.collects() => {
            stage
                .motion
                .progress(cut.moment, reads::TIP_MS, reads::SPREAD_MS)
        }
        _ => 0.0,
    };
    let end_of_bottom = lerp(right, left, back);
    let mut d = trace(
        "M# #L# #H#",
        &[left - flare, top, left, bottom, end_of_bottom],
    );
    let mut inside = d.clone() + &trace("L# #Z", &[right + flare, top]);
    if open {
        inside = d.clone() + &trace("V#Z", &[top]);
    } else {
        d.push(if back > 0.0 { 'M' } else { 'L' });
        d += &trace("# #L# #", &[right, bottom, right + flare, top]);
    }
    if !loaded {
        stage.sketch.fade(0.72);
        stage.sketch.path(inside, Ink::Bag, None);
        stage.sketch.end_fade();
        ticks(stage, scoop, right);
    }
    let wall = stage.pen(Ink::Ink, 6.5);
    stage.sketch.path(d, None, Some(wall));
    if open {
        let stroke = stage.dashes(Ink::Ink, 6.5, 0.1, 12.0);
        stage.sketch.path(
            trace("M# #H#", &[right + 8.0 * unit, bottom, layout.wall - 4.0]),
            None,
            Some(stroke),
        );
    }
    if let Some(cut) = reads::last(stage) {
        let at = area(left, top, (right - left).max(8.0), scoop.depth);
        stage.sketch.hit(at, Target::Record(cut.moment.seq));
    }
}

fn ticks(stage: &mut Stage, scoop: &Scoop, right: f64) {
    let unit = stage.unit();
    let pitch = stage.axis.width(1);
    // A tick each byte, or each so many that they can be told apart.
    let mut step = 1_u64;
    while pitch * (step as f64) < 5.0 && step < 1 << 40 {
        step *= if step.to_string().starts_with('2') {
            5
        } else {
            2
        };
    }
    let (mut short, mut long) = (String::new(), String::new());
    let count = ((right - scoop.x) / (pitch * step as f64))
        .floor()
        .clamp(0.0, 400.0) as u64;
    for index in 1..=count {
        let x = scoop.x + index as f64 * step as f64 * pitch;
        if x > right - 2.0 {
            break;
        }
        let is_long = index % 10 == 0;
        let height = if is_long { 14.0 } else { 7.0 } * unit;
        let d = trace("M# #v#", &[x, scoop.bottom - 3.0 * unit, -height]);
        if is_long {
            long += &d;
        } else {
            short += &d;
        }
    }
    for (d, width) in [(short, 1.5), (long, 2.0)] {
        if !d.is_empty() {
            let stroke = stage.pen(Ink::Ink, width);
            stage.sketch.path(d, None, Some(stroke));
        }
    }
}

/// `recv(40)` on the empty scoop, and where it would cut.
fn promise(stage: &mut Stage, connection: &Connection, scoop: &Scoop) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let code = words::recv(scoop.bytes);
    let width = stage.axis.width(scoop.bytes);
    let right = (scoop.x + width).min(layout.wall - 40.0 * stage.unit());
    let inside = right - scoop.x - sizes.code;
    let code_width = guessed_width(&code, sizes.code) * 1.12;
    let y = scoop.bottom - scoop.depth * 0.46;
    let next = next::next(connection);
    let (title, rest) = next.map_or((String::new(), String::new()), |next| {
        promise_words(stage, &next)
    });
    let words_width = guessed_width(&title, sizes.label) + guessed_width(&rest, sizes.label);
    let behind = right + sizes.code * 1.1;
    let room_behind = layout.wall - behind - sizes.label * 0.5;
    let mut pieces = vec![run(code, sizes.code).bold().mono()];
    let promise = [
        run(title, sizes.label).after(sizes.label),
        run(rest, sizes.label).bold().after(sizes.label * 0.35),
    ];
    if code_width > inside {
        // Too short a scoop for its words: they stand behind it.
        let both = code_width + words_width + sizes.label * 1.5;
        if next.is_some() && both < room_behind {
            pieces.extend(promise);
            stage.sketch.line(runs(pieces, (behind, y), room_behind));
            return;
        }
        let x = behind.min(layout.wall - code_width);
        stage.sketch.line(runs(pieces, (x, y), code_width * 1.1));
    } else {
        let at = (scoop.x + sizes.code * 0.6, y);
        if next.is_some() && room_behind < words_width && code_width + words_width < inside * 0.9 {
            pieces.extend(promise);
            stage.sketch.line(runs(pieces, at, inside));
            return;
        }
        stage.sketch.line(runs(pieces, at, inside));
        if next.is_some() && words_width < room_behind {
            stage
                .sketch
                .line(runs(promise.into(), (behind - sizes.label, y), room_behind));
            return;
        }
    }
    if next.is_none() {
        return;
    }
    // Below it, where the fruit would be.
    let room = layout.wall - layout.left - sizes.label;
    let x = (scoop.x - sizes.label).min(layout.wall - words_width - sizes.label * 2.5);
    let y = scoop.bottom + sizes.label * 1.45;
    stage.sketch.line(runs(
        promise.into(),
        (x.max(layout.left - sizes.label), y),
        room,
    ));
}

fn promise_words(stage: &Stage, next: &Next) -> (String, String) {
    let lang = stage.frame.lang;
    (
        words::cut_title(next.will_be_made, lang),
        match next.among {
            next::Among::Inside(send) => words::inside_send(send, lang),
            next::Among::EndOf(send) => words::end_of_send(send, lang),
            next::Among::Unknown => words::at_byte(next.at, lang),
        },
    )
}

/// Beside the full scoop: what the call has returned.
fn returned(stage: &mut Stage, cut: &Cut, scoop: &Scoop) {
    if !stage.motion.is_reduced() && stage.motion.is_within(cut.moment, reads::LOWERED_MS) {
        return;
    }
    let layout = stage.layout;
    let sizes = layout.sizes;
    let lang = stage.frame.lang;
    let end = scoop.x + stage.axis.width(scoop.bytes);
    let code = if cut.is_blurred() {
        words::in_times(2, true, u64::from(cut.times), lang)
    } else {
        format!("recv({})", cut.asked)
    };
    let result = words::returned(cut.bytes(), lang);
    let width = guessed_width(&code, sizes.code) * 1.1 + guessed_width(&result, sizes.label);
    let pieces = vec![
        if cut.is_blurred() {
            run(code, sizes.label)
        } else {
            run(code, sizes.code).bold().mono()
        },
        run(result, sizes.label).bold().after(sizes.label * 0.5),
    ];
    let behind = end + sizes.code * 1.1;
    let y = scoop.bottom - scoop.depth * 0.4;
    if behind + width < layout.wall {
        stage
            .sketch
            .line(runs(pieces, (behind, y), layout.wall - behind));
        return;
    }
    // In the free end of the scoop, if it is not full; otherwise the number at the left tells.
    let free = stage.axis.within(cut.to) + stage.axis.overhang() + sizes.label * 0.6;
    let room = layout.wall - 40.0 * stage.unit() - free;
    if width < room {
        stage.sketch.line(runs(pieces, (free, y), room));
    } else if let Some(place) =
        (scoop.x - layout.left > width + 150.0).then_some(scoop.x - width - 150.0 * stage.unit())
    {
        stage.sketch.text(
            text(words::returned(cut.bytes(), lang), (place, y), sizes.label)
                .bold()
                .within(width),
        );
    }
}
