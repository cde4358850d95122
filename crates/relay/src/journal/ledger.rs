//! Folds records into a keyframe: what was true after the last of them.
//!
//! Adds up, and judges nothing: whether the numbers agree with each other is the model's business.

use std::collections::BTreeMap;

use protocol::{
    Conn, ConnKeyframe, End, EndKeyframe, Event, Keyframe, Listening, Policy, Total, Waiting,
};

/// The running state of a journal.
#[derive(Debug, Default)]
pub struct Ledger {
    listening: Option<Listening>,
    waiting: Option<Waiting>,
    policy: Policy,
    accepted: u64,
    /// Only connections with an open end.
    conns: BTreeMap<Conn, ConnKeyframe>,
}

impl Ledger {
    /// What is true now.
    pub fn keyframe(&self) -> Keyframe {
        Keyframe {
            listening: self.listening.clone(),
            waiting: self.waiting,
            policy: self.policy,
            accepted: self.accepted,
            conns: self.conns.values().cloned().collect(),
        }
    }

    /// Takes in what happened next. Facts of an end that was never opened change nothing.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Listening(listening) => self.listening = Some(listening.clone()),
            Event::Waiting(waiting) => self.waiting = Some(*waiting),
            Event::Connected(e) => {
                self.conn(e.conn, e.local, e.peer).client_end = Some(EndKeyframe::default());
            }
            Event::Accepted(e) => {
                self.accepted += 1;
                self.conn(e.conn, e.peer, e.local).server_end = Some(EndKeyframe::default());
            }
            Event::Policy(set) => match set.conn {
                Some(conn) => {
                    if let Some(conn) = self.conns.get_mut(&conn) {
                        conn.policy = set.policy;
                    }
                }
                None => {
                    self.policy = set.policy;
                    for conn in self.conns.values_mut() {
                        conn.policy = set.policy;
                    }
                }
            },
            Event::Closed(e) => {
                if let Some(end) = self.end(e.conn, e.end) {
                    end.closed_unread = Some(e.unread);
                }
                if let Some(conn) = self.conns.get(&e.conn)
                    && !is_open(conn.server_end)
                    && !is_open(conn.client_end)
                {
                    self.conns.remove(&e.conn);
                }
            }
            Event::Dropped(_) | Event::Keyframe(_) | Event::Unknown(_) => {}
            event => {
                if let Some((conn, end)) = event.place()
                    && let Some(end) = self.end(conn, end)
                {
                    apply_to_end(end, event);
                }
            }
        }
    }

    fn conn(
        &mut self,
        conn: Conn,
        client: std::net::SocketAddr,
        server: std::net::SocketAddr,
    ) -> &mut ConnKeyframe {
        let policy = self.policy;
        self.conns.entry(conn).or_insert(ConnKeyframe {
            conn,
            client,
            server,
            policy,
            server_end: None,
            client_end: None,
        })
    }

    fn end(&mut self, conn: Conn, end: End) -> Option<&mut EndKeyframe> {
        let conn = self.conns.get_mut(&conn)?;
        match end {
            End::Server => conn.server_end.as_mut(),
            End::Client => conn.client_end.as_mut(),
        }
    }
}

fn is_open(end: Option<EndKeyframe>) -> bool {
    end.is_some_and(|end| end.closed_unread.is_none())
}

fn apply_to_end(end: &mut EndKeyframe, event: &Event) {
    match event {
        Event::Arrived(e) => {
            add(&mut end.arrived, e.bytes, e.times);
            end.segments += u64::from(e.segments.unwrap_or(0));
        }
        Event::Read(e) => add(&mut end.read, e.returned, e.times),
        Event::Wrote(e) => add(&mut end.wrote, e.accepted, e.times),
        Event::Bagged(e) => add(&mut end.bagged, e.bytes, e.times),
        Event::Answered(e) => {
            add(&mut end.answered, e.in_bytes, e.times);
            end.stamp_bytes += e.stamp_bytes;
        }
        Event::Blocked(_) => end.blocked = true,
        Event::Unblocked(_) => end.blocked = false,
        Event::HalfClosed(e) if e.by == e.end => end.shut_by_self = true,
        Event::HalfClosed(_) => end.shut_by_peer = true,
        Event::EndOfStream(_) => end.end_of_stream = true,
        Event::Reset(e) => end.reset_by = Some(e.by),
        Event::Queues(e) => end.queues = Some(*e),
        _ => {}
    }
}

fn add(total: &mut Total, bytes: u64, times: u32) {
    total.bytes += bytes;
    total.times += u64::from(times);
}
