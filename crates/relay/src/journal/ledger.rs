//! Folds records into a keyframe: what was true after the last of them.
//!
//! Adds up, and judges nothing: whether the numbers agree with each other is the model's business.

use std::collections::BTreeMap;

use protocol::{
    Address, Conn, ConnKeyframe, End, EndKeyframe, Event, Keyframe, Listening, Policy, Total,
    UnframedWhy, Waiting,
};

use super::datagrams::DatagramLedger;

/// The running state of a journal.
#[derive(Debug, Default)]
pub struct Ledger {
    listening: Option<Listening>,
    waiting: Option<Waiting>,
    policy: Policy,
    accepted: u64,
    /// Only connections with an open end.
    conns: BTreeMap<Conn, ConnKeyframe>,
    datagrams: DatagramLedger,
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
            datagrams: Box::new(self.datagrams.keyframe()),
        }
    }

    /// The accept queue as it was seen last.
    pub fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    /// Takes in what happened next. Facts of an end that was never opened change nothing.
    pub fn apply(&mut self, event: &Event) {
        self.datagrams.apply(event);
        match event {
            Event::Listening(listening) => self.listening = Some(listening.clone()),
            Event::Waiting(waiting) => self.waiting = Some(*waiting),
            Event::Connected(e) => {
                self.conn(e.conn, &e.local, &e.peer).client_end = Some(EndKeyframe::default());
            }
            Event::Accepted(e) => {
                self.accepted += 1;
                self.conn(e.conn, &e.peer, &e.local).server_end = Some(EndKeyframe::default());
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
            Event::Unframed(e) if e.why == UnframedWhy::TooLong => {
                if let Some(conn) = self.conns.get_mut(&e.conn) {
                    conn.policy.framing = None;
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

    fn conn(&mut self, conn: Conn, client: &Address, server: &Address) -> &mut ConnKeyframe {
        let policy = self.policy;
        self.conns.entry(conn).or_insert_with(|| ConnKeyframe {
            conn,
            client: client.clone(),
            server: server.clone(),
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
        Event::Bagged(e) => {
            // While no bag is in use bytes pass without one: the end of the last bag is what counts.
            end.bagged.bytes = e.offset;
            add(&mut end.bagged, e.bytes, e.times);
        }
        Event::Message(e) => {
            // As with bags.
            end.messages.bytes = e.offset;
            add(&mut end.messages, e.bytes, e.times);
        }
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
        Event::Queues(e) => end.queues = Some(**e),
        _ => {}
    }
}

fn add(total: &mut Total, bytes: u64, times: u32) {
    total.bytes += bytes;
    total.times += u64::from(times);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crowd::Share, gather::Gather};
    use proptest::prelude::*;
    use protocol::{Accepted, Answered, Arrived, Blocked, Closed, Message, PolicySet, Read, Wrote};

    const CONN: Conn = Conn(7);
    const END: End = End::Server;

    fn accepted() -> Event {
        Event::Accepted(Accepted {
            conn: CONN,
            end: END,
            peer: Address::Inet(([127, 0, 0, 1], 5).into()),
            local: Address::Inet(([127, 0, 0, 1], 6).into()),
        })
    }

    /// Facts as a busy echo tells them: for each number so many bytes arrive, are read and answered.
    fn facts(sizes: &[u64]) -> Vec<Event> {
        let (conn, end, times, since_nanos, preview) = (CONN, END, 1, None, None);
        let (mut offset, mut out) = (0, 0);
        let mut facts = Vec::new();
        for &bytes in sizes {
            facts.push(Event::Arrived(Arrived {
                conn,
                end,
                offset,
                bytes,
                segments: Some(1),
                times,
                since_nanos,
                preview: preview.clone(),
            }));
            facts.push(Event::Read(Read {
                conn,
                end,
                offset,
                asked: 1024,
                returned: bytes,
                times,
                since_nanos,
                preview: preview.clone(),
            }));
            facts.push(Event::Message(Message {
                conn,
                end,
                offset,
                bytes,
                framing_bytes: 1,
                times,
                since_nanos,
            }));
            facts.push(Event::Answered(Answered {
                conn,
                end,
                in_offset: offset,
                in_bytes: bytes,
                out_offset: out,
                stamp_bytes: 22,
                times,
                since_nanos,
            }));
            if bytes % 3 == 0 {
                facts.push(Event::Blocked(Blocked { conn, end, times }));
            }
            if bytes % 5 == 0 {
                facts.push(Event::Unblocked(Blocked { conn, end, times }));
            }
            facts.push(Event::Wrote(Wrote {
                conn,
                end,
                offset: out,
                asked: bytes + 22,
                accepted: bytes + 22,
                times,
                since_nanos,
                preview: preview.clone(),
            }));
            offset += bytes;
            out += bytes + 22;
        }
        facts
    }

    fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Keyframe {
        let mut ledger = Ledger::default();
        for event in events {
            ledger.apply(event);
        }
        ledger.keyframe()
    }

    proptest! {
        #[test]
        fn merging_changes_no_total(
            sizes in proptest::collection::vec(1_u64..1024, 0..200),
            gap_nanos in 0_u64..10_000_000,
        ) {
            let mut gather = Gather::default();
            let mut told = vec![accepted()];
            let mut plain = vec![accepted()];
            for (i, fact) in (0..).zip(facts(&sizes)) {
                let now = i * gap_nanos;
                if gather.due_nanos().is_some_and(|due| due <= now) {
                    told.extend(gather.take());
                }
                plain.push(fact.clone());
                told.extend(gather.offer(fact, now, Share::ALONE));
            }
            told.extend(gather.take());
            prop_assert_eq!(fold(&told), fold(&plain));
            // And no total runs ahead of its source, after whatever record.
            let mut ledger = Ledger::default();
            for event in &told {
                ledger.apply(event);
                let Some(end) = ledger.end(CONN, END) else { continue };
                prop_assert!(end.read.bytes <= end.arrived.bytes);
                prop_assert!(end.messages.bytes <= end.read.bytes);
                prop_assert!(end.answered.bytes <= end.read.bytes);
                prop_assert!(end.wrote.bytes <= end.answered.bytes + end.stamp_bytes);
            }
        }
    }

    #[test]
    fn a_connection_without_an_open_end_is_forgotten() {
        let closed = Event::Closed(Closed {
            conn: CONN,
            end: END,
            unread: 3,
        });
        assert_eq!(fold(&[accepted()]).conns.len(), 1);
        let keyframe = fold(&[accepted(), closed]);
        assert_eq!((keyframe.conns.len(), keyframe.accepted), (0, 1));
    }

    #[test]
    fn the_servers_policy_is_everybodys() {
        let policy = |bag| Policy {
            bag: Some(bag),
            ..Policy::default()
        };
        let set = |conn, bag| {
            let policy = policy(bag);
            Event::Policy(PolicySet { conn, policy })
        };
        let keyframe = fold(&[set(None, 1), accepted(), set(Some(CONN), 2)]);
        assert_eq!(
            (keyframe.policy, keyframe.conns[0].policy),
            (policy(1), policy(2))
        );
        let keyframe = fold(&[accepted(), set(Some(CONN), 2), set(None, 3)]);
        assert_eq!(
            (keyframe.policy, keyframe.conns[0].policy),
            (policy(3), policy(3))
        );
    }
}
