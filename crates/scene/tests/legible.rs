//! Every word can be read: nothing too small, too pale, cut off or on top of another, in every
//! situation, look, form and language.
#![allow(clippy::unwrap_used)]

mod steps_stories;
mod support;

use scene::{Align, Form, Fruit, Ink, Lang, Look, Scene, Shape, Weight};
use support::View;

/// A piece of text with the box it takes, by a guess of its width.
#[derive(Debug)]
struct Words {
    text: String,
    ink: Ink,
    size: f64,
    left: f64,
    right: f64,
    baseline: f64,
    /// How much narrower than the guess it must be set.
    squeezed: f64,
    /// The ground under its middle.
    ground: Ink,
    faded: bool,
}

impl Words {
    fn top(&self) -> f64 {
        self.baseline - 0.72 * self.size
    }
    fn bottom(&self) -> f64 {
        self.baseline + 0.08 * self.size
    }
}

fn width(text: &str, size: f64, mono: bool, weight: Weight) -> f64 {
    let em = |character: char| match character {
        '\u{2e80}'.. => 1.0,
        _ if mono => 0.55,
        '\u{202f}' => 0.2,
        ' ' | '.' | ',' | ':' | ';' | '\'' | 'i' | 'l' | 'j' | '/' => 0.27,
        'a'..='z' if weight == Weight::Regular => 0.52,
        _ => 0.56,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// Whether a filled shape covers a point; curves count as their chords.
fn covers(shape: &Shape, (px, py): (f64, f64)) -> Option<Ink> {
    match shape {
        Shape::Rect {
            x, y, w, h, fill, ..
        } => fill.filter(|_| px >= *x && px <= x + w && py >= *y && py <= y + h),
        Shape::Circle { x, y, r, fill, .. } => fill.filter(|_| (px - x).hypot(py - y) <= *r),
        Shape::Path {
            d,
            x,
            y,
            scale,
            fill,
            ..
        } => fill.filter(|_| inside(&corners(d), ((px - x) / scale, (py - y) / scale))),
        _ => None,
    }
}

/// The corners of each closed part of a path.
fn corners(d: &str) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut at = (0.0, 0.0);
    let mut command = 'M';
    let mut numbers: Vec<f64> = Vec::new();
    let mut end = |command: char, numbers: &mut Vec<f64>| {
        let step = match command.to_ascii_uppercase() {
            'H' | 'V' => 1,
            'Q' => 4,
            'C' => 6,
            'A' => 7,
            _ => 2,
        };
        for chunk in numbers.chunks(step).filter(|chunk| chunk.len() == step) {
            let (x, y) = match command.to_ascii_uppercase() {
                'H' => (chunk[0], if command == 'H' { at.1 } else { 0.0 }),
                'V' => (if command == 'V' { at.0 } else { 0.0 }, chunk[0]),
                _ => (chunk[step - 2], chunk[step - 1]),
            };
            at = if command.is_lowercase() {
                (at.0 + x, at.1 + y)
            } else {
                (x, y)
            };
            if command == 'M' {
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push(at);
            }
        }
        numbers.clear();
    };
    let mut number = String::new();
    for character in d.chars().chain(['Z']) {
        let ends = character.is_alphabetic()
            || character == ' '
            || character == ','
            || (character == '-' && !number.is_empty());
        if ends && !number.is_empty() {
            numbers.push(number.parse().unwrap());
            number.clear();
        }
        if character.is_alphabetic() {
            end(command, &mut numbers);
            command = character;
        } else if character != ' ' && character != ',' {
            number.push(character);
        }
    }
    parts
}

fn inside(parts: &[Vec<(f64, f64)>], (px, py): (f64, f64)) -> bool {
    parts.iter().any(|part| {
        let mut within = false;
        for (index, a) in part.iter().enumerate() {
            let b = part[(index + 1) % part.len()];
            if (a.1 > py) != (b.1 > py) && px < (b.0 - a.0) * (py - a.1) / (b.1 - a.1) + a.0 {
                within = !within;
            }
        }
        within
    })
}

/// All words of a picture. Those in a group that fades are on their way and not read.
fn words(scene: &Scene) -> Vec<Words> {
    let mut found = Vec::new();
    let mut depth = 0;
    for (index, shape) in scene.shapes.iter().enumerate() {
        let ground = |x: f64, y: f64| {
            let mut below = scene.shapes[..index].iter().rev();
            below.find_map(|s| covers(s, (x, y))).unwrap_or(Ink::Paper)
        };
        match shape {
            Shape::GroupStart { .. } => depth += 1,
            Shape::GroupEnd => depth -= 1,
            Shape::Text(t) => {
                let guess = width(&t.text, t.size, t.mono, t.weight);
                let wide = guess.min(t.max_width);
                let left = match t.align {
                    Align::Start => t.x,
                    Align::Middle => t.x - wide / 2.0,
                    Align::End => t.x - wide,
                };
                found.push(Words {
                    text: t.text.clone(),
                    ink: t.ink,
                    size: t.size,
                    left,
                    right: left + wide,
                    baseline: t.y,
                    squeezed: guess / wide,
                    ground: ground(left + wide / 2.0, t.y - t.size * 0.3),
                    faded: depth > 0,
                });
            }
            Shape::Line(line) => {
                let guess: f64 = line
                    .runs
                    .iter()
                    .map(|run| run.gap + width(&run.text, run.size, run.mono, run.weight))
                    .sum();
                let wide = guess.min(line.max_width);
                let squeezed = guess / wide;
                let mut left = match line.align {
                    Align::Start => line.x,
                    Align::Middle => line.x - wide / 2.0,
                    Align::End => line.x - wide,
                };
                for run in &line.runs {
                    left += run.gap / squeezed;
                    let wide = width(&run.text, run.size, run.mono, run.weight) / squeezed;
                    found.push(Words {
                        text: run.text.clone(),
                        ink: run.ink,
                        size: run.size,
                        left,
                        right: left + wide,
                        baseline: line.y,
                        squeezed,
                        ground: ground(left + wide / 2.0, line.y - run.size * 0.3),
                        faded: depth > 0,
                    });
                    left += wide;
                }
            }
            _ => {}
        }
    }
    found
}

fn luminance(hex: &str) -> f64 {
    let channel = |from: usize| {
        let value = f64::from(u8::from_str_radix(&hex[from..from + 2], 16).unwrap()) / 255.0;
        if value <= 0.03928 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: Ink, b: Ink, look: Look) -> f64 {
    let (a, b) = (luminance(a.hex(look)), luminance(b.hex(look)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn least_contrast(look: Look) -> f64 {
    match look {
        Look::Light | Look::Dark => 4.5,
        Look::Projector => 7.0,
    }
}

/// What is wrong with which picture, all at once.
fn each(check: impl Fn(View, &Scene) -> Vec<String>) {
    let mut wrong = Vec::new();
    for (name, mut story, view) in support::situations() {
        for look in Look::ALL {
            for form in [Form::Wide, Form::Upright] {
                for lang in [Lang::En, Lang::Zh] {
                    let view = View {
                        look,
                        form,
                        lang,
                        ..view
                    };
                    let scene = support::draw(&mut story, view, scene::stage);
                    for what in check(view, &scene) {
                        wrong.push(format!("{name}, {look:?}, {form:?}, {lang:?}: {what}"));
                    }
                }
            }
        }
    }
    for (name, mut story, millis) in steps_stories::stories() {
        for look in Look::ALL {
            for form in [Form::Wide, Form::Upright] {
                for lang in [Lang::En, Lang::Zh] {
                    let view = View {
                        millis,
                        look,
                        form,
                        lang,
                        ..View::default()
                    };
                    let scene = steps_stories::draw(&mut story, view);
                    for what in check(view, &scene) {
                        wrong.push(format!(
                            "steps {name}, {look:?}, {form:?}, {lang:?}: {what}"
                        ));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} in all",
        wrong.join("\n"),
        wrong.len()
    );
}

/// Sizes are units of the form: pixels at 1080p, and on a phone 390 wide.
#[test]
fn nothing_is_too_small() {
    each(|view, scene| {
        let least = match (view.form, view.look) {
            (Form::Wide, Look::Projector) => 22.0,
            (Form::Wide, _) => 15.0,
            (Form::Upright, _) => 12.0,
        };
        let on_fruit = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Sprite {
                size,
                character: Some(character),
                ..
            } => Some((
                character.to_string(),
                size * Fruit::character_size(view.look),
            )),
            _ => None,
        });
        words(scene)
            .into_iter()
            .map(|words| (words.text, words.size))
            .chain(on_fruit)
            .filter(|(_, size)| *size < least - 1e-9)
            .map(|(text, size)| format!("{size:.1}: {text}"))
            .collect()
    });
}

#[test]
fn nothing_is_pale() {
    each(|view, scene| {
        words(scene)
            .into_iter()
            .filter_map(|words| {
                let found = contrast(words.ink, words.ground, view.look);
                (found < least_contrast(view.look))
                    .then(|| format!("{found:.2} on {:?}: {}", words.ground, words.text))
            })
            .collect()
    });
}

/// The pairs that the palette is made for, whatever the pictures use today.
#[test]
fn the_palette_keeps_its_contrasts() {
    let mut pairs = vec![
        (Ink::Hold, Ink::HoldPaper),
        (Ink::Paper, Ink::Bad),
        (Ink::Paper, Ink::Ink2),
        (Ink::Live, Ink::Paper),
        (Ink::Focus, Ink::Paper),
        (Ink::Ink, Ink::Wood),
        (Ink::Bad, Ink::Kernel),
    ];
    for ground in [Ink::Paper, Ink::Kernel, Ink::Well, Ink::Bag, Ink::Track] {
        pairs.extend([(Ink::Ink, ground), (Ink::Ink2, ground)]);
    }
    for fruit in Fruit::ALL {
        pairs.push((fruit.character_ink(), Ink::Fill(fruit)));
        pairs.push((Ink::Ink, Ink::Tint(fruit)));
    }
    for look in Look::ALL {
        for (ink, ground) in &pairs {
            let found = contrast(*ink, *ground, look);
            assert!(
                found >= least_contrast(look),
                "{look:?}: {ink:?} on {ground:?} has {found:.2}"
            );
        }
    }
}

#[test]
fn nothing_is_cut_off_or_squeezed() {
    each(|view, scene| {
        let (width, height) = view.form.units();
        words(scene)
            .into_iter()
            .filter(|words| {
                let fits = words.left >= 2.0
                    && words.right <= width - 2.0
                    && words.top() >= 0.0
                    && words.bottom() <= height;
                // What rides may come in from outside.
                !(fits || scene.moving) || words.squeezed > 1.16
            })
            .map(|words| format!("{words:?}"))
            .collect()
    });
}

#[test]
fn nothing_lies_on_another() {
    each(|_, scene| {
        // What rides passes in front of what stands.
        let all = if scene.moving {
            Vec::new()
        } else {
            words(scene)
        };
        let mut wrong = Vec::new();
        for (index, a) in all.iter().enumerate() {
            for b in &all[..index] {
                let apart = a.left >= b.right
                    || b.left >= a.right
                    || a.top() >= b.bottom()
                    || b.top() >= a.bottom();
                if !apart && a.faded == b.faded {
                    wrong.push(format!("{} and {}", a.text, b.text));
                }
            }
        }
        wrong
    });
}
