//! Which connection is on the stage: the newest demonstration, otherwise the first connection,
//! until the person picks one. Knows nothing of time but what the state says.

use model::{Connection, Moment, Show, State};
use protocol::Conn;

/// When the focus goes on to another connection by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Follow {
    /// Only connections newer than this one are followed.
    newer_than: Conn,
    /// The person chose: not while the connection is open.
    stays: bool,
}

/// A connection to look at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Next {
    /// Which.
    pub conn: Conn,
    /// When its first socket was opened, if that was seen.
    pub opened: Option<Moment>,
}

impl Follow {
    /// A closed connection stays on the stage for so long, in case somebody else is there.
    const FAREWELL: Show = Show::from_millis(1_500);

    /// The person has picked a connection.
    pub fn picked(state: &State) -> Follow {
        Follow {
            newer_than: newest(state),
            stays: true,
        }
    }

    /// The person has asked for a new demonstration: it will be followed, no earlier one.
    pub fn awaiting(state: &State) -> Follow {
        Follow {
            newer_than: newest(state),
            stays: false,
        }
    }

    /// The focus has gone to a connection by itself.
    pub fn at(conn: Conn) -> Follow {
        Follow {
            newer_than: conn,
            stays: false,
        }
    }

    /// Whether the person chose what is in focus.
    pub fn is_chosen(self) -> bool {
        self.stays
    }

    /// The connection to look at instead of `focus`; None: stay.
    pub fn next(self, state: &State, focus: Option<Conn>, now: Show) -> Option<Next> {
        let all = || state.conns.values().map(AsRef::as_ref);
        let open = || all().filter(|other: &&Connection| other.is_open());
        let demonstration = |other: &&Connection| other.client.is_some();
        let newer = |other: &&Connection| other.conn > self.newer_than;
        let next = match focus.and_then(|conn| state.conn(conn)) {
            // None yet, or forgotten.
            None => open()
                .rev()
                .find(demonstration)
                .or_else(|| open().next())
                .or_else(|| all().next_back()),
            Some(current) => match closed_at(current) {
                None if self.stays => None,
                None => open().rev().find(demonstration).filter(newer),
                Some(closed) if closed + Self::FAREWELL > now => None,
                Some(_) => open()
                    .rev()
                    .find(demonstration)
                    .filter(newer)
                    .or_else(|| open().find(newer)),
            },
        }?;
        let opened = [&next.client, &next.server]
            .into_iter()
            .flatten()
            .filter_map(|end| end.opened)
            .min_by_key(|moment| moment.at_nanos);
        Some(Next {
            conn: next.conn,
            opened,
        })
    }
}

fn newest(state: &State) -> Conn {
    state.conns.keys().next_back().copied().unwrap_or_default()
}

/// When the last of its sockets was closed; None while one is open.
fn closed_at(connection: &Connection) -> Option<Show> {
    if connection.is_open() {
        return None;
    }
    let ends = [&connection.server, &connection.client];
    let closed = ends.into_iter().flatten().filter_map(|end| end.closed);
    Some(
        closed
            .map(|(_, moment)| moment.shown)
            .max()
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use protocol::{Accepted, Closed, Connected, End, Event, Record, Seq};

    use super::*;

    /// A state after these events, one a second of show.
    fn after(events: &[Event]) -> State {
        let mut state = State::default();
        for (index, event) in (1..).zip(events) {
            let record = Record {
                seq: Seq(index),
                at_nanos: index,
                event: event.clone(),
            };
            state.apply(&record, Show::from_millis(1_000 * index));
        }
        state
    }

    fn addr(port: u16) -> protocol::Address {
        ([127, 0, 0, 1], port).into()
    }

    fn accepted(conn: u32) -> Event {
        Event::Accepted(Accepted {
            conn: Conn(conn),
            end: End::Server,
            peer: addr(40_000),
            local: addr(21_567),
        })
    }

    fn demonstration(conn: u32) -> Event {
        Event::Connected(Connected {
            conn: Conn(conn),
            end: End::Client,
            local: addr(40_000),
            peer: addr(21_567),
        })
    }

    fn closed(conn: u32) -> Event {
        Event::Closed(Closed {
            conn: Conn(conn),
            end: End::Server,
            unread: 0,
        })
    }

    #[test]
    fn the_newest_demonstration_is_followed_until_a_person_picks() {
        let check = |follow: Follow, events: &[Event], focus: Option<u32>, expect: Option<u32>| {
            let now = Show::from_millis(1_000 * events.len() as u64 + 2_000);
            let next = follow.next(&after(events), focus.map(Conn), now);
            assert_eq!(next.map(|next| next.conn), expect.map(Conn));
        };
        let at = |conn| Follow::at(Conn(conn));
        check(Follow::default(), &[], None, None);
        // The first one, and no other while it is open, but for demonstrations.
        check(
            Follow::default(),
            &[accepted(1), accepted(2)],
            None,
            Some(1),
        );
        check(at(1), &[accepted(1), accepted(2)], Some(1), None);
        check(at(1), &[accepted(1), demonstration(2)], Some(1), Some(2));
        check(at(2), &[accepted(1), demonstration(2)], Some(2), None);
        // Closed: whoever came later.
        check(
            at(1),
            &[accepted(1), accepted(2), closed(1)],
            Some(1),
            Some(2),
        );
        check(at(2), &[accepted(1), accepted(2), closed(2)], Some(2), None);
        // Forgotten.
        check(at(7), &[accepted(9)], Some(7), Some(9));
        // Picked: stays, also when it was closed before.
        let both = [accepted(1), demonstration(2)];
        check(Follow::picked(&after(&both)), &both, Some(1), None);
        let old = [accepted(1), accepted(2), closed(1)];
        check(Follow::picked(&after(&old)), &old, Some(1), None);
        // Asked for a demonstration: the next one is followed, no earlier one.
        let asked = Follow::awaiting(&after(&both));
        check(asked, &both, Some(1), None);
        let came = [accepted(1), demonstration(2), demonstration(3)];
        check(asked, &came, Some(1), Some(3));
    }

    #[test]
    fn a_closed_connection_stays_for_a_moment() {
        let state = after(&[accepted(1), accepted(2), closed(1)]);
        let follow = Follow::at(Conn(1));
        let soon = Show::from_millis(3_500);
        assert_eq!(follow.next(&state, Some(Conn(1)), soon), None);
    }
}
