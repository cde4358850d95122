//! The records as JSON lines: the header, then what the journal holds, then whatever happens.
//!
//! Pulls like every viewer: while the other side does not read, nothing is taken from the journal.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use protocol::{Cursor, json, wire, wire::FromRelay};
use tokio::sync::OwnedSemaphorePermit;

use crate::{Reader, Relay};

struct Lines {
    relay: Arc<Relay>,
    reader: Reader,
    /// Counts among the viewers.
    _permit: OwnedSemaphorePermit,
    /// What is left to be told, now that the relay closes.
    closing: bool,
}

/// A response that ends when the other side leaves or the relay closes.
pub fn stream(relay: Arc<Relay>, cursor: Option<Cursor>, permit: OwnedSemaphorePermit) -> Response {
    let reader = relay.journal.read_from(cursor);
    let mut header = json::header_line(&relay.header());
    header.push('\n');
    let lines = Lines {
        relay,
        reader,
        _permit: permit,
        closing: false,
    };
    let first = stream::once(async { Ok::<_, Infallible>(Bytes::from(header)) });
    let rest = stream::unfold(lines, |mut lines| async move {
        let message = lines.next().await?;
        Some((Ok(text(&message)), lines))
    });
    let body = Body::from_stream(stream::StreamExt::chain(first, rest));
    let kind = (header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8");
    let stored = (header::CACHE_CONTROL, "no-store");
    ([kind, stored], body).into_response()
}

impl Lines {
    async fn next(&mut self) -> Option<Bytes> {
        if !self.closing {
            tokio::select! {
                message = self.reader.next() => return Some(message),
                () = self.relay.closing.cancelled() => self.closing = true,
            }
        }
        self.reader.take()
    }
}

fn text(message: &[u8]) -> Bytes {
    let Ok(FromRelay::Records(records)) = wire::decode(message) else {
        // The journal holds nothing else.
        return Bytes::new();
    };
    let mut text = String::new();
    for record in &records {
        text.push_str(&json::record_line(record));
        text.push('\n');
    }
    text.into()
}
