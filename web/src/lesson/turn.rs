//! Where next and back lead, and which records belong to what is on the wall. Knows nothing of how
//! anything is shown.

use lessons::Lesson;

/// What is on the wall: which step, and whether its question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 0.
    pub step: u32,
    /// Without a question, nothing is there to reveal.
    pub revealed: bool,
}

impl Page {
    /// The one after this, or before it. None: there is none.
    ///
    /// Forward, a question comes before its answer; back, what was answered stays so.
    pub fn beside(self, forward: bool, lesson: &Lesson) -> Option<Page> {
        let asks = |step: u32| {
            let step = lesson.steps.get(step as usize);
            step.is_some_and(|step| step.question.is_some())
        };
        if forward && asks(self.step) && !self.revealed {
            return Some(Page {
                revealed: true,
                ..self
            });
        }
        let step = if forward {
            Some(self.step + 1).filter(|step| (*step as usize) < lesson.steps.len())
        } else {
            self.step.checked_sub(1)
        }?;
        Some(Page {
            step,
            revealed: !forward && asks(step),
        })
    }

    /// The chapter that is played; None: what was before the question stays as it is.
    pub fn plays(self, lesson: &Lesson) -> Option<u32> {
        let step = lesson.steps.get(self.step as usize);
        let waits = step.is_some_and(|step| step.question.is_some()) && !self.revealed;
        (!waits).then_some(self.step)
    }

    /// The first chapter that is not shown yet.
    pub fn until(self, lesson: &Lesson) -> u32 {
        self.plays(lesson).map_or(self.step, |step| step + 1)
    }
}

#[cfg(test)]
mod tests {
    use lessons::{Course, Question, Server, Step, Words};

    use super::*;

    /// A lesson whose steps have a question where it says so.
    fn lesson(questions: &[bool]) -> Lesson {
        let step = |&asks: &bool| Step {
            title: Words::default(),
            text: Words::default(),
            notes: Words::default(),
            look: lessons::Look::default(),
            script: lessons::Script::default(),
            question: asks.then(|| Question {
                ask: Words::default(),
                explain: Words::default(),
                answers: Vec::new(),
            }),
        };
        Lesson {
            id: "test".into(),
            course: Course::Tutorial,
            place: 0,
            title: Words::default(),
            about: Words::default(),
            server: Server::default(),
            steps: questions.iter().map(step).collect(),
            expects: Vec::new(),
        }
    }

    /// All pages from one on, each as its step with `?` while it is not revealed.
    fn walk(lesson: &Lesson, mut page: Page, forward: bool) -> String {
        let mut told = String::new();
        loop {
            let waits = page.plays(lesson).is_none();
            told += &format!("{}{} ", page.step, if waits { "?" } else { "" });
            match page.beside(forward, lesson) {
                Some(next) => page = next,
                None => return told,
            }
        }
    }

    #[test]
    fn a_question_comes_before_its_answer_and_once() {
        let lesson = lesson(&[false, true, false, true]);
        let first = Page {
            step: 0,
            revealed: false,
        };
        assert_eq!(walk(&lesson, first, true), "0 1? 1 2 3? 3 ");
        let last = Page {
            step: 3,
            revealed: true,
        };
        assert_eq!(walk(&lesson, last, false), "3 2 1 0 ");
    }

    #[test]
    fn nothing_of_a_step_is_shown_before_its_question_is_answered() {
        let lesson = lesson(&[true, false]);
        let page = |step, revealed| Page { step, revealed };
        assert_eq!(page(0, false).until(&lesson), 0);
        assert_eq!(page(0, true).until(&lesson), 1);
        assert_eq!(page(1, false).until(&lesson), 2);
    }
}
