//! Durations as people read them. Knows nothing of what lasts.

/// How long something takes, with the unit that leaves one to three digits before the point.
pub fn duration(nanos: u64) -> String {
    let value = nanos as f64;
    let (value, unit) = if nanos < 1_000 {
        return format!("{nanos}\u{a0}ns");
    } else if value < 999_500.0 {
        (value / 1e3, "µs")
    } else if value < 999_500_000.0 {
        (value / 1e6, "ms")
    } else {
        (value / 1e9, "s")
    };
    if value < 9.95 {
        format!("{value:.1}\u{a0}{unit}")
    } else {
        format!("{value:.0}\u{a0}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_that_fits() {
        let check = |nanos, expect: &str| assert_eq!(duration(nanos), expect);
        check(0, "0\u{a0}ns");
        check(38_400, "38\u{a0}µs");
        check(999_600, "1.0\u{a0}ms");
        check(2_400_000_000, "2.4\u{a0}s");
        check(75_000_000_000, "75\u{a0}s");
    }
}
