//! Who owns the time: one head in show time, moved by commands and by the frames of a display.
//!
//! Knows no clock: how much time has passed is a parameter.

use crate::{Show, Timeline};

/// How the head moves by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Mode {
    /// Each event gets the time that a person needs.
    #[default]
    Paced,
    /// At the end of what is recorded, in real time.
    Following,
    /// Through log time, so many times slower than it was (less than 1: faster).
    Slow {
        /// 10 is a tenth of the speed.
        divisor: f64,
    },
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
    /// To the end of what is recorded, and on from there.
    GoLive,
    /// To a moment; pausing is left as it is.
    Seek(Show),
    /// To behind the next record that has a moment of its own (or to before the last one), and
    /// pause there.
    Step {
        /// Forward or back.
        forward: bool,
    },
    /// Another way to move.
    Mode(Mode),
}

/// The head and how it moves. It never leaves what the timeline can show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playback {
    mode: Mode,
    paused: bool,
    head: Show,
}

impl Playback {
    /// The moment that is shown.
    #[must_use]
    pub fn head(&self) -> Show {
        self.head
    }

    /// Whether the head stands still by the person's wish.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// How it moves when it is not paused.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Does what a person wants.
    pub fn command(&mut self, command: Command, timeline: &Timeline) {
        match command {
            Command::Pause => self.paused = true,
            Command::Play => self.paused = false,
            Command::Toggle => self.paused = !self.paused,
            Command::GoLive => {
                self.paused = false;
                self.head = timeline.end();
            }
            Command::Seek(show) => self.head = show,
            Command::Step { forward } => {
                self.paused = true;
                self.head = self.neighbour(forward, timeline);
            }
            Command::Mode(mode) => self.mode = mode,
        }
        self.clamp(timeline);
    }

    /// Moves on by what has passed on the viewer's clock, nanoseconds.
    pub fn advance(&mut self, passed_nanos: u64, timeline: &Timeline) {
        if !self.paused {
            self.head = match self.mode {
                Mode::Paced => self.head + Show(passed_nanos),
                Mode::Following => (self.head + Show(passed_nanos)).max(timeline.last_shown()),
                Mode::Slow { divisor } => {
                    let log = timeline.log_nanos_at(self.head);
                    let step = passed_nanos as f64 / divisor.max(f64::MIN_POSITIVE);
                    timeline
                        .show_at(log.saturating_add(step as u64))
                        .max(self.head)
                }
            };
        }
        self.clamp(timeline);
    }

    /// Carries the head over when the timeline was paced anew: `log_nanos` is where it stood.
    pub fn carry(&mut self, log_nanos: u64, timeline: &Timeline) {
        self.head = timeline.show_at(log_nanos);
        self.clamp(timeline);
    }

    /// A step ends right before the record that comes next, where all movements have come to rest:
    /// the picture shows what the last record led to.
    fn neighbour(&self, forward: bool, timeline: &Timeline) -> Show {
        let count = timeline.count_at(self.head);
        let just_before = |show: Show| show - Show(1);
        if forward {
            let mut ahead = timeline
                .entries(count, timeline.len())
                .map(|entry| entry.shown);
            match ahead.next() {
                None => timeline.end(),
                Some(next) => ahead
                    .find(|&shown| shown > next)
                    .map_or(timeline.end(), just_before),
            }
        } else {
            timeline
                .entries(0, count)
                .next_back()
                .map_or(timeline.start(), |here| just_before(here.shown))
        }
    }

    fn clamp(&mut self, timeline: &Timeline) {
        self.head = self
            .head
            .clamp(timeline.start(), timeline.end().max(timeline.start()));
    }
}
