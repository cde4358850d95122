//! The ground: a floor for each place where a byte can be, and the shafts of the batches that run
//! through all of them.

use super::Stage;
use crate::{Ink, Look, sketch::area};

pub(super) fn draw(stage: &mut Stage) {
    let layout = stage.layout;
    let wall = layout.wall;
    let sketch = &mut stage.sketch;
    sketch.rect(
        area(0.0, layout.kernel.top, wall, layout.kernel.height),
        0.0,
        Ink::Kernel,
        None,
    );
    sketch.rect(
        area(
            0.0,
            layout.scoop.top,
            wall,
            layout.back.top - layout.scoop.top,
        ),
        0.0,
        Ink::Floor,
        None,
    );
    shafts(stage);
    for (y, ink, width) in [
        (layout.sentence.bottom(), Ink::Hair, 1.5),
        (layout.kernel.top, Ink::Glass, 2.0),
        (layout.back.top, Ink::Hair, 1.5),
    ] {
        let stroke = stage.pen(ink, width);
        stage
            .sketch
            .path(format!("M0 {y}H{wall}"), None, Some(stroke));
    }
    // The system call is the one border that bytes cross only when the program asks.
    let stroke = stage.dashes(Ink::Ink2, 2.0, 3.0, 9.0);
    let y = layout.scoop.top;
    stage
        .sketch
        .path(format!("M0 {y}H{wall}"), None, Some(stroke));
}

/// The tint of each batch, from its send down to the bag.
fn shafts(stage: &mut Stage) {
    let layout = stage.layout;
    let strength = match stage.frame.look {
        Look::Light => 0.42,
        Look::Dark => 0.26,
        Look::Projector => 0.55,
    };
    let pieces = stage.batches(0, stage.end());
    if pieces.is_empty() {
        return;
    }
    stage.sketch.fade(strength);
    for (from, to, fruit) in pieces {
        if let Some((x, width)) = stage.axis.clip(from, to) {
            let at = area(
                x,
                layout.sends.bottom() - 4.0,
                width,
                layout.bag.bottom() - layout.sends.bottom() + 4.0,
            );
            stage.sketch.rect(at, 0.0, Ink::Tint(fruit), None);
        }
    }
    stage.sketch.end_fade();
}
