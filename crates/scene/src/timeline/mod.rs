//! The bar of time: all of the show, or the part of it that a person looks at. How much happened
//! when, what is worth finding, the head in it, and where the records end.
//!
//! Its width is show time; its words are log time. Laid out in CSS pixels, like the level chart.
//! What stands still while the head moves is a [`Ground`], made once for many pictures.

mod axis;
mod density;
mod flags;
mod glyph;
mod span;

use model::{Bucket, Show, Timeline};

pub use glyph::{Sign, sign};
pub use span::Span;

use crate::{
    Hit, Lang, Look, Scene, Shape,
    sketch::{Sketch, guessed_width, sane},
};

/// What to draw the bar of.
#[derive(Clone, Copy, Debug)]
pub struct Bar<'a> {
    /// The records.
    pub timeline: &'a Timeline,
    /// The moment that is shown.
    pub head: Show,
    /// What the bar spans.
    pub span: Span,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Colours and weights.
    pub look: Look,
    /// The language of all words.
    pub lang: Lang,
}

/// What does not move with the head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ground {
    shapes: Vec<Shape>,
    hits: Vec<Hit>,
}

/// A bucket is so wide, pixels.
const BUCKET: f64 = 4.0;
/// Left and right of all time, for what is drawn around a moment.
const MARGIN: f64 = 10.0;
/// Smaller bars show nothing.
const LEAST: (f64, f64) = (80.0, 24.0);

/// The moment at `x` of a bar that is so wide.
#[must_use]
pub fn moment_at(x: f64, width: f64, span: Span) -> Show {
    span.show_at((x - MARGIN) / (width - 2.0 * MARGIN).max(1.0))
}

/// What stands still under the head.
#[must_use]
pub fn ground(bar: &Bar) -> Ground {
    let Some(mut board) = Board::new(bar) else {
        return Ground::default();
    };
    let count = ((board.right - board.left) / BUCKET).max(1.0) as usize;
    let buckets: Vec<Bucket> = bar.timeline.density(bar.span.from, bar.span.to, count);
    axis::track(&mut board);
    density::bars(&mut board, &buckets);
    axis::idle(&mut board);
    flags::markers(&mut board);
    density::signs(&mut board, &buckets);
    Ground {
        shapes: board.sketch.shapes,
        hits: board.sketch.hits,
    }
}

/// The bar of time, on a ground that was made of the same bar at any head.
#[must_use]
pub fn timeline(bar: &Bar, ground: &Ground) -> Scene {
    let (width, height) = (sane(bar.width), sane(bar.height));
    let Some(mut board) = Board::new(bar) else {
        return Sketch::default().scene(width, height, 1.0, false);
    };
    board.sketch.shapes = ground.shapes.clone();
    board.sketch.hits = ground.hits.clone();
    axis::live(&mut board);
    axis::head(&mut board);
    axis::times(&mut board);
    board.sketch.scene(width, height, 1.0, true)
}

/// What all parts of the bar share.
struct Board<'a> {
    bar: &'a Bar<'a>,
    sketch: Sketch,
    /// Size of the words.
    size: f64,
    /// Where time begins and ends.
    left: f64,
    right: f64,
    /// From here down: signs and names, how much happened, the line of time, its words.
    top: f64,
    base: f64,
    /// What is taken in the row of signs and names.
    signs: Room,
    /// What is taken at the foot.
    foot: Room,
}

impl<'a> Board<'a> {
    fn new(bar: &'a Bar<'a>) -> Option<Board<'a>> {
        let (width, height) = (sane(bar.width), sane(bar.height));
        if width < LEAST.0 || height < LEAST.1 {
            return None;
        }
        let size = match bar.look {
            Look::Projector => (height * 0.27).clamp(14.0, 22.0),
            Look::Light | Look::Dark => (height * 0.25).clamp(12.0, 14.0),
        };
        Some(Board {
            bar,
            sketch: Sketch::default(),
            size,
            left: MARGIN,
            right: width - MARGIN,
            top: size * 1.3,
            base: height - size * 1.45,
            signs: Room::new(width),
            foot: Room::new(width),
        })
    }

    fn x(&self, show: Show) -> f64 {
        self.left + self.bar.span.part_of(show) * (self.right - self.left)
    }

    /// Whether a moment is in view, and where.
    fn seen(&self, show: Show) -> Option<f64> {
        let x = self.x(show);
        (x >= self.left - 0.5 && x <= self.right + 0.5).then_some(x)
    }

    /// On a wall lines are heavier.
    fn weight(&self, width: f64) -> f64 {
        match self.bar.look {
            Look::Projector => width * 1.5,
            Look::Light | Look::Dark => width,
        }
    }

    fn wide(&self, words: &str) -> f64 {
        guessed_width(words, self.size)
    }
}

/// What is taken of a row, in cells: asking costs the same however much is.
struct Room {
    cells: Vec<bool>,
}

impl Room {
    const CELL: f64 = 3.0;

    fn new(width: f64) -> Room {
        Room {
            cells: vec![false; (width / Self::CELL) as usize],
        }
    }

    /// Takes the room between two places; whether all of it was free.
    fn take(&mut self, from: f64, to: f64) -> bool {
        let place = |x: f64| (x / Self::CELL).max(0.0) as usize;
        let cells = match from >= 0.0 {
            true => self.cells.get_mut(place(from)..=place(to).max(place(from))),
            false => None,
        };
        match cells {
            Some(cells) if cells.iter().all(|taken| !taken) => {
                cells.fill(true);
                true
            }
            _ => false,
        }
    }
}
