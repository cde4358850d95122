//! What this very process uses of the machine. A question in, numbers out; what the system does not
//! tell without effort is None.

/// Memory, processor and descriptors of this process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Memory in RAM (RSS), bytes.
    pub resident_bytes: Option<u64>,
    /// The most that it ever was (VmHWM), bytes.
    pub resident_peak_bytes: Option<u64>,
    /// Processor time of all threads so far, user and system, seconds.
    pub cpu_seconds: Option<f64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Open descriptors.
    pub descriptors: Option<u64>,
    /// The most that there may be.
    pub descriptors_max: Option<u64>,
}

/// As `proc(5)` tells it.
#[cfg(target_os = "linux")]
pub fn usage() -> Usage {
    use std::fs::{read_dir, read_to_string};
    /// Of `/proc/self/stat`, a second (USER_HZ): 100 on all that Rust's tier 1 and 2 run on.
    const TICKS: f64 = 100.0;
    let number = |text: &str| text.split_whitespace().next()?.parse::<u64>().ok();
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let mut lines = status.lines();
        number(lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?)
    };
    let kibibytes = |name| field(name).map(|kibi| kibi * 1024);
    let stat = read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold anything; behind it come the third field and those after.
    let ticks = stat.rsplit_once(')').and_then(|(_, rest)| {
        let mut fields = rest.split_whitespace().skip(11);
        let user: f64 = fields.next()?.parse().ok()?;
        let system: f64 = fields.next()?.parse().ok()?;
        Some(user + system)
    });
    let limits = read_to_string("/proc/self/limits").unwrap_or_default();
    let descriptors_max = limits
        .lines()
        .find_map(|line| number(line.strip_prefix("Max open files")?));
    Usage {
        resident_bytes: kibibytes("VmRSS"),
        resident_peak_bytes: kibibytes("VmHWM"),
        cpu_seconds: ticks.map(|ticks| ticks / TICKS),
        threads: field("Threads"),
        // One is open only to count them.
        descriptors: read_dir("/proc/self/fd")
            .ok()
            .map(|all| (all.count() as u64).saturating_sub(1)),
        descriptors_max,
    }
}

/// Nothing is told.
#[cfg(not(target_os = "linux"))]
pub fn usage() -> Usage {
    Usage::default()
}
