//! What the journal holds: frames, each encoded once for all viewers, in segments that open with a
//! keyframe, which is a frame as well. Whole segments are dropped when there are too many bytes.
//!
//! Knows nothing of locks, clocks or viewers: positions in, frames out.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use protocol::{Event, Keyframe, Record, Seq, wire, wire::FromRelay};

/// What a frame costs beside its bytes.
const FRAME_OVERHEAD_BYTES: u64 = 96;

/// How much is held.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// A segment is closed when it is that long, bytes.
    pub segment_bytes: u64,
    /// So much is held in all, bytes; more only while one segment alone is longer.
    pub held_bytes: u64,
}

/// Consecutive records, encoded.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The first record's number.
    pub first: Seq,
    /// The last record's number.
    pub last: Seq,
    /// One message of the page's form.
    pub message: Bytes,
    /// The same for who may not see what is sent; made when the first of them takes it.
    bare: Arc<OnceLock<Bytes>>,
}

impl Frame {
    /// Consecutive records as one message.
    pub fn new(first: Seq, last: Seq, records: Vec<Record>) -> Frame {
        // To its size: held for long, and by thousands.
        let message = wire::encode(&FromRelay::Records(records)).into_boxed_slice();
        Frame {
            first,
            last,
            message: message.into(),
            bare: Arc::default(),
        }
    }

    /// What was true after record `seq`; it bears that record's number.
    pub fn keyframe(seq: Seq, at_nanos: u64, keyframe: Keyframe) -> Frame {
        let event = Event::Keyframe(Box::new(keyframe));
        let record = Record {
            seq,
            at_nanos,
            event,
        };
        Frame::new(seq, seq, vec![record])
    }

    /// Its records; none where it holds something else, which the journal's do not.
    pub fn records(&self) -> Vec<Record> {
        match wire::decode(&self.message) {
            Ok(FromRelay::Records(records)) => records,
            _ => Vec::new(),
        }
    }

    fn cost_bytes(&self) -> u64 {
        self.message.len() as u64 + FRAME_OVERHEAD_BYTES
    }

    /// The message for who may see what is sent, or for who may not.
    pub fn told(self, without_bytes: bool) -> Bytes {
        match without_bytes {
            true => {
                let bare = || message(self.records(), true);
                self.bare.get_or_init(bare).clone()
            }
            false => self.message,
        }
    }
}

/// Records as one message of the page's form, for who may see what is sent, or for who may not.
pub fn message(mut records: Vec<Record>, without_bytes: bool) -> Bytes {
    if without_bytes {
        records.iter_mut().for_each(Record::hide_bytes);
    }
    wire::encode(&FromRelay::Records(records)).into()
}

/// A run of frames, and what was true before them.
#[derive(Debug)]
struct Segment {
    /// The keyframe of what was true before `frames`.
    opening: Frame,
    frames: Vec<Frame>,
    /// How many bytes the journal had ever held before this segment.
    starts_at: u64,
}

/// All segments held, in order.
#[derive(Debug)]
pub struct Segments {
    bounds: Bounds,
    /// Never empty. The frames of one follow those of the one before without a gap.
    held: VecDeque<Segment>,
    /// Bytes ever held.
    ends_at: u64,
}

/// Where a position leads.
#[derive(Debug)]
pub enum Found {
    /// This frame holds the next record, perhaps behind some that are known already.
    Frame(Frame),
    /// All is known.
    CaughtUp,
    /// The next record is not held any more.
    Trimmed,
}

impl Segments {
    /// Nothing has happened yet.
    pub fn new(bounds: Bounds) -> Segments {
        let mut segments = Segments {
            bounds,
            held: VecDeque::new(),
            ends_at: 0,
        };
        segments.open(Frame::keyframe(Seq(0), 0, Keyframe::default()));
        segments
    }

    /// Adds the frame that follows the last one. If it answers true, the segment is full: call
    /// [`Segments::open`] with what is true now.
    pub fn push(&mut self, frame: Frame) -> bool {
        self.ends_at += frame.cost_bytes();
        let Some(newest) = self.held.back_mut() else {
            return true;
        };
        newest.frames.push(frame);
        self.ends_at - newest.starts_at >= self.bounds.segment_bytes
    }

    /// Opens a segment with the keyframe of what is true after the last record pushed, and drops the
    /// oldest ones that are too many.
    pub fn open(&mut self, opening: Frame) {
        let starts_at = self.ends_at;
        self.ends_at += opening.cost_bytes();
        self.held.push_back(Segment {
            opening,
            frames: Vec::new(),
            starts_at,
        });
        while self.held.len() > 1
            && self
                .held
                .front()
                .is_some_and(|oldest| self.ends_at - oldest.starts_at > self.bounds.held_bytes)
        {
            self.held.pop_front();
        }
    }

    /// What comes after record `after`.
    pub fn find(&self, after: Seq) -> Found {
        let following = self.held.partition_point(|s| s.opening.last <= after);
        if following == 0 {
            return Found::Trimmed;
        }
        // The position lies in that segment or at its end, which is where the next one begins.
        self.held
            .range(following - 1..)
            .find_map(|segment| {
                let known = segment.frames.partition_point(|f| f.last <= after);
                segment.frames.get(known)
            })
            .map_or(Found::CaughtUp, |frame| Found::Frame(frame.clone()))
    }

    /// How many bytes are held behind record `after`, to the accuracy of a segment.
    pub fn behind_bytes(&self, after: Seq) -> u64 {
        let following = self.held.partition_point(|s| s.opening.last <= after);
        self.held
            .get(following)
            .map_or(0, |next| self.ends_at - next.starts_at)
    }

    /// How many bytes are held.
    pub fn held_bytes(&self) -> u64 {
        self.held
            .front()
            .map_or(0, |oldest| self.ends_at - oldest.starts_at)
    }

    /// How many bytes are held behind record `after`, to the accuracy of a frame: those of messages.
    pub fn bytes_after(&self, after: Seq) -> u64 {
        let following = self.held.partition_point(|s| s.opening.last <= after);
        let behind = self.held.range(following.saturating_sub(1)..);
        let frames = behind.flat_map(|segment| {
            let known = segment.frames.partition_point(|f| f.last <= after);
            &segment.frames[known..]
        });
        frames.map(|frame| frame.message.len() as u64).sum()
    }

    /// The keyframe of the oldest segment from which on at most `bytes` are held, or of the newest.
    pub fn opening_within(&self, bytes: u64) -> Option<&Frame> {
        let too_old = self
            .held
            .partition_point(|s| self.ends_at - s.starts_at > bytes);
        self.held
            .get(too_old)
            .or(self.held.back())
            .map(|segment| &segment.opening)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(first: u64, count: u64, bytes: usize) -> Frame {
        Frame {
            message: vec![0; bytes].into(),
            ..Frame::new(Seq(first), Seq(first + count - 1), Vec::new())
        }
    }

    fn open(segments: &mut Segments, last: u64) {
        segments.open(Frame::keyframe(Seq(last), 0, Keyframe::default()));
    }

    fn filled(frames: &[(u64, usize)]) -> (Segments, u64) {
        let mut segments = Segments::new(Bounds {
            segment_bytes: 1_000,
            held_bytes: 4_000,
        });
        let mut last = 0;
        for &(count, bytes) in frames {
            let full = segments.push(frame(last + 1, count, bytes));
            last += count;
            if full {
                open(&mut segments, last);
            }
        }
        (segments, last)
    }

    proptest! {
        #[test]
        fn whoever_follows_from_a_held_place_misses_nothing(
            frames in proptest::collection::vec((1_u64..20, 0_usize..700), 0..100),
            after in 0_u64..1_000,
        ) {
            let (segments, last) = filled(&frames);
            let mut after = Seq(after.min(last));
            loop {
                match segments.find(after) {
                    Found::Frame(frame) => {
                        prop_assert!(frame.first <= after.next() && after < frame.last);
                        after = frame.last;
                    }
                    Found::CaughtUp => break prop_assert_eq!(after, Seq(last)),
                    Found::Trimmed => {
                        let opening = segments.opening_within(4_000).map(|opening| opening.last);
                        prop_assert!(Some(after) < opening);
                        after = opening.unwrap_or_default();
                    }
                }
            }
        }

        #[test]
        fn what_is_held_is_bounded(
            frames in proptest::collection::vec((1_u64..20, 0_usize..700), 0..100),
        ) {
            let (segments, _) = filled(&frames);
            let held: usize = segments.held.iter().flat_map(|s| &s.frames).map(|f| f.message.len()).sum();
            prop_assert!(held <= 4_000 + 1_000 + 700);
        }
    }

    #[test]
    fn a_fresh_viewer_starts_where_little_is_left_to_tell() {
        let (segments, _) = filled(&[(10, 910), (10, 910), (10, 910), (10, 910)]);
        let seq = |bytes| segments.opening_within(bytes).map(|opening| opening.last.0);
        assert_eq!(seq(u64::MAX), Some(10), "the oldest held");
        assert_eq!(seq(2_700), Some(20));
        assert_eq!(
            seq(0),
            Some(40),
            "the newest, if nothing else is short enough"
        );
    }
}
