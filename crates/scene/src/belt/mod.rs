//! The belt: one cutaway drawing of a connection, read as a U-turn. Out on the upper belt, down
//! through the kernel, back on the lower belt. Only the kernel is tinted, because nobody ever sees
//! it.
//!
//! Laid out in the units of its form and scaled as one piece. Every part is a pure function of the
//! state and the show time; where a byte is follows from its offset.

mod answer;
mod backdrop;
mod bag;
mod buffer;
mod client;
mod incoming;
mod kernel;
mod letters;
mod plan;
mod racks;
mod reading;
mod signs;
mod tab;
mod vessel;
mod window;
mod worker;

use model::{Connection, EndState};
use protocol::{Policy, Source};

use crate::{
    Form, Frame, Fruit, Look, Scene,
    heap::{Grain, Spot, crate_bytes, draw_unit},
    motion::Motion,
    sketch::{Sketch, sane},
    words::Label,
};
use letters::Letters;
use plan::Plan;

pub use tab::tab_picture;

/// The belt for the connection in focus.
#[must_use]
pub fn belt(frame: &Frame) -> Scene {
    let mut stage = Stage::new(frame);
    stage.sketch.dim(frame.link);
    stage.draw();
    stage.sketch.end_dim(frame.link);
    signs::caption(&mut stage);
    let Plan { width, height, .. } = *stage.plan;
    let shown = sane(frame.width);
    let moving = stage.motion.is_moving();
    stage
        .sketch
        .scene(shown, shown * height / width, shown / width, moving)
}

/// What all parts of the drawing share.
struct Stage<'a> {
    frame: &'a Frame<'a>,
    connection: Option<&'a Connection>,
    motion: Motion,
    sketch: Sketch,
    plan: &'static Plan,
    size: Letters,
    /// One size of crate holds for the whole stage.
    crate_bytes: u64,
}

impl<'a> Stage<'a> {
    fn new(frame: &'a Frame<'a>) -> Stage<'a> {
        let connection = frame.connection();
        let form = Form::of(frame.width, frame.height);
        let size = Letters::of(frame.look, form);
        let heavier = match (form, frame.look) {
            (Form::Wide, Look::Projector) => 1.5,
            (Form::Wide, _) => 1.0,
            (Form::Upright, _) => 0.75,
        };
        Stage {
            frame,
            connection,
            motion: Motion::new(frame.now, frame.reduced_motion),
            sketch: Sketch {
                weight: heavier,
                character_from: size.character / Fruit::character_size(frame.look),
                ..Sketch::default()
            },
            plan: Plan::of(form),
            size,
            crate_bytes: connection.map_or(8, stage_crate),
        }
    }

    fn draw(&mut self) {
        backdrop::territories(self);
        client::draw(self);
        backdrop::upper_belt(self);
        incoming::draw(self);
        client::front(self);
        vessel::back(self);
        window::draw(self);
        buffer::draw(self);
        kernel::memory(self);
        signs::gate(self);
        worker::figure(self);
        bag::draw(self);
        worker::tray(self);
        reading::draw(self);
        // The lower belt runs in front of the worker's feet.
        backdrop::lower_belt(self);
        answer::draw(self);
        kernel::send_buffer(self);
        signs::draw(self);
    }

    fn server(&self) -> Option<&'a EndState> {
        self.connection
            .and_then(|connection| connection.server.as_ref())
    }

    /// The policy of the connection, or of those to come.
    fn policy(&self) -> Policy {
        self.connection
            .map_or(self.frame.state.policy, |connection| connection.policy)
    }

    fn bufsize(&self) -> u32 {
        self.policy().bufsize
    }

    /// Whether a reset has torn the belts: then nothing rides on them.
    fn is_torn(&self) -> bool {
        self.connection
            .is_some_and(|connection| connection.reset().is_some())
    }

    /// How a value is known, in the size of the form.
    fn mark(&mut self, source: Source, at: (f64, f64)) {
        self.sketch.mark(source, at, self.size.mark);
    }

    fn label(&self, label: Label) -> &'static str {
        label.text(self.frame.lang)
    }

    /// Draws a sprite of the connection's bytes.
    fn unit(&mut self, grain: Grain, offset: u64, spot: Spot) {
        if let Some(connection) = self.connection {
            draw_unit(&mut self.sketch, connection, grain, offset, spot);
        }
    }

    /// Fruit up to `most`, otherwise the stage's crates.
    fn grain(&self, bytes: u64, most: u64) -> Grain {
        if bytes <= most {
            Grain::Fruit
        } else {
            Grain::Crate(self.crate_bytes)
        }
    }
}

/// The size of crate with which every heap of the stage keeps to its place.
fn stage_crate(connection: &Connection) -> u64 {
    let server = connection.server.as_ref();
    let waiting = connection.waiting_bytes();
    let last_read = server
        .and_then(|end| end.read.last())
        .map_or(0, model::Cut::bytes);
    [
        (waiting, racks::BUFFER_CRATES),
        (connection.on_the_way().unwrap_or(0), racks::BELT_CRATES),
        (last_read, racks::TRAY_CRATES),
        (
            connection
                .bag_level()
                .max(u64::from(connection.policy.bag.unwrap_or(0))),
            racks::BAG_CRATES,
        ),
    ]
    .into_iter()
    .map(|(bytes, most)| crate_bytes(bytes, most))
    .max()
    .unwrap_or(8)
}
