//! Signs over the drawing: what a person set (hold, reads at, sleeps), what went wrong, and the
//! moment in words.

use model::Connection;
use protocol::{End, ReadWhen};

use super::{Stage, reading};
use crate::{
    Ink,
    sketch::{Area, EDGE, THIN, area, fitting, guessed_width, line, run, runs, text},
    words::{self, Label},
};

pub(super) fn draw(stage: &mut Stage) {
    policy(stage);
    if let Some(connection) = stage.connection {
        broken(stage, connection);
    }
}

/// The gate in the buffer's wall: the hold's colour while a person holds the reader.
pub(super) fn gate(stage: &mut Stage) {
    let held = stage.policy().read_when == ReadWhen::Held;
    let open = reading::gate_opening(stage).clamp(0.0, 1.0);
    let vessel = stage.plan.vessel;
    let wide = stage.plan.is_wide();
    let scale = if wide { 1.0 } else { 0.7 };
    // The wall through which reads go, and the side of it that looks to the program.
    let (wall, out) = if wide {
        (vessel.x + vessel.w, 6.0)
    } else {
        (vessel.x, -5.0)
    };
    let high = 46.0 * scale;
    let top = stage.plan.floor() - 4.0 - high;
    let (x, stroke) = if held {
        (wall + out, line(Ink::Hold, 14.0 * scale))
    } else {
        (wall, line(Ink::Ink, 6.0))
    };
    if !held && open > 0.0 {
        // The wall above stays; what is open shows the well.
        let hole = area(wall - 4.0, top - 4.0, 8.0, high);
        stage.sketch.rect(hole, 0.0, Ink::Well, None);
    }
    if open < 0.9 {
        let d = format!("M0 0V{high}");
        let at = (x, top + (high + 10.0) * open);
        stage.sketch.path_at(d, at, 1.0, None, Some(stroke));
    }
}

/// How the program reads, at the boundary where it reads.
fn policy(stage: &mut Stage) {
    let lang = stage.frame.lang;
    let size = stage.size;
    let wide = stage.plan.is_wide();
    match stage.policy().read_when {
        ReadWhen::Held => {
            let words = stage.label(Label::OnHold);
            let bars = if wide { 1.0 } else { 0.55 };
            let at = hung(stage, Ink::HoldPaper, line(Ink::Hold, EDGE), 184.0, 54.0);
            let middle = at.y + at.h / 2.0;
            let sketch = &mut stage.sketch;
            sketch.path_at(
                "M0 -12V12M15 -12V12",
                (at.x + 24.0 * bars, middle),
                bars,
                None,
                Some(line(Ink::Hold, 6.0)),
            );
            let left = at.x + 54.0 * bars;
            let room = at.x + at.w - left - 8.0 * bars;
            let size = fitting(words, size.sign, room).max(size.least);
            sketch.text(
                text(words, (left, middle + size * 0.36), size)
                    .bold()
                    .ink(Ink::Hold)
                    .within(room),
            );
        }
        ReadWhen::Queued(bytes) => {
            let words = words::reads_at(u64::from(bytes), lang);
            let at = hung(stage, Ink::Bag, line(Ink::Ink, 2.0), 196.0, 48.0);
            let size = fitting(&words, size.title, at.w - 16.0).max(size.least);
            stage.sketch.text(
                text(
                    words,
                    (at.x + at.w / 2.0, at.y + at.h / 2.0 + size * 0.36),
                    size,
                )
                .middle()
                .within(at.w - 12.0),
            );
        }
        ReadWhen::Arrival => {}
    }
    let pause = stage.policy().pause_millis;
    if pause > 0 {
        let (at, scale, words, room) = if wide {
            ((1304.0, 76.0), 1.0, words::sleeps(pause, lang), 420.0)
        } else {
            let words = format!("{} ms", words::number(u64::from(pause)));
            let wide = guessed_width(&words, size.band);
            ((122.0 - wide, 235.0), 0.55, words, 110.0)
        };
        let sketch = &mut stage.sketch;
        sketch.circle(at, 11.0 * scale, Ink::Bag, THIN);
        sketch.path_at("M0 -6V0H5", at, scale, None, THIN);
        let size = size.band.min(size.small * 1.15);
        sketch.text(
            text(words, (at.0 + 20.0 * scale, at.1 + size * 0.36), size)
                .quiet()
                .within(room),
        );
    }
}

/// A board on two strings, at the boundary; on a phone over the worker.
fn hung(stage: &mut Stage, ground: Ink, stroke: crate::Stroke, w: f64, h: f64) -> Area {
    let sketch = &mut stage.sketch;
    let at = if stage.plan.is_wide() {
        sketch.path("M1300 132L1368 106L1436 132", None, THIN);
        area(1276.0, 131.0, w, h)
    } else {
        area(8.0, 162.0, w * 0.62, h * 0.46)
    };
    sketch.rect(at, 6.0, ground, Some(stroke));
    at
}

/// A reset tears both belts; a close leaves them whole.
fn broken(stage: &mut Stage, connection: &Connection) {
    if let Some((by, _)) = connection.reset() {
        let wide = stage.plan.is_wide();
        let (x, scale) = if wide { (520.0, 1.0) } else { (120.0, 0.62) };
        for y in [stage.plan.in_y, stage.plan.out_y] {
            let sketch = &mut stage.sketch;
            sketch.path_at(
                "M-22 -12L-6 2L-24 14L-8 38H30L14 22L30 8L14 -12Z",
                (x, y),
                scale,
                Ink::Paper,
                None,
            );
            sketch.path_at(
                "M-22 -12L-6 2L-24 14L-8 38M14 -12L30 8L14 22L30 38",
                (x, y),
                scale,
                None,
                Some(line(Ink::Bad, EDGE)),
            );
        }
        let words = stage.label(match by {
            End::Client => Label::ResetByClient,
            End::Server => Label::ResetByServer,
        });
        plate(stage, words, Ink::Bad);
    } else if connection
        .server
        .as_ref()
        .is_some_and(|end| end.closed.is_some())
    {
        let words = stage.label(Label::Closed);
        plate(stage, words, Ink::Ink2);
    }
}

fn plate(stage: &mut Stage, words: &str, ink: Ink) {
    let at = if stage.plan.is_wide() {
        area(408.0, 14.0, 250.0, 48.0)
    } else {
        area(240.0, 27.0, 146.0, 20.0)
    };
    let size = fitting(words, stage.size.sign.min(at.h * 0.7), at.w - 20.0).max(stage.size.least);
    let sketch = &mut stage.sketch;
    sketch.rect(at, 6.0, ink, None);
    sketch.text(
        text(
            words,
            (at.x + at.w / 2.0, at.y + at.h / 2.0 + size * 0.36),
            size,
        )
        .bold()
        .middle()
        .ink(Ink::Paper)
        .within(at.w - 16.0),
    );
}

/// The moment in plain words, in the white between the belts or under the vessel; always at full
/// strength.
pub(super) fn caption(stage: &mut Stage) {
    if let Some((_, moment)) = stage.frame.state.lost {
        // It is said for a while only.
        let _ = stage.motion.is_within(moment, words::LOSS_MS);
    }
    let (x, y, room) = if stage.plan.is_wide() {
        (296.0, 366.0, 410.0)
    } else {
        (154.0, 396.0, 230.0)
    };
    let (size, pitch) = (stage.size.caption, stage.size.caption_pitch);
    let lines = words::caption(stage.frame);
    // One size for all lines: that of the longest.
    let size = lines
        .iter()
        .map(|spans| spans.iter().map(|span| span.text.as_str()).collect())
        .map(|line: String| fitting(&line, size, room * 1.08))
        .fold(size, f64::min)
        .max(stage.size.least);
    for (index, spans) in lines.into_iter().enumerate() {
        let pieces = spans
            .into_iter()
            .map(|span| {
                let run = run(span.text, size);
                let run = if span.bold { run.bold() } else { run };
                if span.mono { run.mono() } else { run }
            })
            .collect();
        let y = y + index as f64 * pitch;
        stage.sketch.line(runs(pieces, (x, y), room));
    }
}
