//! One viewer's place in the journal.
//!
//! Knows nothing of how a frame travels. It never falls behind without end: who is too slow is
//! told how many records are lost for him, and goes on from a keyframe.

use std::sync::Arc;

use bytes::Bytes;
use protocol::{Cursor, Dropped, Event, Record, Seq};
use tokio::sync::watch;

use super::{
    Journal,
    places::{Held, Place},
    segment::{Found, Frame, message},
};

/// A viewer without a cursor is told at most so much of the past, bytes.
const HISTORY_BYTES_MAX: u64 = 4 << 20;
/// A viewer that was up to date may fall behind so far, bytes, before it is taken to the newest
/// keyframe: a slow page catches up instead of trailing by all that is held.
pub(super) const LAG_BYTES_MAX: u64 = 4 << 20;

/// Takes frames from a journal, in order.
#[derive(Debug)]
pub struct Reader {
    journal: Arc<Journal>,
    announced: watch::Receiver<Seq>,
    /// A keyframe to be told before all else.
    opening: Option<Frame>,
    /// How much of the past a reader without a cursor is told, bytes.
    history_bytes_max: u64,
    /// How far it may fall behind, bytes.
    lag_bytes_max: u64,
    /// The last record taken. None: the keyframe comes first.
    after: Option<Seq>,
    /// Records that were skipped.
    lost: u64,
    /// For who may not see what is sent.
    without_bytes: bool,
    /// Has been up to date once. What it asked for before that, it gets as long as it is held.
    caught_up: bool,
    /// Where it says how far it has read.
    place: Held,
}

impl Journal {
    /// Reads on from a cursor of this run, or from a keyframe not long ago.
    #[must_use]
    pub fn read_from(self: &Arc<Journal>, cursor: Option<Cursor>) -> Reader {
        let after = cursor
            .filter(|cursor| cursor.run == self.run() && cursor.seq <= self.head())
            .map(|cursor| cursor.seq);
        Reader {
            history_bytes_max: HISTORY_BYTES_MAX,
            lag_bytes_max: LAG_BYTES_MAX,
            after,
            ..self.reader(self.places.another(after, true))
        }
    }

    /// Reads all that is held, from the oldest keyframe on, and never skips what is still held.
    #[must_use]
    pub fn read_all(self: &Arc<Journal>) -> Reader {
        self.reader(self.places.another(None, false))
    }

    /// Reads what comes from now on, behind a keyframe of this moment, and never skips what is
    /// still held. The second value is the number of the last record before.
    #[must_use]
    pub fn read_from_now(self: &Arc<Journal>) -> (Reader, Seq) {
        let mut pages = self.pages();
        // A frame must not begin before the keyframe and end behind it.
        self.seal_now(&mut pages);
        let opening = pages.keyframe();
        drop(pages);
        let seq = opening.last;
        let reader = Reader {
            opening: Some(opening),
            after: Some(seq),
            caught_up: true,
            ..self.read_all()
        };
        (reader, seq)
    }

    fn reader(self: &Arc<Journal>, place: Held) -> Reader {
        Reader {
            journal: Arc::clone(self),
            announced: self.announced.subscribe(),
            opening: None,
            history_bytes_max: u64::MAX,
            lag_bytes_max: u64::MAX,
            after: None,
            lost: 0,
            without_bytes: false,
            caught_up: false,
            place,
        }
    }
}

impl Reader {
    /// The same for who may not see what is sent, but only how much.
    #[must_use]
    pub fn without_bytes(self) -> Reader {
        Reader {
            without_bytes: true,
            ..self
        }
    }

    /// The next message of the page's form. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Bytes {
        loop {
            if let Some(message) = self.take_announced() {
                return message;
            }
            if self.announced.changed().await.is_err() {
                // The journal is held by ourselves, so this cannot be.
                std::future::pending::<()>().await;
            }
        }
    }

    /// The next message, if readers know already that there is one.
    pub fn take_announced(&mut self) -> Option<Bytes> {
        // A thousand viewers do not lock the journal only to hear that there is nothing.
        let announced = *self.announced.borrow_and_update();
        if self.is_at(announced) {
            self.caught_up = true;
            return None;
        }
        self.take()
    }

    /// The last record taken, if readers do not know of a later one.
    #[must_use]
    pub fn up_to_date_at(&self) -> Option<Seq> {
        let announced = *self.announced.borrow();
        self.after.filter(|_| self.is_at(announced))
    }

    /// Somebody else took for this reader what came up to that record.
    pub fn went_on(&mut self, after: Seq) {
        self.after = Some(after);
    }

    /// Where somebody else notes what is taken for this reader.
    #[must_use]
    pub fn place(&self) -> Arc<Place> {
        self.place.place()
    }

    /// What is told is without the bytes of what was sent.
    #[must_use]
    pub fn is_without_bytes(&self) -> bool {
        self.without_bytes
    }

    /// Has the record of that number been taken, or skipped, and the keyframe before it?
    #[must_use]
    pub fn is_at(&self, last: Seq) -> bool {
        self.opening.is_none() && self.after.is_some_and(|after| after >= last)
    }

    /// How many records were skipped so far, as the messages told.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// The next message, if there is one already.
    pub fn take(&mut self) -> Option<Bytes> {
        let message = self.look()?;
        self.place.took(self.after, message.len(), self.lost);
        Some(message)
    }

    fn look(&mut self) -> Option<Bytes> {
        if let Some(opening) = self.opening.take() {
            return Some(opening.told(self.without_bytes));
        }
        let pages = self.journal.pages();
        let segments = &pages.segments;
        let Some(after) = self.after else {
            let opening = segments.opening_within(self.history_bytes_max)?.clone();
            drop(pages);
            self.after = Some(opening.last);
            return Some(opening.told(self.without_bytes));
        };
        let lags = self.caught_up && segments.behind_bytes(after) > self.lag_bytes_max;
        let (found, within) = match segments.find(after) {
            Found::Frame(_) if lags => (None, 0),
            Found::Frame(frame) => (Some(frame), 0),
            Found::Trimmed => (None, if self.caught_up { 0 } else { HISTORY_BYTES_MAX }),
            Found::CaughtUp => {
                self.caught_up = true;
                return None;
            }
        };
        if let Some(frame) = found {
            drop(pages);
            self.after = Some(frame.last);
            return Some(self.behind(frame, after));
        }
        let opening = segments.opening_within(within)?.clone();
        drop(pages);
        self.after = Some(opening.last);
        let lost = opening.last.0.saturating_sub(after.0);
        self.lost = self.lost.saturating_add(lost);
        // In one message with the keyframe: whoever has heard of the loss has what makes up for it.
        let mut records = opening.records();
        let dropped = Record {
            seq: opening.last,
            at_nanos: records.first().map_or(0, |keyframe| keyframe.at_nanos),
            event: Event::Dropped(Dropped { records: lost }),
        };
        records.insert(0, dropped);
        Some(message(records, self.without_bytes))
    }

    /// The frame as it is, or, for who knows its first records already, without them.
    fn behind(&self, frame: Frame, after: Seq) -> Bytes {
        if after < frame.first {
            return frame.told(self.without_bytes);
        }
        let mut records = frame.records();
        records.retain(|record| record.seq > after);
        message(records, self.without_bytes)
    }
}
