//! The ground: territories, the boundary of the system call, and the two belts.

use protocol::Source;

use super::{HEIGHT, IN_Y, KERNEL, NETWORK, OUT_Y, PROGRAM, Stage, WIDTH, answer, incoming, size};
use crate::{
    Ink,
    sketch::{BOLD, THIN, area, dashed, line, n, text},
    words::Label,
};

/// Where the four territories lie, and the legend of the marks.
pub(super) fn territories(stage: &mut Stage) {
    let sketch = &mut stage.sketch;
    sketch.rect(
        area(KERNEL, 0.0, PROGRAM - KERNEL, HEIGHT),
        0.0,
        Ink::Kernel,
        None,
    );
    sketch.path("M1268 0V660", None, Some(dashed(Ink::Ink2, 2.0, 3.0, 9.0)));
    sketch.path("M268 62V660", None, Some(line(Ink::Hair, 1.5)));
    for (label, x, width) in [
        (Label::Client, 34.0, 220.0),
        (Label::Network, NETWORK + 24.0, 300.0),
        (Label::Kernel, KERNEL + 24.0, 230.0),
        (Label::Program, PROGRAM + 24.0, 260.0),
    ] {
        let words = stage.label(label);
        stage
            .sketch
            .text(text(words, (x, 42.0), size::BAND).quiet().within(width));
    }
    legend(stage);
}

/// What the marks beside the numbers mean: quietly, in the empty corner.
fn legend(stage: &mut Stage) {
    let mut x = WIDTH - 330.0;
    for (source, label, width) in [
        (Source::Measured, Label::Measured, 110.0),
        (Source::Derived, Label::Derived, 100.0),
        (Source::Unavailable, Label::Unavailable, 120.0),
    ] {
        let words = stage.label(label);
        stage.sketch.mark(source, (x, 36.5), 5.5);
        stage.sketch.text(
            text(words, (x + 12.0, 42.0), 16.0)
                .quiet()
                .within(width - 24.0),
        );
        x += width;
    }
}

/// The belt on which bytes come in. It moves only while something rides.
pub(super) fn upper_belt(stage: &mut Stage) {
    let travel = incoming::travel(stage);
    belt(stage, IN_Y, (150.0, 788.0), 178.0, travel);
}

/// The belt on which answers go out.
pub(super) fn lower_belt(stage: &mut Stage) {
    let travel = answer::travel(stage);
    belt(stage, OUT_Y, (150.0, 1884.0), answer::CHEVRONS, -travel);
}

/// A belt with its rollers, and chevrons each `spacing` that have moved by `travel`.
fn belt(stage: &mut Stage, y: f64, (from, to): (f64, f64), spacing: f64, travel: f64) {
    let sketch = &mut stage.sketch;
    sketch.rect(area(from, y, to - from, 26.0), 13.0, Ink::Belt, THIN);
    let rollers = ((to - from - 26.0) / 55.0).round().max(1.0);
    let pitch = (to - from - 26.0) / rollers;
    for index in 0..=rollers as u32 {
        sketch.circle(
            (from + 13.0 + f64::from(index) * pitch, y + 13.0),
            7.0,
            Ink::Roller,
            None,
        );
    }
    sketch.path(
        format!("M{} {}H{}", n(from + 13.0), n(y), n(to - 13.0)),
        None,
        BOLD,
    );
    let d = if travel < 0.0 || spacing == answer::CHEVRONS {
        "M6 -9L-6 0L6 9"
    } else {
        "M-6 -9L6 0L-6 9"
    };
    let room = (to - from) - 60.0;
    let count = (room / spacing).floor() as u32;
    for index in 0..=count {
        let along = f64::from(index) * spacing + travel.rem_euclid(spacing);
        if along <= room {
            sketch.path_at(
                d,
                (from + 30.0 + along, y + 13.0),
                1.0,
                None,
                Some(line(Ink::Paper, 5.0)),
            );
        }
    }
}
