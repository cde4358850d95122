//! Kernel memory behind the queue, beside the level: of its limit, on its own scale. It is not the
//! bytes of the stream; each segment costs more than it carries.

use protocol::Source;

use super::Board;
use crate::{
    Ink,
    sketch::{area, dashed, line, n},
    words::Label,
};

pub(super) fn draw(board: &mut Board, has_names: bool) {
    let (top, base) = (board.memory_top, board.memory_base);
    let mut outline = String::new();
    let mut fills = Vec::new();
    let mut goes_on = false;
    for (from, to, level) in board.steps() {
        let (Some(memory), Some(limit)) = (level.memory, level.memory_limit) else {
            goes_on = false;
            continue;
        };
        let part = memory as f64 / limit.max(1) as f64;
        let y = base - (base - top) * part.min(1.0);
        fills.push(area(from, y, to - from, base - y));
        outline += &match goes_on {
            true => format!("V{}H{}", n(y), n(to)),
            false => format!("M{} {}H{}", n(from), n(y), n(to)),
        };
        goes_on = true;
    }
    let is_known = !outline.is_empty();
    if is_known {
        let limit = format!("M{} {}H{}", n(board.left), n(top), n(board.head_x));
        let stroke = dashed(Ink::Hair, 1.5, 2.0, 4.0);
        board.sketch.path(limit, None, Some(stroke));
        for at in fills.into_iter().filter(|at| at.w > 0.0 && at.h >= 0.5) {
            board.sketch.rect(at, 0.0, Ink::Post, None);
        }
        let stroke = line(Ink::Ink2, board.weight(1.25));
        board.sketch.path(outline, None, Some(stroke));
    }
    if has_names {
        let source = match is_known {
            true => Source::Measured,
            false => Source::Unavailable,
        };
        let (size, x) = (board.size, board.left - 8.0);
        let y = (top + base) / 2.0 + size * 0.36;
        let name = Label::KernelMemory.text(board.chart.lang);
        board.name(name, (x, y), Some(source));
    }
}
