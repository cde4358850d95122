//! The cut view: the byte stream itself as the layout. The x axis is the offset; a byte gets its x
//! once and keeps it, only its floor changes: wire, kernel, scoop, bag. Each floor keeps the cuts
//! that were made there, one under the other, so that edges which do not line up are seen.
//!
//! The client is at the right: then offset 0 is at the left, and the stream reads as text.

mod axis;
mod back;
mod bag;
mod belts;
mod client;
mod floors;
mod glass;
mod layout;
mod next;
mod numbers;
mod pieces;
mod reads;
mod scoop;
mod streams;
mod view;
mod window;
mod wire;
mod worker;

use model::{Connection, EndState, Moment};
use protocol::{Policy, ReadWhen};

use crate::{
    Frame, Ink, Scene, Stroke,
    motion::{Motion, ease},
    sketch::{Sketch, dashed, line},
    words::Label,
};
use axis::Axis;
use layout::Layout;
use view::View;

/// How long the axis takes to slide on by a bag, and how long an answered bag stays before, ms.
const SLIDE_MS: f64 = 500.0;
const STAYS_MS: f64 = 1600.0;

/// The cut view of the connection in focus.
#[must_use]
pub fn cut(frame: &Frame) -> Scene {
    let mut stage = Stage::new(frame);
    stage.sketch.dim(frame.link);
    stage.draw();
    stage.sketch.end_dim(frame.link);
    streams::sentence(&mut stage);
    let Layout {
        width,
        height,
        scale,
        ..
    } = stage.layout;
    let moving = stage.motion.is_moving();
    stage
        .sketch
        .scene(width * scale, height * scale, scale, moving)
}

/// What all floors share.
struct Stage<'a> {
    frame: &'a Frame<'a>,
    connection: Option<&'a Connection>,
    motion: Motion,
    sketch: Sketch,
    layout: Layout,
    axis: Axis,
}

impl<'a> Stage<'a> {
    fn new(frame: &'a Frame<'a>) -> Stage<'a> {
        let connection = frame.connection();
        let motion = Motion::new(frame.now, frame.reduced_motion);
        let layout = Layout::new(frame);
        let axis = axis(frame, &motion, &layout);
        Stage {
            frame,
            connection,
            motion,
            sketch: Sketch::default(),
            layout,
            axis,
        }
    }

    fn draw(&mut self) {
        floors::draw(self);
        streams::draw(self);
        wire::draw(self);
        glass::draw(self);
        bag::draw(self);
        reads::draw(self);
        scoop::draw(self);
        back::draw(self);
        client::draw(self);
        numbers::draw(self);
    }

    fn server(&self) -> Option<&'a EndState> {
        self.connection
            .and_then(|connection| connection.server.as_ref())
    }

    fn client(&self) -> Option<&'a EndState> {
        self.connection
            .and_then(|connection| connection.client.as_ref())
    }

    fn policy(&self) -> Policy {
        self.connection
            .map_or(self.frame.state.policy, |connection| connection.policy)
    }

    fn is_held(&self) -> bool {
        self.policy().read_when == ReadWhen::Held
    }

    fn label(&self, label: Label) -> &'static str {
        label.text(self.frame.lang)
    }

    /// Of small figures: a phone's are about half as large.
    fn unit(&self) -> f64 {
        self.layout.unit
    }

    /// A line of the art, heavier on a wall.
    fn pen(&self, ink: Ink, width: f64) -> Stroke {
        line(ink, width * self.layout.heavy)
    }

    fn dashes(&self, ink: Ink, width: f64, dash: f64, gap: f64) -> Stroke {
        let heavy = self.layout.heavy;
        dashed(ink, width * heavy, dash * heavy, gap * heavy)
    }

    /// Behind the last byte that has arrived, that was read, and that is known of at all.
    fn arrived(&self) -> u64 {
        self.connection.map_or(0, Connection::here_bytes)
    }

    fn read(&self) -> u64 {
        self.server().map_or(0, |end| end.read.total.bytes)
    }

    fn answered(&self) -> u64 {
        self.server().map_or(0, |end| end.answered.total.bytes)
    }

    fn sent(&self) -> Option<u64> {
        self.client().map(|end| end.wrote.total.bytes)
    }

    fn end(&self) -> u64 {
        self.arrived().max(self.sent().unwrap_or(0))
    }

    /// Whether the window that was last advertised is zero.
    fn window_is_shut(&self) -> bool {
        self.server().is_some_and(|end| {
            end.closed.is_none()
                && end
                    .queues
                    .is_some_and(|(queues, _)| queues.receive_window == Some(0))
        })
    }

    fn is_torn(&self) -> bool {
        self.connection
            .is_some_and(|connection| connection.reset().is_some())
    }
}

/// The axis now: where it is to be, or on its way there.
fn axis(frame: &Frame, motion: &Motion, layout: &Layout) -> Axis {
    let Some(connection) = frame.connection() else {
        let view = View::new(view::Edges::default(), &frame.state.policy, layout);
        return Axis::new(view, layout);
    };
    let (now, before) = view::edges(connection);
    let policy = &connection.policy;
    let view = View::new(now, policy, layout);
    let axis = Axis::new(view, layout);
    let Some((before, moment)) = before else {
        return axis;
    };
    let old = View::new(before, policy, layout);
    if old == view {
        return axis;
    }
    // An answered bag is looked at before the axis goes on.
    let delay = if now.answered > before.answered && policy.bag.is_some() {
        STAYS_MS
    } else {
        0.0
    };
    slide(axis, old, motion, layout, moment, delay)
}

fn slide(
    axis: Axis,
    old: View,
    motion: &Motion,
    layout: &Layout,
    moment: Moment,
    delay: f64,
) -> Axis {
    let p = motion.progress(moment, delay, SLIDE_MS);
    axis.sliding_from(old, layout, ease(p))
}
