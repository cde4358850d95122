//! What a viewer may ask of the relay. The answer only says whether it was taken up: the effect
//! comes back as an event, like everything else.

use serde::{Deserialize, Serialize};

use crate::{Answers, Call, Conn, DatagramRequest, End, LessonRequest, Moment, Policy, Right};

/// A wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Read in another way.
    SetPolicy {
        /// One connection. None: every connection, open or to come.
        conn: Option<Conn>,
        /// How.
        policy: Policy,
    },
    /// Call listen(2) again with another backlog. Who waits already goes on waiting, even if there
    /// are more than now fit.
    SetBacklog {
        /// What to ask for: 0 to [`Request::BACKLOG_MAX`]. The accept queue holds one more, and the
        /// system may allow less: the `limit` of [`crate::Waiting`] says what is in force.
        backlog: u32,
    },
    /// Let a demonstration client send batches of `0123456789…`, which go on where the last ended.
    Send {
        /// An open demonstration client. None: connect a new one.
        conn: Option<Conn>,
        /// The sizes, bytes: 1 to [`Request::BATCHES_MAX`] of 1 to [`Request::BATCH_BYTES_MAX`].
        batches: Vec<u32>,
        /// When the next one goes.
        spacing: Spacing,
    },
    /// Close an end with close(2).
    Close {
        /// The connection.
        conn: Conn,
        /// Which socket; the client's only if it is a demonstration client.
        end: End,
    },
    /// Close an end so that it sends RST (SO_LINGER with zero).
    Reset {
        /// The connection.
        conn: Conn,
        /// Which socket; the client's only if it is a demonstration client.
        end: End,
    },
    /// Start or stop a recording on the relay's disk, under a name that the relay makes.
    Record {
        /// Start?
        on: bool,
    },
    /// Give a lesson.
    Lesson(LessonRequest),
    /// Make one recv(2) now, whatever the reading policy: for a reader that is held.
    Read {
        /// The connection.
        conn: Conn,
        /// Which program reads; the client's only if it is a demonstration client.
        end: End,
        /// The most bytes asked for: 1 to [`Policy::BUFSIZE_MAX`].
        bytes: u32,
    },
    /// Send no more, but go on reading: shutdown(2) with SHUT_WR.
    Shutdown {
        /// The connection.
        conn: Conn,
        /// Which socket; the client's only if it is a demonstration client.
        end: End,
    },
    /// Let the server go on calling accept(2), or not.
    Accept {
        /// Go on?
        on: bool,
    },
    /// Let a demonstration client send these bytes, in one batch.
    SendBytes {
        /// An open demonstration client. None: connect a new one.
        conn: Option<Conn>,
        /// What to send: 1 to [`Request::BYTES_MAX`].
        bytes: Vec<u8>,
    },
    /// How a demonstration client reads what comes back: at once, or not at all.
    ClientReads {
        /// An open demonstration client.
        conn: Conn,
        /// At once?
        on: bool,
    },
    /// Let a demonstration client make one call of the socket interface. Calls of one connection
    /// are made in the order in which they were asked for, each when the one before has returned.
    Call {
        /// An open demonstration client. None: a call on sockets of its own, see
        /// [`Call::is_apart`].
        conn: Option<Conn>,
        /// Which call.
        call: Call,
    },
    /// Of the datagram echo.
    Datagrams(DatagramRequest),
    /// Choose an answer of the question on the wall; another choice takes the place of the last.
    Answer {
        /// Which step of the lesson that is being given, from 0.
        step: u32,
        /// Which answer, from 0.
        answer: u32,
        /// A number by which the page is known again when it reconnects: random, and told to nobody
        /// else. One address counts once for each.
        by: u64,
    },
    /// Follow the lecturer's moment, or let go and look around.
    Follow {
        /// Follow?
        on: bool,
    },
    /// Where the lecturer's page is in the show.
    Moment(Moment),
}

impl Request {
    /// The largest backlog that is asked for. Linux allows `net.core.somaxconn`, usually 4096.
    pub const BACKLOG_MAX: u32 = 65_535;
    /// The most bytes that are given in full.
    pub const BYTES_MAX: usize = 2048;
    /// The most batches of one request.
    pub const BATCHES_MAX: usize = 64;
    /// The most bytes of one batch.
    pub const BATCH_BYTES_MAX: u32 = 16 << 20;
    /// The longest gap, milliseconds.
    pub const GAP_MILLIS_MAX: u32 = 60_000;

    /// What somebody must at least be to ask this.
    #[must_use]
    pub fn needs(&self) -> Right {
        match self {
            Request::Follow { .. } => Right::Viewer,
            Request::Answer { .. } => Right::Participant,
            _ => Right::Lecturer,
        }
    }

    /// # Errors
    /// Names the first value that is out of its range.
    pub fn check(&self) -> Result<(), Refusal> {
        let out = |what, min, max| Err(Refusal::OutOfRange { what, min, max });
        match self {
            Request::SetPolicy { policy, .. } => policy.check(),
            Request::SetBacklog { backlog } if *backlog > Self::BACKLOG_MAX => {
                out(Limit::Backlog, 0, Self::BACKLOG_MAX)
            }
            Request::Send {
                batches, spacing, ..
            } => {
                if batches.is_empty() || batches.len() > Self::BATCHES_MAX {
                    return out(Limit::Batches, 1, Self::BATCHES_MAX as u32);
                }
                if batches
                    .iter()
                    .any(|&bytes| bytes == 0 || bytes > Self::BATCH_BYTES_MAX)
                {
                    return out(Limit::BatchBytes, 1, Self::BATCH_BYTES_MAX);
                }
                match *spacing {
                    Spacing::GapMillis(millis) if millis > Self::GAP_MILLIS_MAX => {
                        out(Limit::Gap, 0, Self::GAP_MILLIS_MAX)
                    }
                    _ => Ok(()),
                }
            }
            Request::Datagrams(request) => request.check(),
            Request::Read { bytes, .. } if !(1..=Policy::BUFSIZE_MAX).contains(bytes) => {
                out(Limit::Bufsize, 1, Policy::BUFSIZE_MAX)
            }
            Request::SendBytes { bytes, .. } if !(1..=Self::BYTES_MAX).contains(&bytes.len()) => {
                out(Limit::BatchBytes, 1, Self::BYTES_MAX as u32)
            }
            Request::Answer { answer, .. } if *answer >= Answers::CHOICES_MAX => {
                out(Limit::Answer, 0, Answers::CHOICES_MAX - 1)
            }
            Request::Call { conn, call } => match (conn, call.is_apart()) {
                (None, true) | (Some(_), false) => call.check(),
                _ => Err(Refusal::Malformed),
            },
            Request::SetBacklog { .. }
            | Request::Answer { .. }
            | Request::Follow { .. }
            | Request::Moment(_)
            | Request::Lesson(_)
            | Request::Read { .. }
            | Request::Shutdown { .. }
            | Request::Accept { .. }
            | Request::SendBytes { .. }
            | Request::ClientReads { .. }
            | Request::Close { .. }
            | Request::Reset { .. }
            | Request::Record { .. } => Ok(()),
        }
    }
}

/// When the next batch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spacing {
    /// So many milliseconds after the one before was taken by the kernel.
    GapMillis(u32),
    /// When the relay has recorded the arrival of the one before, so that arrivals cannot merge.
    WhenRecorded,
}

/// Why a wish was not taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// It could not be decoded.
    #[error("the request could not be understood")]
    Malformed,
    /// A value is out of its range.
    #[error("{what} must be {min} to {max}")]
    OutOfRange {
        /// Which.
        what: Limit,
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// A policy with both: the server answers once a bag, or once a message.
    #[error("a bag and a framing cannot be combined: take one of them away")]
    BagAndFraming,
    /// There is no open connection of that number.
    #[error("connection {conn} is not open")]
    NotOpen {
        /// The number.
        conn: Conn,
    },
    /// The server has not accepted that connection yet, so it has no socket that could do it.
    #[error("connection {conn} is not accepted yet")]
    NotAccepted {
        /// The number.
        conn: Conn,
    },
    /// The client of that connection is not ours: only its own program can make it do things.
    #[error("the client of connection {conn} is not a demonstration client")]
    NotOurs {
        /// The number.
        conn: Conn,
    },
    /// The demonstration client is still busy with earlier batches.
    #[error("connection {conn} is still sending")]
    StillSending {
        /// The number.
        conn: Conn,
    },
    /// That end was shut down for sending: it sends no more.
    #[error("connection {conn} was shut down: that end sends no more")]
    Shut {
        /// The number.
        conn: Conn,
    },
    /// So many reads by hand wait to be made that no further one is taken.
    #[error("{limit} reads wait on connection {conn} already; they are made when bytes come")]
    TooManyReads {
        /// The number.
        conn: Conn,
        /// The most.
        limit: u32,
    },
    /// So many demonstration clients are open that no further one is opened.
    #[error("{limit} demonstration clients are open already; close one first")]
    TooManyClients {
        /// The most.
        limit: u32,
    },
    /// The system refused the demonstration client's socket or connect.
    #[error("the demonstration client could not connect: error {errno} of the system")]
    System {
        /// errno.
        errno: i32,
    },
    /// The relay was given no folder for recordings.
    #[error("this relay was started without --record-dir: it has no folder for recordings")]
    NoRecordDir,
    /// One recording by request is running.
    #[error("a recording is running already")]
    AlreadyRecording,
    /// No recording by request is running.
    #[error("no recording that was started here is running")]
    NotRecording,
    /// There is no datagram socket: another program has that port.
    #[error("there is no datagram echo here: another program had the port")]
    NoDatagrams,
    /// This relay cannot do that yet, or has no lessons.
    #[error("this relay gives no lessons")]
    NoLessons,
    /// There is no lesson of that name, or no such step.
    #[error("there is no such lesson or step")]
    NoSuchLesson,
    /// It needs another right.
    #[error("{}", match needs {
        Right::Lecturer => "only the lecturer may do that: it takes the link that the relay printed",
        _ => "guests only watch here",
    })]
    NotAllowed {
        /// Which one at least.
        needs: Right,
    },
    /// This viewer asks more often than is allowed.
    #[error("more than {a_second} requests a second: ask again a little later")]
    TooOften {
        /// So many are allowed.
        a_second: u32,
    },
    /// So many recordings were made by request since the relay began.
    #[error("{limit} recordings were made already: the relay takes no further one")]
    TooManyRecordings {
        /// The most.
        limit: u32,
    },
    /// No such question is on the wall, or it is answered already.
    #[error("that question is not on the wall")]
    NoQuestion,
    /// So many have answered, here or from that address, that no further one is counted.
    #[error("{limit} answers have come from there already: no further one is counted")]
    TooManyAnswers {
        /// The most.
        limit: u32,
    },
}

/// A value with a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the names of the values themselves
pub enum Limit {
    Bufsize,
    Pause,
    Bag,
    Queued,
    Backlog,
    Batches,
    BatchBytes,
    Gap,
    Message,
    LengthBytes,
    OptionValue,
    Timeout,
    DatagramBytes,
    Percent,
    ReceiveBuffer,
    Answer,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Limit::Bufsize => "BUFSIZE",
            Limit::Pause => "the pause in milliseconds",
            Limit::Bag => "the bag",
            Limit::Queued => "the bytes to wait for",
            Limit::Backlog => "the backlog",
            Limit::Batches => "the number of batches",
            Limit::BatchBytes => "the bytes of a batch",
            Limit::Gap => "the gap in milliseconds",
            Limit::Message => "the bytes of a message",
            Limit::LengthBytes => "the bytes of the length (1, 2 or 4)",
            Limit::OptionValue => "the value of the option",
            Limit::Timeout => "the timeout in milliseconds",
            Limit::DatagramBytes => "the bytes of a datagram",
            Limit::Percent => "the share in percent",
            Limit::ReceiveBuffer => "the receive buffer",
            Limit::Answer => "the answer",
        })
    }
}
