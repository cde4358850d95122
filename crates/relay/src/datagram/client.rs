//! The demonstration client for datagrams: sends numbered datagrams and receives the answers, with
//! a socket of its own.
//!
//! Knows nothing of who asked for it.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::{Address, Conn, Policy, ReadWhen, Refusal, Spacing};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};

use super::{
    desk::Desk,
    number::compose,
    road::{Parcel, Way},
    socket::DatagramSocket,
};

/// No datagram is longer: nothing is cut off here.
pub const READ_BYTES: usize = 65_536;
/// What could not be sent is tried again after so long.
const RETRY_NANOS: u64 = 10_000_000;
/// After so many answers without waiting, other tasks have their turn.
const STEPS_MAX: u32 = 32;

/// What a client is to do.
#[derive(Debug, Default)]
pub struct Inbox {
    wishes: Mutex<Wishes>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Wishes {
    sizes: VecDeque<u32>,
    spacing: Option<Spacing>,
    is_sending: bool,
    ends: bool,
}

impl Inbox {
    /// Lets it send.
    ///
    /// # Errors
    /// It is still busy.
    pub fn send(&self, conn: Conn, sizes: &[u32], spacing: Spacing) -> Result<(), Refusal> {
        let mut wishes = self.wishes();
        if wishes.is_sending {
            return Err(Refusal::StillSending { conn });
        }
        wishes.is_sending = true;
        wishes.sizes = sizes.iter().copied().collect();
        wishes.spacing = Some(spacing);
        self.news.notify_one();
        Ok(())
    }

    /// Lets it close its socket.
    pub fn end(&self) {
        self.wishes().ends = true;
        self.news.notify_one();
    }

    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        // Nothing in there can panic half-way through a change.
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client of our own.
pub struct Client {
    desk: Arc<Desk>,
    socket: DatagramSocket,
    place: (Conn, Address),
    inbox: Arc<Inbox>,
    way: Way,
    /// The number of the next datagram.
    number: u64,
    /// What its own full buffer has lost, as told.
    drops: u32,
    /// How many of its datagrams the server has received.
    received: watch::Receiver<u64>,
    /// How many datagrams the server's full buffer has lost, whoever's they were.
    lost: watch::Receiver<u64>,
    policy: watch::Receiver<Policy>,
    next_at_nanos: u64,
    /// The datagram under way is settled when so many are received, or when another number is lost.
    awaits: Option<(u64, u64)>,
}

impl Client {
    /// A client whose socket is bound; that is recorded when this returns.
    pub fn new(
        desk: Arc<Desk>,
        socket: DatagramSocket,
        local: Address,
        policy: watch::Receiver<Policy>,
    ) -> (Client, Conn, Arc<Inbox>) {
        let (conn, received) = desk.enter(&local, READ_BYTES as u32);
        let inbox = Arc::new(Inbox::default());
        let desk_lost = desk.lost.subscribe();
        let client = Client {
            desk,
            socket,
            place: (conn, local),
            inbox: Arc::clone(&inbox),
            way: Way::default(),
            number: 0,
            drops: 0,
            received,
            lost: desk_lost,
            policy,
            next_at_nanos: 0,
            awaits: None,
        };
        (client, conn, inbox)
    }

    /// Sends and receives until a person ends it.
    pub async fn run(mut self) {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let mut steps = 0;
            while steps < STEPS_MAX && self.receive(&mut buffer) {
                steps += 1;
            }
            if self.inbox.wishes().ends {
                break;
            }
            if steps == STEPS_MAX || self.send() {
                tokio::task::yield_now().await;
                continue;
            }
            self.wait().await;
        }
        while self.receive(&mut buffer) {}
        self.desk.leave(&self.place.1, self.place.0);
    }

    fn receive(&mut self, buffer: &mut [u8]) -> bool {
        let place = (self.place.0, &self.place.1);
        self.desk
            .receive(place, &self.socket, buffer, &mut self.drops)
    }

    /// Sends the next datagram, if it may go; true if one went.
    fn send(&mut self) -> bool {
        if self.desk.journal.now_nanos() < self.next_at_nanos || self.is_awaiting() {
            return false;
        }
        self.awaits = None;
        let (size, is_last, spacing) = {
            let mut wishes = self.inbox.wishes();
            let Some(size) = wishes.sizes.pop_front() else {
                wishes.is_sending = false;
                return false;
            };
            (size, wishes.sizes.is_empty(), wishes.spacing)
        };
        let parcel = Parcel {
            number: self.number,
            bytes: compose(self.number, size as usize),
        };
        let (received, lost) = (*self.received.borrow(), *self.lost.borrow());
        let way = (&mut self.way, is_last);
        match self.desk.send(self.place.0, &self.socket, way, parcel) {
            Ok(went) => {
                self.number += 1;
                match spacing {
                    Some(Spacing::GapMillis(millis)) => {
                        self.next_at_nanos =
                            self.desk.journal.now_nanos() + u64::from(millis) * 1_000_000;
                    }
                    _ if went > 0 => self.awaits = Some((received + went, lost)),
                    _ => {}
                }
            }
            // No room in the send buffer, for one: this one goes a little later.
            Err(error) => {
                tracing::debug!(conn = %self.place.0, %error, "a datagram cannot be sent yet");
                self.inbox.wishes().sizes.push_front(size);
                self.next_at_nanos = self.desk.journal.now_nanos() + RETRY_NANOS;
            }
        }
        true
    }

    /// The datagram sent last is neither received nor lost yet, by a reader that reads.
    fn is_awaiting(&self) -> bool {
        let is_held = self.policy.borrow().read_when == ReadWhen::Held;
        self.awaits.is_some_and(|(received, lost)| {
            !is_held && *self.received.borrow() < received && *self.lost.borrow() == lost
        })
    }

    async fn wait(&mut self) {
        let is_awaiting = self.is_awaiting();
        let has_more = !self.inbox.wishes().sizes.is_empty();
        let due = (has_more && !is_awaiting).then(|| {
            let left = self
                .next_at_nanos
                .saturating_sub(self.desk.journal.now_nanos());
            Instant::now() + Duration::from_nanos(left)
        });
        tokio::select! {
            _ = self.socket.readable() => {}
            () = self.inbox.news.notified() => {}
            _ = self.received.changed(), if is_awaiting => {}
            _ = self.lost.changed(), if is_awaiting => {}
            _ = self.policy.changed(), if is_awaiting => {}
            () = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            } => {}
        }
    }
}
