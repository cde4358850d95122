//! Fetches axe-core, the accessibility checker that the browser tests put into the page. It comes
//! from npm, where it lives, into the target folder. Knows nothing of what it finds.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use crate::workspace::Workspace;

/// Pinned: another version finds other things.
const PACKAGE: &str = "axe-core@4.14.1";

/// Its one file; None: there is no npm, or it cannot fetch, and a line has said so.
pub fn fetch(workspace: &Workspace) -> Option<PathBuf> {
    let folder = workspace.target.join(PACKAGE);
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.is_file()
        && let Err(error) = install(&folder)
    {
        println!("Skipped: the accessibility check needs npm and its axe-core ({error:#})");
        return None;
    }
    Some(file)
}

fn install(folder: &std::path::Path) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund"])
        .args(["--ignore-scripts", "--prefix"])
        .args([folder.as_os_str(), PACKAGE.as_ref()])
        .stdin(Stdio::null());
    let status = npm.status()?;
    ensure!(status.success(), "npm ended with {status}");
    Ok(())
}
