//! The state: the fold of all records up to a moment. Bounded: totals, the last cuts of each
//! ruler, and the last closed connections.

use std::{collections::BTreeMap, sync::Arc};

use protocol::{
    Accepted, Address, Answered, Conn, Connected, Event, Listening, Policy, Record, Seq, Total,
    Unaccepted, UnframedWhy, Unknown, Waiting,
};

use crate::{Answer, Calls, Connection, Cut, Datagrams, EndState, Fault, Moment, Ruler, Show};

/// The echo server's listening socket.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Address, backlog, BUFSIZE at the start.
    pub listening: Listening,
    /// The last sample of the accept queue.
    pub waiting: Option<(Waiting, Moment)>,
}

/// What was true after a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The last record applied, and when.
    pub now: Moment,
    /// The listener, once there is one.
    pub listener: Option<Listener>,
    /// The server's reading policy: that of connections to come.
    pub policy: Policy,
    /// Connections by number: all that are open, and the last [`State::CLOSED_MAX`] closed.
    /// Shared between states until one changes, so that snapshots of many connections are cheap.
    pub conns: BTreeMap<Conn, Arc<Connection>>,
    /// How many connections were ever accepted.
    pub accepted: u64,
    /// The calls that move no bytes.
    pub calls: Arc<Calls>,
    /// The last sample of who is not accepted, without those who were since.
    pub unaccepted: Option<(Arc<Unaccepted>, Moment)>,
    /// The datagram echo.
    pub datagrams: Datagrams,
    /// Records known to be lost, and when that was last told.
    pub lost: Option<(u64, Moment)>,
    /// The last event of a newer version.
    pub unknown: Option<(Unknown, Moment)>,
    /// The first thing that did not fit; see [`State::verify`].
    pub(crate) fault: Option<Fault>,
}

impl State {
    /// So many closed connections are remembered.
    pub const CLOSED_MAX: usize = 16;

    /// Takes one record in. Total: what does not fit is noted for [`State::verify`] and
    /// otherwise left out. `shown` is when a person sees it; without a show, pass its log time.
    pub fn apply(&mut self, record: &Record, shown: Show) {
        let moment = Moment {
            seq: record.seq,
            at_nanos: record.at_nanos,
            shown,
        };
        let standing_for_others = matches!(record.event, Event::Keyframe(_) | Event::Dropped(_));
        if !standing_for_others && record.seq != self.now.seq.next() {
            self.note(Fault::Hole {
                after: self.now.seq,
                found: record.seq,
            });
        }
        if record.at_nanos < self.now.at_nanos {
            self.note(Fault::TimeWentBack { seq: record.seq });
        }
        let known_until = self.now.seq;
        self.now = moment;
        if let Some(observed) = self.datagrams.observe(&record.event, moment) {
            if let Err(fault) = observed {
                self.note(fault);
            }
            return;
        }
        match &record.event {
            Event::Keyframe(keyframe) => {
                if record.seq > known_until || record.seq == Seq(0) {
                    self.resume(keyframe, moment);
                }
            }
            Event::Dropped(dropped) => {
                let before = self.lost.map_or(0, |(records, _)| records);
                self.lost = Some((before.saturating_add(dropped.records), moment));
                // The keyframe that follows bears the same number, and must be taken.
                self.now.seq = known_until;
            }
            Event::Listening(listening) => {
                Arc::make_mut(&mut self.calls).listened = Some(moment);
                // Who waits goes on waiting when listen(2) is called again.
                let waiting = self.listener.take().and_then(|listener| listener.waiting);
                self.listener = Some(Listener {
                    listening: listening.clone(),
                    waiting,
                });
            }
            Event::Waiting(waiting) => {
                if let Some(listener) = &mut self.listener {
                    listener.waiting = Some((*waiting, moment));
                }
            }
            Event::Connected(connected) => self.connected(connected, moment),
            Event::Accepted(accepted) => self.accept(accepted, moment),
            Event::Policy(set) => match set.conn {
                None => {
                    self.policy = set.policy;
                    for connection in self.conns.values_mut() {
                        if connection.is_open() {
                            Arc::make_mut(connection).policy = set.policy;
                        }
                    }
                }
                Some(conn) => match self.conns.get_mut(&conn) {
                    Some(connection) => Arc::make_mut(connection).policy = set.policy,
                    None => self.note(Fault::NoSuchConnection { seq: record.seq }),
                },
            },
            // Of a connection that is not known yet, too: before connect there is a socket.
            Event::Called(called) => Arc::make_mut(&mut self.calls).call(called, moment),
            Event::Connecting(connecting) => {
                Arc::make_mut(&mut self.calls).begin_connecting(connecting, moment);
            }
            Event::Unaccepted(sample) => self.take_unaccepted(sample, moment),
            Event::Unknown(unknown) => self.unknown = Some((unknown.clone(), moment)),
            event => {
                let Some((conn, end)) = event.place() else {
                    return;
                };
                match self
                    .conns
                    .get_mut(&conn)
                    .and_then(|connection| Arc::make_mut(connection).end_mut(end).as_mut())
                {
                    Some(end) => {
                        if let Some(fault) = end.observe(event, moment) {
                            self.note(fault);
                        }
                    }
                    None => self.note(Fault::NoSuchConnection { seq: record.seq }),
                }
                match event {
                    Event::Closed(_) => self.forget_closed(),
                    Event::Unframed(unframed) if unframed.why == UnframedWhy::TooLong => {
                        if let Some(connection) = self.conns.get_mut(&conn) {
                            Arc::make_mut(connection).policy.framing = None;
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The connection of that number, if it is remembered.
    #[must_use]
    pub fn conn(&self, conn: Conn) -> Option<&Connection> {
        self.conns.get(&conn).map(AsRef::as_ref)
    }

    pub(crate) fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn connected(&mut self, connected: &Connected, moment: Moment) {
        let Connected {
            conn, local, peer, ..
        } = connected.clone();
        if self.calls.connecting(conn).is_some() {
            Arc::make_mut(&mut self.calls).connected(conn);
        }
        self.connection(conn, local, peer).client = Some(EndState::opened_at(moment));
    }

    fn accept(&mut self, accepted: &Accepted, moment: Moment) {
        let Accepted {
            conn, local, peer, ..
        } = accepted.clone();
        self.accepted += 1;
        self.leave_unaccepted(accepted);
        let policy = self.policy;
        let connection = self.connection(conn, peer, local);
        // Until now nothing could be set for it alone, and if its client left the accept queue it
        // counted as closed and was not told of the server's policy.
        connection.policy = policy;
        connection.server = Some(EndState::opened_at(moment));
    }

    /// The connection of that number, a new one if there is none.
    pub(crate) fn connection(
        &mut self,
        conn: Conn,
        client_addr: Address,
        server_addr: Address,
    ) -> &mut Connection {
        let policy = self.policy;
        let connection = self.conns.entry(conn).or_insert_with(|| {
            Arc::new(Connection {
                conn,
                client_addr,
                server_addr,
                policy,
                server: None,
                client: None,
                early: Ruler::default(),
            })
        });
        Arc::make_mut(connection)
    }

    /// Keeps the last closed connections and forgets the earliest numbers among them.
    pub(crate) fn forget_closed(&mut self) {
        let closed: Vec<Conn> = self
            .conns
            .values()
            .filter(|connection| !connection.is_open())
            .map(|connection| connection.conn)
            .collect();
        for conn in closed.iter().rev().skip(Self::CLOSED_MAX) {
            self.conns.remove(conn);
            if !self.calls.of(Some(*conn)).is_empty() {
                Arc::make_mut(&mut self.calls).forget(*conn);
            }
        }
    }
}

impl EndState {
    fn opened_at(moment: Moment) -> EndState {
        EndState {
            opened: Some(moment),
            ..EndState::default()
        }
    }

    /// Takes one fact or sample of this socket in.
    fn observe(&mut self, event: &Event, moment: Moment) -> Option<Fault> {
        let cut = |from: u64, bytes: u64, asked: u64, times: u32| Cut {
            from,
            to: from.saturating_add(bytes),
            moment,
            ordinal: 0,
            times: times.max(1),
            asked,
            segments: None,
            preview: None,
        };
        let push = |ruler: &mut Ruler, cut: Cut| {
            let fits = cut.from == ruler.total.bytes;
            let fault = Fault::Offset {
                seq: moment.seq,
                expected: ruler.total.bytes,
                found: cut.from,
            };
            ruler.push(cut);
            (!fits).then_some(fault)
        };
        match event {
            Event::Arrived(e) => {
                self.segments += u64::from(e.segments.unwrap_or(0));
                let mut arrival = cut(e.offset, e.bytes, e.bytes, e.times);
                arrival.segments = e.segments;
                arrival.preview = e.preview.clone();
                push(&mut self.arrived, arrival)
            }
            Event::Read(e) => {
                let mut read = cut(e.offset, e.returned, e.asked, e.times);
                read.preview = e.preview.clone();
                push(&mut self.read, read)
            }
            Event::Wrote(e) => {
                let mut write = cut(e.offset, e.accepted, e.asked, e.times);
                write.preview = e.preview.clone();
                push(&mut self.wrote, write)
            }
            Event::Bagged(e) => {
                // Bytes answered while no bag was in use lie between the bags: that is no gap in
                // the records, but the ruler begins anew.
                if e.offset > self.bagged.total.bytes && e.offset <= self.read.total.bytes {
                    self.bagged = Ruler::from_total(Total {
                        bytes: e.offset,
                        times: self.bagged.total.times,
                    });
                }
                push(&mut self.bagged, cut(e.offset, e.bytes, e.bytes, e.times))
            }
            Event::Message(e) => {
                // Where a framing comes into force, messages begin where the answers ended.
                if e.offset > self.messages.total.bytes && e.offset == self.answered.total.bytes {
                    self.messages = Ruler::from_total(Total {
                        bytes: e.offset,
                        times: self.messages.total.times,
                    });
                }
                let payload = e.bytes.saturating_sub(e.framing_bytes);
                push(&mut self.messages, cut(e.offset, e.bytes, payload, e.times))
            }
            Event::Unframed(e) => {
                (e.offset != self.answered.total.bytes).then_some(Fault::Offset {
                    seq: moment.seq,
                    expected: self.answered.total.bytes,
                    found: e.offset,
                })
            }
            Event::Answered(e) => {
                self.answer(e, moment);
                push(
                    &mut self.answered,
                    cut(e.in_offset, e.in_bytes, e.in_bytes, e.times),
                )
            }
            Event::Blocked(_) => {
                self.blocked = Some(moment);
                None
            }
            Event::Unblocked(_) => {
                self.blocked = None;
                None
            }
            Event::HalfClosed(e) => {
                if e.by == e.end {
                    self.shut_by_self = Some(moment);
                } else {
                    self.shut_by_peer = Some(moment);
                }
                None
            }
            Event::EndOfStream(e) => {
                self.end_of_stream = Some(moment);
                (e.offset != self.read.total.bytes).then_some(Fault::Offset {
                    seq: moment.seq,
                    expected: self.read.total.bytes,
                    found: e.offset,
                })
            }
            Event::Reset(e) => {
                self.reset = Some((e.by, moment));
                None
            }
            Event::Closed(e) => {
                self.closed = Some((e.unread, moment));
                self.blocked = None;
                // What the kernel held for the socket is gone with it.
                self.queues = None;
                (e.unread != self.waiting_bytes()).then_some(Fault::Unread {
                    seq: moment.seq,
                    expected: self.waiting_bytes(),
                    found: e.unread,
                })
            }
            Event::Queues(e) => {
                self.queues = Some((**e, moment));
                None
            }
            _ => None,
        }
    }

    fn answer(&mut self, answered: &Answered, moment: Moment) {
        self.stamp_bytes = self.stamp_bytes.saturating_add(answered.stamp_bytes);
        self.answers.push(Answer {
            in_from: answered.in_offset,
            in_to: answered.in_offset.saturating_add(answered.in_bytes),
            out_from: answered.out_offset,
            stamp_bytes: answered.stamp_bytes,
            times: answered.times,
            moment,
        });
    }
}
