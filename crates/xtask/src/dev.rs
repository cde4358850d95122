//! `cargo xtask dev`: the relay runs on, and after each change of the page's sources the page is
//! built anew and reloads itself. Knows nothing of what a page is made of: cargo does.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{self, Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};

use crate::page::{self, Build, files_under};
use crate::workspace::Workspace;

/// How often the sources are looked at. A look costs about a millisecond.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Whatever the page is made of is in these.
const FOLDERS: [&str; 2] = ["crates", "web"];
/// And what says how.
const FILES: [&str; 2] = ["Cargo.toml", "Cargo.lock"];

/// Runs until Ctrl-C, or until the relay ends. The arguments are the relay's.
pub fn run(arguments: &[OsString]) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut built = look(&workspace);
    let site = page::build(&workspace, Build::Dev)?;
    let relay = workspace.build(["--release", "--package=fruitbelt"])?;
    let relay = Command::new(&relay)
        .args(["serve", "--page-dir"])
        .arg(site)
        .args(arguments)
        .spawn()
        .with_context(|| format!("cannot run {}", relay.display()))?;
    let relay = end_with_us(relay)?;

    let mut last = built.clone();
    loop {
        thread::sleep(LOOK_EVERY);
        if let Some(status) = lock(&relay).try_wait()? {
            bail!("the relay ended: {status}");
        }
        let now = look(&workspace);
        // Whoever writes many files is let finish.
        if now == last && now != built {
            rebuild(&workspace);
            built.clone_from(&now);
        }
        last = now;
    }
}

fn rebuild(workspace: &Workspace) {
    let start = Instant::now();
    match page::build(workspace, Build::Dev) {
        Ok(_) => eprintln!(
            "     The page is up to date after {:.1} s",
            start.elapsed().as_secs_f32()
        ),
        Err(error) => eprintln!("xtask: {error:#}; the page stays as it was"),
    }
}

/// A program that ends when this one is told to, by Ctrl-C or otherwise.
fn end_with_us(relay: Child) -> Result<Arc<Mutex<Child>>> {
    let relay = Arc::new(Mutex::new(relay));
    let ours = Arc::clone(&relay);
    ctrlc::set_handler(move || {
        let mut relay = lock(&ours);
        // It may have ended already: Ctrl-C reaches it, too.
        let _ = relay.kill();
        let _ = relay.wait();
        process::exit(130);
    })?;
    Ok(relay)
}

fn lock(relay: &Mutex<Child>) -> MutexGuard<'_, Child> {
    relay.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sources and when each was written. What goes away meanwhile is not there: the next look
/// tells.
fn look(workspace: &Workspace) -> Vec<(PathBuf, SystemTime)> {
    let paths = FOLDERS
        .iter()
        .filter_map(|folder| files_under(&workspace.root.join(folder)).ok())
        .flatten()
        .map(|file| file.path)
        .chain(FILES.iter().map(|file| workspace.root.join(file)));
    let written = |path: PathBuf| {
        let time = fs::metadata(&path).and_then(|it| it.modified()).ok()?;
        Some((path, time))
    };
    paths.filter_map(written).collect()
}
