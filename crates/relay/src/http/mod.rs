//! The page's port: who may ask, the page's files, and what a relay or a replay answers beside them.
//!
//! Knows nothing of what is in a record.

mod accept;
mod base_path;
mod connection;
mod enter;
mod forwarded;
mod guard;
mod hall;
mod list;
pub mod live;
mod metrics;
mod ndjson;
mod page;
pub mod replay;
mod tls;
mod transport;
mod visitor;

use std::sync::Arc;

use axum::{Router, http::StatusCode, middleware, response::IntoResponse, routing::get};

pub use accept::{Callers, Terms, converse, serve};
pub use base_path::{BasePath, BasePathError};
pub use guard::{Access, Origin, OriginError};
pub use list::{List, Listed};
pub use page::Page;
pub use tls::{Tls, TlsError};
pub use transport::Transport;
pub use visitor::{Caller, Visitor};

use crate::hall::Gate;

/// These routes, then the page's files; all behind the guard.
pub fn router(
    routes: Router,
    page: &Page,
    access: &Access,
    gate: Gate,
    transport: &Transport,
) -> Router {
    let gate = Arc::new(gate);
    let base = &transport.base_path;
    let entrance = enter::routes(&gate, base.as_str());
    let guard = Arc::new(guard::Guard::new(access, gate, transport));
    let inside = routes
        .merge(entrance)
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback_service(page.files());
    base.before(inside)
        .layer(middleware::from_fn_with_state(guard, guard::guard))
}

fn no_such_file() -> axum::response::Response {
    (StatusCode::NOT_FOUND, "the page has no such file\n").into_response()
}
