//! The client: a stall with a person who sends, the slip of what was sent, and at its foot the
//! answers that came back. Of somebody else's program we know no sends: it has no slip.

use model::Connection;

use super::{Stage, size};
use crate::{
    Fruit, Ink, Shape,
    motion::{ease, lerp},
    sketch::{DRAWING, THIN, area, dashed, line, run, runs, text},
    words::{self, Label},
};

pub(super) fn draw(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        vacant(stage);
        return;
    };
    person(stage, connection);
    stall(stage);
    match &connection.client {
        Some(_) => slip(stage, connection),
        None => stranger(stage, connection),
    }
}

/// The dotted place where a client will be.
fn vacant(stage: &mut Stage) {
    stage.sketch.path(
        "M40 112H232V640H40Z",
        None,
        Some(dashed(Ink::Ink, 3.5, 2.0, 10.0)),
    );
}

fn stall(stage: &mut Stage) {
    let sketch = &mut stage.sketch;
    sketch.path("M46 108H58V640H46ZM234 108H246V640H234Z", Ink::Wood, THIN);
    sketch.path("M30 74H262L274 112H18Z", Ink::Apron, THIN);
    sketch.path(
        "M30 74H68.7L60.7 112H18ZM107.4 74H146.1V112H103.4ZM184.8 74H223.5L231.5 112H188.8Z",
        Ink::Coat,
        None,
    );
    sketch.path("M30 74H262L274 112H18Z", None, THIN);
    for index in 0..6 {
        let ink = if index % 2 == 0 {
            Ink::Coat
        } else {
            Ink::Apron
        };
        sketch.path_at(
            "M0 0a21.33 17 0 0 0 42.67 0Z",
            (18.0 + f64::from(index) * 42.67, 112.0),
            1.0,
            ink,
            THIN,
        );
    }
}

/// The board on which the belt begins; over the belt's end, so that fruit come from behind it.
pub(super) fn counter(stage: &mut Stage) {
    if stage.connection.is_some() {
        stage
            .sketch
            .rect(area(40.0, 238.0, 212.0, 14.0), 0.0, Ink::Wood, THIN);
    }
}

/// Somebody stands behind the counter. Their hand goes to the belt when they send.
fn person(stage: &mut Stage, connection: &Connection) {
    let ours = connection.client.as_ref();
    let sent = ours.and_then(|end| end.wrote.last()).map(|cut| cut.moment);
    let push = sent.map_or(1.0, |moment| stage.motion.progress(moment, 0.0, 500.0));
    let gone = ours.is_some_and(|end| end.closed.is_some());
    let (clothes, hair) = if ours.is_some() {
        (Ink::Apron, Ink::Brown)
    } else {
        (Ink::Post, Ink::Belt)
    };
    let sketch = &mut stage.sketch;
    // The arm towards the belt: out when a batch is put down, then back.
    let reach = if sent.is_some() {
        lerp(24.0, 0.0, ease(push))
    } else {
        0.0
    };
    sketch.path(
        "M66 240C64 214 78 205 104 205C130 205 144 214 142 240Z",
        clothes,
        THIN,
    );
    sketch.path("M94 198V208Q104 218 114 208V198Z", Ink::Skin, THIN);
    sketch.circle((104.0, 176.0), 25.0, Ink::Skin, THIN);
    sketch.path(
        "M79 178C74 140 134 140 129 178C124 166 120 162 108 161C96 166 84 166 79 178Z",
        hair,
        THIN,
    );
    sketch.circle((104.0, 150.0), 9.0, hair, THIN);
    // The eyes follow what was sent.
    let glance = if gone { 0.0 } else { 3.0 };
    for x in [96.0, 112.0] {
        sketch.circle((x + glance, 178.0), 2.6, Ink::Eye, None);
    }
    sketch.path(
        "M99 188Q105 193 111 188",
        None,
        Some(line(Ink::Eye, DRAWING)),
    );
    if !gone {
        let hand = (150.0 + reach, 203.0);
        let arm = format!("M128 216C136 228 144 222 {} {}", hand.0 - 4.0, hand.1);
        sketch.path(arm.clone(), None, Some(line(Ink::Ink, 17.0)));
        sketch.path(arm, None, Some(line(clothes, 13.0)));
        sketch.circle(hand, 8.0, Ink::Skin, THIN);
    }
}

/// How many sends the slip lists.
const SLIP_ROWS: usize = 3;

/// What our client sent: fruit and count, the last ones.
fn slip(stage: &mut Stage, connection: &Connection) {
    let Some(client) = &connection.client else {
        return;
    };
    let shown: Vec<_> = {
        let mut last: Vec<_> = client.wrote.cuts().rev().take(SLIP_ROWS).collect();
        last.reverse();
        last
    };
    let earlier = client.wrote.total.times
        - shown
            .iter()
            .map(|cut| u64::from(cut.times))
            .sum::<u64>()
            .min(client.wrote.total.times);
    let words = stage.label(Label::Sent);
    stage.sketch.text(
        text(words, (146.0, 276.0), size::TITLE)
            .quiet()
            .middle()
            .within(160.0),
    );
    if shown.is_empty() {
        return;
    }
    let sketch = &mut stage.sketch;
    let paper = match shown.len() {
        1 => {
            "M74 286H218V362L206 354L194 362L182 354L170 362L158 354L146 362L134 354L122 362L110 354L98 362L86 354L74 362Z"
        }
        2 => {
            "M74 286H218V416L206 408L194 416L182 408L170 416L158 408L146 416L134 408L122 416L110 408L98 416L86 408L74 416Z"
        }
        _ => {
            "M74 286H218V470L206 462L194 470L182 462L170 470L158 462L146 470L134 462L122 470L110 462L98 470L86 462L74 470Z"
        }
    };
    sketch.path(paper, Ink::Bag, THIN);
    for (row, cut) in shown.iter().enumerate() {
        let y = 322.0 + row as f64 * 54.0;
        let fruit = if cut.is_blurred() {
            Fruit::Crate
        } else {
            Fruit::of_batch(cut.ordinal)
        };
        sketch.shapes.push(Shape::Sprite {
            fruit,
            x: 104.0,
            y,
            size: 42.0,
            turn: 0.0,
            character: None,
            opacity: 1.0,
        });
        sketch.text(
            text(words::number(cut.bytes()), (202.0, y + 12.0), size::NUMBER2)
                .bold()
                .end()
                .within(76.0),
        );
    }
    if earlier > 0 {
        let words = words::and_earlier(earlier, stage.frame.lang);
        stage.sketch.text(
            text(words, (146.0, 492.0), size::SMALL)
                .quiet()
                .middle()
                .within(170.0),
        );
    }
}

/// Somebody else's program: who it is, and that nobody tells us what it sends.
fn stranger(stage: &mut Stage, connection: &Connection) {
    let x = 146.0;
    let lines = [
        stage.label(Label::SomebodyElse),
        stage.label(Label::SomebodyElse2),
    ];
    for (index, words) in lines.into_iter().enumerate() {
        stage.sketch.text(
            text(words, (x, 296.0 + index as f64 * 26.0), size::BAND)
                .quiet()
                .middle()
                .within(168.0),
        );
    }
    stage.sketch.text(
        text(connection.client_addr.to_string(), (x, 358.0), 17.0)
            .mono()
            .quiet()
            .middle()
            .within(168.0),
    );
}

/// Under the answers at the stall's foot: what the client has read of them.
pub(super) fn received(stage: &mut Stage, connection: &Connection) {
    let Some(client) = &connection.client else {
        return;
    };
    let bytes = client.read.total.bytes;
    if bytes == 0 {
        return;
    }
    let words = stage.label(Label::Received);
    stage
        .sketch
        .mark(protocol::Source::Measured, (74.0, 519.0), 5.0);
    stage.sketch.line(runs(
        vec![
            run(words::number(bytes), size::TITLE).bold(),
            run(words, size::SMALL).quiet().after(6.0),
        ],
        (86.0, 526.0),
        144.0,
    ));
}
