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
