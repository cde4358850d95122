//! The lanes: who each program is, and a box for each call, lit by its record.

use model::{Seen, SocketCall};
use protocol::End;

use super::Stage;
use crate::{
    Ink, Target,
    sketch::{Area, BOLD, DRAWING, EDGE, area, dashed, fitting, guessed_width, line, text, trace},
    words,
};

/// How long a call is the one that has just been made, milliseconds.
const NEW_MS: f64 = 900.0;

/// The names of the lanes, and of the ground between them.
pub(super) fn names(stage: &mut Stage) {
    let lang = stage.frame.lang;
    let size = stage.layout.sizes.title;
    let y = stage.layout.title_y;
    let kernel = stage.layout.kernel;
    stage.sketch.rect(kernel, 8.0, Ink::Kernel, None);
    for end in [End::Client, End::Server] {
        let lane = stage.layout.lane(end);
        let words = words::steps::lane(end, lang);
        let words = text(words, (lane.x + 4.0, y), size).bold();
        stage.sketch.text(words.within(lane.w));
    }
    let words = text(
        words::steps::kernel(lang),
        (kernel.x + kernel.w / 2.0, y),
        size,
    );
    stage.sketch.text(words.bold().middle().within(kernel.w));
}

pub(super) fn draw(stage: &mut Stage) {
    for end in [End::Client, End::Server] {
        life(stage, end);
    }
    who(stage);
    for call in SocketCall::ALL {
        let seen = call.seen(stage.frame.state, stage.conn);
        step(stage, call, seen);
    }
}

/// The line along which a program's calls follow one another.
fn life(stage: &mut Stage, end: End) {
    let lane = stage.layout.lane(end);
    let first = match end {
        End::Client => stage.layout.call(SocketCall::ClientSocket),
        End::Server => stage.layout.call(SocketCall::Socket),
    };
    let x = first.x + number_x(stage);
    let d = trace("M# #V#", &[x, first.y + first.h, lane.y + lane.h]);
    let dash = stage.layout.sizes.number * 0.3;
    let stroke = dashed(Ink::Hair, EDGE, dash, dash);
    stage.sketch.path(d, None, Some(stroke));
}

fn number_x(stage: &Stage) -> f64 {
    stage.layout.sizes.number * 1.6
}

/// Whose calls the client's are, where its lane is still empty.
fn who(stage: &mut Stage) {
    let lang = stage.frame.lang;
    let lane = stage.layout.lane(End::Client);
    let sizes = stage.layout.sizes;
    let is_wide = stage.layout.is_wide();
    let mut lines = words::steps::who(stage.frame.state, stage.conn, stage.is_foreign(), lang);
    if !is_wide {
        lines = lines
            .iter()
            .flat_map(|line| words::steps::halves(line))
            .collect();
    }
    let pitch = sizes.small * if is_wide { 1.36 } else { 1.25 };
    let y = stage.layout.top(0) + sizes.small * 1.1;
    for (index, words) in lines.into_iter().enumerate() {
        let at = (lane.x + 4.0, y + pitch * index as f64);
        let size = fitting(&words, sizes.small, lane.w).max(sizes.least);
        let words = text(words, at, size).within(lane.w);
        let words = if stage.is_foreign() {
            words
        } else {
            words.quiet()
        };
        stage.sketch.text(words);
    }
}

/// How a box looks.
struct Dress {
    ground: Option<Ink>,
    rim: crate::Stroke,
    /// The name of the call, the rest, and the number with its ground.
    call: Ink,
    rest: Ink,
    number: Ink,
    lamp: Option<Ink>,
}

fn dress(stage: &Stage, call: SocketCall, seen: Seen) -> Dress {
    let is_latest = stage.latest == Some(call);
    let dark = Dress {
        ground: None,
        rim: dashed(Ink::Ink2, DRAWING, 6.0, 6.0),
        call: Ink::Ink2,
        rest: Ink::Ink2,
        number: Ink::Ink2,
        lamp: None,
    };
    match seen {
        Seen::NotYet | Seen::Unseen => dark,
        Seen::Untold => Dress {
            rim: line(Ink::Ink2, DRAWING),
            ..dark
        },
        Seen::Failed(_) => Dress {
            ground: Some(Ink::Bag),
            rim: line(Ink::Bad, EDGE),
            call: Ink::Bad,
            rest: Ink::Ink,
            number: Ink::Paper,
            lamp: Some(Ink::Bad),
        },
        // Lamplight, with words that are dark in every look.
        _ if is_latest => Dress {
            ground: Some(Ink::Straw),
            rim: line(Ink::Ink, EDGE),
            call: Ink::Eye,
            rest: Ink::Eye,
            number: Ink::Paper,
            lamp: Some(Ink::Ink),
        },
        _ => Dress {
            ground: Some(Ink::Bag),
            rim: line(Ink::Ink, DRAWING),
            call: Ink::Ink,
            rest: Ink::Ink2,
            number: Ink::Eye,
            lamp: Some(Ink::Straw),
        },
    }
}

fn step(stage: &mut Stage, call: SocketCall, seen: Seen) {
    let (at, sizes, lang) = (
        stage.layout.call(call),
        stage.layout.sizes,
        stage.frame.lang,
    );
    let is_wide = stage.layout.is_wide();
    let Dress {
        ground,
        rim,
        call: ink,
        rest,
        number,
        lamp,
    } = dress(stage, call, seen);
    if let Some(moment) = seen.moment() {
        let swell = 1.0 - stage.motion.progress(moment, 0.0, NEW_MS);
        if swell > 0.0 && !stage.motion.is_reduced() {
            let by = 5.0 * swell * sizes.number / 20.0;
            let around = area(at.x - by, at.y - by, at.w + 2.0 * by, at.h + 2.0 * by);
            stage.sketch.rect(around, 10.0, Ink::Straw, None);
        }
        stage.sketch.hit(at, Target::Record(moment.seq));
    }
    let ground = ground.unwrap_or(Ink::Paper);
    stage.sketch.rect(at, 6.0, ground, Some(rim));
    let round = sizes.number;
    let middle = at.y + at.h / 2.0;
    let number_y = if is_wide { middle } else { at.y + at.h * 0.32 };
    let stroke = match lamp {
        Some(_) => BOLD,
        None => Some(line(Ink::Ink2, DRAWING)),
    };
    let spot = (at.x + number_x(stage), number_y);
    stage.sketch.circle(spot, round, lamp, stroke);
    let digit = words::number(u64::from(call.step()));
    let digit_size = (round * 1.25).max(sizes.least);
    let digit = text(digit, (spot.0, spot.1 + digit_size * 0.36), digit_size);
    stage.sketch.text(digit.bold().middle().ink(number));
    let x = spot.0 + round * 1.6;
    let name = words::steps::call(call);
    let name_y = number_y + sizes.call * 0.34;
    let name_room = at.x + at.w - x - 4.0;
    let wide = guessed_width(name, sizes.call) * 1.08;
    let label = text(name, (x, name_y), sizes.call).bold().mono().ink(ink);
    stage.sketch.text(label.within(name_room));
    let [detail, when] = words::steps::told(stage.frame.state, stage.conn, call, seen, lang);
    if is_wide {
        let right = at.x + at.w - 14.0;
        let room = right - x - wide - 12.0;
        let mut put = |words: String, y: f64, bold: bool| {
            let size = fitting(&words, sizes.small, room).max(sizes.least);
            let words = text(words, (right, y), size).end().ink(rest);
            let words = if bold { words.bold() } else { words };
            stage.sketch.text(words.within(room));
        };
        if detail.is_empty() || when.is_empty() {
            put(detail + &when, middle + sizes.small * 0.36, false);
        } else {
            put(detail, middle - sizes.small * 0.24, true);
            put(when, middle + sizes.small * 1.02, false);
        }
    } else {
        let words = if when.is_empty() { detail } else { when };
        one_line(stage, words, at, rest);
    }
}

/// On a phone there is room for one thing beneath the name.
fn one_line(stage: &mut Stage, words: String, at: Area, ink: Ink) {
    let sizes = stage.layout.sizes;
    let room = at.w - 10.0;
    let size = fitting(&words, sizes.small, room).max(sizes.least);
    let words = text(words, (at.x + 6.0, at.y + at.h - 8.0), size);
    stage.sketch.text(words.ink(ink).within(room));
}
