//! The nine steps as a sequence in two lanes: the client's calls at the left, the server's at the
//! right, and between them the kernel, which does by itself what lies between connect and accept.
//!
//! A step is lit by the record of its call. What no record tells stays dark and says why; between
//! the lanes only what was observed is drawn.

mod arrows;
mod lamps;
mod lane;
mod layout;
mod queue;

use model::{Connection, EndState, SocketCall, latest_call};
use protocol::{Conn, End, Source};

use crate::{
    Form, Frame, Ink, Look, Scene,
    motion::Motion,
    sketch::{Sketch, fitting, guessed_width, run, runs, sane},
    words,
};
use layout::Layout;

/// The nine steps of the connection in focus.
#[must_use]
pub fn steps(frame: &Frame) -> Scene {
    let mut stage = Stage::new(frame);
    stage.sketch.dim(frame.link);
    lane::names(&mut stage);
    lamps::draw(&mut stage);
    arrows::draw(&mut stage);
    queue::draw(&mut stage);
    lane::draw(&mut stage);
    stage.sketch.end_dim(frame.link);
    caption(&mut stage);
    let Layout { width, height, .. } = stage.layout;
    let shown = sane(frame.width);
    let moving = stage.motion.is_moving();
    stage
        .sketch
        .scene(shown, shown * height / width, shown / width, moving)
}

/// What all parts share.
struct Stage<'a> {
    frame: &'a Frame<'a>,
    /// Whose steps they are: the one in focus; if nobody is there yet, whoever is connecting.
    conn: Option<Conn>,
    connection: Option<&'a Connection>,
    /// The call that was recorded last.
    latest: Option<SocketCall>,
    motion: Motion,
    sketch: Sketch,
    layout: Layout,
}

impl<'a> Stage<'a> {
    fn new(frame: &'a Frame<'a>) -> Stage<'a> {
        let known = frame.focus.filter(|conn| {
            frame.state.conn(*conn).is_some() || !frame.state.calls.of(Some(*conn)).is_empty()
        });
        let conn = known.or_else(|| frame.state.calls.newest());
        let form = Form::of(frame.width, frame.height);
        let heavier = match (form, frame.look) {
            (Form::Wide, Look::Projector) => 1.5,
            (Form::Wide, _) => 1.0,
            (Form::Upright, _) => 0.7,
        };
        Stage {
            frame,
            conn,
            connection: conn.and_then(|conn| frame.state.conn(conn)),
            latest: latest_call(frame.state, conn),
            motion: Motion::new(frame.now, frame.reduced_motion),
            sketch: Sketch {
                weight: heavier,
                ..Sketch::default()
            },
            layout: Layout::new(form, frame.look),
        }
    }

    fn server(&self) -> Option<&'a EndState> {
        self.connection.and_then(|it| it.end(End::Server))
    }

    fn client(&self) -> Option<&'a EndState> {
        self.connection.and_then(|it| it.end(End::Client))
    }

    /// Somebody else's program is at the client's end.
    fn is_foreign(&self) -> bool {
        self.connection.is_some_and(|it| it.client.is_none())
            && self
                .conn
                .is_some_and(|conn| self.frame.state.calls.connecting(conn).is_none())
    }

    fn mark(&mut self, source: Source, at: (f64, f64)) {
        self.sketch.mark(source, at, self.layout.sizes.mark);
    }
}

/// The moment in words, below; always at full strength.
fn caption(stage: &mut Stage) {
    let (mut y, pitch) = stage.layout.caption;
    let left = stage.layout.lane(End::Client).x;
    let room = stage.layout.width - 2.0 * left;
    let sizes = stage.layout.sizes;
    let lines = words::steps::sentences(stage.frame, stage.conn, stage.latest);
    let loud = |index: usize| match index {
        0 => Ink::Ink,
        _ => Ink::Ink2,
    };
    if stage.layout.is_wide() {
        let whole: f64 = lines.iter().map(|it| guessed_width(it, 1.0) + 0.8).sum();
        let size = sizes.caption.min(room / whole.max(0.1)).max(sizes.least);
        let piece = |(index, words): (usize, String)| {
            let piece = run(words, size).ink(loud(index));
            let piece = piece.after(if index == 0 { 0.0 } else { size * 0.6 });
            if index == 0 { piece.bold() } else { piece }
        };
        let pieces = lines.into_iter().enumerate().map(piece).collect();
        return stage.sketch.line(runs(pieces, (left, y), room));
    }
    for (index, words) in lines.into_iter().enumerate() {
        let size = fitting(&words, sizes.caption, room).max(sizes.least);
        let piece = run(words, size).ink(loud(index));
        let piece = if index == 0 { piece.bold() } else { piece };
        stage.sketch.line(runs(vec![piece], (left, y), room));
        y += pitch;
    }
}
