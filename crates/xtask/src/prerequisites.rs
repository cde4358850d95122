//! What the tests need besides Rust: a browser, real clients, and a font for Chinese. Installs it
//! from Debian where it may. Knows nothing of the tests.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// A Debian package, and how to see that what it brings is there, wherever it came from.
struct Prerequisite {
    package: &'static str,
    is_here: fn() -> bool,
    /// What is left out without it; None: nothing can be tested without it.
    otherwise: Option<&'static str>,
}

const PREREQUISITES: [Prerequisite; 7] = [
    Prerequisite {
        package: "chromium",
        is_here: || says("chromium", "--version", "Chromium"),
        otherwise: None,
    },
    // Debian has two other programs named nc, whose options differ.
    Prerequisite {
        package: "netcat-openbsd",
        is_here: || says("nc", "-h", "OpenBSD"),
        otherwise: None,
    },
    // A client that also speaks over Unix-domain sockets and closes as it is told.
    Prerequisite {
        package: "socat",
        is_here: || says("socat", "-V", "socat version"),
        otherwise: None,
    },
    Prerequisite {
        package: "python3",
        is_here: || says("python3", "--version", "Python 3"),
        otherwise: None,
    },
    // Its `ss` is the witness of the accept queue.
    Prerequisite {
        package: "iproute2",
        is_here: || says("ss", "--version", "iproute2"),
        otherwise: None,
    },
    // Without it the browser draws boxes, and a screenshot of Chinese shows nothing.
    Prerequisite {
        package: "fonts-noto-cjk",
        is_here: || {
            ["/usr/share/fonts", "/usr/local/share/fonts"]
                .map(Path::new)
                .into_iter()
                .any(holds_cjk)
        },
        otherwise: None,
    },
    Prerequisite {
        package: "firefox-esr",
        is_here: || says("firefox-esr", "--version", "Firefox"),
        otherwise: Some("the page is looked at in Chromium only"),
    },
];

/// Leaves with everything needed in place, or with one line that says what to install.
pub fn ensure() -> Result<()> {
    let missing = missing();
    if !missing.is_empty() && may_install() {
        let packages: Vec<_> = missing.iter().map(|it| it.package).collect();
        println!("Installing {}", packages.join(", "));
        // What is still missing is told below; why, apt-get itself has said.
        let _ = apt_get(&["update"]);
        for package in packages {
            let _ = apt_get(&["install", "--yes", "--no-install-recommends", package]);
        }
    }
    let mut needed = Vec::new();
    for missing in self::missing() {
        match missing.otherwise {
            Some(otherwise) => println!("Skipped: without {}, {otherwise}", missing.package),
            None => needed.push(missing.package),
        }
    }
    ensure!(
        needed.is_empty(),
        "missing {}; install them: apt-get install {}",
        needed.join(", "),
        needed.join(" ")
    );
    Ok(())
}

fn missing() -> Vec<&'static Prerequisite> {
    let all = PREREQUISITES.iter();
    all.filter(|needed| !(needed.is_here)()).collect()
}

/// Whether the program runs and names itself so. Some answer on standard error.
fn says(program: &str, argument: &str, name: &str) -> bool {
    let mut command = Command::new(program);
    let answer = command.arg(argument).stdin(Stdio::null()).output();
    answer.is_ok_and(|answer| {
        let text = [answer.stdout, answer.stderr].concat();
        String::from_utf8_lossy(&text).contains(name)
    })
}

fn holds_cjk(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = entry.file_name();
        if is_folder {
            holds_cjk(&entry.path())
        } else {
            name.to_string_lossy().contains("CJK")
        }
    })
}

#[cfg(unix)]
fn may_install() -> bool {
    use std::os::unix::fs::MetadataExt;
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let paths = env::var_os("PATH").unwrap_or_default();
    is_root && env::split_paths(&paths).any(|path| path.join("apt-get").exists())
}

#[cfg(not(unix))]
fn may_install() -> bool {
    false
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    let status = command.status().context("cannot run apt-get")?;
    ensure!(status.success(), "apt-get {} failed", arguments.join(" "));
    Ok(())
}
