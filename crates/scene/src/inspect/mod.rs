//! What can be said of a thing that is pointed at: which bytes, who cut them where, what they say,
//! and how each of that is known.

mod bytes;
mod connection;
mod edge;
mod glyph;
mod record;

use model::{Connection, Ruler, State};
use protocol::{Record, Source};

use crate::{
    Lang, Row, Target,
    words::{self, Piece},
};

pub(crate) use bytes::outgoing_byte;
pub(crate) use glyph::glyphs;
pub use glyph::{Glyph, Part, Why};

/// All there is to say of a target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// What it is.
    pub title: String,
    /// What is known of it, and what not.
    pub rows: Vec<Fact>,
    /// Its bytes as characters, at most about [`Inspection::BYTES_MAX`] of them.
    pub text: Vec<Glyph>,
    /// So many bytes more are not in `text`.
    pub more_bytes: u64,
}

/// One line of an inspection.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What is told.
    pub label: String,
    /// The telling.
    pub value: String,
    /// How it is known; None where that is no question.
    pub source: Option<Source>,
}

impl Inspection {
    /// So many bytes are shown as text.
    pub const BYTES_MAX: u64 = 256;
    /// So many pieces of one row are told singly.
    const PIECES_MAX: usize = 4;

    fn tell(
        &mut self,
        label: impl Into<String>,
        value: impl Into<String>,
        source: impl Into<Option<Source>>,
    ) {
        // Some labels stand in the middle of a line elsewhere.
        let mut label = label.into();
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        self.rows.push(Fact {
            label,
            value: value.into(),
            source: source.into(),
        });
    }
}

/// Explains a target at a moment. `record` is wanted for [`Target::Record`] only: a state does
/// not keep records. None: nothing is known of it.
#[must_use]
pub fn inspect(
    state: &State,
    target: Target,
    record: Option<&Record>,
    lang: Lang,
) -> Option<Inspection> {
    match target {
        Target::Bytes { conn, from, to } => {
            Some(bytes::incoming(state.conn(conn)?, from, to, lang))
        }
        Target::Answer { conn, from, to } => {
            Some(bytes::outgoing(state.conn(conn)?, from, to, lang))
        }
        Target::Edge { conn, row, offset } => {
            Some(edge::edge(state.conn(conn)?, row, offset, lang))
        }
        Target::Connection(conn) => Some(connection::connection(state.conn(conn)?, lang)),
        Target::Record(seq) => {
            let record = record.filter(|record| record.seq == seq)?;
            Some(record::record(state, record, lang))
        }
        Target::Moment(_) => None,
    }
}

/// The name of a target, without all there is to say of it. None: nothing is known of it.
#[must_use]
pub fn name(state: &State, target: Target, lang: Lang) -> Option<String> {
    Some(match target {
        Target::Bytes { conn, from, to } => words::bytes_of(conn, (from, to.max(from)), lang),
        Target::Answer { conn, from, to } => {
            words::answer_bytes_of(conn, (from, to.max(from)), lang)
        }
        Target::Edge { conn, row, offset } => {
            let bag = state.conn(conn)?.policy.bag.is_some();
            words::edge_of(conn, Piece::of(row, bag), offset, lang)
        }
        Target::Connection(conn) => words::connection_of(conn, lang),
        Target::Record(seq) => words::record_of(seq, lang),
        Target::Moment(_) => return None,
    })
}

impl Row {
    /// All of them, in the order in which bytes pass them.
    pub const ALL: [Row; 5] = [
        Row::Sent,
        Row::Arrived,
        Row::Read,
        Row::Packed,
        Row::Message,
    ];

    /// Those of a connection: without messages there is no row of them.
    pub(crate) fn of(connection: Option<&Connection>) -> &'static [Row] {
        match connection.is_some_and(Connection::has_messages) {
            true => &Row::ALL,
            false => &Row::ALL[..4],
        }
    }

    /// Who cut the bytes there; None where nobody tells.
    pub(crate) fn ruler(self, connection: &Connection) -> Option<&Ruler> {
        let server = connection.server.as_ref();
        match self {
            Row::Sent => connection.client.as_ref().map(|end| &end.wrote),
            Row::Arrived => server.map(|end| &end.arrived),
            Row::Read => server.map(|end| &end.read),
            Row::Packed => server.map(|end| match connection.policy.bag {
                Some(_) => &end.bagged,
                None => &end.answered,
            }),
            Row::Message => server.map(|end| &end.messages),
        }
    }
}
