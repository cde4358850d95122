//! Log time slowed down for a person: how far the head gets in a while of the viewer's own time.
//!
//! Between two records the slow show takes as many times longer as the person asked for. But real
//! programs do nothing for most of the time, and at 1/100,000 one idle second would last a day. So
//! no movement is drawn out to more than [`STRETCH_MAX`] times what a person needs to see it, and
//! where nothing moves the show stands still for [`Pace::IDLE_MAX`] of the viewer's own time at the
//! most, as in the paced show.

use crate::{Pace, Show, Timeline};

/// A movement is at most so many times slower than in the paced show.
pub(crate) const STRETCH_MAX: f64 = 10.0;

/// Where a head that stands at `head` is after `passed` of the viewer's time, at `divisor` times
/// slower than it was (more than 1).
pub(crate) fn ahead(head: Show, passed: Show, divisor: f64, timeline: &Timeline) -> Show {
    let mut head = head.max(timeline.start());
    let mut left = passed.0 as f64;
    let mut index = timeline.count_at(head);
    while left > 0.0 {
        let Some(here) = index.checked_sub(1).and_then(|it| timeline.entry(it)) else {
            return head;
        };
        let next = timeline.entry(index);
        let to = next.map_or(timeline.end(), |next| next.shown);
        let span = to - here.shown;
        // Behind the last record both times run alike.
        let log_span = next.map_or(span.0, |next| {
            next.record.at_nanos.saturating_sub(here.record.at_nanos)
        });
        let moving = timeline.movement(here).min(span);
        // Show time for each unit of the viewer's time.
        let true_rate = span.0 as f64 / (log_span as f64 * divisor);
        let slowest_idle = (span - moving).0 as f64 / Pace::IDLE_MAX.0 as f64;
        for (until, slowest) in [
            (here.shown + moving, 1.0 / STRETCH_MAX),
            (to, slowest_idle.min(1.0)),
        ] {
            if head < until {
                let rate = true_rate.max(slowest);
                let needs = (until - head).0 as f64 / rate;
                if needs > left {
                    return head + Show((left * rate) as u64);
                }
                left -= needs;
                head = until;
            }
        }
        if next.is_none() {
            return head;
        }
        index += 1;
    }
    head
}
