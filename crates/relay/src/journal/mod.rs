//! The journal: gives each event its number and its time, and holds what viewers may still ask for.
//!
//! It is the one queue between the sockets and all viewers. Viewers *pull*: each keeps a position
//! of its own and takes the shared frames behind it, so nothing is queued for anybody and nobody is
//! waited for. Knows nothing of sockets and nothing of how frames travel.

mod datagrams;
mod ledger;
mod places;
mod reader;
mod segment;
mod totals;

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use protocol::{Event, Record, Run, Seq, Waiting};
use tokio::sync::{Notify, watch};

use ledger::Ledger;
use places::Places;
pub use places::{Everybody, Place};
use reader::LAG_BYTES_MAX;
pub use reader::Reader;
pub use segment::Frame;
use segment::{Bounds, Found, Segments};
pub use totals::{LIMITS, Totals};

use crate::crowd::Crowd;

/// Records of so much time share a frame; a frame goes at once if the last is that old.
const SEAL_EVERY: Duration = Duration::from_millis(16);
/// The most records of one frame.
const FRAME_RECORDS_MAX: usize = 1024;
const BOUNDS: Bounds = Bounds {
    segment_bytes: 1 << 20,
    held_bytes: 16 << 20,
};

/// The journal of one run.
#[derive(Debug)]
pub struct Journal {
    run: Run,
    started: Instant,
    started_unix_millis: u64,
    /// Held for a few microseconds at a time, never across an await.
    pages: Mutex<Pages>,
    /// Records wait for the sealer.
    unsealed: Notify,
    /// A frame waits for the herald.
    unannounced: Notify,
    /// The last record announced; a thousand viewers may wait here.
    announced: watch::Sender<Seq>,
    /// How far everybody has read.
    places: Places,
    /// How many of those who record are busy.
    crowd: Crowd,
}

/// A journal at one moment, in numbers.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Sums over all records.
    pub totals: Totals,
    /// The last number given: how many records there were.
    pub head: Seq,
    /// The last record that can be read.
    pub sealed: Seq,
    /// Bytes held for readers.
    pub held_bytes: u64,
    /// The accept queue as it was seen last.
    pub waiting: Option<Waiting>,
    /// Who reads.
    pub everybody: Everybody,
    /// How many bytes are behind the slowest viewer.
    pub viewer_lag_bytes: u64,
    /// The same of recordings and downloads.
    pub keeper_lag_bytes: u64,
}

#[derive(Debug)]
struct Pages {
    /// The last number given.
    head: Seq,
    /// The last record sealed.
    sealed: Seq,
    /// The last time given; times never go back.
    at_nanos: u64,
    sealed_at: Option<Instant>,
    /// Numbered, not yet sealed.
    open: Vec<Record>,
    /// What is true after `head`.
    ledger: Ledger,
    totals: Totals,
    segments: Segments,
}

impl Pages {
    /// What is true after the last record.
    fn keyframe(&self) -> Frame {
        Frame::keyframe(self.head, self.at_nanos, self.ledger.keyframe())
    }
}

impl Journal {
    /// An empty journal, whose clock starts now.
    #[must_use]
    pub fn new(run: Run) -> Journal {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Journal {
            run,
            started: Instant::now(),
            started_unix_millis: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX),
            pages: Mutex::new(Pages {
                head: Seq(0),
                sealed: Seq(0),
                at_nanos: 0,
                sealed_at: None,
                open: Vec::new(),
                ledger: Ledger::default(),
                totals: Totals::default(),
                segments: Segments::new(BOUNDS),
            }),
            unsealed: Notify::new(),
            unannounced: Notify::new(),
            announced: watch::Sender::new(Seq(0)),
            places: Places::default(),
            crowd: Crowd::default(),
        }
    }

    /// The run that is numbered here.
    #[must_use]
    pub fn run(&self) -> Run {
        self.run
    }

    /// The wall clock when this journal's clock was 0, milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn started_unix_millis(&self) -> u64 {
        self.started_unix_millis
    }

    /// Nanoseconds since the run began.
    #[must_use]
    pub fn now_nanos(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// That time on the clock of timers.
    pub(crate) fn instant(&self, at_nanos: u64) -> Instant {
        self.started + Duration::from_nanos(at_nanos)
    }

    /// Those who record and are busy.
    pub(crate) fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    /// The last number given.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.pages().head
    }

    /// All in numbers, for whoever asks what the relay does. Costs nothing until somebody does, but
    /// a few additions a record.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let everybody = self.places.everybody();
        let pages = self.pages();
        let lag = |places: &[Seq]| {
            let slowest = places.iter().min();
            slowest.map_or(0, |&after| pages.segments.bytes_after(after))
        };
        Figures {
            totals: pages.totals,
            head: pages.head,
            sealed: pages.sealed,
            held_bytes: pages.segments.held_bytes(),
            waiting: pages.ledger.waiting(),
            viewer_lag_bytes: lag(&everybody.viewers),
            keeper_lag_bytes: lag(&everybody.keepers),
            everybody,
        }
    }

    /// Numbers and times one event.
    pub fn record(&self, event: Event) {
        self.record_all([event]);
    }

    /// Numbers and times events that nothing may come between.
    pub fn record_all(&self, events: impl IntoIterator<Item = Event>) {
        let mut pages = self.pages();
        let was_empty = pages.open.is_empty();
        pages.at_nanos = pages.at_nanos.max(self.now_nanos());
        for event in events {
            pages.ledger.apply(&event);
            pages.totals.apply(&event);
            pages.head = pages.head.next();
            let record = Record {
                seq: pages.head,
                at_nanos: pages.at_nanos,
                event,
            };
            pages.open.push(record);
        }
        let due = pages
            .sealed_at
            .is_none_or(|sealed_at| sealed_at.elapsed() >= SEAL_EVERY);
        if due || pages.open.len() >= FRAME_RECORDS_MAX {
            self.seal_now(&mut pages);
        } else if was_empty {
            self.unsealed.notify_one();
        }
    }

    /// Makes what was recorded visible to viewers now.
    pub fn seal(&self) {
        self.seal_now(&mut self.pages());
    }

    /// Seals what [`Journal::record`] left open, until dropped.
    pub async fn keep_sealing(&self) {
        loop {
            self.unsealed.notified().await;
            let sealed_at = self.pages().sealed_at;
            if let Some(sealed_at) = sealed_at {
                tokio::time::sleep_until((sealed_at + SEAL_EVERY).into()).await;
            }
            self.seal();
        }
    }

    /// Waits for new frames, and wakes the readers that wait themselves; returns the last record of them.
    /// Called aside, because to wake a thousand takes longer than an echo, and whoever records has an
    /// echo to do.
    pub async fn announce(&self) -> Seq {
        self.unannounced.notified().await;
        let sealed = self.pages().sealed;
        self.announced.send_replace(sealed);
        sealed
    }

    /// The frame with the record after that one; None where there is none yet, or where it is so far back
    /// that who was up to date is taken to a keyframe.
    pub fn next_frame(&self, after: Seq) -> Option<Frame> {
        let segments = &self.pages().segments;
        match segments.find(after) {
            Found::Frame(frame) if segments.behind_bytes(after) <= LAG_BYTES_MAX => Some(frame),
            _ => None,
        }
    }

    fn seal_now(&self, pages: &mut Pages) {
        let (Some(first), last) = (pages.open.first().map(|r| r.seq), pages.head) else {
            return;
        };
        let frame = Frame::new(first, last, mem::take(&mut pages.open));
        pages.sealed_at = Some(Instant::now());
        if pages.segments.push(frame) {
            let opening = pages.keyframe();
            pages.segments.open(opening);
        }
        pages.sealed = last;
        self.unannounced.notify_one();
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        // Nothing in there can panic half-way through a change.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
