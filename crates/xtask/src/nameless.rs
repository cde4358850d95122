//! What is built for others tells nothing of the machine that built it. Knows nothing of what is built.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Flags of rustc by which no path of this machine is in its product: messages of panics name sources.
/// It is shorter so, too, and the same wherever it is built.
pub fn without_paths(workspace: &Workspace) -> Result<Vec<String>> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let cargo_home = cargo_home.context("neither CARGO_HOME nor a home folder is known")?;
    let registries = cargo_home.join("registry").join("src");
    let crates = registries.read_dir().into_iter().flatten().flatten();
    // The last that fits wins.
    let mut folders = vec![
        (workspace.root.clone(), "fruitbelt"),
        (workspace.target.clone(), "target"),
        (cargo_home, "cargo"),
    ];
    folders.extend(crates.map(|registry| (registry.path(), "crates")));
    let flag = |(from, to): (PathBuf, &str)| {
        let from = from.to_str().context("a folder's name is not UTF-8")?;
        Ok(format!("--remap-path-prefix={from}={to}"))
    };
    folders.into_iter().map(flag).collect()
}
