//! Who is there: numbers for connections, the two ends of one four-tuple joined, and the way by
//! which a person's wish reaches the task that owns a socket.
//!
//! Knows nothing of sockets. Whatever depends on the order of policies and connections is recorded
//! under this registry's lock, so that the journal tells it in the order in which it took effect.

mod seat;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{
    Accepted, Address, Call, Called, Conn, Connecting, End, Event, Policy, PolicySet, Refusal,
    Spacing,
};
use tokio::sync::watch;

use crate::{journal::Journal, socket::Turn};

use seat::Post;
pub use seat::Seat;

/// The most demonstration clients at a time.
pub const CLIENTS_MAX: u32 = 16;
/// The most calls that wait to be taken up by a client.
const CALLS_MAX: usize = 64;
/// The most reads by hand that wait to be made, for each end.
const READS_MAX: u32 = 64;
/// So many connections are remembered that our own client closed before the server accepted them.
const UNACCEPTED_MAX: usize = 64;

/// The client's address and the server's.
type Pair = (Address, Address);

/// All connections with an open end, and the server's policy.
#[derive(Debug)]
pub struct Registry {
    journal: Arc<Journal>,
    /// The server's policy, for whoever has no seat here: the datagram echo.
    policy: watch::Sender<Policy>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    policy: Policy,
    last: Conn,
    conns: HashMap<Conn, Entry>,
    /// By (client, server).
    by_pair: HashMap<Pair, Conn>,
    /// Connected and closed by our own client, not yet accepted; the oldest first.
    unaccepted: VecDeque<Conn>,
    /// No end is opened any more.
    closing: bool,
}

#[derive(Debug)]
struct Entry {
    pair: Pair,
    policy: Policy,
    server: Presence,
    client: Presence,
    /// Bytes whose arrival at the server's end is recorded.
    arrived: watch::Sender<u64>,
    turn: Turn,
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
    /// Calls to be made that were not taken up.
    calls: Vec<Call>,
    is_sending: bool,
    /// Asked for by hand, not yet taken up: the most bytes of each.
    reads: VecDeque<u32>,
    /// Asked for by hand, not yet made; at most [`READS_MAX`].
    reads_to_make: u32,
    /// It is to send no more.
    is_shut: bool,
    /// It reads only when it is told to.
    reads_by_hand: bool,
}

/// How a person wants an end to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What was read and not answered is sent, and then close(2).
    Finish,
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
    /// The bytes of the only batch. None: the stream's digits go on.
    pub given: Option<Vec<u8>>,
}

impl Registry {
    /// Nobody is there.
    #[must_use]
    pub fn new(journal: Arc<Journal>, policy: Policy) -> Arc<Registry> {
        Arc::new(Registry {
            journal,
            policy: watch::Sender::new(policy),
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
    pub fn accepted(self: &Arc<Self>, client: Address, server: Address) -> Seat {
        let mut state = self.state();
        let pair = (client, server);
        let known = state.by_pair.get(&pair).copied();
        let joins = known.filter(|conn| {
            state
                .conns
                .get(conn)
                .is_some_and(|entry| matches!(entry.server, Presence::Absent))
        });
        let conn = joins.unwrap_or_else(|| state.enter(pair.clone()));
        state.unaccepted.retain(|&unaccepted| unaccepted != conn);
        self.journal.record(Event::Accepted(Accepted {
            conn,
            end: End::Server,
            peer: pair.0,
            local: pair.1,
        }));
        self.seat(&mut state, conn, End::Server)
    }

    /// A demonstration client is about to connect; `calls` made its socket, and `reads` says whether
    /// it reads by itself.
    ///
    /// # Errors
    /// There are enough of them.
    pub fn connecting(
        self: &Arc<Self>,
        client: Address,
        server: Address,
        calls: Vec<Called>,
        reads: bool,
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
        let conn = state.enter((client.clone(), server.clone()));
        let made = calls.into_iter().map(|call| {
            let conn = Some(conn);
            Event::Called(Called { conn, ..call })
        });
        let connecting = Event::Connecting(Connecting {
            conn,
            end: End::Client,
            local: client,
            peer: server,
        });
        self.journal.record_all(made.chain([connecting]));
        let seat = self.seat(&mut state, conn, End::Client);
        if let Ok(open) = state.open(conn, End::Client) {
            open.reads_by_hand = !reads;
        }
        Ok(seat)
    }

    /// The number of the connection between these addresses, if one is known.
    pub fn number(&self, client: Address, server: Address) -> Option<Conn> {
        self.state().by_pair.get(&(client, server)).copied()
    }

    /// Changes the policy: of one connection, or of the server and all its connections.
    ///
    /// # Errors
    /// The policy is out of range, or the connection is not accepted or not open.
    pub fn set_policy(&self, conn: Option<Conn>, policy: Policy) -> Result<(), Refusal> {
        policy.check()?;
        let mut state = self.state();
        match conn {
            Some(conn) => {
                let entry = state
                    .conns
                    .get_mut(&conn)
                    .ok_or(Refusal::NotOpen { conn })?;
                let open = match &mut entry.server {
                    Presence::Open(open) => open,
                    Presence::Absent => return Err(Refusal::NotAccepted { conn }),
                    Presence::Left => return Err(Refusal::NotOpen { conn }),
                };
                entry.policy = policy;
                open.policy_is_own = true;
                open.post.call();
            }
            None => {
                state.policy = policy;
                self.policy.send_replace(policy);
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

    /// The server's policy, as it changes.
    #[must_use]
    pub fn policy(&self) -> watch::Receiver<Policy> {
        self.policy.subscribe()
    }

    /// A number for a client that has no connection: a datagram's.
    #[must_use]
    pub fn next_number(&self) -> Conn {
        self.state().next_number()
    }

    /// Ends an end.
    ///
    /// # Errors
    /// It is not accepted, not open, or not ours.
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
    /// It is not open, not ours, still busy, or shut down.
    pub fn send(&self, conn: Conn, batches: Batches) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, End::Client)?;
        if open.is_shut {
            return Err(Refusal::Shut { conn });
        }
        if open.is_sending {
            return Err(Refusal::StillSending { conn });
        }
        open.is_sending = true;
        open.batches = Some(batches);
        open.post.call();
        Ok(())
    }

    /// Lets an open demonstration client make a call, when those before have returned.
    ///
    /// # Errors
    /// It is not open or not ours, or too many are asked for.
    pub fn call(&self, conn: Conn, call: Call) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, End::Client)?;
        if open.calls.len() >= CALLS_MAX {
            return Err(Refusal::StillSending { conn });
        }
        open.calls.push(call);
        open.post.call();
        Ok(())
    }

    /// Lets an end make one recv of at most so many bytes, whatever its policy, when all those asked
    /// for before are made and there is something to read.
    ///
    /// # Errors
    /// It is not accepted, not open or not ours, or enough reads wait.
    pub fn read(&self, conn: Conn, end: End, bytes: u32) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, end)?;
        if open.reads_to_make >= READS_MAX {
            let limit = READS_MAX;
            return Err(Refusal::TooManyReads { conn, limit });
        }
        open.reads_to_make += 1;
        open.reads.push_back(bytes);
        open.post.call();
        Ok(())
    }

    /// Lets an end send no more, when all that it is sending is taken by the kernel.
    ///
    /// # Errors
    /// It is not accepted, not open, not ours, or shut down already.
    pub fn shut(&self, conn: Conn, end: End) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, end)?;
        if open.is_shut {
            return Err(Refusal::Shut { conn });
        }
        open.is_shut = true;
        open.post.call();
        Ok(())
    }

    /// Lets an open demonstration client read by itself, or only when it is told to.
    ///
    /// # Errors
    /// It is not open or not ours.
    pub fn client_reads(&self, conn: Conn, on: bool) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open(conn, End::Client)?;
        open.reads_by_hand = !on;
        open.post.call();
        Ok(())
    }

    /// Closes every end in that way, and each that is still to come.
    pub fn close_all(&self, ending: Ending) {
        let mut state = self.state();
        state.closing = true;
        for entry in state.conns.values_mut() {
            for presence in [&mut entry.server, &mut entry.client] {
                if let Presence::Open(open) = presence {
                    open.ending = Some(ending);
                    open.post.call();
                }
            }
        }
    }

    fn seat(self: &Arc<Self>, state: &mut State, conn: Conn, end: End) -> Seat {
        let post = Arc::new(Post::default());
        let mut arrived = watch::Sender::new(0);
        let mut turn = Turn::default();
        let ending = state.closing.then_some(Ending::Close);
        if let Some(entry) = state.conns.get_mut(&conn) {
            arrived = entry.arrived.clone();
            turn = Arc::clone(&entry.turn);
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
            turn,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in there can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_number(&mut self) -> Conn {
        self.last.0 = self.last.0.saturating_add(1);
        self.last
    }

    fn enter(&mut self, pair: Pair) -> Conn {
        self.next_number();
        let entry = Entry {
            pair,
            policy: self.policy,
            server: Presence::Absent,
            client: Presence::Absent,
            arrived: watch::Sender::new(0),
            turn: Turn::default(),
        };
        // Clients without a name are not told apart by it, and none of them is ours.
        if !entry.pair.0.is_unnamed() {
            self.by_pair.insert(entry.pair.clone(), self.last);
        }
        self.conns.insert(self.last, entry);
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
            Presence::Absent => Err(match end {
                End::Server => Refusal::NotAccepted { conn },
                End::Client => Refusal::NotOurs { conn },
            }),
            Presence::Left => Err(Refusal::NotOpen { conn }),
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
