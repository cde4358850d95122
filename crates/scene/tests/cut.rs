//! The cut view: named situations as SVG, and what must be true of its one axis.
#![allow(clippy::unwrap_used)]

mod cut_stories;
mod support;

use insta::{assert_binary_snapshot, with_settings};
use proptest::prelude::*;
use scene::{Hit, Line, Look, Row, Scene, Shape, Target};
use support::{CONN, Story, View};

/// The pictures kept.
const KEPT: [&str; 33] = [
    "moment",
    "moment_dark",
    "moment_projector",
    "moment_projector_zh",
    "moment_zh",
    "moment_lecture",
    "moment_phone",
    "moment_phone_dark_zh",
    "ride",
    "fall",
    "next_cut",
    "rise",
    "lower",
    "mixed",
    "tipping",
    "full",
    "tie",
    "answer",
    "next_bag",
    "sliding",
    "short",
    "short_read",
    "crates_shut",
    "lid_in_view",
    "reset_after_read",
    "end_after_read",
    "of_nobody",
    "of_at_the_desk",
    "of_gap",
    "of_foreign",
    "of_window_zero",
    "of_flood",
    "of_relay_lost",
];

#[test]
fn stage() {
    let mut kept = 0;
    for mut shot in cut_stories::shots() {
        if !KEPT.contains(&shot.name.as_str()) {
            continue;
        }
        kept += 1;
        let scene = cut_stories::draw(&mut shot);
        let svg = scene::to_svg(&scene, shot.look).into_bytes();
        let name = format!("cut_{}.svg", shot.name);
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&name, svg);
        });
    }
    assert_eq!(kept, KEPT.len());
}

/// Where the bytes of a hit lie on the axis: the offsets, and the x of both ends.
fn places(scene: &Scene) -> Vec<(u64, u64, f64, f64)> {
    let bytes = |hit: &Hit| match hit.target {
        Target::Bytes { from, to, .. } => Some((from, to, hit.x, hit.x + hit.w)),
        _ => None,
    };
    scene.hits.iter().filter_map(bytes).collect()
}

/// All ends of pieces in view lie on one line through offset and x, whatever their floor.
fn check_axis(scene: &Scene) {
    let ends: Vec<(f64, f64)> = places(scene)
        .iter()
        // What the view cuts off says nothing of its offset.
        .filter(|(_, _, left, right)| *left > 269.0 && *right < 1619.0)
        .flat_map(|&(from, to, left, right)| [(from as f64, left), (to as f64, right)])
        .collect();
    let Some(&(first, x)) = ends.first() else {
        return;
    };
    let Some(&(other, x2)) = ends.iter().find(|(offset, _)| (offset - first).abs() > 4.0) else {
        return;
    };
    let byte = (x2 - x) / (other - first);
    assert!(byte > 0.0, "offsets rise to the right");
    for (offset, at) in ends {
        let expected = x + (offset - first) * byte;
        assert!((at - expected).abs() < 0.1, "{offset}: {at} for {expected}");
    }
}

fn drawn(script: &str, millis: u64) -> Scene {
    let mut shot = cut_stories::Shot {
        name: String::new(),
        story: Story::new(script),
        view: View {
            millis,
            ..View::default()
        },
        look: Look::Light,
        size: cut_stories::WALL,
    };
    cut_stories::draw(&mut shot)
}

/// The great numbers at the left, from the top: the first run of each line there.
fn numbers(scene: &Scene) -> Vec<u64> {
    let value = |shape: &Shape| match shape {
        Shape::Line(Line { runs, x, .. }) if *x < 40.0 && runs[0].size > 50.0 => {
            Some(runs[0].text.replace('\u{202f}', "").parse().unwrap())
        }
        _ => None,
    };
    scene.shapes.iter().filter_map(value).collect()
}

/// Sends, arrivals and reads that could have been: each read takes at most what has arrived.
fn story() -> impl Strategy<Value = (String, u64, u64)> {
    let step = (1_u64..40, 0_u64..3, 1_u64..40);
    (proptest::collection::vec(step, 1..8), 1_u64..120).prop_map(|(steps, bag)| {
        let bag = bag.max(steps.iter().map(|step| step.0).sum());
        let mut script =
            format!("listening; policy held bufsize 40 bag {bag}; connected; accepted");
        let (mut sent, mut arrived, mut read) = (0, 0, 0);
        for (bytes, what, take) in steps {
            script += &format!("; sent {bytes}");
            sent += bytes;
            if what > 0 {
                script += &format!("; arrived {}", sent - arrived);
                arrived = sent;
            }
            let take = take.min(arrived - read);
            if what > 1 && take > 0 {
                script += &format!("; read 40 {take}");
                read += take;
            }
        }
        (script, sent, bag)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A byte has its x on every floor at every moment at which it does not ride, fall or slide;
    /// and the four numbers add up to what was sent.
    #[test]
    fn one_axis_and_one_sum((script, sent, _bag) in story(), millis in prop_oneof![Just(9000_u64), 0..2500_u64]) {
        let scene = drawn(&script, millis);
        check_axis(&scene);
        prop_assert_eq!(numbers(&scene).iter().sum::<u64>(), sent);
    }
}

#[test]
fn every_situation_has_one_axis() {
    for mut shot in cut_stories::shots() {
        if shot.size == cut_stories::WALL {
            check_axis(&cut_stories::draw(&mut shot));
        }
    }
}

/// A byte that has gone from the wire to the bag is at the x at which it was.
#[test]
fn a_byte_keeps_its_x() {
    let riding = "listening; policy held bufsize 40 bag 100; connected; accepted; sent 20; sent 30";
    let arrived = format!("{riding}; arrived 50");
    let read = format!("{arrived}; read 40 40");
    let second_send = |script: &str| {
        let scene = drawn(script, 9000);
        let places = places(&scene);
        let lefts: Vec<f64> = places
            .iter()
            .filter(|(from, ..)| *from == 20)
            .map(|place| place.2)
            .collect();
        assert!(lefts.len() > 1, "it is on more than one floor: {places:?}");
        lefts
    };
    let all = [riding, &arrived, &read].map(second_send).concat();
    let first = all[0];
    assert!(all.iter().all(|x| (x - first).abs() < 0.1), "{all:?}");
}

/// The next cut is shown before it is made, and says whether it lines up with a send.
#[test]
fn the_next_cut_is_told() {
    let words = |script: &str| {
        let scene = drawn(script, 9000);
        let mut out = String::new();
        for shape in &scene.shapes {
            if let Shape::Line(line) = shape {
                line.runs
                    .iter()
                    .for_each(|run| out += &format!("{} ", run.text));
            }
        }
        out
    };
    let start = "connected; accepted; sent 20; sent 50; arrived 70";
    let held = words(&format!(
        "listening; policy held bufsize 40 bag 100; {start}"
    ));
    assert!(
        held.contains("if it read now, it would cut inside send 2"),
        "{held}"
    );
    let now = words(&format!(
        "listening; policy arrival bufsize 40 bag 100; {start}"
    ));
    assert!(now.contains("next cut: inside send 2"), "{now}");
    let later = words(&format!(
        "listening; policy queued 100 bufsize 20 bag 100; {start}"
    ));
    assert!(
        later.contains("if it read now, it would cut where send 1 ends"),
        "{later}"
    );
    let foreign = words("listening; policy arrival bufsize 40 bag 100; accepted; arrived 70");
    assert!(foreign.contains("next cut: at byte 40"), "{foreign}");
    let full = words(&format!(
        "listening; policy arrival bufsize 70 bag 70; {start}; read 70 70"
    ));
    assert!(!full.contains("cut"), "a full bag asks for nothing: {full}");
}

/// Edges of all four partitions can be pointed at.
#[test]
fn edges_can_be_pointed_at() {
    let scene = drawn(
        "listening; policy arrival bufsize 40 bag 60; connected; accepted; sent 20; sent 50; arrived 20; arrived 50; read 40 40; read 20 20; bagged 60; answered 60",
        9000,
    );
    for (row, offset) in [(Row::Sent, 70), (Row::Arrived, 70)] {
        let target = Target::Edge {
            conn: CONN,
            row,
            offset,
        };
        assert!(
            scene.hits.iter().any(|hit| hit.target == target),
            "{target:?}"
        );
    }
    let before = drawn(
        "listening; policy arrival bufsize 40 bag 60; connected; accepted; sent 60; arrived 60; read 40 40; read 20 20; bagged 60; answered 60",
        9000,
    );
    for (row, offset) in [(Row::Read, 40), (Row::Packed, 60)] {
        let target = Target::Edge {
            conn: CONN,
            row,
            offset,
        };
        assert!(
            before.hits.iter().any(|hit| hit.target == target),
            "{target:?}"
        );
    }
}

/// On a wall no word is smaller than 22 units of a stage of 1920.
#[test]
fn a_wall_has_no_small_words() {
    for mut shot in cut_stories::shots() {
        if shot.size != cut_stories::WALL {
            continue;
        }
        shot.look = Look::Projector;
        let scene = cut_stories::draw(&mut shot);
        for shape in &scene.shapes {
            let sizes: Vec<(f64, &str)> = match shape {
                Shape::Text(text) => vec![(text.size, &text.text)],
                Shape::Line(line) => line.runs.iter().map(|run| (run.size, &*run.text)).collect(),
                _ => Vec::new(),
            };
            for (size, words) in sizes {
                assert!(size >= 22.0, "{}: {words} is {size}", shot.name);
            }
        }
    }
}
