//! The command line: reads it, starts what it asks for, and says what is wrong in one line.
//!
//! Knows nothing of sockets and records.

mod arguments;
mod convert;
mod export;
mod files;
mod lesson;
mod links;
mod page;
mod recorded;
mod replay;
mod send;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};
use tracing_appender::non_blocking::NonBlockingBuilder;
use tracing_subscriber::EnvFilter;

use arguments::{Cli, Command};

/// What is wrong with the command line or with where it is used, as opposed to the program itself.
const USAGE: u8 = 2;

/// What was begun did not come to its end.
const FAILED: u8 = 1;

/// So many lines may wait to be written.
const LOG_LINES_MAX: usize = 1024;

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
    // A log that nobody reads, or that has gone, must neither stop a task nor end the program: its
    // lines go through a bounded queue to a thread of its own, and are left out when it is full.
    let (log, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(LOG_LINES_MAX)
        .finish(std::io::stderr());
    // The guard would wait for the thread at the end, and complain on the very pipe that is stuck.
    std::mem::forget(guard);
    tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_env_filter(
            EnvFilter::builder()
                .with_default_directive(tracing::Level::INFO.into())
                .from_env_lossy(),
        )
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(log)
        .init();
    let done = match cli.command {
        Some(Command::Send(arguments)) => send::send(&arguments),
        Some(Command::Replay(arguments)) => replay::replay(&arguments),
        Some(Command::Lesson(arguments)) => lesson::lesson(&arguments),
        Some(Command::Export(arguments)) => export::export(&arguments),
        Some(Command::Verify(arguments)) => verify::verify(&arguments),
        Some(Command::Convert(arguments)) => convert::convert(&arguments),
        Some(Command::Serve(arguments)) => serve::serve(arguments),
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
