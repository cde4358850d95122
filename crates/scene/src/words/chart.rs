//! The words of the level chart.

use super::{number, plural};
use crate::Lang;

/// "+20", "−64", or both.
pub(crate) fn change(came: u64, taken: u64) -> String {
    match (came, taken) {
        (came, 0) => format!("+{}", number(came)),
        (0, taken) => format!("−{}", number(taken)),
        (came, taken) => format!("+{} −{}", number(came), number(taken)),
    }
}

/// On two lines.
pub(crate) fn receive_buffer(lang: Lang) -> [&'static str; 2] {
    match lang {
        Lang::En => ["receive", "buffer"],
        Lang::Zh => ["接收", "缓冲区"],
    }
}

/// "1 204 records lost".
pub(crate) fn lost(records: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} lost", plural(records, "record", "records")),
        Lang::Zh => format!("丢了 {} 条", number(records)),
    }
}

/// How long something takes, with the unit that leaves one to three digits before the point.
pub(crate) fn duration(nanos: u64) -> String {
    const UNITS: [(f64, &str); 5] = [
        (1e3, "µs"),
        (1e6, "ms"),
        (1e9, "s"),
        (6e10, "min"),
        (3.6e12, "h"),
    ];
    let value = nanos as f64;
    // The largest unit of which it would not be rounded to less than one.
    let (size, unit) = UNITS
        .into_iter()
        .rev()
        .find(|(size, _)| value >= size * 0.9995)
        .unwrap_or((1.0, "ns"));
    let value = value / size;
    if value < 9.95 && size > 1.0 {
        format!("{value:.1}\u{a0}{unit}")
    } else {
        format!("{value:.0}\u{a0}{unit}")
    }
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
