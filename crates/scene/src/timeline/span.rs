//! Which part of the show the bar spans, and how a person moves it. Knows nothing of what
//! happened then.

use model::Show;

/// A part of the show. `from` is before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The moment at the left end.
    pub from: Show,
    /// The moment at the right end.
    pub to: Show,
}

impl Span {
    /// Nobody looks closer than this: the shortest movements take as long.
    pub const LEAST: Show = Show::from_millis(200);
    /// A show that has just begun has room to grow.
    const FIRST: u64 = 10_000_000_000;

    /// All of a show. Its length goes in steps, so that a show that grows does not make the
    /// picture creep.
    #[must_use]
    pub fn all(start: Show, end: Show) -> Span {
        let long = (end - start).0;
        let mut unit = Self::FIRST;
        let length = loop {
            let parts = [10, 15, 20, 30, 40, 60, 80];
            let fitting = parts.map(|part| unit / 10 * part);
            match fitting.into_iter().find(|&length| length >= long) {
                Some(length) => break length,
                None if unit > u64::MAX / 100 => break long,
                None => unit *= 10,
            }
        };
        Span {
            from: start,
            to: start + Show(length.max(1)),
        }
    }

    /// All of a show that grows no more.
    #[must_use]
    pub fn whole(start: Show, end: Show) -> Span {
        Span {
            from: start,
            to: end.max(start + Self::LEAST),
        }
    }

    /// How long it is.
    #[must_use]
    pub fn length(self) -> Show {
        self.to - self.from
    }

    /// Where a moment is: 0 at the left end, 1 at the right one, beyond them outside.
    #[must_use]
    pub fn part_of(self, show: Show) -> f64 {
        (show.0 as f64 - self.from.0 as f64) / (self.length().0 as f64).max(1.0)
    }

    /// The moment at a part of it, wherever that is.
    #[must_use]
    pub fn show_at(self, part: f64) -> Show {
        let part = if part.is_finite() { part } else { 0.0 };
        Show((self.from.0 as f64 + part * self.length().0 as f64).max(0.0) as u64)
    }

    /// So many times as long, around a moment that stays where it is, within `all`.
    #[must_use]
    pub fn zoomed(self, times: f64, around: Show, all: Span) -> Span {
        let least = (Self::LEAST.0 as f64).min(all.length().0 as f64);
        let length = (self.length().0 as f64 * times)
            .max(least)
            .min(all.length().0 as f64);
        let part = self.part_of(around).clamp(0.0, 1.0);
        let from = (around.0 as f64 - part * length).max(0.0);
        Span {
            from: Show(from as u64),
            to: Show((from + length) as u64),
        }
        .within(all)
    }

    /// Moved by a part of its length, within `all`.
    #[must_use]
    pub fn panned(self, by: f64, all: Span) -> Span {
        let length = self.length();
        let from = self.show_at(by);
        Span {
            from,
            to: from + length,
        }
        .within(all)
    }

    /// Moved as little as brings it into `all`; `all` if it is longer.
    #[must_use]
    pub fn within(self, all: Span) -> Span {
        let length = self.length().max(Show(1));
        if length >= all.length() {
            return all;
        }
        let from = self.from.clamp(all.from, all.to - length);
        Span {
            from,
            to: from + length,
        }
    }

    /// Turned over like a page, if the moment is not on it.
    #[must_use]
    pub fn showing(self, show: Show, all: Span) -> Span {
        let part = self.part_of(show);
        if (0.0..=1.0).contains(&part) {
            return self.within(all);
        }
        // A little of what was before stays in view.
        self.panned(part - 0.1, all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(from: u64, to: u64) -> Span {
        Span {
            from: Show::from_millis(from * 1_000),
            to: Show::from_millis(to * 1_000),
        }
    }

    #[test]
    fn all_of_a_show_grows_in_steps() {
        let check = |start: u64, end: u64, to: u64| {
            let (start, end) = (seconds(start, end).from, seconds(start, end).to);
            assert_eq!(
                Span::all(start, end).to,
                seconds(0, to).to,
                "{start:?} {end:?}"
            );
        };
        check(0, 0, 10);
        check(0, 10, 10);
        check(0, 11, 15);
        check(5, 70, 85);
        check(0, 3_600, 4_000);
        let longest = Span::all(Show(0), Show(u64::MAX));
        assert_eq!(longest.to, Show(u64::MAX));
    }

    #[test]
    fn what_is_around_stays_where_it_is() {
        let all = seconds(0, 100);
        let near = all.zoomed(0.5, seconds(0, 30).to, all);
        assert_eq!(near, seconds(15, 65));
        assert!((near.part_of(seconds(0, 30).to) - 0.3).abs() < 1e-9);
        assert_eq!(near.zoomed(9.0, Show(0), all), all);
        assert_eq!(near.zoomed(0.0, Show(0), all).length(), Span::LEAST);
    }

    #[test]
    fn nobody_leaves_the_show() {
        let all = seconds(0, 100);
        assert_eq!(seconds(20, 40).panned(-9.0, all), seconds(0, 20));
        assert_eq!(seconds(20, 40).panned(9.0, all), seconds(80, 100));
        assert_eq!(seconds(20, 40).panned(0.5, all), seconds(30, 50));
        assert_eq!(
            seconds(20, 40).showing(seconds(0, 30).to, all),
            seconds(20, 40)
        );
        assert_eq!(
            seconds(20, 40).showing(seconds(0, 60).to, all),
            seconds(58, 78)
        );
    }
}
