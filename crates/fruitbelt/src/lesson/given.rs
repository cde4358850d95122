//! The one lesson that is being given on the page: viewers begin it, show its steps and end it, and
//! its script plays as far as what is shown.
//!
//! A step with a question is played when its answer is revealed, one without as soon as it is shown.
//! Knows nothing of how viewers are told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::BoxFuture;
use lessons::Lesson;
use protocol::{Lecture, LectureState, LessonRequest, Refusal, Run};
use relay::{Lessons, Stage};
use tokio::{sync::watch, task::AbortHandle};

use super::{Shelf, play::Play};

/// Gives lessons of a shelf.
pub struct Given(Arc<Inner>);

struct Inner {
    shelf: Shelf,
    told: watch::Sender<Option<Lecture>>,
    current: Mutex<Option<Current>>,
}

/// The lesson that is being given. When it is dropped, its server ends.
struct Current {
    lesson: Arc<Lesson>,
    stage: Stage,
    shown: watch::Sender<Shown>,
    asked: Asked,
    task: AbortHandle,
}

impl Drop for Current {
    fn drop(&mut self) {
        // It may be waiting for an event that nobody waits for any more.
        self.task.abort();
    }
}

/// What is on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    step: u32,
    revealed: bool,
}

/// By step: how often its question was asked before, and whether its answer has been shown since.
#[derive(Default)]
struct Asked(BTreeMap<u32, (u32, bool)>);

impl Asked {
    /// How often the question of what is shown now was asked before. Back at a question that nobody
    /// was told the answer of, it is the same one still: who turns a page too far loses no answers.
    /// Whoever was told the answer would answer another question.
    fn before(&mut self, shown: Shown) -> u32 {
        let (before, is_over) = self.0.entry(shown.step).or_default();
        if *is_over && !shown.revealed {
            *before += 1;
        }
        *is_over = shown.revealed;
        *before
    }
}

impl Given {
    pub fn new(shelf: Shelf) -> Given {
        Given(Arc::new(Inner {
            shelf,
            told: watch::Sender::new(None),
            current: Mutex::new(None),
        }))
    }
}

impl Lessons for Given {
    fn take_up(&self, request: LessonRequest) -> BoxFuture<'static, Result<(), Refusal>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            match request {
                LessonRequest::Begin { lesson } => inner.begin(&lesson).await,
                LessonRequest::Show { step, revealed } => inner.show(Shown { step, revealed }),
                LessonRequest::End => {
                    inner.put(None, None);
                    Ok(())
                }
            }
        })
    }

    fn told(&self) -> watch::Receiver<Option<Lecture>> {
        self.0.told.subscribe()
    }

    fn stage(&self) -> Option<Stage> {
        self.0.current().as_ref().map(|it| it.stage.clone())
    }
}

impl Inner {
    async fn begin(self: &Arc<Self>, name: &str) -> Result<(), Refusal> {
        let lesson = self.shelf.find(name).ok_or(Refusal::NoSuchLesson)?;
        let play = Play::open(Arc::clone(&lesson)).await.map_err(|trouble| {
            tracing::warn!(%trouble, "a lesson cannot begin");
            Refusal::System { errno: 0 }
        })?;
        let stage = play.stage.clone();
        let run = stage.header().run;
        let (shown, wishes) = watch::channel(Shown {
            step: 0,
            revealed: false,
        });
        let task = tokio::spawn(Arc::clone(self).direct(play, wishes)).abort_handle();
        let lecture = Lecture {
            lesson: lesson.id.clone(),
            run,
            step: 0,
            revealed: false,
            choices: choices(&lesson, 0),
            asked_before: 0,
            state: LectureState::Running,
        };
        let current = Current {
            lesson,
            stage,
            shown,
            asked: Asked::default(),
            task,
        };
        self.put(Some(current), Some(lecture));
        Ok(())
    }

    fn show(&self, shown: Shown) -> Result<(), Refusal> {
        let mut current = self.current();
        let current = current.as_mut().ok_or(Refusal::NoSuchLesson)?;
        if shown.step as usize >= current.lesson.steps.len() {
            return Err(Refusal::NoSuchLesson);
        }
        let choices = choices(&current.lesson, shown.step);
        let asked_before = current.asked.before(shown);
        current.shown.send_replace(shown);
        self.told.send_if_modified(|lecture| {
            let Some(lecture) = lecture else { return false };
            let before = (lecture.step, lecture.revealed);
            (lecture.step, lecture.revealed) = (shown.step, shown.revealed);
            (lecture.choices, lecture.asked_before) = (choices, asked_before);
            before != (shown.step, shown.revealed)
        });
        Ok(())
    }

    /// First the stage, then the word of it. Of the lesson before, the server ends.
    fn put(&self, next: Option<Current>, lecture: Option<Lecture>) {
        let before = std::mem::replace(&mut *self.current(), next);
        self.told.send_replace(lecture);
        drop(before);
    }

    /// Plays as far as what is shown, until the lesson ends.
    async fn direct(self: Arc<Self>, mut play: Play, mut wishes: watch::Receiver<Shown>) {
        let run = play.stage.header().run;
        let steps = play.lesson.steps.len();
        loop {
            let shown = *wishes.borrow_and_update();
            let played = play.next_step();
            let state = if played < goal(&play.lesson, shown) {
                self.tell(run, LectureState::Running);
                match play.step().await {
                    Ok(()) => continue,
                    Err(trouble) => LectureState::Failed(trouble.to_string()),
                }
            } else if played as usize >= steps {
                LectureState::Finished
            } else {
                LectureState::Waiting
            };
            let failed = matches!(state, LectureState::Failed(_));
            self.tell(run, state);
            loop {
                tokio::select! {
                    changed = wishes.changed() => match changed {
                        Ok(()) if failed => {}
                        Ok(()) => break,
                        Err(_) => return,
                    },
                    // So that nothing is lost that a later step waits for.
                    () = play.follow() => {}
                }
            }
        }
    }

    /// Of that run, if it is still the one.
    fn tell(&self, run: Run, state: LectureState) {
        self.told.send_if_modified(|lecture| match lecture {
            Some(lecture) if lecture.run == run && lecture.state != state => {
                lecture.state = state;
                true
            }
            _ => false,
        });
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        // Nothing in there can panic half-way through a change.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many answers the question of a step has; 0: it has no question.
fn choices(lesson: &Lesson, step: u32) -> u32 {
    let step = lesson.steps.get(step as usize);
    let question = step.and_then(|step| step.question.as_ref());
    question.map_or(0, |question| question.answers.len() as u32)
}

/// How many steps are to be played when that is shown.
fn goal(lesson: &Lesson, shown: Shown) -> u32 {
    let step = lesson.steps.get(shown.step as usize);
    let asks = step.is_some_and(|step| step.question.is_some());
    if asks && !shown.revealed {
        shown.step
    } else {
        shown.step.saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_anew_once_its_answer_was_shown() {
        let mut asked = Asked::default();
        let mut shown = |step, revealed| asked.before(Shown { step, revealed });
        assert_eq!(shown(1, false), 0);
        // One page too far back, and again.
        assert_eq!(shown(0, false), 0);
        assert_eq!(shown(1, false), 0);
        assert_eq!(shown(1, true), 0);
        assert_eq!(shown(2, false), 0);
        // Back to what was answered.
        assert_eq!(shown(1, true), 0);
        assert_eq!(shown(0, false), 0);
        assert_eq!(shown(1, false), 1);
        assert_eq!(shown(1, true), 1);
        assert_eq!(shown(1, false), 2);
        assert_eq!(shown(2, false), 0);
    }
}
