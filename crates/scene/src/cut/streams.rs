//! The words on top: the moment as a sentence, the stream as text, and where the sends cut it.

use model::Cut;

use super::{
    Stage,
    pieces::{Words, fruit_of},
};
use crate::{
    Ink, Row, Target,
    heap::glyph,
    sketch::{area, run, runs, text, trace},
    words::{self, Label},
};

/// The moment in plain words; always at full strength.
pub(super) fn sentence(stage: &mut Stage) {
    if let Some((_, moment)) = stage.frame.state.lost {
        // It is said for a while only.
        let _ = stage.motion.is_within(moment, words::LOSS_MS);
    }
    let layout = stage.layout;
    let size = layout.sizes.sentence;
    let caption = words::caption(stage.frame);
    // One line on a wall, two on a phone.
    let lines: Vec<Vec<words::Span>> = if layout.is_upright() {
        let half = caption.len().div_ceil(2).max(1);
        caption.chunks(half).map(<[_]>::concat).collect()
    } else {
        vec![caption.concat()]
    };
    let starts: Vec<usize> = caption.iter().map(Vec::len).collect();
    let mut count = 0;
    let mut next_start = starts.iter();
    let mut until = 0;
    for (index, spans) in lines.iter().enumerate() {
        let mut pieces = Vec::with_capacity(spans.len());
        for span in spans {
            // A space where a line of the caption ended; Chinese needs none.
            let begins = count == until;
            if begins {
                until += next_start.next().copied().unwrap_or(usize::MAX / 2);
            }
            count += 1;
            let gap = match stage.frame.lang {
                crate::Lang::En if begins && !pieces.is_empty() => size * 0.3,
                _ => 0.0,
            };
            let piece = run(span.text.clone(), size).after(gap);
            let piece = if span.bold { piece.bold() } else { piece };
            pieces.push(if span.mono { piece.mono() } else { piece });
        }
        let spacing = size * 1.3;
        let y = layout.sentence.middle() + size * 0.36 - spacing * (lines.len() as f64 - 1.0) / 2.0
            + spacing * index as f64;
        let room = layout.width - 2.0 * layout.gutter;
        stage.sketch.line(runs(pieces, (layout.gutter, y), room));
    }
}

pub(super) fn draw(stage: &mut Stage) {
    spine(stage);
    sends(stage);
}

/// The stream itself, a character a byte; of a long one the offsets.
fn spine(stage: &mut Stage) {
    let layout = stage.layout;
    let axis = stage.axis;
    let band = layout.stream;
    let sizes = layout.sizes;
    let title = if axis.grain().is_fruit() {
        stage.label(Label::Stream).to_string()
    } else {
        words::crate_is(axis.grain(), stage.frame.lang)
    };
    let y = band.middle() + sizes.label * 0.3;
    stage.sketch.text(
        text(title, (layout.gutter, y), sizes.label)
            .bold()
            .within(layout.left - layout.gutter * 1.5),
    );
    ticks(stage);
    let view = axis.view;
    if view.first > 0 {
        // What is no longer in view.
        let words = words::before(view.first, stage.frame.lang);
        stage.sketch.text(
            text(
                words,
                (
                    layout.left - sizes.small * 0.6,
                    layout.sends.middle() + sizes.small * 0.3,
                ),
                sizes.small,
            )
            .quiet()
            .end()
            .within(layout.left - layout.gutter),
        );
    }
    if !has_characters(stage) {
        return;
    }
    let Some(connection) = stage.connection else {
        return;
    };
    let pitch = axis.width(1);
    let size = (pitch * 1.6)
        .max(sizes.character)
        .min(sizes.character * 1.25);
    for offset in axis.units(view.first, stage.end().min(view.end())) {
        let Some(glyph) = connection.byte_at(offset).and_then(glyph) else {
            continue;
        };
        let x = axis.x(offset) + pitch / 2.0;
        let mark = text(glyph, (x, y), size).mono().middle();
        let is_plain = glyph.is_ascii_graphic();
        stage
            .sketch
            .text(if is_plain { mark } else { mark.quiet() });
    }
}

/// Whether a character fits on each byte.
fn has_characters(stage: &Stage) -> bool {
    stage.axis.grain().is_fruit() && stage.axis.width(1) > stage.layout.sizes.character * 0.6
}

/// The largest 1, 2 or 5 with zeros of which at least eight are in view.
fn nice_step(span: u64) -> u64 {
    let most = (span / 8).max(1);
    let ten = 10_u64.saturating_pow(most.ilog10());
    match most / ten {
        5.. => ten * 5,
        2..5 => ten * 2,
        _ => ten,
    }
}

/// Round offsets; numbers where no characters stand.
fn ticks(stage: &mut Stage) {
    let layout = stage.layout;
    let axis = stage.axis;
    let view = axis.view;
    let step = nice_step(view.span);
    let base = layout.stream.bottom();
    let mut d = String::new();
    let mut offset = view.first.div_ceil(step).saturating_mul(step);
    while offset <= view.end() {
        let x = axis.x(offset);
        if x > axis.left - 1.0 && x < axis.right + 1.0 {
            d += &trace("M# #V#", &[x, base - 7.0 * layout.heavy.min(1.0), base]);
            let numbered = !has_characters(stage) && (offset / step).is_multiple_of(2);
            if numbered {
                let sizes = layout.sizes;
                let label = text(
                    words::number(offset),
                    (x, base - sizes.small * 0.6),
                    sizes.small,
                )
                .quiet()
                .middle();
                stage.sketch.text(label);
            }
        }
        let Some(next) = offset.checked_add(step) else {
            break;
        };
        offset = next;
    }
    if !d.is_empty() {
        let stroke = stage.pen(Ink::Ink2, 1.5);
        stage.sketch.path(d, None, Some(stroke));
    }
}

/// The first partition: by the client's sends. Of somebody else's nobody tells.
fn sends(stage: &mut Stage) {
    let layout = stage.layout;
    let (top, height) = (layout.sends.top + 1.0, layout.sends.height - 4.0);
    let Some(connection) = stage.connection else {
        return;
    };
    let Some(client) = &connection.client else {
        let stroke = stage.dashes(Ink::Ink2, 2.0, 2.0, 8.0);
        let at = area(
            layout.left + 2.0,
            top,
            layout.right - layout.left - 4.0,
            height,
        );
        stage.sketch.rect(at, 6.0, None, Some(stroke));
        let words = words::unknown_row(0, stage.frame.lang);
        let sizes = layout.sizes;
        stage.sketch.text(
            text(
                words,
                (
                    at.x + sizes.record * 0.7,
                    at.y + at.h / 2.0 + sizes.record * 0.36,
                ),
                sizes.record,
            )
            .quiet()
            .within(at.w - sizes.record * 1.4),
        );
        return;
    };
    let lost = stage.is_torn().then(|| stage.arrived());
    for cut in client.wrote.cuts_within(stage.axis.from, stage.axis.to) {
        let never = lost.is_some_and(|arrived| cut.to > arrived);
        let stroke = if never {
            stage.dashes(Ink::Ink, 2.0, 8.0, 6.0)
        } else {
            stage.pen(Ink::Ink, 2.0)
        };
        let words = send_words(stage, cut);
        let fill = Ink::Tint(fruit_of(cut));
        if let Some(at) = record(stage, (cut, 0.0), (top, height), fill, stroke, &words) {
            let target = Target::Bytes {
                conn: connection.conn,
                from: cut.from,
                to: cut.to,
            };
            stage.sketch.hit(at, target);
        }
        stage.edge_hit(Row::Sent, cut.to, (top, height));
    }
}

fn send_words(stage: &Stage, cut: &Cut) -> Words {
    Words {
        count: words::number(cut.bytes()),
        rest: words::send_is(cut.ordinal, cut.times, stage.frame.lang),
        mono: false,
    }
}

/// How long a record's capsule is wiped in, ms.
const WIPE_MS: f64 = 140.0;

/// A capsule that is wiped in, so many ms after its record is shown; what nobody saw is hatched.
pub(super) fn record(
    stage: &mut Stage,
    (cut, delay): (&Cut, f64),
    (top, height): (f64, f64),
    fill: Ink,
    stroke: crate::Stroke,
    words: &Words,
) -> Option<crate::sketch::Area> {
    let (x, width) = stage.axis.clip(cut.from, cut.to)?;
    let whole = area(x, top, width, height);
    if cut.is_unseen() {
        let at = area(x + 1.5, top, width - 3.0, height);
        stage.sketch.rect(at, 6.0, Ink::Paper, None);
        let hatch = stage.pen(Ink::Hair, 4.0);
        stage.sketch.hatch(at, 14.0, hatch);
        let rim = stage.dashes(Ink::Bad, 2.5, 10.0, 6.0);
        stage.sketch.rect(at, 6.0, None, Some(rim));
        let sizes = stage.layout.sizes;
        let words = words::not_seen(cut.bytes(), stage.frame.lang);
        let wide = crate::sketch::guessed_width(&words, sizes.record) + 16.0;
        if wide < at.w {
            let middle = at.x + at.w / 2.0;
            stage.sketch.rect(
                area(middle - wide / 2.0, top + 3.0, wide, height - 6.0),
                4.0,
                Ink::Paper,
                None,
            );
            stage.sketch.text(
                text(
                    words,
                    (middle, top + height / 2.0 + sizes.record * 0.36),
                    sizes.record,
                )
                .bold()
                .middle()
                .within(wide),
            );
        }
        return Some(whole);
    }
    let p = stage.motion.progress(cut.moment, delay, WIPE_MS);
    if p <= 0.0 {
        return None;
    }
    if p >= 1.0 {
        stage.capsule((cut.from, cut.to), (top, height), fill, stroke, words);
        return Some(whole);
    }
    let at = area(x + 1.5, top, (width - 3.0) * p, height);
    if at.w > 2.0 {
        stage
            .sketch
            .rect(at, 6.0_f64.min(at.w / 2.0), fill, Some(stroke));
    }
    Some(whole)
}
