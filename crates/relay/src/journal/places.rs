//! Where everybody who reads a journal has got to: for whoever wants to know how far the slowest is
//! behind, and what all of them have taken.
//!
//! A reader writes to its own place and nothing else, so that a thousand of them share no counter.
//! Knows nothing of what is read.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{
        AtomicBool, AtomicU64,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use protocol::Seq;

/// No reader has this position: it has not begun.
const NOT_BEGUN: u64 = u64::MAX;

/// All readers of one journal.
#[derive(Debug, Default)]
pub struct Places(Mutex<Listed>);

#[derive(Debug, Default)]
struct Listed {
    here: Vec<Arc<Place>>,
    /// What those took that have left.
    gone: Taken,
    /// How many ever came that may be skipped.
    viewers: u64,
}

/// What readers have taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Messages.
    pub messages: u64,
    /// Bytes of those.
    pub bytes: u64,
    /// Records that were skipped, because they were not held any more or too far behind.
    pub lost: u64,
}

/// All of them at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Everybody {
    /// Where each viewer has got to: those that are taken to a keyframe if they are too slow.
    pub viewers: Vec<Seq>,
    /// Where those have got to that get everything: recordings and downloads.
    pub keepers: Vec<Seq>,
    /// Viewers so far, those included that have left.
    pub viewers_total: u64,
    /// Taken so far, by those included that have left.
    pub taken: Taken,
}

/// One reader's own. Whoever takes messages for it writes there, one at a time.
#[derive(Debug)]
pub struct Place {
    after: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    lost: AtomicU64,
    /// It may be skipped to a keyframe.
    is_viewer: bool,
    has_left: AtomicBool,
}

/// Held by the reader; dropped with it.
#[derive(Debug)]
pub struct Held(Arc<Place>);

impl Drop for Held {
    fn drop(&mut self) {
        // What it took last is seen by whoever sees this.
        self.0.has_left.store(true, Release);
    }
}

impl Held {
    /// A message has been taken, and the reader is there now; `lost` is its sum so far.
    pub fn took(&self, after: Option<Seq>, bytes: usize, lost: u64) {
        let Held(place) = self;
        place.took(after, bytes);
        place.lost.store(lost, Relaxed);
    }

    /// For who takes messages in the reader's stead.
    pub fn place(&self) -> Arc<Place> {
        Arc::clone(&self.0)
    }
}

impl Place {
    /// A message has been taken, and the reader is there now.
    pub fn took(&self, after: Option<Seq>, bytes: usize) {
        self.after
            .store(after.map_or(NOT_BEGUN, |seq| seq.0), Relaxed);
        // Nobody else writes here, so that no locked instruction is needed.
        let add = |sum: &AtomicU64, more: u64| sum.store(sum.load(Relaxed) + more, Relaxed);
        add(&self.messages, 1);
        add(&self.bytes, bytes as u64);
    }
}

impl Places {
    /// A place for another reader, who is there.
    pub fn another(&self, after: Option<Seq>, is_viewer: bool) -> Held {
        let place = Arc::new(Place {
            after: AtomicU64::new(after.map_or(NOT_BEGUN, |seq| seq.0)),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            is_viewer,
            has_left: AtomicBool::new(false),
        });
        self.listed(|listed| {
            listed.viewers += u64::from(is_viewer);
            listed.here.push(Arc::clone(&place));
        });
        Held(place)
    }

    /// All of them now.
    pub fn everybody(&self) -> Everybody {
        self.listed(|listed| {
            let mut all = Everybody {
                viewers_total: listed.viewers,
                taken: listed.gone,
                ..Everybody::default()
            };
            for place in &listed.here {
                all.taken.add(place);
                let after = Seq(place.after.load(Relaxed));
                if after.0 == NOT_BEGUN {
                    continue;
                }
                if place.is_viewer {
                    all.viewers.push(after);
                } else {
                    all.keepers.push(after);
                }
            }
            all
        })
    }

    /// With those that have left counted and forgotten.
    fn listed<T>(&self, work: impl FnOnce(&mut Listed) -> T) -> T {
        // Nothing in there can panic half-way through a change.
        let mut listed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Listed { here, gone, .. } = &mut *listed;
        here.retain(|place| {
            let has_left = place.has_left.load(Acquire);
            if has_left {
                gone.add(place);
            }
            !has_left
        });
        work(&mut listed)
    }
}

impl Taken {
    fn add(&mut self, place: &Place) {
        self.messages += place.messages.load(Relaxed);
        self.bytes += place.bytes.load(Relaxed);
        self.lost += place.lost.load(Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_stays_counted_when_readers_leave() {
        let places = Places::default();
        let (one, other) = (places.another(None, true), places.another(None, false));
        assert_eq!(places.everybody().viewers, [], "neither has begun");
        one.took(Some(Seq(3)), 10, 2);
        other.took(Some(Seq(5)), 7, 0);
        let before = places.everybody();
        assert_eq!(
            (before.viewers, before.keepers),
            (vec![Seq(3)], vec![Seq(5)])
        );
        drop(one);
        let after = places.everybody();
        assert_eq!((after.viewers, after.keepers), (vec![], vec![Seq(5)]));
        assert_eq!((after.taken, after.viewers_total), (before.taken, 1));
        assert_eq!(
            after.taken,
            Taken {
                messages: 2,
                bytes: 17,
                lost: 2
            }
        );
    }
}
