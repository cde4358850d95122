//! Who owns the time: one head in show time, moved by commands and by the frames of a display.
//!
//! Knows no clock: how much time has passed, and what time it is live, are parameters. Only
//! [`Command::GoLive`] goes to live; nothing else that happens moves a paused head, unless the log
//! forgets the moment that it shows.

use protocol::Seq;

use crate::{Filter, Mark, Show, Stops, Timeline, slow};

/// How the head moves by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Mode {
    /// Each event gets the time that a person needs.
    #[default]
    Paced,
    /// At the end of what is recorded, in real time.
    Following,
    /// Through log time, so many times slower than it was (less than 1: faster). Slower than it
    /// was, idle time is shortened as in the paced show: where nothing moves, no more than
    /// [`crate::Pace::IDLE_MAX`] of the viewer's own time passes, and a movement takes no more
    /// than ten times what it takes there.
    Slow {
        /// 10 is a tenth of the speed. From [`Mode::DIVISOR_MIN`] to [`Mode::DIVISOR_MAX`].
        divisor: f64,
    },
}

impl Mode {
    /// A hundred times faster than it was.
    pub const DIVISOR_MIN: f64 = 0.01;
    /// A hundred thousand times slower than it was.
    pub const DIVISOR_MAX: f64 = 100_000.0;

    /// What [`Command::Faster`] climbs, slowest first.
    pub const LADDER: &'static [Mode] = &[
        Mode::Slow { divisor: 100_000.0 },
        Mode::Slow { divisor: 10_000.0 },
        Mode::Slow { divisor: 1_000.0 },
        Mode::Slow { divisor: 100.0 },
        Mode::Slow { divisor: 10.0 },
        Mode::Paced,
        Mode::Slow { divisor: 1.0 },
        Mode::Slow { divisor: 0.1 },
        Mode::Slow { divisor: 0.01 },
    ];

    /// The next rung of the ladder; the last one stays.
    #[must_use]
    pub fn beside(self, faster: bool) -> Mode {
        let slowness = self.slowness();
        let rungs = Self::LADDER;
        let next = if faster {
            rungs.iter().find(|rung| rung.slowness() < slowness)
        } else {
            rungs.iter().rfind(|rung| rung.slowness() > slowness)
        };
        next.copied().unwrap_or(self)
    }

    /// Where it stands on the ladder.
    fn slowness(self) -> f64 {
        match self {
            Mode::Slow { divisor } => divisor,
            // Between a tenth and real time: slower than busy times were, faster than idle ones.
            Mode::Paced => 3.0,
            Mode::Following => 1.0,
        }
    }

    fn within_limits(self) -> Mode {
        match self {
            Mode::Slow { divisor } if divisor.is_nan() => Mode::Paced,
            Mode::Slow { divisor } => Mode::Slow {
                divisor: divisor.clamp(Self::DIVISOR_MIN, Self::DIVISOR_MAX),
            },
            mode => mode,
        }
    }
}

/// What a person may do with time. None of it reaches the relay or the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Stand still.
    Pause,
    /// Move on.
    Play,
    /// One or the other.
    Toggle,
    /// To where a record would be shown that is recorded now, and on from there.
    GoLive {
        /// What time it is where records are recorded, nanoseconds of log time. None: nothing
        /// more is recorded; then to the end.
        live_nanos: Option<u64>,
    },
    /// To a moment; pausing is left as it is.
    Seek(Show),
    /// To behind the next record that has a moment of its own and passes the filter (or to behind
    /// the one before), and pause there.
    Step {
        /// Forward or back.
        forward: bool,
    },
    /// By so much show time; pausing is left as it is.
    Skip {
        /// Forward or back.
        forward: bool,
        /// How far.
        by: Show,
    },
    /// To the next marker, or the one before; pausing is left as it is. While it plays, one that
    /// was passed less than [`Playback::GRACE`] ago does not count as the one before.
    ToMarker {
        /// Forward or back.
        forward: bool,
    },
    /// Another way to move.
    Mode(Mode),
    /// The next rung of [`Mode::LADDER`].
    Faster {
        /// Faster or slower.
        faster: bool,
    },
    /// Where to pause by itself.
    Stops(Stops),
    /// Which records to step among, and the connection at which to stop.
    Filter(Filter),
}

/// The head and how it moves. It never leaves what the timeline can show.
///
/// **Stops.** Where the moving head passes a record whose marks meet `stops`, the show goes on to
/// the end of that event's movement, and pauses where [`Command::Step`] would stand. It goes past
/// none, however much time passes at once. Only what the head moves past by itself counts: seeking
/// or stepping stops nowhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playback {
    mode: Mode,
    paused: bool,
    head: Show,
    /// At what the show pauses by itself.
    pub stops: Stops,
    /// What a step steps among; a stop is only made at its connection.
    pub filter: Filter,
    /// The index of the record that was passed, and at whose rest the show will stop.
    pending: Option<usize>,
    /// The head has leapt over so much show: it waits so long for the next record, which will
    /// follow upon what was leapt over, so as not to be late for it.
    hold: Show,
    /// Why it stands.
    stopped: Option<(Mark, Seq)>,
    /// Records before this index have been stopped at: pacing anew may bring them back.
    done: usize,
    /// So many records were shown when the head last moved. One that comes soon after may belong
    /// before the head, where that has run ahead of what is recorded.
    seen: Option<usize>,
}

impl Playback {
    /// While it plays, the marker before is not the one just passed.
    pub const GRACE: Show = Show::from_millis(1_000);

    /// The moment that is shown.
    #[must_use]
    pub fn head(&self) -> Show {
        self.head
    }

    /// Whether the head stands still: by the person's wish, or at a stop.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// How it moves when it is not paused.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The mark and the record at which the show has paused by itself, while it stands there.
    #[must_use]
    pub fn stopped_at(&self) -> Option<(Mark, Seq)> {
        self.stopped
    }

    /// Does what a person wants.
    pub fn command(&mut self, command: Command, timeline: &Timeline) {
        match command {
            Command::Pause => self.paused = true,
            Command::Play => self.play(true),
            Command::Toggle => self.play(self.paused),
            Command::GoLive { live_nanos } => {
                self.play(true);
                match live_nanos {
                    Some(live) => {
                        // Right before it: who pauses here does not see what comes next.
                        self.leap(timeline.shown_at(live) - Show(1));
                        self.hold = timeline.lag_at(live);
                    }
                    None => self.leap(timeline.end()),
                }
            }
            Command::Seek(show) => self.leap(show),
            Command::Step { forward } => {
                self.paused = true;
                self.leap(self.neighbour(forward, timeline));
            }
            Command::Skip { forward, by } => self.leap(if forward {
                self.head + by
            } else {
                self.head - by
            }),
            Command::ToMarker { forward } => {
                let grace = if self.paused || forward {
                    Show(0)
                } else {
                    Self::GRACE
                };
                if let Some(show) = timeline.marker_beside(self.head - grace, forward) {
                    self.leap(show);
                }
            }
            Command::Mode(mode) => self.mode = mode.within_limits(),
            Command::Faster { faster } => self.mode = self.mode.beside(faster),
            Command::Stops(stops) => self.stops = stops,
            Command::Filter(filter) => self.filter = filter,
        }
        if matches!(command, Command::Stops(_) | Command::Filter(_)) {
            self.pending = self
                .pending
                .filter(|&index| self.meets(index, timeline).is_some());
        }
        if self.seen.is_none() {
            self.look(timeline);
        }
        self.clamp(timeline);
    }

    /// Moves on by what has passed on the viewer's clock, nanoseconds.
    pub fn advance(&mut self, passed_nanos: u64, timeline: &Timeline) {
        if !self.paused {
            let passed = self.wait(Show(passed_nanos), timeline);
            let head = match self.mode {
                Mode::Paced => self.head + passed,
                // What is stopped at is seen first.
                Mode::Following if self.pending.is_some() => self.head + passed,
                Mode::Following => (self.head + passed).max(timeline.last_shown()),
                Mode::Slow { divisor } if divisor > 1.0 => {
                    slow::ahead(self.head, passed, divisor, timeline)
                }
                Mode::Slow { divisor } => {
                    let log = timeline.log_nanos_at(self.head);
                    let log_passed = passed.0 as f64 / divisor;
                    timeline
                        .show_at(log.saturating_add(log_passed as u64))
                        .max(self.head)
                }
            };
            self.go_on(head.min(timeline.end()), passed, timeline);
            self.look(timeline);
        } else {
            self.clamp(timeline);
        }
    }

    /// Carries the head over when the timeline was paced anew: `log_nanos` is where it stood.
    pub fn carry(&mut self, log_nanos: u64, timeline: &Timeline) {
        self.head = timeline.show_at(log_nanos);
        self.look(timeline);
    }

    fn play(&mut self, on: bool) {
        self.paused = !on;
        self.stopped = None;
    }

    /// To another moment, by a person's wish.
    fn leap(&mut self, to: Show) {
        self.head = to;
        self.pending = None;
        self.hold = Show(0);
        self.stopped = None;
        self.done = 0;
        self.seen = None;
    }

    /// Waits at live, as long as it must and nothing comes. What is left of `passed`.
    fn wait(&mut self, passed: Show, timeline: &Timeline) -> Show {
        if timeline.last_shown() > self.head {
            self.hold = Show(0);
        }
        let waits = self.hold.min(passed);
        self.hold = self.hold - waits;
        passed - waits
    }

    /// On to `to`, or to where the show stops before.
    fn go_on(&mut self, to: Show, passed: Show, timeline: &Timeline) {
        let mut to = to;
        if self.pending.is_none() && !self.stops.is_empty() {
            let shown = timeline.count_at(self.head);
            let from = self.seen.unwrap_or(shown).min(shown).max(self.done);
            self.pending =
                (from..timeline.count_at(to)).find(|&it| self.meets(it, timeline).is_some());
            if self.mode == Mode::Following
                && let Some(entry) = self.pending.and_then(|index| timeline.entry(index))
            {
                // It would leap over the movement.
                to = to.min(self.head.max(entry.shown) + passed);
            }
        }
        let stop = self
            .pending
            .and_then(|index| Some((index, self.meets(index, timeline)?)));
        match stop {
            Some((index, why)) => {
                let rest = timeline.rest(index).max(self.head);
                self.head = to.min(rest);
                if to >= rest {
                    self.paused = true;
                    self.stopped = Some(why);
                    self.pending = None;
                    // With it all that was shown at the same moment was seen.
                    self.done = timeline
                        .entry(index)
                        .map_or(index, |entry| timeline.count_at(entry.shown));
                }
            }
            None => {
                self.pending = None;
                self.head = to;
            }
        }
    }

    /// Why the show would stop at the record of that index, if it would.
    fn meets(&self, index: usize, timeline: &Timeline) -> Option<(Mark, Seq)> {
        let entry = timeline.entry(index)?;
        let mark = entry.marks.and(self.stops).first()?;
        self.filter
            .stops(&entry.record.event)
            .then_some((mark, entry.record.seq))
    }

    /// A step ends right before the record that comes next, where all movements have come to rest:
    /// the picture shows what the last record led to.
    fn neighbour(&self, forward: bool, timeline: &Timeline) -> Show {
        let count = timeline.count_at(self.head);
        let passing = |index: &usize| {
            timeline
                .entry(*index)
                .is_some_and(|entry| self.filter.passes(&entry.record.event))
        };
        // Among some records only, the first and the last are where stepping ends.
        let beyond = |edge| {
            if self.filter == Filter::default() {
                edge
            } else {
                self.head
            }
        };
        if forward {
            return (count..timeline.len())
                .find(passing)
                .map_or(beyond(timeline.end()), |index| timeline.rest(index));
        }
        let first = timeline.forgotten();
        let Some(last) = (first..count).rfind(passing) else {
            return beyond(timeline.start());
        };
        if self.head > timeline.rest(last) {
            return timeline.rest(last);
        }
        let shown = timeline.entry(last).map_or(Show(0), |entry| entry.shown);
        (first..timeline.count_before(shown))
            .rfind(passing)
            .map_or(shown - Show(1), |index| timeline.rest(index))
    }

    /// What is shown now has been seen.
    fn look(&mut self, timeline: &Timeline) {
        self.clamp(timeline);
        self.seen = Some(timeline.count_at(self.head));
    }

    fn clamp(&mut self, timeline: &Timeline) {
        self.head = self
            .head
            .clamp(timeline.start(), timeline.end().max(timeline.start()));
    }
}
