//! Which picture stands on the stage, and how large it is.

use crate::{Form, Frame, Picture, Scene, all, belt, courier, cut, sketch::sane, steps};

/// Size of the stage in a space so wide, CSS pixels.
#[must_use]
pub fn stage_size(form: Form, available_width: f64) -> (f64, f64) {
    let width = sane(available_width);
    let (across, down) = form.units();
    (width, width * down / across)
}

/// The stage.
#[must_use]
pub fn stage(frame: &Frame) -> Scene {
    match frame.picture {
        Picture::Belt => belt::belt(frame),
        Picture::Cut => cut::cut(frame),
        Picture::All => all::all(frame),
        Picture::Courier => courier::courier(frame),
        Picture::Steps => steps::steps(frame),
    }
}
