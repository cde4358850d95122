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

use bytes::Bytes;
use protocol::{Event, Record, Run, Seq, Waiting, wire, wire::FromRelay};
use tokio::sync::{Notify, watch};

use ledger::Ledger;
pub use places::Everybody;
use places::Places;
pub use reader::Reader;
use segment::{Bounds, Frame, Segments};
pub use totals::{LIMITS, Totals};

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

    /// Wakes the viewers for each new frame, until dropped. Aside, because to wake a thousand takes
    /// longer than an echo, and whoever records has an echo to do.
    pub async fn keep_announcing(&self) {
        loop {
            self.unannounced.notified().await;
            let sealed = self.pages().sealed;
            self.announced.send_replace(sealed);
        }
    }

    fn seal_now(&self, pages: &mut Pages) {
        let (Some(first), last) = (pages.open.first().map(|r| r.seq), pages.head) else {
            return;
        };
        let batch = FromRelay::Records(mem::take(&mut pages.open));
        let message = Bytes::from(wire::encode(&batch));
        pages.sealed_at = Some(Instant::now());
        let frame = Frame::new(first, last, message);
        if pages.segments.push(frame) {
            let keyframe = pages.ledger.keyframe();
            pages.segments.open(last, pages.at_nanos, keyframe);
        }
        pages.sealed = last;
        self.unannounced.notify_one();
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        // Nothing in there can panic half-way through a change.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
