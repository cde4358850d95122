//! The program's worker, small: at the scoop's handle, walking with the read edge. The sign says
//! that a person holds the reader.

use super::Stage;
use crate::{
    Ink,
    sketch::{line, n},
};

/// Feet on the floor left of the scoop, the right hand at its handle.
pub(super) fn at_handle(stage: &mut Stage, (x, y): (f64, f64)) {
    let scale = scale(stage);
    let feet = (x - 78.0 * scale, stage.layout.scoop.bottom() - 3.0 * scale);
    let hand = (x - 46.0 * scale, y);
    // The handle.
    let handle = stage.pen(Ink::Ink, 6.5);
    stage.sketch.path(
        format!("M{} {}H{}", n(hand.0), n(y), n(x)),
        None,
        Some(handle),
    );
    if stage.layout.is_upright() {
        // No room for a figure beside the numbers: the sign stands at the handle.
        if stage.is_held() {
            sign(stage, (hand.0 + 30.0 * scale, y + 104.0 * scale), scale);
        }
        return;
    }
    figure(stage, feet, Some(hand));
}

/// Nothing to do yet.
pub(super) fn stands(stage: &mut Stage, x: f64) {
    let scale = scale(stage);
    let feet = (x - 60.0 * scale, stage.layout.scoop.bottom() - 3.0 * scale);
    if !stage.layout.is_upright() {
        figure(stage, feet, None);
    }
}

fn scale(stage: &Stage) -> f64 {
    // As high as the floor, as far as the numbers leave room.
    let tall = stage.layout.scoop.height / 112.0;
    tall.min(if stage.layout.is_upright() { 0.5 } else { 1.25 })
}

fn figure(stage: &mut Stage, at: (f64, f64), hand: Option<(f64, f64)>) {
    let scale = scale(stage);
    let held = stage.is_held();
    let sad = stage.is_torn();
    let blink = stage.motion.is_moving() && stage.motion.millis() % 2600.0 < 130.0;
    let pen = stage.pen(Ink::Ink, 2.0 * scale.min(1.0));
    let thin = Some(pen);
    let sketch = &mut stage.sketch;
    sketch.path_at("M-14 0V-36H-1V0ZM1 0V-36H14V0Z", at, scale, Ink::Coat, thin);
    sketch.path_at(
        "M-21 -30V-58Q-21 -74 -6 -75H7Q21 -74 21 -58V-30Z",
        at,
        scale,
        Ink::Coat,
        thin,
    );
    sketch.path_at("M-10 -30V-58H12V-30Z", at, scale, Ink::Apron, thin);
    sketch.path_at(
        "M1 -88m-13 0a13 13 0 1 0 26 0a13 13 0 1 0 -26 0Z",
        at,
        scale,
        Ink::Skin,
        thin,
    );
    let face = line(Ink::Eye, 1.8 * scale);
    if blink {
        sketch.path_at("M3 -89h4M9 -89h4", at, scale, None, Some(face));
    } else {
        for x in [4.5, 10.5] {
            sketch.circle(
                (at.0 + x * scale, at.1 - 89.0 * scale),
                1.8 * scale,
                Ink::Eye,
                None,
            );
        }
    }
    let mouth = if sad {
        "M4 -80Q7.500 -83 11 -80"
    } else if held {
        "M4 -81H11"
    } else {
        "M4 -82Q7.500 -78.500 11 -82"
    };
    sketch.path_at(mouth, at, scale, None, Some(face));
    sketch.path_at(
        "M-11 -95C-11 -112 13 -112 13 -95Z",
        at,
        scale,
        Ink::Straw,
        thin,
    );
    sketch.path_at(
        "M-24 -93Q1 -104 26 -93Q1 -87 -24 -93Z",
        at,
        scale,
        Ink::Straw,
        thin,
    );
    if held {
        arm(stage, at, "M-15 -64L-33 -58L-36 -72", scale);
        sign(stage, at, scale);
        let hand = (at.0 - 36.0 * scale, at.1 - 74.0 * scale);
        stage.sketch.circle(hand, 5.5 * scale, Ink::Skin, None);
    } else {
        arm(stage, at, "M-15 -64L-26 -48L-22 -34", scale);
    }
    match hand {
        Some(hand) => {
            let shoulder = (at.0 + 14.0 * scale, at.1 - 62.0 * scale);
            let d = format!(
                "M{} {}L{} {}",
                n((shoulder.0 - at.0) / scale),
                n((shoulder.1 - at.1) / scale),
                n((hand.0 - at.0) / scale),
                n((hand.1 - at.1) / scale)
            );
            arm(stage, at, d, scale);
            stage.sketch.circle(hand, 6.0 * scale, Ink::Skin, thin);
        }
        None => arm(stage, at, "M15 -64L25 -48L21 -34", scale),
    }
}

fn arm(
    stage: &mut Stage,
    at: (f64, f64),
    d: impl Into<std::borrow::Cow<'static, str>>,
    scale: f64,
) {
    let d = d.into();
    let heavy = stage.layout.heavy.max(1.0);
    stage.sketch.path_at(
        d.clone(),
        at,
        scale,
        None,
        Some(line(Ink::Ink, (9.0 + 3.0 * heavy) * scale)),
    );
    stage
        .sketch
        .path_at(d, at, scale, None, Some(line(Ink::Coat, 9.0 * scale)));
}

/// Held up in the other hand while a person holds the reader.
fn sign(stage: &mut Stage, at: (f64, f64), scale: f64) {
    let rim = stage.pen(Ink::Hold, 3.5 * scale.min(1.0));
    let sketch = &mut stage.sketch;
    sketch.path_at(
        "M-36 -70V-92",
        at,
        scale,
        None,
        Some(line(Ink::Ink, 4.0 * scale)),
    );
    sketch.circle(
        (at.0 - 36.0 * scale, at.1 - 104.0 * scale),
        19.0 * scale,
        Ink::HoldPaper,
        Some(rim),
    );
    sketch.path_at(
        "M-41.500 -112V-96M-30.500 -112V-96",
        at,
        scale,
        None,
        Some(line(Ink::Hold, 6.0 * scale)),
    );
}
