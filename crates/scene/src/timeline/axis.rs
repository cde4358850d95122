//! Time: its line, its words, what is left out of it, where the records begin and end, the head.

use model::Show;

use super::Board;
use crate::{
    Ink,
    sketch::{area, dashed, line, text, trace},
    words::{self, Label},
};

/// Between two words of time there is at least so much, in parts of their size.
const APART: f64 = 9.0;
/// The sign of time that is left out takes so much room, pixels.
const CUT: f64 = 9.0;

/// The line of time, as far as records are known; what is forgotten before it.
pub(super) fn track(board: &mut Board) {
    let timeline = board.bar.timeline;
    // Not `clamp`: between bounds that are not constant it can fail, and its complaint brings all of
    // how floats are written into the page.
    let end = board.x(timeline.end()).max(board.left).min(board.right);
    let start = board.x(timeline.start()).max(board.left).min(board.right);
    let (top, base) = (board.top, board.base);
    if !timeline.is_empty() {
        let at = area(start, top, end - start, base - top);
        board.sketch.rect(at, 0.0, Ink::Track, None);
    }
    if timeline.entry(0).is_none() && !timeline.is_empty() && start < board.right {
        // There was more: a torn edge, whatever the zoom.
        let room = area(
            board.left - 8.0,
            top,
            (start - board.left) + 8.0,
            base - top,
        );
        board.sketch.hatch(room, 5.0, line(Ink::Ink2, 1.0));
        let edge = dashed(Ink::Ink2, board.weight(1.5), 3.0, 3.0);
        let d = trace("M# #V#", &[start, top, base]);
        board.sketch.path(d, None, Some(edge));
    }
    let d = trace("M# #H#", &[board.left, base, board.right]);
    let stroke = line(Ink::Hair, board.weight(2.0));
    board.sketch.path(d, None, Some(stroke));
}

/// Idle time of which little is shown: a cut in the line, and how long it was.
pub(super) fn idle(board: &mut Board) {
    let span = board.bar.span;
    let (size, base, top) = (board.size, board.base, board.top);
    let mut last = board.left;
    for idle in board.bar.timeline.idle(span.from, span.to) {
        let (from, to) = (board.x(idle.from), board.x(idle.to));
        let x = (from.max(board.left) + to.min(board.right)) / 2.0;
        if x - CUT < last || x + CUT > board.right {
            continue;
        }
        last = x + CUT;
        let half = CUT / 2.0;
        let strip = area(x - half + 1.0, base - 4.0, CUT - 2.0, 10.0);
        board.sketch.rect(strip, 0.0, Ink::Paper, None);
        let d = trace(
            "M# #L# #M# #L# #",
            &[
                x - half - 2.0,
                base + 4.0,
                x - half + 2.0,
                base - 4.0,
                x + half - 2.0,
                base + 4.0,
                x + half + 2.0,
                base - 4.0,
            ],
        );
        let stroke = line(Ink::Ink2, board.weight(1.5));
        board.sketch.path(d, None, Some(stroke));
        let words = words::duration(idle.left_out_nanos);
        // Nothing happens there: there is room where the bars would be.
        if board.wide(&words) + 4.0 <= to - from && base - top > size + 2.0 {
            let at = (x, base - 7.0);
            let words = text(words, at, size).quiet().middle();
            board.sketch.text(words.within(to - from));
        }
    }
}

/// Where the records end, while it is ahead.
pub(super) fn live(board: &mut Board) {
    let (timeline, head) = (board.bar.timeline, board.bar.head);
    let latest = timeline.last_shown();
    let Some(x) = board.seen(latest).filter(|_| head < latest) else {
        return;
    };
    let d = trace("M# #V#", &[x, board.top - 2.0, board.base + 3.0]);
    let stroke = line(Ink::Live, board.weight(2.5));
    board.sketch.path(d, None, Some(stroke));
    let words = Label::Latest.text(board.bar.lang);
    let wide = board.wide(words);
    let high = board.base - board.top - 4.0;
    if high > board.size * 0.8 && x + wide + 12.0 <= board.right {
        let at = (x + 6.0, (board.top + board.base + board.size * 0.6) / 2.0);
        let words = text(words, at, board.size).ink(Ink::Live);
        board.sketch.text(words.within(wide * 1.1));
    }
}

/// The head, what was shown before it, and when it is.
pub(super) fn head(board: &mut Board) {
    let head = board.bar.head;
    let part = board.bar.span.part_of(head);
    if part > 0.0 {
        let x = board.x(head).min(board.right);
        let d = trace("M# #H#", &[board.left, board.base, x]);
        let stroke = line(Ink::Focus, board.weight(4.0));
        board.sketch.path(d, None, Some(stroke));
    }
    let Some(x) = board.seen(head) else {
        return;
    };
    // Below the names, which it must not cross.
    let d = trace("M# #V#", &[x, board.top - 2.0, board.base]);
    let stroke = line(Ink::Focus, board.weight(3.0));
    board.sketch.path(d, None, Some(stroke));
    let edge = line(Ink::Paper, 2.0);
    board
        .sketch
        .circle((x, board.base), 7.5, Ink::Focus, Some(edge));
    if !board.bar.timeline.is_empty() {
        let near = board.bar.span.length().0 / 12;
        say(board, head, near, x, true);
    }
}

/// Log time at round show times.
pub(super) fn times(board: &mut Board) {
    if board.bar.timeline.is_empty() {
        return;
    }
    let span = board.bar.span;
    let room = (board.right - board.left) / (board.size * APART);
    let step = round((span.length().0 as f64 / room.max(1.0)) as u64);
    let end = board.bar.timeline.end();
    let mut index = span.from.0.div_ceil(step);
    let mut ticks = String::new();
    while let Some(show) = index.checked_mul(step).map(Show) {
        let Some(x) = board.seen(show).filter(|_| show <= end) else {
            break;
        };
        ticks += &trace("M# #v4", &[x, board.base + 2.0]);
        say(board, show, step, x, false);
        index += 1;
    }
    let stroke = line(Ink::Ink2, board.weight(1.0));
    board.sketch.path(ticks, None, Some(stroke));
}

/// The log time at a moment, as exactly as its neighbours `step` away ask for.
fn say(board: &mut Board, show: Show, step: u64, x: f64, is_head: bool) {
    let timeline = board.bar.timeline;
    let here = timeline.log_nanos_at(show);
    let before = timeline.log_nanos_at(show - Show(step));
    let behind = timeline.log_nanos_at(show + Show(step));
    let apart = behind.saturating_sub(here).min(here.abs_diff(before));
    let words = words::moment(here, apart);
    let half = board.wide(&words) / 2.0 + 3.0;
    let x = x
        .max(board.left - 8.0 + half)
        .min((board.right + 8.0 - half).max(half));
    if !board.foot.take(x - half - 4.0, x + half + 4.0) {
        return;
    }
    let (size, y) = (board.size, board.base + board.size * 1.32);
    let words = text(words, (x, y), size).middle().within(half * 2.2);
    board.sketch.text(match is_head {
        true => words.bold().ink(Ink::Focus),
        false => words.quiet(),
    });
}

/// The least of 100 ms, 200 ms, 500 ms, 1 s and so on that is not less.
fn round(nanos: u64) -> u64 {
    let mut unit = 100_000_000_u64;
    loop {
        for part in [1, 2, 5] {
            let step = unit.saturating_mul(part);
            if step >= nanos {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}
