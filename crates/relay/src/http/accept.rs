//! The page's port: connections, each with its limits.
//!
//! An accept loop of its own: `axum::serve` neither ends while a stream is open nor limits the time
//! in which headers must come. Knows nothing of what is asked for.

use std::time::Duration;

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
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    tls::{Opened, Tls, lead_to_https},
    visitor::Caller,
};
use crate::limits::{Admitted, Limits, Places, TurnedAway};

/// For so many viewers as there may be, so many connections that fetch files: a browser opens six.
const CONNECTIONS_A_VIEWER: u32 = 2;
/// From one address there may be more: a page is fetched by several at once.
const CONNECTIONS_A_VIEWER_OF_AN_ADDRESS: u32 = 4;
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
    /// Ends them in order, in that time.
    pub async fn end(&self, grace: Duration) {
        self.closing.cancel();
        self.tasks.close();
        let _ = timeout(grace, self.tasks.wait()).await;
    }
}

/// Serves until dropped, by TLS if there is one; the tasks of open connections end when the callers
/// are to end.
pub async fn serve(
    router: Router,
    listener: &TcpListener,
    callers: &Callers,
    tls: Option<&Tls>,
    limits: &Limits,
) {
    let places = Places::new(
        limits.viewers.saturating_mul(CONNECTIONS_A_VIEWER),
        limits
            .viewers_per_address
            .saturating_mul(CONNECTIONS_A_VIEWER_OF_AN_ADDRESS),
    );
    let (mut failing, mut turned_away) = (false, TurnedAway::default());
    loop {
        let place = places.free().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                failing = false;
                let place = match places.admit(place, Some(peer.ip())) {
                    Ok(place) => place,
                    Err(_) => {
                        turn_away(&stream);
                        turned_away.count();
                        if let Some((_, true)) = turned_away.take() {
                            tracing::warn!(
                                "{} connections from {} fetch files; further ones are refused",
                                places.most_per_address(),
                                peer.ip()
                            );
                        }
                        continue;
                    }
                };
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
                let terms = Terms {
                    limits: limits.clone(),
                    closing,
                };
                let connection = serve_one(router.clone(), caller, stream, tls, terms, place);
                callers.tasks.spawn(connection);
            }
            Err(error) => {
                if !failing {
                    tracing::warn!(
                        "accept fails on the page's port: {error}; those who are in stay, and it is tried again"
                    );
                }
                failing = true;
                sleep(FAILED_PAUSE).await;
            }
        }
    }
}

/// Says so in words, if they can be said at once.
fn turn_away(stream: &TcpStream) {
    const WORDS: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\n\
        Content-Length: 50\r\nConnection: close\r\n\r\n\
        too many connections from your address; wait a bit";
    let _ = SockRef::from(stream).send(WORDS);
}

/// How a connection is served: within which limits, and until when.
struct Terms {
    limits: Limits,
    closing: CancellationToken,
}

async fn serve_one(
    router: Router,
    caller: Caller,
    stream: TcpStream,
    tls: Option<Tls>,
    terms: Terms,
    _place: Admitted,
) {
    match tls {
        None => converse(router, caller, stream, terms).await,
        // Apart, so that a plain connection does not hold the room that this one needs.
        Some(tls) => Box::pin(secure(tls, router, caller, stream, terms)).await,
    }
}

/// As [`converse`], once hands are shaken.
async fn secure(tls: Tls, router: Router, caller: Caller, stream: TcpStream, terms: Terms) {
    let opened = tokio::select! {
        opened = timeout(terms.limits.handshake, tls.open(stream)) => opened,
        () = terms.closing.cancelled() => return,
    };
    match opened {
        Ok(Ok(Opened::Secured(stream))) => converse(router, caller, stream, terms).await,
        Ok(Ok(Opened::Plain(stream))) => converse(lead_to_https(), caller, stream, terms).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS with a connection to the page's port"),
        Err(_) => tracing::debug!("a connection to the page's port was too slow to begin TLS"),
    }
}

/// Answers requests until one of both ends it.
async fn converse<S>(router: Router, caller: Caller, stream: S, terms: Terms)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(caller);
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(terms.limits.handshake)
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
        () = terms.closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(terms.limits.grace, connection).await;
        }
    }
}
