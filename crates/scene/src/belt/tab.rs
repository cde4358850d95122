//! The belt in a hand's breadth, for the tab of a connection: what is on the way, and the level.

use model::Connection;

use crate::{
    Fruit, Ink, Scene, Shape,
    sketch::{Sketch, area, line, sane},
};

/// A picture of a connection, drawn for a box of 118 by 36 and scaled to fit.
#[must_use]
pub fn tab_picture(connection: &Connection, width: f64, height: f64) -> Scene {
    let mut sketch = Sketch::default();
    sketch.path("M4 20H74", None, Some(line(Ink::Ink2, 3.0)));
    let on_the_way = connection.on_the_way().unwrap_or(0);
    if on_the_way > 0 {
        let first = connection.here_bytes();
        let fruit = connection
            .batch_at(first)
            .map_or(Fruit::Crate, Fruit::of_batch);
        let count = on_the_way.div_ceil(10).min(3);
        for index in 0..count {
            sketch.shapes.push(Shape::Sprite {
                fruit,
                x: 63.0 - index as f64 * 14.0,
                y: 11.0,
                size: 14.0,
                turn: 0.0,
                character: None,
                opacity: 1.0,
            });
        }
    }
    level(&mut sketch, connection);
    sketch.path("M77 8V31H105V8", None, Some(line(Ink::Ink, 2.5)));
    if connection.reset().is_some() {
        sketch.path("M34 12L46 28M46 12L34 28", None, Some(line(Ink::Bad, 3.0)));
    }
    let (width, height) = (sane(width), sane(height));
    let scale = (width / 118.0).min(height / 36.0);
    sketch.scene(width, height, scale, false)
}

/// The waiting bytes as bands of their batches' colours.
fn level(sketch: &mut Sketch, connection: &Connection) {
    let to = connection.here_bytes();
    let from = to - connection.waiting_bytes();
    let waiting = to.saturating_sub(from);
    if waiting == 0 {
        return;
    }
    let full = waiting.max(100) as f64;
    let scale = 20.0 / full;
    let height = |bytes: u64| bytes as f64 * scale;
    let whole = area(78.5, 29.5 - height(waiting), 25.0, height(waiting));
    sketch.rect(whole, 0.0, Ink::Fill(Fruit::Crate), None);
    let Some(batches) = connection.batches() else {
        return;
    };
    for cut in batches.cuts_within(from, to) {
        if cut.is_blurred() {
            continue;
        }
        let (low, high) = (cut.from.max(from), cut.to.min(to));
        sketch.rect(
            area(
                78.5,
                29.5 - height(high - from),
                25.0,
                height(high.saturating_sub(low)),
            ),
            0.0,
            Ink::Fill(Fruit::of_batch(cut.ordinal)),
            None,
        );
    }
}
