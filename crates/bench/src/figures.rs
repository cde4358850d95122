//! What was measured: medians with their spread, and targets that are met or missed.

use std::fmt;

/// A measurement made several times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// Of at least one value; of none all is 0.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Spread {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
        let last = values.len().saturating_sub(1);
        Spread {
            median: (at(last / 2) + at(values.len() / 2)) / 2.0,
            least: at(0),
            most: at(last),
        }
    }
}

/// The median, and the least and the most in brackets. The precision is the decimals'.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(2);
        let Spread {
            median,
            least,
            most,
        } = self;
        write!(
            f,
            "{median:.decimals$} ({least:.decimals$} to {most:.decimals$})"
        )
    }
}

/// The value below which that part of them lies; 0 of none. Sorts them.
pub fn percentile(values: &mut [u32], part: f64) -> u32 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1) as f64;
    values
        .get((last * part).round() as usize)
        .copied()
        .unwrap_or(0)
}

/// What was aimed at, and what came of it.
#[derive(Clone, Debug)]
pub struct Target {
    /// What is measured.
    pub what: String,
    /// The mark.
    pub aimed: String,
    /// The measurement.
    pub measured: String,
    /// Whether the mark is reached.
    pub is_met: bool,
}

impl Target {
    /// At least so much, by the median.
    #[must_use]
    pub fn at_least(what: impl Into<String>, mark: f64, measured: Spread) -> Target {
        Target {
            what: what.into(),
            aimed: format!("≥ {mark}"),
            measured: measured.to_string(),
            is_met: measured.median >= mark,
        }
    }

    /// At most so much, by the median.
    #[must_use]
    pub fn at_most(what: impl Into<String>, mark: f64, unit: &str, measured: Spread) -> Target {
        let decimals = if mark < 10.0 { 2 } else { 1 };
        Target {
            what: what.into(),
            aimed: format!("≤ {mark}{unit}"),
            measured: format!("{measured:.decimals$}{unit}"),
            is_met: measured.median <= mark,
        }
    }
}

/// A line that `cargo xtask bench` collects.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Target {
            what,
            aimed,
            measured,
            is_met,
        } = self;
        let met = if *is_met { "met" } else { "missed" };
        write!(f, "target: {what} | {aimed} | {measured} | {met}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let spread = |values: &[f64]| Spread::of(values.to_vec()).to_string();
        assert_eq!(spread(&[3.0, 1.0, 2.0]), "2.00 (1.00 to 3.00)");
        assert_eq!(spread(&[4.0, 1.0]), "2.50 (1.00 to 4.00)");
        assert_eq!(spread(&[]), "0.00 (0.00 to 0.00)");
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut values: Vec<u32> = (0..=100).rev().collect();
        assert_eq!(percentile(&mut values, 0.99), 99);
        assert_eq!(percentile(&mut [], 0.5), 0);
    }

    #[test]
    fn a_target_is_one_line_that_says_whether_it_is_met() {
        let target = Target::at_most("CPU", 1.15, "", Spread::of(vec![1.2]));
        assert_eq!(
            target.to_string(),
            "target: CPU | ≤ 1.15 | 1.20 (1.20 to 1.20) | missed"
        );
    }
}
