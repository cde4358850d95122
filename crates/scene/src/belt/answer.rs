//! The answers on their way back: a tag, which is the stamp, and a tied bag, which is the bytes as
//! they came. Tied when answered, riding when send has taken them, at the stall's foot at last.

use model::{Answer, Connection, EndState};

use super::{Stage, client, plan::Plan, racks};
use crate::{
    Fruit, Ink, Shape, Target,
    heap::{Grain, turn_of},
    motion::{cubic_in, ease, lerp},
    sketch::{BOLD, THIN, area, fitting, line, text, trace},
    words,
};

const RIDE_MS: f64 = 1400.0;
/// From the belt's end to the foot, once the client's kernel has it.
const HAND_MS: f64 = 250.0;

/// The neck closes, the tag drops, it is set on the belt: ms.
const TIE_MS: f64 = 200.0;
const TAG_MS: f64 = 160.0;
const PUT_MS: f64 = 400.0;

/// So many of the last answers are drawn.
const DRAWN_MAX: usize = 4;

/// How far an answer is on its way, 0 to 1; None while send has not taken its last byte.
///
/// That it reached the client is known only of our own client; there it waits at the stall until
/// the client's kernel has it. With any other it is carried to the foot.
fn along(
    stage: &Stage,
    connection: &Connection,
    server: &EndState,
    answer: &Answer,
) -> Option<f64> {
    if server.wrote.total.bytes < answer.out_to() {
        return None;
    }
    let tunnel = stage.plan.in_tunnel();
    let last = answer.out_to().saturating_sub(1);
    let sent = server.wrote.cut_at(last).map(|cut| cut.moment);
    let stop = if connection.client.is_some() {
        Plan::AT_STALL
    } else {
        1.0
    };
    let mut along = sent.map_or(stop, |moment| {
        let p = stage.motion.progress(moment, 0.0, RIDE_MS);
        if stage.motion.is_reduced() && p < 1.0 {
            // Stops: in the tunnel, in the network.
            let half = stage.motion.elapsed(moment) < RIDE_MS / 2.0;
            if half { tunnel } else { 0.65 }
        } else {
            stop * p
        }
    });
    // What the kernel says it has not sent cannot have left the tunnel.
    let unsent = server.queues.and_then(|(queues, _)| queues.unsent);
    if unsent.is_some_and(|unsent| unsent > 0) {
        along = along.min(tunnel);
    }
    if let Some(client) = &connection.client {
        let there = [&client.arrived, &client.read]
            .into_iter()
            .find(|ruler| ruler.total.bytes >= answer.out_to());
        if let Some(ruler) = there {
            let arrived = ruler.cut_at(last).map(|cut| cut.moment);
            let p = arrived.map_or(1.0, |moment| stage.motion.progress(moment, 0.0, HAND_MS));
            along = lerp(along, 1.0, p);
        }
    }
    Some(along)
}

/// How far the lower belt has moved, for its chevrons.
pub(super) fn travel(stage: &Stage) -> f64 {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return 0.0;
    };
    if stage.is_torn() {
        return 0.0;
    }
    server
        .answers
        .back()
        .and_then(|answer| along(stage, connection, server, answer))
        .map_or(0.0, |along| stage.plan.out_travel(along))
}

pub(super) fn draw(stage: &mut Stage) {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return;
    };
    let skip = server.answers.len().saturating_sub(DRAWN_MAX);
    let mut at_foot = None;
    let mut behind = 0;
    for answer in server.answers.iter().skip(skip) {
        match along(stage, connection, server, answer) {
            Some(along) if along > 0.9996 => {
                at_foot = Some(answer);
                behind = 0;
                continue;
            }
            Some(along) if !stage.is_torn() => {
                let at = stage.plan.way(along);
                ride(stage, connection, server, answer, at);
            }
            None if !stage.is_torn() => tie(stage, connection, server, answer),
            _ => {}
        }
        behind += u64::from(answer.times);
    }
    if let Some(answer) = at_foot.filter(|_| stage.plan.is_wide()) {
        let foot = stage.plan.way(1.0);
        small_tag(stage, foot, 1.0);
        sack(stage, connection, answer, foot, 1.0);
        point(stage, connection, answer, foot);
        let words = words::times(server.answered.total.times.saturating_sub(behind));
        let size = fitting(&words, stage.size.small, 38.0).max(stage.size.least);
        stage
            .sketch
            .text(text(words, (195.0, 608.0), size).quiet().within(38.0));
    }
    client::received(stage, connection);
}

/// The answer can be pointed at: the small bag for its bytes.
fn point(stage: &mut Stage, connection: &Connection, answer: &Answer, (x, y): (f64, f64)) {
    let scale = stage.plan.sack;
    stage.sketch.hit(
        area(
            x - 54.0 * scale,
            y - 80.0 * scale,
            108.0 * scale,
            80.0 * scale,
        ),
        Target::Answer {
            conn: connection.conn,
            from: answer.out_from,
            to: answer.out_to(),
        },
    );
}

/// Neck, tag, and onto the belt. It waits there until send takes it.
fn tie(stage: &mut Stage, connection: &Connection, server: &EndState, answer: &Answer) {
    let plan = stage.plan;
    let motion = &stage.motion;
    let neck = motion.progress(answer.moment, 0.0, TIE_MS);
    let tag_drop = motion.progress(answer.moment, TIE_MS, TAG_MS);
    let put = ease(motion.progress(answer.moment, TIE_MS + TAG_MS, PUT_MS));
    let from_tray = connection.policy.bag.is_none();
    let knot = if from_tray {
        plan.table_knot
    } else {
        plan.knot
    };
    let start = plan.way(0.0);
    let at = (lerp(knot.0, start.0, put), lerp(knot.1, start.1, put));
    let bytes = answer.in_to.saturating_sub(answer.in_from);
    if from_tray && bytes <= 100 && neck < 1.0 && !motion.is_reduced() {
        let tray = racks::tray(stage, answer.in_from, answer.in_to, plan.home);
        let p = cubic_in(neck);
        for offset in answer.in_from..answer.in_to {
            let mut spot = tray.spot(offset);
            spot.x = lerp(spot.x, knot.0, p);
            spot.y = lerp(spot.y, knot.1 - 30.0 * plan.sack, p);
            spot.size = lerp(spot.size, spot.size * 0.3, p);
            stage.unit(Grain::Fruit, offset, spot);
        }
    }
    // Small while it is tied on; to be read once it lies on the belt.
    if tag_drop > 0.0 {
        let lift = 46.0 * plan.sack * (1.0 - cubic_in(tag_drop));
        let unfolded = put * unfolded(stage, at.0);
        small_tag(stage, (at.0, at.1 - lift), tag_drop * (1.0 - unfolded));
        tag(stage, server, answer, at, unfolded);
    }
    sack(stage, connection, answer, at, lerp(0.3, 1.0, neck));
    point(stage, connection, answer, at);
}

/// The tag is folded up where there is no room before the bag.
fn unfolded(stage: &Stage, x: f64) -> f64 {
    let (from, over) = stage.plan.fold;
    ((x - from) / over).clamp(0.0, 1.0)
}

/// On the belt, through the tunnel, to the client.
fn ride(
    stage: &mut Stage,
    connection: &Connection,
    server: &EndState,
    answer: &Answer,
    at: (f64, f64),
) {
    let strength = unfolded(stage, at.0);
    tag(stage, server, answer, at, strength);
    small_tag(stage, at, 1.0 - strength);
    sack(stage, connection, answer, at, 1.0);
    point(stage, connection, answer, at);
}

/// A tied bag with the fruit that are in it and their number.
fn sack(stage: &mut Stage, connection: &Connection, answer: &Answer, at: (f64, f64), grown: f64) {
    const SACK: &str = "M-11.4 -78C-10.4 -70 -54 -62 -52 -30C-51 -4 -42 0 -26 0H26C42 0 51 -4 52 -30C54 -62 10.4 -70 11.4 -78Z";
    let scale = stage.plan.sack * grown;
    stage.sketch.path_at(SACK, at, scale, Ink::Bag, None);
    let fruits = fruits(connection, answer);
    let half = (fruits.len() as f64 - 1.0) / 2.0;
    for (index, fruit) in fruits.iter().enumerate() {
        stage.sketch.shapes.push(Shape::Sprite {
            fruit: *fruit,
            x: at.0 + (index as f64 - half) * 27.0 * scale,
            y: at.1 - 43.0 * scale,
            size: 26.0 * scale,
            turn: turn_of(index as u64),
            character: None,
            opacity: 1.0,
        });
    }
    if grown > 0.9 {
        let number = words::number(answer.in_to.saturating_sub(answer.in_from));
        let room = 96.0 * scale;
        let size = fitting(&number, stage.size.band, room).max(stage.size.least);
        stage.sketch.text(
            text(number, (at.0, at.1 - 7.0 * scale), size)
                .bold()
                .middle()
                .within(room),
        );
    }
    stage.sketch.path_at(SACK, at, scale, None, BOLD);
    stage.sketch.path_at(
        "M-13 -73H13",
        at,
        scale,
        None,
        Some(line(Ink::Brown, 7.0 * scale)),
    );
}

/// The batches in an answer, at most three.
fn fruits(connection: &Connection, answer: &Answer) -> Vec<Fruit> {
    let mut fruits = Vec::with_capacity(3);
    let mut offset = answer.in_from;
    while offset < answer.in_to && fruits.len() < 3 {
        let Some(batch) = connection.batch_at(offset) else {
            break;
        };
        fruits.push(Fruit::of_batch(batch));
        match connection.batches().and_then(|ruler| ruler.cut_at(offset)) {
            Some(cut) if cut.to > offset => offset = cut.to,
            _ => break,
        }
    }
    if fruits.is_empty() {
        fruits.push(Fruit::Crate);
    }
    fruits
}

/// The stamp as a luggage tag, in front of the bag because its bytes go first; unfolded so far.
fn tag(stage: &mut Stage, server: &EndState, answer: &Answer, at: (f64, f64), unfolded: f64) {
    if unfolded <= 0.0 {
        return;
    }
    let words = server
        .stamp_text(answer)
        .unwrap_or_else(|| words::stamps(answer.stamp_bytes, answer.times, stage.frame.lang));
    let scale = stage.plan.sack;
    let size = (stage.size.title * 0.95).max(stage.size.least);
    // A letter of fixed pitch takes 0.61, a Chinese one the whole of its size.
    let em = |letter: char| if letter > '\u{2e80}' { 1.0 } else { 0.61 };
    let mono: f64 = words.chars().map(em).sum::<f64>() * size / scale;
    let length = (mono + 34.0).min(400.0);
    // Its paper hides what is behind it from the first moment on; its words come when there is room.
    let has_room = unfolded > 0.75;
    let length = length * unfolded;
    let (tip, left, right) = (-102.0 - length, -86.0 - length, -86.0);
    let sketch = &mut stage.sketch;
    sketch.path_at(
        trace("M# -54H#V-10H#L# -32Z", &[left, right, left, tip]),
        at,
        scale,
        Ink::Bag,
        THIN,
    );
    let hole = (at.0 + (left + 2.0) * scale, at.1 - 32.0 * scale);
    sketch.circle(hole, 4.5 * scale, Ink::Paper, THIN);
    sketch.path_at("M-86 -32C-64 -46 -40 -74 -8 -72", at, scale, None, THIN);
    if !has_room {
        return;
    }
    let middle = at.0 + (left + right + 10.0) / 2.0 * scale;
    sketch.text(
        text(words, (middle, at.1 - 32.0 * scale + size * 0.36), size)
            .bold()
            .mono()
            .middle()
            .within((length - 18.0) * scale),
    );
}

/// The tag once nobody reads it any more: a clock.
fn small_tag(stage: &mut Stage, (x, y): (f64, f64), strength: f64) {
    if strength <= 0.0 {
        return;
    }
    let scale = stage.plan.sack;
    let sketch = &mut stage.sketch;
    sketch.fade(strength);
    sketch.path_at("M10 -73Q24 -78 32 -66", (x, y), scale, None, THIN);
    sketch.path_at("M24 -66H62V-34H24Z", (x, y), scale, Ink::Bag, THIN);
    let clock = (x + 43.0 * scale, y - 50.0 * scale);
    sketch.circle(clock, 10.0 * scale, None, THIN);
    sketch.path_at("M0 -6V0H5", clock, scale, None, THIN);
    sketch.end_fade();
}
