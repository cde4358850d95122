//! `cargo xtask …`: what a developer and CI run. Knows nothing of how a task does its work.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::page::{self, Build};
use xtask::workspace::Workspace;
use xtask::{bench, dev, dist, test};

/// The tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Everything that CI checks, from the format to a real browser.
    Test,
    /// A relay whose page is built anew, and reloads itself, after each change of its sources.
    Dev {
        /// Options for the relay, after `--`.
        #[arg(last = true)]
        relay: Vec<OsString>,
    },
    /// Builds the page, and prints its folder.
    Page {
        /// As `cargo xtask dev` builds it: soon rather than small.
        #[arg(long)]
        dev: bool,
    },
    /// One program with the page inside, in `target/dist`, that needs nothing else.
    Dist,
    /// Measures, and prints what it saw. Nothing else should run meanwhile.
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Subcommand)]
enum Bench {
    /// Frames of the page, with 1,000 fruit and 20 connections in view.
    Page,
    /// The relay against a bare echo, and in front of 1,000 viewers.
    Relay {
        /// What `bench relay --help` tells, as in `--row ping-pong --times 3 --seconds 1`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// What a log of 10,000, 100,000 and 1,000,000 records costs: loading, seeking, playing.
    Time,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Test => test::run(),
        Task::Dev { relay } => dev::run(&relay),
        Task::Page { dev } => print_page(if dev { Build::Dev } else { Build::Release }),
        Task::Dist => dist::run(),
        Task::Bench(Bench::Page) => bench::page(),
        Task::Bench(Bench::Relay { arguments }) => bench::relay(&arguments),
        Task::Bench(Bench::Time) => bench::time(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_page(build: Build) -> Result<()> {
    let site = page::build(&Workspace::find()?, build)?;
    println!("{}", site.display());
    Ok(())
}
