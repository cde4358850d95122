//! The way back has an axis of its own: the bytes of an answer are offsets of the other direction,
//! first the stamp, then the data. They ride out as a box that is cut to that scale, its first
//! byte in front.

use model::{Answer, Connection, EndState};
use protocol::Source;

use super::{Stage, belts, layout::Layout};
use crate::{
    Ink, Target,
    motion::{cubic_in, lerp},
    sketch::{area, guessed_width, run, runs, text, trace},
    words::{self, Label},
};

/// The ride to the client, the stamp's stroke, and the way onto the belt, ms.
const RIDE_MS: f64 = 1400.0;
const STAMP_MS: f64 = 90.0;
const STAMP_AFTER_MS: f64 = 300.0;
/// So many of the last answers are drawn.
const DRAWN_MAX: usize = 3;

pub(super) fn belt_top(layout: &Layout) -> f64 {
    layout.back.bottom() - layout.belt * 0.9 - 3.0
}

/// Where things stand on the way back.
struct Places {
    /// The table on which answers are packed.
    table: f64,
    buffer: f64,
    buffer_width: f64,
    belt: f64,
    end: f64,
    /// Width of a box.
    room: f64,
}

fn places(layout: &Layout) -> Places {
    let wide = layout.wall - layout.left;
    Places {
        table: layout.left,
        buffer: layout.left + wide * 0.235,
        buffer_width: wide * if layout.is_upright() { 0.3 } else { 0.15 },
        belt: layout.left + wide * 0.22,
        end: layout.wall,
        room: wide * 0.2,
    }
}

pub(super) fn draw(stage: &mut Stage) {
    let layout = stage.layout;
    let places = places(&layout);
    belt(stage, &places);
    let mut some = false;
    let packing = stage
        .server()
        .is_some_and(|end| end.composed_bytes() > 0 && !end.answers.is_empty());
    if !packing {
        let x = places.table + places.room - 22.0 * layout.unit;
        press(stage, x, belt_top(&layout));
    }
    if let (Some(connection), Some(server)) = (stage.connection, stage.server()) {
        let skip = server.answers.len().saturating_sub(DRAWN_MAX);
        for answer in server.answers.iter().skip(skip) {
            some |= parcel(stage, connection, server, answer, &places);
        }
    }
    send_buffer(stage, &places);
    if !some {
        let sizes = layout.sizes;
        let none = stage.server().is_none_or(|end| end.answers.is_empty());
        if none {
            let words = stage.label(Label::NoAnswer);
            let x = places.buffer + places.buffer_width + sizes.label * 1.5;
            stage.sketch.text(
                text(
                    words,
                    (x, belt_top(&layout) - sizes.label * 0.6),
                    sizes.label,
                )
                .quiet()
                .within(layout.wall - x - 8.0),
            );
        }
    }
}

fn belt(stage: &mut Stage, places: &Places) {
    let layout = stage.layout;
    let (top, height) = (belt_top(&layout), layout.belt * 0.8);
    let pen = stage.pen(Ink::Ink, 2.0);
    let from = places.belt;
    let at = area(from, top, places.end - from, height);
    let moved = travel(stage, places);
    belts::belt(stage, at, "M-5 -7L5 0L-5 7", moved);
    // The table stands before it: no belt there, nothing has been sent.
    let wood = Ink::Wood;
    stage.sketch.rect(
        area(
            places.table - 8.0,
            top,
            from - places.table - 4.0,
            height * 0.6,
        ),
        0.0,
        wood,
        Some(pen),
    );
    if stage.is_torn() {
        belts::tear(stage, (from + places.end) * 0.55, top, height);
    }
}

/// How far the belt has moved with the last answer.
fn travel(stage: &Stage, places: &Places) -> f64 {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return 0.0;
    };
    let last = server.answers.back().filter(|_| !stage.is_torn());
    last.and_then(|answer| place(stage, connection, server, answer, places, places.room))
        .map_or(0.0, |x| x - places.table)
}

/// The scale of this axis: all of an answer is one box.
fn byte(answer: &Answer, places: &Places) -> f64 {
    let bytes = answer.out_to().saturating_sub(answer.out_from).max(1);
    (places.room / bytes as f64).min(10.0)
}

/// Where the left end of an answer's box is; None: it is with the client.
fn place(
    stage: &Stage,
    connection: &Connection,
    server: &EndState,
    answer: &Answer,
    places: &Places,
    width: f64,
) -> Option<f64> {
    if server.wrote.total.bytes < answer.out_to() {
        return Some(places.table);
    }
    let last = answer.out_to().saturating_sub(1);
    let sent = server.wrote.cut_at(last).map(|cut| cut.moment);
    let ridden = sent.map_or(1.0, |moment| {
        let p = stage.motion.progress(moment, 0.0, RIDE_MS);
        if stage.motion.is_reduced() && p < 1.0 {
            let half = stage.motion.elapsed(moment) < RIDE_MS / 2.0;
            if half { 0.3 } else { 0.7 }
        } else {
            p
        }
    });
    // Only our own client tells that it has it; any other's box goes in at the hatch.
    let there = match &connection.client {
        Some(client) => [&client.arrived, &client.read]
            .into_iter()
            .any(|ruler| ruler.total.bytes >= answer.out_to()),
        None => ridden >= 1.0,
    };
    if there && ridden >= 1.0 {
        return None;
    }
    let mut x = lerp(places.table, places.end - width - 12.0, ridden);
    let unsent = server.queues.and_then(|(queues, _)| queues.unsent);
    if unsent.is_some_and(|unsent| unsent > 0) {
        x = x.min(places.buffer + 8.0);
    }
    Some(x)
}

/// The box: data, and the stamp in front. Whether it is still to be seen.
fn parcel(
    stage: &mut Stage,
    connection: &Connection,
    server: &EndState,
    answer: &Answer,
    places: &Places,
) -> bool {
    let layout = stage.layout;
    let sizes = layout.sizes;
    if stage.is_torn() {
        return false;
    }
    let byte = byte(answer, places);
    let bytes = answer.out_to().saturating_sub(answer.out_from);
    let data = answer.in_to.saturating_sub(answer.in_from);
    let width = (bytes as f64 * byte).min(places.room);
    let Some(x) = place(stage, connection, server, answer, places, width) else {
        return false;
    };
    let packed = stage.motion.progress(answer.moment, 0.0, STAMP_AFTER_MS);
    if packed < 1.0 {
        // Its fruit are still on their way down.
        return true;
    }
    let height = layout.capsule;
    let top = belt_top(&layout) - height - 1.0;
    let stamp_width = (answer.stamp_bytes as f64 * byte).min(width);
    let data_width = width - stamp_width;
    let pen = stage.pen(Ink::Ink, 2.0);
    stage
        .sketch
        .rect(area(x, top, data_width, height), 0.0, Ink::Bag, None);
    stripes(stage, answer, (x + data_width, byte), (top, height));
    let words = words::number(data);
    if guessed_width(&words, sizes.count) < data_width {
        stage.sketch.text(
            text(
                words,
                (
                    x + data_width / 2.0,
                    top + height / 2.0 + sizes.count * 0.36,
                ),
                sizes.count,
            )
            .bold()
            .middle()
            .within(data_width),
        );
    }
    let stamped = stage
        .motion
        .progress(answer.moment, STAMP_AFTER_MS, STAMP_MS);
    let lift = layout.capsule * 0.5 * (1.0 - cubic_in(stamped));
    let stamp = area(x + data_width, top, stamp_width, height);
    stage.sketch.rect(stamp, 0.0, Ink::Bag, Some(pen));
    let words = words::number(answer.stamp_bytes);
    if stamped > 0.0 && guessed_width(&words, sizes.record) < stamp_width {
        stage.sketch.text(
            text(
                words,
                (
                    stamp.x + stamp_width / 2.0,
                    top + height / 2.0 + sizes.record * 0.36,
                ),
                sizes.record,
            )
            .bold()
            .middle()
            .within(stamp_width),
        );
    }
    stage
        .sketch
        .rect(area(x, top, width, height), 2.0, None, Some(pen));
    stage.sketch.hit(
        area(x, top, width, height),
        Target::Answer {
            conn: connection.conn,
            from: answer.out_from,
            to: answer.out_to(),
        },
    );
    let on_table = x <= places.table;
    if on_table {
        press(stage, stamp.x + stamp_width / 2.0, top - lift);
    } else if x > places.buffer + places.buffer_width + 34.0 * layout.unit {
        offsets(stage, answer, (x, data_width, width), top);
        sum(stage, server, answer, x + width, (top, height));
    }
    true
}

/// The tints of the bytes answered, on this axis: the first byte is in front, at the right.
fn stripes(
    stage: &mut Stage,
    answer: &Answer,
    (right, byte): (f64, f64),
    (top, height): (f64, f64),
) {
    let Some(batches) = stage.connection.and_then(Connection::batches) else {
        return;
    };
    for cut in batches.cuts_within(answer.in_from, answer.in_to) {
        let (from, to) = (cut.from.max(answer.in_from), cut.to.min(answer.in_to));
        let width = (to - from) as f64 * byte;
        let x = right - (to - answer.in_from) as f64 * byte;
        let ink = Ink::Tint(super::pieces::fruit_of(cut));
        stage
            .sketch
            .rect(area(x, top, width, height), 0.0, ink, None);
    }
}

/// The stamp, standing at that height.
fn press(stage: &mut Stage, x: f64, y: f64) {
    let unit = stage.unit();
    let pen = stage.pen(Ink::Ink, 2.0 * unit.sqrt());
    stage.sketch.path_at(
        "M-17 0V-8H17V0ZM-5 -8V-17C-14 -32 14 -32 5 -17V-8Z",
        (x, y),
        unit,
        Ink::Coat,
        Some(pen),
    );
}

/// The three edges of the box, in offsets of this direction.
fn offsets(stage: &mut Stage, answer: &Answer, (x, data, width): (f64, f64, f64), top: f64) {
    let size = stage.layout.sizes.small;
    let y = top - size * 0.3;
    let stamp_end = answer.out_from.saturating_add(answer.stamp_bytes);
    let labels = [
        (x, answer.out_to()),
        (x + data, stamp_end),
        (x + width, answer.out_from),
    ];
    let mut last = f64::MIN;
    for (x, offset) in labels {
        let words = words::number(offset);
        let wide = guessed_width(&words, size);
        if x - wide / 2.0 > last {
            stage
                .sketch
                .text(text(words, (x, y), size).quiet().middle());
            last = x + wide / 2.0 + size * 0.4;
        }
    }
}

/// Beside the box: the sum, and the stamp as it was written.
fn sum(stage: &mut Stage, server: &EndState, answer: &Answer, x: f64, (top, height): (f64, f64)) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let total = answer.out_to().saturating_sub(answer.out_from);
    let data = answer.in_to.saturating_sub(answer.in_from);
    let rest = words::stamp_and_data(answer.stamp_bytes, data, stage.frame.lang);
    let size = sizes.label;
    let wide = guessed_width(&words::number(total), sizes.count) + guessed_width(&rest, size);
    let left = x + size * 0.8;
    let room = layout.wall - left - size * 0.5;
    if room < wide {
        return;
    }
    let mut pieces = vec![
        run(words::number(total), sizes.count).bold(),
        run(rest, size).quiet().after(size * 0.4),
    ];
    if let Some(stamp) = server.stamp_text(answer)
        && room > wide + guessed_width(&stamp, size) * 1.2
    {
        pieces.push(run(stamp, size).mono().after(size));
    }
    let y = top + height / 2.0 + sizes.count * 0.36;
    stage.sketch.line(runs(pieces, (left, y), room));
}

/// The tunnel through which answers leave; over the belt, so that they can be seen in it.
fn send_buffer(stage: &mut Stage, places: &Places) {
    let layout = stage.layout;
    let sizes = layout.sizes;
    let (x, width) = (places.buffer, places.buffer_width);
    let (top, bottom) = (layout.back.top + 5.0, belt_top(&layout));
    let glass = stage.pen(Ink::Glass, 3.5);
    let d = trace("M# #V#H#V#", &[x, bottom, top, x + width, bottom]);
    stage.sketch.fade(0.88);
    stage.sketch.path(d.clone(), Ink::Well, None);
    stage.sketch.end_fade();
    stage.sketch.path(d, None, Some(glass));
    let known = stage
        .server()
        .map(|server| server.queues.and_then(|(queues, _)| queues.unsent));
    let title = stage.label(Label::SendBuffer);
    let y = f64::midpoint(top, bottom) + sizes.label * 0.36;
    let mut pieces = vec![run(title, sizes.record)];
    if let Some(unsent) = known {
        let (value, source) = match unsent {
            Some(unsent) => (words::number(unsent), Source::Measured),
            None => ("–".to_string(), Source::Unavailable),
        };
        pieces.push(run(value, sizes.count).bold().after(sizes.record * 0.5));
        let r = sizes.label * 0.22;
        stage
            .sketch
            .mark(source, (x + width - r * 2.4, top + r * 2.4), r);
    }
    let line = runs(pieces, (x + width / 2.0, y), width - sizes.label).middle();
    stage.sketch.line(line);
}
