//! Connections that nobody has accepted: who waits, with how many bytes in the kernel already, and
//! who stands outside because the accept queue is full.

use std::sync::Arc;

use protocol::{Accepted, Address, Conn, TcpState, Unaccepted, UnacceptedConnection};

use crate::{Connection, Cut, Moment, State};

impl State {
    /// Those that the last sample told of, and that were not accepted since.
    pub fn not_accepted(&self) -> impl Iterator<Item = &UnacceptedConnection> {
        self.unaccepted
            .iter()
            .flat_map(|(sample, _)| &sample.connections)
    }

    /// What the last sample told of a connection that nobody has accepted.
    #[must_use]
    pub fn unaccepted_of(&self, conn: Conn) -> Option<&UnacceptedConnection> {
        let connection = self.conn(conn);
        self.not_accepted().find(|it| {
            it.conn == Some(conn) || connection.is_some_and(|to| is_of(&it.peer, &to.client_addr))
        })
    }

    /// Our clients whose connect has not returned, by number: they stand outside.
    pub fn outside(&self) -> impl Iterator<Item = Conn> {
        self.calls.all_connecting()
    }

    /// Bytes that wait on connections that nobody accepted.
    #[must_use]
    pub fn unaccepted_bytes(&self) -> u64 {
        self.not_accepted()
            .fold(0, |sum, it| sum.saturating_add(it.receive_queue))
    }

    pub(crate) fn take_unaccepted(&mut self, sample: &Unaccepted, moment: Moment) {
        for told in &sample.connections {
            let conn = told.conn.or_else(|| {
                let unknown =
                    |it: &&Arc<Connection>| is_of(&told.peer, &it.client_addr) && it.is_open();
                self.conns.values().find(unknown).map(|it| it.conn)
            });
            if let Some(connection) = conn.and_then(|conn| self.conns.get_mut(&conn))
                && connection.server.is_none()
                && told.state != TcpState::SynReceived
            {
                // A FIN counts as one byte more there.
                let sent = connection.client.as_ref();
                let sent = sent.map_or(u64::MAX, |end| end.wrote.total.bytes);
                let to = told.receive_queue.min(sent);
                if to <= connection.early.total.bytes {
                    continue;
                }
                let early = &mut Arc::make_mut(connection).early;
                early.push(Cut {
                    from: early.total.bytes,
                    to,
                    moment,
                    ordinal: 0,
                    times: 1,
                    asked: 0,
                    segments: None,
                    preview: None,
                });
            }
        }
        self.unaccepted = Some((Arc::new(sample.clone()), moment));
    }

    /// A fact is newer than the sample: whoever is accepted waits no more.
    pub(crate) fn leave_unaccepted(&mut self, accepted: &Accepted) {
        if let Some((sample, _)) = &mut self.unaccepted {
            let is_it = |it: &UnacceptedConnection| {
                is_of(&it.peer, &accepted.peer) || it.conn == Some(accepted.conn)
            };
            if sample.connections.iter().any(is_it) {
                Arc::make_mut(sample).connections.retain(|it| !is_it(it));
            }
        }
    }
}

/// Whether two addresses are of one client: many of a Unix-domain socket have no name.
fn is_of(a: &Address, b: &Address) -> bool {
    a == b && !a.is_unnamed()
}
