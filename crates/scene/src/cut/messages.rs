//! The partition that the program makes for itself: messages. A bracket over the fruit of a whole
//! message until it is answered, and on its record the tears and links that the reads had left.

use model::{Connection, Cut};

use super::{Stage, pieces::Words};
use crate::{
    Ink, Row,
    sketch::{area, guessed_width, text, trace},
    words,
};

impl Stage<'_> {
    /// Whether what was read may lie in the program before it is answered.
    pub(super) fn collects(&self) -> bool {
        let policy = self.policy();
        policy.bag.is_some() || policy.framing.is_some()
    }

    /// The message that was answered by itself, if it was one.
    pub(super) fn message_of(&self, answered: &Cut) -> Option<&Cut> {
        let messages = &self.server()?.messages;
        messages
            .cut_at(answered.from)
            .filter(|cut| !cut.is_blurred() && (cut.from, cut.to) == (answered.from, answered.to))
    }
}

/// Brackets over what is whole and not answered.
pub(super) fn brackets(stage: &mut Stage) {
    let Some(server) = stage.server() else {
        return;
    };
    let layout = stage.layout;
    let top = layout.bag.top + 6.0 * layout.unit;
    let drop = 9.0 * layout.unit;
    let answered = stage.answered();
    for cut in server.messages.cuts_within(answered, stage.axis.to) {
        let Some((x, width)) = stage.axis.clip(cut.from, cut.to) else {
            continue;
        };
        let d = trace(
            "M# #V#H#V#",
            &[x + 1.0, top + drop, top, x + width - 1.0, top + drop],
        );
        let stroke = stage.pen(Ink::Ink, 4.0);
        stage.sketch.path(d, None, Some(stroke));
        let size = layout.sizes.record;
        let words = words::message_is(cut.ordinal, cut.bytes(), cut.times, stage.frame.lang);
        let wide = guessed_width(&words, size) + size * 1.2;
        let (middle, high) = (x + width / 2.0, size * 1.5);
        // A plate on the bracket: under it is fruit.
        stage.sketch.rect(
            area(middle - wide / 2.0, top - high * 0.3, wide, high),
            4.0,
            Ink::Paper,
            Some(stroke),
        );
        let y = top + high * 0.2 + size * 0.36;
        stage
            .sketch
            .text(text(words, (middle, y), size).bold().middle().within(wide));
    }
}

/// On the record of an answered message: where reads had cut it, whether it was glued, and that in
/// words, between the tears.
pub(super) fn marks(stage: &mut Stage, connection: &Connection, cut: &Cut, at: (f64, f64)) {
    let (top, height) = at;
    let (Some(server), Some((x, width))) = (stage.server(), stage.axis.clip(cut.from, cut.to))
    else {
        return;
    };
    let (reads, glued) = (connection.reads_of_message(cut), connection.is_glued(cut));
    let tears = match reads {
        Some(_) => stage.edges(&server.read, cut.from, cut.to),
        None => Vec::new(),
    };
    let lang = stage.frame.lang;
    let mut words = Words {
        count: words::number(cut.bytes()),
        rest: words::message_is(cut.ordinal, 0, 1, lang),
        mono: false,
    };
    let how = words::how_read(reads, glued, lang);
    let unit = stage.unit();
    let from = x + if glued == Some(true) { 8.0 * unit } else { 0.0 };
    let to = x + width;
    let first = tears.first().map_or(to, |&edge| stage.axis.x(edge));
    let last = tears.last().map_or(to, |&edge| stage.axis.x(edge));
    if tears.is_empty() && !how.is_empty() {
        words.rest = [&words.rest, " · ", &how].concat();
    }
    stage.capsule_words(area(from, top, first - from, height), &words);
    let size = stage.layout.sizes.record;
    let room = to - last - size;
    if room > guessed_width(&how, size) {
        let y = top + height / 2.0 + size * 0.36;
        let how = text(how, (last + size * 0.6, y), size).within(room);
        stage.sketch.text(how);
    }
    for edge in tears {
        let (step, side) = (height / 4.0, 4.0 * unit);
        let d = trace(
            "M0 0l# #l# #l# #l# #",
            &[side, step, -2.0 * side, step, 2.0 * side, step, -side, step],
        );
        let place = (stage.axis.x(edge), top);
        let (halo, pen) = (stage.pen(Ink::Bag, 6.0), stage.pen(Ink::Ink, 2.5));
        stage
            .sketch
            .path_at(d.clone(), place, 1.0, None, Some(halo));
        stage.sketch.path_at(d, place, 1.0, None, Some(pen));
        stage.edge_hit(Row::Message, edge, (top, height));
    }
    if glued == Some(true) {
        let place = (x, top + height / 2.0);
        let pen = stage.pen(Ink::Ink, 2.5);
        let d = "M-10 -5H10A5 5 0 0 1 10 5H-10A5 5 0 0 1 -10 -5Z";
        stage.sketch.path_at(d, place, unit, Ink::Paper, Some(pen));
        stage
            .sketch
            .path_at("M-7 0H7", place, unit, None, Some(pen));
    }
}
