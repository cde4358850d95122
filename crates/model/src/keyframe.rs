//! State to keyframe and back: what is kept when all bytes are forgotten.

use std::sync::Arc;

use protocol::{ConnKeyframe, EndKeyframe, Keyframe};

use crate::{EndState, Listener, Moment, Ruler, State};

impl State {
    /// All that must be known to go on from here.
    #[must_use]
    pub fn keyframe(&self) -> Keyframe {
        Keyframe {
            listening: self.listener.as_ref().map(|l| l.listening.clone()),
            waiting: self
                .listener
                .as_ref()
                .and_then(|l| l.waiting.map(|(waiting, _)| waiting)),
            policy: self.policy,
            accepted: self.accepted,
            conns: self
                .conns
                .values()
                .filter(|connection| connection.is_open())
                .map(|connection| ConnKeyframe {
                    conn: connection.conn,
                    client: connection.client_addr.clone(),
                    server: connection.server_addr.clone(),
                    policy: connection.policy,
                    server_end: connection.server.as_ref().map(EndState::keyframe),
                    client_end: connection.client.as_ref().map(EndState::keyframe),
                })
                .collect(),
            datagrams: Box::new(self.datagrams.keyframe()),
        }
    }

    /// Goes on from a keyframe. What was known before stays known; what passed in between
    /// becomes cuts that nobody saw. A connection that the keyframe does not name is closed.
    pub(crate) fn resume(&mut self, keyframe: &Keyframe, moment: Moment) {
        self.listener = keyframe.listening.as_ref().map(|listening| Listener {
            listening: listening.clone(),
            waiting: keyframe.waiting.map(|waiting| (waiting, moment)),
        });
        // Who waits and who was let in meanwhile is not known.
        self.unaccepted = None;
        if self.calls.all_connecting().next().is_some() {
            Arc::make_mut(&mut self.calls).forget_connecting();
        }
        self.policy = keyframe.policy;
        self.accepted = keyframe.accepted;
        for connection in self.conns.values_mut() {
            let named = keyframe.conns.iter().any(|k| k.conn == connection.conn);
            if !named {
                let connection = Arc::make_mut(connection);
                for end in [&mut connection.server, &mut connection.client]
                    .into_iter()
                    .flatten()
                {
                    end.closed.get_or_insert((0, moment));
                }
            }
        }
        for known in &keyframe.conns {
            let connection =
                self.connection(known.conn, known.client.clone(), known.server.clone());
            connection.policy = known.policy;
            for (end, known) in [
                (&mut connection.server, &known.server_end),
                (&mut connection.client, &known.client_end),
            ] {
                match (end.as_mut(), known) {
                    (Some(end), Some(known)) => end.resume(known, moment),
                    (None, Some(known)) => *end = Some(EndState::from_keyframe(known, moment)),
                    (_, None) => {}
                }
            }
        }
        self.datagrams.resume(&keyframe.datagrams, moment);
        self.forget_closed();
    }
}

impl EndState {
    fn keyframe(&self) -> EndKeyframe {
        EndKeyframe {
            arrived: self.arrived.total,
            segments: self.segments,
            read: self.read.total,
            wrote: self.wrote.total,
            bagged: self.bagged.total,
            answered: self.answered.total,
            messages: self.messages.total,
            stamp_bytes: self.stamp_bytes,
            blocked: self.blocked.is_some(),
            shut_by_self: self.shut_by_self.is_some(),
            shut_by_peer: self.shut_by_peer.is_some(),
            end_of_stream: self.end_of_stream.is_some(),
            reset_by: self.reset.map(|(by, _)| by),
            closed_unread: self.closed.map(|(unread, _)| unread),
            queues: self.queues.map(|(queues, _)| queues),
        }
    }

    fn from_keyframe(known: &EndKeyframe, moment: Moment) -> EndState {
        let mut end = EndState {
            arrived: Ruler::from_total(known.arrived),
            read: Ruler::from_total(known.read),
            wrote: Ruler::from_total(known.wrote),
            bagged: Ruler::from_total(known.bagged),
            answered: Ruler::from_total(known.answered),
            messages: Ruler::from_total(known.messages),
            ..EndState::default()
        };
        end.resume(known, moment);
        end
    }

    fn resume(&mut self, known: &EndKeyframe, moment: Moment) {
        self.arrived.skip_to(known.arrived, moment);
        self.read.skip_to(known.read, moment);
        self.wrote.skip_to(known.wrote, moment);
        self.bagged.skip_to(known.bagged, moment);
        self.answered.skip_to(known.answered, moment);
        self.messages.skip_to(known.messages, moment);
        self.segments = known.segments;
        self.stamp_bytes = known.stamp_bytes;
        let since = |now: bool, before: Option<Moment>| now.then(|| before.unwrap_or(moment));
        self.blocked = since(known.blocked, self.blocked);
        self.shut_by_self = since(known.shut_by_self, self.shut_by_self);
        self.shut_by_peer = since(known.shut_by_peer, self.shut_by_peer);
        self.end_of_stream = since(known.end_of_stream, self.end_of_stream);
        self.reset = known.reset_by.map(|by| self.reset.unwrap_or((by, moment)));
        self.closed = known
            .closed_unread
            .map(|unread| self.closed.unwrap_or((unread, moment)));
        self.queues = known.queues.map(|queues| (queues, moment));
    }
}
