//! One partition of one direction's bytes: where the sends, the arrivals, the reads or the bags
//! cut the stream. That the rulers over the same bytes do not line up is the lesson.

use protocol::{Preview, Total};

use crate::{Moment, Tail};

/// One piece of a ruler: the bytes `from..to`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Offset of its first byte.
    pub from: u64,
    /// Offset behind its last byte.
    pub to: u64,
    /// When it was made, and when it is shown.
    pub moment: Moment,
    /// Which one of its kind it is, from 0: the fruit of a batch follows from this.
    pub ordinal: u64,
    /// How many were merged into it; 1 is one. 0: nobody saw how these bytes were cut.
    pub times: u32,
    /// What was asked for (reads and writes), bytes; of a message, what it has without its framing;
    /// otherwise its length.
    pub asked: u64,
    /// In how many segments it came (arrivals), where the system tells.
    pub segments: Option<u32>,
    /// Its first bytes.
    pub preview: Option<Preview>,
}

impl Cut {
    /// Bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.to - self.from
    }

    /// Whether its inner edges are unknown: merged, or not seen at all.
    #[must_use]
    pub fn is_blurred(&self) -> bool {
        self.times != 1
    }

    /// Whether these bytes passed while records were lost.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.times == 0
    }
}

/// The last cuts of one kind in one direction, and the totals since the beginning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ruler {
    /// Bytes and times, from offset 0. `verify` checks that the last cut ends there.
    pub total: Total,
    /// The last [`Ruler::CUTS_MAX`] cuts, without holes; what was before is forgotten.
    cuts: Tail<Cut>,
}

impl Ruler {
    /// A state keeps this many cuts of each ruler.
    pub const CUTS_MAX: usize = Tail::<Cut>::MAX;

    /// A ruler that begins in the middle: all bytes before are forgotten.
    #[must_use]
    pub fn from_total(total: Total) -> Ruler {
        Ruler {
            total,
            cuts: Tail::default(),
        }
    }

    /// The cuts that are still known, in order.
    pub fn cuts(&self) -> impl DoubleEndedIterator<Item = &Cut> + ExactSizeIterator {
        self.cuts.iter()
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<&Cut> {
        self.cuts.back()
    }

    /// The offset from which cuts are known.
    #[must_use]
    pub fn known_from(&self) -> u64 {
        self.cuts.front().map_or(self.total.bytes, |cut| cut.from)
    }

    /// The cut that holds the byte at `offset`, if it is known.
    #[must_use]
    pub fn cut_at(&self, offset: u64) -> Option<&Cut> {
        let index = self.cuts.partition_point(|cut| cut.to <= offset);
        self.cuts.get(index).filter(|cut| cut.from <= offset)
    }

    /// The known cuts that share bytes with `from..to`.
    pub fn cuts_within(&self, from: u64, to: u64) -> impl Iterator<Item = &Cut> {
        let start = self.cuts.partition_point(|cut| cut.to <= from);
        self.cuts.from(start).take_while(move |cut| cut.from < to)
    }

    /// Whether a cut ends, or the ruler begins, exactly at `offset`; None where it is not known.
    #[must_use]
    pub fn has_edge(&self, offset: u64) -> Option<bool> {
        if offset == 0 || offset == self.total.bytes {
            return Some(true);
        }
        let cut = self.cut_at(offset)?;
        if cut.from == offset {
            Some(true)
        } else if cut.is_blurred() {
            None
        } else {
            Some(false)
        }
    }

    /// The byte at `offset`, if its cut's preview reaches that far.
    #[must_use]
    pub fn byte_at(&self, offset: u64) -> Option<u8> {
        let cut = self.cut_at(offset)?;
        let index = usize::try_from(offset - cut.from).ok()?;
        cut.preview.as_ref()?.0.get(index).copied()
    }

    /// What it does not share with another, chunks.
    pub(crate) fn own_chunks(&self, other: Option<&Ruler>) -> usize {
        self.cuts.own_chunks(other.map(|other| &other.cuts))
    }

    /// Adds a cut. Bytes skipped become a cut that nobody saw; bytes counted twice are left out.
    pub(crate) fn push(&mut self, mut cut: Cut) {
        if cut.from > self.total.bytes {
            self.skip_to(
                Total {
                    bytes: cut.from,
                    times: self.total.times,
                },
                cut.moment,
            );
        }
        cut.from = self.total.bytes;
        cut.to = cut.to.max(cut.from);
        cut.ordinal = self.total.times;
        self.total.bytes = cut.to;
        self.total.times += u64::from(cut.times);
        if cut.from < cut.to {
            self.keep(cut);
        }
    }

    /// Goes on at a later total: what lies between was not seen.
    pub(crate) fn skip_to(&mut self, total: Total, moment: Moment) {
        if total.bytes > self.total.bytes {
            self.keep(Cut {
                from: self.total.bytes,
                to: total.bytes,
                moment,
                ordinal: self.total.times,
                times: 0,
                asked: total.bytes - self.total.bytes,
                segments: None,
                preview: None,
            });
        }
        self.total = total;
    }

    fn keep(&mut self, cut: Cut) {
        self.cuts.push(cut);
    }

    /// Whether the cuts follow one another up to the total.
    pub(crate) fn is_whole(&self) -> bool {
        let mut to = self.known_from();
        for cut in self.cuts() {
            if cut.from != to || cut.to <= cut.from {
                return false;
            }
            to = cut.to;
        }
        to == self.total.bytes
    }
}
