//! A timer that is set again and again, mostly to a later time: that costs nothing then.
//!
//! A busy socket sets it at each round trip, and it goes off some sixty times a second.

use std::{future, pin::Pin};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer for one task.
#[derive(Debug)]
pub struct Alarm(Pin<Box<Sleep>>);

impl Alarm {
    /// Not set.
    pub fn new() -> Alarm {
        Alarm(Box::pin(sleep_until(Instant::now())))
    }

    /// Returns at that time, or never. Dropped before, it can be waited for anew.
    pub async fn at(&mut self, due: Option<Instant>) {
        let Some(due) = due else {
            return future::pending().await;
        };
        if self.0.deadline() > due {
            self.0.as_mut().reset(due);
        }
        loop {
            self.0.as_mut().await;
            // What was set for earlier went off earlier, and is set anew only now.
            if self.0.deadline() >= due {
                return;
            }
            self.0.as_mut().reset(due);
        }
    }
}
