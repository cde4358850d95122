//! A panic is a defect of this program, and may cost the one task in which it happens: it is told as
//! that connection's end, and nobody else's.
//!
//! Knows nothing of what the tasks do.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use protocol::{Event, Limited, LimitedBy};

use crate::{journal::Journal, registry::Seat, socket::Socket};

/// None: it has panicked, which is told in the log. What it shares with others must bear that: our
/// locks are never held over a change that a panic could leave half done.
pub async fn alone<T>(whose: impl FnOnce() -> String, work: impl Future<Output = T>) -> Option<T> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => Some(done),
        Err(panic) => {
            tracing::error!(
                "a defect of this program has ended {}, and nothing else: {}",
                whose(),
                words(panic.as_ref())
            );
            None
        }
    }
}

/// Closes a socket whose program has ended, and gives its seat back. `closes`: by RST or not; None:
/// it has panicked, which is told before.
pub fn close(seat: Seat, mut socket: Socket, closes: Option<bool>, journal: &Journal) {
    if closes.is_none() {
        let (conn, end) = seat.place();
        socket.flush();
        journal.record(Event::Limited(Limited {
            conn: Some(conn),
            end,
            by: LimitedBy::Defect,
            most: 0,
            count: 1,
        }));
    }
    socket.close(closes.unwrap_or(false));
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it says nothing")
}
