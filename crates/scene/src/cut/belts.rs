//! The two belts: one brings the bytes in, one takes the answers out. Both end at the client's wall.

use super::Stage;
use crate::{
    Ink,
    sketch::{Area, n},
};

/// A belt from its round nose at the left to the wall, with chevrons that have moved by `travel`.
pub(super) fn belt(stage: &mut Stage, at: Area, chevron: &'static str, travel: f64) {
    let (middle, radius) = (at.y + at.h / 2.0, at.h / 2.0);
    let right = at.x + at.w;
    let stroke = stage.pen(Ink::Ink, 2.0);
    stage.sketch.path(
        format!(
            "M{} {}H{}A{r} {r} 0 0 0 {} {}H{}",
            n(right),
            n(at.y),
            n(at.x + radius),
            n(at.x + radius),
            n(at.y + at.h),
            n(right),
            r = n(radius)
        ),
        Ink::Belt,
        Some(stroke),
    );
    let pitch = at.h * 2.2;
    // A roller gives way to a chevron that passes.
    let spacing = pitch * 3.0;
    let mut x = at.x + radius;
    let first = at.x + radius + pitch * 1.5 + travel.rem_euclid(spacing);
    while x < right - radius {
        let to_chevron = (x - first + spacing / 2.0).rem_euclid(spacing) - spacing / 2.0;
        if to_chevron.abs() > at.h * 0.75 {
            stage
                .sketch
                .circle((x, middle), at.h * 0.26, Ink::Roller, None);
        }
        x += pitch;
    }
    let stroke = stage.pen(Ink::Paper, 3.5);
    let mut x = first;
    while x < right - at.h {
        stage
            .sketch
            .path_at(chevron, (x, middle), at.h / 22.0, None, Some(stroke));
        x += spacing;
    }
}

/// Where a reset has torn it.
pub(super) fn tear(stage: &mut Stage, x: f64, top: f64, height: f64) {
    let scale = height / 20.0;
    let rim = stage.pen(Ink::Bad, 3.5);
    stage.sketch.path_at(
        "M-16 -6L-4 4L-16 14L-6 28H22L12 14L24 4L10 -6Z",
        (x, top),
        scale,
        Ink::Paper,
        None,
    );
    stage.sketch.path_at(
        "M-16 -6L-4 4L-16 14L-6 28M10 -6L24 4L12 14L22 28",
        (x, top),
        scale,
        None,
        Some(rim),
    );
}
