//! `recordings.json`: what a page can show. See `docs/events.md` for the recordings themselves.
//!
//! Knows nothing of where they are.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// There is a relay with sockets behind the page.
    pub live: bool,
    /// The recordings, the first is the one to begin with.
    pub recordings: Vec<Listed>,
}

/// One recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What it is called, for people and links. No other one is called so.
    pub name: String,
    /// Where it is, relative to the page.
    pub file: String,
    /// How long it is, bytes.
    pub bytes: u64,
}

impl List {
    /// As it is served and written.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain structs with string keys always become JSON.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

impl IntoResponse for List {
    fn into_response(self) -> Response {
        let kind = (header::CONTENT_TYPE, "application/json");
        ([kind], self.to_json()).into_response()
    }
}
