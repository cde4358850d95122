//! `cargo xtask …`: what a developer and CI run. Knows nothing of how a task does its work.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
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
    /// Measures all, and writes `docs/bench.md`; or one section, and prints it. Nothing else should
    /// run meanwhile.
    Bench {
        #[command(subcommand)]
        section: Option<bench::Section>,
        /// For a glance: some minutes, and the documents go into the target folder.
        #[arg(long, global = true)]
        quick: bool,
    },
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Test => test::run(),
        Task::Dev { relay } => dev::run(&relay),
        Task::Page { dev } => print_page(if dev { Build::Dev } else { Build::Release }),
        Task::Dist => dist::run(),
        Task::Bench { section, quick } => bench::run(section, quick),
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
