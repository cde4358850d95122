//! The courier: datagrams as parcels that motorcycles carry one by one. Each parcel is whole when it
//! arrives or it does not arrive at all; what the reader does not ask for is cut off; what does not
//! fit into the receive buffer falls to the ground and is counted.
//!
//! Of the queue the kernel tells no more than its memory and the length of the next datagram: which
//! parcels stand in the letter box is derived from what our own client sent and what was received.

mod desk;
mod parcel;
mod plan;
mod rider;
mod road;
mod table;

use model::{DatagramClient, Datagrams};
use protocol::{Conn, Policy};

use crate::{
    Form, Frame, Ink, Link, Look, Scene, Target,
    motion::Motion,
    sketch::{Sketch, area, dashed, fitting, line, sane, text},
    words::{self, courier as say},
};
use plan::Plan;

/// How long a parcel rides from the client to the letter box, and back from the desk, milliseconds.
const RIDE_MS: f64 = 900.0;
/// From the letter box onto the desk.
const LIFT_MS: f64 = 450.0;
/// To the ground.
const FALL_MS: f64 = 600.0;

/// The datagram echo.
#[must_use]
pub fn courier(frame: &Frame) -> Scene {
    let mut stage = Stage::new(frame);
    stage.sketch.dim(frame.link);
    stage.ground();
    if stage.client.is_some() {
        table::draw(&mut stage);
        desk::draw(&mut stage);
        road::draw(&mut stage);
    }
    stage.sketch.end_dim(frame.link);
    stage.caption();
    let Plan { width, height, .. } = stage.plan;
    let shown = sane(frame.width);
    let moving = stage.motion.is_moving();
    stage
        .sketch
        .scene(shown, shown * height / width, shown / width, moving)
}

/// What all parts share.
struct Stage<'a> {
    frame: &'a Frame<'a>,
    datagrams: &'a Datagrams,
    client: Option<&'a DatagramClient>,
    motion: Motion,
    sketch: Sketch,
    plan: Plan,
}

impl<'a> Stage<'a> {
    fn new(frame: &'a Frame<'a>) -> Stage<'a> {
        let form = Form::of(frame.width, frame.height);
        let weight = match (form, frame.look) {
            (Form::Wide, Look::Projector) => 1.4,
            (Form::Wide, _) => 1.0,
            (Form::Upright, _) => 0.7,
        };
        let datagrams = &frame.state.datagrams;
        Stage {
            frame,
            datagrams,
            client: chosen(datagrams, frame.focus),
            motion: Motion::new(frame.now, frame.reduced_motion),
            sketch: Sketch {
                weight,
                ..Sketch::default()
            },
            plan: Plan::of(frame),
        }
    }

    fn policy(&self) -> Policy {
        self.frame.state.policy
    }

    fn is_bad_road(&self) -> bool {
        let bound = self.datagrams.bound.as_ref();
        bound.is_some_and(|(bound, _)| bound.road().is_bad())
    }

    /// The territories, the roads, and who stands where.
    fn ground(&mut self) {
        let lang = self.frame.lang;
        let plan = &self.plan;
        let (name, _, _) = plan.words;
        self.sketch.rect(plan.kernel, 0.0, Ink::Kernel, None);
        let top = match plan.is_wide() {
            true => 42.0,
            false => plan.kernel.y + 16.0,
        };
        let is_bad = self.is_bad_road();
        let network_x = match plan.is_wide() {
            true => plan.way.0 + 40.0,
            false => 42.0,
        };
        let kernel_x = plan.kernel.x + name;
        let program = match plan.is_wide() {
            true => (plan.kernel.x + plan.kernel.w + name, top),
            false => (plan.kernel.x, plan.kernel.y + plan.kernel.h + name * 1.3),
        };
        let places = [
            (
                say::road(is_bad, lang),
                (network_x, top),
                plan.kernel.x - network_x - name,
            ),
            (
                say::kernel(lang),
                (kernel_x, top),
                plan.kernel.w - 2.0 * name,
            ),
            (say::program(lang), program, plan.width - program.0),
        ];
        for (index, (words, at, wide)) in places.into_iter().enumerate() {
            let ink = match is_bad && index == 0 {
                true => Ink::Bad,
                false => Ink::Ink2,
            };
            let size = fitting(words, name, wide);
            self.sketch
                .text(text(words, at, size).ink(ink).within(wide));
        }
        // The two roads.
        let dash = dashed(
            Ink::Paper,
            2.5 * plan.size.max(0.6),
            18.0 * plan.size,
            14.0 * plan.size,
        );
        let left = plan.stall.x;
        for (y, right) in [
            (plan.road, plan.kernel.x + 30.0 * plan.size),
            (plan.back, plan.width - left),
        ] {
            let thick = 16.0 * plan.size;
            let at = area(left, y, right - left, thick);
            self.sketch
                .rect(at, thick / 2.0, Ink::Belt, Some(line(Ink::Ink, 2.0)));
            let d = crate::sketch::trace("M# #H#", &[left + thick, y + thick / 2.0, right - thick]);
            self.sketch.path(d, None, Some(dash));
        }
        if is_bad {
            for share in [0.35, 0.5, 0.62] {
                let x = left + (plan.way.1 - left) * share;
                let (wide, high) = (30.0 * plan.size, 9.0 * plan.size);
                let hole = area(x, plan.road + 1.0, wide, high);
                self.sketch.rect(hole, high / 2.0, Ink::Ink, None);
            }
        }
    }

    /// The picture in one sentence; while the relay is silent: that.
    fn caption(&mut self) {
        let frame = self.frame;
        let (name, _, small) = self.plan.words;
        let at = self.plan.caption;
        let room = self.plan.kernel.x - at.0 - 8.0;
        let words = match (frame.link, self.client) {
            (Link::Live, Some(client)) => {
                let (there, lost) = (client.there.totals, self.datagrams.lost);
                let sent = client.ours.map(|_| there.sent.times);
                let lost = lost + there.lost_on_road;
                say::caption(
                    sent,
                    there.received.times,
                    lost,
                    there.cut.times,
                    frame.lang,
                )
            }
            (Link::Live, None) => say::nobody(self.datagrams.bound.is_some(), frame.lang).into(),
            (Link::Connecting | Link::Lost, _) => words::caption_text(frame),
        };
        let size = fitting(&words, name * 1.12, room);
        self.sketch.text(text(words, at, size).bold().within(room));
        if let Some(client) = self.client {
            let words = say::client(client.conn, client.addr.as_ref(), frame.lang);
            let at = (
                at.0,
                at.1 - name * if self.plan.is_wide() { 2.0 } else { 1.5 },
            );
            let room = match self.plan.is_wide() {
                true => self.plan.way.0,
                false => self.plan.width - at.0,
            };
            let size = fitting(&words, small, room);
            self.sketch.text(text(words, at, size).quiet().within(room));
            let stall = self.plan.stall;
            self.sketch.hit(stall, Target::Connection(client.conn));
        }
    }
}

/// The client on the stage: the one in focus, otherwise who was heard of last.
fn chosen(datagrams: &Datagrams, focus: Option<Conn>) -> Option<&DatagramClient> {
    let last = |client: &DatagramClient| {
        let moments = [
            client.there.received.back().map(|it| it.moment.seq),
            client.there.sent.back().map(|it| it.moment.seq),
            client.ours.map(|it| it.seq),
            client.known.map(|it| it.seq),
        ];
        moments.into_iter().flatten().max()
    };
    focus.and_then(|conn| datagrams.client(conn)).or_else(|| {
        let clients = datagrams.clients.values().map(AsRef::as_ref);
        clients.max_by_key(|client| last(client))
    })
}
