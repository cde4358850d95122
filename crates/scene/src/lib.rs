//! What it looks like: a state and a show time become a list of a few kinds of shapes.
//!
//! Knows nothing of the DOM, of canvases or sockets. Movements are computed from the show time and
//! the moments in the state, never remembered: any moment can be drawn at any time.

mod belt;
mod frame;
mod fruit;
mod heap;
mod motion;
mod palette;
mod shape;
mod sketch;
mod svg;
pub mod words;

pub use belt::{stage, stage_size, tab_picture};
pub use frame::{Frame, Lang, Link, Look};
pub use fruit::{Fruit, FruitPart};
pub use palette::Ink;
pub use shape::{Align, Hit, Line, Run, Scene, Shape, Stroke, Target, Text, Weight};
pub use svg::to_svg;
