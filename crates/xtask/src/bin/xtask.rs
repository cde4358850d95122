//! `cargo xtask …`: what a developer and CI run. Knows nothing of how a task does its work.

use std::process::ExitCode;

use clap::Parser;
use xtask::test;

/// The tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Everything that CI checks, from the format to a real browser.
    Test,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Test => test::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
