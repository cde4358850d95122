//! The belt: one cutaway drawing of a connection, read as a U-turn. Out on the upper belt from
//! left to right, down through the kernel, back on the lower belt from right to left. Only the
//! kernel is tinted, because nobody ever sees it.
//!
//! Laid out in units of 1920 by 660 and scaled as one piece. Every part is a pure function of the
//! state and the show time; where a byte is follows from its offset.

mod answer;
mod backdrop;
mod bag;
mod buffer;
mod client;
mod incoming;
mod kernel;
mod signs;
mod tab;
mod worker;

use model::{Connection, EndState};

use crate::{
    Frame, Link, Scene,
    heap::{Grain, Spot, crate_bytes, draw_unit},
    motion::Motion,
    sketch::{Sketch, sane},
    words::Label,
};

pub use tab::tab_picture;

const WIDTH: f64 = 1920.0;
const HEIGHT: f64 = 660.0;

/// Left edges of the four territories.
const NETWORK: f64 = 268.0;
const KERNEL: f64 = 720.0;
const PROGRAM: f64 = 1268.0;
/// Surface of the upper belt, on which bytes come in.
const IN_Y: f64 = 212.0;
/// Surface of the lower belt, on which answers go out.
const OUT_Y: f64 = 616.0;

/// Type of the art.
mod size {
    pub const NUMBER: f64 = 58.0;
    pub const NUMBER2: f64 = 34.0;
    pub const CAPTION: f64 = 28.0;
    pub const TITLE: f64 = 22.0;
    pub const BAND: f64 = 20.0;
    pub const SMALL: f64 = 18.0;
}

/// The belt for the connection in focus.
pub(crate) fn belt(frame: &Frame) -> Scene {
    let mut stage = Stage::new(frame);
    let dimmed = frame.link != Link::Live;
    if dimmed {
        stage.sketch.fade(0.4);
    }
    stage.draw();
    if dimmed {
        stage.sketch.end_fade();
    }
    signs::caption(&mut stage);
    let width = sane(frame.width);
    let moving = stage.motion.is_moving();
    stage
        .sketch
        .scene(width, width * HEIGHT / WIDTH, width / WIDTH, moving)
}

/// What all parts of the drawing share.
struct Stage<'a> {
    frame: &'a Frame<'a>,
    connection: Option<&'a Connection>,
    motion: Motion,
    sketch: Sketch,
    /// One size of crate holds for the whole stage.
    crate_bytes: u64,
}

impl<'a> Stage<'a> {
    fn new(frame: &'a Frame<'a>) -> Stage<'a> {
        let connection = frame.connection();
        Stage {
            frame,
            connection,
            motion: Motion::new(frame.now, frame.reduced_motion),
            sketch: Sketch::default(),
            crate_bytes: connection.map_or(8, stage_crate),
        }
    }

    fn draw(&mut self) {
        backdrop::territories(self);
        client::draw(self);
        backdrop::upper_belt(self);
        incoming::draw(self);
        client::stall(self);
        buffer::draw(self);
        kernel::draw(self);
        signs::gate(self);
        bag::draw(self);
        worker::draw(self);
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
    let waiting = server.map_or(0, EndState::waiting_bytes);
    let last_read = server
        .and_then(|end| end.read.last())
        .map_or(0, model::Cut::bytes);
    [
        (waiting, buffer::CRATES_MAX),
        (connection.on_the_way().unwrap_or(0), incoming::CRATES_MAX),
        (last_read, worker::CRATES_MAX),
        (
            connection
                .bag_level()
                .max(u64::from(connection.policy.bag.unwrap_or(0))),
            bag::CRATES_MAX,
        ),
    ]
    .into_iter()
    .map(|(bytes, most)| crate_bytes(bytes, most))
    .max()
    .unwrap_or(8)
}
