//! A stretch of bytes: where they are now, which sends, arrivals, reads and bags they belong to,
//! and what they say.

use std::collections::BTreeMap;

use model::{Connection, Cut, EndState, Ruler};
use protocol::Source;

use super::{Glyph, Inspection, Part, Why, glyph};
use crate::{
    Lang, Row,
    words::{self, Label, Piece},
};

/// Bytes on their way to the server's program.
pub(super) fn incoming(connection: &Connection, from: u64, to: u64, lang: Lang) -> Inspection {
    let range = (from, to.max(from));
    let mut found = Inspection {
        title: words::bytes_of(connection.conn, range, lang),
        ..Inspection::default()
    };
    let now = words::where_now(places(connection, range), lang);
    if !now.is_empty() {
        found.tell(Label::Now.text(lang), now, Source::Derived);
    }
    for &row in Row::of(Some(connection)) {
        let label = words::row_label(row, connection.policy.bag.is_some());
        match row.ruler(connection) {
            Some(ruler) => {
                let pieces = pieces(connection, row, ruler, range, lang);
                let source = how_known(ruler, row == Row::Arrived, range);
                found.tell(label.text(lang), pieces, source);
            }
            None => found.tell(
                label.text(lang),
                words::unknown_row(row as usize, lang),
                Source::Unavailable,
            ),
        }
    }
    let known = |offset| incoming_byte(connection, offset);
    found.text = glyph::glyphs(&known, range.0, range.1, Inspection::BYTES_MAX);
    mark_cuts(&mut found.text, connection);
    tell_cut_characters(&mut found, connection, lang);
    tell_rest(&mut found, range, lang);
    found
}

/// Bytes on their way to the client: stamps, and bytes that came in.
pub(super) fn outgoing(connection: &Connection, from: u64, to: u64, lang: Lang) -> Inspection {
    let range @ (from, to) = (from, to.max(from));
    let mut found = Inspection {
        title: words::answer_bytes_of(connection.conn, range, lang),
        ..Inspection::default()
    };
    let Some(server) = &connection.server else {
        return found;
    };
    let answers: Vec<String> = server
        .answers
        .iter()
        .filter(|answer| answer.out_from < to && answer.out_to() > from)
        .map(|answer| words::answer(answer, lang))
        .collect();
    if !answers.is_empty() {
        found.tell(
            Label::AnsweredRow.text(lang),
            words::listed(&answers, Inspection::PIECES_MAX, lang),
            Source::Measured,
        );
    }
    let say = |piece| move |cut: &Cut| words::piece(piece, cut, lang);
    found.tell(
        Label::Sent.text(lang),
        list(&server.wrote, range, say(Piece::Write), lang),
        how_known(&server.wrote, false, range),
    );
    match &connection.client {
        Some(client) => found.tell(
            Label::Received.text(lang),
            list(&client.read, range, say(Piece::Read), lang),
            how_known(&client.read, false, range),
        ),
        None => found.tell(
            Label::Received.text(lang),
            Label::NobodyTells.text(lang),
            Source::Unavailable,
        ),
    }
    let known = |offset| outgoing_byte(connection, offset);
    found.text = glyph::glyphs(&known, from, to, Inspection::BYTES_MAX);
    tell_rest(&mut found, range, lang);
    found
}

/// How many of the bytes are answered, read, waiting in the kernel, on the way.
fn places(connection: &Connection, (from, to): (u64, u64)) -> [u64; 4] {
    let server = connection.server.as_ref();
    let total = |of: fn(&EndState) -> &Ruler| server.map_or(0, |end| of(end).total.bytes);
    let answered = total(|end| &end.answered);
    let read = total(|end| &end.read).max(answered);
    let arrived = total(|end| &end.arrived).max(read);
    let sent = connection
        .client
        .as_ref()
        .map_or(0, |end| end.wrote.total.bytes)
        .max(arrived);
    let within = |low: u64, high: u64| high.min(to).saturating_sub(low.max(from));
    [
        within(0, answered),
        within(answered, read),
        within(read, arrived),
        within(arrived, sent),
    ]
}

/// The pieces of a row that share bytes with a range, in words.
pub(super) fn pieces(
    connection: &Connection,
    row: Row,
    ruler: &Ruler,
    range: (u64, u64),
    lang: Lang,
) -> String {
    let piece = Piece::of(row, connection.policy.bag.is_some());
    list(
        ruler,
        range,
        |cut| cut_words(connection, piece, cut, lang),
        lang,
    )
}

/// One piece of the incoming stream. Of a read, also how many sends it mixes, or where nobody
/// tells of those, arrivals: that is the lesson.
pub(super) fn cut_words(connection: &Connection, piece: Piece, cut: &Cut, lang: Lang) -> String {
    let words = words::piece(piece, cut, lang);
    if piece != Piece::Read {
        return words;
    }
    let batch = if connection.client.is_some() {
        Piece::Send
    } else {
        Piece::Arrival
    };
    match connection
        .batches()
        .and_then(|batches| Connection::mixes(batches, cut))
    {
        Some(parts) if parts > 1 => words + &words::mixing(parts as u64, batch, lang),
        _ => words,
    }
}

fn list(ruler: &Ruler, (from, to): (u64, u64), say: impl Fn(&Cut) -> String, lang: Lang) -> String {
    let known_from = ruler.known_from().min(to);
    let mut parts = Vec::new();
    if from < known_from {
        parts.push(words::forgotten(known_from - from, lang));
    }
    parts.extend(ruler.cuts_within(from, to).map(say));
    let end = ruler.total.bytes.max(from);
    if end < to {
        parts.push(words::not_yet(to - end, lang));
    }
    words::listed(&parts, Inspection::PIECES_MAX, lang)
}

/// How the pieces of a ruler are known; None where there is none yet.
fn how_known(ruler: &Ruler, is_arrivals: bool, (from, to): (u64, u64)) -> Option<Source> {
    let mut seen = ruler
        .cuts_within(from, to)
        .filter(|cut| !cut.is_unseen())
        .peekable();
    if seen.peek().is_none() {
        return (ruler.total.bytes > from).then_some(Source::Unavailable);
    }
    // Where no segments are counted, arrivals are what was read and what a read would find.
    if is_arrivals && seen.any(|cut| cut.segments.is_none()) {
        return Some(Source::Derived);
    }
    Some(Source::Measured)
}

/// A byte of the incoming direction, or why it is not known.
pub(super) fn incoming_byte(connection: &Connection, offset: u64) -> Result<u8, Why> {
    let server = connection.server.as_ref();
    connection.byte_at(offset).ok_or_else(|| {
        why(
            [
                connection.client.as_ref().map(|end| &end.wrote),
                server.map(|end| &end.arrived),
                server.map(|end| &end.read),
            ],
            offset,
        )
    })
}

/// A byte of the outgoing direction: as it was written or received, or as the one that it echoes.
pub(crate) fn outgoing_byte(connection: &Connection, offset: u64) -> Result<u8, Why> {
    let server = connection.server.as_ref();
    let rulers = [
        server.map(|end| &end.wrote),
        connection.client.as_ref().map(|end| &end.read),
    ];
    let previewed = rulers
        .into_iter()
        .flatten()
        .find_map(|ruler| ruler.byte_at(offset));
    let echoed = || {
        let answer = server?
            .answers
            .iter()
            // Of merged answers nobody knows where the stamps are.
            .find(|answer| {
                answer.times == 1 && (answer.out_from..answer.out_to()).contains(&offset)
            })?;
        let data = offset.checked_sub(answer.out_from.saturating_add(answer.stamp_bytes))?;
        connection.byte_at(answer.in_from.saturating_add(data))
    };
    previewed
        .or_else(echoed)
        .ok_or_else(|| why([rulers[0], rulers[1], None], offset))
}

fn why(rulers: [Option<&Ruler>; 3], offset: u64) -> Why {
    rulers
        .into_iter()
        .flatten()
        .filter_map(|ruler| ruler.cut_at(offset))
        .map(|cut| match cut.times {
            0 => Why::Unseen,
            1 => Why::NotMirrored,
            _ => Why::Merged,
        })
        // The one that comes nearest to knowing.
        .max()
        .unwrap_or(Why::Forgotten)
}

/// Notes at each character of several bytes which rows have an edge within it.
pub(super) fn mark_cuts(glyphs: &mut [Glyph], connection: &Connection) {
    for glyph in glyphs {
        // The border of a piece lies within its character.
        let end = glyph.from.saturating_add(glyph.len);
        let (second, behind) = (glyph.from.saturating_add(1), end.saturating_add(1));
        let (from, to) = match glyph.part {
            Part::Whole => (second, end),
            Part::Head => (second, behind),
            Part::Middle => (glyph.from, behind),
            Part::Tail => (glyph.from, end),
            Part::Invalid | Part::Unknown(_) => continue,
        };
        glyph.cut_by = Row::of(Some(connection))
            .iter()
            .copied()
            .filter(|row| {
                row.ruler(connection).is_some_and(|ruler| {
                    // The end of what has come so far is an edge only once something is there.
                    (from..to).any(|offset| offset > 0 && ruler.has_edge(offset) == Some(true))
                })
            })
            .collect();
    }
}

fn tell_cut_characters(found: &mut Inspection, connection: &Connection, lang: Lang) {
    let bag = connection.policy.bag.is_some();
    let cut: Vec<String> = found
        .text
        .iter()
        .filter(|glyph| !glyph.cut_by.is_empty())
        .map(|glyph| {
            let by: Vec<&str> = glyph
                .cut_by
                .iter()
                .map(|&row| words::row_label(row, bag).text(lang))
                .collect();
            words::cut_character(glyph, &by, lang)
        })
        .collect();
    if !cut.is_empty() {
        found.tell(
            Label::CutCharacters.text(lang),
            words::listed(&cut, Inspection::PIECES_MAX, lang),
            Source::Derived,
        );
    }
}

/// Counts what is not shown, and says why bytes are not known.
fn tell_rest(found: &mut Inspection, (from, to): (u64, u64), lang: Lang) {
    let shown: u64 = found.text.iter().map(|glyph| glyph.len).sum();
    found.more_bytes = to - from - shown;
    let mut unknown: BTreeMap<Why, u64> = BTreeMap::new();
    for glyph in &found.text {
        if let Part::Unknown(why) = glyph.part {
            *unknown.entry(why).or_default() += glyph.len;
        }
    }
    if !unknown.is_empty() {
        let parts: Vec<String> = unknown
            .into_iter()
            .map(|(why, bytes)| words::unknown_bytes(why, bytes, lang))
            .collect();
        found.tell(
            Label::UnknownBytes.text(lang),
            words::listed(&parts, parts.len(), lang),
            Source::Unavailable,
        );
    }
}
