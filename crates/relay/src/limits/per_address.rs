//! How many there are from each address, and that they are not more than may be.
//!
//! Knows nothing of what they are.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts by address. A clone is the same. Loopback is not counted: behind it may be a whole class,
/// by an ssh tunnel, and whoever is on this machine can do worse things.
#[derive(Clone, Debug)]
pub struct PerAddress {
    most: u32,
    /// Who is there; nobody stands here with 0.
    present: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// Somebody counts as long as this lives.
#[derive(Debug)]
pub struct Place {
    /// None: not counted.
    counted: Option<(PerAddress, IpAddr)>,
}

impl PerAddress {
    /// Nobody is there.
    #[must_use]
    pub fn new(most: u32) -> PerAddress {
        PerAddress {
            most,
            present: Arc::default(),
        }
    }

    /// The most from one address.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.most
    }

    /// None: there are enough from there.
    #[must_use]
    pub fn enter(&self, from: IpAddr) -> Option<Place> {
        // An IPv4 peer of an IPv6 socket is the same host. Whole networks are not counted as one: in a
        // hall everybody's IPv6 address begins with the same 64 bits.
        let from = from.to_canonical();
        if from.is_loopback() {
            return Some(Place { counted: None });
        }
        let mut present = self.present();
        let count = present.get(&from).copied().unwrap_or(0);
        if count >= self.most {
            return None;
        }
        present.insert(from, count + 1);
        Some(Place {
            counted: Some((self.clone(), from)),
        })
    }

    fn present(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        // Nothing in there can panic half-way through a change.
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((of, from)) = &self.counted else {
            return;
        };
        let mut present = of.present();
        match present.get_mut(from) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                present.remove(from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever comes and goes, in whatever order: never more than may be, and nothing is left.
        #[test]
        fn counts_hold_and_go_back_to_nothing(
            most in 0..5_u32,
            moves in proptest::collection::vec((0..4_u8, any::<bool>(), any::<usize>()), 0..300),
        ) {
            let all = PerAddress::new(most);
            let mut inside: Vec<(u8, Place)> = Vec::new();
            for (host, comes, which) in moves {
                if comes {
                    let before = inside.iter().filter(|(of, _)| *of == host).count();
                    let entered = all.enter([192, 0, 2, host].into());
                    prop_assert_eq!(entered.is_some(), before < most as usize);
                    inside.extend(entered.map(|place| (host, place)));
                } else if !inside.is_empty() {
                    let which = which % inside.len();
                    inside.swap_remove(which);
                }
            }
            drop(inside);
            prop_assert!(all.present().is_empty());
        }
    }

    #[test]
    fn an_ipv4_host_is_one_and_loopback_is_not_counted() {
        let all = PerAddress::new(1);
        let at = |text: &str| all.enter(text.parse().unwrap());
        let first = at("2001:db8::1");
        assert!(first.is_some() && at("2001:db8::1").is_none());
        let neighbour = at("2001:db8::2");
        assert!(neighbour.is_some());
        let mapped = at("::ffff:192.0.2.1");
        assert!(mapped.is_some() && at("192.0.2.1").is_none());
        let here: Vec<_> = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
            .into_iter()
            .cycle()
            .take(1000)
            .map(at)
            .collect();
        assert!(here.iter().all(Option::is_some));
    }
}
