//! Paints a scene on a canvas. Knows nothing of what the shapes mean.
//!
//! What is costly is made once: paths of the art, and sprites (see `sprites`). Colours and fonts
//! are set only when they change, since each setting crosses from wasm to the browser.

use std::{borrow::Cow, cell::RefCell, collections::HashMap};

use scene::{
    Align, Ink, Line, Look, Parts, Patch, Scene, Shape, Stroke, Text, Weight, group, reach,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

use crate::{browser, sprites::Sprites};

const SANS: &str = "-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",sans-serif";
const MONO: &str = "ui-monospace,\"SF Mono\",Menlo,Consolas,\"Noto Sans Mono\",\"Noto Sans Mono CJK SC\",\"PingFang SC\",monospace";

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// What is made once for all canvases.
#[derive(Default)]
struct Kept {
    /// By the address of the constant text that each was made of.
    paths: HashMap<(usize, usize), Path2d>,
    sprites: Sprites,
    /// Where groups are painted before they are laid on the picture, by depth.
    layers: Vec<HtmlCanvasElement>,
}

/// Paints the scene over the whole canvas, whose size follows the scene's.
pub fn paint(canvas: &HtmlCanvasElement, scene: &Scene, look: Look) {
    let ratio = browser::pixel_ratio();
    let (width, height) = device_size(scene, ratio);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let Some(context) = context(canvas) else {
        return;
    };
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, scene.width, scene.height);
    round_lines(&context);
    KEPT.with_borrow_mut(|kept| Brush::new(context, look, ratio).paint_all(&scene.shapes, kept));
}

/// Paints the scene on paper, as wide as the canvas and in the middle of its height.
pub fn paint_on_paper(canvas: &HtmlCanvasElement, scene: &Scene, look: Look) {
    let Some(context) = context(canvas) else {
        return;
    };
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let ratio = width / scene.width.max(1.0);
    let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    context.set_fill_style_str(Ink::Paper.hex(look));
    context.fill_rect(0.0, 0.0, width, height);
    let top = ((height - scene.height * ratio) / 2.0).max(0.0).round();
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, top);
    round_lines(&context);
    KEPT.with_borrow_mut(|kept| Brush::new(context, look, ratio).paint_all(&scene.shapes, kept));
}

/// Paints what has changed since the canvas was painted with `before`, in the same look.
pub fn repaint(canvas: &HtmlCanvasElement, parts: &Parts, before: &Parts, look: Look) {
    let ratio = browser::pixel_ratio();
    let same_size = (canvas.width(), canvas.height()) == device_size(parts.scene(), ratio);
    let patches = same_size.then(|| parts.changes(before)).flatten();
    let (Some(patches), Some(context)) = (patches, context(canvas)) else {
        return paint(canvas, parts.scene(), look);
    };
    for patch in patches {
        // Whole device pixels: none is half of the old and half of the new.
        let patch = Patch {
            left: (patch.left * ratio).floor() / ratio,
            top: (patch.top * ratio).floor() / ratio,
            right: (patch.right * ratio).ceil() / ratio,
            bottom: (patch.bottom * ratio).ceil() / ratio,
        };
        let (width, height) = (patch.right - patch.left, patch.bottom - patch.top);
        context.save();
        context.begin_path();
        context.rect(patch.left, patch.top, width, height);
        context.clip();
        context.clear_rect(patch.left, patch.top, width, height);
        KEPT.with_borrow_mut(|kept| {
            let mut brush = Brush::new(context.clone(), look, ratio);
            for shapes in parts.within(patch) {
                brush.paint_all(shapes, kept);
            }
        });
        context.restore();
    }
}

fn device_size(scene: &Scene, ratio: f64) -> (u32, u32) {
    let size = |css: f64| (css * ratio).round().max(1.0) as u32;
    (size(scene.width), size(scene.height))
}

fn round_lines(context: &CanvasRenderingContext2d) {
    context.set_line_join("round");
    context.set_line_cap("round");
}

/// The drawing context of a canvas.
pub fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let context = canvas.get_context("2d").ok()??;
    context.dyn_into().ok()
}

/// A context and what was last set in it.
struct Brush {
    context: CanvasRenderingContext2d,
    place: Place,
    look: Look,
    ratio: f64,
    /// The opacity that is set.
    alpha: f64,
    fill: Option<Ink>,
    font: Option<(u32, Weight, bool)>,
    /// What the open groups lie on.
    below: Vec<Below>,
}

/// What to go back to when a group ends.
struct Below {
    /// The opacity outside of the group.
    alpha: f64,
    /// The context that the group's own one is laid on, how far that one goes, and how pale the group is.
    /// None: it has none of its own.
    layer: Option<(CanvasRenderingContext2d, Place, f64)>,
}

/// Which device pixels of the picture a canvas has.
#[derive(Clone, Copy)]
struct Place {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Place {
    /// Those of a whole picture.
    fn of(context: &CanvasRenderingContext2d) -> Place {
        let canvas = context.canvas();
        let size = canvas.map_or((0, 0), |canvas| (canvas.width(), canvas.height()));
        Place {
            left: 0.0,
            top: 0.0,
            right: size.0.into(),
            bottom: size.1.into(),
        }
    }

    /// Those of them that a group may reach.
    fn within(self, reach: Option<Patch>, ratio: f64) -> Place {
        let Some(reach) = reach else {
            return self;
        };
        Place {
            left: (reach.left * ratio).floor().max(self.left),
            top: (reach.top * ratio).floor().max(self.top),
            right: (reach.right * ratio).ceil().min(self.right),
            bottom: (reach.bottom * ratio).ceil().min(self.bottom),
        }
    }

    fn size(self) -> (f64, f64) {
        (self.right - self.left, self.bottom - self.top)
    }
}

impl Brush {
    fn new(context: CanvasRenderingContext2d, look: Look, ratio: f64) -> Brush {
        Brush {
            place: Place::of(&context),
            context,
            look,
            ratio,
            alpha: 1.0,
            fill: None,
            font: None,
            below: Vec::new(),
        }
    }

    /// Paints shapes among which every group has its end.
    fn paint_all(&mut self, mut shapes: &[Shape], kept: &mut Kept) {
        while let [shape, rest @ ..] = shapes {
            self.paint(shape, rest, kept);
            shapes = rest;
        }
        while self.end_group() {}
    }

    /// Paints a shape, in front of which stands the rest.
    fn paint(&mut self, shape: &Shape, rest: &[Shape], kept: &mut Kept) {
        match shape {
            Shape::Rect {
                x,
                y,
                w,
                h,
                r,
                fill,
                stroke,
            } => {
                self.context.begin_path();
                if *r > 0.0 {
                    let _ = self.context.round_rect_with_f64(*x, *y, *w, *h, *r);
                } else {
                    self.context.rect(*x, *y, *w, *h);
                }
                self.fill_and_stroke(*fill, *stroke);
            }
            Shape::Circle {
                x,
                y,
                r,
                fill,
                stroke,
            } => {
                self.context.begin_path();
                let _ = self
                    .context
                    .arc(*x, *y, r.max(0.0), 0.0, std::f64::consts::TAU);
                self.fill_and_stroke(*fill, *stroke);
            }
            Shape::Path {
                d,
                x,
                y,
                scale,
                fill,
                stroke,
            } => {
                let path = match d {
                    Cow::Borrowed(d) => kept.path(d),
                    Cow::Owned(d) => Path2d::new_with_path_string(d).ok(),
                };
                if let Some(path) = path {
                    self.paint_path(&path, (*x, *y), *scale, *fill, *stroke);
                }
            }
            Shape::Text(text) => self.paint_text(text),
            Shape::Line(line) => self.paint_line(line),
            Shape::Sprite {
                fruit,
                x,
                y,
                size,
                turn,
                character,
                opacity,
            } => {
                let opaque = *opacity >= 1.0;
                if !opaque {
                    self.context.set_global_alpha(self.alpha * opacity.max(0.0));
                }
                kept.sprites.paint(
                    &self.context,
                    (*fruit, *character),
                    (*x, *y),
                    *size,
                    *turn,
                    (self.look, self.ratio),
                );
                if !opaque {
                    self.context.set_global_alpha(self.alpha);
                }
            }
            Shape::GroupStart { opacity } => {
                self.start_group(opacity.clamp(0.0, 1.0), rest, kept);
            }
            Shape::GroupEnd => {
                self.end_group();
            }
        }
    }

    /// A group is painted whole and then laid on the picture: with each of its shapes pale for
    /// itself, what lies behind would show through. A layer is costly, the more so the larger it is: it is
    /// as large as the group, and only where that can be seen.
    fn start_group(&mut self, opacity: f64, rest: &[Shape], kept: &mut Kept) {
        let outer = self.alpha;
        let group = group(rest);
        let layer = (opacity < 1.0 && !is_flat(group))
            .then(|| {
                let place = self.place.within(reach(group), self.ratio);
                Some((kept.layer(self.below.len(), place.size())?, place))
            })
            .flatten();
        let Some((layer, place)) = layer else {
            self.set_alpha(outer * opacity);
            return self.below.push(Below {
                alpha: outer,
                layer: None,
            });
        };
        let (left, top) = (-place.left, -place.top);
        let _ = layer.set_transform(self.ratio, 0.0, 0.0, self.ratio, left, top);
        round_lines(&layer);
        let below = std::mem::replace(&mut self.context, layer);
        let around = std::mem::replace(&mut self.place, place);
        self.below.push(Below {
            alpha: outer,
            layer: Some((below, around, outer * opacity)),
        });
        self.alpha = 1.0;
        self.fill = None;
        self.font = None;
    }

    /// Lays the innermost group on what is below it. False if there is none.
    fn end_group(&mut self) -> bool {
        let Some(below) = self.below.pop() else {
            return false;
        };
        if let Some((context, around, alpha)) = below.layer {
            let layer = std::mem::replace(&mut self.context, context);
            let place = std::mem::replace(&mut self.place, around);
            self.fill = None;
            self.font = None;
            let (width, height) = place.size();
            if let Some(canvas) = layer.canvas()
                && width > 0.0
                && height > 0.0
            {
                self.context.set_global_alpha(alpha);
                let _ = self
                    .context
                    .draw_image_with_html_canvas_element_and_dw_and_dh(
                        &canvas,
                        place.left / self.ratio,
                        place.top / self.ratio,
                        width / self.ratio,
                        height / self.ratio,
                    );
            }
        }
        self.set_alpha(below.alpha);
        true
    }

    fn set_alpha(&mut self, alpha: f64) {
        self.alpha = alpha;
        self.context.set_global_alpha(alpha);
    }

    fn fill_and_stroke(&mut self, fill: Option<Ink>, stroke: Option<Stroke>) {
        if let Some(ink) = fill {
            self.set_fill(ink);
            self.context.fill();
        }
        if let Some(stroke) = stroke {
            self.set_stroke(stroke, 1.0);
            self.context.stroke();
        }
    }

    fn paint_path(
        &mut self,
        path: &Path2d,
        (x, y): (f64, f64),
        scale: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        if scale <= 0.0 {
            return;
        }
        self.context.save();
        let _ = self.context.translate(x, y);
        let _ = self.context.scale(scale, scale);
        // `restore` takes the colours back as well: set past what is remembered.
        if let Some(ink) = fill {
            self.context.set_fill_style_str(ink.hex(self.look));
            self.context.fill_with_path_2d(path);
        }
        if let Some(stroke) = stroke {
            self.set_stroke(stroke, scale);
            self.context.stroke_with_path(path);
        }
        self.context.restore();
    }

    fn paint_text(&mut self, text: &Text) {
        self.set_font(text.size, text.weight, text.mono);
        self.set_fill(text.ink);
        self.context.set_text_align(match text.align {
            Align::Start => "left",
            Align::Middle => "center",
            Align::End => "right",
        });
        // Condenses what would be wider.
        let max_width = text.max_width.max(0.0);
        let _ = self
            .context
            .fill_text_with_max_width(&text.text, text.x, text.y, max_width);
    }

    /// Runs of several strengths: measured one by one, then set side by side, all condensed by
    /// the same share if they are wider than the line may be.
    fn paint_line(&mut self, line: &Line) {
        let mut widths = Vec::with_capacity(line.runs.len());
        for run in &line.runs {
            self.set_font(run.size, run.weight, run.mono);
            let measured = self.context.measure_text(&run.text);
            widths.push(measured.map_or(0.0, |measured| measured.width()));
        }
        let gaps = line.runs.iter().map(|run| run.gap);
        let natural = widths.iter().sum::<f64>() + gaps.sum::<f64>();
        let share = if natural > line.max_width {
            (line.max_width / natural).max(0.0)
        } else {
            1.0
        };
        let width = natural * share;
        let mut x = match line.align {
            Align::Start => line.x,
            Align::Middle => line.x - width / 2.0,
            Align::End => line.x - width,
        };
        self.context.set_text_align("left");
        for (run, width) in line.runs.iter().zip(widths) {
            self.set_font(run.size, run.weight, run.mono);
            self.set_fill(run.ink);
            x += run.gap * share;
            // A little more than it takes: rounding must not condense.
            let max_width = width * share + 0.5;
            let _ = self
                .context
                .fill_text_with_max_width(&run.text, x, line.y, max_width);
            x += width * share;
        }
    }

    fn set_font(&mut self, size: f64, weight: Weight, mono: bool) {
        let font = ((size * 100.0) as u32, weight, mono);
        if self.font != Some(font) {
            self.font = Some(font);
            self.context.set_font(&css_font(size, weight, mono));
        }
    }

    fn set_fill(&mut self, ink: Ink) {
        if self.fill != Some(ink) {
            self.fill = Some(ink);
            self.context.set_fill_style_str(ink.hex(self.look));
        }
    }

    /// `scale` is how much the context enlarges: line widths are not to be.
    fn set_stroke(&mut self, stroke: Stroke, scale: f64) {
        self.context.set_stroke_style_str(stroke.ink.hex(self.look));
        self.context.set_line_width(stroke.width / scale);
        let dash = js_sys::Array::new();
        if let Some((on, off)) = stroke.dash {
            dash.push(&JsValue::from_f64(on / scale));
            dash.push(&JsValue::from_f64(off / scale));
        }
        let _ = self.context.set_line_dash(&dash);
    }
}

impl Kept {
    /// An empty canvas, so many device pixels wide and high.
    fn layer(
        &mut self,
        depth: usize,
        (width, height): (f64, f64),
    ) -> Option<CanvasRenderingContext2d> {
        if self.layers.len() == depth {
            let canvas = browser::document()?.create_element("canvas").ok()?;
            self.layers.push(canvas.dyn_into().ok()?);
        }
        let canvas = self.layers.get(depth)?;
        // Setting the size empties it, and takes back all that was set. Below 0 it is 0.
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        context(canvas)
    }

    /// What was made of a constant text of the art, by its address.
    fn path(&mut self, d: &'static str) -> Option<Path2d> {
        let key = (d.as_ptr() as usize, d.len());
        if let Some(path) = self.paths.get(&key) {
            return Some(path.clone());
        }
        let path = Path2d::new_with_path_string(d).ok()?;
        self.paths.insert(key, path.clone());
        Some(path)
    }
}

/// Whether nothing of a group can lie on anything else of it: it then looks the same without a layer.
fn is_flat(group: &[Shape]) -> bool {
    let mut right = f64::MIN;
    group.iter().all(|shape| match shape {
        // Rectangles side by side.
        Shape::Rect {
            x,
            w,
            fill: Some(_),
            stroke: None,
            ..
        } => *x >= std::mem::replace(&mut right, x + w) - 0.01,
        Shape::Rect { fill, stroke, .. }
        | Shape::Circle { fill, stroke, .. }
        | Shape::Path { fill, stroke, .. } => {
            group.len() == 1 && (fill.is_none() || stroke.is_none())
        }
        _ => false,
    })
}

/// A font as CSS writes it.
pub fn css_font(size: f64, weight: Weight, mono: bool) -> String {
    let weight = match weight {
        Weight::Regular => 400,
        Weight::Bold => 700,
    };
    let family = if mono { MONO } else { SANS };
    // Hundredths of pixels, without the tables that print any number of any size.
    let hundredths = (size * 100.0).round() as u32;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    format!("{weight} {whole}.{part:02}px {family}")
}
