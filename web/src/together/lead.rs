//! Who leads: of all windows of lecturers the one that was touched last. Knows no clock, and nothing of
//! where anybody is led.

use protocol::Moment;

/// What this window has heard of the others.
#[derive(Clone, Copy, Debug)]
pub struct Lead {
    /// By which it knows what it has told itself: the relay tells everybody, and may hold an old
    /// socket of this window.
    me: u64,
    /// Where another one is, and when that was heard.
    other: Option<(Moment, f64)>,
    /// This one was touched since then.
    is_touched: bool,
}

impl Lead {
    /// Nobody leads yet. `me` is a number that no other window has.
    pub fn new(me: u64) -> Lead {
        Lead {
            me,
            other: None,
            is_touched: false,
        }
    }

    /// By which this window's moments are known.
    pub fn me(&self) -> u64 {
        self.me
    }

    /// The relay tells where a lecturer is; None: no lecturer tells any more.
    pub fn hear(&mut self, moment: Option<Moment>, now_millis: f64) {
        let other = moment.filter(|moment| moment.by != self.me);
        self.other = other.map(|moment| (moment, now_millis));
        self.is_touched = false;
    }

    /// A person does something with this window: if it is a lecturer's, it leads.
    pub fn touch(&mut self) {
        self.is_touched = true;
    }

    /// Where the other one is that was touched last, and when that was heard.
    pub fn other(&self) -> Option<(Moment, f64)> {
        self.other
    }

    /// Another one leads.
    pub fn is_led(&self) -> bool {
        self.other.is_some() && !self.is_touched
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Pace, Picture, Run};

    use super::*;

    fn moment(by: u64) -> Option<Moment> {
        Some(Moment {
            by,
            run: Run(1),
            at: None,
            is_paused: false,
            pace: Pace::Paced,
            picture: Picture::Belt,
            focus: None,
        })
    }

    #[test]
    fn who_comes_back_is_not_led_by_its_own_old_socket() {
        let mut lead = Lead::new(1);
        lead.hear(moment(1), 0.0);
        assert!(!lead.is_led());
        assert_eq!(lead.other(), None);
    }

    #[test]
    fn the_last_one_touched_leads_and_its_end_frees_the_others() {
        let mut lead = Lead::new(1);
        assert!(!lead.is_led());
        lead.hear(moment(2), 0.0);
        assert!(lead.is_led());
        lead.touch();
        assert!(!lead.is_led());
        // What the other one told at the same time was heard before this one's.
        lead.hear(moment(2), 1.0);
        lead.hear(moment(1), 2.0);
        assert!(!lead.is_led());
        lead.hear(moment(2), 3.0);
        assert!(lead.is_led());
        lead.hear(None, 4.0);
        assert!(!lead.is_led());
    }
}
