//! What stands can be pointed at, and what it answers is what is drawn there.
#![allow(clippy::unwrap_used)]

mod support;

use scene::{Form, Fruit, Scene, Shape, Target};
use support::View;

/// What a person gets who points there.
fn at(scene: &Scene, x: f64, y: f64) -> Option<Target> {
    scene
        .hits
        .iter()
        .rev()
        .find(|hit| x >= hit.x && x <= hit.x + hit.w && y >= hit.y && y <= hit.y + hit.h)
        .map(|hit| hit.target)
}

/// Every fruit that bears its character stands for one batch, and that batch is what it answers.
#[test]
fn a_fruit_answers_its_batch() {
    let mut pointed = 0;
    for (name, mut story, view) in support::situations() {
        for form in [Form::Wide, Form::Upright] {
            let view = View { form, ..view };
            let scene = support::draw(&mut story, view, scene::stage);
            if scene.moving {
                continue;
            }
            let (state, _) = story.after(view.millis);
            for shape in &scene.shapes {
                let Shape::Sprite {
                    fruit,
                    x,
                    y,
                    character: Some(_),
                    ..
                } = shape
                else {
                    continue;
                };
                let Some(Target::Bytes { conn, from, to }) = at(&scene, *x, *y) else {
                    panic!("{name}, {form:?}: {fruit:?} at {x} {y} answers nothing");
                };
                let connection = state.conn(conn).unwrap();
                for offset in [from, to - 1] {
                    let batch = connection.batch_at(offset).map(Fruit::of_batch);
                    assert_eq!(batch, Some(*fruit), "{name}, {form:?}: {from}..{to}");
                }
                pointed += 1;
            }
        }
    }
    assert!(pointed > 1000, "{pointed}");
}

/// One picture, everything on it that has a record or bytes behind it.
#[test]
fn the_parts_answer() {
    let targets = |name: &str, form| {
        let (_, mut story, view) = support::situations()
            .into_iter()
            .find(|(found, ..)| *found == name)
            .unwrap();
        let scene = support::draw(&mut story, View { form, ..view }, scene::stage);
        scene
            .hits
            .into_iter()
            .map(|hit| hit.target)
            .collect::<Vec<_>>()
    };
    for form in [Form::Wide, Form::Upright] {
        let conn = support::CONN;
        let art = targets("seventy_and_thirty", form);
        for (from, to) in [(0, 20), (20, 70), (70, 100)] {
            let bytes = Target::Bytes { conn, from, to };
            let count = art.iter().filter(|target| **target == bytes).count();
            assert!(count >= 2, "{form:?}: {bytes:?} on the slip and in a heap");
        }
        let riding = targets("answer_on_its_way", form);
        let answer = Target::Answer {
            conn,
            from: 0,
            to: 122,
        };
        assert!(riding.contains(&answer), "{form:?}: {riding:?}");
        let bag = targets("in_the_bag", form);
        let bytes = Target::Bytes {
            conn,
            from: 20,
            to: 70,
        };
        assert!(bag.contains(&bytes), "{form:?}: {bag:?}");
        let records = |targets: &[Target]| {
            targets
                .iter()
                .filter(|target| matches!(target, Target::Record(_)))
                .count()
        };
        // The level's arrival, the window, the memory, the send buffer; then the read as well.
        assert!(records(&art) >= 4, "{form:?}");
        assert!(records(&bag) >= 5, "{form:?}");
    }
}

/// A dot where an edge is gone says which edge, of which row.
#[test]
fn a_lost_edge_answers() {
    let (_, mut story, view) = support::situations()
        .into_iter()
        .find(|(name, ..)| *name == "end_read")
        .unwrap();
    let scene = support::draw(&mut story, view, |frame| {
        scene::rulers(&scene::Frame {
            width: 860.0,
            height: 178.0,
            ..*frame
        })
    });
    let edges: Vec<_> = scene
        .hits
        .iter()
        .filter_map(|hit| match hit.target {
            Target::Edge { row, offset, .. } => Some((row, offset)),
            _ => None,
        })
        .collect();
    let expected = [
        (scene::Row::Read, 20),
        (scene::Row::Packed, 20),
        (scene::Row::Packed, 70),
    ];
    assert_eq!(edges, expected);
}
