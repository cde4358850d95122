//! Markers: a pole where they stand, a pennant or a sign, and a name where there is room.

use model::{Marker, MarkerKind};

use super::{Board, density};
use crate::{
    Ink, Target,
    sketch::{area, line, text, trace},
    words,
};

/// The markers, those that a person has set first.
pub(super) fn markers(board: &mut Board) {
    chapters(board);
    let timeline = board.bar.timeline;
    let is_by_hand = |marker: &Marker| {
        matches!(
            marker.kind,
            MarkerKind::Hand { .. } | MarkerKind::Chapter { .. }
        )
    };
    for by_hand in [true, false] {
        for marker in timeline
            .markers()
            .iter()
            .filter(|it| is_by_hand(it) == by_hand)
        {
            if let Some(x) = board.seen(timeline.show_of(marker.at)) {
                flag(board, marker, x);
            }
        }
    }
}

/// Chapters as spans: a line from each to the next one.
fn chapters(board: &mut Board) {
    let timeline = board.bar.timeline;
    let is_chapter = |marker: &&Marker| matches!(marker.kind, MarkerKind::Chapter { .. });
    let shows = timeline.markers().iter().filter(is_chapter);
    let mut starts: Vec<f64> = shows
        .map(|marker| board.x(timeline.show_of(marker.at)))
        .collect();
    if starts.is_empty() {
        return;
    }
    starts.push(board.x(timeline.end()));
    let mut d = String::new();
    for pair in starts.windows(2) {
        let from = pair[0].max(board.left);
        let to = (pair[1] - 3.0).min(board.right);
        if from < to {
            d += &trace("M# 1.5H#", &[from, to]);
        }
    }
    let stroke = line(Ink::Ink2, board.weight(2.5));
    board.sketch.path(d, None, Some(stroke));
}

fn flag(board: &mut Board, marker: &Marker, x: f64) {
    let size = board.size;
    let scale = size / 14.0;
    let half = 6.0 * scale;
    let by_hand = !matches!(
        marker.kind,
        MarkerKind::Auto(_) | MarkerKind::FirstConnection
    );
    let is_free = board.signs.take(x - half, x + half);
    if by_hand {
        // No pole crosses another one's name.
        let top = if is_free { 1.0 } else { board.top };
        let d = trace("M# #V#", &[x, top, board.base]);
        let stroke = line(Ink::Ink, board.weight(1.5));
        board.sketch.path(d, None, Some(stroke));
    }
    if !is_free {
        return;
    }
    let y = board.top - 6.5 * scale;
    match marker.kind {
        MarkerKind::Auto(mark) => density::put(board, mark, (x, y)),
        // A pennant.
        _ => board
            .sketch
            .path_at("M0 -5L7 -1.5L0 2Z", (x, y), scale, Ink::Ink, None),
    }
    let words = words::marker_name(marker, board.bar.lang);
    let from = x + half + 2.0;
    let to = from + board.wide(&words) + 4.0;
    let show = board.bar.timeline.show_of(marker.at);
    let mut right = x + half;
    if to <= board.right + 8.0 && board.signs.take(from + 2.0, to) {
        let at = (from + 2.0, board.top - size * 0.22);
        let words = text(words, at, size).within(to - from);
        board.sketch.text(words);
        right = to;
    }
    let at = area(x - half, 0.0, right - x + half, board.base);
    board.sketch.hit(at, Target::Moment(show));
}
