//! `/enter?token=…`: the lecturer's link, exchanged for a cookie.
//!
//! Tells nobody what was shown: neither the log nor the answer holds it. Knows nothing of what the
//! lecturer may do.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::visitor::{Caller, Visitor};
use crate::hall::Gate;

/// Where a right is asked for: the cookie goes there, and nowhere else. Cookies know no ports. A
/// lecturer who opens the *echo server* in a browser would otherwise send it there, and it would
/// ride over the belt for all to see.
const NEEDED_AT: [&str; 4] = ["mirror", "events.ndjson", "recording.ndjson", "metrics"];

#[derive(Clone)]
struct Entrance {
    gate: Arc<Gate>,
    /// The path that leads to the page, with a `/` at its end.
    base: Arc<str>,
}

/// The route, if there is a link to come by. `base`: the path that leads to the page, as browsers
/// see it, with a `/` at its end.
pub fn routes(gate: &Arc<Gate>, base: &str) -> Router {
    if !gate.has_link() {
        return Router::new();
    }
    let entrance = Entrance {
        gate: Arc::clone(gate),
        base: base.into(),
    };
    Router::new()
        .route("/enter", get(enter))
        .with_state(entrance)
}

async fn enter(
    State(Entrance { gate, base }): State<Entrance>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    method: Method,
    uri: Uri,
) -> Response {
    if method != Method::GET {
        // Whoever only looks where a link leads is not let in.
        return (StatusCode::METHOD_NOT_ALLOWED, "only GET enters here\n").into_response();
    }
    let is_near = caller.peer.ip() == caller.local.ip() && visitor.address == caller.peer.ip();
    let entered = shown(&uri).and_then(|shown| gate.enter(shown.as_bytes(), is_near));
    let Some(entered) = entered else {
        let wrong = "this is not the lecturer's link: take the one that the relay has printed\n";
        return (StatusCode::FORBIDDEN, wrong).into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, HeaderValue::from_static("./"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let secure = if visitor.is_secure { "; Secure" } else { "" };
    for route in NEEDED_AT {
        let cookie = &entered.cookie;
        let cookie = format!("{cookie}; Path={base}{route}; HttpOnly; SameSite=Strict{secure}");
        // A name, hexadecimal digits and a path: nothing that a header may not hold.
        if let Ok(mut cookie) = HeaderValue::try_from(cookie) {
            cookie.set_sensitive(true);
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// What is shown, if it is shown once.
fn shown(uri: &Uri) -> Option<&str> {
    let mut pairs = uri.query()?.split('&');
    let shown = pairs.find_map(|pair| pair.strip_prefix("token="))?;
    pairs
        .all(|pair| !pair.starts_with("token="))
        .then_some(shown)
}
