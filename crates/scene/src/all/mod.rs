//! All connections as small belts: up to two hundred at once, each with its number, its peer, what
//! it does and how full its queue is. Few are large, many are small; what finds no room is counted.
//!
//! Laid out in the stage's units and scaled as one piece. A cell's place follows from the number
//! of its connection alone, so that nothing jumps when another one moves.

mod cell;
mod chosen;

use protocol::Source;

use crate::{
    Form, Frame, Link, Look, Scene, Shape, Target,
    motion::Motion,
    sketch::{Area, Sketch, area, dashed, guessed_width, line, run, runs, sane, text},
    words::{self, Label},
};
use crate::{Ink, sketch::EDGE};

pub use chosen::chosen;

use cell::Kind;

/// All connections that the state remembers.
#[must_use]
pub fn all(frame: &Frame) -> Scene {
    let form = Form::of(frame.width, frame.height);
    let (across, down) = form.units();
    let mut board = Board {
        frame,
        form,
        motion: Motion::new(frame.now, frame.reduced_motion),
        sketch: Sketch::default(),
    };
    board.sketch.dim(frame.link);
    let more = board.cells();
    board.sketch.end_dim(frame.link);
    board.header(more);
    let width = sane(frame.width);
    let moving = board.motion.is_moving();
    board
        .sketch
        .scene(width, width * down / across, width / across, moving)
}

struct Board<'a> {
    frame: &'a Frame<'a>,
    form: Form,
    motion: Motion,
    sketch: Sketch,
}

/// One cell alone is not larger than this.
const SCALE_MAX: f64 = 2.0;
/// Cells take up room that is left, up to so much more than they need.
const STRETCH: (f64, f64) = (1.35, 1.5);
/// More cells are not drawn, however small they could be.
const CELLS_MAX: usize = 240;

/// Cells of one kind in rows.
struct Grid {
    kind: Kind,
    columns: usize,
    /// How many cells there is room for.
    room: usize,
    scale: f64,
    /// Width and height of a cell, in units of the stage.
    cell: (f64, f64),
}

impl Board<'_> {
    /// The cells; how many connections found no room.
    fn cells(&mut self) -> usize {
        let frame = self.frame;
        let count = frame.state.conns.len();
        if count == 0 {
            self.nobody();
            return 0;
        }
        let at = self.field();
        let grid = grid(count, at, frame.look);
        let shown = chosen(frame.state, frame.focus, grid.room);
        let (w, h) = grid.cell;
        let own = (w / grid.scale, h / grid.scale);
        for (index, connection) in shown.iter().enumerate() {
            let (row, column) = (index / grid.columns, index % grid.columns);
            let x = at.x + column as f64 * (w + grid.kind.gutter());
            let y = at.y + row as f64 * (h + grid.kind.gutter());
            let is_new = cell::changed(connection)
                .is_some_and(|moment| self.motion.is_within(moment, cell::NEW_MS));
            let is_reading = cell::read_last(connection)
                .is_some_and(|moment| self.motion.is_within(moment, cell::READING_MS));
            let drawn = cell::Cell {
                frame,
                connection,
                is_focus: frame.focus == Some(connection.conn),
                is_new,
                is_reading,
            };
            let drawn = drawn.draw(grid.kind, own).scene(w, h, grid.scale, false);
            self.put(drawn, x, y);
            self.sketch
                .hit(area(x, y, w, h), Target::Connection(connection.conn));
        }
        count - shown.len()
    }

    /// Where cells may be.
    fn field(&self) -> Area {
        let (across, down) = self.form.units();
        let margin = match self.form {
            Form::Wide => 24.0,
            Form::Upright => 8.0,
        };
        let top = self.header_size() * 2.4;
        area(margin, top, across - 2.0 * margin, down - top - margin)
    }

    fn header_size(&self) -> f64 {
        match (self.form, self.frame.look) {
            (Form::Wide, Look::Projector) => 28.0,
            (Form::Wide, _) => 22.0,
            (Form::Upright, _) => 15.0,
        }
    }

    /// How many there are, how many wait at the desk, how many are not shown, and what the arrows
    /// mean. While the relay is silent: that.
    fn header(&mut self, more: usize) {
        let (frame, size) = (self.frame, self.header_size());
        let lang = frame.lang;
        let at = self.field();
        let y = size * 1.6;
        if frame.link != Link::Live {
            let words = words::caption_text(frame);
            let words = text(words, (at.x, y), size).bold().within(at.w);
            return self.sketch.text(words);
        }
        let count = words::connections(frame.state.conns.len() as u64, lang);
        let mut pieces = vec![run(&count, size).bold()];
        let mut wide = guessed_width(&count, size) * 1.06;
        if more > 0 {
            let more = words::and_more(more as u64, lang);
            wide += guessed_width(&more, size) * 1.06 + size;
            pieces.push(run(more, size).bold().after(size));
        }
        let desk = frame
            .state
            .listener
            .as_ref()
            .and_then(|listener| listener.waiting);
        let desk_x = at.x + wide + size * 2.4;
        let legend = words::arrows(lang);
        let legend_wide = guessed_width(legend, size) * 1.06;
        // A narrow form has no room for it.
        let legend_wide = match self.form {
            Form::Wide => legend_wide,
            Form::Upright => 0.0,
        };
        let legend_x = at.x + at.w - legend_wide;
        self.sketch.line(runs(pieces, (at.x, y), at.w));
        if let Some((waiting, _)) = desk {
            let state = frame.state;
            let is_full = waiting.queued > waiting.limit;
            let outside = if is_full { state.outside().count() } else { 0 };
            let queued = u64::from(waiting.queued);
            let words = words::at_the_desk(queued, state.unaccepted_bytes(), outside as u64, lang);
            let room = (legend_x - size - desk_x).max(size * 4.0);
            let dot = (desk_x - size * 0.7, y - size * 0.34);
            self.sketch.mark(Source::Measured, dot, size * 0.3);
            self.sketch
                .text(text(words, (desk_x, y), size).within(room));
        }
        if legend_wide > 0.0 {
            let at = (at.x + at.w, y);
            let legend = text(legend, at, size).quiet().end();
            self.sketch.text(legend.within(legend_wide * 1.1));
        }
    }

    /// An empty place, and how to take it.
    fn nobody(&mut self) {
        let at = self.field();
        let size = self.header_size() * 1.2;
        let stroke = dashed(Ink::Ink2, 2.0, 2.0, 6.0);
        self.sketch.rect(at, 8.0, None, Some(stroke));
        if self.frame.link != Link::Live {
            return;
        }
        let (x, y) = (at.x + at.w / 2.0, at.y + at.h / 2.0);
        let lang = self.frame.lang;
        let words = Label::NobodyYet.text(lang);
        let words = text(words, (x, y - size * 0.3), size).middle();
        self.sketch.text(words.within(at.w - size));
        if let Some(listener) = &self.frame.state.listener {
            let words = words::nc_line(&listener.listening.addr);
            let words = text(words, (x, y + size * 1.2), size).mono().bold();
            self.sketch.text(words.middle().within(at.w - size));
        }
    }

    fn put(&mut self, cell: Scene, x: f64, y: f64) {
        self.sketch
            .shapes
            .extend(cell.shapes.into_iter().map(|shape| moved(shape, x, y)));
    }
}

/// The largest kind of cell of which there is room for all; if there is none, as many of the
/// smallest as there is room for.
fn grid(count: usize, at: Area, look: Look) -> Grid {
    for kind in Kind::ALL {
        let best = (1..=count.min(40))
            .map(|columns| Grid::of(kind, columns, count.div_ceil(columns), at, look))
            .max_by(|a, b| a.scale.total_cmp(&b.scale));
        if let Some(grid) = best.filter(|grid| grid.scale >= 1.0) {
            return grid;
        }
    }
    let kind = Kind::Small;
    let ((w, h), gutter) = (kind.size(look), kind.gutter());
    let fit = |space: f64, size: f64| (((space + gutter) / (size + gutter)) as usize).max(1);
    Grid::of(kind, fit(at.w, w), fit(at.h, h), at, look)
}

impl Grid {
    fn of(kind: Kind, columns: usize, rows: usize, at: Area, look: Look) -> Grid {
        let ((w, h), gutter) = (kind.size(look), kind.gutter());
        let share = |space: f64, cells: usize| (space + gutter) / cells as f64 - gutter;
        let (wide, high) = (share(at.w, columns), share(at.h, rows));
        let scale = (wide / w).min(high / h).min(SCALE_MAX);
        Grid {
            kind,
            columns,
            room: (columns * rows).min(CELLS_MAX),
            scale,
            cell: (
                wide.min(w * scale * STRETCH.0),
                high.min(h * scale * STRETCH.1),
            ),
        }
    }
}

/// The same shape elsewhere.
fn moved(mut shape: Shape, by_x: f64, by_y: f64) -> Shape {
    match &mut shape {
        Shape::Rect { x, y, .. }
        | Shape::Circle { x, y, .. }
        | Shape::Path { x, y, .. }
        | Shape::Sprite { x, y, .. } => {
            *x += by_x;
            *y += by_y;
        }
        Shape::Text(text) => {
            text.x += by_x;
            text.y += by_y;
        }
        Shape::Line(line) => {
            line.x += by_x;
            line.y += by_y;
        }
        Shape::GroupStart { .. } | Shape::GroupEnd => {}
    }
    shape
}

/// The border of a cell: who is in focus, what has just changed.
fn border(cell: &cell::Cell, at: Area, sketch: &mut Sketch) {
    let stroke = match (cell.is_focus, cell.is_new) {
        (true, true) => line(Ink::Focus, EDGE * 1.8),
        (true, false) => line(Ink::Focus, EDGE),
        (false, true) => line(Ink::Ink, 2.5),
        (false, false) => line(Ink::Hair, 1.5),
    };
    sketch.rect(at, 4.0, Ink::Well, Some(stroke));
}
