//! The few kinds of shapes that a picture is made of, and the areas that can be pointed at.
//!
//! Coordinates are CSS pixels from the top left. Shapes are painted in order.

use std::borrow::Cow;

use model::Show;
use protocol::{Conn, Seq};

use crate::{Fruit, Ink};

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// In painting order.
    pub shapes: Vec<Shape>,
    /// What can be pointed at; later ones lie above earlier ones.
    pub hits: Vec<Hit>,
    /// Whether something moves: a still scene need not be painted again.
    pub moving: bool,
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with round corners.
    Rect {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        w: f64,
        /// Height.
        h: f64,
        /// Radius of the corners.
        r: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// A circle.
    Circle {
        /// Centre.
        x: f64,
        /// Centre.
        y: f64,
        /// Radius.
        r: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// A path in the notation of SVG's `d`, in its own coordinates, put at `x`, `y` and scaled.
    /// The art's figures are constants: painters may keep what they made of a borrowed `d`.
    Path {
        /// The outline.
        d: Cow<'static, str>,
        /// Where its origin lies.
        x: f64,
        /// Where its origin lies.
        y: f64,
        /// 1 is as written. Line widths are not scaled.
        scale: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// Words.
    Text(Text),
    /// Words of several sizes or strengths on one baseline.
    Line(Line),
    /// A fruit, a crate or a pallet: painted from an atlas.
    Sprite {
        /// Which.
        fruit: Fruit,
        /// Centre.
        x: f64,
        /// Centre.
        y: f64,
        /// Width and height of its box.
        size: f64,
        /// Degrees, clockwise; a fixed small turn from the offset. The character never turns.
        turn: f64,
        /// The byte as a character, if there is room for it: bold, centred, lowered by
        /// [`Fruit::character_drop`], its font [`Fruit::character_size`] of the box.
        character: Option<char>,
        /// 1 is solid.
        opacity: f64,
    },
    /// All shapes until the matching `GroupEnd` are painted with this opacity.
    GroupStart {
        /// 1 is solid.
        opacity: f64,
    },
    /// Ends the innermost group.
    GroupEnd,
}

/// A line of text. The scene cannot measure glyphs: the painter makes it fit `max_width` by
/// condensing it.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The words.
    pub text: String,
    /// The anchor.
    pub x: f64,
    /// The baseline.
    pub y: f64,
    /// Font size.
    pub size: f64,
    /// Strength.
    pub weight: Weight,
    /// Fixed pitch: only for what a program literally says.
    pub mono: bool,
    /// Colour.
    pub ink: Ink,
    /// Which end of the text the anchor is.
    pub align: Align,
    /// It is never wider than this.
    pub max_width: f64,
}

/// Several runs of text on one baseline, each set where the one before it ends. The scene cannot
/// know where that is: the painter measures, and condenses the whole line to `max_width`.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// From the start to the end.
    pub runs: Vec<Run>,
    /// The anchor.
    pub x: f64,
    /// The baseline.
    pub y: f64,
    /// Which end of the whole line the anchor is.
    pub align: Align,
    /// It is never wider than this.
    pub max_width: f64,
}

/// A piece of a [`Line`].
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Space before it; the text itself has none at its ends unless it is meant.
    pub gap: f64,
    /// Font size.
    pub size: f64,
    /// Strength.
    pub weight: Weight,
    /// Fixed pitch: only for what a program literally says.
    pub mono: bool,
    /// Colour.
    pub ink: Ink,
}

/// Strength of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 400.
    Regular,
    /// 700.
    Bold,
}

/// Where the anchor of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At its start.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// An outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Width.
    pub width: f64,
    /// Dash and gap; None: a whole line.
    pub dash: Option<(f64, f64)>,
}

/// An area that can be pointed at, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// What it stands for.
    pub target: Target,
}

/// What an area stands for; the inspector explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Bytes of the incoming direction.
    Bytes {
        /// Of which connection.
        conn: Conn,
        /// The first.
        from: u64,
        /// Behind the last.
        to: u64,
    },
    /// Bytes of the outgoing direction: answers.
    Answer {
        /// Of which connection.
        conn: Conn,
        /// The first.
        from: u64,
        /// Behind the last.
        to: u64,
    },
    /// An edge between two batches, arrivals, reads or bags of the incoming direction.
    Edge {
        /// Of which connection.
        conn: Conn,
        /// Who cut.
        row: Row,
        /// The first byte behind the edge.
        offset: u64,
    },
    /// A connection as a whole.
    Connection(Conn),
    /// One record.
    Record(Seq),
    /// A moment that has a marker: whoever points at it goes there.
    Moment(Show),
}

/// The partitions of the incoming stream, in the order in which bytes pass them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// By the client's sends.
    Sent,
    /// By the arrivals seen.
    Arrived,
    /// By the server's reads.
    Read,
    /// By the bags, or without bags by the answers.
    Packed,
    /// By the messages that the program found, if it looks for any.
    Message,
}
