//! Where the tutorial's program stands: the line that the real socket is at. A pure function of the
//! state and the show time, so that it works in replay; it knows nothing of the text of a program.

use protocol::{Conn, End, ReadWhen};

use crate::{Connection, EndState, Moment, Show, State};

/// A line of the tutorial's programs, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names of what the lines do
pub enum ProgramLine {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    /// The client waits for a person to type.
    Input,
    Recv,
    /// recv has returned nothing: the loop is left.
    End,
    Stamp,
    Send,
    Close,
}

/// What it does there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtLine {
    /// The call has been made and has not returned. Derived, but for a send that is blocked and a
    /// connect that is told.
    Waits,
    /// The call has just returned.
    Returned,
    /// A person holds the reader before this call.
    Held,
}

/// Where a program stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// For which connection; None: for no particular one. With one client at a time this may be
    /// another one than was asked for.
    pub conn: Option<Conn>,
    /// At which line.
    pub line: ProgramLine,
    /// What it does there.
    pub at: AtLine,
}

/// How long a call is said to have just returned, milliseconds of show.
const RETURNED_MS: f64 = 700.0;

/// Where the program of that end stands, for the connection of that number. None: nobody tells, as
/// with somebody else's client, or there is no such program.
#[must_use]
pub fn position(state: &State, now: Show, conn: Option<Conn>, end: End) -> Option<Position> {
    let just = |moment: Option<Moment>| {
        moment.is_some_and(|moment| now.millis_since(moment.shown) < RETURNED_MS)
    };
    match end {
        End::Server => server(state, conn, &just),
        End::Client => client(state, conn?, &just),
    }
}

type Just<'a> = dyn Fn(Option<Moment>) -> bool + 'a;

fn server(state: &State, conn: Option<Conn>, just: &Just) -> Option<Position> {
    let place = |conn, line, at| Some(Position { conn, line, at });
    let last = |method| state.calls.last(None, End::Server, method);
    let Some(listener) = &state.listener else {
        let line = match (last("socket"), last("bind")) {
            (_, Some(_)) => ProgramLine::Bind,
            (Some(_), None) => ProgramLine::Socket,
            (None, None) => return None,
        };
        return place(None, line, AtLine::Returned);
    };
    let asked = conn.and_then(|conn| state.conn(conn));
    let accepted = asked.filter(|it| it.server.is_some());
    // One client at a time: while it serves somebody, it is at their line.
    let served = || {
        let is_served =
            |it: &Connection| it.server.as_ref().is_some_and(|end| end.closed.is_none());
        let mut conns = state.conns.values().map(AsRef::as_ref);
        conns.find(|it| listener.listening.sequential && is_served(it))
    };
    let is_over = |it: &Connection| {
        let closed = it.server.as_ref().and_then(|end| end.closed);
        closed.is_some_and(|(_, moment)| !just(Some(moment)))
    };
    let serves = accepted.filter(|it| !is_over(it)).or_else(served);
    let Some((connection, end)) = serves.and_then(|it| Some((it, it.server.as_ref()?))) else {
        let listened = state.conns.is_empty() && just(state.calls.listened);
        return match listened {
            true => place(None, ProgramLine::Listen, AtLine::Returned),
            false => place(None, ProgramLine::Accept, AtLine::Waits),
        };
    };
    let (line, at) = in_service(connection, end, just);
    place(Some(connection.conn), line, at)
}

/// Between accept and close.
fn in_service(connection: &Connection, end: &EndState, just: &Just) -> (ProgramLine, AtLine) {
    use AtLine::{Held, Returned, Waits};
    use ProgramLine::{Accept, Close, End, Recv, Send, Stamp};
    if end.closed.is_some() || end.reset.is_some() {
        return (Close, Returned);
    }
    if end.blocked.is_some() {
        return (Send, Waits);
    }
    let facts = [
        (Accept, end.opened),
        (Recv, end.read.last().map(|cut| cut.moment)),
        (Stamp, end.answers.back().map(|answer| answer.moment)),
        (Send, end.wrote.last().map(|cut| cut.moment)),
        (End, end.end_of_stream),
    ];
    let latest = facts
        .into_iter()
        .filter_map(|(line, moment)| Some((line, moment?)))
        .max_by_key(|(_, moment)| moment.seq);
    match latest {
        Some((line, moment)) if just(Some(moment)) => (line, Returned),
        Some((End, _)) if end.composed_bytes() == 0 => (End, Returned),
        _ if end.composed_bytes() > 0 => (Send, Waits),
        _ if connection.policy.read_when == ReadWhen::Held => (Recv, Held),
        _ => (Recv, Waits),
    }
}

fn client(state: &State, conn: Conn, just: &Just) -> Option<Position> {
    use AtLine::{Returned, Waits};
    use ProgramLine::{Close, Connect, End, Input, Recv, Send, Socket};
    let place = |line, at| {
        Some(Position {
            conn: Some(conn),
            line,
            at,
        })
    };
    let Some(end) = state.conn(conn).and_then(|it| it.client.as_ref()) else {
        if state.calls.connecting(conn).is_some() {
            return place(Connect, Waits);
        }
        let socket = state
            .calls
            .last(Some(conn), protocol::End::Client, "socket");
        return place(Socket, socket.map(|_| Returned)?);
    };
    if end.closed.is_some() || end.reset.is_some() {
        return place(Close, Returned);
    }
    if end.blocked.is_some() {
        return place(Send, Waits);
    }
    let facts = [
        (Connect, end.opened),
        (Send, end.wrote.last().map(|cut| cut.moment)),
        (Recv, end.read.last().map(|cut| cut.moment)),
        (End, end.end_of_stream),
    ];
    let latest = facts
        .into_iter()
        .filter_map(|(line, moment)| Some((line, moment?)))
        .max_by_key(|(_, moment)| moment.seq);
    match latest {
        Some((line, moment)) if just(Some(moment)) => place(line, Returned),
        Some((End, _)) => place(End, Returned),
        // What was sent will be answered: it reads until then.
        Some((Send, _)) => place(Recv, Waits),
        _ if end.shut_by_self.is_some() => place(Recv, Waits),
        _ => place(Input, Waits),
    }
}
