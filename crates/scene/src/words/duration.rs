//! How long something takes, in words.

/// With the unit that leaves one to three digits before the point, and a tenth below ten.
#[must_use]
pub fn duration(nanos: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "µs"),
    ];
    // The largest unit of which it would not be rounded to less than one.
    let fits = |size: u64| u128::from(nanos) * 2_000 >= u128::from(size) * 1_999;
    let Some((size, unit)) = UNITS.into_iter().find(|&(size, _)| fits(size)) else {
        return format!("{nanos}\u{a0}ns");
    };
    let tenths = rounded(u128::from(nanos) * 10, size);
    let value = if tenths < 100 {
        point(tenths)
    } else {
        rounded(nanos.into(), size).to_string()
    };
    format!("{value}\u{a0}{unit}")
}

/// Seconds with a tenth, without the unit: 2.4.
#[must_use]
pub fn tenths_of_seconds(nanos: u64) -> String {
    point(rounded(u128::from(nanos) * 10, 1_000_000_000))
}

/// Milliseconds with a tenth, without the unit.
pub(crate) fn tenths_of_millis(nanos: u64) -> String {
    point(rounded(u128::from(nanos) * 10, 1_000_000))
}

fn rounded(value: u128, size: u64) -> u64 {
    let size = u128::from(size);
    u64::try_from((value + size / 2) / size).unwrap_or(u64::MAX)
}

fn point(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_have_a_unit_that_fits() {
        let check = |nanos, expect: &str| assert_eq!(duration(nanos), expect);
        check(0, "0\u{a0}ns");
        check(38_400, "38\u{a0}µs");
        check(999_600, "1.0\u{a0}ms");
        check(2_400_000_000, "2.4\u{a0}s");
        check(45_000_000_000, "45\u{a0}s");
        check(90_000_000_000, "1.5\u{a0}min");
        check(7_200_000_000_000, "2.0\u{a0}h");
    }
}
