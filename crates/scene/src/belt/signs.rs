//! Signs over the drawing: what a person set (hold, reads at, sleeps), what went wrong, and the
//! moment in words.

use model::Connection;
use protocol::{End, ReadWhen};

use super::{IN_Y, OUT_Y, PROGRAM, Stage, size, worker};
use crate::{
    Ink,
    sketch::{EDGE, THIN, area, line, run, runs, text},
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
    let held = read_when(stage) == ReadWhen::Held;
    let open = worker::gate_opening(stage);
    let drop = 56.0 * open.clamp(0.0, 1.0);
    let stroke = if held {
        line(Ink::Hold, 14.0)
    } else {
        line(Ink::Ink, 6.0)
    };
    let x = if held { 1136.0 } else { 1130.0 };
    if !held && drop > 0.0 {
        // The wall above stays; what is open shows the well.
        stage
            .sketch
            .rect(area(1126.0, 458.0, 8.0, 50.0), 0.0, Ink::Well, None);
    }
    if drop < 50.0 {
        stage
            .sketch
            .path_at("M0 462V508", (x, drop), 1.0, None, Some(stroke));
    }
}

fn read_when(stage: &Stage) -> ReadWhen {
    stage
        .connection
        .map_or(stage.frame.state.policy, |connection| connection.policy)
        .read_when
}

/// How the program reads, at the boundary where it reads.
fn policy(stage: &mut Stage) {
    let lang = stage.frame.lang;
    match read_when(stage) {
        ReadWhen::Held => {
            let words = stage.label(Label::OnHold);
            let sketch = &mut stage.sketch;
            sketch.path("M1212 322L1268 298L1324 322", None, THIN);
            sketch.rect(
                area(1182.0, 320.0, 172.0, 52.0),
                6.0,
                Ink::HoldPaper,
                Some(line(Ink::Hold, EDGE)),
            );
            sketch.path(
                "M1202 334V358M1215 334V358",
                None,
                Some(line(Ink::Hold, 6.0)),
            );
            sketch.text(
                text(words, (1232.0, 354.5), 24.0)
                    .bold()
                    .ink(Ink::Hold)
                    .within(112.0),
            );
        }
        ReadWhen::Queued(bytes) => {
            let words = words::reads_at(u64::from(bytes), lang);
            let sketch = &mut stage.sketch;
            sketch.path("M1212 322L1268 298L1324 322", None, THIN);
            sketch.rect(area(1182.0, 320.0, 172.0, 46.0), 6.0, Ink::Bag, THIN);
            sketch.text(
                text(words, (1268.0, 350.0), size::BAND)
                    .middle()
                    .within(156.0),
            );
        }
        ReadWhen::Arrival => {}
    }
    let pause = stage
        .connection
        .map_or(stage.frame.state.policy, |connection| connection.policy)
        .pause_millis;
    if pause > 0 {
        let words = words::sleeps(pause, lang);
        let sketch = &mut stage.sketch;
        let at = (PROGRAM + 36.0, 76.0);
        sketch.circle(at, 11.0, Ink::Bag, THIN);
        sketch.path_at("M0 -6V0H5", at, 1.0, None, THIN);
        sketch.text(
            text(words, (at.0 + 20.0, 83.0), size::BAND)
                .quiet()
                .within(330.0),
        );
    }
}

/// A reset tears both belts; a close leaves them whole.
fn broken(stage: &mut Stage, connection: &Connection) {
    if let Some((by, _)) = connection.reset() {
        for y in [IN_Y, OUT_Y] {
            let sketch = &mut stage.sketch;
            sketch.path_at(
                "M-22 -12L-6 2L-24 14L-8 38H30L14 22L30 8L14 -12Z",
                (520.0, y),
                1.0,
                Ink::Paper,
                None,
            );
            sketch.path_at(
                "M-22 -12L-6 2L-24 14L-8 38M14 -12L30 8L14 22L30 38",
                (520.0, y),
                1.0,
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
    let sketch = &mut stage.sketch;
    sketch.rect(area(405.0, 110.0, 230.0, 56.0), 6.0, ink, None);
    sketch.text(
        text(words, (520.0, 146.5), 24.0)
            .bold()
            .middle()
            .ink(Ink::Paper)
            .within(214.0),
    );
}

/// The moment in plain words, in the white between the belts; always at full strength.
pub(super) fn caption(stage: &mut Stage) {
    let lines = words::caption(stage.frame);
    for (index, spans) in lines.into_iter().enumerate() {
        let runs_ = spans
            .into_iter()
            .map(|span| {
                let run = run(span.text, size::CAPTION);
                let run = if span.bold { run.bold() } else { run };
                if span.mono { run.mono() } else { run }
            })
            .collect();
        stage
            .sketch
            .line(runs(runs_, (296.0, 366.0 + index as f64 * 42.0), 414.0));
    }
}
