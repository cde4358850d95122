//! The answers on their way back: a tag, which is the stamp, and a tied bag, which is the bytes as
//! they came. Tied when answered, riding when send has taken them, at the stall's foot at last.

use model::{Answer, Connection, EndState};

use super::{OUT_Y, Stage, bag, client, size, worker};
use crate::{
    Fruit, Ink, Shape, Target,
    heap::turn_of,
    motion::{cubic_in, ease, lerp},
    sketch::{BOLD, THIN, area, line, text},
    words,
};

/// From the knot to the client's foot.
const START: f64 = 1650.0;
const FOOT: f64 = 132.0;
/// In front of the stall, and in the middle of the tunnel.
const STALL: f64 = 330.0;
const TUNNEL: f64 = 960.0;
const RIDE_MS: f64 = 1400.0;
/// From the belt's end to the foot, once the client's kernel has it.
const HAND_MS: f64 = 250.0;
/// The spacing of the lower belt's chevrons divides the way.
pub(super) const CHEVRONS: f64 = (START - FOOT) / 7.0;

/// The neck closes, the tag drops, it is set on the belt: ms.
const TIE_MS: f64 = 200.0;
const TAG_MS: f64 = 160.0;
const PUT_MS: f64 = 400.0;

/// So many of the last answers are drawn.
const DRAWN_MAX: usize = 4;

/// Where an answer is on the lower belt; None while send has not taken its last byte.
///
/// That it reached the client is known only of our own client; there it waits at the stall until
/// the client's kernel has it. With any other it is carried to the foot.
fn place(
    stage: &Stage,
    connection: &Connection,
    server: &EndState,
    answer: &Answer,
) -> Option<f64> {
    if server.wrote.total.bytes < answer.out_to() {
        return None;
    }
    let last = answer.out_to().saturating_sub(1);
    let sent = server.wrote.cut_at(last).map(|cut| cut.moment);
    let stop = if connection.client.is_some() {
        STALL
    } else {
        FOOT
    };
    let ridden = sent.map_or(1.0, |moment| {
        let p = stage.motion.progress(moment, 0.0, RIDE_MS);
        if stage.motion.is_reduced() && p < 1.0 {
            // Stops: in the tunnel, in the network.
            let half = stage.motion.elapsed(moment) < RIDE_MS / 2.0;
            if half { 0.5 } else { 0.74 }
        } else {
            p
        }
    });
    let mut x = lerp(START, stop, ridden);
    // What the kernel says it has not sent cannot have left the tunnel.
    let unsent = server.queues.and_then(|(queues, _)| queues.unsent);
    if unsent.is_some_and(|unsent| unsent > 0) {
        x = x.max(TUNNEL);
    }
    if let Some(client) = &connection.client {
        let there = [&client.arrived, &client.read]
            .into_iter()
            .find(|ruler| ruler.total.bytes >= answer.out_to());
        if let Some(ruler) = there {
            let arrived = ruler.cut_at(last).map(|cut| cut.moment);
            let p = arrived.map_or(1.0, |moment| stage.motion.progress(moment, 0.0, HAND_MS));
            x = lerp(x, FOOT, p);
        }
    }
    Some(x)
}

/// How far the lower belt has moved, for its chevrons.
pub(super) fn travel(stage: &Stage) -> f64 {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return 0.0;
    };
    if is_torn(stage) {
        return 0.0;
    }
    server
        .answers
        .back()
        .and_then(|answer| place(stage, connection, server, answer))
        .map_or(0.0, |x| START - x)
}

fn is_torn(stage: &Stage) -> bool {
    stage
        .connection
        .is_some_and(|connection| connection.reset().is_some())
}

pub(super) fn draw(stage: &mut Stage) {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return;
    };
    let skip = server.answers.len().saturating_sub(DRAWN_MAX);
    let mut at_foot = None;
    let mut behind = 0;
    for answer in server.answers.iter().skip(skip) {
        match place(stage, connection, server, answer) {
            Some(x) if x <= FOOT + 0.5 => {
                at_foot = Some(answer);
                behind = 0;
                continue;
            }
            Some(x) if !is_torn(stage) => ride(stage, connection, server, answer, x),
            None if !is_torn(stage) => tie(stage, connection, server, answer),
            _ => {}
        }
        behind += u64::from(answer.times);
    }
    if let Some(answer) = at_foot {
        small_tag(stage, (FOOT, OUT_Y), 1.0);
        sack(stage, connection, answer, (FOOT, OUT_Y), 1.0);
        let words = words::times(server.answered.total.times.saturating_sub(behind));
        stage.sketch.text(
            text(words, (196.0, 608.0), size::SMALL)
                .quiet()
                .within(36.0),
        );
        stage.sketch.hit(
            area(FOOT - 54.0, OUT_Y - 80.0, 108.0, 80.0),
            Target::Record(answer.moment.seq),
        );
    }
    client::received(stage, connection);
}

/// Neck, tag, and onto the belt. It waits there until send takes it.
fn tie(stage: &mut Stage, connection: &Connection, server: &EndState, answer: &Answer) {
    let motion = &stage.motion;
    let neck = motion.progress(answer.moment, 0.0, TIE_MS);
    let tag_drop = motion.progress(answer.moment, TIE_MS, TAG_MS);
    let put = ease(motion.progress(answer.moment, TIE_MS + TAG_MS, PUT_MS));
    let from_tray = connection.policy.bag.is_none();
    let knot = if from_tray {
        (1804.0, 519.0)
    } else {
        bag::KNOT
    };
    let at = (lerp(knot.0, START, put), lerp(knot.1, OUT_Y, put));
    let bytes = answer.in_to.saturating_sub(answer.in_from);
    if from_tray && bytes <= 100 && neck < 1.0 && !motion.is_reduced() {
        for index in 0..bytes {
            let offset = answer.in_from + index;
            let mut spot = worker::tray_spot(stage, answer.in_from, answer.in_to, offset);
            let p = cubic_in(neck);
            spot.x = lerp(spot.x, knot.0, p);
            spot.y = lerp(spot.y, knot.1 - 30.0, p);
            spot.size = lerp(spot.size, 6.0, p);
            stage.unit(crate::heap::Grain::Fruit, offset, spot);
        }
    }
    // Small while it is tied on; to be read once it lies on the belt.
    if tag_drop > 0.0 {
        let lift = 46.0 * (1.0 - cubic_in(tag_drop));
        small_tag(stage, (at.0, at.1 - lift), tag_drop * (1.0 - put));
        tag(stage, server, answer, at, put);
    }
    sack(stage, connection, answer, at, lerp(0.3, 1.0, neck));
}

/// On the belt, through the tunnel, to the client. The tag folds up before the stall.
fn ride(stage: &mut Stage, connection: &Connection, server: &EndState, answer: &Answer, x: f64) {
    let strength = ((x - STALL) / 140.0).clamp(0.0, 1.0);
    tag(stage, server, answer, (x, OUT_Y), strength);
    small_tag(stage, (x, OUT_Y), 1.0 - strength);
    sack(stage, connection, answer, (x, OUT_Y), 1.0);
    stage.sketch.hit(
        area(x - 54.0, OUT_Y - 80.0, 108.0, 80.0),
        Target::Record(answer.moment.seq),
    );
}

/// A tied bag with the fruit that are in it and their number.
fn sack(stage: &mut Stage, connection: &Connection, answer: &Answer, at: (f64, f64), scale: f64) {
    const SACK: &str = "M-11.4 -78C-10.4 -70 -54 -62 -52 -30C-51 -4 -42 0 -26 0H26C42 0 51 -4 52 -30C54 -62 10.4 -70 11.4 -78Z";
    stage.sketch.path_at(SACK, at, scale, Ink::Bag, None);
    let fruits = fruits(connection, answer);
    let half = (fruits.len() as f64 - 1.0) / 2.0;
    for (index, fruit) in fruits.iter().enumerate() {
        stage.sketch.shapes.push(Shape::Sprite {
            fruit: *fruit,
            x: at.0 + (index as f64 - half) * 27.0 * scale,
            y: at.1 - 41.0 * scale,
            size: 26.0 * scale,
            turn: turn_of(index as u64),
            character: None,
            opacity: 1.0,
        });
    }
    if scale > 0.9 {
        stage.sketch.text(
            text(
                words::number(answer.in_to.saturating_sub(answer.in_from)),
                (at.0, at.1 - 8.0),
                21.0,
            )
            .bold()
            .middle()
            .within(80.0),
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

/// The stamp as a luggage tag, in front of the bag because its bytes go first.
fn tag(stage: &mut Stage, server: &EndState, answer: &Answer, at: (f64, f64), strength: f64) {
    if strength <= 0.0 {
        return;
    }
    let words = stamp(server, answer)
        .unwrap_or_else(|| words::stamps(answer.stamp_bytes, answer.times, stage.frame.lang));
    let sketch = &mut stage.sketch;
    let faint = strength < 1.0;
    if faint {
        sketch.fade(strength);
    }
    sketch.path_at("M-370 -54H-86V-10H-370L-386 -32Z", at, 1.0, Ink::Bag, THIN);
    sketch.circle((at.0 - 368.0, at.1 - 32.0), 4.5, Ink::Paper, THIN);
    sketch.path_at("M-86 -32C-64 -46 -40 -74 -8 -72", at, 1.0, None, THIN);
    sketch.text(
        text(words, (at.0 - 224.0, at.1 - 24.0), size::TITLE)
            .bold()
            .mono()
            .middle()
            .within(268.0),
    );
    if faint {
        sketch.end_fade();
    }
}

/// The tag once nobody reads it any more: a clock.
fn small_tag(stage: &mut Stage, (x, y): (f64, f64), strength: f64) {
    if strength <= 0.0 {
        return;
    }
    let sketch = &mut stage.sketch;
    sketch.fade(strength);
    sketch.path_at("M10 -73Q24 -78 32 -66", (x, y), 1.0, None, THIN);
    sketch.rect(area(x + 24.0, y - 66.0, 38.0, 32.0), 0.0, Ink::Bag, THIN);
    sketch.circle((x + 43.0, y - 50.0), 10.0, None, THIN);
    sketch.path_at("M0 -6V0H5", (x + 43.0, y - 50.0), 1.0, None, THIN);
    sketch.end_fade();
}

/// The stamp as it was written, if the preview of the send shows all of it.
fn stamp(server: &EndState, answer: &Answer) -> Option<String> {
    if answer.times != 1 || answer.stamp_bytes == 0 || answer.stamp_bytes > 40 {
        return None;
    }
    let text: Option<String> = (answer.out_from
        ..answer.out_from.saturating_add(answer.stamp_bytes))
        .map(|offset| {
            server
                .wrote
                .byte_at(offset)
                .filter(|byte| (0x20..0x7f).contains(byte))
                .map(char::from)
        })
        .collect();
    text.map(|text| text.trim().to_string())
}
