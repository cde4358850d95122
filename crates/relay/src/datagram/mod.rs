//! The datagram echo: the tutorial's server over UDP, on the port number of its TCP twin, and its
//! demonstration clients.
//!
//! ```text
//! server, client -> desk (one lock: sockets, numbers, order) -> gather -> journal
//!                      ^ clients (addresses), road (losses made here), number (contents)
//! ```
//!
//! UDP has no connections: a client is an address. Knows nothing of TCP.

mod client;
mod clients;
mod desk;
mod gather;
mod number;
mod road;
mod server;

use std::{
    collections::HashMap,
    io,
    net::{SocketAddr, UdpSocket as StdSocket},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{Conn, DatagramRequest, End, Policy, Refusal, Spacing};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::UdpSocket,
    sync::{mpsc, watch},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{journal::Journal, registry::CLIENTS_MAX, registry::Registry};

use client::{Client, Inbox};
use desk::Desk;

/// So many single reads may be asked for ahead.
const READS_MAX: usize = 64;

/// Binds the datagram twin of a stream server, at the same address and port number.
///
/// # Errors
/// As bind(2): another program has the port.
pub fn bind(addr: SocketAddr) -> io::Result<StdSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    Ok(socket.into())
}

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
    /// Serves on that socket; that it is bound is recorded when this returns. Within a runtime.
    ///
    /// # Errors
    /// The system does not take the socket.
    pub fn open(
        socket: StdSocket,
        journal: Arc<Journal>,
        registry: Arc<Registry>,
        previews: bool,
    ) -> io::Result<Arc<Datagrams>> {
        let policy = registry.policy();
        let bufsize = policy.borrow().bufsize;
        let desk = Arc::new(Desk::open(socket, bufsize, journal, registry, previews)?);
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

    /// Closes all sockets, clients' first.
    pub async fn end(&self) {
        for inbox in self.clients().values() {
            inbox.end();
        }
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.desk.flush();
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
        let server = crate::listeners::reachable_inet(self.desk.addr());
        let socket = bind(SocketAddr::new(server.ip(), 0)).map_err(refusal)?;
        let local = socket.local_addr().map_err(refusal)?;
        let socket = UdpSocket::from_std(socket).map_err(refusal)?;
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
