//! The routes of a running relay: the mirror, the records as lines, a download, the list.
//!
//! Knows nothing of what is in a record.

use std::sync::{Arc, Weak};

use axum::{
    Extension, Router,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::rejection::WebSocketUpgradeRejection::{self, InvalidWebSocketVersionHeader},
    },
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use protocol::{Cursor, Run, Seq};
use serde::Deserialize;

use super::{Visitor, list::List, metrics::metrics, ndjson};
use crate::{
    Relay,
    limits::{Full, Places, RefusedBy},
    mirror::{self, Outlet, Watched},
    recording,
};

#[derive(Clone)]
struct Shared {
    relay: Arc<Relay>,
    /// Viewers and downloads count here.
    viewers: Places,
}

/// What a relay answers beside the page's files.
pub fn routes(relay: &Arc<Relay>) -> Router {
    let limits = &relay.config.limits;
    let shared = Shared {
        relay: Arc::clone(relay),
        viewers: Places::new(limits.viewers, limits.viewers_per_address),
    };
    Router::new()
        .route("/mirror", get(open_mirror))
        .route("/events.ndjson", get(stream_records))
        .route("/recording.ndjson", get(download))
        .route("/recordings.json", get(list))
        .with_state(shared)
        .merge(super::hall::routes(&relay.config.hall))
        .merge(
            Router::new()
                .route("/metrics", get(metrics))
                .with_state(Arc::clone(relay)),
        )
}

/// Where a viewer wants to go on.
#[derive(Deserialize)]
struct Place {
    /// 16 hexadecimal digits.
    run: Option<String>,
    after: Option<u64>,
    /// There, with whatever value: of the lesson that is being given.
    lesson: Option<String>,
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

impl Shared {
    /// Which echo server is asked for; None: no lesson is being given.
    fn watched(&self, visitor: Visitor, place: &Place) -> Option<Watched> {
        let relay = Arc::clone(&self.relay);
        if place.lesson.is_none() {
            let server = Arc::clone(&relay.server);
            return Some(Watched {
                relay,
                server,
                visitor,
                is_lesson: false,
                outlet: None,
            });
        }
        let stage = relay.config.lessons.as_ref()?.stage()?;
        let server = Arc::clone(stage.server());
        Some(Watched {
            relay,
            server,
            visitor,
            is_lesson: true,
            outlet: None,
        })
    }

    /// Refuses in words, and says so in the log.
    fn too_many(&self, full: Full, visitor: &Visitor) -> Response {
        let (by, status, words, option) = match full {
            Full::All(most) => (
                RefusedBy::Viewers,
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{most} viewers are connected already; try again later"),
                "--max-viewers",
            ),
            Full::Address(most) => (
                RefusedBy::ViewersPerAddress,
                StatusCode::TOO_MANY_REQUESTS,
                format!("{most} viewers from your address are connected already; close one"),
                "--max-viewers-per-address",
            ),
        };
        let from = visitor.address;
        self.relay.callers.refusals.count(by, || {
            format!("a viewer from {from} is refused: {words} ({option})")
        });
        (status, format!("{words} ({option})\n")).into_response()
    }
}

async fn open_mirror(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    outlet: Option<Extension<Weak<Outlet>>>,
    Query(place): Query<Place>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return no_upgrade(rejection),
    };
    let Some(mut watched) = shared.watched(visitor, &place) else {
        return no_lesson();
    };
    watched.outlet = outlet.and_then(|Extension(outlet)| outlet.upgrade());
    let admitted = match shared.viewers.enter(visitor.address) {
        Ok(place) => place,
        Err(full) => return shared.too_many(full, &visitor),
    };
    let cursor = place.cursor(None);
    let token = shared.relay.callers.tasks.token();
    mirror::limited(upgrade).on_upgrade(move |viewer| async move {
        mirror::mirror(watched, viewer, cursor).await;
        drop((admitted, token));
    })
}

/// Of another version the client is told which one is spoken here: RFC 6455, section 4.4.
fn no_upgrade(rejection: WebSocketUpgradeRejection) -> Response {
    if !matches!(rejection, InvalidWebSocketVersionHeader(_)) {
        return rejection.into_response();
    }
    let spoken = [(header::SEC_WEBSOCKET_VERSION, "13")];
    let text = "WebSocket is spoken in version 13 here\n";
    (StatusCode::UPGRADE_REQUIRED, spoken, text).into_response()
}

async fn stream_records(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Query(place): Query<Place>,
) -> Response {
    let Some(watched) = shared.watched(visitor, &place) else {
        return no_lesson();
    };
    let admitted = match shared.viewers.enter(visitor.address) {
        Ok(place) => place,
        Err(full) => return shared.too_many(full, &visitor),
    };
    let cursor = place.cursor(Some(watched.server.journal.run()));
    ndjson::stream(watched, cursor, admitted)
}

/// All that is held up to now, as a file to keep.
async fn download(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Query(place): Query<Place>,
) -> Response {
    let Some(watched) = shared.watched(visitor, &place) else {
        return no_lesson();
    };
    let admitted = match shared.viewers.enter(visitor.address) {
        Ok(place) => place,
        Err(full) => return shared.too_many(full, &visitor),
    };
    let name = recording::name(&watched.server.header(), chrono::Local::now().naive_local());
    let mut response = ndjson::stream_held(watched, admitted);
    if let Ok(value) = HeaderValue::try_from(format!(
        "attachment; filename=\"{name}{}\"",
        recording::SUFFIX
    )) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// What this page can show: the relay itself, and what lies beside the page.
async fn list(State(shared): State<Shared>) -> List {
    let beside = shared.relay.config.page.list();
    List {
        live: true,
        ..beside
    }
}

fn no_lesson() -> Response {
    (StatusCode::NOT_FOUND, "no lesson is being given\n").into_response()
}
