//! From log time to show time: every event gets the time that a person needs, idle stretches are
//! shortened. Append-only and monotone; a pure function of the records so far.
//!
//! A viewer who plays at speed 1 from the start falls behind while events come faster than they
//! can be shown, and catches up while nothing happens. Where that lag reaches
//! [`Pace::LAG_MAX`], events get no time of their own: a run of them becomes one movement.
//!
//! A lesson's step is waited for until it was seen: nothing that was before it is still to be shown,
//! and one with very much to show goes faster and faster.

use protocol::{Conn, End, Event, Record};

use crate::Show;

/// Gives each record its show time. Only events of the connection in focus take a person's time;
/// the others ride along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    focus: Option<Conn>,
    /// When the first record is shown.
    start: Show,
    last: Option<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    at_nanos: u64,
    shown: Show,
    /// The time that a person needs for it.
    need: Show,
    /// How far behind a viewer at speed 1 sees it.
    lag: Show,
    /// Idle time before it that is not shown, nanoseconds.
    left_out_nanos: u64,
    /// When it and all before it would be at rest, if each had the time that it needs.
    rest: Show,
    /// It belongs to a step of a lesson.
    taught: bool,
}

impl Pace {
    /// No show falls further behind than this, plus one movement.
    pub const LAG_MAX: Show = Show::from_millis(30_000);
    /// No step of a lesson takes longer than this, plus one movement, where all of it happens at once.
    pub const STEP_MAX: Show = Show::from_millis(20_000);
    /// From there on a step goes faster and faster.
    const STEP_CALM: Show = Show::from_millis(10_000);
    /// Where nothing happens, so much of the idle time is shown.
    /// Longer than any movement: what was given no time of its own comes to rest all the same when
    /// nothing follows.
    pub const IDLE_MAX: Show = Show::from_millis(2_000);

    /// A pace for one connection in focus; None: for each connection alike. The first record is
    /// shown at `start`.
    #[must_use]
    pub fn new(focus: Option<Conn>, start: Show) -> Pace {
        Pace {
            focus,
            start,
            last: None,
        }
    }

    /// The connection whose events take time.
    #[must_use]
    pub fn focus(&self) -> Option<Conn> {
        self.focus
    }

    /// The show time of the next record.
    pub fn push(&mut self, record: &Record) -> Show {
        let mut step = self.step(record.at_nanos);
        if let Event::Step(_) = record.event {
            // All that was before it has happened, and has come to rest.
            let rest = self.last.map_or(self.start, |last| last.rest);
            step.shown = step.shown.max(rest);
            step.lag = Show(0);
            step.taught = true;
        }
        step.need = self.need(&record.event);
        step.rest = step.rest.max(step.shown + step.need.max(Show(1)));
        if step.taught {
            let left = (Self::STEP_MAX - step.lag).min(Self::STEP_CALM);
            let percent = left.0 * 100 / Self::STEP_CALM.0;
            step.need = Show(step.need.0 / 100 * percent);
        } else if step.lag >= Self::LAG_MAX {
            step.need = Show(0);
        }
        self.last = Some(step);
        step.shown
    }

    /// When a record would be shown that is recorded at `at_nanos`.
    #[must_use]
    pub fn shown_at(&self, at_nanos: u64) -> Show {
        self.step(at_nanos).shown
    }

    /// How far a viewer who plays at speed 1 is behind at `at_nanos`, after the last record.
    #[must_use]
    pub fn lag_at(&self, at_nanos: u64) -> Show {
        self.step(at_nanos).lag
    }

    /// Idle time before the last record that is not shown, nanoseconds of log time.
    #[must_use]
    pub fn left_out_nanos(&self) -> u64 {
        self.last.map_or(0, |last| last.left_out_nanos)
    }

    fn step(&self, at_nanos: u64) -> Step {
        let Some(last) = self.last else {
            return Step {
                at_nanos,
                shown: self.start,
                need: Show(0),
                lag: Show(0),
                left_out_nanos: 0,
                rest: self.start,
                taught: false,
            };
        };
        let passed = Show(at_nanos.saturating_sub(last.at_nanos));
        // A show that is behind catches up while nothing happens.
        let idle = passed - last.lag - last.need;
        let shown_idle = idle.min(Self::IDLE_MAX);
        Step {
            at_nanos: at_nanos.max(last.at_nanos),
            shown: last.shown + last.need + shown_idle,
            need: Show(0),
            lag: last.lag + last.need - passed,
            left_out_nanos: (idle - shown_idle).0,
            rest: last.rest,
            taught: last.taught,
        }
    }

    /// How far the show can run before the next record: the last movement, and the idle time
    /// that is shown. Never as far as that record, however late it comes: a head that stands here
    /// does not show it.
    #[must_use]
    pub fn end(&self) -> Show {
        self.last.map_or(self.start, |last| {
            last.shown + last.need + Self::IDLE_MAX - Show(1)
        })
    }

    /// The time that a person needs to see an event, from the art's table of movements plus a
    /// moment to take it in.
    pub(crate) fn need(&self, event: &Event) -> Show {
        let elsewhere =
            matches!((self.focus, event.conn()), (Some(focus), Some(conn)) if focus != conn);
        if elsewhere {
            return Show(0);
        }
        Show::from_millis(match event {
            Event::Wrote(e) if e.end == End::Client => 900 + 250,
            Event::Wrote(_) => 1400 + 100,
            Event::Arrived(e) if e.end == End::Server => 420 + 700,
            Event::Arrived(_) => 0,
            Event::Read(e) if e.end == End::Server => 900 + 900,
            Event::Read(_) => 300,
            Event::Bagged(_) => 600 + 300,
            Event::Answered(_) => 760 + 300,
            Event::Connected(_) => 400,
            Event::Accepted(_) => 500,
            Event::Blocked(_) | Event::Unblocked(_) => 500,
            Event::HalfClosed(_) | Event::EndOfStream(_) => 900,
            Event::Reset(_) => 1200,
            Event::Closed(_) => 600,
            Event::Policy(_) => 200,
            Event::Dropped(_) => 1200,
            // Lamps of the nine steps, one after the other; nothing moves on the belt for them.
            Event::Connecting(_) | Event::Called(_) => 50,
            Event::Message(_) => 300,
            Event::Unframed(_) => 900,
            Event::Compared(_) => 600,
            Event::Limited(_) => 600,
            Event::DatagramBound(_) => 400,
            Event::DatagramSent(_) | Event::DatagramReceived(_) => 900 + 250,
            Event::DatagramLost(_) => 900,
            Event::Listening(_)
            | Event::Waiting(_)
            | Event::Queues(_)
            | Event::Keyframe(_)
            | Event::Step(_)
            | Event::Unaccepted(_)
            | Event::DatagramQueue(_)
            | Event::Unknown(_) => 0,
        })
    }
}
