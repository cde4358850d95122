//! Between connect and accept: who has called connect, who is in the accept queue, and with how
//! many bytes. All of it is the kernel's doing; the program has not called accept.

use protocol::{Conn, Source};

use super::Stage;
use crate::{
    Ink,
    sketch::{Area, DRAWING, EDGE, area, dashed, line, run, runs, text},
    words,
};

/// So many places are drawn.
const PLACES_MAX: u32 = 8;

pub(super) fn draw(stage: &mut Stage) {
    let Some(listener) = &stage.frame.state.listener else {
        return;
    };
    let lang = stage.frame.lang;
    let sizes = stage.layout.sizes;
    let kernel = stage.layout.kernel;
    let limit = match listener.waiting {
        Some((waiting, _)) => waiting.limit,
        None => listener.listening.backlog,
    };
    let queued = listener.waiting.map_or(0, |(waiting, _)| waiting.queued);
    let is_wide = stage.layout.is_wide();
    let at = place(stage);
    // Above: how many of how many.
    let (mark_x, y) = (at.x + sizes.mark, at.y - sizes.small * 0.5);
    let source = match listener.waiting {
        Some(_) => Source::Measured,
        None => Source::Unavailable,
    };
    stage.mark(source, (mark_x, y - sizes.small * 0.33));
    let left = mark_x + sizes.mark * 2.2;
    let name = run(words::steps::accept_queue(is_wide, lang), sizes.small).quiet();
    let count = words::steps::of_places(queued, limit.saturating_add(1), lang);
    let count = run(count, sizes.small).bold().after(sizes.small * 0.4);
    let room = kernel.x + kernel.w - left - 4.0;
    stage.sketch.line(runs(vec![name, count], (left, y), room));
    places(stage, at, queued, limit.saturating_add(1));
    below(stage, at);
    // Who still finds a place is only on the way to it.
    if queued > limit {
        outside(stage, at);
    }
}

/// The row of places.
fn place(stage: &Stage) -> Area {
    let kernel = stage.layout.kernel;
    if stage.layout.is_wide() {
        let y = stage.layout.middle(3) - 22.0;
        area(kernel.x + kernel.w - 344.0, y, 336.0, 44.0)
    } else {
        let y = stage.layout.top(4) - 2.0;
        area(kernel.x + 8.0, y, kernel.w - 16.0, 18.0)
    }
}

/// The middle of the last place that is drawn, from where accept takes one out.
pub(super) fn last_place(stage: &Stage) -> f64 {
    let listener = stage.frame.state.listener.as_ref();
    let limit = listener.map_or(0, |it| match it.waiting {
        Some((waiting, _)) => waiting.limit,
        None => it.listening.backlog,
    });
    let at = place(stage);
    let shown = limit.saturating_add(1).min(PLACES_MAX);
    at.x + at.w / f64::from(PLACES_MAX) * (f64::from(shown) - 0.5)
}

/// As squares, the first ones taken; whose, where that is known.
fn places(stage: &mut Stage, at: Area, queued: u32, places: u32) {
    let shown = places.max(queued).min(PLACES_MAX);
    let wide = at.w / f64::from(PLACES_MAX);
    let is_wide = stage.layout.is_wide();
    let side = wide.min(at.h) - if is_wide { 3.0 } else { 2.0 };
    let names: Vec<Option<Conn>> = waiting(stage);
    for index in 0..shown {
        // The first one stands where accept takes one out.
        let column = f64::from(shown - 1 - index);
        let square = area(at.x + wide * column, at.y, side, at.h.min(side));
        if index >= queued {
            let rim = dashed(Ink::Ink2, DRAWING, 4.0, 4.0);
            stage.sketch.rect(square, 5.0, Ink::Well, Some(rim));
            continue;
        }
        let conn = names.get(index as usize).copied().flatten();
        let rim = match conn.is_some() && conn == stage.conn {
            true => line(Ink::Ink, EDGE),
            false => line(Ink::Ink, DRAWING),
        };
        stage.sketch.rect(square, 5.0, Ink::Straw, Some(rim));
        let Some(conn) = conn.filter(|_| is_wide) else {
            continue;
        };
        let size = stage.layout.sizes.small.max(stage.layout.sizes.least);
        let spot = (
            square.x + square.w / 2.0,
            square.y + square.h / 2.0 + size * 0.36,
        );
        let words = text(conn.to_string(), spot, size).bold().middle();
        stage.sketch.text(words.ink(Ink::Eye).within(side + 1.0));
    }
}

/// Who waits in the queue, as far as that is told: connected, and not accepted.
fn waiting(stage: &Stage) -> Vec<Option<Conn>> {
    let mut names: Vec<Option<Conn>> = stage
        .frame
        .state
        .conns
        .values()
        .filter(|it| it.is_open() && it.server.is_none())
        .map(|it| Some(it.conn))
        .collect();
    // The one in focus is found among many.
    if let Some(at) = names.iter().position(|it| *it == stage.conn)
        && at >= PLACES_MAX as usize
    {
        names.swap(0, at);
    }
    names
}

/// What waits on them already.
fn below(stage: &mut Stage, at: Area) {
    let bytes = stage.frame.state.unaccepted_bytes();
    if bytes == 0 {
        return;
    }
    let sizes = stage.layout.sizes;
    let y = at.y + at.h + sizes.small * 1.1;
    let dot = (at.x + sizes.mark, y - sizes.small * 0.33);
    stage.mark(Source::Measured, dot);
    let words = words::steps::waits_already(bytes, stage.layout.is_wide(), stage.frame.lang);
    let left = dot.0 + sizes.mark * 2.2;
    let words = text(words, (left, y), sizes.small);
    stage.sketch.text(
        words.within(at.x + at.w - left - 64.0 * f64::from(u8::from(stage.layout.is_wide()))),
    );
}

/// Those whose connect has not returned.
fn outside(stage: &mut Stage, at: Area) {
    let outside: Vec<Conn> = stage.frame.state.outside().take(3).collect();
    let count = stage.frame.state.outside().count();
    if outside.is_empty() || !stage.layout.is_wide() {
        return;
    }
    let sizes = stage.layout.sizes;
    let kernel = stage.layout.kernel;
    let names: Vec<String> = outside.iter().map(Conn::to_string).collect();
    let more = match count > names.len() {
        true => " …",
        false => "",
    };
    let words = words::steps::outside(&(names.join(" ") + more), stage.frame.lang);
    let y = stage.layout.middle(4) + sizes.small * 0.36;
    let (x, room) = (kernel.x + 24.0, at.x - kernel.x - 40.0);
    let words = text(words, (x, y), sizes.small).ink(Ink::Hold).bold();
    stage.sketch.text(words.within(room));
}
