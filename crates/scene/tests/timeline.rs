//! The bar of time in named situations, as SVG; and that it can be read in all of them.
#![allow(clippy::panic)]

mod support;

use insta::{assert_binary_snapshot, with_settings};
use model::Show;
use scene::{
    Align, Look, Scene, Shape, Target, Text,
    timeline::{self, Bar, Span},
};

/// The pictures kept.
const KEPT: [&str; 10] = [
    "begun",
    "story",
    "story_dark",
    "story_zh",
    "story_projector",
    "story_near",
    "marked",
    "chapters",
    "flood",
    "phone",
];

#[test]
fn bars() {
    for situation in support::timelines::situations() {
        if !KEPT.contains(&situation.name) {
            continue;
        }
        let svg = scene::to_svg(&situation.draw(), situation.look).into_bytes();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&format!("bar_{}.svg", situation.name), svg);
        });
    }
}

fn texts(scene: &Scene) -> impl Iterator<Item = &Text> {
    scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text(text) => Some(text),
        _ => None,
    })
}

/// Left, top, right, bottom: by a guess that is rather too small.
fn place(text: &Text) -> [f64; 4] {
    let em = |character: char| match character {
        '\u{2e80}'.. => 1.0,
        '\u{202f}' | ' ' | '.' | '\u{a0}' => 0.2,
        _ => 0.5,
    };
    let wide = text.text.chars().map(em).sum::<f64>() * text.size;
    let wide = wide.min(text.max_width);
    let left = match text.align {
        Align::Start => text.x,
        Align::Middle => text.x - wide / 2.0,
        Align::End => text.x - wide,
    };
    [
        left,
        text.y - text.size * 0.7,
        left + wide,
        text.y + text.size * 0.05,
    ]
}

#[test]
fn every_word_can_be_read() {
    for situation in support::timelines::situations() {
        let scene = situation.draw();
        let least = match situation.look {
            Look::Projector => 22.0,
            Look::Light | Look::Dark => 12.0,
        };
        let all: Vec<_> = texts(&scene).map(|text| (text, place(text))).collect();
        for (index, (text, at)) in all.iter().enumerate() {
            let name = situation.name;
            assert!(text.size >= least, "{name}: {text:?}");
            let inside =
                at[0] >= 0.0 && at[2] <= scene.width && at[1] >= 0.0 && at[3] <= scene.height;
            assert!(inside, "{name}: {text:?}");
            for (other, beside) in &all[..index] {
                let apart = at[0] >= beside[2]
                    || beside[0] >= at[2]
                    || at[1] >= beside[3]
                    || beside[1] >= at[3];
                assert!(apart, "{name}: {} and {}", text.text, other.text);
            }
        }
    }
}

/// Whoever points at a name goes to its marker.
#[test]
fn names_lead_to_their_moments() {
    for situation in support::timelines::situations() {
        let timeline = situation.story.timeline();
        for hit in situation.draw().hits {
            let Target::Moment(show) = hit.target else {
                panic!("{hit:?}");
            };
            let markers = timeline.markers().iter();
            assert!(
                markers
                    .map(|it| timeline.show_of(it.at))
                    .any(|at| at == show)
            );
        }
    }
}

/// Whatever the window is, wherever the head stands and whoever looks how near.
#[test]
fn all_numbers_are_finite() {
    let ends = [0, 1, 1_000_000_000, 7_000_000_000, u64::MAX / 2, u64::MAX];
    let sizes = [0.0, -4.0, 30.0, 390.0, 3e3, f64::NAN, f64::INFINITY];
    for situation in support::timelines::situations() {
        if !["empty", "marked", "flood"].contains(&situation.name) {
            continue;
        }
        let timeline = situation.story.timeline();
        for from in ends {
            for to in ends {
                for size in sizes {
                    let bar = Bar {
                        timeline,
                        head: Show(to),
                        span: Span {
                            from: Show(from),
                            to: Show(to),
                        },
                        width: size,
                        height: 52.0,
                        look: situation.look,
                        lang: situation.lang,
                    };
                    let scene = timeline::timeline(&bar, &timeline::ground(&bar));
                    for text in texts(&scene) {
                        assert!(text.x.is_finite() && text.y.is_finite(), "{text:?}");
                    }
                    for shape in &scene.shapes {
                        if let Shape::Rect { x, w, .. } = shape {
                            assert!(x.is_finite() && w.is_finite(), "{shape:?}");
                        }
                    }
                    assert!(scene.shapes.len() < 30_000);
                }
            }
        }
    }
}
