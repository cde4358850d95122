//! The cut that the next recv would make: derived from the policy, the bag and what waits. It is
//! shown before it is made.

use model::Connection;
use protocol::{Policy, ReadWhen};

/// Where a cut lies among the client's sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// Inside that send, counted from 1.
    Inside(u64),
    /// Where that send ends.
    EndOf(u64),
    /// The sends are not known there.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub at: u64,
    pub among: Among,
    /// It will be made as it is shown; otherwise only if the program read now.
    pub will_be_made: bool,
}

/// The most bytes that the next recv would ask for; 0: the bag is full.
pub(super) fn asks(policy: &Policy, collected: u64) -> u64 {
    let bufsize = u64::from(policy.bufsize);
    match policy.bag {
        None => bufsize,
        Some(bag) => u64::from(bag).saturating_sub(collected).min(bufsize),
    }
}

/// The next cut; None while nothing waits, or nobody may or can read.
pub(super) fn next(connection: &Connection) -> Option<Next> {
    let server = connection.server.as_ref()?;
    if server.closed.is_some() || server.end_of_stream.is_some() {
        return None;
    }
    let policy = &connection.policy;
    let waiting = server.waiting_bytes();
    let takes = asks(policy, connection.bag_level()).min(waiting);
    if takes == 0 || (policy.bag.is_none() && connection.bag_level() > 0) {
        return None;
    }
    let at = server.read.total.bytes.saturating_add(takes);
    let shut = server
        .queues
        .is_some_and(|(queues, _)| queues.receive_window == Some(0));
    let ended = server.shut_by_peer.is_some();
    let will_be_made = match policy.read_when {
        ReadWhen::Held => false,
        ReadWhen::Arrival => true,
        ReadWhen::Queued(enough) => waiting >= u64::from(enough) || shut || ended,
    };
    Some(Next {
        at,
        among: among(connection, at),
        will_be_made,
    })
}

pub(super) fn among(connection: &Connection, at: u64) -> Among {
    let Some(client) = &connection.client else {
        return Among::Unknown;
    };
    let sends = &client.wrote;
    let Some(last) = at
        .checked_sub(1)
        .and_then(|offset| sends.cut_at(offset))
        .filter(|cut| !cut.is_blurred())
    else {
        return Among::Unknown;
    };
    let ordinal = last.ordinal.saturating_add(1);
    if last.to == at {
        Among::EndOf(ordinal)
    } else {
        Among::Inside(ordinal)
    }
}

/// Whether a cut lines up with no send; what is not known is not claimed.
pub(super) fn is_off(connection: &Connection, at: u64) -> bool {
    matches!(among(connection, at), Among::Inside(_))
}
