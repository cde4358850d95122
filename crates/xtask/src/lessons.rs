//! The built-in lessons as a file of the page, so that a folder of recordings on any web server has
//! them, too.
//!
//! Knows nothing of lessons: the crate has an example that writes them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// Writes them into a folder; returns the file.
pub fn write(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let writer = workspace.product_of(workspace.builder([
        "--release",
        "--package=lessons",
        "--features=toml",
        "--example=lessons_bin",
    ]))?;
    let file = folder.join("lessons.bin");
    let status = Command::new(&writer).arg(&file).status();
    let status = status.with_context(|| format!("cannot run {}", writer.display()))?;
    ensure!(status.success(), "the built-in lessons cannot be written");
    Ok(file)
}
