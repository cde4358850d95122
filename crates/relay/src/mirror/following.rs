//! What a viewer is told of a journal: by its own task as long as there is something to catch up with,
//! and from then on by the herald, if he can reach its socket.
//!
//! Knows nothing of what records mean.

use std::sync::Arc;

use bytes::Bytes;

use super::{herald::Herald, outlet::Outlet};
use crate::Reader;

/// A reader, and who may read on in its stead.
#[derive(Debug)]
pub struct Following<'a> {
    reader: Reader,
    herald: &'a Herald,
    /// None: the socket is not his to write to (TLS).
    outlet: Option<&'a Arc<Outlet>>,
    /// Taken, and not begun.
    waits: Option<Bytes>,
}

/// What the task is to do.
#[derive(Debug)]
pub enum Due {
    /// To send this.
    Send(Bytes),
    /// To flush what was begun.
    Flush,
}

impl<'a> Following<'a> {
    /// The task's, as yet.
    pub fn new(reader: Reader, herald: &'a Herald, outlet: Option<&'a Arc<Outlet>>) -> Self {
        Following {
            reader,
            herald,
            outlet,
            waits: None,
        }
    }

    /// What the task is to do next. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Due {
        let Some(outlet) = self.outlet else {
            return Due::Send(self.reader.next().await);
        };
        loop {
            self.take_back();
            self.waits = self.waits.take().or_else(|| self.reader.take_announced());
            if let Some(message) = &self.waits {
                if outlet.begin(message) {
                    self.waits = None;
                }
                return Due::Flush;
            }
            let Some(after) = self.reader.up_to_date_at() else {
                continue;
            };
            if !self.herald.brings_to(&self.reader, outlet, after) {
                return Due::Flush;
            }
            // What was announced before that is not brought.
            if self.reader.up_to_date_at() == Some(after) {
                outlet.returned().await;
            }
        }
    }

    /// The next message, if there is one already.
    pub fn take(&mut self) -> Option<Bytes> {
        self.take_back();
        self.waits.take().or_else(|| self.reader.take())
    }

    fn take_back(&mut self) {
        if let Some(brought) = self.outlet.and_then(|outlet| outlet.take_back()) {
            self.reader.went_on(brought);
        }
    }
}

impl Drop for Following<'_> {
    fn drop(&mut self) {
        self.take_back();
    }
}
