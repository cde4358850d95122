//! Keeps books of a journal, apart from the relay's own: what must hold after every record.
//! The model folds the same records, and what it verifies must hold too.

use std::collections::HashMap;

use model::{Show, State};
use protocol::{Address, Conn, End, Event, Keyframe, Policy, Record, Seq};

/// What was told of one end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub arrived: u64,
    pub arrivals: u64,
    pub segments: u64,
    pub read: u64,
    pub reads: u64,
    pub bagged: u64,
    pub bags: u64,
    pub answered: u64,
    pub answers: u64,
    pub stamps: u64,
    pub wrote: u64,
    pub blocked: bool,
    pub blocks: u64,
    pub shut_by_peer: bool,
    pub ended: bool,
    pub reset_by: Option<End>,
    pub unread: Option<u64>,
}

/// All that was told.
#[derive(Debug, Default)]
pub struct Books {
    pub last: Option<Seq>,
    at_nanos: u64,
    pub accounts: HashMap<(Conn, End), Account>,
    /// Which connection a client's address has.
    pub conns: HashMap<Address, Conn>,
    /// The policies that connections were given for themselves.
    pub policies: HashMap<Conn, Policy>,
    /// Records that were told to be lost.
    pub dropped: u64,
    /// What the model makes of it; None where the beginning is not known.
    pub model: Option<State>,
}

impl Books {
    /// Of one who knows the records up to here by their number only.
    pub fn after(last: Seq) -> Books {
        Books {
            last: Some(last),
            ..Books::default()
        }
    }

    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Books {
        let mut books = Books::default();
        for record in records {
            books.apply(record);
        }
        books
    }

    pub fn server(&self, client: impl Into<Address>) -> Option<&Account> {
        let conn = self.conns.get(&client.into())?;
        self.accounts.get(&(*conn, End::Server))
    }

    pub fn apply(&mut self, record: &Record) {
        if matches!(record.event, Event::Keyframe(_)) {
            self.model.get_or_insert_default();
        }
        if let Some(state) = &mut self.model {
            state.apply(record, Show(record.at_nanos));
            assert_eq!(
                state.verify(),
                Ok(()),
                "the model does not accept {record:?}"
            );
        }
        assert!(
            record.at_nanos >= self.at_nanos,
            "time goes back: {record:?}"
        );
        self.at_nanos = record.at_nanos;
        match (&record.event, self.last) {
            (Event::Dropped(dropped), Some(last)) => {
                assert_eq!(record.seq.0, last.0 + dropped.records, "{record:?}");
                self.dropped += dropped.records;
            }
            (Event::Keyframe(keyframe), last) => {
                assert!(last.is_none_or(|last| last == record.seq), "{record:?}");
                self.open(keyframe);
            }
            (_, Some(last)) => assert_eq!(record.seq, last.next(), "a hole or a repeat"),
            (_, None) => {}
        }
        self.last = Some(record.seq);
        if let Some(place) = record.event.place() {
            match &record.event {
                Event::Accepted(e) => {
                    self.conns.insert(e.peer.clone(), e.conn);
                    let before = self.accounts.insert(place, Account::default());
                    assert!(before.is_none(), "{record:?}");
                }
                Event::Connected(e) => {
                    self.conns.insert(e.local.clone(), e.conn);
                    let before = self.accounts.insert(place, Account::default());
                    assert!(before.is_none(), "{record:?}");
                }
                // Before a connection is there its client's socket is made.
                Event::Called(_) | Event::Connecting(_) => {}
                Event::Policy(e) => {
                    self.policies.insert(place.0, e.policy);
                }
                event => {
                    let account = self.accounts.get_mut(&place);
                    let account = account.unwrap_or_else(|| panic!("nobody there: {record:?}"));
                    account.apply(event);
                    account.verify(place.1, record);
                }
            }
        }
    }

    fn open(&mut self, keyframe: &Keyframe) {
        if self.dropped == 0 && self.last.is_some() {
            return;
        }
        for conn in &keyframe.conns {
            self.conns.insert(conn.client.clone(), conn.conn);
            for (end, known) in [
                (End::Server, conn.server_end),
                (End::Client, conn.client_end),
            ] {
                let Some(known) = known else { continue };
                let account = Account {
                    arrived: known.arrived.bytes,
                    arrivals: known.arrived.times,
                    segments: known.segments,
                    read: known.read.bytes,
                    reads: known.read.times,
                    bagged: known.bagged.bytes,
                    bags: known.bagged.times,
                    answered: known.answered.bytes,
                    answers: known.answered.times,
                    stamps: known.stamp_bytes,
                    wrote: known.wrote.bytes,
                    blocked: known.blocked,
                    blocks: 0,
                    shut_by_peer: known.shut_by_peer,
                    ended: known.end_of_stream,
                    reset_by: known.reset_by,
                    unread: known.closed_unread,
                };
                self.accounts.insert((conn.conn, end), account);
            }
        }
    }
}

impl Account {
    fn apply(&mut self, event: &Event) {
        assert_eq!(self.unread, None, "closed, and yet {event:?}");
        match event {
            Event::Arrived(e) => {
                assert_eq!(e.offset, self.arrived);
                assert!(!self.shut_by_peer || e.bytes == 0);
                self.arrived += e.bytes;
                self.arrivals += u64::from(e.times);
                self.segments += u64::from(e.segments.unwrap_or(0));
                assert!(
                    e.preview
                        .as_ref()
                        .is_none_or(|p| p.0.len() as u64 <= e.bytes)
                );
            }
            Event::Read(e) => {
                assert_eq!(e.offset, self.read);
                assert!(e.returned <= e.asked);
                self.read += e.returned;
                self.reads += u64::from(e.times);
            }
            Event::Wrote(e) => {
                assert_eq!(e.offset, self.wrote);
                assert!(e.accepted <= e.asked && !self.blocked);
                self.wrote += e.accepted;
            }
            Event::Bagged(e) => {
                assert!(e.offset + e.bytes <= self.read);
                self.bagged += e.bytes;
                self.bags += u64::from(e.times);
            }
            Event::Answered(e) => {
                assert_eq!(e.in_offset, self.answered);
                assert_eq!(e.out_offset, self.answered + self.stamps);
                self.answered += e.in_bytes;
                self.stamps += e.stamp_bytes;
                self.answers += u64::from(e.times);
            }
            Event::Blocked(e) => {
                self.blocked = true;
                self.blocks += u64::from(e.times);
            }
            Event::Unblocked(_) => self.blocked = false,
            Event::HalfClosed(e) => self.shut_by_peer |= e.by != e.end,
            Event::EndOfStream(e) => {
                assert_eq!((e.offset, self.read), (self.arrived, self.arrived));
                self.ended = true;
            }
            Event::Reset(e) => self.reset_by = Some(e.by),
            Event::Closed(e) => {
                assert_eq!(self.arrived, self.read + e.unread);
                self.unread = Some(e.unread);
            }
            Event::Queues(e) => assert_eq!(
                e.receive_queue,
                Some(self.arrived - self.read),
                "a sample contradicts the facts: {e:?}"
            ),
            _ => {}
        }
    }

    fn verify(&self, end: End, record: &Record) {
        assert!(self.read <= self.arrived, "{record:?} {self:?}");
        if end == End::Server {
            assert!(self.bagged <= self.read, "{record:?} {self:?}");
            assert!(self.answered <= self.read, "{record:?} {self:?}");
            assert!(
                self.wrote <= self.answered + self.stamps,
                "{record:?} {self:?}"
            );
        }
    }
}
