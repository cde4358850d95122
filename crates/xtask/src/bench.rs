//! `cargo xtask bench`: measurements of what is built for everybody. Knows nothing of how they are
//! taken: they live beside the tests, whose relay and browser they use.

use anyhow::Result;

use crate::page::{self, Build};
use crate::prerequisites;
use crate::test::{edge_tests, succeed};
use crate::workspace::Workspace;

/// How much work a frame of the page is.
pub fn page() -> Result<()> {
    prerequisites::ensure()?;
    let workspace = Workspace::find()?;
    let site = page::build(&workspace, Build::Release)?;
    let relay = workspace.build(["--release", "--package=fruitbelt"])?;
    let mut cargo = edge_tests(&workspace, &relay, &site);
    succeed(cargo.args([
        "--quiet",
        "--",
        "browser::frames",
        "--ignored",
        "--nocapture",
    ]))
}

/// How the cost of a log grows with its length, up to 1,000,000 records: the native part.
pub fn time() -> Result<()> {
    let workspace = Workspace::find()?;
    let example = [
        "run",
        "--quiet",
        "--release",
        "--package=model",
        "--example=time",
    ];
    succeed(&mut workspace.cargo(example))
}
