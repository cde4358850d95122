//! The window: how many more bytes the kernel told the sender it takes. A tape of that length
//! hangs from its case to the level, ticked like the vessel. A window of 65 536 has no place beside
//! a vessel of 100: there the tape is broken, as a drawing breaks a length that is not to scale.
//! At zero it is rolled in and a shutter is before the inlet.

use protocol::Source;

use super::{Stage, racks, vessel};
use crate::{
    Ink, Target,
    sketch::{THIN, area, line, n, run, runs, text},
    words::{self, Label},
};

impl Stage<'_> {
    /// Whether the window that was last advertised is zero while bytes wait.
    pub(super) fn window_is_shut(&self) -> bool {
        self.server().is_some_and(|end| {
            end.closed.is_none()
                && end
                    .queues
                    .is_some_and(|(queues, _)| queues.receive_window == Some(0))
        })
    }
}

/// Where the sign is: the words, the case, the tape, the shutter.
struct Place {
    words: (f64, f64),
    room: f64,
    /// Left, top and scale of the case; the tape hangs from its middle.
    case: (f64, f64, f64),
    /// The shutter's box.
    shutter: (f64, f64, f64, f64),
    /// Where "shut" is said.
    shut: (f64, f64),
}

const WIDE: Place = Place {
    words: (762.0, 84.0),
    room: 236.0,
    case: (772.0, 95.0, 1.0),
    shutter: (752.0, 114.0, 32.0, 98.0),
    shut: (844.0, 114.0),
};
const UPRIGHT: Place = Place {
    words: (274.0, 131.0),
    room: 112.0,
    case: (340.0, 137.0, 0.5),
    shutter: (252.0, 84.0, 9.0, 36.0),
    shut: (349.0, 131.0),
};

pub(super) fn draw(stage: &mut Stage) {
    let place = if stage.plan.is_wide() { WIDE } else { UPRIGHT };
    let queues = stage.server().and_then(|end| end.queues);
    let window = queues.and_then(|(queues, _)| queues.receive_window);
    let shut = stage.window_is_shut();
    said(stage, &place, window, shut);
    if let Some(window) = window.filter(|window| *window > 0) {
        tape(stage, &place, window);
    }
    let (x, y, scale) = place.case;
    let sketch = &mut stage.sketch;
    // The case, with the hub on which the tape is rolled.
    sketch.rect(
        area(x, y, 64.0 * scale, 24.0 * scale),
        8.0 * scale,
        Ink::Belt,
        THIN,
    );
    sketch.circle(
        (x + 32.0 * scale, y + 12.0 * scale),
        5.0 * scale,
        Ink::Roller,
        None,
    );
    if shut {
        shutter(stage, &place);
    }
    if let Some((_, moment)) = queues {
        let size = stage.size.title;
        let (x, y) = place.words;
        stage.sketch.hit(
            area(x, y - size, place.room, size * 1.3),
            Target::Record(moment.seq),
        );
    }
}

/// The word, the number, and how it is known.
fn said(stage: &mut Stage, place: &Place, window: Option<u64>, shut: bool) {
    let source = stage.server().map(|_| match window {
        Some(_) => Source::Measured,
        None => Source::Unavailable,
    });
    let size = stage.size;
    let (x, y) = place.words;
    if let Some(source) = source {
        stage.mark(source, (x - size.mark * 2.2, y - size.band * 0.36));
    }
    let value = window.map_or_else(|| "–".to_string(), words::number);
    let ink = if shut { Ink::Bad } else { Ink::Ink };
    let mut pieces = vec![
        run(stage.label(Label::Window), size.band).quiet(),
        run(value, size.band).bold().ink(ink).after(size.band * 0.4),
    ];
    if shut && stage.plan.is_wide() {
        let word = run(stage.label(Label::Shut), size.band);
        pieces.push(word.bold().ink(Ink::Bad).after(size.band * 0.5));
    }
    stage.sketch.line(runs(pieces, (x, y), place.room));
    if shut && !stage.plan.is_wide() {
        let words = text(stage.label(Label::Shut), place.shut, size.small);
        stage.sketch.text(words.bold().ink(Ink::Bad).within(38.0));
    }
}

/// From the level upwards: to its end if that is on the vessel's scale, otherwise broken.
fn tape(stage: &mut Stage, place: &Place, window: u64) {
    let (x, y, scale) = place.case;
    let (middle, top) = (x + 32.0 * scale, y + 24.0 * scale);
    let wide = 14.0 * scale;
    let level = vessel::level_y(stage);
    let server = stage.server();
    let (from, to) = server.map_or((0, 0), |end| {
        (end.read.total.bytes, end.arrived.total.bytes)
    });
    let rack = racks::buffer(stage, from, to);
    let byte = stage.plan.vessel.h / racks::capacity(stage, &rack).max(1) as f64;
    let end = level - window as f64 * byte;
    let tick = stage.plan.vessel.h / 10.0;
    let sketch = &mut stage.sketch;
    let strip = |sketch: &mut crate::sketch::Sketch, top: f64, bottom: f64| {
        if bottom > top {
            let at = area(middle - wide / 2.0, top, wide, bottom - top);
            sketch.rect(at, 0.0, Ink::Straw, Some(line(Ink::Ink, 1.5)));
        }
    };
    if end >= top {
        // All of it is to scale; a cord leads to the case.
        sketch.path(
            format!("M{} {}V{}", n(middle), n(top), n(end)),
            None,
            Some(line(Ink::Ink2, 1.5)),
        );
        strip(sketch, end, level);
    } else {
        // Two pieces with torn edges between them.
        let cut = top + 14.0 * scale;
        let gap = 12.0 * scale;
        strip(sketch, top, level);
        let (left, right) = (middle - wide * 0.9, middle + wide * 0.9);
        let slope = 9.0 * scale;
        let ground = stage.plan.is_wide();
        let ink = if ground { Ink::Kernel } else { Ink::Well };
        sketch.path(
            format!(
                "M{} {}L{} {}V{}L{} {}Z",
                n(left),
                n(cut + slope),
                n(right),
                n(cut),
                n(cut + gap),
                n(left),
                n(cut + gap + slope)
            ),
            ink,
            None,
        );
        for at in [cut, cut + gap] {
            sketch.path(
                format!("M{} {}L{} {}", n(left), n(at + slope), n(right), n(at)),
                None,
                Some(line(Ink::Ink, 2.0)),
            );
        }
    }
    let torn = if end >= top { end } else { top + 44.0 * scale };
    let mut y = level - tick;
    while y > torn {
        let long = ((level - y) / tick).round() % 5.0 == 0.0;
        let reach = if long { wide } else { wide * 0.5 };
        sketch.path(
            format!("M{} {}h{}", n(middle + wide / 2.0), n(y), n(-reach)),
            None,
            Some(line(Ink::Eye, 1.2)),
        );
        y -= tick;
    }
    // Its foot stands on what has arrived.
    sketch.path(
        format!("M{} {}h{}", n(middle - wide), n(level), n(2.0 * wide)),
        None,
        Some(line(Ink::Ink, 2.0)),
    );
}

/// Down at once: the kernel told a number, not a movement.
fn shutter(stage: &mut Stage, place: &Place) {
    let (x, y, w, h) = place.shutter;
    let slats = 8;
    let pitch = h / f64::from(slats);
    let sketch = &mut stage.sketch;
    for index in 0..slats {
        let at = area(x, y + f64::from(index) * pitch, w, pitch * 0.9);
        sketch.rect(at, 2.0, Ink::Bad, None);
    }
    let over = w * 0.12;
    sketch.rect(
        area(x - over, y + h - pitch * 0.45, w + 2.0 * over, pitch * 0.45),
        2.0,
        Ink::Bad,
        None,
    );
}
