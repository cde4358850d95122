//! The picture of the time strip: the level chart of the connection in focus.

use model::{Show, Timeline};
use scene::{Chart, Lang, Look, Scene};

/// The picture.
pub fn picture(
    timeline: &Timeline,
    head: Show,
    look: Look,
    lang: Lang,
    (width, height): (f64, f64),
) -> Scene {
    scene::chart(&Chart {
        timeline,
        head,
        width,
        height,
        look,
        lang,
    })
}
