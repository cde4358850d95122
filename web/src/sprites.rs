//! Fruit, crates and characters, each drawn once at device pixels and copied from then on.
//! Knows nothing of scenes. Bounded: when there are too many, all are drawn anew.
//!
//! Each is an image of its own. On one large canvas for all, whatever was drawn anew between two
//! copies made the browser without a GPU copy that whole canvas: hundreds of milliseconds.

use std::collections::HashMap;

use scene::{Fruit, FruitPart, Ink, Look, Weight};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, ImageBitmap, OffscreenCanvas, Path2d};

use crate::painter;

/// What was drawn so far.
#[derive(Default)]
pub struct Sprites {
    images: HashMap<Key, Image>,
    /// The sum of all images, device pixels.
    pixels: u32,
    /// Where each is drawn.
    easel: Option<OffscreenCanvas>,
}

/// What an image shows. Sizes are device pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    /// Turned by whole degrees; without details where a character is drawn or it is small.
    Fruit {
        fruit: Fruit,
        size: u16,
        turn: i16,
        detail: bool,
        look: Look,
    },
    /// A character, as it stands on a fruit.
    Character {
        character: char,
        fruit: Fruit,
        size: u16,
        look: Look,
    },
}

/// A square.
struct Image {
    bitmap: ImageBitmap,
    side: u32,
}

impl Drop for Image {
    fn drop(&mut self) {
        // At once: garbage is collected too late for what the browser holds outside of its heap.
        self.bitmap.close();
    }
}

impl Sprites {
    /// Four bytes each.
    const PIXELS_MAX: u32 = 6 << 20;

    /// Paints a fruit, and the character on it, with its centre at `(x, y)` in CSS pixels.
    pub fn paint(
        &mut self,
        to: &CanvasRenderingContext2d,
        (fruit, character): (Fruit, Option<char>),
        (x, y): (f64, f64),
        size: f64,
        turn: f64,
        (look, ratio): (Look, f64),
    ) {
        let device = (size * ratio).round().clamp(1.0, 512.0) as u16;
        let detail = size >= if character.is_some() { 40.0 } else { 20.0 };
        let fruit_key = Key::Fruit {
            fruit,
            size: device,
            turn: turn.round() as i16,
            detail,
            look,
        };
        self.copy(to, fruit_key, (x, y), ratio);
        if let Some(character) = character {
            let key = Key::Character {
                character,
                fruit,
                size: device,
                look,
            };
            self.copy(to, key, (x, y), ratio);
        }
    }

    fn copy(&mut self, to: &CanvasRenderingContext2d, key: Key, (x, y): (f64, f64), ratio: f64) {
        let Some(image) = self.image(key) else {
            return;
        };
        let side = f64::from(image.side);
        // Whole device pixels: copying is then exact, and cheap.
        let left = ((x * ratio) - side / 2.0).round() / ratio;
        let top = ((y * ratio) - side / 2.0).round() / ratio;
        let _ = to.draw_image_with_image_bitmap_and_dw_and_dh(
            &image.bitmap,
            left,
            top,
            side / ratio,
            side / ratio,
        );
    }

    fn image(&mut self, key: Key) -> Option<&Image> {
        if !self.images.contains_key(&key) {
            let image = self.draw(key)?;
            let pixels = image.side * image.side;
            if self.pixels + pixels > Self::PIXELS_MAX {
                self.images.clear();
                self.pixels = 0;
            }
            self.pixels += pixels;
            self.images.insert(key, image);
        }
        self.images.get(&key)
    }

    fn draw(&mut self, key: Key) -> Option<Image> {
        let size = match key {
            Key::Fruit { size, .. } | Key::Character { size, .. } => size,
        };
        // Room for outlines and turned corners.
        let side = u32::from(size) + u32::from(size) / 6 + 4;
        if self.easel.is_none() {
            self.easel = Some(OffscreenCanvas::new(side, side).ok()?);
        }
        let easel = self.easel.as_ref()?;
        // Setting the size empties it, and takes back all that was set.
        easel.set_width(side);
        easel.set_height(side);
        // Both kinds of contexts draw by the same names.
        let context = easel.get_context("2d").ok()??.unchecked_into();
        draw(&context, key, f64::from(side) / 2.0, f64::from(size));
        let bitmap = easel.transfer_to_image_bitmap().ok()?;
        Some(Image { bitmap, side })
    }
}

fn draw(context: &CanvasRenderingContext2d, key: Key, centre: f64, size: f64) {
    let _ = context.translate(centre, centre);
    match key {
        Key::Fruit {
            fruit,
            turn,
            detail,
            look,
            ..
        } => {
            let _ = context.rotate(f64::from(turn).to_radians());
            let scale = size / BOX;
            let _ = context.scale(scale, scale);
            let _ = context.translate(-BOX / 2.0, -BOX / 2.0);
            for part in fruit.parts(detail, look) {
                draw_part(context, &part);
            }
        }
        Key::Character {
            character,
            fruit,
            look,
            ..
        } => {
            let height = size * Fruit::character_size(look);
            context.set_font(&painter::css_font(height, Weight::Bold, false));
            context.set_text_align("center");
            // The middle of a digit is 0.36 of its height above the baseline.
            let baseline = size * fruit.character_drop() + height * 0.36;
            let character = character.to_string();
            context.set_stroke_style_str(Ink::Fill(fruit).hex(look));
            context.set_line_width(height * Fruit::CHARACTER_RIM);
            context.set_line_join("round");
            let _ = context.stroke_text(&character, 0.0, baseline);
            context.set_fill_style_str(fruit.character_ink().hex(look));
            let _ = context.fill_text(&character, 0.0, baseline);
        }
    }
}

/// The side of the box that the parts of a fruit are drawn in.
const BOX: f64 = 64.0;

fn draw_part(context: &CanvasRenderingContext2d, part: &FruitPart) {
    let Ok(path) = Path2d::new_with_path_string(part.d) else {
        return;
    };
    context.set_global_alpha(part.opacity);
    if let Some(fill) = part.fill {
        context.set_fill_style_str(fill);
        context.fill_with_path_2d(&path);
    }
    if let Some((stroke, width)) = part.stroke {
        context.set_stroke_style_str(stroke);
        context.set_line_width(width);
        context.set_line_join("round");
        context.set_line_cap("round");
        context.stroke_with_path(&path);
    }
}
