//! Fruit, crates and characters, each drawn once at device pixels and copied from then on.
//! Knows nothing of scenes. Bounded: when the pages are full, all is drawn anew.

use std::collections::HashMap;

use scene::{Fruit, FruitPart, Ink, Look, Weight};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

use crate::{browser, painter};

/// The atlas: pages of cells, filled row by row.
#[derive(Default)]
pub struct Sprites {
    pages: Vec<Page>,
    cells: HashMap<Key, Cell>,
}

/// What a cell shows. Sizes are device pixels.
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

#[derive(Clone, Copy)]
struct Cell {
    page: usize,
    x: u32,
    y: u32,
    side: u32,
}

struct Page {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// Where the next cell of the current row goes.
    x: u32,
    y: u32,
    row_height: u32,
}

impl Sprites {
    /// Width and height of a page, device pixels: 4 MB each.
    const PAGE_SIDE: u32 = 1024;
    const PAGES_MAX: usize = 6;

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
        let Some(cell) = self.cell(key) else {
            return;
        };
        let Some(page) = self.pages.get(cell.page) else {
            return;
        };
        let side = f64::from(cell.side);
        // Whole device pixels: copying is then exact, and cheap.
        let left = ((x * ratio) - side / 2.0).round() / ratio;
        let top = ((y * ratio) - side / 2.0).round() / ratio;
        let _ = to.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &page.canvas,
            f64::from(cell.x),
            f64::from(cell.y),
            side,
            side,
            left,
            top,
            side / ratio,
            side / ratio,
        );
    }

    fn cell(&mut self, key: Key) -> Option<Cell> {
        if let Some(cell) = self.cells.get(&key) {
            return Some(*cell);
        }
        let size = match key {
            Key::Fruit { size, .. } | Key::Character { size, .. } => u32::from(size),
        };
        // Room for outlines and turned corners.
        let side = size + size / 6 + 4;
        let cell = self.place(side)?;
        let page = self.pages.get(cell.page)?;
        page.draw(key, cell, f64::from(size));
        self.cells.insert(key, cell);
        Some(cell)
    }

    fn place(&mut self, side: u32) -> Option<Cell> {
        let fits = self.pages.last_mut().and_then(|page| page.place(side));
        let (x, y) = match fits {
            Some(place) => place,
            None => {
                if self.pages.len() == Self::PAGES_MAX {
                    self.pages.clear();
                    self.cells.clear();
                }
                self.pages.push(Page::new()?);
                self.pages.last_mut()?.place(side)?
            }
        };
        Some(Cell {
            page: self.pages.len() - 1,
            x,
            y,
            side,
        })
    }
}

impl Page {
    fn new() -> Option<Page> {
        let canvas = browser::document()?.create_element("canvas").ok()?;
        let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
        canvas.set_width(Sprites::PAGE_SIDE);
        canvas.set_height(Sprites::PAGE_SIDE);
        Some(Page {
            context: painter::context(&canvas)?,
            canvas,
            x: 0,
            y: 0,
            row_height: 0,
        })
    }

    fn place(&mut self, side: u32) -> Option<(u32, u32)> {
        if self.x + side > Sprites::PAGE_SIDE {
            self.x = 0;
            self.y += self.row_height;
            self.row_height = 0;
        }
        if self.y + side > Sprites::PAGE_SIDE {
            return None;
        }
        let place = (self.x, self.y);
        self.x += side;
        self.row_height = self.row_height.max(side);
        Some(place)
    }

    fn draw(&self, key: Key, cell: Cell, size: f64) {
        let context = &self.context;
        let centre = f64::from(cell.side) / 2.0;
        context.save();
        let _ = context.translate(f64::from(cell.x) + centre, f64::from(cell.y) + centre);
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
        context.restore();
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
