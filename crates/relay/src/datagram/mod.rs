//! The datagram echo: the tutorial's server over UDP, on the port number of its TCP twin, or over
//! Unix-domain datagrams, and its demonstration clients.
//!
//! ```text
//! server, client -> desk (one lock: sockets, numbers, order) -> gather -> journal
//!                      ^ clients (addresses), road (losses made here), number (contents)
//! ```
//!
//! Datagrams have no connections: a client is an address. Knows nothing of streams.

mod client;
mod clients;
mod desk;
mod gather;
mod number;
mod road;
mod server;
mod socket;

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{Conn, DatagramRequest, End, Policy, Refusal, Spacing};
use tokio::sync::{mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{journal::Journal, registry::CLIENTS_MAX, registry::Registry};

pub use clients::Clients;
pub use socket::Bound;

use client::{Client, Inbox};
use desk::Desk;
use socket::DatagramSocket;

/// "Operation not supported", of Linux.
const EOPNOTSUPP: i32 = 95;
/// So many single reads may be asked for ahead.
const READS_MAX: usize = 64;

/// A datagram echo server with its demonstration clients.
#[derive(Debug)]
pub struct Datagrams {
    desk: Arc<Desk>,
    policy: watch::Receiver<Policy>,
    reads: mpsc::Sender<u32>,
    clients: Mutex<HashMap<Conn, Arc<Inbox>>>,
    end: CancellationToken,
    tasks: TaskTracker,
}

impl Datagrams {
    /// Serves on that socket; that it is bound is recorded when this returns. `clients`: those of
    /// the socket that was there before, whose numbers are still theirs. Within a runtime.
    ///
    /// # Errors
    /// The system does not take the socket.
    pub fn open(
        socket: Bound,
        clients: Clients,
        journal: Arc<Journal>,
        registry: Arc<Registry>,
        previews: bool,
    ) -> io::Result<Arc<Datagrams>> {
        let policy = registry.policy();
        let bufsize = policy.borrow().bufsize;
        let desk = Arc::new(Desk::open(
            socket, clients, bufsize, journal, registry, previews,
        )?);
        let (reads, asked) = mpsc::channel(READS_MAX);
        let end = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(server::serve(
            Arc::clone(&desk),
            policy.clone(),
            asked,
            end.clone(),
        ));
        Ok(Arc::new(Datagrams {
            desk,
            policy,
            reads,
            clients: Mutex::default(),
            end,
            tasks,
        }))
    }

    /// Takes up a request; its effect comes back as events. Within a runtime.
    ///
    /// # Errors
    /// Says why not.
    pub fn take_up(self: &Arc<Self>, request: DatagramRequest) -> Result<(), Refusal> {
        request.check()?;
        match request {
            DatagramRequest::Send {
                conn,
                sizes,
                spacing,
            } => self.send(conn, &sizes, spacing),
            DatagramRequest::Read { bytes } => {
                // So many wait already that one more makes no difference.
                let _ = self.reads.try_send(bytes);
                Ok(())
            }
            DatagramRequest::ReceiveBuffer { bytes } => {
                self.desk.set_receive_buffer(bytes).map_err(refusal)
            }
            // A road that is bad is a network's, and within one kernel there is none.
            DatagramRequest::Road(road) if road.is_bad() && !self.desk.socket.loses() => {
                Err(refusal(io::Error::from_raw_os_error(EOPNOTSUPP)))
            }
            DatagramRequest::Road(road) => {
                self.desk.set(|bound| bound.set_road(road));
                Ok(())
            }
        }
    }

    /// Closes a demonstration client's socket.
    ///
    /// # Errors
    /// There is no open one of that number.
    pub fn close(&self, conn: Conn, end: End) -> Result<(), Refusal> {
        let inbox = self.clients().get(&conn).cloned();
        let inbox = inbox.filter(|_| end == End::Client);
        inbox.ok_or(Refusal::NotOpen { conn })?.end();
        Ok(())
    }

    /// Closes all sockets, clients' first. Who has a number still has it.
    pub async fn end(&self) -> Clients {
        for inbox in self.clients().values() {
            inbox.end();
        }
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.desk.flush();
        self.desk.take_clients()
    }

    fn send(
        self: &Arc<Self>,
        conn: Option<Conn>,
        sizes: &[u32],
        spacing: Spacing,
    ) -> Result<(), Refusal> {
        if let Some(conn) = conn {
            let inbox = self.clients().get(&conn).cloned();
            return inbox
                .ok_or(Refusal::NotOpen { conn })?
                .send(conn, sizes, spacing);
        }
        let mut clients = self.clients();
        if clients.len() >= CLIENTS_MAX as usize || self.end.is_cancelled() {
            return Err(Refusal::TooManyClients { limit: CLIENTS_MAX });
        }
        let server = crate::listeners::reachable(self.desk.addr().clone());
        let socket = Bound::client(&server).map_err(refusal)?;
        let local = socket.addr().map_err(refusal)?;
        let socket = DatagramSocket::new(socket).map_err(refusal)?;
        let desk = Arc::clone(&self.desk);
        let (client, conn, inbox) = Client::new(desk, socket, local, self.policy.clone());
        clients.insert(conn, Arc::clone(&inbox));
        drop(clients);
        let me = Arc::downgrade(self);
        self.tasks.spawn(async move {
            client.run().await;
            if let Some(me) = me.upgrade() {
                me.clients().remove(&conn);
            }
        });
        inbox.send(conn, sizes, spacing)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Conn, Arc<Inbox>>> {
        // Nothing in there can panic half-way through a change.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.end.cancel();
        for inbox in self.clients().values() {
            inbox.end();
        }
    }
}

fn refusal(error: io::Error) -> Refusal {
    Refusal::System {
        errno: error.raw_os_error().unwrap_or(0),
    }
}
