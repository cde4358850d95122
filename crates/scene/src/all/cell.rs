//! One connection in a cell, in three sizes: small is a vessel and numbers, medium has a belt,
//! large also shows the bytes that are read next.

use model::{Connection, EndState, Moment};
use protocol::{End, ReadWhen};

use super::{border, moved};
use crate::{
    Frame, Fruit, Ink, Look, Text,
    belt::tab_picture,
    heap::{Grain, Rack, draw_unit},
    sketch::{Area, Sketch, area, line, text, trace},
    words::{self, Doing},
};

/// How long a change is outlined, milliseconds.
pub(super) const NEW_MS: f64 = 600.0;
/// How long a connection is said to be reading after a read.
pub(super) const READING_MS: f64 = 900.0;

/// How much room a connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Large,
    Medium,
    Small,
}

impl Kind {
    /// From large to small.
    pub const ALL: [Kind; 3] = [Kind::Large, Kind::Medium, Kind::Small];

    /// Least width and height, in units of the stage.
    pub fn size(self, look: Look) -> (f64, f64) {
        match (self, look) {
            (Kind::Large, _) => (560.0, 270.0),
            (Kind::Medium, Look::Projector) => (364.0, 124.0),
            (Kind::Medium, _) => (300.0, 100.0),
            (Kind::Small, Look::Projector) => (160.0, 84.0),
            (Kind::Small, _) => (92.0, 48.0),
        }
    }

    /// Between cells, in units of the stage.
    pub fn gutter(self) -> f64 {
        match self {
            Kind::Large | Kind::Medium => 8.0,
            Kind::Small => 5.0,
        }
    }
}

/// A connection to be drawn.
pub(super) struct Cell<'a> {
    pub frame: &'a Frame<'a>,
    pub connection: &'a Connection,
    pub is_focus: bool,
    /// Something has just happened to it.
    pub is_new: bool,
    pub is_reading: bool,
}

/// When something last happened to a connection.
pub(super) fn changed(connection: &Connection) -> Option<Moment> {
    [&connection.server, &connection.client]
        .into_iter()
        .flatten()
        .flat_map(|end| {
            let rulers = [
                &end.arrived,
                &end.read,
                &end.wrote,
                &end.bagged,
                &end.answered,
            ];
            let cuts = rulers.map(|ruler| ruler.last().map(|cut| cut.moment));
            let states = [
                end.opened,
                end.blocked,
                end.shut_by_self,
                end.shut_by_peer,
                end.end_of_stream,
                end.reset.map(|(_, moment)| moment),
                end.closed.map(|(_, moment)| moment),
            ];
            cuts.into_iter().chain(states)
        })
        .flatten()
        .max_by_key(|moment| moment.shown)
}

/// When the server last read.
pub(super) fn read_last(connection: &Connection) -> Option<Moment> {
    let server = connection.server.as_ref()?;
    server.read.last().map(|cut| cut.moment)
}

impl Cell<'_> {
    /// The cell in its own units, from 0; at least of the size of its kind.
    pub fn draw(&self, kind: Kind, (w, h): (f64, f64)) -> Sketch {
        let mut sketch = Sketch::default();
        border(self, area(0.0, 0.0, w, h), &mut sketch);
        match kind {
            Kind::Small => self.small(&mut sketch, w, h),
            Kind::Medium => self.medium(&mut sketch, w, h),
            Kind::Large => self.large(&mut sketch, w, h),
        }
        sketch
    }

    /// Small words: none is smaller than can be read on a wall.
    fn words(&self, light: f64, projector: f64) -> f64 {
        match self.frame.look {
            Look::Projector => projector,
            Look::Light | Look::Dark => light,
        }
    }

    fn small(&self, sketch: &mut Sketch, w: f64, h: f64) {
        let size = self.words(13.0, 22.0);
        let (x, right) = (size * 1.9, w - 5.0);
        let line = (h - 4.0) / 3.0;
        let y = |row: f64| 2.0 + line * row - line * 0.25;
        let vessel = area(5.0, y(1.0) + 4.0, size * 1.2, h - y(1.0) - 9.0);
        self.vessel(sketch, vessel);
        let number = self.connection.conn.to_string();
        sketch.text(text(&number, (5.0, y(1.0)), size).bold().within(w * 0.5));
        let port = words::short_address(&self.connection.client_addr, self.frame.lang);
        let port = text(port, (right, y(1.0)), size).quiet().end();
        sketch.text(port.within(w * 0.46));
        let doing = self.doing((x, y(2.0)), size);
        sketch.text(doing.within(right - x));
        let [came, went] = self.bytes().map(words::short);
        let bytes = text(format!("↓{came} ↑{went}"), (x, y(3.0)), size);
        sketch.text(bytes.quiet().within(right - x));
    }

    fn medium(&self, sketch: &mut Sketch, w: f64, h: f64) {
        let size = self.words(16.0, 22.0);
        let pad = 10.0;
        let top = size * 1.45;
        self.heading(sketch, size * 1.1, size, (pad, top), w - 2.0 * pad);
        let picture = area(pad, top + size * 0.35, w * 0.42, h - top - size * 0.8);
        self.belt(sketch, picture);
        let x = picture.x + picture.w + size * 0.6;
        let room = w - pad - x;
        let doing = self.doing((x, top + (h - top) * 0.42), size * 1.05);
        sketch.text(doing.bold().within(room));
        let [came, went] = self.bytes().map(words::number);
        let at = (x, top + (h - top) * 0.42 + size * 1.4);
        let bytes = text(format!("↓ {came}  ↑ {went}"), at, size);
        sketch.text(bytes.quiet().within(room));
    }

    fn large(&self, sketch: &mut Sketch, w: f64, h: f64) {
        let size = self.words(20.0, 22.0);
        let pad = 16.0;
        self.heading(sketch, size * 1.4, size, (pad, size * 1.9), w - 2.0 * pad);
        let picture = area(pad, size * 2.5, w * 0.56, h - size * 6.2);
        self.belt(sketch, picture);
        let x = picture.x + picture.w + pad;
        let room = w - pad - x;
        let middle = picture.y + picture.h * 0.45;
        let doing = self.doing((x, middle), size * 1.2);
        sketch.text(doing.bold().within(room));
        let [came, went] = self.bytes().map(words::number);
        for (row, (arrow, bytes)) in [("↓", came), ("↑", went)].into_iter().enumerate() {
            let at = (x, middle + size * (1.5 + 1.35 * row as f64));
            let bytes = text(format!("{arrow} {bytes}"), at, size);
            sketch.text(bytes.quiet().within(room));
        }
        self.next(sketch, size, (pad, h - size * 1.6), w - 2.0 * pad);
    }

    /// Number and peer.
    fn heading(&self, sketch: &mut Sketch, great: f64, size: f64, (x, y): (f64, f64), room: f64) {
        let number = self.connection.conn.to_string();
        sketch.text(text(&number, (x, y), great).bold().within(room * 0.26));
        let peer = words::whole_address(&self.connection.client_addr, self.frame.lang);
        let peer = text(peer, (x + room, y), size).mono().quiet().end();
        sketch.text(peer.within(room * 0.7));
    }

    /// The picture of the tab, as large as there is room.
    fn belt(&self, sketch: &mut Sketch, at: Area) {
        let scene = tab_picture(self.connection, at.w, at.h);
        let scale = (at.w / 118.0).min(at.h / 36.0);
        // It is drawn from the top left: it stands on the ground of its box.
        let down = at.y + (at.h - 36.0 * scale) / 2.0;
        let shapes = scene.shapes.into_iter();
        sketch.shapes.extend(shapes.map(|it| moved(it, at.x, down)));
    }

    /// The bytes that are read next, as fruit with their characters.
    fn next(&self, sketch: &mut Sketch, size: f64, (x, y): (f64, f64), room: f64) {
        let Some(server) = &self.connection.server else {
            return;
        };
        let (from, to) = (server.read.total.bytes, server.arrived.total.bytes);
        // After a reset or a close nobody reads them.
        if from >= to || self.is_gone() || self.connection.reset().is_some() {
            return;
        }
        let words = words::read_next(self.frame.lang);
        let wide = size * 5.2;
        sketch.text(text(words, (x, y + size * 0.36), size).quiet().within(wide));
        let pitch = size * 1.55;
        let count = ((room - wide) / pitch - 1.0).max(1.0) as u64;
        let rack = Rack {
            first: from,
            grain: Grain::Fruit,
            x: x + wide + pitch * 0.5,
            y,
            dx: pitch,
            dy: pitch,
            shift: 0.0,
            columns: count,
            size: pitch,
        };
        let end = to.min(from.saturating_add(count));
        for offset in rack.units(from, end) {
            draw_unit(
                sketch,
                self.connection,
                rack.grain,
                offset,
                rack.spot(offset),
            );
        }
        if end < to {
            let at = (x + wide + pitch * count as f64 + 4.0, y + size * 0.36);
            sketch.text(text("…", at, size).quiet());
        }
    }

    /// The waiting bytes as bands of their batches' colours.
    fn vessel(&self, sketch: &mut Sketch, at: Area) {
        // What the kernel held for a closed socket is gone with it.
        let server = self.connection.server.as_ref();
        let holds = server.is_none_or(|end| end.closed.is_none()) && !self.is_gone();
        if holds {
            let to = self.connection.here_bytes();
            let from = to - self.connection.waiting_bytes();
            let waiting = to.saturating_sub(from);
            let full = waiting.max(100) as f64;
            let band = |low: u64, high: u64| {
                let (low, high) = ((low - from) as f64 / full, (high - from) as f64 / full);
                let bottom = at.y + at.h;
                area(at.x, bottom - high * at.h, at.w, (high - low) * at.h)
            };
            if waiting > 0 {
                sketch.rect(band(from, to), 0.0, Ink::Fill(Fruit::Crate), None);
            }
            let batches = self.connection.batches();
            for cut in batches.iter().flat_map(|ruler| ruler.cuts_within(from, to)) {
                let at = band(cut.from.max(from), cut.to.min(to));
                if !cut.is_blurred() && at.h >= 1.0 {
                    sketch.rect(at, 0.0, Ink::Fill(Fruit::of_batch(cut.ordinal)), None);
                }
            }
        }
        let d = trace("M# #v#h#v#", &[at.x, at.y, at.h, at.w, -at.h]);
        let ink = match self.is_gone() {
            true => Ink::Post,
            false => Ink::Ink,
        };
        sketch.path(d, None, Some(line(ink, at.w * 0.12)));
    }

    fn is_gone(&self) -> bool {
        !self.connection.is_open()
    }

    /// Bytes that came in and that went out.
    fn bytes(&self) -> [u64; 2] {
        let server = self.connection.server.as_ref();
        let total = |of: fn(&EndState) -> u64| server.map_or(0, of);
        [
            total(|end| end.arrived.total.bytes),
            total(|end| end.wrote.total.bytes),
        ]
    }

    /// What it does, in the colour of that.
    fn doing(&self, at: (f64, f64), size: f64) -> Text {
        let doing = self.what();
        let ink = match doing {
            Doing::Reset(_) => Ink::Bad,
            Doing::Held(_) => Ink::Hold,
            Doing::Closed | Doing::Idle => Ink::Ink2,
            _ => Ink::Ink,
        };
        text(words::doing(doing, self.frame.lang), at, size).ink(ink)
    }

    fn what(&self) -> Doing {
        let connection = self.connection;
        if let Some((by, _)) = connection.reset() {
            return Doing::Reset(by == End::Client);
        }
        if self.is_gone() {
            return Doing::Closed;
        }
        let Some(server) = &connection.server else {
            return Doing::AtTheDesk(connection.waiting_bytes());
        };
        let waiting = server.waiting_bytes();
        match connection.policy.read_when {
            _ if self.is_reading => Doing::Reading,
            _ if server.blocked.is_some() => Doing::Blocked,
            ReadWhen::Held => Doing::Held(waiting),
            _ if waiting > 0 => Doing::Waiting(waiting),
            _ if server.end_of_stream.is_some() => Doing::Ended,
            _ => Doing::Idle,
        }
    }
}
