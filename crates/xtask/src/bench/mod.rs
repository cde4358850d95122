//! `cargo xtask bench`: measurements of what is built for everybody, each a section of
//! `docs/bench.md`. Knows nothing of how they are taken: those of the page live beside the tests,
//! whose relay and browser they use, those of the relay in `crates/bench`.
//!
//! A section is Markdown. A line `target: WHAT | AIMED | MEASURED | met` (or `missed`) in it belongs
//! to the table at the top.

mod book;

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Subcommand;

use crate::page::{self, Build};
use crate::prerequisites;
use crate::test::{edge_tests, succeed};
use crate::workspace::Workspace;
use book::Book;

/// What can be measured by itself.
#[derive(Clone, Subcommand)]
pub enum Section {
    /// The relay against a bare echo, and in front of 1,000 viewers.
    Relay {
        /// What `bench relay --help` tells, as in `--row ping-pong --times 3 --seconds 1`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// The page in a real browser: recv() to the frame that draws it, work of a frame, start.
    Page,
    /// What a log of 10,000, 100,000 and 1,000,000 records costs: loading, seeking, playing.
    Time,
    /// What the relay costs as connections, viewers and records grow; with pictures.
    Curves {
        /// What `bench curves --help` tells, as in `--seconds 1`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

/// All sections, in the order in which they are read.
fn all() -> [Section; 4] {
    let (relay, curves) = (Vec::new(), Vec::new());
    [
        Section::Relay { arguments: relay },
        Section::Page,
        Section::Curves { arguments: curves },
        Section::Time,
    ]
}

/// Measures one section and prints it, or all of them and writes `docs/bench.md` with its pictures.
/// `is_quick`: for a glance, some minutes for all; the documents then go into the target folder.
pub fn run(section: Option<Section>, is_quick: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let docs = match is_quick {
        true => workspace.target.join("bench"),
        false => workspace.root.join("docs"),
    };
    let built = Built::all(workspace, docs, is_quick)?;
    if let Some(section) = section {
        let mut told = String::new();
        return built.measure(&section, &mut told);
    }
    let mut book = Book::open(&built.workspace, &built.docs, is_quick);
    let mut failed = Vec::new();
    for section in all() {
        let mut told = String::new();
        let measured = built.measure(&section, &mut told);
        if let Err(error) = &measured {
            eprintln!("xtask: {}: {error:#}", section.title());
            failed.push(section.title());
        }
        // Each is kept at once: whatever happens to the next.
        book.add(section.title(), &told, measured.err())?;
    }
    println!("\n{} is written", book.path().display());
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

impl Section {
    fn title(&self) -> &'static str {
        match self {
            Section::Relay { .. } => "The relay",
            Section::Page => "The page",
            Section::Time => "Long recordings",
            Section::Curves { .. } => "Cost against load",
        }
    }
}

/// What is measured. Built before anything is, so that no compiler runs meanwhile.
struct Built {
    workspace: Workspace,
    docs: PathBuf,
    is_quick: bool,
    site: PathBuf,
    relay: PathBuf,
    /// None: it cannot be built, and cargo has said why.
    bench: Option<PathBuf>,
}

impl Built {
    fn all(workspace: Workspace, docs: PathBuf, is_quick: bool) -> Result<Built> {
        prerequisites::ensure()?;
        fs::create_dir_all(workspace.target.join("bench"))?;
        fs::create_dir_all(docs.join("bench"))?;
        let site = page::build(&workspace, Build::Release)?;
        let relay = workspace.build(["--release", "--package=fruitbelt"])?;
        let bench = workspace.build(["--release", "--package=bench"]).ok();
        let built = Built {
            workspace,
            docs,
            is_quick,
            site,
            relay,
            bench,
        };
        succeed(built.tests().arg("--no-run"))?;
        let example = ["build", "--release", "--package=model", "--example=time"];
        succeed(&mut built.workspace.cargo(example))?;
        Ok(built)
    }

    /// Adds what is found, also if it fails half-way.
    fn measure(&self, section: &Section, told: &mut String) -> Result<()> {
        println!();
        match section {
            Section::Relay { arguments } => {
                let mut bench = self.bench()?;
                bench.args(["relay", "--relay"]).arg(&self.relay);
                self.quickly(&mut bench, arguments);
                heard(&mut bench, told)
            }
            Section::Curves { arguments } => {
                let mut bench = self.bench()?;
                bench.args(["curves", "--relay"]).arg(&self.relay);
                bench.arg("--pictures").arg(self.docs.join("bench"));
                self.quickly(&mut bench, arguments);
                heard(&mut bench, told)
            }
            Section::Page => self.in_browser("browser::cost", None, told),
            Section::Time => self.time(told),
        }
    }

    fn bench(&self) -> Result<Command> {
        let bench = self.bench.as_ref();
        bench
            .map(Command::new)
            .context("the package bench cannot be built")
    }

    fn quickly(&self, bench: &mut Command, arguments: &[OsString]) {
        if self.is_quick {
            bench.arg("--quick");
        }
        bench.args(arguments);
    }

    /// How the cost of a log grows with its length, up to 1,000,000 records: in the model alone,
    /// and in the page.
    fn time(&self, told: &mut String) -> Result<()> {
        let example = ["run", "--quiet", "--release", "--package=model"];
        let example = || {
            let mut cargo = self.workspace.cargo(example);
            cargo.arg("--example=time");
            cargo
        };
        heard(&mut example(), told)?;
        let logs = self.workspace.target.join("bench-time");
        fs::create_dir_all(&logs)?;
        succeed(example().arg("--").arg(&logs))?;
        self.in_browser("browser::time", Some(logs), told)
    }

    /// A measurement with the page and the relay as everybody has them. What the tests say beside
    /// their report is progress.
    fn in_browser(&self, name: &str, logs: Option<PathBuf>, told: &mut String) -> Result<()> {
        let report = self.workspace.target.join("bench/report.md");
        fs::write(&report, "")?;
        let mut cargo = self.tests();
        cargo
            .args(["--", name, "--ignored", "--nocapture", "--test-threads=1"])
            .env("FRUITBELT_REPORT", &report)
            .stdout(io::stderr());
        if let Some(logs) = logs {
            cargo.env("FRUITBELT_LOGS", logs);
        }
        if self.is_quick {
            cargo.env("FRUITBELT_QUICK", "1");
        }
        let done = succeed(&mut cargo);
        let report = fs::read_to_string(report)?;
        print!("{report}");
        told.push_str(&report);
        done
    }

    fn tests(&self) -> Command {
        let mut cargo = edge_tests(&self.workspace, &self.relay, &self.site);
        cargo.arg("--quiet");
        cargo
    }
}

/// Shows what a program writes to standard output, and adds it.
fn heard(command: &mut Command, told: &mut String) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {name}"))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            told.push_str(&line);
            told.push('\n');
        }
    }
    let status = child.wait()?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
