//! The page's port: connections, each with its limits.
//!
//! An accept loop of its own: `axum::serve` neither ends while a stream is open nor limits the time
//! in which headers must come. Knows nothing of what is asked for.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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
use tokio_util::{io::InspectReader, sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    connection::Connection,
    tls::{Opened, Tls, lead_to_https},
    transport::Transport,
    visitor::Caller,
};
use crate::{
    limits::{Admitted, Limits, Places, Refusals, RefusedBy},
    mirror::{Outlet, Plug},
};

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
    /// Those who were not let in, or not heard.
    pub refusals: Arc<Refusals>,
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
/// are to end. A trusted proxy has as many connections as it wants: it tells whose they are, and its
/// visitors are counted one by one.
pub async fn serve(
    router: Router,
    listener: &TcpListener,
    callers: &Callers,
    transport: &Transport,
    limits: &Limits,
) {
    let places = Places::new(
        limits.viewers.saturating_mul(CONNECTIONS_A_VIEWER),
        limits
            .viewers_per_address
            .saturating_mul(CONNECTIONS_A_VIEWER_OF_AN_ADDRESS),
    );
    let refusals = &callers.refusals;
    let (mut failing, mut was_full) = (false, false);
    loop {
        let is_full = places.is_full();
        if is_full && !was_full {
            refusals.count(RefusedBy::Connections, || full(&places));
        }
        was_full = is_full;
        let place = places.free().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                failing = false;
                let from = peer.ip().to_canonical();
                let counted = (!transport.trusts(from)).then_some(from);
                let Ok(place) = places.admit(place, counted) else {
                    turn_away(&stream, transport);
                    refusals.count(RefusedBy::ConnectionsPerAddress, || {
                        let most = places.most_per_address();
                        format!(
                            "{most} connections from {from} to the page's port are open ({CONNECTIONS_A_VIEWER_OF_AN_ADDRESS} times --max-viewers-per-address); further ones are closed"
                        )
                    });
                    continue;
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
                    is_tls: transport.tls.is_some(),
                };
                let tls = transport.tls.clone();
                let terms = Terms {
                    limits: limits.clone(),
                    closing,
                    refusals: Arc::clone(refusals),
                };
                let connection = serve_one(router.clone(), caller, stream, tls, terms, place);
                callers.tasks.spawn(connection);
            }
            Err(error) => {
                if !failing {
                    refusals.count(RefusedBy::System, || {
                        format!(
                            "accept fails on the page's port: {error}; those who are in stay, and it is tried again"
                        )
                    });
                }
                failing = true;
                sleep(FAILED_PAUSE).await;
            }
        }
    }
}

fn full(places: &Places) -> String {
    let most = places.most();
    format!(
        "{most} connections to the page's port are open ({CONNECTIONS_A_VIEWER} times --max-viewers); further ones wait to be accepted"
    )
}

/// Says so in words, if they can be said at once: not to whoever speaks TLS, who would take them for
/// a broken handshake; to shake hands only to refuse would cost more than to let them in.
fn turn_away(stream: &TcpStream, transport: &Transport) {
    const WORDS: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\n\
        Content-Length: 50\r\nConnection: close\r\n\r\n\
        too many connections from your address; wait a bit";
    if transport.tls.is_none() {
        let _ = SockRef::from(stream).send(WORDS);
    }
}

/// How a connection is served: within which limits, and until when.
pub struct Terms {
    /// Of these, the times.
    pub limits: Limits,
    /// It is to end.
    pub closing: CancellationToken,
    /// Where it is counted that it was too slow.
    pub refusals: Arc<Refusals>,
}

impl Terms {
    fn is_slow(&self, caller: &Caller, what: &str) {
        let (from, time) = (caller.peer.ip().to_canonical(), self.limits.handshake);
        self.refusals.count(RefusedBy::Handshake, || {
            format!("a connection from {from} has not sent {what} in {time:?} (--handshake) and is closed")
        });
    }
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
        None => {
            let outlet = Outlet::new(stream);
            let reached = Arc::downgrade(&outlet);
            converse(router, caller, Plug(outlet), terms, Some(reached)).await;
        }
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
        Ok(Ok(Opened::Secured(stream))) => converse(router, caller, stream, terms, None).await,
        Ok(Ok(Opened::Plain(stream))) => {
            converse(lead_to_https(), caller, stream, terms, None).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "no TLS with a connection to the page's port"),
        Err(_) => terms.is_slow(&caller, "its part of TLS"),
    }
}

/// Answers requests until one of both ends it. `outlet`: where others may write, if requests make a
/// viewer of it.
pub async fn converse<S>(
    router: Router,
    caller: Caller,
    stream: S,
    terms: Terms,
    outlet: Option<Weak<Outlet>>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (refusals, from) = (Arc::clone(&terms.refusals), caller.peer.ip().to_canonical());
    let given_up = move || {
        refusals.count(RefusedBy::Stalled, || {
            format!("a connection from {from} to the page's port has taken nothing for {STALLED_MAX:?}, or nobody is there any more, and is closed")
        });
    };
    // Something has come of which no request was made yet. Otherwise it only idles, which browsers do.
    let is_asking = Arc::new(AtomicBool::new(false));
    let asks = Arc::clone(&is_asking);
    let stream = InspectReader::new(Connection::new(stream, given_up), move |bytes: &[u8]| {
        if !bytes.is_empty() {
            asks.store(true, Ordering::Relaxed);
        }
    });
    let has_asked = Arc::clone(&is_asking);
    let router = router.map_request(move |mut request: Request<_>| {
        has_asked.store(false, Ordering::Relaxed);
        request.extensions_mut().insert(caller);
        if let Some(outlet) = &outlet {
            request.extensions_mut().insert(Weak::clone(outlet));
        }
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
                if error.is_timeout() && is_asking.load(Ordering::Relaxed) {
                    terms.is_slow(&caller, "the whole head of a request");
                }
                tracing::debug!(%error, "a connection to the page's port ended");
            }
        }
        () = terms.closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(terms.limits.grace, connection).await;
        }
    }
}
