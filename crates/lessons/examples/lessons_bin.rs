//! Writes the built-in lessons, as the page reads them, to the file that is named: a part of the
//! page's build.

use std::{env, fs, process::ExitCode};

use lessons::{built_in, encode};

fn main() -> ExitCode {
    let Some(file) = env::args_os().nth(1) else {
        eprintln!("name the file to write");
        return ExitCode::from(2);
    };
    let lessons = match built_in() {
        Ok(lessons) => lessons,
        Err(wrongs) => {
            for wrong in wrongs {
                eprintln!("{wrong}");
            }
            return ExitCode::FAILURE;
        }
    };
    match fs::write(&file, encode(&lessons)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            ExitCode::FAILURE
        }
    }
}
