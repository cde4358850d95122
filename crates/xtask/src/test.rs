//! `cargo xtask test`: everything that CI checks, in the order in which a failure is cheapest.
//! Knows nothing of what the tests test.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::page::{self, Build, When};
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{axe, elsewhere, prerequisites};

/// What the page may weigh: the wasm, JavaScript, CSS and HTML that it starts with, in brotli.
const PAGE_BYTES_MAX: u64 = 300_000;
/// What runs in the page. `lessons` joins when it is there.
const ON_WASM: &str =
    "-p web -p reader -p protocol -p model -p lessons -p scene --target wasm32-unknown-unknown";

/// Runs all steps and stops at the first that fails.
pub fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::default();
    let cargo = |steps: &mut Steps, name, arguments: &str| {
        steps.step(name, || succeed(&mut workspace.cargo(arguments.split(' '))))
    };

    steps.step("prerequisites", prerequisites::ensure)?;
    cargo(&mut steps, "format", "fmt --all --check")?;
    cargo(
        &mut steps,
        "clippy",
        "clippy --workspace --exclude web --all-targets -- -D warnings",
    )?;
    // The page, and that the pure crates build for it without the help of others' features.
    cargo(
        &mut steps,
        "clippy for wasm32",
        &format!("clippy {ON_WASM} -- -D warnings"),
    )?;
    steps.step("other systems", || elsewhere::check(&workspace))?;
    let site = steps.step("page", || {
        let site = page::build(&workspace, Build::Release)?;
        check_weight(&site)?;
        Ok(site)
    })?;
    let relay = steps.step("relay", || {
        workspace.build(["--release", "--package=fruitbelt"])
    })?;
    cargo(
        &mut steps,
        "unit tests",
        "test --workspace --exclude tests --exclude xtask",
    )?;
    // In the release profile, because that built wasm-bindgen's library for this program already.
    cargo(&mut steps, "xtask's tests", "test --release -p xtask")?;
    steps.step("edge tests", || {
        let shots = workspace.target.join("shots");
        empty(&shots)?;
        let mut tests = edge_tests(&workspace, &relay, &site);
        if let Some(axe) = axe::fetch(&workspace) {
            tests.env("FRUITBELT_AXE", axe);
        }
        succeed(&mut tests)
    })?;
    // The same packages together as for clippy, because what it checked is then used again.
    steps.step("documentation", || {
        let native = "--workspace --exclude web".to_owned();
        for packages in [native, ON_WASM.to_owned()] {
            let arguments = format!("doc --no-deps {packages}");
            let mut cargo = workspace.cargo(arguments.split(' '));
            succeed(cargo.env("RUSTDOCFLAGS", "-D warnings"))?;
        }
        Ok(())
    })?;

    println!("\n==> all passed\n{}", steps.table());
    Ok(())
}

/// A call of the tests that need a relay, a page and a place for pictures.
pub(crate) fn edge_tests(workspace: &Workspace, relay: &Path, site: &Path) -> Command {
    let mut cargo = workspace.cargo(["test", "-p", "tests"]);
    cargo
        .env("FRUITBELT_BIN", relay)
        .env("FRUITBELT_PAGE", site)
        .env("FRUITBELT_SHOTS", workspace.target.join("shots"))
        // A failed test says what it missed; where the error value was made is only noise.
        .env("RUST_LIB_BACKTRACE", "0");
    cargo
}

pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().context("cannot run cargo")?;
    ensure!(status.success(), "cargo ended with {status}");
    Ok(())
}

fn check_weight(site: &Path) -> Result<()> {
    let files = page::weigh(site)?;
    let table = |words: &str, when: When| -> u64 {
        println!("{words:<40}{:>10}{:>10}", "bytes", "brotli");
        let mut sum = 0;
        for file in files.iter().filter(|file| file.when == when) {
            let (plain, brotli) = (file.plain_bytes, file.brotli_bytes);
            println!("  {:<38}{plain:>10}{brotli:>10}", file.name);
            sum += brotli;
        }
        println!("  {:<48}{sum:>10}", "in all");
        sum
    };
    table("when a recording is opened", When::Reading);
    table("fetched once the page runs", When::Running);
    let sum = table("before the page starts", When::Before);
    println!("  {:<48}{PAGE_BYTES_MAX:>10}", "at most");
    ensure!(
        sum <= PAGE_BYTES_MAX,
        "the page weighs {sum} bytes in brotli, more than {PAGE_BYTES_MAX}"
    );
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
