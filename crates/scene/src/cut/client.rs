//! The client, at the right: a stall seen from its side. Fruit come out of its upper hatch, and
//! answers go into the lower one.

use super::Stage;
use crate::{
    Ink,
    motion::{ease, lerp},
    sketch::{area, line, text},
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
            .path(format!("M{x} {top}V{bottom}"), None, Some(wall));
        return;
    }
    person(stage);
    stage
        .sketch
        .path(format!("M{x} {top}V{bottom}"), None, Some(wall));
    awning(stage);
    let sizes = layout.sizes;
    let middle = x + width / 2.0;
    let room = width - 16.0;
    let title = stage.label(Label::Client);
    let y = layout.kernel.top + sizes.label * 1.7;
    let mut lines = vec![(title.to_string(), true, false)];
    if connection.client.is_none() {
        lines.push((stage.label(Label::SomebodyElse).to_string(), false, false));
        lines.push((stage.label(Label::SomebodyElse2).to_string(), false, false));
    }
    lines.push((format!(":{}", connection.client_addr.port()), false, true));
    for (index, (words, bold, mono)) in lines.into_iter().enumerate() {
        let size = if bold { sizes.label } else { sizes.small };
        let at = (middle, y + index as f64 * sizes.small * 1.45);
        let text = text(words, at, size).middle().within(room);
        let text = if bold { text.bold() } else { text.quiet() };
        stage.sketch.text(if mono { text.mono() } else { text });
    }
    received(stage, (middle, room));
}

/// Dark openings where the belts go through the wall.
fn hatches(stage: &mut Stage) {
    let layout = stage.layout;
    let depth = if layout.is_upright() { 12.0 } else { 26.0 };
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
        let d = format!("M-24 -22C-32 -14 -38 -18 {} {}", hand.0 + 5.0, hand.1);
        sketch.path_at(d.clone(), at, 1.0, None, Some(line(Ink::Ink, 15.0)));
        sketch.path_at(d, at, 1.0, None, Some(line(clothes, 11.5)));
        sketch.circle((at.0 + hand.0, at.1 + hand.1), 7.0, Ink::Skin, thin);
    }
    sketch.rect(
        area(
            layout.wall + 26.0,
            at.1 - 2.0,
            layout.width - layout.wall - 26.0,
            8.0,
        ),
        0.0,
        Ink::Wood,
        thin,
    );
}

/// What our client has read of the answers.
fn received(stage: &mut Stage, (middle, room): (f64, f64)) {
    let Some(bytes) = stage
        .client()
        .map(|client| client.read.total.bytes)
        .filter(|&bytes| bytes > 0)
    else {
        return;
    };
    let layout = stage.layout;
    let sizes = layout.sizes;
    let y = layout.back.top - sizes.small * 1.2;
    let words = stage.label(Label::Received);
    stage.sketch.text(
        text(words, (middle, y), sizes.small)
            .quiet()
            .middle()
            .within(room),
    );
    stage.sketch.text(
        text(
            words::number(bytes),
            (middle, y - sizes.small * 1.4),
            sizes.count,
        )
        .bold()
        .middle()
        .within(room),
    );
}
