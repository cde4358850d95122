//! Messages against reads: the program found the boundaries again that the reads had not kept.
//!
//! Derived from two rulers over the same bytes; where one of them is blurred, nothing is said.

use crate::{Connection, Cut};

impl Connection {
    /// How many reads brought the message. None where that is not known.
    #[must_use]
    pub fn reads_of_message(&self, message: &Cut) -> Option<usize> {
        if message.is_blurred() {
            return None;
        }
        Connection::mixes(&self.server.as_ref()?.read, message).filter(|&reads| reads > 0)
    }

    /// Whether the read that brought the message's first byte brought bytes of the message before
    /// it too. None where that is not known.
    #[must_use]
    pub fn is_glued(&self, message: &Cut) -> Option<bool> {
        let server = self.server.as_ref()?;
        if message.is_blurred() {
            return None;
        }
        let begins_a_read = server.read.has_edge(message.from)?;
        let follows_another = message
            .from
            .checked_sub(1)
            .and_then(|before| server.messages.cut_at(before))
            .is_some_and(|before| !before.is_unseen());
        Some(follows_another && !begins_a_read)
    }
}
