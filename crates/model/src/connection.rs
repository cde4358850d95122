//! One connection: what is known of its two sockets.

use protocol::{Address, Conn, End, Policy, Queues, Seq};

use crate::{Cut, Ruler, Show, Tail};

/// When something happened, in both times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// The record that told it.
    pub seq: Seq,
    /// When it was recorded, nanoseconds since the run began.
    pub at_nanos: u64,
    /// When a person sees it.
    pub shown: Show,
}

/// One answer of the server: a stamp, then the bytes answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The bytes answered, offsets of the incoming direction.
    pub in_from: u64,
    /// Behind the last byte answered.
    pub in_to: u64,
    /// Offset of the stamp in the outgoing direction.
    pub out_from: u64,
    /// How many bytes of stamp; more than one stamp if merged.
    pub stamp_bytes: u64,
    /// How many answers were merged into this.
    pub times: u32,
    /// When.
    pub moment: Moment,
}

impl Answer {
    /// Offset behind its last byte in the outgoing direction.
    #[must_use]
    pub fn out_to(&self) -> u64 {
        self.out_from
            .saturating_add(self.stamp_bytes)
            .saturating_add(self.in_to.saturating_sub(self.in_from))
    }
}

/// One observed socket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndState {
    /// When accept or connect returned; None if that was before the first keyframe.
    pub opened: Option<Moment>,
    /// What came in, as the kernel received it.
    pub arrived: Ruler,
    /// In how many segments, where the system tells.
    pub segments: u64,
    /// What came in, as the program read it.
    pub read: Ruler,
    /// What goes out, as the program wrote it.
    pub wrote: Ruler,
    /// What came in, as the server's program bagged it.
    pub bagged: Ruler,
    /// What came in, as the server's program answered it.
    pub answered: Ruler,
    /// What came in, as the server's program found messages in it. `asked` is what a message has
    /// without its head or delimiter, bytes.
    pub messages: Ruler,
    /// The last answers, at most [`Ruler::CUTS_MAX`].
    pub answers: Tail<Answer>,
    /// Bytes of stamp among all answers.
    pub stamp_bytes: u64,
    /// Since when a send waits for room.
    pub blocked: Option<Moment>,
    /// Since when this end sends no more.
    pub shut_by_self: Option<Moment>,
    /// Since when it is seen that the other end sends no more.
    pub shut_by_peer: Option<Moment>,
    /// When recv returned 0.
    pub end_of_stream: Option<Moment>,
    /// Who sent RST, and when that was seen.
    pub reset: Option<(End, Moment)>,
    /// Bytes unread at close, and when.
    pub closed: Option<(u64, Moment)>,
    /// The last sample.
    pub queues: Option<(Queues, Moment)>,
}

impl EndState {
    /// Bytes that have arrived and wait to be read. Derived: arrived less read.
    #[must_use]
    pub fn waiting_bytes(&self) -> u64 {
        self.arrived
            .total
            .bytes
            .saturating_sub(self.read.total.bytes)
    }

    /// Whether the last sample says the same as the facts: then the level is measured.
    #[must_use]
    pub fn level_is_measured(&self) -> bool {
        self.queues
            .and_then(|(queues, _)| queues.receive_queue)
            .is_some_and(|queue| queue == self.waiting_bytes())
    }

    /// Bytes answered or offered to send, and not yet taken by the kernel. Derived.
    #[must_use]
    pub fn composed_bytes(&self) -> u64 {
        self.answered
            .total
            .bytes
            .saturating_add(self.stamp_bytes)
            .saturating_sub(self.wrote.total.bytes)
    }

    /// The stamp of an answer as it was written, if it is one, and the preview of the send shows
    /// all of it.
    #[must_use]
    pub fn stamp_text(&self, answer: &Answer) -> Option<String> {
        /// A longer one is not the tutorial's.
        const STAMP_BYTES_MAX: u64 = 40;
        if answer.times != 1 || !(1..=STAMP_BYTES_MAX).contains(&answer.stamp_bytes) {
            return None;
        }
        let text: Option<String> = (answer.out_from
            ..answer.out_from.saturating_add(answer.stamp_bytes))
            .map(|offset| {
                self.wrote
                    .byte_at(offset)
                    .filter(|byte| (0x20..0x7f).contains(byte))
                    .map(char::from)
            })
            .collect();
        text.map(|text| text.trim().to_string())
    }
}

/// One connection, seen from the server's end, from the client's if it is ours, or from both.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Its number.
    pub conn: Conn,
    /// The client's address.
    pub client_addr: Address,
    /// The server's address.
    pub server_addr: Address,
    /// How the server reads it.
    pub policy: Policy,
    /// The accepted socket; None until accept returned.
    pub server: Option<EndState>,
    /// The demonstration client's socket; None if the client is somebody else's program.
    pub client: Option<EndState>,
    /// What the kernel held for it before accept returned, cut where it was seen to have grown.
    pub early: Ruler,
}

impl Connection {
    /// The end, if it is observed.
    #[must_use]
    pub fn end(&self, end: End) -> Option<&EndState> {
        match end {
            End::Server => self.server.as_ref(),
            End::Client => self.client.as_ref(),
        }
    }

    pub(crate) fn end_mut(&mut self, end: End) -> &mut Option<EndState> {
        match end {
            End::Server => &mut self.server,
            End::Client => &mut self.client,
        }
    }

    /// Whether an observed end is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        [&self.server, &self.client]
            .into_iter()
            .flatten()
            .any(|end| end.closed.is_none())
    }

    /// Whether the connection was reset, as either end saw it: by whom, and when.
    #[must_use]
    pub fn reset(&self) -> Option<(End, Moment)> {
        [&self.server, &self.client]
            .into_iter()
            .flatten()
            .find_map(|end| end.reset)
    }

    /// Bytes that our client sent and that have not been seen to arrive. Derived; None with
    /// somebody else's client, of whose sends nobody tells us.
    #[must_use]
    pub fn on_the_way(&self) -> Option<u64> {
        let sent = self.client.as_ref()?.wrote.total.bytes;
        Some(sent.saturating_sub(self.here_bytes()))
    }

    /// Length of the incoming stream that is known to be in the server's kernel, read or not: what
    /// has arrived, or, for a connection that nobody has accepted, what waits on it.
    #[must_use]
    pub fn here_bytes(&self) -> u64 {
        self.server
            .as_ref()
            .map_or(0, |end| end.arrived.total.bytes)
            .max(self.early.total.bytes)
    }

    /// Bytes that are known to wait in the server's kernel, whether or not anybody has accepted.
    #[must_use]
    pub fn waiting_bytes(&self) -> u64 {
        let read = self.server.as_ref().map_or(0, |end| end.read.total.bytes);
        self.here_bytes().saturating_sub(read)
    }

    /// The ruler that says which batch a byte belongs to: the sends, if we know them, otherwise
    /// the arrivals.
    #[must_use]
    pub fn batches(&self) -> Option<&Ruler> {
        match (&self.client, &self.server) {
            (Some(client), _) => Some(&client.wrote),
            (None, Some(server)) => Some(&server.arrived),
            (None, None) => None,
        }
    }

    /// Which batch the byte at `offset` of the incoming direction belongs to, from 0; None where
    /// that is forgotten, merged, or was not seen.
    #[must_use]
    pub fn batch_at(&self, offset: u64) -> Option<u64> {
        let batches = self.batches()?;
        if offset >= batches.total.bytes {
            // An arrival may be recorded before the send that it belongs to: it will be the next.
            return Some(batches.total.times);
        }
        batches
            .cut_at(offset)
            .filter(|cut| !cut.is_blurred())
            .map(|cut| cut.ordinal)
    }

    /// The byte at `offset` of the incoming direction, if any preview shows it.
    #[must_use]
    pub fn byte_at(&self, offset: u64) -> Option<u8> {
        let sent = self.client.as_ref().map(|end| &end.wrote);
        let server = self.server.as_ref();
        [
            server.map(|end| &end.arrived),
            server.map(|end| &end.read),
            sent,
        ]
        .into_iter()
        .flatten()
        .find_map(|ruler| ruler.byte_at(offset))
    }

    /// Bytes read by the server's program and not yet in an answered bag.
    #[must_use]
    pub fn bag_level(&self) -> u64 {
        self.server.as_ref().map_or(0, |end| {
            end.read
                .total
                .bytes
                .saturating_sub(end.answered.total.bytes)
        })
    }

    /// The most bytes that the next recv will ask for; once what was collected is answered, where
    /// that comes first. Derived.
    #[must_use]
    pub fn next_asks_bytes(&self) -> u64 {
        match self.policy.asks_bytes(self.bag_level()) {
            0 => self.policy.asks_bytes(0),
            asks => asks,
        }
    }

    /// How many cuts of `ruler` share bytes with `cut`: more than one means that it mixes them.
    /// None where one of them is blurred, so that the number is not known.
    #[must_use]
    pub fn mixes(ruler: &Ruler, cut: &Cut) -> Option<usize> {
        if cut.is_blurred() || cut.from < ruler.known_from() {
            return None;
        }
        let mut parts = 0;
        for part in ruler.cuts_within(cut.from, cut.to) {
            if part.is_blurred() {
                return None;
            }
            parts += 1;
        }
        Some(parts)
    }
}
