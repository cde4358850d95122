//! Measures of the listener: who comes, who is accepted, and who waits.

use protocol::Event;

use super::{Item, Measure, Scope};

pub(super) fn item(measure: &Measure, scope: Scope, event: &Event) -> Option<Item> {
    let client = |conn| scope.conn.is_none_or(|named| named == conn);
    let numbered = |conn: protocol::Conn| client(conn).then(|| Item::one(u64::from(conn.0)));
    match (measure, event) {
        (Measure::Connecting, Event::Connecting(e)) => numbered(e.conn),
        (Measure::Connects, Event::Connected(e)) => numbered(e.conn),
        (Measure::Accepts, Event::Accepted(e)) => numbered(e.conn),
        (Measure::Waiting, Event::Waiting(e)) => Some(Item::one(u64::from(e.queued))),
        (Measure::WaitingLimit, Event::Waiting(e)) => Some(Item::one(u64::from(e.limit))),
        (Measure::Unaccepted, Event::Unaccepted(e)) => match scope.conn {
            None => Some(Item::one(e.connections.len() as u64 + u64::from(e.more))),
            Some(conn) => e
                .connections
                .iter()
                .find(|waits| waits.conn == Some(conn))
                .map(|waits| Item::one(waits.receive_queue)),
        },
        _ => None,
    }
}
