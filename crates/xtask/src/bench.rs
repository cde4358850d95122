//! `cargo xtask bench`: measurements of what is built for everybody. Knows nothing of how they are
//! taken: they live beside the tests, whose relay and browser they use.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::page::{self, Build};
use crate::prerequisites;
use crate::test::{edge_tests, succeed};
use crate::workspace::Workspace;

/// How much work a frame of the page is.
pub fn page() -> Result<()> {
    let workspace = Workspace::find()?;
    succeed(&mut in_browser(&workspace, "browser::frames")?)
}

/// How the cost of a log grows with its length, up to 1,000,000 records: in the model alone, and in
/// the page.
pub fn time() -> Result<()> {
    let workspace = Workspace::find()?;
    let example = || {
        workspace.cargo([
            "run",
            "--quiet",
            "--release",
            "--package=model",
            "--example=time",
        ])
    };
    succeed(&mut example())?;
    let logs = workspace.target.join("bench-time");
    fs::create_dir_all(&logs)?;
    succeed(example().arg("--").arg(&logs))?;
    succeed(in_browser(&workspace, "browser::time")?.env("FRUITBELT_LOGS", &logs))
}

/// What watching costs: the relay that everybody has against a bare echo, and what a thousand
/// viewers cost and get.
pub fn relay(arguments: &[OsString]) -> Result<()> {
    let workspace = Workspace::find()?;
    let relay = workspace.build(["--release", "--package=fruitbelt"])?;
    let bench = workspace.build(["--release", "--package=bench"])?;
    let mut bench = Command::new(bench);
    bench.args(["relay", "--relay"]).arg(relay).args(arguments);
    succeed(&mut bench)
}

/// A measurement with the page and the relay as everybody has them.
fn in_browser(workspace: &Workspace, name: &str) -> Result<Command> {
    prerequisites::ensure()?;
    let site = page::build(workspace, Build::Release)?;
    let relay = workspace.build(["--release", "--package=fruitbelt"])?;
    let mut cargo = edge_tests(workspace, &relay, &site);
    cargo.args(["--quiet", "--", name, "--ignored", "--nocapture"]);
    Ok(cargo)
}
