//! The bad road: loses and reorders our own client's datagrams before they are sent, where that was
//! switched on. Made here, and said so; the network between is loopback.
//!
//! A datagram's fate depends on the seed and its number only. Knows nothing of sockets.

use protocol::Road;

/// A datagram that waits to be overtaken.
#[derive(Debug)]
pub struct Parcel {
    /// Its number.
    pub number: u64,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What becomes of a datagram.
#[derive(Debug, Default)]
pub struct Fate {
    /// These go now, in this order.
    pub go: Vec<Parcel>,
    /// This one never goes.
    pub lost: Option<u64>,
}

/// The road of one client.
#[derive(Debug, Default)]
pub struct Way {
    /// At most one at a time: it goes behind the next one that goes.
    held_back: Option<Parcel>,
}

impl Way {
    /// The client hands a datagram over; `is_last`: none follows soon that could overtake it.
    pub fn take(&mut self, road: Road, parcel: Parcel, is_last: bool) -> Fate {
        if chance(road.seed, parcel.number, 0) < road.lose_percent {
            let lost = Some(parcel.number);
            let go = match is_last {
                true => self.held_back.take().into_iter().collect(),
                false => Vec::new(),
            };
            return Fate { go, lost };
        }
        let is_overtaken = chance(road.seed, parcel.number, 1) < road.reorder_percent;
        if is_overtaken && !is_last && self.held_back.is_none() {
            self.held_back = Some(parcel);
            return Fate::default();
        }
        let go = [Some(parcel), self.held_back.take()];
        Fate {
            go: go.into_iter().flatten().collect(),
            lost: None,
        }
    }
}

/// 0 to 99, evenly spread (splitmix64).
fn chance(seed: u32, number: u64, what: u64) -> u8 {
    let mut z = (u64::from(seed) << 32)
        .wrapping_add(number.wrapping_mul(2))
        .wrapping_add(what)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) % 100) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drive(road: Road, count: u64) -> (Vec<u64>, Vec<u64>) {
        let mut way = Way::default();
        let (mut gone, mut lost) = (Vec::new(), Vec::new());
        for number in 0..count {
            let bytes = Vec::new();
            let fate = way.take(road, Parcel { number, bytes }, number + 1 == count);
            gone.extend(fate.go.iter().map(|parcel| parcel.number));
            lost.extend(fate.lost);
        }
        (gone, lost)
    }

    proptest! {
        #[test]
        fn each_datagram_goes_once_or_is_lost(
            lose_percent in 0_u8..=100, reorder_percent in 0_u8..=100, seed: u32, count in 0_u64..300,
        ) {
            let road = Road { lose_percent, reorder_percent, seed };
            let (gone, lost) = drive(road, count);
            let mut all = [gone, lost].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_good_road_changes_nothing() {
        assert_eq!(drive(Road::default(), 100), ((0..100).collect(), vec![]));
    }

    #[test]
    fn a_bad_one_does_what_it_says_about_as_often() {
        let road = Road {
            lose_percent: 20,
            reorder_percent: 30,
            seed: 1,
        };
        let (gone, lost) = drive(road, 10_000);
        assert!((1_800..2_200).contains(&lost.len()), "{}", lost.len());
        let overtaken = gone.windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert!((1_500..2_600).contains(&overtaken), "{overtaken}");
        assert_eq!(drive(road, 10_000), (gone, lost), "the same again");
    }
}
