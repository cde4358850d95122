//! Which answer the records support: measured by `lessons`, over the records of the run up to the
//! end of the step, and not before they have been seen.

use lessons::{Lesson, Measured, Question, Statement};
use protocol::LectureState;

use super::turn::Page;
use crate::app::App;

/// What is to be told of the question on the wall.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Told {
    /// There is none, or it is not answered yet.
    #[default]
    Nothing,
    /// The run that answers it is being played.
    Playing,
    /// The run is played.
    Measured {
        /// The answers that it supports, by their places. None: it does not decide.
        supported: Vec<usize>,
        /// What was measured.
        lines: Vec<Line>,
    },
}

/// A statement and what was measured for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub statement: &'static Statement,
    pub measured: Measured,
}

/// What was told last, and of which records.
#[derive(Default)]
pub struct Memory {
    of: Option<(u32, Page, usize)>,
    told: Told,
}

impl Memory {
    /// What is to be told now. `seen`: see [`seen`].
    pub fn tell(
        &mut self,
        app: &mut App,
        lesson: &'static Lesson,
        page: Page,
        seen: Option<usize>,
    ) -> Told {
        let step = lesson.steps.get(page.step as usize);
        let Some(question) = step.and_then(|step| step.question.as_ref()) else {
            return Told::Nothing;
        };
        let end = match seen {
            _ if !page.revealed => return Told::Nothing,
            Some(end) => end,
            None => return Told::Playing,
        };
        let of = Some((app.log_number(), page, end));
        if self.of != of {
            self.told = measure(app, question, end);
            self.of = of;
        }
        self.told.clone()
    }
}

/// How many records there are up to the chapter `until`, once the script has played to there and all
/// of it has been seen.
pub fn seen(app: &mut App, until: u32, state: &LectureState) -> Option<usize> {
    let is_read = app.recorded().is_none_or(|reading| reading.is_read);
    let is_played = is_read && !matches!(state, LectureState::Running);
    let head = app.playback().head();
    let timeline = app.timeline();
    // Samples may be shown with what comes next: the movement is what is waited for.
    let (end, shown) = match (timeline.chapter(until), timeline.before_chapter(until)) {
        (Some(seq), Some(shown)) => (timeline.index_of(seq), shown),
        _ => {
            let begun = until.checked_sub(1).map(|last| timeline.chapter(last));
            let is_begun = begun.is_none_or(|chapter| chapter.is_some());
            (is_played && is_begun).then(|| (timeline.len(), timeline.last_shown()))?
        }
    };
    (head >= shown).then_some(end)
}

fn measure(app: &mut App, question: &'static Question, end: usize) -> Told {
    let timeline = app.timeline();
    let mut supported = Vec::new();
    let mut lines = Vec::new();
    for (place, answer) in question.answers.iter().enumerate() {
        let mut holds = true;
        let mut these = Vec::new();
        for statement in &answer.holds {
            let records = timeline.entries(0, end).map(|entry| &entry.record);
            let verdict = statement.check(records);
            holds &= verdict.holds();
            these.push(Line {
                statement,
                measured: verdict.measured,
            });
        }
        if holds && !these.is_empty() {
            if supported.is_empty() {
                lines.clear();
            }
            supported.push(place);
            lines.extend(these);
        } else if supported.is_empty() {
            lines.extend(these);
        }
    }
    // The same series, measured for several answers, is told once.
    let mut told: Vec<Line> = Vec::new();
    for line in lines {
        let is_same = |other: &Line| {
            let (a, b) = (other.statement, line.statement);
            (&a.of, a.client, a.end, a.step) == (&b.of, b.client, b.end, b.step)
        };
        if !told.iter().any(is_same) {
            told.push(line);
        }
    }
    Told::Measured {
        supported,
        lines: told,
    }
}
