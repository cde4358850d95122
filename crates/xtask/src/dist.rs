//! `cargo xtask dist`: one program with the page inside, which runs from an empty folder.
//! Knows nothing of what the program does with the page.

use std::fs;

use anyhow::{Context, Result};

use crate::nameless::without_paths;
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
    cargo.env("FRUITBELT_PAGE", &site).env(
        "CARGO_ENCODED_RUSTFLAGS",
        without_paths(&workspace)?.join("\u{1f}"),
    );
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
