//! The echo server's listener: accepts, says how many wait to be accepted, and changes how many may.
//!
//! Knows nothing of what is served.

use std::{io, net::SocketAddr, time::Duration};

use protocol::{
    Conn, End, Event, Limited, LimitedBy, Listening, Unaccepted, UnacceptedConnection, Waiting,
};
use socket2::SockRef;
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    door::{Door, Guest},
    journal::Journal,
    limits::{Admitted, Places, Seldom, TurnedAway},
    observe::{Diag, Orphan},
};

/// The least time between two samples of the accept queue.
const SAMPLE_EVERY: Duration = Duration::from_millis(16);
/// How often it is looked at while somebody waits.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The kernel's answer who waits takes some 0.3 ms, and with thousands more: so many times as long
/// it is then not asked.
const RESTS_TIMES: u32 = 16;
/// After accept has failed for want of descriptors or memory.
const FAILED_PAUSE: Duration = Duration::from_millis(100);

/// What a person wishes of the listener, and what it says of that.
#[derive(Debug)]
pub struct Wishes {
    /// What to ask of listen(2).
    pub backlog: watch::Sender<u32>,
    /// Whether it is to accept.
    pub accepting: watch::Sender<bool>,
    /// Whether it does.
    accepts: watch::Sender<bool>,
}

impl Wishes {
    /// It accepts, with that backlog.
    pub fn new(backlog: u32) -> Wishes {
        Wishes {
            backlog: watch::Sender::new(backlog),
            accepting: watch::Sender::new(true),
            accepts: watch::Sender::new(true),
        }
    }

    /// Lets it accept or not; returns when that is in force.
    pub async fn accept(&self, on: bool) {
        let mut accepts = self.accepts.subscribe();
        self.accepting.send_replace(on);
        // Another one may wish otherwise meanwhile: then that is waited for. The sender lives here.
        let _ = accepts
            .wait_for(|does| *does == *self.accepting.borrow())
            .await;
    }
}

/// Accepts until dropped; `serve` gets each connection with the place by which it counts. The next
/// one is accepted when there is a place: `sequential` has one, and its holder is closed before that.
/// Of an address that has enough it is reset at once: an answer in words would be taken for an echo,
/// and a FIN for a server that has nothing to say.
/// `listening` is what was recorded of the listener; `number` tells a client's number, if it is ours.
pub async fn listen(
    door: &Door,
    mut listening: Listening,
    wishes: &Wishes,
    places: &Places,
    journal: &Journal,
    number: impl Fn(SocketAddr) -> Option<Conn>,
    serve: impl Fn(Guest, Admitted),
) {
    let mut queue = AcceptQueue::default();
    let mut turned_away = TurnedAway::default();
    let limited = |by, most, count| {
        journal.record(Event::Limited(Limited {
            conn: None,
            end: End::Server,
            by,
            most,
            count,
        }));
    };
    // Told when it begins, not each time.
    let (mut failing, mut full) = (false, false);
    let (mut says_failing, mut says_full) = (Seldom::default(), Seldom::default());
    // The last that was turned away.
    let mut who = None;
    let mut wished = wishes.backlog.subscribe();
    let mut accepting = wishes.accepting.subscribe();
    let sample = |queue: &mut AcceptQueue| {
        if let Some(queued) = queue.sample(door, journal) {
            queue.sample_connections(queued, door, journal, &number);
        }
    };
    sample(&mut queue);
    loop {
        let accepts = *accepting.borrow_and_update();
        // Between two calls of accept(2), never in one.
        wishes.accepts.send_replace(accepts);
        let accept = async {
            if !accepts {
                std::future::pending::<()>().await;
            }
            let place = places.free().await;
            (place, door.accept().await)
        };
        tokio::select! {
            (place, accepted) = accept => {
                match accepted {
                    Ok(guest) => {
                        failing = false;
                        let from = guest.client.inet().map(|client| client.ip());
                        match places.admit(place, from) {
                            Ok(place) => serve(guest, place),
                            Err(_) => {
                                let _ = SockRef::from(&guest.stream).set_linger(Some(Duration::ZERO));
                                turned_away.count();
                                who = from;
                            }
                        }
                        let was_full = full;
                        full = places.is_full();
                        // Of one client at a time that is no news.
                        if full && !was_full && !listening.sequential {
                            let most = places.most();
                            if let Some(times) = says_full.due() {
                                tracing::warn!(
                                    "{most} connections are open (--max-connections); further ones wait to be accepted{times}"
                                );
                            }
                            limited(LimitedBy::Connections, most.into(), 1);
                        }
                    }
                    // It is over already; the next one may do.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(error) => {
                        if !failing {
                            if let Some(times) = says_failing.due() {
                                tracing::warn!(
                                    "accept fails: {error}; those who are in stay, and it is tried again{times}"
                                );
                            }
                            limited(LimitedBy::System, 0, 1);
                        }
                        failing = true;
                        sleep(FAILED_PAUSE).await;
                    }
                }
                queue.stir();
            }
            Ok(()) = wished.changed() => {
                let backlog = *wished.borrow_and_update();
                match door.listen_again(backlog) {
                    Ok(()) => {
                        listening.backlog = backlog;
                        journal.record(Event::Listening(listening.clone()));
                    }
                    Err(error) => tracing::warn!(%error, "the backlog stays as it is"),
                }
                queue.stir();
            }
            Ok(()) = accepting.changed() => {}
            () = queue.due(!accepts || places.is_full()) => {}
            () = turned_away.due() => {}
        }
        if let Some((count, is_new)) = turned_away.take() {
            let most = places.most_per_address();
            limited(LimitedBy::ConnectionsPerAddress, most.into(), count);
            if is_new && let Some(from) = who {
                tracing::warn!(
                    "{most} connections from {from} are open (--max-connections-per-address); further ones are reset"
                );
            }
        }
        sample(&mut queue);
    }
}

/// The sampling of the accept queue: after each accept, while somebody waits, and while nobody is
/// accepted; with a trailing look.
#[derive(Default)]
struct AcceptQueue {
    last: Option<Waiting>,
    last_at: Option<Instant>,
    stirred: bool,
    /// Who they are, as last told.
    connections: Unaccepted,
    /// Asks the kernel for them; made when first somebody waits.
    diag: Option<io::Result<Diag>>,
    /// Not before that is it asked again.
    rests_until: Option<Instant>,
}

impl AcceptQueue {
    fn stir(&mut self) {
        self.stirred = true;
    }

    async fn due(&self, is_full: bool) {
        let somebody_waits = self.last.is_some_and(|waiting| waiting.queued > 0);
        let after = match self.last_at {
            Some(last_at) if self.stirred => last_at + SAMPLE_EVERY,
            Some(last_at) if somebody_waits || is_full => last_at + LOOK_EVERY,
            _ => return std::future::pending().await,
        };
        sleep_until(after).await;
    }

    /// Looks if a look is due; returns how many wait.
    fn sample(&mut self, door: &Door, journal: &Journal) -> Option<u32> {
        let now = Instant::now();
        if self
            .last_at
            .is_some_and(|last_at| now < last_at + SAMPLE_EVERY)
        {
            return None;
        }
        self.last_at = Some(now);
        self.stirred = false;
        let (queued, limit) = door.waiting()?;
        let waiting = Waiting { queued, limit };
        if self.last != Some(waiting) {
            self.last = Some(waiting);
            journal.record(Event::Waiting(waiting));
        }
        Some(queued)
    }

    /// Tells who waits and how many bytes wait on each, if that is another thing than before.
    fn sample_connections(
        &mut self,
        queued: u32,
        door: &Door,
        journal: &Journal,
        number: impl Fn(SocketAddr) -> Option<Conn>,
    ) {
        let now = Instant::now();
        let found = if queued == 0 {
            Unaccepted::default()
        } else if self.rests_until.is_some_and(|until| now < until) {
            return;
        } else {
            let diag = self.diag.get_or_insert_with(Diag::open);
            let orphans = match (diag, door.inet()) {
                (Ok(diag), Some(addr)) => diag.unaccepted(addr),
                // It is not told here.
                _ => return,
            };
            self.rests_until = Some(now + now.elapsed() * RESTS_TIMES);
            match orphans {
                Ok(orphans) => unaccepted(&orphans, number),
                Err(error) => return tracing::debug!(%error, "who waits is not told"),
            }
        };
        if self.connections != found {
            self.connections = found.clone();
            journal.record(Event::Unaccepted(found));
        }
    }
}

/// Ours first, by their numbers, then the others by their addresses.
fn unaccepted(orphans: &[Orphan], number: impl Fn(SocketAddr) -> Option<Conn>) -> Unaccepted {
    let mut connections: Vec<_> = orphans
        .iter()
        .map(|orphan| UnacceptedConnection {
            conn: number(orphan.peer),
            peer: orphan.peer.into(),
            receive_queue: orphan.receive_queue,
            state: orphan.state,
        })
        .collect();
    connections.sort_by(|a, b| {
        let key = |it: &UnacceptedConnection| (it.conn.is_none(), it.conn);
        key(a).cmp(&key(b)).then_with(|| a.peer.cmp(&b.peer))
    });
    let more = connections.len().saturating_sub(Unaccepted::TOLD_MAX);
    connections.truncate(Unaccepted::TOLD_MAX);
    Unaccepted {
        connections,
        more: u32::try_from(more).unwrap_or(u32::MAX),
    }
}
