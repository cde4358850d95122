//! What a lesson is: texts in both languages, a server to be taught on, steps, and what must be true
//! of the recording in the end.

use protocol::{Event, Picture, Record};
use serde::{Deserialize, Serialize};

use crate::{Script, Server, Statement};

/// A lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Its name, for files, links and the command line: the stem of its file, of `a-z`, `0-9`, `-`.
    #[serde(default)]
    pub id: String,
    /// Where in the catalogue it stands.
    pub course: Course,
    /// Its place among the lessons of its course; the same place twice: as they are found.
    #[serde(default)]
    pub place: u32,
    /// What it is called.
    pub title: Words,
    /// One line of what it shows.
    pub about: Words,
    /// The echo server of its own.
    #[serde(default)]
    pub server: Server,
    /// At least one.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What must be true of every recording of it.
    #[serde(default, rename = "expect")]
    pub expects: Vec<Statement>,
}

impl Lesson {
    /// The records of a recording up to the end of the first `steps` steps, that is before the next
    /// one begins; with all steps, up to the end of the script. What comes behind it, when the
    /// lesson's server ends, is no part of the lesson. Questions of step k (from 0) are answered by
    /// `played(records, k + 1)`, what must be true in the end by `played(records, steps.len())`.
    #[must_use]
    pub fn played<'a>(&self, records: &'a [Record], steps: usize) -> &'a [Record] {
        let is_behind = |record: &Record| match &record.event {
            Event::Step(step) => step.lesson == self.id && step.step as usize >= steps,
            _ => false,
        };
        let end = records.iter().position(is_behind);
        records
            .get(..end.unwrap_or(records.len()))
            .unwrap_or_default()
    }

    /// The most bytes of a file.
    pub const FILE_BYTES_MAX: usize = 256 << 10;
    /// The most steps.
    pub const STEPS_MAX: usize = 64;
    /// The most actions of one step.
    pub const ACTIONS_MAX: usize = 64;
    /// The most statements of one list.
    pub const STATEMENTS_MAX: usize = 64;
    /// The most answers to one question.
    pub const ANSWERS_MAX: usize = 6;
    /// The most clients.
    pub const CLIENTS_MAX: u32 = 64;
    /// The longest text, bytes.
    pub const TEXT_BYTES_MAX: usize = 4096;
}

/// A part of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// What the tutorial teaches.
    Tutorial,
    /// What learners get wrong.
    Beyond,
    /// A lecturer's own.
    Own,
}

/// A text in both languages. Paragraphs are parted by empty lines; `**strong**` and `` `code` ``.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// One idea, on the wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is called.
    pub title: Words,
    /// The big text.
    pub text: Words,
    /// For the speaker only; may be empty.
    #[serde(default)]
    pub notes: Words,
    /// What to look at.
    #[serde(default)]
    pub look: Look,
    /// What really happens. With a question it happens when the answer is to be revealed: people
    /// predict first.
    #[serde(default, rename = "do")]
    pub script: Script,
    /// To be predicted before it happens.
    #[serde(default)]
    pub question: Option<Question>,
}

/// What to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The connection in focus. None: the one that is.
    #[serde(default)]
    pub client: Option<u32>,
    /// What is on the stage.
    #[serde(default)]
    pub picture: Picture,
    /// What stands beside it.
    #[serde(default)]
    pub panel: Panel,
}

/// What stands beside the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // as the page calls them
pub enum Panel {
    #[default]
    None,
    Rulers,
    Events,
    Code,
    Reply,
    Api,
    Kinds,
}

/// A prediction to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is asked.
    pub ask: Words,
    /// Said when it is revealed.
    #[serde(default)]
    pub explain: Words,
    /// At least two. Which one is right says the recording.
    #[serde(rename = "answer")]
    pub answers: Vec<Answer>,
}

/// One of the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What one picks.
    pub text: Words,
    /// What is true of the recording, up to the end of the step, if this answer is right. At least
    /// one; all of them.
    pub holds: Vec<Statement>,
}
