//! The page's port: connections, each with its limits.
//!
//! An accept loop of its own: `axum::serve` neither ends while a stream is open nor limits the time
//! in which headers must come. Knows nothing of what is asked for.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    tls::{Opened, Tls, lead_to_https},
    visitor::Caller,
};
use crate::{GRACE, mirror};

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

/// Who is connected to the page's port.
#[derive(Clone, Debug, Default)]
pub struct Callers {
    /// Their tasks.
    pub tasks: TaskTracker,
    /// They are to end.
    pub closing: CancellationToken,
}

impl Callers {
    /// Ends them in order.
    pub async fn end(&self) {
        self.closing.cancel();
        self.tasks.close();
        let _ = timeout(GRACE, self.tasks.wait()).await;
    }
}

/// Serves until dropped, by TLS if there is one; the tasks of open connections end when the callers
/// are to end.
pub async fn serve(router: Router, listener: &TcpListener, callers: &Callers, tls: Option<&Tls>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut failing = false;
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                failing = false;
                if let Err(error) = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES) {
                    tracing::debug!(%error, "SO_SNDBUF stays as it is");
                }
                // Whoever takes nothing for so long, or is no longer there, gives its place back.
                #[cfg(target_os = "linux")]
                let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(STALLED_MAX));
                // A record is on its way at once.
                let _ = stream.set_nodelay(true);
                let closing = callers.closing.clone();
                // It fails only if the connection has gone already.
                let Ok(local) = stream.local_addr() else {
                    continue;
                };
                let caller = Caller {
                    peer,
                    local,
                    is_tls: tls.is_some(),
                };
                let tls = tls.cloned();
                let connection = serve_one(router.clone(), caller, stream, tls, closing, place);
                callers.tasks.spawn(connection);
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
    router: Router,
    caller: Caller,
    stream: TcpStream,
    tls: Option<Tls>,
    closing: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    match tls {
        None => converse(router, caller, stream, closing).await,
        // Apart, so that a plain connection does not hold the room that this one needs.
        Some(tls) => Box::pin(secure(tls, router, caller, stream, closing)).await,
    }
}

/// As [`converse`], once hands are shaken.
async fn secure(
    tls: Tls,
    router: Router,
    caller: Caller,
    stream: TcpStream,
    closing: CancellationToken,
) {
    let opened = tokio::select! {
        opened = timeout(HEADER_TIMEOUT, tls.open(stream)) => opened,
        () = closing.cancelled() => return,
    };
    match opened {
        Ok(Ok(Opened::Secured(stream))) => converse(router, caller, stream, closing).await,
        Ok(Ok(Opened::Plain(stream))) => converse(lead_to_https(), caller, stream, closing).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS with a connection to the page's port"),
        Err(_) => tracing::debug!("a connection to the page's port was too slow to begin TLS"),
    }
}

/// Answers requests until one of both ends it.
async fn converse<S>(router: Router, caller: Caller, stream: S, closing: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(caller);
        request
    });
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
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(GRACE, connection).await;
        }
    }
}
