//! Who is there: numbers for connections, the two ends of one four-tuple joined, and the way by
//! which a person's wish reaches the task that owns a socket.
//!
//! Knows nothing of sockets. Whatever depends on the order of policies and connections is recorded
//! under this registry's lock, so that the journal tells it in the order in which it took effect.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use protocol::{Accepted, Conn, Connected, End, Event, Policy, PolicySet, Refusal, Spacing};
use tokio::sync::{Notify, watch};

use crate::journal::Journal;

/// The most demonstration clients at a time.
pub const CLIENTS_MAX: u32 = 16;
/// So many connections are remembered that our own client closed before the server accepted them.
const UNACCEPTED_MAX: usize = 64;

/// All connections with an open end, and the server's policy.
#[derive(Debug)]
pub struct Registry {
    journal: Arc<Journal>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    policy: Policy,
    last: Conn,
    conns: HashMap<Conn, Entry>,
    /// By (client, server).
    by_pair: HashMap<(SocketAddr, SocketAddr), Conn>,
    /// Connected and closed by our own client, not yet accepted; the oldest first.
    unaccepted: VecDeque<Conn>,
    /// No end is opened any more.
    closing: bool,
}

#[derive(Debug)]
struct Entry {
    pair: (SocketAddr, SocketAddr),
    policy: Policy,
    server: Presence,
    client: Presence,
    /// Bytes whose arrival at the server's end is recorded.
    arrived: watch::Sender<u64>,
}

#[derive(Debug)]
enum Presence {
    Absent,
    Open(Open),
    Left,
}

#[derive(Debug, Default)]
struct Open {
    post: Arc<Post>,
    ending: Option<Ending>,
    /// The connection's own policy was changed and not yet taken up.
    policy_is_own: bool,
    batches: Option<Batches>,
    is_sending: bool,
}

/// Tells a task that there is news.
#[derive(Debug, Default)]
struct Post {
    is_fresh: AtomicBool,
    wake: Notify,
}

/// How a person wants an end to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// close(2).
    Close,
    /// RST.
    Reset,
}

/// What a demonstration client is to send.
#[derive(Clone, Debug)]
pub struct Batches {
    /// Sizes, bytes.
    pub sizes: VecDeque<u32>,
    /// When the next one goes.
    pub spacing: Spacing,
}

/// What a task is told.
#[derive(Debug)]
pub struct News {
    /// The policy in force.
    pub policy: Policy,
    /// The end is to end.
    pub ending: Option<Ending>,
    /// New batches.
    pub batches: Option<Batches>,
}

/// An end's place in the registry; dropping it leaves.
#[derive(Debug)]
pub struct Seat {
    /// The connection.
    pub conn: Conn,
    /// The end.
    pub end: End,
    registry: Arc<Registry>,
    post: Arc<Post>,
    arrived: watch::Sender<u64>,
}

impl Registry {
    /// Nobody is there.
    #[must_use]
    pub fn new(journal: Arc<Journal>, policy: Policy) -> Arc<Registry> {
        Arc::new(Registry {
            journal,
            state: Mutex::new(State {
                policy,
                last: Conn(0),
                conns: HashMap::new(),
                by_pair: HashMap::new(),
                unaccepted: VecDeque::new(),
                closing: false,
            }),
        })
    }

    /// Records the server's policy as it is at the start.
    pub fn record_policy(&self) {
        let state = self.state();
        self.journal.record(Event::Policy(PolicySet {
            conn: None,
            policy: state.policy,
        }));
    }

    /// The server has accepted a connection.
    pub fn accepted(self: &Arc<Self>, client: SocketAddr, server: SocketAddr) -> Seat {
        let mut state = self.state();
        let known = state.by_pair.get(&(client, server)).copied();
        let joins = known.filter(|conn| {
            state
                .conns
                .get(conn)
                .is_some_and(|entry| matches!(entry.server, Presence::Absent))
        });
        let conn = joins.unwrap_or_else(|| state.enter((client, server)));
        state.unaccepted.retain(|&unaccepted| unaccepted != conn);
        self.journal.record(Event::Accepted(Accepted {
            conn,
            end: End::Server,
            peer: client,
            local: server,
        }));
        self.seat(&mut state, conn, End::Server)
    }

    /// A demonstration client is about to connect.
    ///
    /// # Errors
    /// There are enough of them.
    pub fn connecting(
        self: &Arc<Self>,
        client: SocketAddr,
        server: SocketAddr,
    ) -> Result<Seat, Refusal> {
        let mut state = self.state();
        let open = state
            .conns
            .values()
            .filter(|entry| matches!(entry.client, Presence::Open(_)))
            .count();
        if open >= CLIENTS_MAX as usize {
            return Err(Refusal::TooManyClients { limit: CLIENTS_MAX });
        }
        let conn = state.enter((client, server));
        Ok(self.seat(&mut state, conn, End::Client))
    }

    /// Changes the policy: of one connection, or of the server and all its connections.
    ///
    /// # Errors
    /// The policy is out of range, or the connection is not open.
    pub fn set_policy(&self, conn: Option<Conn>, policy: Policy) -> Result<(), Refusal> {
        policy.check()?;
        let mut state = self.state();
        match conn {
            Some(conn) => {
                let entry = state
                    .conns
                    .get_mut(&conn)
                    .ok_or(Refusal::NotOpen { conn })?;
                let Presence::Open(open) = &mut entry.server else {
                    return Err(Refusal::NotOpen { conn });
                };
                entry.policy = policy;
                open.policy_is_own = true;
                open.post.call();
            }
            None => {
                state.policy = policy;
                self.journal
                    .record(Event::Policy(PolicySet { conn, policy }));
                for entry in state.conns.values_mut() {
                    entry.policy = policy;
                    if let Presence::Open(open) = &mut entry.server {
                        open.policy_is_own = false;
                        open.post.call();
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends an end.
    ///
    /// # Errors
    /// It is not open, or not ours.
    pub fn end(&self, conn: Conn, end: End, ending: Ending) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, end)?;
        open.ending = Some(ending);
        open.post.call();
        Ok(())
    }

    /// Lets an open demonstration client send.
    ///
    /// # Errors
    /// It is not open, not ours, or still busy.
    pub fn send(&self, conn: Conn, batches: Batches) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, End::Client)?;
        if open.is_sending {
            return Err(Refusal::StillSending { conn });
        }
        open.is_sending = true;
        open.batches = Some(batches);
        open.post.call();
        Ok(())
    }

    /// Closes every end, and each that is still to come.
    pub fn close_all(&self) {
        let mut state = self.state();
        state.closing = true;
        for entry in state.conns.values_mut() {
            for presence in [&mut entry.server, &mut entry.client] {
                if let Presence::Open(open) = presence {
                    open.ending = Some(Ending::Close);
                    open.post.call();
                }
            }
        }
    }

    fn seat(self: &Arc<Self>, state: &mut State, conn: Conn, end: End) -> Seat {
        let post = Arc::new(Post::default());
        let mut arrived = watch::Sender::new(0);
        let ending = state.closing.then_some(Ending::Close);
        if let Some(entry) = state.conns.get_mut(&conn) {
            arrived = entry.arrived.clone();
            let open = Presence::Open(Open {
                post: Arc::clone(&post),
                ending,
                ..Open::default()
            });
            match end {
                End::Server => entry.server = open,
                End::Client => entry.client = open,
            }
        }
        // The first news is the policy.
        post.call();
        Seat {
            conn,
            end,
            registry: Arc::clone(self),
            post,
            arrived,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in there can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, pair: (SocketAddr, SocketAddr)) -> Conn {
        self.last.0 = self.last.0.saturating_add(1);
        let entry = Entry {
            pair,
            policy: self.policy,
            server: Presence::Absent,
            client: Presence::Absent,
            arrived: watch::Sender::new(0),
        };
        self.conns.insert(self.last, entry);
        self.by_pair.insert(pair, self.last);
        self.last
    }

    fn open(&mut self, conn: Conn, end: End) -> Result<&mut Open, Refusal> {
        let entry = self.conns.get_mut(&conn).ok_or(Refusal::NotOpen { conn })?;
        let presence = match end {
            End::Server => &mut entry.server,
            End::Client => &mut entry.client,
        };
        match presence {
            Presence::Open(open) => Ok(open),
            Presence::Absent if end == End::Client => Err(Refusal::NotOurs { conn }),
            Presence::Absent | Presence::Left => Err(Refusal::NotOpen { conn }),
        }
    }

    fn forget(&mut self, conn: Conn) {
        if let Some(entry) = self.conns.remove(&conn)
            && self.by_pair.get(&entry.pair) == Some(&conn)
        {
            self.by_pair.remove(&entry.pair);
        }
    }
}

impl Post {
    fn call(&self) {
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

    /// The demonstration client's connect has returned.
    pub fn connected(&self, client: SocketAddr, server: SocketAddr) {
        let _state = self.registry.state();
        self.registry.journal.record(Event::Connected(Connected {
            conn: self.conn,
            end: End::Client,
            local: client,
            peer: server,
        }));
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
            if std::mem::take(&mut open.policy_is_own) {
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
