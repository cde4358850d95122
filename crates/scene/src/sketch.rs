//! The pen: shorthands for adding shapes to a scene, and the scaling of a finished sketch.

use std::borrow::Cow;

use protocol::Source;

use crate::{Align, Hit, Ink, Line, Link, Run, Scene, Shape, Stroke, Target, Text, Weight};

/// A scene being drawn.
pub(crate) struct Sketch {
    pub shapes: Vec<Shape>,
    pub hits: Vec<Hit>,
    /// Lines are so many times as heavy as written.
    pub weight: f64,
    /// Fruit of at least this size bear their character.
    pub character_from: f64,
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch {
            shapes: Vec::new(),
            hits: Vec::new(),
            weight: 1.0,
            character_from: 24.0,
        }
    }
}

/// An upright rectangle.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

pub(crate) const fn area(x: f64, y: f64, w: f64, h: f64) -> Area {
    Area { x, y, w, h }
}

/// Line widths of the art: hair, drawing, active edge, vessel wall.
pub(crate) const DRAWING: f64 = 2.0;
pub(crate) const EDGE: f64 = 3.5;
pub(crate) const WALL: f64 = 6.0;

/// An ink line of the drawing's own width.
pub(crate) const THIN: Option<Stroke> = Some(line(Ink::Ink, DRAWING));
/// An ink line of an active edge.
pub(crate) const BOLD: Option<Stroke> = Some(line(Ink::Ink, EDGE));

pub(crate) const fn line(ink: Ink, width: f64) -> Stroke {
    Stroke {
        ink,
        width,
        dash: None,
    }
}

pub(crate) const fn dashed(ink: Ink, width: f64, dash: f64, gap: f64) -> Stroke {
    Stroke {
        ink,
        width,
        dash: Some((dash, gap)),
    }
}

impl Sketch {
    pub fn rect(&mut self, at: Area, r: f64, fill: impl Into<Option<Ink>>, stroke: Option<Stroke>) {
        self.add_rect(at, r, fill.into(), stroke);
    }

    // What follows is not inlined on purpose: a picture adds hundreds of shapes, and each copy of
    // the code that adds one weighs on the page.
    #[inline(never)]
    fn add_rect(&mut self, at: Area, r: f64, fill: Option<Ink>, stroke: Option<Stroke>) {
        self.shapes.push(Shape::Rect {
            x: at.x,
            y: at.y,
            w: at.w.max(0.0),
            h: at.h.max(0.0),
            r,
            fill,
            stroke,
        });
    }

    pub fn circle(
        &mut self,
        (x, y): (f64, f64),
        r: f64,
        fill: impl Into<Option<Ink>>,
        stroke: Option<Stroke>,
    ) {
        self.add_circle((x, y), r, fill.into(), stroke);
    }

    #[inline(never)]
    fn add_circle(
        &mut self,
        (x, y): (f64, f64),
        r: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        self.shapes.push(Shape::Circle {
            x,
            y,
            r: r.max(0.0),
            fill,
            stroke,
        });
    }

    pub fn path(
        &mut self,
        d: impl Into<Cow<'static, str>>,
        fill: impl Into<Option<Ink>>,
        stroke: Option<Stroke>,
    ) {
        self.add_path(d.into(), (0.0, 0.0), 1.0, fill.into(), stroke);
    }

    pub fn path_at(
        &mut self,
        d: impl Into<Cow<'static, str>>,
        at: (f64, f64),
        scale: f64,
        fill: impl Into<Option<Ink>>,
        stroke: Option<Stroke>,
    ) {
        self.add_path(d.into(), at, scale, fill.into(), stroke);
    }

    #[inline(never)]
    fn add_path(
        &mut self,
        d: Cow<'static, str>,
        (x, y): (f64, f64),
        scale: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        self.shapes.push(Shape::Path {
            d,
            x,
            y,
            scale,
            fill,
            stroke,
        });
    }

    #[inline(never)]
    pub fn text(&mut self, text: Text) {
        if !text.text.is_empty() {
            self.shapes.push(Shape::Text(text));
        }
    }

    #[inline(never)]
    pub fn line(&mut self, line: Line) {
        self.shapes.push(Shape::Line(line));
    }

    /// How a value is known: measured is a full dot, derived a half, unavailable a ring.
    #[inline(never)]
    pub fn mark(&mut self, source: Source, (x, y): (f64, f64), r: f64) {
        let fill = (source == Source::Measured).then_some(Ink::Ink2);
        self.circle((x, y), r, fill, Some(line(Ink::Ink2, r * 0.36)));
        if source == Source::Derived {
            // The left half of a unit circle.
            self.path_at("M0 -1A1 1 0 0 0 0 1Z", (x, y), r, Ink::Ink2, None);
        }
    }

    /// Parallel slanted lines across `at`: what nobody saw.
    pub fn hatch(&mut self, at: Area, step: f64, stroke: Stroke) {
        let mut d = String::new();
        let count = ((at.w + at.h) / step).ceil().clamp(0.0, 200.0) as u32;
        for index in 1..=count {
            // The line x + y = t, inside the rectangle.
            let t = f64::from(index) * step;
            let (x1, y1) = if t <= at.h {
                (0.0, t)
            } else {
                (t - at.h, at.h)
            };
            let (x2, y2) = if t <= at.w {
                (t, 0.0)
            } else {
                (at.w, t - at.w)
            };
            if x1 <= at.w && y2 <= at.h {
                d += &trace("M# #L# #", &[at.x + x1, at.y + y1, at.x + x2, at.y + y2]);
            }
        }
        if !d.is_empty() {
            self.path(d, None, Some(stroke));
        }
    }

    /// A line as thick as a limb, with an outline.
    pub fn limb(&mut self, d: String, width: f64, ink: Ink) {
        let outlined = width + 2.0 * DRAWING * self.weight;
        self.path(d.clone(), None, Some(line(Ink::Ink, outlined)));
        self.path(d, None, Some(line(ink, width)));
    }

    #[inline(never)]
    pub fn hit(&mut self, at: Area, target: Target) {
        self.hits.push(Hit {
            x: at.x,
            y: at.y,
            w: at.w.max(0.0),
            h: at.h.max(0.0),
            target,
        });
    }

    /// What follows may be old, unless the relay is heard.
    pub fn dim(&mut self, link: Link) {
        if link != Link::Live {
            self.fade(0.4);
        }
    }

    /// Ends what [`Sketch::dim`] began.
    pub fn end_dim(&mut self, link: Link) {
        if link != Link::Live {
            self.end_fade();
        }
    }

    pub fn fade(&mut self, opacity: f64) {
        self.shapes.push(Shape::GroupStart { opacity });
    }

    pub fn end_fade(&mut self) {
        self.shapes.push(Shape::GroupEnd);
    }

    /// The finished picture, all of it `scale` times as large.
    pub fn scene(mut self, width: f64, height: f64, scale: f64, moving: bool) -> Scene {
        for shape in &mut self.shapes {
            if let Some(stroke) = stroke_of(shape) {
                // What is wider than a wall is a limb or a bar drawn as a line.
                if stroke.width <= WALL {
                    stroke.width *= self.weight;
                }
            }
        }
        if scale != 1.0 {
            self.shapes.iter_mut().for_each(|shape| grow(shape, scale));
            for hit in &mut self.hits {
                for value in [&mut hit.x, &mut hit.y, &mut hit.w, &mut hit.h] {
                    *value *= scale;
                }
            }
        }
        Scene {
            width,
            height,
            shapes: self.shapes,
            hits: self.hits,
            moving,
        }
    }
}

/// A length that can be drawn.
pub(crate) fn sane(length: f64) -> f64 {
    if length.is_finite() {
        length.clamp(0.0, 1e5)
    } else {
        0.0
    }
}

/// About how wide a text is, for what must keep clear of it. Only a painter can measure.
pub(crate) fn guessed_width(text: &str, size: f64) -> f64 {
    let em = |character: char| match character {
        '\u{202f}' => 0.2,
        ' ' | '.' | ',' | ':' | ';' | '\'' | 'i' | 'l' | 'j' => 0.28,
        // Arrows, and what Chinese is written with.
        '\u{2190}'..='\u{21ff}' | '\u{2e80}'.. => 1.0,
        _ => 0.57,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// The size at which a text is about so wide at most.
pub(crate) fn fitting(text: &str, size: f64, room: f64) -> f64 {
    size.min(room / guessed_width(text, 1.0).max(0.1))
}

/// A path: each `#` of the template becomes the next value, rounded to a tenth. One function for
/// all paths, because each `format!` of its own weighs on the page.
#[inline(never)]
pub(crate) fn trace(template: &str, values: &[f64]) -> String {
    let mut d = String::with_capacity(template.len() + 6 * values.len());
    let mut values = values.iter();
    for (index, part) in template.split('#').enumerate() {
        if index > 0 {
            push_tenths(&mut d, values.next().copied().unwrap_or(0.0));
        }
        d.push_str(part);
    }
    d
}

/// Writes a coordinate; what is not finite, as 0.
fn push_tenths(d: &mut String, value: f64) {
    let tenths = (value * 10.0).round() as i64;
    if tenths < 0 {
        d.push('-');
    }
    let tenths = tenths.unsigned_abs();
    *d += &(tenths / 10).to_string();
    if !tenths.is_multiple_of(10) {
        d.push('.');
        d.push(char::from(b'0' + (tenths % 10) as u8));
    }
}

fn stroke_of(shape: &mut Shape) -> Option<&mut Stroke> {
    match shape {
        Shape::Rect { stroke, .. } | Shape::Circle { stroke, .. } | Shape::Path { stroke, .. } => {
            stroke.as_mut()
        }
        _ => None,
    }
}

fn grow(shape: &mut Shape, by: f64) {
    let all = |values: &mut [&mut f64]| values.iter_mut().for_each(|value| **value *= by);
    let grow_stroke = |stroke: &mut Option<Stroke>| {
        if let Some(stroke) = stroke {
            stroke.width *= by;
            stroke.dash = stroke.dash.map(|(dash, gap)| (dash * by, gap * by));
        }
    };
    match shape {
        Shape::Rect {
            x,
            y,
            w,
            h,
            r,
            stroke,
            ..
        } => {
            all(&mut [x, y, w, h, r]);
            grow_stroke(stroke);
        }
        Shape::Circle {
            x, y, r, stroke, ..
        } => {
            all(&mut [x, y, r]);
            grow_stroke(stroke);
        }
        Shape::Path {
            x,
            y,
            scale,
            stroke,
            ..
        } => {
            all(&mut [x, y, scale]);
            grow_stroke(stroke);
        }
        Shape::Text(text) => all(&mut [
            &mut text.x,
            &mut text.y,
            &mut text.size,
            &mut text.max_width,
        ]),
        Shape::Line(line) => {
            all(&mut [&mut line.x, &mut line.y, &mut line.max_width]);
            for run in &mut line.runs {
                all(&mut [&mut run.size, &mut run.gap]);
            }
        }
        Shape::Sprite { x, y, size, .. } => all(&mut [x, y, size]),
        Shape::GroupStart { .. } | Shape::GroupEnd => {}
    }
}

/// A text of the stage, regular, ink, from its start; the rest is said behind it.
pub(crate) fn text(words: impl Into<String>, at: (f64, f64), size: f64) -> Text {
    plain(words.into(), at, size)
}

#[inline(never)]
fn plain(text: String, (x, y): (f64, f64), size: f64) -> Text {
    Text {
        text,
        x,
        y,
        size,
        weight: Weight::Regular,
        mono: false,
        ink: Ink::Ink,
        align: Align::Start,
        max_width: 1e4,
    }
}

impl Text {
    pub(crate) fn bold(mut self) -> Text {
        self.weight = Weight::Bold;
        self
    }

    pub(crate) fn mono(mut self) -> Text {
        self.mono = true;
        self
    }

    pub(crate) fn quiet(self) -> Text {
        self.ink(Ink::Ink2)
    }

    pub(crate) fn ink(mut self, ink: Ink) -> Text {
        self.ink = ink;
        self
    }

    pub(crate) fn middle(mut self) -> Text {
        self.align = Align::Middle;
        self
    }

    pub(crate) fn end(mut self) -> Text {
        self.align = Align::End;
        self
    }

    pub(crate) fn within(mut self, max_width: f64) -> Text {
        self.max_width = max_width.max(1.0);
        self
    }
}

/// A line of several runs from its start.
pub(crate) fn runs(runs: Vec<Run>, (x, y): (f64, f64), max_width: f64) -> Line {
    Line {
        runs,
        x,
        y,
        align: Align::Start,
        max_width: max_width.max(1.0),
    }
}

impl Line {
    pub(crate) fn middle(mut self) -> Line {
        self.align = Align::Middle;
        self
    }
}

pub(crate) fn run(text: impl Into<String>, size: f64) -> Run {
    plain_run(text.into(), size)
}

#[inline(never)]
fn plain_run(text: String, size: f64) -> Run {
    Run {
        text,
        gap: 0.0,
        size,
        weight: Weight::Regular,
        mono: false,
        ink: Ink::Ink,
    }
}

impl Run {
    pub(crate) fn bold(mut self) -> Run {
        self.weight = Weight::Bold;
        self
    }

    pub(crate) fn mono(mut self) -> Run {
        self.mono = true;
        self
    }

    pub(crate) fn ink(mut self, ink: Ink) -> Run {
        self.ink = ink;
        self
    }

    pub(crate) fn quiet(self) -> Run {
        self.ink(Ink::Ink2)
    }

    pub(crate) fn after(mut self, gap: f64) -> Run {
        self.gap = gap;
        self
    }
}
