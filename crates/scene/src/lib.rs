//! What it looks like: a state and a show time become a list of a few kinds of shapes.
//!
//! Knows nothing of the DOM, of canvases or sockets. Movements are computed from the show time and
//! the moments in the state, never remembered: any moment can be drawn at any time.

mod all;
mod belt;
mod change;
mod chart;
mod courier;
mod cut;
mod frame;
mod fruit;
mod half;
mod heap;
mod inspect;
mod motion;
mod palette;
mod reply;
mod rulers;
mod shape;
mod sketch;
mod stage;
mod steps;
mod svg;
pub mod timeline;
pub mod words;

pub use all::{all, chosen};
pub use belt::{belt, tab_picture};
pub use change::{Parts, Patch, group, reach};
pub use chart::{Chart, chart};
pub use courier::courier;
pub use cut::cut;
pub use frame::{Form, Frame, Lang, Link, Look};
pub use fruit::{Fruit, FruitPart};
pub use inspect::{Fact, Glyph, Inspection, Part, Why, inspect, name};
pub use palette::Ink;
pub use protocol::Picture;
pub use reply::{Piece, Reply, ReplyPart};
pub use rulers::rulers;
pub use shape::{Align, Hit, Line, Row, Run, Scene, Shape, Stroke, Target, Text, Weight};
pub use stage::{stage, stage_size};
pub use steps::steps;
pub use svg::to_svg;
