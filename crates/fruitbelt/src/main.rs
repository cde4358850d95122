//! The command line: reads it, starts what it asks for, and says what is wrong in one line.
//!
//! Knows nothing of sockets and records.

mod arguments;
mod convert;
mod export;
mod files;
mod hall;
mod lan;
mod lesson;
mod links;
mod log;
mod page;
mod recorded;
mod replay;
mod send;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};

use arguments::{Cli, Command};

/// What is wrong with the command line or with where it is used, as opposed to the program itself.
const USAGE: u8 = 2;

/// What was begun did not come to its end.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(&one_line(&error.to_string()), USAGE),
    };
    log::start(cli.log);
    let done = match cli.command {
        Some(Command::Send(arguments)) => send::send(&arguments),
        Some(Command::Replay(arguments)) => replay::replay(&arguments),
        Some(Command::Lesson(arguments)) => lesson::lesson(&arguments),
        Some(Command::Export(arguments)) => export::export(&arguments),
        Some(Command::Verify(arguments)) => verify::verify(&arguments),
        Some(Command::Convert(arguments)) => convert::convert(&arguments),
        Some(Command::Serve(arguments)) => serve::serve(*arguments),
        None => serve::serve(cli.serve),
    };
    done.unwrap_or_else(|error| fail(&format!("{error:#}"), USAGE))
}

fn fail(message: &str, code: u8) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "fruitbelt: {message}");
    ExitCode::from(code)
}

/// What clap says first, with what it lists below that, without the lines of usage that follow.
fn one_line(text: &str) -> String {
    let said: Vec<&str> = text
        .lines()
        .take_while(|line| !line.is_empty())
        .map(str::trim)
        .collect();
    let said = said.join(" ");
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    format!("{said} (see fruitbelt --help)")
}
