//! The records as JSON lines: the header, then what the journal holds, then whatever happens.
//!
//! Pulls like every viewer: while the other side does not read, nothing is taken from the journal.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use protocol::{Cursor, Seq};

use crate::{Reader, limits::Admitted, lines, mirror::Watched};

struct Rest {
    watched: Watched,
    reader: Reader,
    /// The last record to be told. None: whatever happens.
    last: Option<Seq>,
    /// Counts among the viewers.
    _admitted: Admitted,
    /// What is left to be told, now that the relay closes.
    closing: bool,
}

/// A response that ends when the other side leaves or the relay closes.
pub fn stream(watched: Watched, cursor: Option<Cursor>, admitted: Admitted) -> Response {
    let reader = watched.reading(watched.server.journal.read_from(cursor));
    respond(watched, reader, None, admitted)
}

/// A response with all that is held at this moment.
pub fn stream_held(watched: Watched, admitted: Admitted) -> Response {
    let reader = watched.reading(watched.server.journal.read_all());
    watched.server.journal.seal();
    let last = watched.server.journal.head();
    respond(watched, reader, Some(last), admitted)
}

fn respond(watched: Watched, reader: Reader, last: Option<Seq>, admitted: Admitted) -> Response {
    let mut header = watched.server.header();
    header.head = last.unwrap_or(header.head);
    let header = lines::header(&header);
    let rest = Rest {
        watched,
        reader,
        last,
        _admitted: admitted,
        closing: false,
    };
    let first = stream::once(async { Ok::<_, Infallible>(Bytes::from(header)) });
    let rest = stream::unfold(rest, |mut rest| async move {
        let frame = rest.next().await?;
        Some((Ok(lines::of(&frame).into()), rest))
    });
    let body = Body::from_stream(stream::StreamExt::chain(first, rest));
    let kind = (header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8");
    let stored = (header::CACHE_CONTROL, "no-store");
    ([kind, stored], body).into_response()
}

impl Rest {
    async fn next(&mut self) -> Option<Bytes> {
        if self.last.is_some_and(|last| self.reader.is_at(last)) {
            return None;
        }
        if !self.closing {
            tokio::select! {
                frame = self.reader.next() => return Some(frame),
                _ = self.watched.end() => self.closing = true,
            }
        }
        self.reader.take()
    }
}
