//! Numbers that look random and are the same ones each time: xorshift64*, by George Marsaglia and
//! Sebastiano Vigna.

#[derive(Debug)]
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Seeded {
        // All zeroes would stay all zeroes; small seeds would begin with small numbers.
        Seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 1 to `most`.
    pub fn up_to(&mut self, most: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        // The high half of a product: a number below `most`.
        ((high * u64::from(most)) >> 32) as u32 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_within_bounds() {
        let draw = |seed, most| {
            let mut seeded = Seeded::new(seed);
            (0..1000).map(|_| seeded.up_to(most)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, 100), draw(7, 100));
        assert_ne!(draw(7, 100), draw(8, 100));
        for most in [1, 2, 100, u32::MAX] {
            assert!(draw(0, most).iter().all(|n| (1..=most).contains(n)));
        }
    }
}
