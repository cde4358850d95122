//! Time: what happened as ticks, idle time that was cut out, records that are lost, the playhead
//! and where the records end.

use model::{Entry, Show};
use protocol::{End, Event, Source};

use super::Board;
use crate::{
    Ink, Stroke, Target,
    sketch::{area, dashed, guessed_width, line, n, text},
    words::{self, Label},
};

/// Real idle time that takes so much less of the show is told, nanoseconds.
const CUT_MIN_NANOS: u64 = 1_000_000_000;
/// Ticks are at least so far apart, pixels.
const TICK_ROOM: f64 = 2.5;
/// So many records of one moment are looked at for a tick.
const LOOKS_MAX: usize = 32;
/// The width of a cut in time, and the least of a hole in the records.
const CUT: f64 = 8.0;
const HOLE: f64 = 14.0;

/// The scale, its names, and the line of no bytes.
pub(super) fn scale(board: &mut Board, has_names: bool) {
    let (size, lang) = (board.size, board.chart.lang);
    for (y, stroke) in [
        (board.top, dashed(Ink::Hair, 1.5, 2.0, 5.0)),
        (board.base, line(Ink::Hair, 1.5)),
    ] {
        let d = format!("M{} {}H{}", n(board.left), n(y), n(board.right));
        board.sketch.path(d, None, Some(stroke));
    }
    let room = size * 3.2;
    for (bytes, y) in [(board.top_bytes, board.top), (0, board.base)] {
        let number = text(
            words::number(bytes),
            (board.left - 8.0, y + size * 0.36),
            size,
        );
        board.sketch.text(number.quiet().end().within(room));
    }
    if has_names {
        let x = board.left - 8.0 - room - size * 0.5;
        let middle = (board.top + board.base) / 2.0;
        let [first, second] = words::receive_buffer(lang);
        let now = board.levels.last().filter(|level| level.waiting.is_some());
        let source = now.map(|level| match level.is_measured {
            true => Source::Measured,
            false => Source::Derived,
        });
        board.name(first, (x, middle - size * 0.15), source);
        board.name(second, (x, middle + size * 0.95), None);
    }
}

/// What is recorded and not shown yet.
pub(super) fn pending(board: &mut Board) {
    let end = board.x(board.chart.timeline.last_shown()).min(board.right);
    let from = board.head_x;
    if end - from < 4.0 {
        return;
    }
    let at = area(from, board.top, end - from, board.base - board.top);
    board.sketch.hatch(at, 12.0, line(Ink::Hair, 1.0));
    let size = board.size;
    let words = Label::NotShownYet.text(board.chart.lang);
    // Behind the memory at the head, clear of it: it is no word about that.
    let x = from + size * 11.0;
    let y = (board.memory_top + board.memory_base) / 2.0 + size * 0.36;
    if x + guessed_width(words, size) <= board.right {
        let words = text(words, (x, y), size).quiet();
        board.sketch.text(words.within(board.right - x));
    }
}

/// A tick for what happened in each moment, and the cuts in time.
pub(super) fn entries(board: &mut Board) {
    let timeline = board.chart.timeline;
    let here = timeline.count_at(board.chart.head);
    let mut index = timeline.count_at(board.show_at(board.left) - Show(1));
    while let Some(entry) = timeline.entry(index) {
        let x = board.x(entry.shown);
        if x > board.right {
            break;
        }
        if let Some(before) = index.checked_sub(1).and_then(|it| timeline.entry(it)) {
            cut_in_time(board, before, entry);
        }
        // The first record of the moment that is about the connection.
        let next = timeline
            .count_at(board.show_at(x + TICK_ROOM))
            .max(index + 1);
        let moment = timeline.entries(index, next.min(index + LOOKS_MAX));
        if let Some((entry, ink)) = moment
            .filter(|entry| entry.record.event.conn() == board.conn)
            .find_map(|entry| Some((entry, ink_of(&entry.record.event)?)))
        {
            let stroke = match index < here {
                true => line(ink, board.weight(2.5)),
                false => line(Ink::Ink2, board.weight(1.0)),
            };
            tick(board, x, entry, stroke);
        }
        index = next;
    }
}

fn tick(board: &mut Board, x: f64, entry: &Entry, stroke: Stroke) {
    if x < board.left {
        return;
    }
    let (top, bottom) = (board.ticks, board.ticks_end);
    let d = format!("M{} {}V{}", n(x), n(top), n(bottom));
    board.sketch.path(d, None, Some(stroke));
    let at = area(x - 4.0, top - 4.0, 8.0, bottom - top + 8.0);
    board.sketch.hit(at, Target::Record(entry.record.seq));
}

/// The colour of a fact; samples have no tick.
fn ink_of(event: &Event) -> Option<Ink> {
    Some(match event {
        Event::Arrived(_) | Event::Read(_) | Event::Wrote(_) => Ink::Ink,
        Event::Bagged(_) | Event::Answered(_) => Ink::Focus,
        Event::Connected(_) | Event::Accepted(_) => Ink::Live,
        Event::Blocked(_) | Event::Unblocked(_) | Event::Policy(_) => Ink::Hold,
        Event::Reset(_) => Ink::Bad,
        Event::HalfClosed(_) | Event::EndOfStream(_) => Ink::Ink2,
        Event::Closed(e) if e.end == End::Server && e.unread > 0 => Ink::Bad,
        Event::Closed(_) => Ink::Ink2,
        _ => return None,
    })
}

/// Idle time of which only a little is shown: a strip of paper, and how long it was.
fn cut_in_time(board: &mut Board, before: &Entry, after: &Entry) {
    let real = after.record.at_nanos.saturating_sub(before.record.at_nanos);
    let shown = (after.shown - before.shown).0;
    if real < shown.saturating_add(CUT_MIN_NANOS) {
        return;
    }
    let (from, to) = (board.x(before.shown), board.x(after.shown));
    // Nearer to what follows: what was before it still had its movement.
    let x = (to - (to - from) * 0.3).min(to - CUT);
    if x - CUT < board.left || x > board.right {
        return;
    }
    let (top, bottom) = (board.top - 4.0, board.ticks_end + 2.0);
    let half = CUT / 2.0;
    let strip = area(x - half, top, CUT, bottom - top);
    board.sketch.rect(strip, 0.0, Ink::Paper, None);
    for x in [x - half, x + half] {
        let d = format!("M{} {}V{}", n(x), n(top), n(bottom));
        let stroke = line(Ink::Hair, board.weight(1.5));
        board.sketch.path(d, None, Some(stroke));
    }
    say_at_foot(board, &words::duration(real), x, Ink::Ink2);
}

/// Records that are lost: a hatched hole from the last one known to where counts are exact again.
pub(super) fn losses(board: &mut Board) {
    let holes: Vec<(f64, f64, u64)> = board
        .steps()
        .filter(|(_, _, level)| level.lost > 0)
        .map(|(from, to, level)| match level.waiting {
            // All in one moment: what is known again began with it.
            Some(_) => (from - HOLE, from, level.lost),
            None => (from, to.max(from + HOLE), level.lost),
        })
        .collect();
    for (from, to, lost) in holes {
        let from = from.max(board.left);
        let at = area(from, board.top, to - from, board.ticks_end - board.top);
        board.sketch.rect(at, 0.0, Ink::Paper, None);
        board.sketch.hatch(at, 7.0, line(Ink::Ink2, 1.25));
        let edge = dashed(Ink::Bad, board.weight(1.5), 3.0, 4.0);
        board.sketch.rect(at, 0.0, None, Some(edge));
        let words = words::lost(lost, board.chart.lang);
        say_at_foot(board, &words, (from + to) / 2.0, Ink::Bad);
    }
}

fn say_at_foot(board: &mut Board, words: &str, x: f64, ink: Ink) {
    if !board.take_foot(words, x) {
        return;
    }
    let (size, y) = (board.size, board.foot);
    let words = text(words, (x, y), size).ink(ink).middle();
    board.sketch.text(words.within(size * 12.0));
}

/// The end of what is recorded, while it is ahead.
pub(super) fn live(board: &mut Board) {
    let x = board.x(board.chart.timeline.last_shown());
    if x <= board.head_x + 4.0 || x > board.right {
        return;
    }
    let d = format!("M{} {}V{}", n(x), n(board.top), n(board.ticks_end));
    let stroke = line(Ink::Live, board.weight(2.5));
    board.sketch.path(d, None, Some(stroke));
    let size = board.size;
    let words = Label::Latest.text(board.chart.lang);
    if x + 6.0 + guessed_width(words, size) <= board.right {
        let at = (x + 6.0, (board.top + board.base) / 2.0 + size * 0.36);
        board.sketch.text(text(words, at, size).ink(Ink::Live));
    }
}

pub(super) fn playhead(board: &mut Board) {
    let (x, bottom) = (board.head_x, (board.ticks + board.ticks_end) / 2.0);
    let d = format!("M{} 2V{}", n(x), n(board.memory_base));
    let stroke = line(Ink::Focus, board.weight(2.5));
    board.sketch.path(d, None, Some(stroke));
    board.sketch.circle((x, bottom), 6.0, Ink::Focus, None);
}
