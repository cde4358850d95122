//! Writes a scene as SVG: for goldens, and to look at. Numbers are rounded to a tenth, so that
//! goldens are compact and stand still.

use std::fmt::Write;

use crate::{
    Align, Fruit, FruitPart, Ink, Look, Run, Scene, Shape, Stroke, Text, Weight,
    sketch::guessed_width,
};

/// Writes a scene as SVG. It needs nothing from outside but fonts.
#[must_use]
pub fn to_svg(scene: &Scene, look: Look) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, scene, look);
    out
}

fn write(out: &mut String, scene: &Scene, look: Look) -> std::fmt::Result {
    let (w, h) = (n(scene.width), n(scene.height));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\" font-family=\"{SANS}\" \
         font-variant-numeric=\"tabular-nums\">"
    )?;
    let has_characters = scene.shapes.iter().any(|shape| {
        matches!(
            shape,
            Shape::Sprite {
                character: Some(_),
                ..
            }
        )
    });
    if has_characters {
        // There are hundreds of them.
        writeln!(
            out,
            "<style>.c{{paint-order:stroke;text-anchor:middle;font-weight:700}}</style>"
        )?;
    }
    for fruit in Fruit::ALL {
        for detail in [false, true] {
            if scene.shapes.iter().any(|shape| uses(shape, fruit, detail)) {
                symbol(out, fruit, detail, look)?;
            }
        }
    }
    writeln!(
        out,
        "<rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>",
        Ink::Paper.hex(look)
    )?;
    for shape in &scene.shapes {
        write_shape(out, shape, look)?;
    }
    out.push_str("</svg>\n");
    Ok(())
}

const SANS: &str = "-apple-system,'Segoe UI',Roboto,'Noto Sans','PingFang SC','Microsoft YaHei',\
                    'Noto Sans CJK SC',sans-serif";
const MONO: &str = "ui-monospace,'SF Mono',Menlo,Consolas,'Noto Sans Mono CJK SC',monospace";

fn uses(shape: &Shape, wanted: Fruit, detail: bool) -> bool {
    match shape {
        Shape::Sprite {
            fruit,
            size,
            character,
            ..
        } => *fruit == wanted && has_detail(*size, *character) == detail,
        _ => false,
    }
}

/// Under 40 the detail competes with the character, under 20 it is mud.
fn has_detail(size: f64, character: Option<char>) -> bool {
    size >= if character.is_some() { 40.0 } else { 20.0 }
}

fn symbol_name(fruit: Fruit, detail: bool) -> String {
    let name = format!("{fruit:?}").to_ascii_lowercase();
    if detail { format!("{name}-d") } else { name }
}

fn symbol(out: &mut String, fruit: Fruit, detail: bool, look: Look) -> std::fmt::Result {
    write!(
        out,
        "<symbol id=\"{}\" viewBox=\"0 0 64 64\">",
        symbol_name(fruit, detail)
    )?;
    for FruitPart {
        d,
        fill,
        stroke,
        opacity,
    } in fruit.parts(detail, look)
    {
        write!(out, "<path d=\"{d}\" fill=\"{}\"", fill.unwrap_or("none"))?;
        if let Some((colour, width)) = stroke {
            let width = precise(width);
            write!(out, " stroke=\"{colour}\" stroke-width=\"{width}\"")?;
        }
        if opacity < 1.0 {
            write!(out, " opacity=\"{}\"", precise(opacity))?;
        }
        out.push_str("/>");
    }
    out.push_str("</symbol>\n");
    Ok(())
}

fn write_shape(out: &mut String, shape: &Shape, look: Look) -> std::fmt::Result {
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
            write!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                n(*x),
                n(*y),
                n(*w),
                n(*h)
            )?;
            if *r > 0.0 {
                write!(out, " rx=\"{}\"", n(*r))?;
            }
            paint(out, *fill, *stroke, look)?;
        }
        Shape::Circle {
            x,
            y,
            r,
            fill,
            stroke,
        } => {
            write!(
                out,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"",
                n(*x),
                n(*y),
                n(*r)
            )?;
            paint(out, *fill, *stroke, look)?;
        }
        Shape::Path {
            d,
            x,
            y,
            scale,
            fill,
            stroke,
        } => {
            write!(out, "<path d=\"{d}\"")?;
            let moved = *x != 0.0 || *y != 0.0;
            let scaled = (*scale - 1.0).abs() > 1e-9;
            if moved || scaled {
                write!(out, " transform=\"translate({} {})", n(*x), n(*y))?;
                if scaled {
                    write!(out, " scale({})", fixed(*scale, 4))?;
                }
                out.push('"');
            }
            if scaled && stroke.is_some() {
                out.push_str(" vector-effect=\"non-scaling-stroke\"");
            }
            paint(out, *fill, *stroke, look)?;
        }
        Shape::Text(text) => write_text(out, text, look)?,
        Shape::Line(line) => {
            let estimate = line
                .runs
                .iter()
                .map(|run| run.gap + guessed_width(&run.text, run.size))
                .sum();
            write!(
                out,
                "<text x=\"{}\" y=\"{}\"{}{}>",
                n(line.x),
                n(line.y),
                anchor(line.align),
                condensed(estimate, line.max_width)
            )?;
            for run in &line.runs {
                write_run(out, run, look)?;
            }
            out.push_str("</text>\n");
        }
        Shape::Sprite {
            fruit,
            x,
            y,
            size,
            turn,
            character,
            opacity,
        } => {
            write!(
                out,
                "<use href=\"#{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                symbol_name(*fruit, has_detail(*size, *character)),
                n(x - size / 2.0),
                n(y - size / 2.0),
                n(*size),
                n(*size)
            )?;
            if *turn != 0.0 {
                write!(
                    out,
                    " transform=\"rotate({} {} {})\"",
                    n(*turn),
                    n(*x),
                    n(*y)
                )?;
            }
            if *opacity < 1.0 {
                write!(out, " opacity=\"{}\"", fixed(*opacity, 2))?;
            }
            out.push_str("/>\n");
            if let Some(character) = character {
                let font = size * Fruit::character_size(look);
                writeln!(
                    out,
                    "<text class=\"c\" x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\" stroke=\"{}\" \
                     stroke-width=\"{}\">{}</text>",
                    n(*x),
                    n(y + size * fruit.character_drop() + font * 0.36),
                    n(font),
                    fruit.character_ink().hex(look),
                    Ink::Fill(*fruit).hex(look),
                    n(font * Fruit::CHARACTER_RIM),
                    escaped(&character.to_string())
                )?;
            }
        }
        Shape::GroupStart { opacity } => writeln!(out, "<g opacity=\"{}\">", fixed(*opacity, 2))?,
        Shape::GroupEnd => out.push_str("</g>\n"),
    }
    Ok(())
}

fn write_text(out: &mut String, text: &Text, look: Look) -> std::fmt::Result {
    writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{}{}{}{}>{}</text>",
        n(text.x),
        n(text.y),
        n(text.size),
        text.ink.hex(look),
        anchor(text.align),
        bold(text.weight),
        mono(text.mono),
        condensed(guessed_width(&text.text, text.size), text.max_width),
        escaped(&text.text)
    )
}

fn write_run(out: &mut String, run: &Run, look: Look) -> std::fmt::Result {
    write!(
        out,
        "<tspan font-size=\"{}\" fill=\"{}\"{}{}",
        n(run.size),
        run.ink.hex(look),
        bold(run.weight),
        mono(run.mono)
    )?;
    if run.gap != 0.0 {
        write!(out, " dx=\"{}\"", n(run.gap))?;
    }
    write!(
        out,
        " xml:space=\"preserve\">{}</tspan>",
        escaped(&run.text)
    )
}

fn paint(
    out: &mut String,
    fill: Option<Ink>,
    stroke: Option<Stroke>,
    look: Look,
) -> std::fmt::Result {
    write!(
        out,
        " fill=\"{}\"",
        fill.map_or("none", |ink| ink.hex(look))
    )?;
    if let Some(stroke) = stroke {
        write!(
            out,
            " stroke=\"{}\" stroke-width=\"{}\"",
            stroke.ink.hex(look),
            n(stroke.width)
        )?;
        if let Some((dash, gap)) = stroke.dash {
            write!(out, " stroke-dasharray=\"{} {}\"", n(dash), n(gap))?;
        }
    }
    out.push_str("/>\n");
    Ok(())
}

/// The painter condenses what is too wide; here the width is a guess, but the picture shows it.
fn condensed(estimate: f64, max_width: f64) -> String {
    if estimate > max_width {
        format!(
            " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
            n(max_width)
        )
    } else {
        String::new()
    }
}

fn anchor(align: Align) -> &'static str {
    match align {
        Align::Start => "",
        Align::Middle => " text-anchor=\"middle\"",
        Align::End => " text-anchor=\"end\"",
    }
}

fn bold(weight: Weight) -> &'static str {
    match weight {
        Weight::Regular => "",
        Weight::Bold => " font-weight=\"700\"",
    }
}

fn mono(mono: bool) -> String {
    if mono {
        format!(" font-family=\"{MONO}\"")
    } else {
        String::new()
    }
}

/// A number, rounded to a tenth.
fn n(value: f64) -> Decimal {
    Decimal {
        value,
        places: 1,
        fixed: false,
    }
}

/// A number of the art: as precise as it is written there.
fn precise(value: f64) -> Decimal {
    Decimal {
        value,
        places: 4,
        fixed: false,
    }
}

/// A number with all of so many decimals.
fn fixed(value: f64, places: usize) -> Decimal {
    Decimal {
        value,
        places,
        fixed: true,
    }
}

/// A number with at most so many decimals. By whole numbers: in the page the tables that print any
/// number would weigh more than all the rest here.
struct Decimal {
    value: f64,
    places: usize,
    /// Zeros at its end are written as well.
    fixed: bool,
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = 10_u64.pow(self.places as u32);
        let rounded = (self.value * unit as f64).round() as i64;
        if rounded < 0 {
            f.write_char('-')?;
        }
        let (whole, mut part) = (rounded.unsigned_abs() / unit, rounded.unsigned_abs() % unit);
        write!(f, "{whole}")?;
        let mut places = self.places;
        while !self.fixed && places > 0 && part % 10 == 0 {
            part /= 10;
            places -= 1;
        }
        if places == 0 {
            return Ok(());
        }
        write!(f, ".{part:0places$}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
