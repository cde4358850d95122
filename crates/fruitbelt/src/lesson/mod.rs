//! `fruitbelt lesson`: which lessons there are, and giving one at a terminal, on real sockets.
//!
//! Knows nothing of what is taught: a lesson is data.

mod act;
mod call;
mod compare;
mod ends;
mod given;
mod play;
mod report;
mod run;
mod seeded;
mod shelf;

use std::{io::Write, process::ExitCode};

use anyhow::bail;

use crate::{
    USAGE,
    arguments::{Lesson, LessonCommand},
};

pub use given::Given;
pub use shelf::Shelf;

/// Name and version, for the header of a recording.
const PROGRAM: &str = concat!("fruitbelt ", env!("CARGO_PKG_VERSION"));

/// Does what is asked for.
///
/// # Errors
/// One line that names the lesson, the file or the flag, and the remedy.
pub fn lesson(arguments: &Lesson) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        LessonCommand::List(list) => {
            let shelf = Shelf::of(&list.lessons)?;
            let mut out = std::io::stdout().lock();
            for lesson in shelf.lessons() {
                writeln!(
                    out,
                    "{:<10} {} · {}\n{:<10} {}",
                    lesson.id, lesson.title.en, lesson.title.zh, "", lesson.about.en
                )?;
            }
            Ok(ExitCode::SUCCESS)
        }
        LessonCommand::Check(check) => {
            let mut wrongs = 0;
            for file in &check.files {
                match shelf::read_file(file) {
                    Ok(lesson) => writeln!(
                        std::io::stdout(),
                        "{}: {} steps, {} statements; run it with fruitbelt lesson run {} --lessons DIR",
                        file.display(),
                        lesson.steps.len(),
                        lesson.expects.len(),
                        lesson.id
                    )?,
                    Err(told) => {
                        wrongs += 1;
                        eprintln!("{}", told.join("\n"));
                    }
                }
            }
            Ok(ExitCode::from(if wrongs > 0 { USAGE } else { 0 }))
        }
        LessonCommand::Run(run) => {
            let shelf = Shelf::of(&run.lessons)?;
            let lessons = match &run.name {
                Some(name) => match shelf.find(name) {
                    Some(lesson) => vec![lesson],
                    None => bail!(
                        "there is no lesson {name}; there are: {}",
                        shelf.names().join(", ")
                    ),
                },
                None if run.all => shelf.lessons().to_vec(),
                None => bail!(
                    "name a lesson, or give --all; there are: {}",
                    shelf.names().join(", ")
                ),
            };
            run::run(run, &lessons)
        }
    }
}
