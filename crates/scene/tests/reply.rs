//! The reply as a client sees it: nothing of it is left out or told twice, and each stamp stands
//! where the server's read says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use model::{Show, State};
use proptest::prelude::*;
use protocol::*;
use scene::{Piece, Reply};
use support::{CONN, Story};

const STAMP: &str = "[2026-11-23 06:30:00] ";

/// What a client sends, how the server reads it, and in what pieces the client reads the answers.
struct Echo {
    state: State,
    seq: u64,
    sent: Vec<u8>,
    answers: Vec<u8>,
    reads: u64,
    has_client: bool,
}

impl Echo {
    fn new(has_client: bool) -> Echo {
        let mut echo = Echo {
            state: State::default(),
            seq: 0,
            sent: Vec::new(),
            answers: Vec::new(),
            reads: 0,
            has_client,
        };
        let (local, peer) = ("127.0.0.1:40000", "127.0.0.1:21567");
        let (local, peer): (Address, Address) = (local.parse().unwrap(), peer.parse().unwrap());
        let conn = CONN;
        if has_client {
            let end = End::Client;
            let (local, peer) = (local.clone(), peer.clone());
            echo.tell(Event::Connected(Connected {
                conn,
                end,
                local,
                peer,
            }));
        }
        echo.tell(Event::Accepted(Accepted {
            conn,
            end: End::Server,
            peer: local,
            local: peer,
        }));
        echo
    }

    fn tell(&mut self, event: Event) {
        self.seq += 1;
        let record = Record {
            seq: Seq(self.seq),
            at_nanos: self.seq * 1_000,
            event,
        };
        self.state.apply(&record, Show(self.seq * 1_000));
    }

    fn fact(&self, end: End, offset: usize, bytes: &[u8]) -> Event {
        let preview = bytes.iter().copied().take(Preview::BYTES_MAX).collect();
        Event::Read(Read {
            conn: CONN,
            end,
            offset: offset as u64,
            asked: 1024,
            returned: bytes.len() as u64,
            times: 1,
            since_nanos: None,
            preview: Some(Preview(preview)),
        })
    }

    /// The server reads, answers and writes.
    fn read(&mut self, bytes: &[u8]) {
        let conn = CONN;
        let offset = self.sent.len();
        self.sent.extend_from_slice(bytes);
        self.tell(Event::Arrived(Arrived {
            conn,
            end: End::Server,
            offset: offset as u64,
            bytes: bytes.len() as u64,
            segments: Some(1),
            times: 1,
            since_nanos: None,
            preview: None,
        }));
        self.tell(self.fact(End::Server, offset, bytes));
        self.reads += 1;
        let out = self.answers.len();
        self.tell(Event::Answered(Answered {
            conn,
            end: End::Server,
            in_offset: offset as u64,
            in_bytes: bytes.len() as u64,
            out_offset: out as u64,
            stamp_bytes: STAMP.len() as u64,
            times: 1,
            since_nanos: None,
        }));
        self.answers.extend_from_slice(STAMP.as_bytes());
        self.answers.extend_from_slice(bytes);
        let written = &self.answers[out..];
        let preview = written.iter().copied().take(Preview::BYTES_MAX).collect();
        self.tell(Event::Wrote(Wrote {
            conn,
            end: End::Server,
            offset: out as u64,
            asked: written.len() as u64,
            accepted: written.len() as u64,
            times: 1,
            since_nanos: None,
            preview: Some(Preview(preview)),
        }));
    }

    /// The client reads what it can get, in pieces of `bytes`.
    fn receive(&mut self, bytes: usize) {
        if !self.has_client {
            return;
        }
        let mut at = self.reply().received.unwrap_or(0) as usize;
        while at < self.answers.len() {
            let to = (at + bytes).min(self.answers.len());
            let (offset, piece) = (at as u64, self.answers[at..to].to_vec());
            self.tell(Event::Arrived(Arrived {
                conn: CONN,
                end: End::Client,
                offset,
                bytes: piece.len() as u64,
                segments: Some(1),
                times: 1,
                since_nanos: None,
                preview: None,
            }));
            self.tell(self.fact(End::Client, at, &piece));
            at = to;
        }
    }

    fn reply(&self) -> Reply {
        Reply::of(self.state.conn(CONN).unwrap())
    }
}

/// The text of pieces, and how many bytes they stand for. The bytes of these tests are ASCII.
fn text(pieces: &[Piece]) -> (String, u64) {
    let mut told = (String::new(), 0);
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                told.0.push_str(text);
                told.1 += text.len() as u64;
            }
            Piece::Unknown(bytes) => told.1 += bytes,
            Piece::Edge => {}
        }
    }
    told
}

proptest! {
    #[test]
    fn the_parts_are_the_reply_and_the_stamps_are_the_reads(
        reads in proptest::collection::vec("[0-9a-z ]{1,40}", 1..60),
        by in 1..400_usize,
        has_client: bool,
    ) {
        let mut echo = Echo::new(has_client);
        for bytes in &reads {
            echo.read(bytes.as_bytes());
        }
        echo.receive(by);
        let reply = echo.reply();
        prop_assert_eq!(reply.parts.len(), reads.len().min(Reply::PARTS_MAX));
        prop_assert_eq!(reply.received, has_client.then_some(echo.answers.len() as u64));

        let mut at = reply.before;
        let first = 1 + (reads.len() - reply.parts.len()) as u64;
        for (number, part) in (first..).zip(&reply.parts) {
            prop_assert_eq!(part.out.0, at, "without holes");
            prop_assert_eq!(part.reads, Some((number, number)), "one stamp, one read");
            prop_assert_eq!(text(&part.stamp), (STAMP.to_owned(), STAMP.len() as u64));
            let read = &reads[number as usize - 1];
            prop_assert_eq!(text(&part.data), (read.clone(), read.len() as u64), "{:?}", part);
            prop_assert_eq!(part.received, part.out.1 - part.out.0);
            at = part.out.1;
        }
        prop_assert_eq!(at, echo.answers.len() as u64);
        if !has_client {
            prop_assert!(reply.parts.iter().all(|part| part.source == Source::Derived));
        }
    }
}

#[test]
fn what_the_client_reads_itself_is_measured_and_its_own_reads_are_marked() {
    let mut echo = Echo::new(true);
    echo.read(b"abcdefg");
    echo.read(b"hij");
    echo.receive(25);
    let reply = echo.reply();
    let [first, second] = &reply.parts[..] else {
        panic!("{reply:?}");
    };
    assert_eq!(first.source, Source::Measured);
    let words = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(first.data, [words("abc"), Piece::Edge, words("defg")]);
    assert_eq!(
        second.stamp,
        [words("[2026-11-23 06:30:00]"), Piece::Edge, words(" ")]
    );
    assert_eq!(second.data, [words("hij")]);
}

#[test]
fn a_bag_answers_several_reads() {
    let story = "policy arrival bag 100; connected; accepted
        sent 60; arrived 60; read 100 60; sent 40; arrived 40; read 40 40
        bagged 100; answered 100; wrote 122";
    let reply = Reply::of(Story::new(story).after(0).0.conn(CONN).unwrap());
    let [part] = &reply.parts[..] else {
        panic!("{reply:?}");
    };
    assert_eq!(part.reads, Some((1, 2)));
    assert_eq!((part.answered, part.out), ((0, 100), (0, 122)));
    assert_eq!(part.received, 0, "the client has read nothing");
    assert_eq!(text(&part.data).1, 100, "what is not shown is counted");
}

#[test]
fn of_merged_answers_nobody_knows_where_the_stamps_are() {
    let story = "policy arrival; accepted
        arrived 9000 times 9; read 9000 9000 times 9; answered 9000 times 9; wrote 9198 times 9";
    let reply = Reply::of(Story::new(story).after(0).0.conn(CONN).unwrap());
    let [part] = &reply.parts[..] else {
        panic!("{reply:?}");
    };
    assert_eq!((part.reads, part.times), (Some((1, 9)), 9));
    assert_eq!(part.stamp, []);
    assert_eq!(part.data, [Piece::Unknown(9198)]);
}
