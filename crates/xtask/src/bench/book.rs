//! `docs/bench.md`: the targets in one table, then the sections as they were measured. Knows nothing
//! of what they are about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Error, Result};

use crate::workspace::Workspace;

/// Written by a person, if anything was missed: why. Stands behind the table.
const NOTES: &str = "bench/notes.md";
/// What begins a line that belongs to the table.
const TARGET: &str = "target:";

/// The document, as far as it is known.
pub struct Book {
    docs: PathBuf,
    /// Where, when and of what.
    preface: String,
    targets: Vec<String>,
    sections: String,
    load_before: String,
}

impl Book {
    /// An empty one, to be written into that folder.
    pub fn open(workspace: &Workspace, docs: &Path, is_quick: bool) -> Book {
        let said = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            let output = command
                .args(arguments)
                .current_dir(&workspace.root)
                .output();
            let text = output.ok().filter(|output| output.status.success());
            text.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let date = said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]).unwrap_or_default();
        let commit = said("git", &["describe", "--always", "--dirty"]);
        let how = if is_quick { " --quick" } else { "" };
        let commit = commit.map_or_else(String::new, |commit| format!(", commit {commit}"));
        Book {
            docs: docs.to_owned(),
            preface: format!(
                "Measured by `cargo xtask bench{how}` on {date}{commit}: {}.",
                machine()
            ),
            targets: Vec::new(),
            sections: String::new(),
            load_before: load(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.docs.join("bench.md")
    }

    /// Adds a section, and why there is not more of it; writes all that is known.
    pub fn add(&mut self, title: &str, told: &str, failed: Option<Error>) -> Result<()> {
        let (targets, text) = taken_apart(title, told);
        self.targets.extend(targets);
        self.sections.push_str(&format!("\n## {title}\n\n{text}\n"));
        if let Some(error) = failed {
            let failed = format!("\n**Not all of this could be measured:** {error:#}.\n");
            self.sections.push_str(&failed);
        }
        let path = self.path();
        fs::write(&path, self.text()).with_context(|| format!("cannot write {}", path.display()))
    }

    fn text(&self) -> String {
        let missed = self
            .targets
            .iter()
            .filter(|row| row.ends_with("**missed** |"));
        let missed = missed.count();
        let notes = fs::read_to_string(self.docs.join(NOTES)).unwrap_or_default();
        format!(
            "# What Fruitbelt costs\n\n{} Load before: {}; behind: {}.\n\n\
             Medians, with the least and the most of the runs. Ratios travel, seconds do not.\n\n\
             ## Targets\n\n{} of {} are met.\n\n\
             | what | aimed at | measured | |\n|---|---|---|---|\n{}\n\n{notes}{}",
            self.preface,
            self.load_before,
            load(),
            self.targets.len() - missed,
            self.targets.len(),
            self.targets.join("\n"),
            self.sections,
        )
    }
}

/// The rows of the table, and the section without them and without its own title.
fn taken_apart(title: &str, told: &str) -> (Vec<String>, String) {
    let own_title = format!("## {title}");
    let (targets, lines): (Vec<&str>, Vec<&str>) = told
        .lines()
        .filter(|line| *line != own_title)
        .partition(|line| line.starts_with(TARGET));
    let row = |line: &str| {
        let line = line.strip_prefix(TARGET).unwrap_or(line).trim();
        match line.strip_suffix("missed") {
            Some(line) => format!("| {line}**missed** |"),
            None => format!("| {line} |"),
        }
    };
    let targets = targets.into_iter().map(row).collect();
    (targets, lines.join("\n").trim().to_owned())
}

fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let processors = read("/proc/cpuinfo");
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("of an unnamed kind", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let memory = read("/proc/meminfo");
    let kib = memory.split_whitespace().nth(1);
    let gib = kib.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / (1 << 20) as f64;
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{cores} cores ({model}), {gib:.1} GiB, Linux {}",
        kernel.trim()
    )
}

/// How many others want the cores, of the last one, five and fifteen minutes.
fn load() -> String {
    let told = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_go_into_the_table_and_nothing_else_does() {
        let told =
            "## Speed\n\n| a |\ntarget: x | ≤ 1 | 0.9 | met\n\nand\ntarget: y | ≥ 2 | 1 | missed\n";
        let (targets, text) = taken_apart("Speed", told);
        let expect = ["| x | ≤ 1 | 0.9 | met |", "| y | ≥ 2 | 1 | **missed** |"];
        assert_eq!(targets, expect);
        assert_eq!(text, "| a |\n\nand");
    }
}
