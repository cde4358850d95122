//! How large the relay is, second by second, and whether it stays so.

use std::{fmt, fs};

use crate::relay_process::{RelayProcess, http};

/// The samples before this many tell how it fills, not how it stays.
const WARM_UP: usize = 60;
/// Fewer samples behind that say nothing.
const SAMPLES_MIN: usize = 40;
/// What may come and go: a few stalled viewers more or less.
const SLACK_BYTES: u64 = 16 << 20;
const SLACK_DESCRIPTORS: u64 = 64;

/// One moment.
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
    /// Resident, without what the journal holds (which has its own limit).
    pub memory_bytes: u64,
    /// What the journal holds.
    pub held_bytes: u64,
    /// Of TCP in the kernel, for the whole machine.
    pub kernel_bytes: u64,
    /// Open in the relay.
    pub descriptors: u64,
}

impl Gauge {
    pub async fn of(relay: &RelayProcess) -> Gauge {
        let metrics = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let metrics = http(relay.page, metrics).await;
        let held_bytes = number_behind(&metrics, "\nfruitbelt_journal_held_bytes ");
        let proc = |name| format!("/proc/{}/{name}", relay.pid());
        let status = fs::read_to_string(proc("status")).unwrap();
        let resident_bytes = number_behind(&status, "\nVmRSS:") << 10;
        let sockets = fs::read_to_string("/proc/net/sockstat").unwrap();
        let pages = sockets.lines().find(|line| line.starts_with("TCP:"));
        Gauge {
            memory_bytes: resident_bytes.saturating_sub(held_bytes),
            held_bytes,
            kernel_bytes: number_behind(pages.unwrap(), " mem ") * 4096,
            descriptors: fs::read_dir(proc("fd")).unwrap().count() as u64,
        }
    }
}

fn number_behind(text: &str, name: &str) -> u64 {
    let at = text.find(name).unwrap_or_else(|| panic!("no {name:?}"));
    let rest = text[at + name.len()..].trim_start();
    let end = rest.find(|it: char| !it.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().unwrap()
}

/// All of a soak.
#[derive(Default)]
pub struct Gauges(Vec<Gauge>);

impl Gauges {
    pub fn add(&mut self, gauge: Gauge) {
        self.0.push(gauge);
    }

    /// What has grown from the first third behind the warm-up to the last: medians, because who
    /// stalls at one moment is chance.
    pub fn verdict(&self) -> Vec<String> {
        let steady = self.0.get(WARM_UP..).unwrap_or_default();
        if steady.len() < SAMPLES_MIN {
            println!(
                "too short to judge whether it grows: {} samples",
                self.0.len()
            );
            return Vec::new();
        }
        let third = steady.len() / 3;
        let (first, last) = (&steady[..third], &steady[steady.len() - third..]);
        let mut wrong = Vec::new();
        let mut flat = |what: &str, of: fn(&Gauge) -> u64, slack: u64| {
            let (before, after) = (median(first, of), median(last, of));
            println!("{what}: {before} at first, {after} at last (medians)");
            if after > before + slack.max(before / 5) {
                wrong.push(format!("{what} grew from {before} to {after}"));
            }
        };
        flat("memory, bytes", |it| it.memory_bytes, SLACK_BYTES);
        flat("kernel's memory, bytes", |it| it.kernel_bytes, SLACK_BYTES);
        flat("descriptors", |it| it.descriptors, SLACK_DESCRIPTORS);
        wrong
    }
}

fn median(gauges: &[Gauge], of: fn(&Gauge) -> u64) -> u64 {
    let mut values: Vec<u64> = gauges.iter().map(of).collect();
    values.sort_unstable();
    values[values.len() / 2]
}

impl fmt::Display for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let every = (self.0.len() / 20).max(1);
        for (second, gauge) in self.0.iter().enumerate().step_by(every) {
            let Gauge {
                memory_bytes,
                held_bytes,
                kernel_bytes,
                descriptors,
            } = gauge;
            writeln!(
                f,
                "{second:>5} s {:>6} KiB, journal {:>6} KiB, kernel {:>6} KiB, {descriptors:>5} descriptors",
                memory_bytes >> 10,
                held_bytes >> 10,
                kernel_bytes >> 10
            )?;
        }
        Ok(())
    }
}

#[test]
fn growth_is_found_and_noise_is_not() {
    let gauge = |memory_bytes| Gauge {
        memory_bytes,
        held_bytes: 0,
        kernel_bytes: 0,
        descriptors: 10,
    };
    let noisy = (0..200).map(|at| gauge((50 << 20) + if at % 9 == 0 { 40 << 20 } else { 0 }));
    assert!(Gauges(noisy.collect()).verdict().is_empty());
    let leaks = (0..200).map(|at| gauge((50 << 20) + (at << 18)));
    assert_eq!(Gauges(leaks.collect()).verdict().len(), 1);
}
