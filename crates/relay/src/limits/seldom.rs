//! A line of the log for what others can bring about: at most once a minute, so that they cannot
//! flood it.
//!
//! Knows nothing of what it says.

use std::{
    fmt,
    time::{Duration, Instant},
};

const AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// When such a line was written, and how often there was cause for it since.
#[derive(Debug, Default)]
pub struct Seldom {
    written_at: Option<Instant>,
    untold: u64,
}

/// How often there was cause for the line; behind its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times(u64);

impl Seldom {
    /// There is cause for the line. None: it is not to be written now.
    pub fn due(&mut self) -> Option<Times> {
        self.due_at(Instant::now())
    }

    fn due_at(&mut self, now: Instant) -> Option<Times> {
        self.untold = self.untold.saturating_add(1);
        let is_recent = |at: Instant| now < at + AT_MOST_EVERY;
        if self.written_at.is_some_and(is_recent) {
            return None;
        }
        self.written_at = Some(now);
        Some(Times(std::mem::take(&mut self.untold)))
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ..=1 => Ok(()),
            times => write!(f, " ({times} times since this was said last)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_said_at_once_and_then_how_many_there_were() {
        let (mut line, begins) = (Seldom::default(), Instant::now());
        let mut said = |at| line.due_at(at).map(|times| times.to_string());
        assert_eq!(said(begins), Some(String::new()));
        for _ in 0..700 {
            assert_eq!(said(begins + AT_MOST_EVERY / 2), None);
        }
        let all = " (701 times since this was said last)";
        assert_eq!(said(begins + AT_MOST_EVERY), Some(all.into()));
        assert_eq!(said(begins + AT_MOST_EVERY), None);
    }
}
