//! The client, at the right: a stall seen from its side. Fruit come out of its upper hatch, and
//! answers go into the lower one.

use model::Connection;

use super::Stage;
use crate::{
    Ink, Text,
    motion::{ease, lerp},
    sketch::{area, line, text, trace},
    words::{self, Label},
};

pub(super) fn draw(stage: &mut Stage) {
    let layout = stage.layout;
    let (top, bottom) = (layout.stream.top, layout.height);
    let (x, width) = (layout.wall, layout.width - layout.wall);
    let Some(connection) = stage.connection else {
        // The place where a client will be.
        let stroke = stage.dashes(Ink::Ink2, 3.0, 2.0, 10.0);
        let at = area(x, top + 6.0, width - 4.0, bottom - top - 12.0);
        stage.sketch.rect(at, 8.0, None, Some(stroke));
        return;
    };
    let wall = stage.pen(Ink::Ink, 3.5);
    stage
        .sketch
        .rect(area(x, top, width, bottom - top), 0.0, Ink::Bag, None);
    hatches(stage);
    if layout.is_upright() {
        stage
            .sketch
            .path(trace("M# #V#", &[x, top, bottom]), None, Some(wall));
        return;
    }
    boards(stage);
    person(stage);
    stage
        .sketch
        .path(trace("M# #V#", &[x, top, bottom]), None, Some(wall));
    awning(stage);
    who(stage, connection);
    received(stage);
}

/// The front of the stall, under its counter.
fn boards(stage: &mut Stage) {
    let layout = stage.layout;
    let x = layout.wall;
    let (top, bottom) = (layout.kernel.top, layout.back.top);
    let at = area(x, top, layout.width - x, bottom - top);
    let pen = stage.pen(Ink::Ink, 2.0);
    stage.sketch.rect(at, 0.0, Ink::Wood, Some(pen));
    let board = at.w / 4.0;
    let d: String = (1..4)
        .map(|index| trace("M# #V#", &[x + f64::from(index) * board, top, bottom]))
        .collect();
    let seam = stage.pen(Ink::Ink, 1.5);
    stage.sketch.fade(0.35);
    stage.sketch.path(d, None, Some(seam));
    stage.sketch.end_fade();
}

/// A paper on the boards, with lines of words in its middle.
fn paper(stage: &mut Stage, top: f64, lines: Vec<(Text, f64)>) {
    let layout = stage.layout;
    let x = layout.wall + 12.0 * layout.unit;
    let width = layout.width - x - 12.0 * layout.unit;
    let pad = layout.sizes.small * 0.45;
    let height: f64 = lines.iter().map(|(_, height)| height).sum::<f64>() + pad * 2.0;
    let pen = stage.pen(Ink::Ink, 1.5);
    stage
        .sketch
        .rect(area(x, top, width, height), 3.0, Ink::Bag, Some(pen));
    let mut y = top + pad;
    for (words, height) in lines {
        y += height;
        stage.sketch.text(
            Text {
                x: x + width / 2.0,
                y: y - height * 0.24,
                ..words
            }
            .middle()
            .within(width - 8.0),
        );
    }
}

/// Who it is.
fn who(stage: &mut Stage, connection: &Connection) {
    let sizes = stage.layout.sizes;
    let set = |words: String, size: f64| (text(words, (0.0, 0.0), size), size * 1.3);
    let (title, height) = set(stage.label(Label::Client).to_string(), sizes.label);
    let mut lines = vec![(title.bold(), height)];
    if connection.client.is_none() {
        for label in [Label::SomebodyElse, Label::SomebodyElse2] {
            let (words, height) = set(stage.label(label).to_string(), sizes.small);
            lines.push((words.quiet(), height));
        }
    }
    let [_, port] = words::address_lines(&connection.client_addr, stage.frame.lang);
    let (port, height) = set(port, sizes.small);
    lines.push((port.mono().quiet(), height));
    let top = stage.layout.kernel.top + sizes.label;
    paper(stage, top, lines);
}

/// Dark openings where the belts go through the wall.
fn hatches(stage: &mut Stage) {
    let layout = stage.layout;
    let depth = 15.0 * layout.unit;
    let heap = stage.axis.heap() + 8.0;
    let out = layout.belt_top();
    let back = super::back::belt_top(&layout);
    for (floor, height) in [
        (out, heap.min(out - layout.wire.top + 4.0)),
        (back, back - layout.back.top - 4.0),
    ] {
        stage.sketch.rect(
            area(layout.wall, floor - height, depth, height + layout.belt),
            0.0,
            Ink::Eye,
            None,
        );
    }
}

fn awning(stage: &mut Stage) {
    let layout = stage.layout;
    let (x, width) = (layout.wall - 14.0, layout.width - layout.wall + 14.0);
    let top = layout.stream.top;
    let stripes = 6.0;
    let stripe = width / stripes;
    let height = layout.stream.height;
    let pen = stage.pen(Ink::Ink, 2.0);
    for index in 0..6 {
        let ink = if index % 2 == 0 {
            Ink::Coat
        } else {
            Ink::Apron
        };
        let left = x + f64::from(index) * stripe;
        stage
            .sketch
            .rect(area(left, top, stripe, height), 0.0, ink, Some(pen));
        stage.sketch.path_at(
            "M0 0a1 0.8 0 0 0 2 0Z",
            (left, top + height),
            stripe / 2.0,
            ink,
            Some(pen),
        );
    }
}

/// Somebody puts fruit on the belt: our own client, or a stranger in grey.
fn person(stage: &mut Stage) {
    let layout = stage.layout;
    let ours = stage.client();
    let sent = ours.and_then(|end| end.wrote.last()).map(|cut| cut.moment);
    let push = sent.map_or(1.0, |moment| stage.motion.progress(moment, 0.0, 500.0));
    let reach = lerp(16.0, 0.0, ease(push));
    let gone = ours.is_some_and(|end| end.closed.is_some());
    let (clothes, hair) = if ours.is_some() {
        (Ink::Apron, Ink::Brown)
    } else {
        (Ink::Post, Ink::Belt)
    };
    let at = (layout.wall + 88.0, layout.kernel.top - 2.0);
    let pen = stage.pen(Ink::Ink, 2.0);
    let thin = Some(pen);
    let sketch = &mut stage.sketch;
    sketch.path_at(
        "M-36 0C-38 -26 -24 -36 0 -36C24 -36 38 -26 36 0Z",
        at,
        1.0,
        clothes,
        thin,
    );
    sketch.path_at("M-9 -42V-34Q0 -26 9 -34V-42Z", at, 1.0, Ink::Skin, thin);
    sketch.circle((at.0, at.1 - 60.0), 22.0, Ink::Skin, thin);
    sketch.path_at(
        "M-22 -58C-26 -92 26 -92 22 -58C18 -69 14 -72 4 -73C-8 -69 -18 -69 -22 -58Z",
        at,
        1.0,
        hair,
        thin,
    );
    sketch.circle((at.0, at.1 - 83.0), 8.0, hair, thin);
    for x in [-10.0, 4.0] {
        sketch.circle((at.0 + x, at.1 - 59.0), 2.4, Ink::Eye, None);
    }
    sketch.path_at(
        "M-8 -50Q-3 -46 2 -50",
        at,
        1.0,
        None,
        Some(line(Ink::Eye, 2.0)),
    );
    if !gone {
        let hand = (-46.0 - reach, -30.0);
        let d = trace("M-24 -22C-32 -14 -38 -18 # #", &[hand.0 + 5.0, hand.1]);
        sketch.path_at(d.clone(), at, 1.0, None, Some(line(Ink::Ink, 15.0)));
        sketch.path_at(d, at, 1.0, None, Some(line(clothes, 11.5)));
        sketch.circle((at.0 + hand.0, at.1 + hand.1), 7.0, Ink::Skin, thin);
    }
    sketch.rect(
        area(layout.wall, at.1 - 2.0, layout.width - layout.wall, 9.0),
        0.0,
        Ink::Wood,
        thin,
    );
}

/// What our client has read of the answers.
fn received(stage: &mut Stage) {
    let Some(bytes) = stage
        .client()
        .map(|client| client.read.total.bytes)
        .filter(|&bytes| bytes > 0)
    else {
        return;
    };
    let sizes = stage.layout.sizes;
    let words = stage.label(Label::Received);
    let lines = vec![
        (
            text(words::number(bytes), (0.0, 0.0), sizes.count).bold(),
            sizes.count * 1.2,
        ),
        (
            text(words, (0.0, 0.0), sizes.small).quiet(),
            sizes.small * 1.3,
        ),
    ];
    let top = stage.layout.bag.top;
    paper(stage, top, lines);
}
