//! The level as a stepped area: a layer for each batch, a number for each step.

use std::collections::BTreeSet;

use model::Level;

use super::Board;
use crate::{
    Fruit, Ink, Look, Shape, Target,
    sketch::{Area, area, dashed, guessed_width, line, text, trace},
    words,
};

/// More layers than this are one area without batches.
const LAYERS_MAX: usize = 64;
/// Thinner layers cannot be told apart.
const LAYER_LEAST: f64 = 1.5;
/// Steps narrower than this are one.
const STEP_LEAST: f64 = 0.75;

/// The top of the scale: a round number above all levels in view. The window is in view where it
/// is near: then the sender is about to be stopped.
pub(super) fn scale(levels: &[Level]) -> u64 {
    let highest = levels
        .iter()
        .map(|level| level.peak.max(level.bytes()))
        .max();
    let top = round(highest.unwrap_or(0).max(100));
    let near = levels.last().and_then(bound).filter(|&it| it / 2 <= top);
    near.map_or(top, |bound| top.max(round(bound)))
}

/// So full the queue may be before the sender must stop.
pub(super) fn bound(level: &Level) -> Option<u64> {
    let (from, to) = level.waiting?;
    Some(level.window_to?.max(to) - from)
}

/// The least of 100, 200, 500, 1000 and so on that is not less.
fn round(bytes: u64) -> u64 {
    let mut unit = 100_u64;
    loop {
        for part in [1, 2, 5] {
            let top = unit.saturating_mul(part);
            if top >= bytes {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A stretch of time in which the same bytes wait.
#[derive(Clone, Copy)]
struct Step {
    from: f64,
    to: f64,
    waiting: Option<(u64, u64)>,
    peak: u64,
}

pub(super) fn draw(board: &mut Board) {
    let steps = steps(board);
    let mut with_fruit = BTreeSet::new();
    for step in &steps {
        layers(board, step, &mut with_fruit);
    }
    outline(board, &steps);
    window(board);
}

fn steps(board: &Board) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (from, to, level) in board.steps() {
        let (waiting, peak) = (level.waiting, level.peak);
        match steps.last_mut() {
            Some(last) if last.waiting == waiting && peak <= level.bytes() => last.to = to,
            Some(last) if last.to - last.from < STEP_LEAST => {
                let peak = peak.max(last.peak);
                *last = Step {
                    from: last.from,
                    to,
                    waiting,
                    peak,
                };
            }
            _ => steps.push(Step {
                from,
                to,
                waiting,
                peak,
            }),
        }
    }
    steps
}

fn layers(board: &mut Board, step: &Step, with_fruit: &mut BTreeSet<u64>) {
    let Some((from, to)) = step.waiting.filter(|(from, to)| from < to) else {
        return;
    };
    let at = |board: &Board, low: u64, high: u64| {
        let (top, bottom) = (board.y(high - from), board.y(low - from));
        area(step.from, top, step.to - step.from, bottom - top)
    };
    let whole = at(board, from, to);
    board.sketch.rect(whole, 0.0, Ink::Tint(Fruit::Crate), None);
    let timeline = board.chart.timeline;
    let batches: Vec<_> = timeline.batches(from, to).take(LAYERS_MAX + 1).collect();
    if batches.len() > LAYERS_MAX {
        return;
    }
    for batch in batches {
        let (low, high) = (batch.from.max(from), batch.to.min(to));
        let layer = at(board, low, high);
        if let Some(conn) = board.conn {
            board.sketch.hit(
                layer,
                Target::Bytes {
                    conn,
                    from: batch.from,
                    to: batch.to,
                },
            );
        }
        if batch.times == 0 {
            board.sketch.rect(layer, 0.0, Ink::Paper, None);
            board.sketch.hatch(layer, 7.0, line(Ink::Ink2, 1.0));
        } else if batch.times == 1 && layer.h >= LAYER_LEAST {
            let fruit = Fruit::of_batch(batch.ordinal);
            board.sketch.rect(layer, 0.0, Ink::Tint(fruit), None);
            edge(board, layer, fruit);
            let has_room = layer.h >= 12.0 && layer.w >= 22.0;
            if has_room && with_fruit.insert(batch.ordinal) {
                let size = (layer.h - 2.0).min(18.0);
                board.sketch.shapes.push(Shape::Sprite {
                    fruit,
                    x: layer.x + 4.0 + size / 2.0,
                    y: layer.y + layer.h / 2.0,
                    size,
                    turn: 0.0,
                    character: None,
                    opacity: 1.0,
                });
            }
        }
    }
}

/// Tints of neighbours come close for some eyes: a line between them is the second cue.
fn edge(board: &mut Board, layer: Area, fruit: Fruit) {
    let ink = match board.chart.look {
        Look::Dark => Ink::Fill(fruit),
        Look::Light | Look::Projector => Ink::Outline(fruit),
    };
    let d = trace("M# #H#", &[layer.x, layer.y, layer.x + layer.w]);
    board.sketch.path(d, None, Some(line(ink, 1.25)));
}

/// The level itself. It ends where nothing is known, and is a line up and down where a person sees
/// many records as one moment.
fn outline(board: &mut Board, steps: &[Step]) {
    let (mut levels, mut peaks) = (String::new(), String::new());
    let mut goes_on = false;
    for step in steps {
        let Some((from, to)) = step.waiting else {
            goes_on = false;
            continue;
        };
        let y = board.y(to - from);
        levels += &match goes_on {
            true => trace("V#H#", &[y, step.to]),
            false => trace("M# #H#", &[step.from, y, step.to]),
        };
        goes_on = true;
        if step.peak > to - from {
            peaks += &trace("M# #V#", &[step.from, board.base, board.y(step.peak)]);
        }
    }
    let stroke = Some(line(Ink::Ink, board.weight(2.0)));
    for d in [levels, peaks] {
        if !d.is_empty() {
            board.sketch.path(d, None, stroke);
        }
    }
}

/// Where the sender must stop: a line above the level while that is in view, on it when the window
/// is shut.
fn window(board: &mut Board) {
    let (mut open, mut shut) = (String::new(), String::new());
    for (from, to, level) in board.steps() {
        let Some(bound) = bound(level).filter(|&it| it <= board.top_bytes) else {
            continue;
        };
        let d = match level.window {
            Some(0) => &mut shut,
            _ => &mut open,
        };
        *d += &trace("M# #H#", &[from, board.y(bound), to]);
    }
    let strokes = [
        (open, dashed(Ink::Ink2, board.weight(1.5), 6.0, 4.0)),
        (shut, line(Ink::Bad, board.weight(3.0))),
    ];
    for (d, stroke) in strokes {
        if !d.is_empty() {
            board.sketch.path(d, None, Some(stroke));
        }
    }
}

/// How many came and were taken at each step, where there is room.
pub(super) fn labels(board: &mut Board) {
    let changes: Vec<(f64, Level)> = board
        .levels
        .iter()
        .filter(|level| level.came > 0 || level.taken > 0)
        .map(|level| (board.x(level.shown), *level))
        .filter(|&(x, _)| x >= board.left)
        .collect();
    let ends = changes
        .iter()
        .skip(1)
        .map(|&(x, _)| x)
        .chain([board.head_x]);
    let mut told = board.left;
    let mut said = Vec::new();
    for (&(x, level), end) in changes.iter().zip(ends) {
        let words = words::change(level.came, level.taken);
        let wide = guessed_width(&words, board.size);
        let y = board.y(level.bytes()) - 4.0;
        let start = if x + 3.0 + wide <= end {
            x + 3.0
        } else if level.taken == 0 && x - 4.0 - wide >= told {
            // Before the step it was lower: there is room above that.
            x - 4.0 - wide
        } else {
            continue;
        };
        if start >= told {
            told = start + wide + 4.0;
            said.push((words, start, y, wide));
        }
    }
    for (words, x, y, wide) in said {
        let y = y.max(board.size * 0.85);
        // The line of the window does not strike it out.
        let plate = area(
            x - 1.0,
            y - board.size * 0.78,
            wide + 2.0,
            board.size * 0.84,
        );
        board.sketch.rect(plate, 0.0, Ink::Paper, None);
        let text = text(words, (x, y), board.size).bold().within(wide * 1.15);
        board.sketch.text(text);
    }
}
