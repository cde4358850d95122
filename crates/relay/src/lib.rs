//! The relay: a real TCP echo server that is watched while it works, and mirrored to whoever looks.
//!
//! ```text
//! observe -> socket -> gather -> journal -> mirror (WebSocket), http (ndjson), recording (files)
//!              ^ echo, client                 |
//!              +--- registry <--- requests <--+
//! ```
//!
//! One task owns each socket (`socket`, driven by `echo` or `client`); what it does and sees becomes
//! events, which the `journal` numbers and holds; viewers pull from it. Nothing goes back but a
//! person's `requests`, whose effect is an event again. Knows nothing of what is drawn.

mod client;
mod echo;
mod gather;
mod http;
mod journal;
mod lines;
mod listen;
mod listeners;
mod mirror;
mod observe;
mod payload;
mod reading;
mod recording;
mod registry;
mod requests;
mod sample;
mod socket;

use std::{future::Future, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use protocol::{End, Event, Header, Listening, Policy, Run, wire};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Handle, Runtime},
    sync::watch,
};
use tokio_util::task::TaskTracker;

pub use http::{Access, List, Listed, Origin, OriginError, Page, replay::Replayed};
pub use journal::{Journal, Reader};
pub use listen::CONNECTIONS_MAX;
pub use listeners::{Listeners, PageListener, StartError, Which};
pub use mirror::VIEWERS_MAX;
pub use payload::{PAYLOAD_BYTES_MAX, payload};
pub use recording::{NewFile, check_record_dir};
pub use registry::CLIENTS_MAX;

use http::Callers;
use recording::Recordings;
use registry::Registry;

/// How long the connections, and then the viewers, have to end.
const GRACE: Duration = Duration::from_secs(1);
/// Threads for the viewers.
const VIEWER_THREADS: usize = 2;

/// What a relay is to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// Asked of listen(2) for the echo server.
    pub backlog: u32,
    /// One client at a time: the others wait in the accept queue.
    pub sequential: bool,
    /// The reading policy at the start.
    pub policy: Policy,
    /// The first bytes of facts are mirrored.
    pub previews: bool,
    /// The page's files.
    pub page: Page,
    /// Who may ask for it.
    pub access: Access,
    /// The folder of recordings by request.
    pub record_dir: Option<PathBuf>,
    /// Name and version of the program, for the header.
    pub program: String,
}

/// All that the tasks of one relay share.
struct Relay {
    config: Config,
    journal: Arc<Journal>,
    registry: Arc<Registry>,
    /// The backlog that a person wishes; the listener's task sees to it.
    backlog: watch::Sender<u32>,
    /// Where the demonstration client connects.
    echo_target: SocketAddr,
    /// The runtime of the echo server and of its demonstration client.
    home: Handle,
    /// Tasks that own a socket of the echo server or of its demonstration client.
    sockets: TaskTracker,
    /// The viewers, and whoever fetches files.
    callers: Callers,
    recordings: Arc<Recordings>,
}

fn header(config: &Config, journal: &Journal) -> Header {
    Header {
        format: wire::VERSION,
        run: journal.run(),
        started_unix_millis: journal.started_unix_millis(),
        head: journal.head(),
        program: config.program.clone(),
        system: observe::system(),
        sources: observe::sources(),
    }
}

impl Relay {
    fn header(&self) -> Header {
        header(&self.config, &self.journal)
    }

    /// Observes a connected stream and lets a program have it.
    fn observe(&self, seat: &registry::Seat, stream: TcpStream) -> socket::Socket {
        socket::Socket::new(
            seat.place(),
            stream,
            Arc::clone(&self.journal),
            self.config.previews,
            // The client looks there, the server tells.
            (seat.end == End::Server).then(|| seat.arrived()),
            seat.turn(),
        )
    }
}

/// Serves until `shutdown` is done; then ends connections, recordings and viewers in order.
/// `record` is a file that gets all records of the run.
///
/// # Errors
/// The page is missing, or the system gives no random number for the run.
pub async fn run(
    config: Config,
    listeners: Listeners,
    record: Option<NewFile>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError> {
    config.page.check()?;
    observe::let_long_files_fail();
    if let Err(error) = observe::raise_descriptor_limit() {
        tracing::debug!(%error, "the limit of descriptors stays as it is");
    }
    let journal = Arc::new(Journal::new(Run(
        getrandom::u64().map_err(StartError::Random)?
    )));
    let recordings = Recordings::new(Arc::clone(&journal), config.record_dir.clone());
    if let Some(file) = record {
        let header = header(&config, &journal);
        recordings
            .record(file, header)
            .map_err(StartError::Threads)?;
    }
    let registry = Registry::new(Arc::clone(&journal), config.policy);
    let listening = Listening {
        addr: listeners.echo_addr.into(),
        backlog: config.backlog,
        bufsize: config.policy.bufsize,
        sequential: config.sequential,
    };
    journal.record(Event::Listening(listening.clone()));
    registry.record_policy();
    let relay = Arc::new(Relay {
        backlog: watch::Sender::new(config.backlog),
        config,
        journal,
        registry,
        echo_target: listeners::reachable(listeners.echo_addr),
        home: Handle::current(),
        sockets: TaskTracker::new(),
        callers: Callers::default(),
        recordings,
    });
    let aside = Aside::new().map_err(StartError::Threads)?;
    let page = aside
        .listen(listeners.page.listener)
        .map_err(|source| StartError::Listen {
            which: Which::Page,
            addr: listeners.page.addr,
            source,
        })?;
    let router = http::router(
        http::live::routes(&relay),
        &relay.config.page,
        &relay.config.access,
    );
    aside.handle.spawn({
        let relay = Arc::clone(&relay);
        async move {
            tokio::select! {
                () = http::serve(router, &page, &relay.callers) => {}
                () = relay.journal.keep_announcing() => {}
                () = relay.callers.closing.cancelled() => {}
            }
        }
    });
    let sealing = relay.home.spawn({
        let journal = Arc::clone(&relay.journal);
        async move { journal.keep_sealing().await }
    });
    tokio::select! {
        () = serve_echo(&relay, &listeners.echo, listening) => {}
        () = shutdown => {}
    }
    drop(listeners.echo);
    // First the connections, so that recordings and viewers are told of their end.
    relay.registry.close_all();
    relay.sockets.close();
    let _ = tokio::time::timeout(GRACE, relay.sockets.wait()).await;
    sealing.abort();
    relay.journal.seal();
    relay.recordings.end().await;
    relay.callers.end().await;
    Ok(())
}

/// Serves a page with recordings and without a relay until `shutdown` is done.
///
/// # Errors
/// The page is missing, or the system does not give its port.
pub async fn replay(
    page: &Page,
    recordings: Vec<Replayed>,
    access: &Access,
    listener: PageListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError> {
    page.check()?;
    let router = http::router(http::replay::routes(recordings), page, access);
    let PageListener { listener, addr } = listener;
    let listener = TcpListener::from_std(listener).map_err(|source| StartError::Listen {
        which: Which::Page,
        addr,
        source,
    })?;
    let callers = Callers::default();
    tokio::select! {
        () = http::serve(router, &listener, &callers) => {}
        () = shutdown => {}
    }
    drop(listener);
    callers.end().await;
    Ok(())
}

/// The viewers' own threads: a thousand of them to be written to must not stand in the queue before
/// an echo.
struct Aside {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Aside {
    fn new() -> io::Result<Aside> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(VIEWER_THREADS)
            .thread_name("viewers")
            .enable_all()
            .build()?;
        Ok(Aside {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    fn listen(&self, listener: std::net::TcpListener) -> io::Result<TcpListener> {
        let _entered = self.handle.enter();
        TcpListener::from_std(listener)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Where the relay runs nothing may wait, as dropping a runtime would.
            runtime.shutdown_background();
        }
    }
}

async fn serve_echo(relay: &Arc<Relay>, listener: &TcpListener, listening: Listening) {
    let wished = relay.backlog.subscribe();
    let serve = |stream: TcpStream, peer: SocketAddr, place| {
        let local = match stream.local_addr() {
            Ok(local) => local,
            Err(error) => return tracing::warn!(%error, "a connection was gone at once"),
        };
        let seat = relay.registry.accepted(peer.into(), local.into());
        let socket = relay.observe(&seat, stream);
        let journal = Arc::clone(&relay.journal);
        relay.sockets.spawn(async move {
            echo::serve(seat, socket, &journal).await;
            drop(place);
        });
    };
    listen::listen(listener, listening, wished, &relay.journal, serve).await;
}
