//! An echo server as a thing of its own: its listener, its journal, its connections and its
//! demonstration clients. A relay has one that everybody may connect to; a lesson opens another.
//!
//! Knows nothing of viewers, recordings and lessons.

mod records;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::{
    Address, Conn, End, Event, Family, Header, Listening, Policy, Refusal, Request, Run, Spacing,
    wire,
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use records::Records;

use crate::{
    Limits, StartError,
    alone::{self, alone},
    by_hand,
    client::{self, ClientSettings, Kept},
    datagram::{self, Clients, Datagrams},
    door::{self, Door, Guest},
    echo,
    journal::Journal,
    limits::{Admitted, Places},
    listen::{self, Wishes},
    listeners::{self, EchoListener},
    mirror::Herald,
    observe,
    registry::{Batches, CLIENTS_MAX, Ending, Registry, Seat},
    socket::Socket,
    stream::Stream,
};

/// A full accept queue lets connect wait for ever; a viewer is answered after so long.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// To close what is to be closed at once takes no longer, unless something is wrong.
const CLOSING_MAX: Duration = Duration::from_secs(1);

/// What an echo server is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EchoConfig {
    /// Of which family the listener is, where nobody says at which address.
    pub family: Family,
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
            family: Family::Inet,
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
    /// Opens an echo server for a lesson, on a free port of loopback or at a path of its own. Its tasks run on the tokio
    /// runtime in which this is called.
    ///
    /// # Errors
    /// The system gives no listener, or no random number for the run.
    #[allow(clippy::unused_async)] // to say that it must be called within a runtime
    pub async fn open(config: EchoConfig, program: &str) -> Result<Stage, StartError> {
        let listener = EchoListener::bind(&door::anywhere(config.family), &config)?;
        let journal = Arc::new(Journal::new(new_run()?));
        let (limits, home) = (Limits::default(), Handle::current());
        Ok(Stage::start(
            config, limits, listener, journal, program, &home, &home,
        ))
    }

    /// Serves with that listener until closed. `home` runs the server, `aside` what is done for viewers.
    pub(crate) fn start(
        config: EchoConfig,
        limits: Limits,
        mut listener: EchoListener,
        journal: Arc<Journal>,
        program: &str,
        home: &Handle,
        aside: &Handle,
    ) -> Stage {
        let (addr, twin) = (listener.addr.clone(), listener.datagrams.take());
        let (mut door, mut listening) = opened(listener, &config, config.backlog, &journal);
        let registry = Registry::new(Arc::clone(&journal), config.policy);
        registry.record_policy();
        let (others, mut wanted) = mpsc::channel(1);
        let server = Arc::new(Server {
            wishes: Wishes::new(config.backlog),
            places: Places::new(
                if config.sequential {
                    1
                } else {
                    limits.connections
                },
                limits.connections_per_address,
            ),
            limits,
            config,
            program: program.to_owned(),
            addr: Mutex::new(addr),
            others,
            journal,
            herald: Herald::default(),
            registry,
            datagrams: Mutex::default(),
            kept: Mutex::default(),
            home: home.clone(),
            sockets: TaskTracker::new(),
            ending: CancellationToken::new(),
            ended: CancellationToken::new(),
        });
        if let Some(twin) = twin {
            let _entered = home.enter();
            server.open_datagrams(twin, Clients::default());
        }
        aside.spawn({
            let server = Arc::clone(&server);
            async move {
                tokio::select! {
                    () = server.herald.bring(&server.journal) => {}
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
                loop {
                    tokio::select! {
                        () = server.serve(&door, listening) => break,
                        () = server.ending.cancelled() => break,
                        Some(mut another) = wanted.recv() => {
                            // Whoever it has not accepted is turned away, as always at a close.
                            drop(door);
                            let addr = another.listener.addr.clone();
                            let twin = another.listener.datagrams.take();
                            let backlog = *server.wishes.backlog.borrow();
                            (door, listening) =
                                opened(another.listener, &server.config, backlog, &server.journal);
                            *server.addr() = addr;
                            if let Some(twin) = twin {
                                let clients = server.end_datagrams().await;
                                server.open_datagrams(twin, clients);
                            }
                            let _ = another.done.send(());
                        }
                    }
                }
                drop(door);
                server.end().await;
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

    /// Where it listens now.
    #[must_use]
    pub fn addr(&self) -> Address {
        self.server().addr().clone()
    }

    /// Closes the listener and opens one of that family; returns when that is recorded. Connections
    /// stay, and their numbers go on. So with the datagram twin, whose clients' sockets are closed.
    ///
    /// # Errors
    /// The system refuses, or the server ends.
    pub async fn listen(&self, family: Family) -> Result<(), Refusal> {
        self.server().listen(family).await
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
    limits: Limits,
    /// Who is connected counts here.
    places: Places,
    /// Name and version of the program, for the header.
    program: String,
    addr: Mutex<Address>,
    /// Another listener instead of the one there is.
    others: mpsc::Sender<Another>,
    pub journal: Arc<Journal>,
    /// Brings the journal to its viewers.
    pub herald: Herald,
    pub registry: Arc<Registry>,
    /// The datagram echo, if its socket could be had.
    datagrams: Mutex<Option<Arc<Datagrams>>>,
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
            Request::Close { conn, end } => match self.datagrams() {
                Some(datagrams) if datagrams.close(conn, end).is_ok() => Ok(()),
                _ => registry.end(conn, end, Ending::Close),
            },
            Request::Datagrams(request) => {
                let datagrams = self.datagrams().ok_or(Refusal::NoDatagrams)?;
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
            // Of the hall, not of an echo server.
            Request::Answer { .. } | Request::Follow { .. } | Request::Moment(_) => {
                Err(Refusal::NoQuestion)
            }
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
            client::open(
                &self.registry,
                listeners::reachable(self.addr().clone()),
                &settings,
            )?
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
            let mut socket = server.observe(&seat, stream);
            let journal = &*server.journal;
            let program = client::run(&seat, &mut socket, journal, kept);
            let closes = alone(|| format!("the client of connection {conn}"), program).await;
            alone::close(seat, socket, closes, journal);
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
    fn observe(&self, seat: &Seat, stream: Stream) -> Socket {
        Socket::new(
            seat.place(),
            stream,
            Arc::clone(&self.journal),
            self.config.previews,
            // The client looks there, the server tells.
            (seat.end == End::Server).then(|| seat.arrived()),
            seat.turn(),
        )
    }

    /// As [`Stage::listen`].
    async fn listen(self: &Arc<Self>, family: Family) -> Result<(), Refusal> {
        let listener = {
            let _entered = self.home.enter();
            EchoListener::bind(&door::anywhere(family), &self.config)
        };
        let listener = listener.map_err(|error| match error {
            StartError::Listen { source, .. } => Refusal::System {
                errno: source.raw_os_error().unwrap_or(0),
            },
            _ => Refusal::System { errno: 0 },
        })?;
        let (done, is_done) = oneshot::channel();
        let another = Another { listener, done };
        let sent = self.others.send(another).await.is_ok();
        if sent && is_done.await.is_ok() {
            return Ok(());
        }
        // It ends: nothing listens any more.
        Err(Refusal::NoLessons)
    }

    fn datagrams(&self) -> Option<Arc<Datagrams>> {
        let datagrams = &self.datagrams;
        let datagrams = datagrams.lock().unwrap_or_else(PoisonError::into_inner);
        datagrams.clone()
    }

    /// Serves datagrams on that socket from now on. Within a runtime.
    fn open_datagrams(&self, socket: datagram::Bound, clients: Clients) {
        let (journal, registry) = (Arc::clone(&self.journal), Arc::clone(&self.registry));
        let opened = Datagrams::open(socket, clients, journal, registry, self.config.previews)
            .inspect_err(|error| tracing::warn!(%error, "no datagram echo"));
        let datagrams = &self.datagrams;
        *datagrams.lock().unwrap_or_else(PoisonError::into_inner) = opened.ok();
    }

    /// Ends what serves datagrams: who has a number there.
    async fn end_datagrams(&self) -> Clients {
        let datagrams = &self.datagrams;
        let datagrams = datagrams
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(datagrams) = datagrams else {
            return Clients::default();
        };
        let ended = tokio::time::timeout(self.limits.grace, datagrams.end()).await;
        ended.unwrap_or_default()
    }

    /// Lets the connections send what they have read and not answered, and closes those that cannot
    /// in the time of grace.
    async fn end(&self) {
        self.registry.close_all(Ending::Finish);
        self.end_datagrams().await;
        self.sockets.close();
        let all = self.sockets.wait();
        if tokio::time::timeout(self.limits.grace, all).await.is_err() {
            self.registry.close_all(Ending::Close);
            let _ = tokio::time::timeout(CLOSING_MAX, self.sockets.wait()).await;
        }
    }

    fn addr(&self) -> MutexGuard<'_, Address> {
        self.addr.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self: &Arc<Self>, door: &Door, listening: Listening) {
        let serve = |guest: Guest, place: Admitted| {
            let seat = self.registry.accepted(guest.client, guest.server);
            let mut socket = self.observe(&seat, guest.stream);
            let server = Arc::clone(self);
            self.sockets.spawn(async move {
                let (journal, limits) = (&*server.journal, &server.limits);
                let program = echo::serve(&seat, &mut socket, journal, limits);
                let closes = alone(|| format!("connection {}", seat.conn), program).await;
                alone::close(seat, socket, closes, journal);
                drop(place);
            });
        };
        let reachable = listeners::reachable(listening.addr.clone());
        let number = |peer: SocketAddr| self.registry.number(peer.into(), reachable.clone());
        let (wishes, places) = (&self.wishes, &self.places);
        listen::listen(
            door,
            listening,
            wishes,
            places,
            &self.journal,
            number,
            serve,
        )
        .await;
    }
}

/// A listener to be used from now on.
#[derive(Debug)]
struct Another {
    listener: EchoListener,
    /// It is, and that is recorded.
    done: oneshot::Sender<()>,
}

/// Records how a listener was made and that it listens.
fn opened(
    listener: EchoListener,
    config: &EchoConfig,
    backlog: u32,
    journal: &Journal,
) -> (Door, Listening) {
    let listening = Listening {
        addr: listener.addr,
        backlog,
        bufsize: config.policy.bufsize,
        sequential: config.sequential,
    };
    let made = listener.calls.into_iter().map(Event::Called);
    journal.record_all(made.chain([Event::Listening(listening.clone())]));
    (listener.door, listening)
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
