//! Work in named steps: a heading for each, the time that it took, and a table at the end. Knows
//! nothing of what a step does.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The steps done so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Does one step under its heading. An error says which step it ended.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        self.done.push((name, took));
        let end = if result.is_ok() { "done" } else { "FAILED" };
        println!("==> {name}: {end} after {}", clock(took));
        result.with_context(|| format!("{name} failed"))
    }

    /// A line for each step, and the sum.
    pub fn table(&self) -> String {
        let sum = self.done.iter().map(|(_, took)| *took).sum();
        let rows = self.done.iter().copied().chain([("total", sum)]);
        rows.map(|(name, took)| format!("{name:<24}{:>8}\n", clock(took)))
            .collect()
    }
}

fn clock(took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_adds_up() {
        let steps = Steps {
            done: vec![
                ("clippy", Duration::from_secs(61)),
                ("page", Duration::from_secs(9)),
            ],
        };
        let expect = ["clippy  1:01", "page  0:09", "total  1:10"];
        let table = steps.table();
        let lines = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join("  "));
        assert_eq!(lines.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn a_failure_names_its_step() {
        let error = Steps::default()
            .step("clippy", || -> Result<()> { anyhow::bail!("a warning") })
            .unwrap_err();
        assert_eq!(format!("{error:#}"), "clippy failed: a warning");
    }
}
