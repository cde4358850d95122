//! The records of one echo server, one by one, for a program that follows them.
//!
//! Pulls like a viewer, and never skips what the journal still holds. Knows nothing of what they mean.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use protocol::{Event, Record, wire, wire::FromRelay};
use tokio_util::sync::CancellationToken;

use crate::journal::{Journal, Reader};

/// Every record from the first on, in order.
#[derive(Debug)]
pub struct Records {
    reader: Reader,
    /// Decoded, not yet asked for: at most one frame.
    decoded: VecDeque<Record>,
    /// Nothing is recorded any more.
    ended: CancellationToken,
}

impl Records {
    pub(super) fn new(journal: &Arc<Journal>, ended: CancellationToken) -> Records {
        Records {
            reader: journal.read_all(),
            decoded: VecDeque::new(),
            ended,
        }
    }

    /// The next record, as soon as there is one. None: the server has ended and all is told.
    /// Dropping the future loses nothing. A `dropped` and a keyframe come only to who falls behind
    /// by all that the journal holds (16 MiB).
    pub async fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.decoded.pop_front() {
                return Some(record);
            }
            let message = tokio::select! {
                biased;
                message = self.reader.next() => message,
                () = self.ended.cancelled() => self.reader.take()?,
            };
            self.decode(&message);
        }
    }

    fn decode(&mut self, message: &Bytes) {
        // What the journal encoded a moment ago it can decode.
        let Ok(FromRelay::Records(records)) = wire::decode(message) else {
            return;
        };
        // A reader begins with what was true before: before the first record that was nothing.
        let is_first =
            |record: &Record| record.seq.0 == 0 && matches!(record.event, Event::Keyframe(_));
        self.decoded
            .extend(records.into_iter().filter(|record| !is_first(record)));
    }
}
