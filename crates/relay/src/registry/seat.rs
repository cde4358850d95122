//! An end's seat in the registry: how the task that owns its socket hears what a person wishes.

use std::{
    collections::VecDeque,
    io, mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use protocol::{Address, Call, Called, Conn, Connected, End, Event, Policy, PolicySet};
use tokio::sync::{Notify, watch};

use crate::socket::Turn;

use super::{Batches, Ending, Presence, Registry, UNACCEPTED_MAX};

/// What a task is told.
#[derive(Debug)]
pub struct News {
    /// The policy in force.
    pub policy: Policy,
    /// The end is to end.
    pub ending: Option<Ending>,
    /// New batches.
    pub batches: Option<Batches>,
    /// Calls to be made.
    pub calls: Vec<Call>,
    /// Further reads to be made by hand: the most bytes of each.
    pub reads: VecDeque<u32>,
    /// The end is to send no more.
    pub is_shut: bool,
    /// The client reads only when it is told to.
    pub reads_by_hand: bool,
}

/// An end's place in the registry; dropping it leaves.
#[derive(Debug)]
pub struct Seat {
    /// The connection.
    pub conn: Conn,
    /// The end.
    pub end: End,
    pub(super) registry: Arc<Registry>,
    pub(super) post: Arc<Post>,
    pub(super) arrived: watch::Sender<u64>,
    pub(super) turn: Turn,
}

/// Tells a task that there is news.
#[derive(Debug, Default)]
pub(super) struct Post {
    is_fresh: AtomicBool,
    wake: Notify,
}

impl Post {
    pub(super) fn call(&self) {
        self.is_fresh.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}

impl Seat {
    /// Who this is about.
    #[must_use]
    pub fn place(&self) -> (Conn, End) {
        (self.conn, self.end)
    }

    /// Where the server's end tells the bytes whose arrival is recorded, and its client looks.
    #[must_use]
    pub fn arrived(&self) -> watch::Sender<u64> {
        self.arrived.clone()
    }

    /// What both ends of the connection share to take turns.
    #[must_use]
    pub fn turn(&self) -> Turn {
        Arc::clone(&self.turn)
    }

    /// The demonstration client's connect has returned.
    pub fn connected(&self, client: Address, server: Address) {
        let _state = self.registry.state();
        self.registry.journal.record(Event::Connected(Connected {
            conn: self.conn,
            end: End::Client,
            local: client,
            peer: server,
        }));
    }

    /// The demonstration client's connect has failed.
    pub fn failed(&self, server: &Address, error: &io::Error) {
        self.called("connect", server.to_string(), error.raw_os_error());
    }

    /// The demonstration client was closed while its connect had not returned.
    pub fn gave_up(&self) {
        self.called("close", String::new(), None);
    }

    fn called(&self, method: &str, arguments: String, errno: Option<i32>) {
        self.registry.journal.record(Event::Called(Called {
            conn: Some(self.conn),
            end: self.end,
            method: method.to_owned(),
            arguments,
            result: String::new(),
            errno,
        }));
    }

    /// True if the end is to end. Takes up no news.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        let mut state = self.registry.state();
        let open = state.open(self.conn, self.end);
        open.is_ok_and(|open| open.ending.is_some())
    }

    /// True if there is news to be taken up: what came before it is to be recorded before.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.post.is_fresh.load(Ordering::Acquire)
    }

    /// Takes up the news; a policy of the connection's own is recorded here.
    #[must_use]
    pub fn take_news(&self) -> News {
        let mut state = self.registry.state();
        self.post.is_fresh.store(false, Ordering::Release);
        let mut news = News {
            policy: state.policy,
            ending: None,
            batches: None,
            calls: Vec::new(),
            reads: VecDeque::new(),
            is_shut: false,
            reads_by_hand: false,
        };
        let Some(entry) = state.conns.get_mut(&self.conn) else {
            return news;
        };
        news.policy = entry.policy;
        let presence = match self.end {
            End::Server => &mut entry.server,
            End::Client => &mut entry.client,
        };
        if let Presence::Open(open) = presence {
            news.ending = open.ending;
            news.batches = open.batches.take();
            news.calls = mem::take(&mut open.calls);
            news.reads = mem::take(&mut open.reads);
            news.is_shut = open.is_shut;
            news.reads_by_hand = open.reads_by_hand;
            if mem::take(&mut open.policy_is_own) {
                self.registry.journal.record(Event::Policy(PolicySet {
                    conn: Some(self.conn),
                    policy: entry.policy,
                }));
            }
        }
        news
    }

    /// Returns when there is news.
    pub async fn news(&self) {
        self.post.wake.notified().await;
    }

    /// A read by hand is made.
    pub fn has_read(&self) {
        let mut state = self.registry.state();
        if let Ok(open) = state.open(self.conn, self.end) {
            open.reads_to_make = open.reads_to_make.saturating_sub(1);
        }
    }

    /// All batches are sent.
    pub fn sent_all(&self) {
        let mut state = self.registry.state();
        if let Ok(open) = state.open(self.conn, self.end) {
            open.is_sending = false;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        let Some(entry) = state.conns.get_mut(&self.conn) else {
            return;
        };
        match self.end {
            End::Server => entry.server = Presence::Left,
            End::Client => entry.client = Presence::Left,
        }
        match (&entry.server, &entry.client) {
            (Presence::Open(_), _) | (_, Presence::Open(_)) => {}
            // The server will accept it still, and is to find its number.
            (Presence::Absent, Presence::Left) => {
                let conn = self.conn;
                state.unaccepted.push_back(conn);
                if state.unaccepted.len() > UNACCEPTED_MAX
                    && let Some(oldest) = state.unaccepted.pop_front()
                {
                    state.forget(oldest);
                }
            }
            _ => state.forget(self.conn),
        }
    }
}
