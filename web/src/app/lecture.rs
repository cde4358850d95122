//! The lesson on the wall, as this page goes along with it: which records it is told of, and where
//! its show must not go on by itself. Knows nothing of what a lesson says.

use model::Command;
use protocol::{Lecture, wire::FromRelay};

use super::{App, hear_socket};
use crate::{link::Link, source::Source};

/// A lesson that is being given.
#[derive(Default)]
pub(super) struct Given {
    pub lecture: Option<Lecture>,
    /// Playing stops where this chapter begins.
    until: Option<u32>,
    /// The relay's own mirror is asked which lesson is given: so many beats are waited for.
    asks: u8,
}

impl App {
    /// The first beat may come before anything else.
    const BEATS: u8 = 2;

    /// The lesson that is being given: by the relay, or from the recording that is played.
    pub fn lecture(&self) -> Option<&Lecture> {
        self.given.lecture.as_ref()
    }

    /// A lesson is played from a recording, which is the page's own business.
    pub fn give(&mut self, lecture: Option<Lecture>) {
        self.given = Given {
            lecture,
            ..Given::default()
        };
    }

    /// Playing stops where this chapter begins.
    pub fn play_until(&mut self, chapter: Option<u32>) {
        self.given.until = chapter;
    }

    /// The relay tells of the lesson that it gives. Each lesson is a run of its own, with a mirror of
    /// its own: whoever shows what the relay says goes along.
    pub(super) fn hear_lecture(&mut self, told: Option<Lecture>) {
        if !matches!(self.source, Source::Relay) {
            return;
        }
        let run = |lecture: &Option<Lecture>| lecture.as_ref().map(|lecture| lecture.run);
        let is_other = run(&told) != run(&self.given.lecture);
        let was_asked = std::mem::take(&mut self.given.asks) > 0;
        self.given.lecture = told;
        if is_other {
            self.given.until = None;
            self.forget();
        }
        if is_other || was_asked {
            self.link = Link::new(hear_socket, self.given.lecture.is_some());
            self.tend();
        }
    }

    /// The lesson's mirror is closed: the lesson has ended, or only the socket. The relay's own mirror
    /// knows. What is shown stays until then.
    pub(super) fn ask_for_lesson(&mut self, now_millis: f64) {
        self.given.asks = Self::BEATS;
        self.link = Link::new(hear_socket, false);
        self.link.lost(now_millis);
    }

    /// Whether a message of the relay's own mirror is of no use, since only the lesson is asked for.
    pub(super) fn awaits_lesson(&mut self, message: &FromRelay) -> bool {
        match message {
            _ if self.given.asks == 0 => return false,
            FromRelay::Lesson(_) => return false,
            // It has spoken for a second, and of no lesson.
            FromRelay::Beat { .. } if self.given.asks == 1 => self.hear_lecture(None),
            FromRelay::Beat { .. } => self.given.asks -= 1,
            _ => {}
        }
        true
    }

    /// Playing has moved the head on from `before`: back to the end of the chapter, if it went past.
    pub(super) fn stay_in_chapter(&mut self, before: model::Show) {
        let end = self
            .given
            .until
            .and_then(|it| self.timeline.before_chapter(it));
        if let Some(end) = end
            && before <= end
            && self.playback.head() > end
        {
            self.steer(Command::Seek(end));
        }
    }
}
