//! Measures of messages and characters: what the program made of the bytes, against how the reads
//! had cut them.

use model::{Show, State};
use protocol::{Conn, End, Event, Record};

use super::{Item, Measure, Memory, Scope};

pub(super) fn item(
    measure: &Measure,
    scope: Scope,
    memory: &mut Memory,
    record: &Record,
) -> Option<Item> {
    match (measure, &record.event) {
        (Measure::Messages, Event::Message(e)) if scope.holds(e.conn, e.end) => Some(Item {
            value: e.bytes,
            times: e.times,
        }),
        (Measure::Unframed, Event::Unframed(e)) if scope.holds(e.conn, e.end) => {
            Some(Item::one(e.bytes))
        }
        (Measure::CutMessages | Measure::GluedMessages | Measure::HalfCharacters, _) => {
            let state = memory.state.get_or_insert_default();
            state.apply(record, Show(record.at_nanos));
            match &record.event {
                Event::Message(e) if scope.holds(e.conn, e.end) => message(measure, state, e.conn),
                Event::Read(e)
                    if *measure == Measure::HalfCharacters
                        && e.end == End::Server
                        && scope.holds(e.conn, e.end) =>
                {
                    let edge = e.offset.saturating_add(e.returned);
                    let half = state.conn(e.conn)?.half_character(edge)?;
                    Some(Item::one(half.before))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The last message.
fn message(measure: &Measure, state: &State, conn: Conn) -> Option<Item> {
    let connection = state.conn(conn)?;
    let cut = connection.server.as_ref()?.messages.last()?;
    match measure {
        Measure::CutMessages => connection
            .reads_of_message(cut)
            .filter(|&reads| reads > 1)
            .map(|reads| Item::one(reads as u64)),
        Measure::GluedMessages => connection.is_glued(cut)?.then(|| Item::one(cut.bytes())),
        _ => None,
    }
}
