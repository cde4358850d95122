//! The level chart: how full the receive queue was around the head, in show time. Layered by
//! batch, with the window where it is near, kernel memory beside it on its own scale, and what
//! happened as ticks below.
//!
//! It is the one picture that tells of what is recorded and not shown yet: that has ticks, and no
//! level. Laid out in CSS pixels: words keep their size, time takes what room there is.

mod axis;
mod level;
mod memory;
mod now;

use model::{Level, Show, Timeline};
use protocol::{Conn, Source};

use crate::{
    Lang, Look, Scene,
    sketch::{Sketch, guessed_width, sane, text},
};

/// What to draw the chart of.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// The records, and the levels of the connection in focus.
    pub timeline: &'a Timeline,
    /// The moment that is shown.
    pub head: Show,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Colours and weights.
    pub look: Look,
    /// The language of all words.
    pub lang: Lang,
}

/// Seconds of show in a chart with room for them; fewer in a narrow one.
const SECONDS_MAX: f64 = 26.0;
const SECONDS_MIN: f64 = 8.0;
/// A second takes as much room as two labels.
const SECOND_WIDTH: f64 = 42.0;
/// So much of the chart is before the head.
const BEFORE: f64 = 0.64;
/// Smaller charts show nothing.
const LEAST: (f64, f64) = (120.0, 48.0);

/// The level chart.
#[must_use]
pub fn chart(chart: &Chart) -> Scene {
    let (width, height) = (sane(chart.width), sane(chart.height));
    let mut board = Board::new(chart, width, height);
    if width >= LEAST.0 && height >= LEAST.1 {
        board.draw();
    }
    // Time passes under the playhead, whatever happens.
    board.sketch.scene(width, height, 1.0, true)
}

/// What all parts of the chart share.
struct Board<'a> {
    chart: &'a Chart<'a>,
    sketch: Sketch,
    conn: Option<Conn>,
    /// The levels in view, up to the head.
    levels: Vec<Level>,
    /// Size of the words.
    size: f64,
    /// Where time begins and ends.
    left: f64,
    right: f64,
    pixels_per_nano: f64,
    head_x: f64,
    /// Bytes at the top of the scale.
    top_bytes: u64,
    /// From the top of the scale down.
    top: f64,
    base: f64,
    ticks: f64,
    ticks_end: f64,
    memory_top: f64,
    memory_base: f64,
    /// Baseline of the words at the foot.
    foot: f64,
    /// What is taken at the foot.
    foot_taken: Vec<(f64, f64)>,
}

impl<'a> Board<'a> {
    fn new(chart: &'a Chart<'a>, width: f64, height: f64) -> Board<'a> {
        let size = match chart.look {
            Look::Projector => (height * 0.184).clamp(14.0, 22.0),
            Look::Light | Look::Dark => (height * 0.117).clamp(12.0, 14.0),
        };
        let has_names = width >= 50.0 * size;
        let left = size * if has_names { 10.0 } else { 3.6 };
        let right = width - 4.0;
        let room = (right - left).max(1.0);
        let seconds = (room / SECOND_WIDTH).clamp(SECONDS_MIN, SECONDS_MAX);
        let foot = height - size * 0.28;
        let memory_base = height - size * 1.3;
        let memory_top = memory_base - (height * 0.125).clamp(7.0, 16.0);
        let ticks_end = memory_top - 5.0;
        let ticks = ticks_end - (size * 0.5).min(8.0);
        let mut board = Board {
            chart,
            sketch: Sketch::default(),
            conn: chart.timeline.focus(),
            levels: Vec::new(),
            size,
            left,
            right,
            pixels_per_nano: room / (seconds * 1e9),
            head_x: left + room * BEFORE,
            top_bytes: 100,
            top: size * 1.2,
            base: ticks - 3.0,
            ticks,
            ticks_end,
            memory_top,
            memory_base,
            foot,
            foot_taken: Vec::new(),
        };
        board.levels = chart
            .timeline
            .levels(board.show_at(left), chart.head)
            .copied()
            .collect();
        board.top_bytes = level::scale(&board.levels);
        board
    }

    fn draw(&mut self) {
        let has_names = self.left > self.size * 5.0;
        axis::pending(self);
        axis::scale(self, has_names);
        level::draw(self);
        memory::draw(self, has_names);
        axis::losses(self);
        axis::entries(self);
        level::labels(self);
        axis::live(self);
        axis::playhead(self);
        now::draw(self);
    }

    fn x(&self, show: Show) -> f64 {
        let since = show.0 as f64 - self.chart.head.0 as f64;
        self.head_x + since * self.pixels_per_nano
    }

    /// The moment at `x`.
    fn show_at(&self, x: f64) -> Show {
        let since = (x - self.head_x) / self.pixels_per_nano;
        Show((self.chart.head.0 as f64 + since).max(0.0) as u64)
    }

    /// Where so many bytes reach.
    fn y(&self, bytes: u64) -> f64 {
        let part = bytes as f64 / self.top_bytes.max(1) as f64;
        self.base - (self.base - self.top) * part.min(1.0)
    }

    /// Where each level begins and ends, within the view.
    fn steps(&self) -> impl Iterator<Item = (f64, f64, &Level)> {
        let ends = self
            .levels
            .iter()
            .skip(1)
            .map(|level| level.shown)
            .chain([self.chart.head]);
        self.levels.iter().zip(ends).map(|(level, end)| {
            let from = self.x(level.shown).max(self.left);
            (from, self.x(end).max(from).min(self.right), level)
        })
    }

    /// A name left of the chart, ending at `x`, with how its value is known before it.
    fn name(&mut self, name: &str, (x, y): (f64, f64), source: Option<Source>) {
        let size = self.size;
        let wide = guessed_width(name, size);
        self.sketch
            .text(text(name, (x, y), size).quiet().end().within(x));
        if let Some(source) = source {
            let dot = (x - wide * 1.04 - size * 0.6, y - size * 0.34);
            self.sketch.mark(source, dot, size * 0.3);
        }
    }

    /// On a wall lines are heavier.
    fn weight(&self, width: f64) -> f64 {
        match self.chart.look {
            Look::Projector => width * 1.5,
            Look::Light | Look::Dark => width,
        }
    }

    /// Takes room at the foot for words around `x`; whether there was any.
    fn take_foot(&mut self, words: &str, x: f64) -> bool {
        let half = guessed_width(words, self.size) / 2.0 + self.size * 0.3;
        let (from, to) = (x - half, x + half);
        let is_free = from >= self.left
            && to <= self.right
            && self.foot_taken.iter().all(|&(a, b)| to <= a || b <= from);
        if is_free {
            self.foot_taken.push((from, to));
        }
        is_free
    }
}
