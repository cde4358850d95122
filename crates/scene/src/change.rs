//! What of a picture must be painted anew where an earlier one stands: most of a stage stands
//! still while fruit moves in one corner of it.
//!
//! Pictures are compared part by part, in painting order. What was there and is not, or is there
//! and was not, must be painted anew as far as it reaches. How far that is may be guessed too
//! large, never too small.

use std::ops::Range;

use crate::{Align, Scene, Shape, Stroke};

/// Patches nearer to one another than this are one: each costs something by itself.
const NEAR: f64 = 32.0;
/// If patches cover more than this part of the picture, all of it is painted.
const MOST: f64 = 0.75;
/// So many parts may have come or gone at one place.
const LOOK_AHEAD: usize = 12;
/// No letter is wider, in parts of its size.
const WIDEST: f64 = 1.25;

/// A part of a picture's plane, CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Patch {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Patch {
    const NOTHING: Patch = Patch {
        left: f64::MAX,
        top: f64::MAX,
        right: f64::MIN,
        bottom: f64::MIN,
    };

    fn around(x: f64, y: f64, left: f64, right: f64, up: f64, down: f64) -> Patch {
        Patch {
            left: x - left,
            top: y - up,
            right: x + right,
            bottom: y + down,
        }
    }

    fn with(self, other: Patch) -> Patch {
        Patch {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn wider(self, by: f64) -> Patch {
        Patch {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    fn within(self, other: Patch) -> Patch {
        Patch {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    fn touches(self, other: Patch) -> bool {
        let shared = self.within(other);
        shared.left <= shared.right && shared.top <= shared.bottom
    }

    fn size(self) -> f64 {
        (self.right - self.left).max(0.0) * (self.bottom - self.top).max(0.0)
    }
}

/// A picture in parts: shapes, and whole groups of shapes.
#[derive(Debug)]
pub struct Parts {
    scene: Scene,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    shapes: Range<usize>,
    /// None: nobody knows.
    reach: Option<Patch>,
}

impl Parts {
    /// Of a picture.
    #[must_use]
    pub fn of(scene: Scene) -> Parts {
        let mut parts = Vec::with_capacity(scene.shapes.len());
        let mut from = 0;
        while from < scene.shapes.len() {
            let to = from + part_length(&scene.shapes[from..]);
            parts.push(Part {
                shapes: from..to,
                reach: reach(&scene.shapes[from..to]),
            });
            from = to;
        }
        Parts { scene, parts }
    }

    /// The picture.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The shapes that may reach into a patch, part by part in painting order.
    pub fn within(&self, patch: Patch) -> impl Iterator<Item = &[Shape]> {
        self.parts
            .iter()
            .filter(move |part| part.reach.is_none_or(|reach| reach.touches(patch)))
            .map(|part| self.shapes(part))
    }

    fn shapes(&self, part: &Part) -> &[Shape] {
        &self.scene.shapes[part.shapes.clone()]
    }

    /// The patches to paint anew where an earlier picture stands, none of which touches another.
    /// None: all of it.
    #[must_use]
    pub fn changes(&self, before: &Parts) -> Option<Vec<Patch>> {
        let (old, new) = (&before.scene, &self.scene);
        if (old.width, old.height) != (new.width, new.height) {
            return None;
        }
        let whole = Patch::around(0.0, 0.0, 0.0, new.width, 0.0, new.height);
        let mut patches = Vec::new();
        let mut change = |parts: &[Part]| {
            for part in parts {
                add(&mut patches, part.reach?.within(whole));
            }
            Some(())
        };
        let (mut old, mut new) = (before.parts.as_slice(), self.parts.as_slice());
        while let ([was, ..], [is, ..]) = (old, new) {
            let (was, is) = (before.shapes(was), self.shapes(is));
            let (gone, come) = if was == is {
                (0, 0)
            } else {
                let ahead = |parts: &[Part], all: &Parts, wanted| {
                    let mut parts = parts.iter().take(LOOK_AHEAD);
                    parts.position(|part| all.shapes(part) == wanted)
                };
                match (ahead(old, before, is), ahead(new, self, was)) {
                    (Some(gone), _) => (gone, 0),
                    (None, Some(come)) => (0, come),
                    (None, None) => (1, 1),
                }
            };
            change(&old[..gone])?;
            change(&new[..come])?;
            // Of those that are left the first are the same, unless both were told as changed.
            let same = usize::from((gone, come) != (1, 1));
            old = &old[gone + same..];
            new = &new[come + same..];
        }
        change(old)?;
        change(new)?;
        let sum: f64 = patches.iter().map(|patch| patch.size()).sum();
        (sum <= MOST * whole.size()).then_some(patches)
    }
}

/// What a new patch is near to becomes one with it.
fn add(patches: &mut Vec<Patch>, mut new: Patch) {
    if new.size() <= 0.0 {
        return;
    }
    while let Some(near) = patches
        .iter()
        .position(|patch| patch.wider(NEAR).touches(new))
    {
        new = new.with(patches.swap_remove(near));
    }
    patches.push(new);
}

/// How many shapes the first part has: a group has all to its end.
fn part_length(shapes: &[Shape]) -> usize {
    match shapes {
        [Shape::GroupStart { .. }, rest @ ..] => (group(rest).len() + 2).min(shapes.len()),
        _ => 1,
    }
}

/// What belongs to the group that begins in front of these shapes: all that stands before its end.
#[must_use]
pub fn group(shapes: &[Shape]) -> &[Shape] {
    let mut depth = 0_usize;
    let end = shapes.iter().position(|shape| {
        match shape {
            Shape::GroupStart { .. } => depth += 1,
            Shape::GroupEnd if depth == 0 => return true,
            Shape::GroupEnd => depth -= 1,
            _ => {}
        }
        false
    });
    &shapes[..end.unwrap_or(shapes.len())]
}

/// How far shapes reach, with the rims of what is half covered. None: nobody knows.
#[must_use]
pub fn reach(shapes: &[Shape]) -> Option<Patch> {
    let mut all = Patch::NOTHING;
    for shape in shapes {
        all = all.with(shape_reach(shape)?);
    }
    Some(all.wider(2.0))
}

fn shape_reach(shape: &Shape) -> Option<Patch> {
    let rim = |stroke: &Option<Stroke>| stroke.map_or(0.0, |stroke| stroke.width / 2.0);
    Some(match shape {
        Shape::Rect {
            x, y, w, h, stroke, ..
        } => Patch::around(*x, *y, 0.0, *w, 0.0, *h).wider(rim(stroke)),
        Shape::Circle {
            x, y, r, stroke, ..
        } => Patch::around(*x, *y, *r, *r, *r, *r).wider(rim(stroke)),
        Shape::Path {
            d,
            x,
            y,
            scale,
            stroke,
            ..
        } => {
            let own = path_reach(d)?;
            Patch {
                left: x + own.left * scale,
                top: y + own.top * scale,
                right: x + own.right * scale,
                bottom: y + own.bottom * scale,
            }
            .wider(rim(stroke))
        }
        Shape::Text(text) => {
            let width = text_width(&text.text, text.size).min(text.max_width);
            line_reach((text.x, text.y), text.align, width, text.size)
        }
        Shape::Line(line) => {
            let widths = line
                .runs
                .iter()
                .map(|run| run.gap + text_width(&run.text, run.size));
            let width = widths.sum::<f64>().min(line.max_width);
            let size = line.runs.iter().map(|run| run.size).fold(0.0, f64::max);
            line_reach((line.x, line.y), line.align, width, size)
        }
        // Turned corners, and characters that are larger than their fruit.
        Shape::Sprite { x, y, size, .. } => {
            Patch::around(*x, *y, 0.0, 0.0, 0.0, 0.0).wider(size * 0.6 + 4.0)
        }
        Shape::GroupStart { .. } | Shape::GroupEnd => Patch::NOTHING,
    })
}

fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * WIDEST
}

fn line_reach((x, y): (f64, f64), align: Align, width: f64, size: f64) -> Patch {
    let (left, right) = match align {
        Align::Start => (0.0, width),
        Align::Middle => (width / 2.0, width / 2.0),
        Align::End => (width, 0.0),
    };
    Patch::around(
        x,
        y,
        left + size / 2.0,
        right + size / 2.0,
        size * 1.3,
        size * 0.6,
    )
}

/// How far a path in SVG's notation reaches, if all its commands are absolute. Curves stay within
/// the box of their control points; arcs within that of their ends, wider by their diameter.
fn path_reach(d: &str) -> Option<Patch> {
    let mut all = Patch::NOTHING;
    // Where the pen is: H and V say only half of where it goes.
    let (mut x, mut y) = (0.0, 0.0);
    let mut rest = d;
    while let Some(command) = rest.chars().next() {
        rest = rest.strip_prefix(command)?;
        let end = rest.find(|it: char| it.is_ascii_alphabetic());
        let (numbers, next) = rest.split_at(end.unwrap_or(rest.len()));
        rest = next;
        let mut numbers = Numbers(numbers);
        while let Some(number) = numbers.next() {
            let mut rim = 0.0;
            match command {
                'H' => x = number,
                'V' => y = number,
                'M' | 'L' | 'C' | 'S' | 'Q' | 'T' => (x, y) = (number, numbers.next()?),
                'A' => {
                    let radius = number.max(numbers.next()?);
                    // How it is turned, and which of the four arcs it is.
                    numbers.nth(2)?;
                    let from = (x, y);
                    (x, y) = (numbers.next()?, numbers.next()?);
                    // Radii that are too small for the way are enlarged.
                    rim = (2.0 * radius).max((x - from.0).hypot(y - from.1));
                }
                _ => return None,
            }
            all = all.with(Patch::around(x, y, rim, rim, rim, rim));
        }
        if !matches!(
            command,
            'M' | 'L' | 'H' | 'V' | 'C' | 'S' | 'Q' | 'T' | 'A' | 'Z'
        ) {
            return None;
        }
    }
    Some(all)
}

/// The numbers of a path between two commands. They are parted by spaces or commas, or by the
/// sign of the second.
struct Numbers<'a>(&'a str);

impl Iterator for Numbers<'_> {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let text = self.0.trim_start_matches([' ', ',']);
        let mut dots = 0;
        let end = text.char_indices().skip(1).find(|(_, it)| {
            dots += usize::from(*it == '.');
            matches!(it, ' ' | ',' | '-') || dots > 1
        });
        let (number, rest) = text.split_at(end.map_or(text.len(), |(end, _)| end));
        self.0 = rest;
        decimal(number)
    }
}

/// A plain decimal, as paths have them. The standard library's reader takes any number to the last
/// bit, and ten kilobytes of tables for it.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() {
        return None;
    }
    let (mut value, mut scale) = (0.0, 0.0);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale *= 10.0;
            }
            b'.' if scale == 0.0 => scale = 1.0,
            _ => return None,
        }
    }
    let value = if scale > 0.0 { value / scale } else { value };
    Some(if text.starts_with('-') { -value } else { value })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        Ink,
        sketch::{Sketch, THIN, area, text},
    };

    fn patch(left: f64, top: f64, right: f64, bottom: f64) -> Patch {
        Patch {
            left,
            top,
            right,
            bottom,
        }
    }

    #[test]
    fn plain_decimals_are_read() {
        for text in ["0", "12", "-3.5", ".5", "-.25", "640.0"] {
            assert_eq!(decimal(text), text.parse().ok(), "{text}");
        }
        for text in ["", "-", "x", "1.2.3", "1e3"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn paths_reach_as_far_as_their_points() {
        let check = |d: &str, expect| assert_eq!(path_reach(d), expect, "{d}");
        check("M1 2L-3 4", Some(patch(-3.0, 2.0, 1.0, 4.0)));
        check("M1-2.5,3 4Z", Some(patch(1.0, -2.5, 3.0, 4.0)));
        check("M5 5H9V1", Some(patch(5.0, 1.0, 9.0, 5.0)));
        check("M0 0Q5 9 10 0", Some(patch(0.0, 0.0, 10.0, 9.0)));
        check("M0 -1A1 1 0 0 0 0 1Z", Some(patch(-2.0, -1.0, 2.0, 3.0)));
        check("M0 0l5 5", None);
        check("M0 0L5", None);
    }

    /// Pictures of 1000 by 1000 with squares of 10 at these places.
    fn squares(at: &[(f64, f64)]) -> Parts {
        let mut sketch = Sketch::default();
        for &(x, y) in at {
            sketch.rect(area(x, y, 10.0, 10.0), 0.0, Ink::Ink, None);
        }
        Parts::of(sketch.scene(1000.0, 1000.0, 1.0, false))
    }

    #[test]
    fn only_what_changed_is_painted_anew() {
        let check = |old: &[_], new: &[_], expect: &[Patch]| {
            assert_eq!(squares(new).changes(&squares(old)).unwrap(), expect);
        };
        let (a, b, c) = ((100.0, 100.0), (400.0, 400.0), (700.0, 700.0));
        let at = |(x, y): (f64, f64)| patch(x - 2.0, y - 2.0, x + 12.0, y + 12.0);
        check(&[a, b, c], &[a, b, c], &[]);
        check(&[a, b, c], &[a, c], &[at(b)]);
        check(&[a, c], &[a, b, c], &[at(b)]);
        check(&[a, c], &[b, c], &[at(a), at(b)]);
        // The one that lies above has changed.
        check(&[a, b], &[b, a], &[at(a)]);
        // Neighbours are one patch.
        let moved = (110.0, 100.0);
        check(&[a, c], &[moved, c], &[patch(98.0, 98.0, 122.0, 112.0)]);
    }

    #[test]
    fn a_group_is_one_part() {
        let draw = |opacity, right| {
            let mut sketch = Sketch::default();
            sketch.fade(opacity);
            sketch.rect(area(100.0, 100.0, 10.0, 10.0), 0.0, Ink::Ink, THIN);
            sketch.rect(area(right, 100.0, 10.0, 10.0), 0.0, Ink::Ink, None);
            sketch.end_fade();
            sketch.text(text("x", (500.0, 500.0), 20.0));
            Parts::of(sketch.scene(1000.0, 1000.0, 1.0, false))
        };
        let changed = draw(0.5, 300.0).changes(&draw(0.6, 300.0)).unwrap();
        assert_eq!(changed, [patch(97.0, 97.0, 312.0, 113.0)]);
        assert!(
            draw(0.5, 300.0)
                .changes(&draw(0.5, 300.0))
                .unwrap()
                .is_empty()
        );
        let parts = draw(0.5, 300.0);
        let lengths = |at| parts.within(at).map(<[_]>::len).collect::<Vec<_>>();
        assert_eq!(lengths(patch(0.0, 0.0, 1e3, 1e3)), [4, 1]);
        assert_eq!(lengths(patch(500.0, 480.0, 501.0, 481.0)), [1]);
    }

    #[test]
    fn what_cannot_be_known_is_all() {
        let mut sketch = Sketch::default();
        sketch.path("m1 1l2 2", Ink::Ink, None);
        let unknown = Parts::of(sketch.scene(1000.0, 1000.0, 1.0, false));
        let still = squares(&[]);
        assert!(unknown.changes(&still).is_none());
        assert!(still.changes(&unknown).is_none());
        assert!(unknown.changes(&unknown).unwrap().is_empty());
    }
}
