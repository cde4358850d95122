//! The sign of a character that an edge cuts in two: a torn tag with `½` and the character.
//!
//! Where the bytes are not known, nothing is claimed: there is no tag.

use model::Connection;

use crate::{
    Ink,
    sketch::{Sketch, THIN, area, guessed_width, text},
};

/// Hangs the tag over the edge at `offset` of the incoming stream, its middle at `(x, y)`. Whether
/// the edge cuts a character.
pub(crate) fn tag(
    sketch: &mut Sketch,
    connection: &Connection,
    offset: u64,
    (x, y): (f64, f64),
    size: f64,
) -> bool {
    let Some(half) = connection.half_character(offset) else {
        return false;
    };
    let character = half.character.filter(|it| !it.is_control()).unwrap_or('字');
    let words = ['½', character].iter().collect::<String>();
    let (w, h) = (guessed_width(&words, size) + size * 0.6, size * 1.35);
    sketch.rect(
        area(x - w / 2.0, y - h / 2.0, w, h),
        size * 0.2,
        Ink::Paper,
        THIN,
    );
    sketch.text(
        text(words, (x, y + size * 0.36), size)
            .bold()
            .middle()
            .within(w),
    );
    true
}
