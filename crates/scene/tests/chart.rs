//! The level chart in named situations, as SVG.
#![allow(clippy::panic)]

mod support;

use insta::{assert_binary_snapshot, with_settings};
use scene::{Shape, Target};

/// The pictures kept.
const KEPT: [&str; 9] = [
    "empty",
    "art",
    "art_dark",
    "art_projector",
    "art_zh",
    "held_flood",
    "lost",
    "window_near",
    "idle",
];

#[test]
fn charts() {
    for situation in support::charts::situations() {
        if !KEPT.contains(&situation.name) {
            continue;
        }
        let svg = scene::to_svg(&situation.draw(), situation.look).into_bytes();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&format!("chart_{}.svg", situation.name), svg);
        });
    }
}

/// On a wall nothing is smaller than what the last row can read.
#[test]
fn a_projector_has_large_words() {
    for situation in support::charts::situations() {
        if situation.look != scene::Look::Projector {
            continue;
        }
        for shape in &situation.draw().shapes {
            if let Shape::Text(text) = shape {
                assert!(text.size >= 22.0, "{}: {text:?}", situation.name);
            }
        }
    }
}

/// Ticks can be pointed at, and lead to their records.
#[test]
fn ticks_stand_for_records() {
    for situation in support::charts::situations() {
        let timeline = situation.story.timeline();
        for hit in situation.draw().hits {
            match hit.target {
                Target::Record(seq) => assert!(timeline.record(seq).is_some()),
                Target::Bytes { from, to, .. } => assert!(from < to),
                other => panic!("{other:?}"),
            }
        }
    }
}
