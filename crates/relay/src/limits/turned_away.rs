//! Who was turned away is told: the first one at once, further ones gathered for a second, so that
//! a flood of them is not a flood of records.
//!
//! Knows nothing of why.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

const GATHERED_FOR: Duration = Duration::from_secs(1);
/// After so long without any, the log is told again.
const QUIET: Duration = Duration::from_secs(60);

/// Those that were not told yet.
#[derive(Debug, Default)]
pub struct TurnedAway {
    count: u32,
    told_at: Option<Instant>,
}

impl TurnedAway {
    /// One more.
    pub fn count(&mut self) {
        self.count = self.count.saturating_add(1);
    }

    /// How many are to be told now, and whether they are the first for long. None: none, or not yet.
    pub fn take(&mut self) -> Option<(u32, bool)> {
        let now = Instant::now();
        let is_due = self.told_at.is_none_or(|at| now >= at + GATHERED_FOR);
        if self.count == 0 || !is_due {
            return None;
        }
        let is_new = self.told_at.is_none_or(|at| now >= at + QUIET);
        self.told_at = Some(now);
        Some((std::mem::take(&mut self.count), is_new))
    }

    /// Returns when some are to be told.
    pub async fn due(&self) {
        match self.told_at {
            Some(at) if self.count > 0 => sleep_until(at + GATHERED_FOR).await,
            _ => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_is_told_at_once_and_none_is_lost() {
        let mut away = TurnedAway::default();
        assert_eq!(away.take(), None);
        away.count();
        assert_eq!(away.take(), Some((1, true)));
        for _ in 0..700 {
            away.count();
        }
        assert_eq!(away.take(), None, "not yet");
        away.due().await;
        assert_eq!(away.take(), Some((700, false)));
        assert_eq!(away.take(), None);
    }
}
