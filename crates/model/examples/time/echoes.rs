//! A log such as a relay writes, of any length, always the same one: connections that send 64 bytes
//! now and then and wait for the echo, some that flood and are told of by merged facts, and samples
//! of all of them.
//!
//! Shared by the benchmark and the tests.

use protocol::*;

/// The records of so many connections, without end.
pub struct Echoes {
    conns: Vec<Echo>,
    seq: Seq,
    at_nanos: u64,
    random: u64,
    /// What happens next, last first.
    next: Vec<Event>,
}

#[derive(Clone, Copy, Default)]
struct Echo {
    sent: u64,
    stamps: u64,
    received: u64,
}

const BYTES: u64 = 64;
const STAMP: u64 = 22;
const FLOOD: u32 = 40;

impl Echoes {
    pub fn of(conns: u32) -> Echoes {
        let addr = Address::from(([127, 0, 0, 1], 21567));
        let mut next = vec![Event::Listening(Listening {
            addr: addr.clone(),
            backlog: 5,
            bufsize: 1024,
            sequential: false,
        })];
        for conn in (1..=conns).map(Conn) {
            let client = Address::from(([127, 0, 0, 1], 40_000 + conn.0 as u16));
            next.push(Event::Waiting(Waiting {
                queued: 1,
                limit: 5,
            }));
            if Self::is_ours(conn) {
                next.push(Event::Connected(Connected {
                    conn,
                    end: End::Client,
                    local: client.clone(),
                    peer: addr.clone(),
                }));
            }
            next.push(Event::Accepted(Accepted {
                conn,
                end: End::Server,
                peer: client,
                local: addr.clone(),
            }));
            next.push(Event::Waiting(Waiting {
                queued: 0,
                limit: 5,
            }));
        }
        next.reverse();
        Echoes {
            conns: vec![Echo::default(); conns as usize],
            seq: Seq(0),
            at_nanos: 0,
            random: 0x9e37_79b9_7f4a_7c15,
            next,
        }
    }

    /// Every other client is the demonstration's.
    fn is_ours(conn: Conn) -> bool {
        conn.0 % 2 == 1
    }

    fn random(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    /// One echo of one connection, first event first.
    fn echo(&mut self) -> Vec<Event> {
        let count = self.conns.len() as u64;
        let index = self.random(count) as usize;
        let conn = Conn(index as u32 + 1);
        // Each tenth connection floods.
        let times = if conn.0.is_multiple_of(10) { FLOOD } else { 1 };
        let batches = self.random(8) / 7 + 1;
        let since_nanos = (times > 1).then_some(self.at_nanos);
        let bytes = BYTES * u64::from(times);
        let stamps = STAMP * u64::from(times);
        let before = self.conns[index];
        let echo = &mut self.conns[index];
        echo.sent += bytes * batches;
        echo.stamps += stamps;
        echo.received += bytes * batches + stamps;
        let (server, client) = (End::Server, End::Client);
        let preview = |bytes: u64| Some(Preview(vec![b'0'; bytes.min(BYTES) as usize].into()));
        let wrote = |end, offset, bytes| {
            Event::Wrote(Wrote {
                conn,
                end,
                offset,
                asked: bytes,
                accepted: bytes,
                times,
                since_nanos,
                preview: preview(bytes),
            })
        };
        let arrived = |end, offset, bytes| {
            Event::Arrived(Arrived {
                conn,
                end,
                offset,
                bytes,
                segments: Some(times),
                times,
                since_nanos,
                preview: preview(bytes),
            })
        };
        let read = |end, offset, bytes| {
            Event::Read(Read {
                conn,
                end,
                offset,
                asked: 1024 * u64::from(times),
                returned: bytes,
                times,
                since_nanos,
                preview: preview(bytes),
            })
        };
        let mut events = vec![];
        for batch in 0..batches {
            let offset = before.sent + batch * bytes;
            if Self::is_ours(conn) {
                events.push(wrote(client, offset, bytes));
            }
            events.push(arrived(server, offset, bytes));
        }
        events.push(read(server, before.sent, bytes * batches));
        let answer = bytes * batches + stamps;
        events.push(Event::Answered(Answered {
            conn,
            end: server,
            in_offset: before.sent,
            in_bytes: bytes * batches,
            out_offset: before.received,
            stamp_bytes: stamps,
            times,
            since_nanos,
        }));
        events.push(wrote(server, before.received, answer));
        if Self::is_ours(conn) {
            events.push(arrived(client, before.received, answer));
            events.push(read(client, before.received, answer));
        }
        if self.random(3) == 0 {
            events.push(Event::from(Queues {
                conn,
                end: server,
                receive_queue: Some(0),
                receive_window: Some(if self.random(50) == 0 { 0 } else { 65_536 }),
                kernel_memory: Some(0),
                kernel_memory_limit: Some(131_072),
                unsent: Some(0),
                in_flight: Some(0),
                rtt_nanos: Some(20_000),
                state: Some(TcpState::Established),
            }));
        }
        events
    }
}

impl Iterator for Echoes {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let event = match self.next.pop() {
            Some(event) => {
                // Between the calls of one program.
                self.at_nanos += 2_000 + self.random(30_000);
                event
            }
            None => {
                // Between one echo and the next; now and then nobody sends for a while.
                self.at_nanos += match self.random(5_000) {
                    0 => 20_000_000_000,
                    _ => self.random(2_000_000),
                };
                self.next = self.echo();
                self.next.reverse();
                self.next.pop()?
            }
        };
        self.seq = self.seq.next();
        Some(Record {
            seq: self.seq,
            at_nanos: self.at_nanos,
            event,
        })
    }
}
