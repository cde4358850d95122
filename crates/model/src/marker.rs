//! Places in the log that have a name: set by a person, by the log itself, or by a lesson.
//!
//! A place is told by a record, not by a show time, so that it is the same one however the log is
//! paced. Knows nothing of how a marker looks.

use protocol::Seq;

use crate::{Mark, Marks, Show, Timeline};

/// A moment, told by a record: it stays where it is when the log is paced anew, and in another
/// copy of the same log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The record last shown.
    pub seq: Seq,
    /// Milliseconds of show since then.
    pub millis_after: u32,
}

/// A named place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Tells markers of one timeline apart; never used again.
    pub id: u32,
    /// Where.
    pub at: Place,
    /// What.
    pub kind: MarkerKind,
}

/// Who set a marker, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkerKind {
    /// A person.
    Hand {
        /// At most [`Markers::NAME_BYTES_MAX`].
        name: String,
    },
    /// A lesson's script: one of its steps begins here.
    Chapter {
        /// Which, from 0; the number of all steps where the script has ended.
        step: u32,
    },
    /// The first record of the log with this mark.
    Auto(Mark),
    /// The first connection of the log.
    FirstConnection,
}

/// The markers of one log, by rising place.
#[derive(Clone, Debug, Default)]
pub struct Markers {
    all: Vec<Marker>,
    last_id: u32,
    /// The marks that had their first record.
    seen: Marks,
    seen_connection: bool,
}

impl Markers {
    /// So many markers are kept at the most.
    pub const MAX: usize = 256;
    /// The longest name; a longer one is cut.
    pub const NAME_BYTES_MAX: usize = 120;

    /// All, by rising place.
    #[must_use]
    pub fn all(&self) -> &[Marker] {
        &self.all
    }

    /// Adds one; its number, or None where there are too many.
    pub(crate) fn add(&mut self, at: Place, mut kind: MarkerKind) -> Option<u32> {
        if self.all.len() >= Self::MAX {
            return None;
        }
        if let MarkerKind::Hand { name } = &mut kind {
            let mut end = name.len().min(Self::NAME_BYTES_MAX);
            while !name.is_char_boundary(end) {
                end -= 1;
            }
            name.truncate(end);
        }
        self.last_id += 1;
        let id = self.last_id;
        let index = self.all.partition_point(|marker| marker.at <= at);
        self.all.insert(index, Marker { id, at, kind });
        Some(id)
    }

    pub(crate) fn remove(&mut self, id: u32) -> bool {
        let before = self.all.len();
        self.all.retain(|marker| marker.id != id);
        self.all.len() < before
    }

    /// Marks the first record of each kind.
    pub(crate) fn note(&mut self, seq: Seq, marks: Marks, is_connection: bool) {
        let at = Place {
            seq,
            millis_after: 0,
        };
        if is_connection && !self.seen_connection {
            self.seen_connection = true;
            self.add(at, MarkerKind::FirstConnection);
        }
        let new = Marks(marks.0 & !self.seen.0);
        if !new.is_empty() {
            self.seen = self.seen.or(new);
            for mark in new.iter() {
                self.add(at, MarkerKind::Auto(mark));
            }
        }
    }

    /// Forgets what the log forgets.
    pub(crate) fn forget_before(&mut self, seq: Seq) {
        let first = self.all.partition_point(|marker| marker.at.seq < seq);
        self.all.drain(..first);
    }
}

impl Timeline {
    /// The markers, by rising place and so by rising show time. At most [`Markers::MAX`]; what the
    /// log forgets has none.
    #[must_use]
    pub fn markers(&self) -> &[Marker] {
        self.markers.all()
    }

    /// Sets a marker by hand. Its number, or None where there are [`Markers::MAX`] already.
    pub fn add_marker(&mut self, name: String, show: Show) -> Option<u32> {
        self.markers
            .add(self.place_at(show), MarkerKind::Hand { name })
    }

    /// Sets a marker where a step of a lesson's script begins. Its number, or None where there are
    /// [`Markers::MAX`] already.
    pub fn add_chapter(&mut self, step: u32, at: Place) -> Option<u32> {
        self.markers.add(at, MarkerKind::Chapter { step })
    }

    /// The record with which a step of a lesson's script begins, the last one if there are several.
    #[must_use]
    pub fn chapter(&self, step: u32) -> Option<Seq> {
        let is_it = |marker: &&Marker| marker.kind == MarkerKind::Chapter { step };
        Some(self.markers().iter().rfind(is_it)?.at.seq)
    }

    /// What is shown last before a chapter begins. None: it is not recorded.
    #[must_use]
    pub fn before_chapter(&self, step: u32) -> Option<Show> {
        let index = self.index_of(self.chapter(step)?);
        let shown = self.entry(index)?.shown;
        // What is shown at the same moment belongs to what begins.
        Some((shown - Show(1)).max(self.start()))
    }

    /// Takes a marker away, whoever set it. Whether there was one.
    pub fn remove_marker(&mut self, id: u32) -> bool {
        self.markers.remove(id)
    }

    /// When the next marker behind `show` is shown, or the last one before it.
    #[must_use]
    pub fn marker_beside(&self, show: Show, forward: bool) -> Option<Show> {
        let mut shows = self.markers().iter().map(|marker| self.show_of(marker.at));
        if forward {
            shows.find(|&at| at > show)
        } else {
            shows.rfind(|&at| at < show)
        }
    }

    /// The place at a show time: the record last shown, and how long ago, in whole milliseconds.
    /// Before the first record that is kept: the first one.
    #[must_use]
    pub fn place_at(&self, show: Show) -> Place {
        let last = self
            .count_at(show)
            .checked_sub(1)
            .and_then(|index| self.entry(index))
            .or_else(|| self.entries(0, self.len()).next());
        let Some(last) = last else {
            return Place::default();
        };
        // A keyframe bears the number of the record before it: the first of that number counts.
        let seq = last.record.seq;
        let first = self.entry(self.index_of(seq)).unwrap_or(last);
        let millis = (show - first.shown).0 / 1_000_000;
        Place {
            seq,
            millis_after: u32::try_from(millis).unwrap_or(u32::MAX),
        }
    }

    /// The show time of a place: never as late as the next record. A record that is forgotten
    /// counts as the first one kept, one that is missing as the one before it.
    #[must_use]
    pub fn show_of(&self, place: Place) -> Show {
        let behind = self.index_of(place.seq.next());
        let Some(last) = behind
            .checked_sub(1)
            .filter(|&index| self.entry(index).is_some())
        else {
            return self.start();
        };
        let seq = self.entry(last).map_or(place.seq, |entry| entry.record.seq);
        let first = self
            .entry(self.index_of(seq))
            .map_or(Show(0), |entry| entry.shown);
        if seq != place.seq {
            return first;
        }
        // Not beyond the next record, even where pacing anew has brought that one closer: places
        // stand in the order of their records.
        let until = self
            .entry(behind)
            .map_or(self.end(), |next| (next.shown - Show(1)).max(first));
        (first + Show::from_millis(u64::from(place.millis_after))).min(until)
    }
}
