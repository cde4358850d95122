//! The two times side by side: which log time a show time is, how much it is stretched, and how far
//! it is behind live.

use crate::{Show, Timeline};

impl Timeline {
    /// The log time at a show time, nanoseconds since the run began: straight lines between the
    /// records; behind the last one both run alike.
    #[must_use]
    pub fn log_nanos_at(&self, show: Show) -> u64 {
        let next = self.entries.partition_point(|entry| entry.shown <= show);
        let before = next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (before, self.entries.get(next)) {
            (None, None) => 0,
            (None, Some(first)) => first.record.at_nanos,
            (Some(last), None) => last.record.at_nanos.saturating_add((show - last.shown).0),
            (Some(a), Some(b)) => {
                let show_span = (b.shown - a.shown).0;
                let log_span = b.record.at_nanos.saturating_sub(a.record.at_nanos);
                a.record.at_nanos + scaled((show - a.shown).0, log_span, show_span)
            }
        }
    }

    /// The show time at a log time: the inverse of [`Timeline::log_nanos_at`].
    #[must_use]
    pub fn show_at(&self, log_nanos: u64) -> Show {
        let next = self
            .entries
            .partition_point(|entry| entry.record.at_nanos <= log_nanos);
        let before = next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (before, self.entries.get(next)) {
            (None, _) => self.start(),
            (Some(last), None) => {
                (last.shown + Show(log_nanos.saturating_sub(last.record.at_nanos))).min(self.end())
            }
            (Some(a), Some(b)) => {
                let show_span = (b.shown - a.shown).0;
                let log_span = b.record.at_nanos.saturating_sub(a.record.at_nanos);
                a.shown + Show(scaled(log_nanos - a.record.at_nanos, show_span, log_span))
            }
        }
    }

    /// How much log time passes in one second of show at `show`, nanoseconds: between the record
    /// that is shown and the next one. Behind the last one both run alike.
    #[must_use]
    pub fn stretch_nanos(&self, show: Show) -> u64 {
        const SECOND: u64 = 1_000_000_000;
        let next = self.entries.partition_point(|entry| entry.shown <= show);
        let before = next
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (before, self.entries.get(next)) {
            (Some(a), Some(b)) => {
                let log_span = b.record.at_nanos.saturating_sub(a.record.at_nanos);
                scaled(SECOND, log_span, (b.shown - a.shown).0)
            }
            _ => SECOND,
        }
    }

    /// How far a viewer at `show` is behind live, nanoseconds of log time; None once all that is
    /// recorded has been shown.
    #[must_use]
    pub fn behind_nanos(&self, show: Show, live_nanos: u64) -> Option<u64> {
        (show < self.last_shown()).then(|| live_nanos.saturating_sub(self.log_nanos_at(show)))
    }
}

/// `part * to / from`, 0 where `from` is.
fn scaled(part: u64, to: u64, from: u64) -> u64 {
    if from == 0 {
        return 0;
    }
    let scaled = u128::from(part) * u128::from(to) / u128::from(from);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
