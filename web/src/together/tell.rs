//! When the lecturer's page tells where it is: at most four times a second, and the last moment always.
//! Knows no clock, and nothing of who is told.

use protocol::Moment;

/// What was told last.
#[derive(Default)]
pub struct Teller {
    told: Option<Told>,
}

struct Told {
    moment: Moment,
    at_millis: f64,
    touches: u32,
}

impl Teller {
    /// Not more often.
    const EVERY_MILLIS: f64 = 250.0;
    /// Two pages that play the same show drift apart: so often they are brought together.
    const AGAIN_MILLIS: f64 = 2_000.0;

    /// Nothing was told: to a relay that has just been joined.
    pub fn forget(&mut self) {
        self.told = None;
    }

    /// Whether it is to be told that the page is at `moment` now. `touches` counts what a person did
    /// to it: while it plays, it is elsewhere each time it is looked at.
    pub fn is_due(&self, moment: &Moment, touches: u32, now_millis: f64) -> bool {
        let Some(told) = &self.told else {
            return true;
        };
        let since = now_millis - told.at_millis;
        let is_same_but_for_time = told.moment
            == Moment {
                at: told.moment.at,
                ..*moment
            };
        let plays_on = !moment.is_paused && moment.at.is_some() && told.moment.at.is_some();
        let is_there = if plays_on {
            told.touches == touches && since < Self::AGAIN_MILLIS
        } else {
            told.moment.at == moment.at
        };
        since >= Self::EVERY_MILLIS && !(is_same_but_for_time && is_there)
    }

    /// It was told.
    pub fn told(&mut self, moment: Moment, touches: u32, now_millis: f64) {
        self.told = Some(Told {
            moment,
            at_millis: now_millis,
            touches,
        });
    }
}

#[cfg(test)]
mod tests {
    use protocol::{At, Pace, Picture, Run, Seq};

    use super::*;

    fn at(seq: u64) -> Moment {
        Moment {
            by: 1,
            run: Run(1),
            at: Some(At {
                seq: Seq(seq),
                millis_after: 0,
            }),
            is_paused: true,
            pace: Pace::Paced,
            picture: Picture::Belt,
            focus: None,
        }
    }

    /// Looks each 100 ms, and tells what is due: how often.
    fn looked(moments: &[Moment], touches: impl Fn(usize) -> u32) -> Vec<(usize, Moment)> {
        let mut teller = Teller::default();
        let mut told = Vec::new();
        for (index, &moment) in moments.iter().enumerate() {
            let now = 100.0 * index as f64;
            if teller.is_due(&moment, touches(index), now) {
                teller.told(moment, touches(index), now);
                told.push((index, moment));
            }
        }
        told
    }

    #[test]
    fn a_long_drag_is_told_four_times_a_second_and_its_end_always() {
        let mut moments: Vec<_> = (0..20).map(at).collect();
        moments.extend([at(99); 20]);
        let told = looked(&moments, |index| index as u32);
        assert!(
            told.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 3),
            "{told:?}"
        );
        assert_eq!(told.last().map(|it| it.1), Some(at(99)));
        assert!(told.len() <= 9, "{told:?}");
    }

    #[test]
    fn what_plays_is_told_now_and_then_and_what_stands_once() {
        let plays = |seq| Moment {
            is_paused: false,
            ..at(seq)
        };
        let live = Moment {
            at: None,
            ..plays(0)
        };
        assert_eq!(looked(&[at(7); 100], |_| 0).len(), 1);
        assert_eq!(looked(&[live; 100], |_| 0).len(), 1);
        let playing: Vec<_> = (0..100).map(plays).collect();
        assert_eq!(looked(&playing, |_| 0).len(), 5);
        // A person seeks while it plays.
        let told = looked(&playing, |index| u32::from(index >= 50));
        assert!(told.iter().any(|it| it.0 == 50), "{told:?}");
    }
}
