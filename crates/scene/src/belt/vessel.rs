//! The vessel of the receive buffer: its walls, its scale, and the number that rides at the level.

use model::Connection;
use protocol::Source;

use super::{Stage, racks};
use crate::{
    Ink, Target,
    heap::{Grain, Rack},
    sketch::{EDGE, THIN, WALL, area, dashed, fitting, guessed_width, line, text, trace},
    words::{self, Label},
};

/// The rack of what waits now.
pub(super) fn rack(stage: &Stage) -> Rack {
    let to = stage.connection.map_or(0, Connection::here_bytes);
    let from = stage.server().map_or(0, |end| end.read.total.bytes);
    racks::buffer(stage, from.min(to), to)
}

/// How high what waits stands.
pub(super) fn level_y(stage: &Stage) -> f64 {
    let waiting = stage.connection.map_or(0, Connection::waiting_bytes);
    let full = racks::capacity(stage, &rack(stage)).max(1);
    let share = (waiting as f64 / full as f64).clamp(0.0, 1.0);
    stage.plan.floor() - share * stage.plan.vessel.h
}

/// What is behind the bytes.
pub(super) fn back(stage: &mut Stage) {
    stage.sketch.rect(stage.plan.vessel, 0.0, Ink::Well, None);
}

pub(super) fn walls(stage: &mut Stage) {
    let wall = line(Ink::Ink, WALL);
    // The walls end in dots: the limit is memory, not bytes.
    let dots = dashed(Ink::Ink, EDGE, 2.0, 10.0);
    let title = stage.label(Label::ReceiveBuffer);
    let size = stage.size.title;
    let sketch = &mut stage.sketch;
    if stage.plan.is_wide() {
        sketch.path("M790 214V512H1130V202", None, Some(wall));
        sketch.path("M1130 202V162", None, Some(dots));
        // The lip over which recv takes: it reaches to the boundary.
        sketch.path("M1130 510L1262 526", None, Some(wall));
        sketch.text(text(title, (844.0, 154.0), size).bold().within(280.0));
    } else {
        sketch.path("M165 162V357H375V162", None, Some(wall));
        sketch.path("M165 158V142M375 158V142", None, Some(dots));
        sketch.path("M165 356L144 362", None, Some(wall));
        sketch.text(text(title, (264.0, 111.0), size).bold().within(122.0));
    }
}

/// Ten ticks; the half and the whole with their numbers where there is room.
pub(super) fn graduation(stage: &mut Stage) {
    let full = racks::capacity(stage, &rack(stage));
    let wide = stage.plan.is_wide();
    let (x, side) = if wide { (1135.0, 1.0) } else { (160.0, -0.5) };
    let size = stage.size.band;
    for tenth in 1..=10_u32 {
        let y = stage.plan.floor() - stage.plan.vessel.h * f64::from(tenth) / 10.0;
        let long = tenth % 5 == 0;
        let d = if long { "M0 0H16" } else { "M0 0H8" };
        let x = if side < 0.0 {
            x - if long { 8.0 } else { 4.0 }
        } else {
            x
        };
        stage
            .sketch
            .path_at(d, (x, y), f64::abs(side), None, Some(line(Ink::Post, 2.0)));
        if long && wide {
            let bytes = full / 10 * u64::from(tenth);
            stage.sketch.text(
                text(words::number(bytes), (1157.0, y + size * 0.36), size)
                    .quiet()
                    .within(104.0),
            );
        }
    }
}

/// The number rides at the level; the knob of its pointer says how it is known.
pub(super) fn level(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        return;
    };
    let waiting = connection.waiting_bytes();
    let (ruler, is_measured) = match &connection.server {
        Some(server) => (&server.arrived, server.level_is_measured()),
        None if waiting > 0 => (&connection.early, true),
        None => return,
    };
    let source = match is_measured {
        true => Source::Measured,
        false => Source::Derived,
    };
    let seen = ruler.last().map(|cut| cut.moment.seq);
    let y = level_y(stage);
    let number = words::number(waiting);
    let letters = stage.size;
    let knob = letters.mark * 1.3;
    let at = if stage.plan.is_wide() {
        let size = fitting(&number, letters.number, 104.0).max(letters.small);
        // Clear of the lip below.
        let centre = y.min(stage.plan.floor() - 66.0);
        // The graduation's own number gives way.
        let room = guessed_width(&number, size).min(104.0);
        let at = area(1153.0, centre - size * 0.42, room + 8.0, size * 0.84);
        let sketch = &mut stage.sketch;
        sketch.rect(at, 0.0, Ink::Kernel, None);
        sketch.path(
            trace("M1134 #L1146 #", &[y, centre]),
            None,
            Some(line(Ink::Ink, EDGE)),
        );
        sketch.circle((1146.0, centre), knob, Ink::Kernel, None);
        sketch.mark(source, (1146.0, centre), knob);
        sketch.text(
            text(number, (1153.0 + knob, centre + size * 0.36), size)
                .bold()
                .within(104.0),
        );
        at
    } else {
        // Beside the worker's hat there is room for one height only: a pointer leads to it.
        let size = fitting(&number, letters.number, 112.0).max(letters.title);
        let at = area(14.0, 190.0, 124.0, 36.0);
        // Clear of the lip below.
        let knob_y = y.min(stage.plan.floor() - 16.0);
        let sketch = &mut stage.sketch;
        sketch.path(
            trace("M162 #L153 #V208H139", &[y, knob_y]),
            None,
            Some(line(Ink::Ink, 2.5)),
        );
        sketch.circle((153.0, knob_y), knob, Ink::Kernel, None);
        sketch.mark(source, (153.0, knob_y), knob);
        sketch.text(
            text(number, (134.0, 208.0 + size * 0.36), size)
                .bold()
                .end()
                .within(112.0),
        );
        at
    };
    if let Some(seq) = seen {
        stage.sketch.hit(at, Target::Record(seq));
    }
}

/// How much one crate is, wherever crates are drawn.
pub(super) fn crate_size(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        return;
    };
    let belt = connection.on_the_way().unwrap_or(0) > racks::BELT_FRUIT;
    let bag = connection
        .policy
        .bag
        .is_some_and(|bag| u64::from(bag) > racks::BAG_FRUIT);
    if rack(stage).grain.is_fruit() && !belt && !bag {
        return;
    }
    let words = words::crate_is(Grain::Crate(stage.crate_bytes), stage.frame.lang);
    let size = stage.size.small;
    if stage.plan.is_wide() {
        let words = text(words, (960.0, 535.0), size);
        stage.sketch.text(words.quiet().middle().within(330.0));
    } else {
        // A label on the crates: under them the moment is told.
        let wide = guessed_width(&words, size) + 14.0;
        let sketch = &mut stage.sketch;
        sketch.rect(area(172.0, 333.0, wide, 18.0), 4.0, Ink::Bag, THIN);
        sketch.text(text(words, (179.0, 346.5), size).within(wide - 12.0));
    }
}
