//! The nine steps of a connection's life as the tutorial counts them, and which of them have really
//! been made: each is told by the record of the call itself, never by a time.

use protocol::{Conn, End, Source, TcpState};

use crate::{EndState, Moment, Ruler, State};

/// One call of the nine steps. Steps 7, 8 and 9 have two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names of the calls themselves
pub enum SocketCall {
    Socket,
    Bind,
    Listen,
    ClientSocket,
    Connect,
    Accept,
    ClientWrite,
    Read,
    Write,
    ClientRead,
    ClientClose,
    Close,
}

/// What records tell of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It has not returned, and nothing says that it was called.
    NotYet,
    /// It was called and has not returned: it waits.
    Waits(Moment),
    /// It has returned; when it did so last.
    Returned(Moment),
    /// It returned with an error.
    Failed(Moment),
    /// It must have been made, but no record that is kept tells of it.
    Untold,
    /// Somebody else's program: nobody tells of its calls.
    Unseen,
}

impl Seen {
    /// When that was, where a record tells.
    #[must_use]
    pub fn moment(self) -> Option<Moment> {
        match self {
            Seen::Waits(moment) | Seen::Returned(moment) | Seen::Failed(moment) => Some(moment),
            Seen::NotYet | Seen::Untold | Seen::Unseen => None,
        }
    }
}

impl SocketCall {
    /// All of them, in the order of the steps.
    pub const ALL: [SocketCall; 12] = [
        SocketCall::Socket,
        SocketCall::Bind,
        SocketCall::Listen,
        SocketCall::ClientSocket,
        SocketCall::Connect,
        SocketCall::Accept,
        SocketCall::ClientWrite,
        SocketCall::ClientRead,
        SocketCall::Read,
        SocketCall::Write,
        SocketCall::ClientClose,
        SocketCall::Close,
    ];

    /// Which of the nine steps it belongs to, from 1.
    #[must_use]
    pub fn step(self) -> u32 {
        match self {
            SocketCall::Socket => 1,
            SocketCall::Bind => 2,
            SocketCall::Listen => 3,
            SocketCall::ClientSocket => 4,
            SocketCall::Connect => 5,
            SocketCall::Accept => 6,
            SocketCall::ClientWrite | SocketCall::ClientRead => 7,
            SocketCall::Read | SocketCall::Write => 8,
            SocketCall::ClientClose | SocketCall::Close => 9,
        }
    }

    /// Which program makes it.
    #[must_use]
    pub fn end(self) -> End {
        match self {
            SocketCall::ClientSocket
            | SocketCall::Connect
            | SocketCall::ClientWrite
            | SocketCall::ClientRead
            | SocketCall::ClientClose => End::Client,
            _ => End::Server,
        }
    }

    /// What records tell of it, for the connection of that number or the next one.
    #[must_use]
    pub fn seen(self, state: &State, conn: Option<Conn>) -> Seen {
        match self {
            SocketCall::Socket => of_listener(state, "socket"),
            SocketCall::Bind => of_listener(state, "bind"),
            SocketCall::Listen => match (state.calls.listened, &state.listener) {
                (Some(moment), _) => Seen::Returned(moment),
                (None, Some(_)) => Seen::Untold,
                (None, None) => Seen::NotYet,
            },
            _ => conn.map_or(Seen::NotYet, |conn| self.of_connection(state, conn)),
        }
    }

    fn of_connection(self, state: &State, conn: Conn) -> Seen {
        let connection = state.conn(conn);
        let connecting = state.calls.connecting(conn);
        let client = connection.and_then(|it| it.client.as_ref());
        let server = connection.and_then(|it| it.server.as_ref());
        let is_ours = client.is_some()
            || connecting.is_some()
            || !state.calls.of(Some(conn)).is_empty()
            || connection.is_none();
        if self.end() == End::Client && !is_ours {
            return Seen::Unseen;
        }
        let end = match self.end() {
            End::Client => client,
            End::Server => server,
        };
        match self {
            SocketCall::ClientSocket => called(state, Some(conn), End::Client, "socket").unwrap_or(
                match client.is_some() || connecting.is_some() {
                    true => Seen::Untold,
                    false => Seen::NotYet,
                },
            ),
            SocketCall::Connect => match (end, connecting) {
                (Some(end), _) => end.opened.map_or(Seen::Untold, Seen::Returned),
                (None, Some((_, moment))) => Seen::Waits(moment),
                (None, None) => ["connect", "connect_ex"]
                    .into_iter()
                    .find_map(|method| called(state, Some(conn), End::Client, method))
                    .unwrap_or(Seen::NotYet),
            },
            SocketCall::Accept => end.map_or(Seen::NotYet, |end| {
                end.opened.map_or(Seen::Untold, Seen::Returned)
            }),
            SocketCall::ClientWrite | SocketCall::Write => end.map_or(Seen::NotYet, wrote),
            SocketCall::Read | SocketCall::ClientRead => end.map_or(Seen::NotYet, read),
            _ => end
                .and_then(|end| end.closed)
                .map_or(Seen::NotYet, |(_, moment)| Seen::Returned(moment)),
        }
    }
}

/// The call that was recorded last, of the listener's or of that connection's.
#[must_use]
pub fn latest_call(state: &State, conn: Option<Conn>) -> Option<SocketCall> {
    SocketCall::ALL
        .into_iter()
        .filter_map(|call| Some((call.seen(state, conn).moment()?.seq, call)))
        .max_by_key(|(seq, _)| *seq)
        .map(|(_, call)| call)
}

fn called(state: &State, conn: Option<Conn>, end: End, method: &str) -> Option<Seen> {
    let call = state.calls.last(conn, end, method)?;
    Some(match call.called.errno {
        None => Seen::Returned(call.moment),
        Some(_) => Seen::Failed(call.moment),
    })
}

fn of_listener(state: &State, method: &str) -> Seen {
    called(state, None, End::Server, method).unwrap_or(match state.listener {
        Some(_) => Seen::Untold,
        None => Seen::NotYet,
    })
}

fn last_of(ruler: &Ruler) -> Seen {
    match ruler.last() {
        Some(cut) if !cut.is_unseen() => Seen::Returned(cut.moment),
        None if ruler.total.bytes == 0 => Seen::NotYet,
        _ => Seen::Untold,
    }
}

fn wrote(end: &EndState) -> Seen {
    end.blocked.map_or_else(|| last_of(&end.wrote), Seen::Waits)
}

fn read(end: &EndState) -> Seen {
    end.end_of_stream
        .map_or_else(|| last_of(&end.read), Seen::Returned)
}

impl State {
    /// The state of a connection as the kernel of that end has it, and how that is known. None:
    /// there is no socket, or nobody tells.
    #[must_use]
    pub fn tcp_state(&self, conn: Conn, end: End) -> Option<(TcpState, Source)> {
        let connection = self.conn(conn);
        match connection.and_then(|it| it.end(end)) {
            Some(socket) => of_socket(socket),
            None if end == End::Client => {
                let connecting = self.calls.connecting(conn).is_some();
                connecting.then_some((TcpState::SynSent, Source::Derived))
            }
            None => Some((self.unaccepted_of(conn)?.state, Source::Measured)),
        }
    }
}

/// The last sample, unless a fact that came later says more.
fn of_socket(end: &EndState) -> Option<(TcpState, Source)> {
    if end.closed.is_some() {
        return None;
    }
    let sampled = end
        .queues
        .and_then(|(it, moment)| Some((it.state?, moment)));
    let since = sampled.map_or(end.opened, |(_, moment)| Some(moment));
    let later = |fact: Option<Moment>| {
        fact.filter(|fact| since.is_none_or(|since| fact.seq > since.seq))
            .is_some()
    };
    let derived = if later(end.reset.map(|(_, moment)| moment)) {
        Some(TcpState::Close)
    } else if !later(end.shut_by_peer) && !later(end.shut_by_self) {
        None
    } else {
        match (end.shut_by_peer, end.shut_by_self) {
            (Some(peer), Some(own)) if peer.seq < own.seq => Some(TcpState::LastAck),
            (Some(_), Some(_)) => Some(TcpState::TimeWait),
            (Some(_), None) => Some(TcpState::CloseWait),
            (None, _) => Some(TcpState::FinWait1),
        }
    };
    Some(match (derived, sampled) {
        (Some(state), _) => (state, Source::Derived),
        (None, Some((state, _))) => (state, Source::Measured),
        (None, None) => (TcpState::Established, Source::Derived),
    })
}
