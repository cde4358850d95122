//! The calls of the socket interface that move no bytes, of the listener and of each connection:
//! what was called last, by each method's name, and when. Knows nothing of what a call means.

use std::collections::BTreeMap;

use protocol::{Called, Conn, Connecting, End};

use crate::Moment;

/// A call that has returned.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which, with what, and what came of it.
    pub called: Called,
    /// When it had returned.
    pub moment: Moment,
}

/// All calls that are remembered. Bounded: the last one of each method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls {
    /// When listen(2) returned last; None if no record told of it.
    pub listened: Option<Moment>,
    /// Those of no connection: the listener's.
    listener: Vec<Call>,
    conns: BTreeMap<Conn, ConnCalls>,
}

/// Those of one connection.
#[derive(Clone, Debug, Default, PartialEq)]
struct ConnCalls {
    calls: Vec<Call>,
    connecting: Option<(Connecting, Moment)>,
}

impl Calls {
    /// So many methods of one socket are remembered.
    pub const METHODS_MAX: usize = 64;
    /// Of so many connections calls are remembered, the last ones.
    pub const CONNS_MAX: usize = 256;

    /// The last call of a method by that end of a connection; of the listener, if there is none.
    #[must_use]
    pub fn last(&self, conn: Option<Conn>, end: End, method: &str) -> Option<&Call> {
        self.of(conn)
            .iter()
            .find(|call| call.called.end == end && call.called.method == method)
    }

    /// The last call of each method, in the order in which the methods were first called.
    #[must_use]
    pub fn of(&self, conn: Option<Conn>) -> &[Call] {
        match conn {
            None => &self.listener,
            Some(conn) => self.conns.get(&conn).map_or(&[], |it| &it.calls),
        }
    }

    /// Since when connect(2) is under way, if it has not returned.
    #[must_use]
    pub fn connecting(&self, conn: Conn) -> Option<(&Connecting, Moment)> {
        let (connecting, moment) = self.conns.get(&conn)?.connecting.as_ref()?;
        Some((connecting, *moment))
    }

    /// All whose connect(2) has not returned, by number.
    pub fn all_connecting(&self) -> impl Iterator<Item = Conn> {
        self.conns
            .iter()
            .filter(|(_, it)| it.connecting.is_some())
            .map(|(conn, _)| *conn)
    }

    /// The newest connection that calls are known of.
    #[must_use]
    pub fn newest(&self) -> Option<Conn> {
        self.conns.last_key_value().map(|(conn, _)| *conn)
    }

    pub(crate) fn call(&mut self, called: &Called, moment: Moment) {
        // A connect that failed is over, and one whose socket was closed; one that did not fail
        // has a fact of its own.
        let ends = match called.method.as_str() {
            "connect" | "connect_ex" => called.errno.is_some(),
            "close" => called.end == End::Client,
            _ => false,
        };
        if let Some(conn) = called.conn.filter(|_| ends) {
            self.connected(conn);
        }
        let calls = match called.conn {
            None => &mut self.listener,
            Some(conn) => &mut self.entry(conn).calls,
        };
        let call = Call {
            called: called.clone(),
            moment,
        };
        let same =
            |it: &&mut Call| it.called.end == called.end && it.called.method == called.method;
        if let Some(before) = calls.iter_mut().find(same) {
            *before = call;
        } else if calls.len() < Self::METHODS_MAX {
            calls.push(call);
        }
    }

    pub(crate) fn begin_connecting(&mut self, connecting: &Connecting, moment: Moment) {
        self.entry(connecting.conn).connecting = Some((connecting.clone(), moment));
    }

    pub(crate) fn connected(&mut self, conn: Conn) {
        if let Some(it) = self.conns.get_mut(&conn) {
            it.connecting = None;
        }
    }

    /// Records are missing: whether they still wait is not known.
    pub(crate) fn forget_connecting(&mut self) {
        for it in self.conns.values_mut() {
            it.connecting = None;
        }
    }

    pub(crate) fn forget(&mut self, conn: Conn) {
        self.conns.remove(&conn);
    }

    /// About how much memory they take, bytes.
    pub(crate) fn weight_bytes(&self) -> usize {
        let calls = self.conns.values().map(|it| it.calls.len()).sum::<usize>();
        (calls + self.listener.len()) * 2 * size_of::<Call>()
            + self.conns.len() * size_of::<ConnCalls>()
    }

    fn entry(&mut self, conn: Conn) -> &mut ConnCalls {
        if self.conns.len() >= Self::CONNS_MAX && !self.conns.contains_key(&conn) {
            self.conns.pop_first();
        }
        self.conns.entry(conn).or_default()
    }
}
