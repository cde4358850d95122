//! The relay: a real TCP echo server that is watched while it works, and mirrored to whoever looks.
//!
//! ```text
//! observe -> socket -> gather -> journal -> mirror (WebSocket), http (ndjson), recording (files)
//!              ^ echo, client                 |
//!              +--- registry <---- stage <----+
//! ```
//!
//! One task owns each socket (`socket`, driven by `echo` or `client`); what it does and sees becomes
//! events, which the `journal` numbers and holds; viewers pull from it. Nothing goes back but a
//! person's requests, whose effect is an event again. One echo server with its journal is a `stage`:
//! the relay has one, and each lesson gets its own. Knows nothing of what is drawn or taught.

mod alarm;
mod alone;
mod by_hand;
mod client;
mod crowd;
mod datagram;
mod door;
mod echo;
mod framing;
mod gather;
mod hall;
mod http;
mod in_process;
mod journal;
mod lessons;
mod limits;
mod lines;
mod listen;
mod listeners;
mod mirror;
mod noted;
mod observe;
mod payload;
mod reading;
mod recording;
mod registry;
mod sample;
mod socket;
mod stage;
mod stamp;
mod stream;
#[cfg(target_os = "linux")]
mod unix_place;

use std::{future::Future, io, path::PathBuf, sync::Arc};

use axum::Router;
use tokio::{
    net::TcpListener,
    runtime::{Handle, Runtime},
};

pub use client::ClientSettings;
pub use hall::{Code, HallConfig, Token};
pub use http::{
    Access, BasePath, BasePathError, List, Listed, Origin, OriginError, Page, Tls, TlsError,
    Transport, replay::Replayed,
};
pub use in_process::InProcess;
pub use journal::{Journal, Reader};
pub use lessons::Lessons;
pub use limits::Limits;
pub use listeners::{Listeners, PageListener, StartError, Which};
pub use payload::{PAYLOAD_BYTES_MAX, payload};
pub use recording::{NewFile, check_record_dir};
pub use registry::CLIENTS_MAX;
pub use stage::{EchoConfig, Records, Stage};
pub use stamp::Stamp;

use hall::{Audience, Gate};
use http::Callers;
use listeners::EchoListener;
use recording::Recordings;
use stage::Server;

/// Threads for the viewers.
const VIEWER_THREADS: usize = 2;

/// What a relay is to be.
#[derive(Clone)]
pub struct Config {
    /// Its echo server.
    pub echo: EchoConfig,
    /// The page's files.
    pub page: Page,
    /// Who may ask for it.
    pub access: Access,
    /// The folder of recordings by request.
    pub record_dir: Option<PathBuf>,
    /// Who gives lessons.
    pub lessons: Option<Arc<dyn Lessons>>,
    /// Who may do what, if others can reach it.
    pub hall: HallConfig,
    /// How much of each thing there may be.
    pub limits: Limits,
    /// How the page is reached.
    pub transport: Transport,
    /// Name and version of the program, for the header.
    pub program: String,
}

/// All that viewers share.
struct Relay {
    config: Config,
    /// The echo server that everybody may connect to.
    server: Arc<Server>,
    /// The viewers, and whoever fetches files.
    callers: Callers,
    recordings: Arc<Recordings>,
    /// Who watches, and what they answer.
    audience: Arc<Audience>,
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
    let journal = Arc::new(Journal::new(stage::new_run()?));
    let recordings = Recordings::new(
        Arc::clone(&journal),
        config.record_dir.clone(),
        &config.limits,
    );
    if let Some(file) = record {
        let header = stage::header(&config.program, &journal);
        recordings
            .record(file, header)
            .map_err(StartError::Threads)?;
    }
    let aside = Aside::new().map_err(StartError::Threads)?;
    let page = aside
        .listen(listeners.page.listener)
        .map_err(|source| StartError::Listen {
            which: Which::Page,
            addr: listeners.page.addr.into(),
            source,
        })?;
    let (stage, relay, router) = start(
        config,
        listeners.echo,
        listeners.page.addr.port(),
        (journal, recordings),
        &aside.handle,
    )?;
    aside.handle.spawn({
        let relay = Arc::clone(&relay);
        async move {
            tokio::select! {
                () = http::serve(
                    router,
                    &page,
                    &relay.callers,
                    &relay.config.transport,
                    &relay.config.limits,
                ) => {}
                () = relay.callers.closing.cancelled() => {}
            }
        }
    });
    shutdown.await;
    // First the connections, so that recordings and viewers are told of their end.
    stage.close().await;
    relay.recordings.end().await;
    relay.callers.end(relay.config.limits.grace).await;
    Ok(())
}

/// The echo server serves, and whoever has connections to the page's port can answer them by the
/// router. `aside` runs what is done for viewers.
fn start(
    config: Config,
    echo: EchoListener,
    page_port: u16,
    (journal, recordings): (Arc<Journal>, Arc<Recordings>),
    aside: &Handle,
) -> Result<(Stage, Arc<Relay>, Router), StartError> {
    let gate = Gate::new(&config.hall, page_port).map_err(StartError::Random)?;
    let stage = Stage::start(
        config.echo.clone(),
        config.limits.clone(),
        echo,
        journal,
        &config.program,
        &Handle::current(),
        aside,
    );
    let relay = Arc::new(Relay {
        config,
        server: Arc::clone(stage.server()),
        callers: Callers::default(),
        recordings,
        audience: Arc::default(),
    });
    let router = http::router(
        http::live::routes(&relay),
        &relay.config.page,
        &relay.config.access,
        gate,
        &relay.config.transport,
    );
    Ok((stage, relay, router))
}

/// Serves a page with recordings and without a relay until `shutdown` is done.
///
/// # Errors
/// The page is missing, or the system does not give its port.
pub async fn replay(
    page: &Page,
    recordings: Vec<Replayed>,
    access: &Access,
    transport: &Transport,
    listener: PageListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError> {
    page.check()?;
    // Nothing is driven there, so nobody is held back.
    let routes = http::replay::routes(recordings);
    let router = http::router(routes, page, access, Gate::open(), transport);
    let PageListener { listener, addr } = listener;
    let listener = TcpListener::from_std(listener).map_err(|source| StartError::Listen {
        which: Which::Page,
        addr: addr.into(),
        source,
    })?;
    let (callers, limits) = (Callers::default(), Limits::default());
    tokio::select! {
        () = http::serve(router, &listener, &callers, transport, &limits) => {}
        () = shutdown => {}
    }
    drop(listener);
    callers.end(limits.grace).await;
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
