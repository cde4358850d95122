//! The ground: territories, the boundary of the system call, and the two belts.

use protocol::Source;

use super::{Stage, answer, incoming};
use crate::{
    Ink,
    sketch::{BOLD, THIN, area, dashed, guessed_width, line, n, text},
    words::Label,
};

/// Where the territories lie, and the legend of the marks.
pub(super) fn territories(stage: &mut Stage) {
    if stage.plan.is_wide() {
        wide(stage);
    } else {
        upright(stage);
    }
}

fn wide(stage: &mut Stage) {
    let size = stage.size.band;
    let sketch = &mut stage.sketch;
    sketch.rect(area(720.0, 0.0, 548.0, 660.0), 0.0, Ink::Kernel, None);
    sketch.path("M1268 0V660", None, Some(dashed(Ink::Ink2, 2.0, 3.0, 9.0)));
    sketch.path("M268 62V660", None, Some(line(Ink::Hair, 1.5)));
    for (label, x, width) in [
        (Label::Client, 34.0, 220.0),
        (Label::Network, 292.0, 110.0),
        (Label::Kernel, 744.0, 230.0),
        (Label::Program, 1292.0, 200.0),
    ] {
        let words = stage.label(label);
        stage
            .sketch
            .text(text(words, (x, 42.0), size).quiet().within(width));
    }
    legend(stage);
}

/// What the marks beside the numbers mean: quietly, in the empty corner.
fn legend(stage: &mut Stage) {
    let (size, mark) = (stage.size.least, stage.size.mark);
    let mut right = stage.plan.width - 24.0;
    for (source, label) in [
        (Source::Unavailable, Label::Unavailable),
        (Source::Derived, Label::Derived),
        (Source::Measured, Label::Measured),
    ] {
        let words = stage.label(label);
        let wide = guessed_width(words, size);
        stage
            .sketch
            .text(text(words, (right, 42.0), size).quiet().end().within(wide));
        let x = right - wide - mark - 8.0;
        stage.sketch.mark(source, (x, 42.0 - size * 0.34), mark);
        right = x - mark - 16.0;
    }
}

/// On a phone the belt comes from above and the program stands at the left of the boundary.
fn upright(stage: &mut Stage) {
    let sketch = &mut stage.sketch;
    sketch.path("M236 94H390V505H142V138H236Z", Ink::Kernel, None);
    sketch.path("M142 138V486", None, Some(dashed(Ink::Ink2, 2.0, 2.0, 6.0)));
    sketch.path("M0 48H390", None, Some(line(Ink::Hair, 1.5)));
    let program = stage.label(Label::Program);
    let words = text(program, (10.0, 155.0), stage.size.band);
    stage.sketch.text(words.quiet().within(126.0));
}

/// The belt on which bytes come in. It moves only while something rides.
pub(super) fn upper_belt(stage: &mut Stage) {
    let plan = stage.plan;
    let travel = incoming::travel(stage);
    belt(
        stage,
        plan.in_y,
        plan.in_ends,
        plan.in_chevrons,
        travel,
        1.0,
    );
}

/// The belt on which answers go out.
pub(super) fn lower_belt(stage: &mut Stage) {
    let plan = stage.plan;
    let travel = answer::travel(stage);
    belt(
        stage,
        plan.out_y,
        plan.out_ends,
        plan.out_chevrons,
        -travel,
        -1.0,
    );
}

/// A belt with its rollers, and chevrons each `spacing` that have moved by `travel` and point
/// where it goes.
fn belt(
    stage: &mut Stage,
    y: f64,
    (from, to): (f64, f64),
    spacing: f64,
    travel: f64,
    direction: f64,
) {
    let high = stage.plan.belt_height;
    let round = high / 2.0;
    let sketch = &mut stage.sketch;
    sketch.rect(area(from, y, to - from, high), round, Ink::Belt, THIN);
    let rollers = ((to - from - high) / (high * 2.12)).round().max(1.0);
    let pitch = (to - from - high) / rollers;
    for index in 0..=rollers as u32 {
        sketch.circle(
            (from + round + f64::from(index) * pitch, y + round),
            high * 0.27,
            Ink::Roller,
            None,
        );
    }
    sketch.path(
        format!("M{} {}H{}", n(from + round), n(y), n(to - round)),
        None,
        BOLD,
    );
    let d = if direction < 0.0 {
        "M6 -9L-6 0L6 9"
    } else {
        "M-6 -9L6 0L-6 9"
    };
    let room = (to - from) - 2.3 * high;
    let count = (room / spacing).floor() as u32;
    for index in 0..=count {
        let along = f64::from(index) * spacing + travel.rem_euclid(spacing);
        if along <= room {
            sketch.path_at(
                d,
                (from + 1.15 * high + along, y + round),
                high / 26.0,
                None,
                Some(line(Ink::Paper, 5.0)),
            );
        }
    }
}
