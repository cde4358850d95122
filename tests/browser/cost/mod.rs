//! What the page costs, in a real browser: measurements, not tests. `cargo xtask bench page` runs
//! them with the page and the relay that everybody has, and shows what they report.
//!
//! A report is Markdown, with a line that begins with `target:` for each thing aimed at: see
//! `crates/xtask/src/bench`. Nothing here fails because a number is large.

mod frames;
mod latency;
mod usable;

use std::env;
use std::fs::OpenOptions;
use std::io::Write;

use anyhow::Result;

use super::probe::quantile;

/// How much is measured.
struct Plan {
    /// How often each thing.
    runs: usize,
    /// For a glance: a part of what is seen in each run.
    is_quick: bool,
}

impl Plan {
    /// `cargo xtask bench` says it.
    fn given() -> Self {
        let is_quick = env::var_os("FRUITBELT_QUICK").is_some();
        let runs = if is_quick { 2 } else { 5 };
        Self { runs, is_quick }
    }
}

/// Adds to the report that `cargo xtask bench` reads, and shows it.
pub fn report(markdown: &str) -> Result<()> {
    println!("{markdown}");
    if let Some(file) = env::var_os("FRUITBELT_REPORT") {
        let mut file = OpenOptions::new().append(true).create(true).open(file)?;
        writeln!(file, "{markdown}")?;
    }
    Ok(())
}

/// What was aimed at, and what each run came to: the median counts.
fn target(what: &str, millis_max: f64, runs: &[f64]) -> Result<()> {
    let met = quantile(runs.iter().copied(), 0.5) <= millis_max;
    let met = if met { "met" } else { "missed" };
    report(&format!(
        "target: {what} | ≤ {millis_max} ms | {} ms | {met}",
        spread(runs)
    ))
}

/// The median, with the least and the most.
fn spread(runs: &[f64]) -> String {
    let [least, median, most] = [0.0, 0.5, 1.0].map(|part| quantile(runs.iter().copied(), part));
    format!("{median:.1} ({least:.1} to {most:.1})")
}
