//! The page's port: files, the mirror, the records as JSON lines, and a sign of life.
//!
//! Runs its own accept loop: `axum::serve` neither ends while a stream is open nor limits the time
//! in which headers must come. Knows nothing of what is in a record.

mod guard;
mod ndjson;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Query, State, WebSocketUpgrade},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use protocol::{Cursor, Run, Seq};
use serde::Deserialize;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tower_http::services::ServeDir;

use crate::{GRACE, Relay, mirror};

/// The most connections to the page's port: all viewers, and as many again that fetch files.
const CONNECTIONS_MAX: usize = 2 * mirror::VIEWERS_MAX;
/// In which a request's headers must have come, and the longest that a connection may idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
const HEADERS_MAX: usize = 64;
/// Buffer for reading, which limits the headers' size, bytes.
const HEADER_BYTES_MAX: usize = 16 << 10;
/// Asked of SO_SNDBUF, bytes: what the kernel may hold for a viewer that does not read.
const SEND_BUFFER_BYTES: usize = 64 << 10;
/// So long may sent bytes stay unacknowledged, or unsent because the peer's window is closed
/// (TCP_USER_TIMEOUT, `tcp(7)`). hyper limits only the time for headers.
#[cfg(target_os = "linux")]
const STALLED_MAX: Duration = Duration::from_secs(30);
/// After accept has failed for want of descriptors or memory.
const FAILED_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone)]
struct Shared {
    relay: Arc<Relay>,
    /// One permit a viewer.
    viewers: Arc<Semaphore>,
}

/// Serves until dropped; the tasks of open connections end when the relay closes.
pub async fn serve(relay: &Arc<Relay>, listener: &TcpListener) {
    let router = router(relay);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut failing = false;
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                failing = false;
                if let Err(error) = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES) {
                    tracing::debug!(%error, "SO_SNDBUF stays as it is");
                }
                // Whoever takes nothing for so long, or is no longer there, gives its place back.
                #[cfg(target_os = "linux")]
                let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(STALLED_MAX));
                // A record is on its way at once.
                let _ = stream.set_nodelay(true);
                let connection = serve_one(Arc::clone(relay), router.clone(), stream, place);
                relay.viewers.spawn(connection);
            }
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, "accept fails on the page's port; it is tried again");
                }
                failing = true;
                sleep(FAILED_PAUSE).await;
            }
        }
    }
}

async fn serve_one(
    relay: Arc<Relay>,
    router: Router,
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = &mut connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection to the page's port ended");
            }
        }
        () = relay.closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(GRACE, connection).await;
        }
    }
}

fn router(relay: &Arc<Relay>) -> Router {
    let shared = Shared {
        relay: Arc::clone(relay),
        viewers: Arc::new(Semaphore::new(mirror::VIEWERS_MAX)),
    };
    let guard = Arc::new(guard::Guard::new(&relay.config.allow_hosts));
    let files = ServeDir::new(&relay.config.page_dir)
        .precompressed_br()
        .precompressed_gzip();
    Router::new()
        .route("/mirror", get(open_mirror))
        .route("/events.ndjson", get(stream_records))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback_service(
            Router::new()
                .fallback_service(files)
                .layer(middleware::map_response(only_found_or_not)),
        )
        .with_state(shared)
        .layer(middleware::from_fn_with_state(guard, guard::guard))
}

/// A name that the file system cannot even look up (too long, say) is a file that is not there.
async fn only_found_or_not(response: Response) -> Response {
    let status = response.status();
    if status == StatusCode::NOT_FOUND || status.is_server_error() {
        return (StatusCode::NOT_FOUND, "the page has no such file\n").into_response();
    }
    response
}

/// Where a viewer wants to go on.
#[derive(Deserialize)]
struct Place {
    /// 16 hexadecimal digits.
    run: Option<String>,
    after: Option<u64>,
}

impl Place {
    /// Of another run, or of one that cannot be read, nothing is known: the viewer starts afresh.
    fn cursor(&self, run_unless_told: Option<Run>) -> Option<Cursor> {
        let run = match &self.run {
            Some(text) => text.parse().ok()?,
            None => run_unless_told?,
        };
        Some(Cursor {
            run,
            seq: Seq(self.after?),
        })
    }
}

async fn open_mirror(
    State(shared): State<Shared>,
    Query(place): Query<Place>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Ok(permit) = shared.viewers.try_acquire_owned() else {
        return too_many();
    };
    let cursor = place.cursor(None);
    let relay = Arc::clone(&shared.relay);
    let token = relay.viewers.token();
    mirror::limited(upgrade).on_upgrade(move |viewer| async move {
        mirror::mirror(relay, viewer, cursor).await;
        drop((permit, token));
    })
}

async fn stream_records(State(shared): State<Shared>, Query(place): Query<Place>) -> Response {
    let Ok(permit) = shared.viewers.try_acquire_owned() else {
        return too_many();
    };
    let cursor = place.cursor(Some(shared.relay.journal.run()));
    ndjson::stream(shared.relay, cursor, permit)
}

fn too_many() -> Response {
    let most = mirror::VIEWERS_MAX;
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("{most} viewers are connected already\n"),
    )
        .into_response()
}
