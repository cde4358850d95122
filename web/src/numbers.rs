//! Numbers as people read them. Knows nothing of what they count.

/// A count: from 10,000 on in groups of three, parted by a narrow space that does not break.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A moment of the run, to the microsecond: `12.004 118`.
pub fn clock(at_nanos: u64) -> String {
    let micros = at_nanos / 1_000;
    let (seconds, millis) = (micros / 1_000_000, micros / 1_000 % 1_000);
    format!("{seconds}.{millis:03}\u{202f}{:03}", micros % 1_000)
}

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
    fn counts_are_grouped_from_five_digits() {
        let check = |number, expect: &str| assert_eq!(count(number), expect);
        check(0, "0");
        check(1024, "1024");
        check(65_536, "65\u{202f}536");
        check(209_715_200, "209\u{202f}715\u{202f}200");
    }

    #[test]
    fn times_have_a_unit_that_fits() {
        let check = |nanos, expect: &str| assert_eq!(duration(nanos), expect);
        check(0, "0\u{a0}ns");
        check(38_400, "38\u{a0}µs");
        check(999_600, "1.0\u{a0}ms");
        check(2_400_000_000, "2.4\u{a0}s");
        check(75_000_000_000, "75\u{a0}s");
        assert_eq!(clock(12_004_118_999), "12.004\u{202f}118");
    }
}
