//! The reading policy's rules: may the program read now?
//!
//! Numbers in, answers out: knows nothing of sockets and time.

use protocol::ReadWhen;

/// What the rules depend on.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Bytes that have arrived and are not read.
    pub queued: u64,
    /// Nothing more will arrive.
    pub ended: bool,
}

/// May a read be made? `window_closed` is asked only where it matters: the peer may not send, so
/// that waiting for more would be waiting for ever.
pub fn may_read(
    when: ReadWhen,
    situation: Situation,
    window_closed: impl FnOnce() -> bool,
) -> bool {
    let Situation { queued, ended } = situation;
    match when {
        ReadWhen::Held => false,
        ReadWhen::Arrival => queued > 0 || ended,
        ReadWhen::Queued(enough) => {
            queued >= u64::from(enough) || ended || queued > 0 && window_closed()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(when: &str, queued: u64, ended: bool, window_closed: bool, expect: bool) {
        let when = when.parse().unwrap();
        let may = may_read(when, Situation { queued, ended }, || window_closed);
        assert_eq!(may, expect, "{when} {queued} {ended} {window_closed}");
    }

    #[test]
    fn a_read_is_made_when_the_policy_says_so() {
        check("arrival", 0, false, false, false);
        check("arrival", 1, false, false, true);
        check("arrival", 0, true, false, true);
        check("queued:100", 99, false, false, false);
        check("queued:100", 100, false, false, true);
        check("queued:100", 99, true, false, true);
        check("queued:100", 99, false, true, true);
        check("queued:100", 0, false, true, false);
        check("queued:100", 0, true, false, true);
        check("held", 100, true, true, false);
    }
}
