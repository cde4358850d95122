//! What is worth a stop, a marker or a colour: a few kinds of moments, told from a record and what
//! was true around it.
//!
//! Knows nothing of show times or focus: a record bears the same marks however it is paced.
//!
//! **Merged facts.** Edges inside a merged fact are unknown, so it bears only what is certain of
//! at least one of its parts: a merged read that returned less than it asked for in all holds a
//! short one; which batches its parts mixed nobody saw, so it is never a mixed one. A merged bag or
//! block is one all the same.

use protocol::{Conn, End, Event, Record, Seq};

use crate::{Connection, State};

/// A kind of moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Mark {
    /// A read at the server returned less than it asked for, and not because the stream ended.
    ShortRead,
    /// A read at the server took bytes of several batches: of sends if they are known, otherwise
    /// of arrivals.
    MixedRead,
    /// A sample finds the advertised window closed that was open before, or never sampled.
    WindowZero,
    /// A send found no room.
    Blocked,
    /// recv returned 0.
    EndOfStream,
    /// A connection was reset.
    Reset,
    /// A sample finds more connections in the accept queue than before.
    AcceptQueue,
    /// The server's program has filled a bag.
    Bagged,
    /// Records are missing.
    Dropped,
    /// A message that several reads brought.
    CutMessage,
    /// A message whose first byte came in a read with bytes of the message before it.
    GluedMessages,
    /// A read at the server ended within a character.
    HalfCharacter,
}

impl Mark {
    /// All of them.
    pub const ALL: [Mark; 12] = [
        Mark::ShortRead,
        Mark::MixedRead,
        Mark::WindowZero,
        Mark::Blocked,
        Mark::EndOfStream,
        Mark::Reset,
        Mark::AcceptQueue,
        Mark::Bagged,
        Mark::Dropped,
        Mark::CutMessage,
        Mark::GluedMessages,
        Mark::HalfCharacter,
    ];
}

/// A set of marks: what a record is, or what a person wants to stop at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub u16);

/// The marks at which the show pauses by itself.
pub type Stops = Marks;

impl Marks {
    /// None.
    pub const NONE: Marks = Marks(0);

    /// Just this one.
    #[must_use]
    pub const fn just(mark: Mark) -> Marks {
        Marks(1 << mark as u16)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn has(self, mark: Mark) -> bool {
        self.0 & Self::just(mark).0 != 0
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Marks) -> Marks {
        Marks(self.0 & other.0)
    }

    /// With this one, or without it.
    #[must_use]
    pub const fn with(self, mark: Mark, on: bool) -> Marks {
        if on {
            self.or(Marks::just(mark))
        } else {
            Marks(self.0 & !Self::just(mark).0)
        }
    }

    /// The first of them, in the order of [`Mark::ALL`].
    #[must_use]
    pub fn first(self) -> Option<Mark> {
        self.iter().next()
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.into_iter().filter(move |&mark| self.has(mark))
    }

    /// The marks that only what was true before the record can tell.
    pub(crate) fn before(state: &State, record: &Record) -> Marks {
        let mark = match &record.event {
            Event::Queues(now) => {
                let known = state
                    .conn(now.conn)
                    .and_then(|connection| connection.end(now.end))
                    .and_then(|end| end.queues)
                    .and_then(|(queues, _)| queues.receive_window);
                (now.receive_window == Some(0) && known != Some(0)).then_some(Mark::WindowZero)
            }
            Event::Waiting(now) => {
                let before = state
                    .listener
                    .as_ref()
                    .and_then(|listener| listener.waiting)
                    .map_or(0, |(waiting, _)| waiting.queued);
                (now.queued > before).then_some(Mark::AcceptQueue)
            }
            _ => None,
        };
        mark.map_or(Marks::NONE, Marks::just)
    }

    /// The marks that the record and what it led to tell.
    pub(crate) fn after(state: &State, record: &Record) -> Marks {
        Marks::just(match &record.event {
            Event::Read(read) if read.end == End::Server => {
                let connection = state.conn(read.conn);
                let mixes = connection.is_some_and(|connection| mixes(connection, record.seq));
                let half = connection.is_some_and(|connection| {
                    let edge = read.offset.saturating_add(read.returned);
                    connection.half_character(edge).is_some()
                });
                return Marks::NONE
                    .with(Mark::ShortRead, read.returned < read.asked)
                    .with(Mark::MixedRead, mixes)
                    .with(Mark::HalfCharacter, half);
            }
            Event::Message(message) => {
                return state
                    .conn(message.conn)
                    .map_or(Marks::NONE, |connection| of_message(connection, record.seq));
            }
            Event::Blocked(_) => Mark::Blocked,
            Event::EndOfStream(_) => Mark::EndOfStream,
            Event::Reset(_) => Mark::Reset,
            Event::Bagged(_) => Mark::Bagged,
            Event::Dropped(_) => Mark::Dropped,
            _ => return Marks::NONE,
        })
    }
}

/// Whether the read that the record told mixes batches.
fn mixes(connection: &Connection, seq: Seq) -> bool {
    connection
        .server
        .as_ref()
        .and_then(|server| server.read.last())
        .filter(|cut| cut.moment.seq == seq)
        .zip(connection.batches())
        .and_then(|(cut, batches)| Connection::mixes(batches, cut))
        .is_some_and(|parts| parts > 1)
}

/// How the message that the record told lies among the reads.
fn of_message(connection: &Connection, seq: Seq) -> Marks {
    let message = connection
        .server
        .as_ref()
        .and_then(|server| server.messages.last())
        .filter(|cut| cut.moment.seq == seq);
    let Some(message) = message else {
        return Marks::NONE;
    };
    let reads = connection.reads_of_message(message);
    Marks::NONE
        .with(Mark::CutMessage, reads.is_some_and(|reads| reads > 1))
        .with(
            Mark::GluedMessages,
            connection.is_glued(message) == Some(true),
        )
}

/// Which records a person steps among.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one connection. None: of all, and of none.
    pub conn: Option<Conn>,
    /// Those of some kinds.
    pub kinds: Kinds,
}

impl Filter {
    /// Whether an event is among them. Lost records are of every connection.
    #[must_use]
    pub fn passes(&self, event: &Event) -> bool {
        let lost = matches!(event, Event::Dropped(_));
        self.kinds.pass(event)
            && self
                .conn
                .is_none_or(|conn| lost || event.conn() == Some(conn))
    }

    /// Whether a stop may be made at an event: not at one of another connection. What is of no
    /// connection concerns each.
    #[must_use]
    pub(crate) fn stops(&self, event: &Event) -> bool {
        self.conn
            .is_none_or(|conn| event.conn().is_none_or(|of| of == conn))
    }
}

/// A set of kinds of events, by the places of their names in [`Event::NAMES`]; bit 19 is
/// [`Event::Unknown`]. Empty: all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(pub u64);

impl Kinds {
    /// How many kinds there are.
    pub const COUNT: u32 = 33;

    /// The place of an event's kind.
    #[must_use]
    pub fn place(event: &Event) -> u32 {
        match event {
            Event::Listening(_) => 0,
            Event::Waiting(_) => 1,
            Event::Connected(_) => 2,
            Event::Accepted(_) => 3,
            Event::Arrived(_) => 4,
            Event::Read(_) => 5,
            Event::Wrote(_) => 6,
            Event::Bagged(_) => 7,
            Event::Answered(_) => 8,
            Event::Blocked(_) => 9,
            Event::Unblocked(_) => 10,
            Event::HalfClosed(_) => 11,
            Event::EndOfStream(_) => 12,
            Event::Reset(_) => 13,
            Event::Closed(_) => 14,
            Event::Policy(_) => 15,
            Event::Queues(_) => 16,
            Event::Dropped(_) => 17,
            Event::Keyframe(_) => 18,
            Event::Unknown(_) => 19,
            Event::Step(_) => 20,
            Event::Called(_) => 21,
            Event::Connecting(_) => 22,
            Event::Unaccepted(_) => 23,
            Event::Message(_) => 24,
            Event::DatagramBound(_) => 25,
            Event::DatagramSent(_) => 26,
            Event::DatagramReceived(_) => 27,
            Event::DatagramLost(_) => 28,
            Event::DatagramQueue(_) => 29,
            Event::Unframed(_) => 30,
            Event::Compared(_) => 31,
            Event::Limited(_) => 32,
        }
    }

    /// Whether an event is of one of these kinds, or these are all.
    #[must_use]
    pub fn pass(self, event: &Event) -> bool {
        self.0 == 0 || self.0 & (1 << Self::place(event)) != 0
    }

    /// With the kind at that place, or without it. A place beyond the last changes nothing.
    #[must_use]
    pub const fn with(self, place: u32, on: bool) -> Kinds {
        let bit = if place < Self::COUNT { 1 << place } else { 0 };
        Kinds(if on { self.0 | bit } else { self.0 & !bit })
    }
}
