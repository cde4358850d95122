//! The values at the head, right of the playhead: level, window, kernel memory.

use super::{Board, level};
use crate::{
    Ink, Text,
    sketch::{area, guessed_width, text},
    words::{self, Label},
};

pub(super) fn draw(board: &mut Board) {
    let Some(&now) = board.levels.last() else {
        return;
    };
    let size = board.size;
    let lang = board.chart.lang;
    let x = board.head_x + size * 0.7;
    let drop = size * 0.36;
    let mut told: Vec<Text> = Vec::new();
    if now.waiting.is_some() {
        let y = board.y(now.bytes()) + drop;
        let mut level = text(words::number(now.bytes()), (x, y), size).bold();
        if let Some(window) = now.window {
            let name = Label::Window.text(lang);
            let words = format!("{name} {}", words::number(window));
            let near = level::bound(&now).filter(|&bound| bound <= board.top_bytes);
            let mut window = match (window, near) {
                (0, _) => text(words, (x, y), size).bold().ink(Ink::Bad),
                (_, Some(bound)) => text(words, (x, board.y(bound) + drop), size).quiet(),
                // Far above this scale.
                (_, None) => text(format!("↑ {words}"), (x, board.top - drop), size).quiet(),
            };
            window.y = window.y.max(size);
            // The two do not lie on one another: the window is above.
            if level.y - window.y < size * 1.05 {
                window.y = (level.y - size * 1.05).max(size);
                level.y = window.y + size * 1.05;
            }
            told.push(window);
        }
        told.push(level);
    }
    if let Some(memory) = now.memory {
        let used = match now.memory_limit {
            Some(limit) => words::of(&words::kib(memory), &words::kib(limit), lang),
            None => words::kib(memory),
        };
        let y = (board.memory_top + board.memory_base) / 2.0 + drop;
        told.push(text(used, (x, y), size).quiet());
    }
    for words in told {
        let wide = guessed_width(&words.text, size).min(board.right - x);
        let plate = area(x - 3.0, words.y - size * 0.85, wide + 6.0, size * 1.1);
        board.sketch.rect(plate, 0.0, Ink::Paper, None);
        board.sketch.text(words.within(board.right - x));
    }
}
