//! `cargo run --release`: builds the page and the relay, then becomes the relay. Knows no option
//! of the relay but `--page-dir`, and writes to standard error only: standard output is the relay's.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use xtask::page::{self, Build};
use xtask::workspace::Workspace;

/// The subcommands that need the page. Without a subcommand the relay serves, too.
const SERVING: [&str; 3] = ["serve", "replay", "export"];

fn main() -> ExitCode {
    start().unwrap_or_else(|error| {
        eprintln!("start: {error:#}");
        ExitCode::FAILURE
    })
}

fn start() -> Result<ExitCode> {
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let workspace = Workspace::find()?;
    if let Some(place) = place_of_page(&arguments) {
        let site = page::build(&workspace, Build::Release)?;
        arguments.splice(place..place, ["--page-dir".into(), site.into()]);
    }
    let relay = workspace.build(["--release", "--package=fruitbelt"])?;
    become_relay(Command::new(&relay).args(arguments))
        .with_context(|| format!("cannot run {}", relay.display()))
}

/// Where `--page-dir` belongs among the arguments, or `None` if no page is needed: it is named
/// already, nothing will be served, or only help is wanted.
fn place_of_page(arguments: &[OsString]) -> Option<usize> {
    let needs_none = arguments.iter().any(|argument| {
        let argument = argument.to_string_lossy();
        let helps = ["-h", "--help", "-V", "--version"].contains(&&*argument);
        helps || argument == "--page-dir" || argument.starts_with("--page-dir=")
    });
    if needs_none {
        return None;
    }
    match arguments.first().map(|first| first.to_string_lossy()) {
        Some(first) if SERVING.contains(&&*first) => Some(1),
        Some(first) if !first.starts_with('-') => None,
        _ => Some(0),
    }
}

/// The relay takes this process over: Ctrl-C, TERM and exit codes are its own.
#[cfg(unix)]
fn become_relay(relay: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(relay.exec())
}

#[cfg(not(unix))]
fn become_relay(relay: &mut Command) -> std::io::Result<ExitCode> {
    let code = relay.status()?.code();
    let code = code.and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_goes_where_something_serves_it() {
        let check = |line: &str, expect| {
            let arguments: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
            assert_eq!(place_of_page(&arguments), expect, "{line}");
        };
        check("", Some(0));
        check("--open", Some(0));
        check("serve --bufsize 20", Some(1));
        check("--bufsize 20 --page-dir elsewhere", None);
        check("serve --page-dir=elsewhere", None);
        check("--version", None);
        check("serve --help", None);
        check("replay lecture.ndjson", Some(1));
        check("export site lecture.ndjson", Some(1));
        check("send 20,50,30", None);
    }
}
