//! Other systems: what a lecturer there would build is checked by the compiler, and never run. Knows
//! nothing of what the code does there.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

const TARGETS: [&str; 2] = ["x86_64-pc-windows-msvc", "aarch64-apple-darwin"];
/// The relay, and what builds the page and starts both. Nothing of it needs a C compiler.
const PACKAGES: &str = "-p protocol -p model -p lessons -p scene -p relay -p fruitbelt -p xtask";

/// Checks for each target; one whose standard library cannot be had is left out with a line.
pub fn check(workspace: &Workspace) -> Result<()> {
    for target in TARGETS {
        if !can_be_had(target) {
            println!("{target}: skipped, rustup cannot add this target");
            continue;
        }
        let arguments = format!("check {PACKAGES} --target {target}");
        let status = workspace.cargo(arguments.split(' ')).status();
        let status = status.context("cannot run cargo")?;
        ensure!(status.success(), "{target}: cargo ended with {status}");
    }
    Ok(())
}

/// Adds the target if it is missing; to the toolchain that the workspace names.
fn can_be_had(target: &str) -> bool {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", target]).stdin(Stdio::null());
    rustup.status().is_ok_and(|status| status.success())
}
