//! An edge: who else cuts there and who does not, and whether it cuts through a character.

use model::Connection;
use protocol::Source;

use super::{
    Inspection,
    bytes::{cut_words, incoming_byte, mark_cuts},
    glyph,
};
use crate::{
    Lang, Row,
    words::{self, Label, Piece},
};

/// So many bytes are shown on either side.
const AROUND: u64 = 24;

pub(super) fn edge(connection: &Connection, row: Row, offset: u64, lang: Lang) -> Inspection {
    let bag = connection.policy.bag.is_some();
    let mut found = Inspection {
        title: words::edge_of(connection.conn, Piece::of(row, bag), offset, lang),
        ..Inspection::default()
    };
    for &other in Row::of(Some(connection)) {
        let (value, source) = at(connection, other, offset, lang);
        found.tell(words::row_label(other, bag).text(lang), value, source);
    }
    // Not further than the stream: what lies behind its end is not unknown, it is not there.
    let end = Row::of(Some(connection))
        .iter()
        .filter_map(|row| row.ruler(connection))
        .map(|ruler| ruler.total.bytes)
        .max()
        .unwrap_or(0);
    let known = |at| incoming_byte(connection, at);
    let before = (offset.saturating_sub(AROUND), offset.min(end));
    let behind = (offset, offset.saturating_add(AROUND).min(end));
    for (from, to) in [before, behind] {
        if from < to {
            found
                .text
                .extend(glyph::glyphs(&known, from, to, to - from));
        }
    }
    mark_cuts(&mut found.text, connection);
    let cut = found
        .text
        .iter()
        .find(|glyph| glyph.from + glyph.len == offset && glyph.is_piece());
    if let Some(cut) = cut {
        let words = words::cut_here(cut, lang);
        found.tell(Label::CutCharacters.text(lang), words, Source::Derived);
    }
    found
}

/// Whether a row has an edge at `offset`.
fn at(connection: &Connection, row: Row, offset: u64, lang: Lang) -> (String, Option<Source>) {
    let bag = connection.policy.bag.is_some();
    let piece = Piece::of(row, bag);
    let Some(ruler) = row.ruler(connection) else {
        let words = words::unknown_row(row as usize, lang);
        return (words.to_string(), Some(Source::Unavailable));
    };
    if offset > ruler.total.bytes {
        return (words::not_so_far(ruler.total.bytes, lang), None);
    }
    let cut = ruler.cut_at(offset);
    match (ruler.has_edge(offset), cut) {
        (Some(true), _) => {
            let before = offset.checked_sub(1).and_then(|last| ruler.cut_at(last));
            let before = before.map(|cut| cut_words(connection, piece, cut, lang));
            (words::an_edge(before, lang), Some(Source::Measured))
        }
        (Some(false), Some(cut)) => {
            let across = cut_words(connection, piece, cut, lang);
            (words::no_edge(piece, &across, lang), Some(Source::Measured))
        }
        (None, Some(cut)) => {
            let across = cut_words(connection, piece, cut, lang);
            (
                words::edge_unknown(&across, lang),
                Some(Source::Unavailable),
            )
        }
        (_, None) => (
            Label::Forgotten.text(lang).to_string(),
            Some(Source::Unavailable),
        ),
    }
}
