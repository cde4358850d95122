//! `cargo xtask dist`: one program with the page inside, which runs from an empty folder.
//! Knows nothing of what the program does with the page.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::page::{self, Build};
use crate::workspace::Workspace;

/// Builds it, and says where it is and how long.
pub fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let site = page::build(&workspace, Build::Release)?;
    let folder = workspace.target.join("dist");
    // A target folder of its own: these flags would evict the artefacts of the others.
    let target = folder.join("build");
    let mut cargo = workspace.builder([
        "--package=fruitbelt",
        "--features=embed",
        "--profile=dist",
        "--target-dir",
        target.to_str().context("the target folder is not UTF-8")?,
    ]);
    cargo
        .env("FRUITBELT_PAGE", &site)
        .env("CARGO_ENCODED_RUSTFLAGS", without_paths(&workspace)?);
    let built = workspace.product_of(cargo)?;
    let name = built.file_name().context("cargo made nothing")?;
    let program = folder.join(name);
    // By renaming, so that one that runs is not written over.
    let fresh = folder.join("fresh");
    fs::copy(&built, &fresh)?;
    fs::rename(&fresh, &program)?;
    let bytes = fs::metadata(&program)?.len();
    println!("{}: {bytes} bytes", program.display());
    Ok(())
}

/// Flags by which no path of this machine is in the program: messages of panics name sources.
fn without_paths(workspace: &Workspace) -> Result<String> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let cargo_home = cargo_home.context("neither CARGO_HOME nor a home folder is known")?;
    let mut flags = Vec::new();
    for (from, to) in [
        (cargo_home.join("registry").join("src"), "crates"),
        (cargo_home, "cargo"),
        (workspace.target.clone(), "target"),
        (workspace.root.clone(), "fruitbelt"),
    ] {
        let from = from.to_str().context("a folder's name is not UTF-8")?;
        flags.push(format!("--remap-path-prefix={from}={to}"));
    }
    // The last that fits wins.
    flags.reverse();
    Ok(flags.join("\u{1f}"))
}
