//! What a client gets back, as text, parted where the server's answers begin. Each stamp names the
//! reads that it answers: so the client's view proves where the server's reads fell.
//!
//! Knows nothing of panels. A byte that the client's own reads do not show is taken from what the
//! server wrote, and told as derived; what nobody mirrored is counted, never guessed.

use std::cell::Cell;

use model::{Answer, Connection, EndState};
use protocol::Source;

use crate::{
    Part,
    inspect::{Why, glyphs, outgoing_byte},
};

/// The last answers to one connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Bytes of the outgoing direction before the first part: forgotten answers.
    pub before: u64,
    /// The answers, in order; one begins where the one before ends, but where records were lost.
    pub parts: Vec<ReplyPart>,
    /// What the client's program has read, bytes. None: somebody else's program, which tells nobody.
    pub received: Option<u64>,
}

/// One answer, or several that were merged into one record.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplyPart {
    /// The reads that it answers, from 1, the first and the last; None where that is not known.
    pub reads: Option<(u64, u64)>,
    /// How many answers were merged; 1 is one. Of more, nobody knows where the stamps are.
    pub times: u32,
    /// The bytes answered, offsets of the incoming direction.
    pub answered: (u64, u64),
    /// Where it stands, offsets of the outgoing direction.
    pub out: (u64, u64),
    /// The stamp; nothing of it, where its place is not known.
    pub stamp: Vec<Piece>,
    /// What follows the stamp; all of it, where the place of the stamp is not known.
    pub data: Vec<Piece>,
    /// So many bytes the client's program has of it.
    pub received: u64,
    /// How its text is known: measured at the client, or derived.
    pub source: Source,
}

/// A piece of a reply's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Characters as they are shown.
    Text(String),
    /// So many bytes that are not known, or not shown.
    Unknown(u64),
    /// Here the client's program read anew.
    Edge,
}

impl Reply {
    /// So many answers are told.
    pub const PARTS_MAX: usize = 40;
    /// So many bytes of the data of each.
    pub const BYTES_MAX: u64 = 64;

    /// What the client of a connection gets back, as far as it was observed.
    #[must_use]
    pub fn of(connection: &Connection) -> Reply {
        let client = connection.client.as_ref();
        let received = client.map(|end| end.read.total.bytes);
        let Some(server) = &connection.server else {
            return Reply {
                received,
                ..Reply::default()
            };
        };
        let skipped = server.answers.len().saturating_sub(Self::PARTS_MAX);
        let part = |answer: &Answer| ReplyPart::of(connection, server, answer);
        let parts: Vec<ReplyPart> = server.answers.from(skipped).map(part).collect();
        Reply {
            before: parts.first().map_or(0, |first| first.out.0),
            parts,
            received,
        }
    }
}

impl ReplyPart {
    fn of(connection: &Connection, server: &EndState, answer: &Answer) -> ReplyPart {
        let out = (answer.out_from, answer.out_to());
        let has_place = answer.times == 1;
        let stamp_to = match has_place {
            true => answer
                .out_from
                .saturating_add(answer.stamp_bytes)
                .min(out.1),
            false => answer.out_from,
        };
        let received = connection.client.as_ref().map_or_else(
            || server.wrote.total.bytes,
            |client| client.read.total.bytes,
        );
        let writer = Writer {
            connection,
            is_derived: Cell::new(false),
        };
        let stamp = writer.pieces(out.0, stamp_to, u64::MAX);
        let data = writer.pieces(stamp_to, out.1, Reply::BYTES_MAX);
        ReplyPart {
            reads: reads(server, answer),
            times: answer.times,
            answered: (answer.in_from, answer.in_to),
            out,
            stamp,
            data,
            received: received.min(out.1).saturating_sub(out.0),
            source: match writer.is_derived.get() {
                true => Source::Derived,
                false => Source::Measured,
            },
        }
    }
}

/// The numbers of the reads that share bytes with an answer.
fn reads(server: &EndState, answer: &Answer) -> Option<(u64, u64)> {
    if answer.in_from < server.read.known_from() {
        return None;
    }
    let mut cuts = server.read.cuts_within(answer.in_from, answer.in_to);
    let first = cuts.next().filter(|cut| !cut.is_unseen())?;
    let mut last = first;
    for cut in cuts {
        if cut.is_unseen() {
            return None;
        }
        last = cut;
    }
    Some((
        first.ordinal.saturating_add(1),
        last.ordinal.saturating_add(u64::from(last.times)),
    ))
}

/// Turns bytes of the outgoing direction into text.
struct Writer<'a> {
    connection: &'a Connection,
    /// A byte was not known from the client's own reads.
    is_derived: Cell<bool>,
}

impl Writer<'_> {
    fn byte_at(&self, offset: u64) -> Result<u8, Why> {
        let client = self.connection.client.as_ref();
        if let Some(byte) = client.and_then(|client| client.read.byte_at(offset)) {
            return Ok(byte);
        }
        let byte = outgoing_byte(self.connection, offset)?;
        self.is_derived.set(true);
        Ok(byte)
    }

    /// `from..to`, the first `most` bytes of it as text, with the client's reads marked.
    fn pieces(&self, from: u64, to: u64, most: u64) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let end = to.min(from.saturating_add(most));
        let mut at = from;
        while at < end {
            let cut = self
                .connection
                .client
                .as_ref()
                .and_then(|client| client.read.cut_at(at));
            if cut.is_some_and(|cut| cut.from == at && at > 0) {
                pieces.push(Piece::Edge);
            }
            let next = cut.map_or(end, |cut| cut.to.min(end)).max(at + 1);
            self.text(&mut pieces, at, next);
            at = next;
        }
        if end < to {
            unknown(&mut pieces, to - end);
        }
        pieces
    }

    fn text(&self, pieces: &mut Vec<Piece>, from: u64, to: u64) {
        let byte_at = |offset| self.byte_at(offset);
        for glyph in glyphs(&byte_at, from, to, to - from) {
            if let Part::Unknown(_) = glyph.part {
                unknown(pieces, glyph.len);
                continue;
            }
            let shown = match &glyph.bytes[..] {
                b" " => " ".to_owned(),
                _ => glyph.shown(),
            };
            match pieces.last_mut() {
                Some(Piece::Text(text)) => text.push_str(&shown),
                _ => pieces.push(Piece::Text(shown)),
            }
        }
    }
}

fn unknown(pieces: &mut Vec<Piece>, bytes: u64) {
    match pieces.last_mut() {
        Some(Piece::Unknown(before)) => *before += bytes,
        _ => pieces.push(Piece::Unknown(bytes)),
    }
}
