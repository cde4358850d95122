//! The routes of a replay: the list of recordings, and the recordings themselves, streamed.
//!
//! A file may be of any size and may still grow: it is opened for each who asks, and as much is sent
//! as it had then. Knows nothing of what is in it, and tells no path.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{fs::File, io::AsyncReadExt};
use tokio_util::io::ReaderStream;

use super::{
    list::{List, Listed},
    no_such_file,
};

/// So much of a file is held for each who asks, bytes.
const CHUNK_BYTES: usize = 64 << 10;

/// A recording on disk.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// What the page is told: `file` is `recordings/` and a plain name.
    pub listed: Listed,
    /// Where it is.
    pub path: PathBuf,
}

/// What a replay answers beside the page's files.
pub fn routes(recordings: Vec<Replayed>) -> Router {
    Router::new()
        .route("/recordings.json", get(list))
        .route("/recordings/{name}", get(recording))
        .with_state(Arc::new(recordings))
}

async fn list(State(recordings): State<Arc<Vec<Replayed>>>) -> List {
    let mut list = List::default();
    for recording in recordings.iter() {
        let mut listed = recording.listed.clone();
        // It may have grown.
        if let Ok(found) = tokio::fs::metadata(&recording.path).await {
            listed.bytes = found.len();
        }
        list.recordings.push(listed);
    }
    list
}

async fn recording(
    State(recordings): State<Arc<Vec<Replayed>>>,
    Path(name): Path<String>,
) -> Response {
    let wanted = format!("recordings/{name}");
    let found = recordings.iter().find(|r| r.listed.file == wanted);
    let Some(found) = found else {
        return no_such_file();
    };
    let opened = async {
        let file = File::open(&found.path).await?;
        let bytes = file.metadata().await?.len();
        Ok::<_, std::io::Error>((file, bytes))
    };
    let (file, bytes) = match opened.await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(%error, "{} cannot be read any more", found.path.display());
            return no_such_file();
        }
    };
    let kind = if name.ends_with(".gz") {
        "application/gzip"
    } else {
        "application/x-ndjson; charset=utf-8"
    };
    let body = ReaderStream::with_capacity(file.take(bytes), CHUNK_BYTES);
    let said = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
    ];
    (said, Body::from_stream(body)).into_response()
}
