//! An echo server as a thing of its own: its listener, its journal, its connections and its
//! demonstration clients. A relay has one that everybody may connect to; a lesson opens another.
//!
//! Knows nothing of viewers, recordings and lessons.

mod records;

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use protocol::{Conn, End, Event, Header, Listening, Policy, Refusal, Request, Run, Spacing, wire};
use tokio::{net::TcpStream, runtime::Handle, sync::oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use records::Records;

use crate::{
    GRACE, StartError, by_hand,
    client::{self, ClientSettings, Kept},
    datagram::Datagrams,
    echo,
    journal::Journal,
    listen::{self, Wishes},
    listeners::{self, EchoListener},
    observe,
    registry::{Batches, CLIENTS_MAX, Ending, Registry, Seat},
    socket::Socket,
};

/// A full accept queue lets connect wait for ever; a viewer is answered after so long.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// What an echo server is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EchoConfig {
    /// Asked of listen(2).
    pub backlog: u32,
    /// One client at a time: the others wait in the accept queue.
    pub sequential: bool,
    /// The reading policy at the start.
    pub policy: Policy,
    /// The first bytes of facts are mirrored.
    pub previews: bool,
    /// Asked of SO_RCVBUF for the listener, which those accepted inherit, bytes. None: the system's.
    pub receive_buffer: Option<u32>,
    /// The same of SO_SNDBUF.
    pub send_buffer: Option<u32>,
}

impl Default for EchoConfig {
    /// The tutorial's server, but that it serves many at a time.
    fn default() -> EchoConfig {
        EchoConfig {
            backlog: 5,
            sequential: false,
            policy: Policy::default(),
            previews: true,
            receive_buffer: None,
            send_buffer: None,
        }
    }
}

/// An echo server with a journal of its own. A clone is the same one; when the last is dropped, it
/// ends by itself as [`Stage::close`] would.
#[derive(Clone, Debug)]
pub struct Stage {
    owner: Arc<Owner>,
}

/// What those hold who make the server live; its tasks and its viewers do not.
#[derive(Debug)]
struct Owner {
    server: Arc<Server>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.server.ending.cancel();
    }
}

impl Stage {
    /// Opens an echo server for a lesson, on a free port of 127.0.0.1. Its tasks run on the tokio
    /// runtime in which this is called.
    ///
    /// # Errors
    /// The system gives no listener, or no random number for the run.
    #[allow(clippy::unused_async)] // to say that it must be called within a runtime
    pub async fn open(config: EchoConfig, program: &str) -> Result<Stage, StartError> {
        let listener = EchoListener::bind((Ipv4Addr::LOCALHOST, 0).into(), &config)?;
        let journal = Arc::new(Journal::new(new_run()?));
        let home = Handle::current();
        Ok(Stage::start(
            config, listener, journal, program, &home, &home,
        ))
    }

    /// Serves with that listener until closed. `home` runs the server, `herald` wakes the viewers.
    pub(crate) fn start(
        config: EchoConfig,
        listener: EchoListener,
        journal: Arc<Journal>,
        program: &str,
        home: &Handle,
        herald: &Handle,
    ) -> Stage {
        let EchoListener {
            listener,
            addr,
            datagrams,
            calls,
        } = listener;
        let listening = Listening {
            addr: addr.into(),
            backlog: config.backlog,
            bufsize: config.policy.bufsize,
            sequential: config.sequential,
        };
        let made = calls.into_iter().map(Event::Called);
        journal.record_all(made.chain([Event::Listening(listening.clone())]));
        let registry = Registry::new(Arc::clone(&journal), config.policy);
        registry.record_policy();
        let datagrams = datagrams.and_then(|socket| {
            let _entered = home.enter();
            let (journal, registry) = (Arc::clone(&journal), Arc::clone(&registry));
            Datagrams::open(socket, journal, registry, config.previews)
                .inspect_err(|error| tracing::warn!(%error, "no datagram echo"))
                .ok()
        });
        let server = Arc::new(Server {
            wishes: Wishes::new(config.backlog),
            config,
            program: program.to_owned(),
            addr,
            journal,
            registry,
            datagrams,
            kept: Mutex::default(),
            home: home.clone(),
            sockets: TaskTracker::new(),
            ending: CancellationToken::new(),
            ended: CancellationToken::new(),
        });
        herald.spawn({
            let server = Arc::clone(&server);
            async move {
                tokio::select! {
                    () = server.journal.keep_announcing() => {}
                    () = server.ended.cancelled() => {}
                }
            }
        });
        let sealing = home.spawn({
            let journal = Arc::clone(&server.journal);
            async move { journal.keep_sealing().await }
        });
        home.spawn({
            let server = Arc::clone(&server);
            async move {
                let _ended = server.ended.clone().drop_guard();
                tokio::select! {
                    () = server.serve(&listener, listening) => {}
                    () = server.ending.cancelled() => {}
                }
                drop(listener);
                server.registry.close_all();
                if let Some(datagrams) = &server.datagrams {
                    let _ = tokio::time::timeout(GRACE, datagrams.end()).await;
                }
                server.sockets.close();
                let _ = tokio::time::timeout(GRACE, server.sockets.wait()).await;
                sealing.abort();
                server.journal.seal();
            }
        });
        Stage {
            owner: Arc::new(Owner { server }),
        }
    }

    /// What stands before its records.
    #[must_use]
    pub fn header(&self) -> Header {
        self.server().header()
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.server().addr
    }

    /// Its records; whoever has something to tell among them records it there.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.server().journal
    }

    /// Takes up a request as if a viewer had asked. Its effect is an event.
    ///
    /// # Errors
    /// Says why not; requests about recordings and lessons are refused, an echo server has none.
    pub async fn ask(&self, request: Request) -> Result<(), Refusal> {
        self.server().ask(request).await
    }

    /// Opens a demonstration client, which then waits for what it is to do. connect(2) has been
    /// called when this returns, so that clients connect in the order of their numbers; with
    /// `waits` it has returned, too, however long that takes.
    ///
    /// # Errors
    /// There are enough clients, the system refuses, or the client was ended meanwhile.
    pub async fn connect(&self, settings: ClientSettings) -> Result<Conn, Refusal> {
        self.server().connect(settings, None).await
    }

    /// What the client of that connection has read so far, at most its first 4 MiB. None: it keeps
    /// nothing, see [`ClientSettings::keeps`], or sixteen others kept something since.
    #[must_use]
    pub fn kept(&self, conn: Conn) -> Option<Vec<u8>> {
        let all = &self.server().kept;
        let all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(of, _)| *of == conn);
        found.map(|(_, kept)| kept.bytes())
    }

    /// Every record from the first on.
    #[must_use]
    pub fn records(&self) -> Records {
        let server = self.server();
        Records::new(&server.journal, server.ended.clone())
    }

    /// Ends the connections in order, seals the journal, and returns when that is done.
    pub async fn close(self) {
        let server = Arc::clone(self.server());
        server.ending.cancel();
        server.ended.cancelled().await;
    }

    /// For those who must not keep it alive.
    pub(crate) fn server(&self) -> &Arc<Server> {
        &self.owner.server
    }
}

/// All that the tasks of one echo server share.
#[derive(Debug)]
pub struct Server {
    config: EchoConfig,
    /// Name and version of the program, for the header.
    program: String,
    addr: SocketAddr,
    pub journal: Arc<Journal>,
    pub registry: Arc<Registry>,
    /// The datagram echo, if its port was free.
    datagrams: Option<Arc<Datagrams>>,
    /// What a person wishes of the listener; its task sees to it.
    wishes: Wishes,
    /// What clients have read that keep it.
    kept: Mutex<VecDeque<(Conn, Kept)>>,
    /// The runtime of the tasks.
    pub home: Handle,
    /// Tasks that own a socket of the echo server or of its demonstration client.
    sockets: TaskTracker,
    /// It is to end.
    ending: CancellationToken,
    /// It has ended: nothing is recorded any more.
    pub ended: CancellationToken,
}

impl Server {
    /// What stands before the records.
    pub fn header(&self) -> Header {
        header(&self.program, &self.journal)
    }

    /// As [`Stage::ask`].
    pub async fn ask(self: &Arc<Self>, request: Request) -> Result<(), Refusal> {
        request.check()?;
        let registry = &self.registry;
        match request {
            Request::SetPolicy { conn, policy } => registry.set_policy(conn, policy),
            // The listener's own task calls listen(2); what it did comes back as a fact.
            Request::SetBacklog { backlog } => {
                self.wishes.backlog.send_replace(backlog);
                Ok(())
            }
            Request::Accept { on } => {
                tokio::select! {
                    () = self.wishes.accept(on) => {}
                    // Then it accepts no more.
                    () = self.ended.cancelled() => {}
                }
                Ok(())
            }
            Request::Close { conn, end } => match &self.datagrams {
                Some(datagrams) if datagrams.close(conn, end).is_ok() => Ok(()),
                _ => registry.end(conn, end, Ending::Close),
            },
            Request::Datagrams(request) => {
                let datagrams = self.datagrams.as_ref().ok_or(Refusal::NoDatagrams)?;
                let _entered = self.home.enter();
                datagrams.take_up(request)
            }
            Request::Reset { conn, end } => registry.end(conn, end, Ending::Reset),
            Request::Send {
                conn,
                batches,
                spacing,
            } => {
                let batches = Batches {
                    sizes: batches.into(),
                    spacing,
                    given: None,
                };
                self.send(conn, batches).await
            }
            Request::Call {
                conn: Some(conn),
                call,
            } => registry.call(conn, call),
            Request::Call { conn: None, call } => by_hand::make_apart(&call, &self.journal)
                .await
                .map_err(|error| Refusal::System {
                    errno: error.raw_os_error().unwrap_or(0),
                }),
            Request::SendBytes { conn, bytes } => {
                let batches = Batches {
                    // They are few: checked.
                    sizes: [bytes.len() as u32].into(),
                    spacing: Spacing::GapMillis(0),
                    given: Some(bytes),
                };
                self.send(conn, batches).await
            }
            Request::Read { conn, end, bytes } => registry.read(conn, end, bytes),
            Request::Shutdown { conn, end } => registry.shut(conn, end),
            Request::ClientReads { conn, on } => registry.client_reads(conn, on),
            Request::Lesson(_) => Err(Refusal::NoLessons),
            Request::Record { .. } => Err(Refusal::NoRecordDir),
        }
    }

    async fn send(self: &Arc<Self>, conn: Option<Conn>, batches: Batches) -> Result<(), Refusal> {
        let conn = match conn {
            Some(conn) => conn,
            None => {
                self.connect(ClientSettings::default(), Some(CONNECT_PATIENCE))
                    .await?
            }
        };
        self.registry.send(conn, batches)
    }

    /// Opens a demonstration client; gives its connect up after `patience`.
    async fn connect(
        self: &Arc<Self>,
        settings: ClientSettings,
        patience: Option<Duration>,
    ) -> Result<Conn, Refusal> {
        let opening = {
            let _entered = self.home.enter();
            client::open(&self.registry, listeners::reachable(self.addr), &settings)?
        };
        let conn = opening.conn();
        let kept = settings.keeps.then(|| self.keep(conn));
        let (told, connected) = oneshot::channel();
        let server = Arc::clone(self);
        let run = async move {
            let (seat, stream) = match opening.connected(patience).await {
                Ok(connected) => connected,
                Err(refusal) => {
                    let _ = told.send(Err(refusal));
                    return;
                }
            };
            let _ = told.send(Ok(()));
            let socket = server.observe(&seat, stream);
            client::run(seat, socket, &server.journal, kept).await;
        };
        self.sockets.spawn_on(run, &self.home);
        if settings.waits {
            // Nothing is told where the runtime ends.
            connected.await.unwrap_or(Err(Refusal::NotOpen { conn }))?;
        }
        Ok(conn)
    }

    /// A place for what a client reads; of many clients only the last ones have one.
    fn keep(&self, conn: Conn) -> Kept {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= CLIENTS_MAX as usize {
            all.pop_front();
        }
        let kept = Kept::default();
        all.push_back((conn, kept.clone()));
        kept
    }

    /// Observes a connected stream and lets a program have it.
    fn observe(&self, seat: &Seat, stream: TcpStream) -> Socket {
        Socket::new(
            seat.place(),
            stream.into(),
            Arc::clone(&self.journal),
            self.config.previews,
            // The client looks there, the server tells.
            (seat.end == End::Server).then(|| seat.arrived()),
            seat.turn(),
        )
    }

    async fn serve(self: &Arc<Self>, listener: &tokio::net::TcpListener, listening: Listening) {
        let serve = |stream: TcpStream, peer: SocketAddr, place| {
            let local = match stream.local_addr() {
                Ok(local) => local,
                Err(error) => return tracing::warn!(%error, "a connection was gone at once"),
            };
            let seat = self.registry.accepted(peer.into(), local.into());
            let socket = self.observe(&seat, stream);
            let journal = Arc::clone(&self.journal);
            self.sockets.spawn(async move {
                echo::serve(seat, socket, &journal).await;
                drop(place);
            });
        };
        let reachable = listeners::reachable(self.addr);
        let number = |peer: SocketAddr| self.registry.number(peer.into(), reachable.into());
        listen::listen(
            listener,
            listening,
            &self.wishes,
            &self.journal,
            number,
            serve,
        )
        .await;
    }
}

/// What stands before the records of a journal.
pub fn header(program: &str, journal: &Journal) -> Header {
    Header {
        format: wire::VERSION,
        run: journal.run(),
        started_unix_millis: journal.started_unix_millis(),
        head: journal.head(),
        program: program.to_owned(),
        system: observe::system(),
        sources: observe::sources(),
    }
}

/// # Errors
/// The system gives no random number.
pub fn new_run() -> Result<Run, StartError> {
    getrandom::u64().map(Run).map_err(StartError::Random)
}
