//! The datagram server's program: one recvfrom, one answer, as its reading policy allows. The
//! tutorial's echo, with datagrams.
//!
//! Knows nothing of how facts are told.

use std::{future::pending, sync::Arc, time::Duration};

use protocol::{Policy, ReadWhen};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::desk::Desk;

/// After so many datagrams without waiting, other tasks have their turn.
const STEPS_MAX: u32 = 32;

/// Serves until `end`. `reads`: single recvfroms that a person asks for, with their sizes.
pub async fn serve(
    desk: Arc<Desk>,
    mut policy: watch::Receiver<Policy>,
    mut reads: mpsc::Receiver<u32>,
    end: CancellationToken,
) {
    let mut buffer = Vec::new();
    let mut ready_since_nanos = None;
    loop {
        let now = *policy.borrow_and_update();
        desk.set(|bound| bound.bufsize = now.bufsize);
        let mut pause_until = None;
        let mut has_read_all = false;
        if now.read_when != ReadWhen::Held {
            for _ in 0..STEPS_MAX {
                pause_until = pause(&desk, now, &mut ready_since_nanos);
                if pause_until.is_some() {
                    break;
                }
                if !serve_one(&desk, &mut buffer, now.bufsize) {
                    has_read_all = true;
                    break;
                }
                ready_since_nanos = None;
            }
        }
        let look_at = desk.look();
        let waits = has_read_all || pause_until.is_some() || now.read_when == ReadWhen::Held;
        if !waits {
            if end.is_cancelled() {
                break;
            }
            tokio::task::yield_now().await;
            continue;
        }
        let due = [look_at, pause_until].into_iter().flatten().min();
        tokio::select! {
            () = end.cancelled() => break,
            // The edge is cleared *before* reading, so that whatever comes next is a new one, even
            // while the program holds and reads nothing.
            _ = desk.socket.readable() => desk.stir(),
            _ = policy.changed() => {}
            Some(bytes) = reads.recv() => {
                serve_one(&desk, &mut buffer, bytes);
            }
            () = desk.stirred() => {}
            () = at(&desk, due) => {}
        }
    }
    desk.flush();
}

fn serve_one(desk: &Desk, buffer: &mut Vec<u8>, bytes: u32) -> bool {
    buffer.resize(bytes as usize, 0);
    desk.serve_one(buffer)
}

/// Until when the program waits before its next recvfrom: the policy's pause, from when there was
/// something to read.
fn pause(desk: &Desk, policy: Policy, since_nanos: &mut Option<u64>) -> Option<u64> {
    if policy.pause_millis == 0 || !desk.waits() {
        return None;
    }
    let now = desk.journal.now_nanos();
    let since = *since_nanos.get_or_insert(now);
    let until = since + u64::from(policy.pause_millis) * 1_000_000;
    (now < until).then_some(until)
}

async fn at(desk: &Desk, due_nanos: Option<u64>) {
    match due_nanos {
        Some(due) => {
            let left = due.saturating_sub(desk.journal.now_nanos());
            sleep_until(Instant::now() + Duration::from_nanos(left)).await;
        }
        None => pending().await,
    }
}
