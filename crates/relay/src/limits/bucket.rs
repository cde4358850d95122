//! A token bucket: how much of something may be done now, if so much a second may be.
//!
//! Time is handed in: it knows no clock.

/// Never lends for the future, but lets what is begun be finished: the balance may fall below 0, and
/// then nothing may be done until it is made up for. So in any time of `t` seconds at most
/// `a_second` × `t` is begun, beside what was saved and one piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    a_second: u64,
    /// The most that is saved up.
    holds: u64,
    /// In billionths: what a nanosecond brings is a whole number of them.
    balance: i128,
    at_nanos: u64,
}

const BILLION: i128 = 1_000_000_000;

impl Bucket {
    /// Full, with what `holds_nanos` bring at that rate, and at least one.
    #[must_use]
    pub fn new(a_second: u64, holds_nanos: u64, now_nanos: u64) -> Bucket {
        let holds = u128::from(a_second) * u128::from(holds_nanos) / 1_000_000_000;
        let holds = u64::try_from(holds).unwrap_or(u64::MAX).max(1);
        Bucket {
            a_second,
            holds,
            balance: i128::from(holds) * BILLION,
            at_nanos: now_nanos,
        }
    }

    /// The rate.
    #[must_use]
    pub fn a_second(&self) -> u64 {
        self.a_second
    }

    /// None: now. Otherwise when something may be done again.
    #[must_use]
    pub fn opens_at_nanos(&mut self, now_nanos: u64) -> Option<u64> {
        self.fill(now_nanos);
        if self.balance >= BILLION {
            return None;
        }
        let lacks = BILLION.saturating_sub(self.balance);
        let rate = i128::from(self.a_second).max(1);
        let nanos = lacks.saturating_add(rate - 1) / rate;
        Some(
            self.at_nanos
                .saturating_add(u64::try_from(nanos).unwrap_or(u64::MAX)),
        )
    }

    /// So much was done.
    pub fn take(&mut self, amount: u64) {
        self.balance = self.balance.saturating_sub(i128::from(amount) * BILLION);
    }

    fn fill(&mut self, now_nanos: u64) {
        let passed = now_nanos.saturating_sub(self.at_nanos);
        self.at_nanos = self.at_nanos.max(now_nanos);
        let brought = i128::from(passed).saturating_mul(i128::from(self.a_second));
        self.balance = (self.balance.saturating_add(brought)).min(i128::from(self.holds) * BILLION);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whoever works whenever it may keeps the rate, and is let in at the moment that was told.
        #[test]
        fn the_rate_is_kept(
            a_second in 1..10_000_000_u64,
            holds_nanos in 0..2_000_000_000_u64,
            works in proptest::collection::vec((1..100_000_u64, 0..50_000_000_u64), 1..200),
        ) {
            let mut bucket = Bucket::new(a_second, holds_nanos, 0);
            let (mut now, mut done, mut last) = (0, 0_u128, 0);
            for (amount, pause) in works {
                now += pause;
                if let Some(opens) = bucket.opens_at_nanos(now) {
                    prop_assert!(opens > now);
                    now = opens;
                }
                prop_assert_eq!(bucket.opens_at_nanos(now), None);
                bucket.take(amount);
                done += u128::from(amount);
                last = amount;
                let allowed = u128::from(a_second) * u128::from(now) / 1_000_000_000;
                prop_assert!(done <= allowed + u128::from(bucket.holds) + u128::from(last));
            }
            prop_assert!(last > 0);
        }

        /// Clocks that go back or jump far do no harm.
        #[test]
        fn any_clock_does_no_harm(
            a_second: u64,
            nows in proptest::collection::vec((any::<u64>(), any::<u64>()), 1..50),
        ) {
            let mut bucket = Bucket::new(a_second, 1_000_000_000, 0);
            for (now, amount) in nows {
                let _ = bucket.opens_at_nanos(now);
                bucket.take(amount);
            }
        }
    }
}
