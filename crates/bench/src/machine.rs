//! The machine on which it is measured. Knows nothing of what is measured.

use std::{fs, thread};

use rustix::process::{Resource, getrlimit, setrlimit};

/// A line that names it: a number without its machine says nothing.
#[must_use]
pub fn line() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let kernel = read("/proc/sys/kernel/osrelease");
    let memory = read("/proc/meminfo");
    let mib = memory
        .split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .map_or(0, |kib| kib >> 10);
    let load = read("/proc/loadavg");
    let load = load
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ");
    format!(
        "{cores} cores ({model}), {mib} MiB, Linux {}; load before: {load}",
        kernel.trim()
    )
}

/// Lets this program have as many descriptors as it may.
pub fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // As it is, a thousand viewers may fail to connect, and that is told.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// What TCP takes of the kernel's memory, bytes (`/proc/net/sockstat`, which counts pages).
#[must_use]
pub fn tcp_memory_bytes() -> u64 {
    let told = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let mut words = told
        .lines()
        .find(|line| line.starts_with("TCP:"))
        .unwrap_or_default()
        .split_whitespace()
        .skip_while(|&word| word != "mem");
    let pages: u64 = words
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * rustix::param::page_size() as u64
}
