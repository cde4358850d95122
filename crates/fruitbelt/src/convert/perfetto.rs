//! A recording as a trace of Chrome's JSON form, which Perfetto and chrome://tracing open.
//!
//! A process is a connection, process 0 the listener; a thread is one kind of fact at one end. Only
//! a merged fact and a wait for room have a duration that is known: any other is a moment. Times
//! are microseconds since the run began, to the nanosecond.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, Write},
};

use protocol::{Conn, ConnKeyframe, End, Event, Keyframe, Queues, Record};
use serde_json::{Value, json};

use super::Output;

/// So many sends of one direction may wait for the read of their last byte; further ones get no
/// arrow.
const SENDS_MAX: usize = 4096;
const LISTENER: u32 = 0;

/// The threads of one end, in the order in which bytes pass.
#[derive(Clone, Copy)]
enum Track {
    Arrived = 1,
    Read,
    Program,
    Wrote,
    Blocked,
}

impl Track {
    const ALL: [(Track, &str); 5] = [
        (Track::Arrived, "arrived"),
        (Track::Read, "read"),
        (Track::Program, "program"),
        (Track::Wrote, "wrote"),
        (Track::Blocked, "waits for room"),
    ];

    fn thread(self, end: End) -> u32 {
        self as u32 + 10 * side(end) as u32
    }
}

/// Writes the trace.
pub struct Trace<W> {
    out: W,
    begun: bool,
    last_nanos: u64,
    /// Those that are not closed.
    conns: BTreeMap<Conn, Connection>,
    arrows: u64,
}

/// What must be remembered of a connection. Index 0 is the server's end, 1 the client's.
#[derive(Default)]
struct Connection {
    is_observed: [bool; 2],
    /// Since when a send waits for room.
    blocked_nanos: [Option<u64>; 2],
    /// What each end sends.
    directions: [Direction; 2],
}

/// One direction of one connection: what was sent, and not yet read at the other end.
#[derive(Default)]
struct Direction {
    sends: VecDeque<Send>,
    read_to: u64,
    arrived_to: u64,
}

struct Send {
    /// Offset behind its last byte.
    to: u64,
    wrote: Span,
    arrived: Option<Span>,
}

/// When something was, nanoseconds since the run began.
#[derive(Clone, Copy)]
struct Span {
    from: u64,
    to: u64,
}

impl<W: Write> Trace<W> {
    pub fn new(out: W) -> Trace<W> {
        Trace {
            out,
            begun: false,
            last_nanos: 0,
            conns: BTreeMap::new(),
            arrows: 0,
        }
    }

    fn emit(&mut self, event: &Value) -> io::Result<()> {
        let before = match std::mem::replace(&mut self.begun, true) {
            true => ",\n",
            false => "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n",
        };
        self.out.write_all(before.as_bytes())?;
        serde_json::to_writer(&mut self.out, event)?;
        Ok(())
    }

    fn name_process(&mut self, pid: u32, name: &str) -> io::Result<()> {
        self.emit(&json!({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": name}}))?;
        self.emit(&json!({"ph": "M", "name": "process_sort_index", "pid": pid, "args": {"sort_index": pid}}))
    }

    /// Names an end's threads, once.
    fn observe(&mut self, conn: Conn, end: End, client: &str) -> io::Result<()> {
        let known = self.conns.entry(conn).or_default();
        let is_new = known.is_observed == [false; 2];
        if std::mem::replace(&mut known.is_observed[side(end)], true) {
            return Ok(());
        }
        if is_new {
            self.name_process(conn.0, &format!("connection {conn} of {client}"))?;
        }
        for (track, name) in Track::ALL {
            let (tid, name) = (track.thread(end), format!("{}: {name}", word(end)));
            self.emit(&json!({"ph": "M", "name": "thread_name", "pid": conn.0, "tid": tid, "args": {"name": name}}))?;
            self.emit(&json!({"ph": "M", "name": "thread_sort_index", "pid": conn.0, "tid": tid, "args": {"sort_index": tid}}))?;
        }
        Ok(())
    }

    fn slice(
        &mut self,
        place: (Conn, End),
        track: Track,
        name: &str,
        span: Span,
        args: &Value,
    ) -> io::Result<()> {
        self.emit(&json!({
            "ph": "X", "name": name, "pid": place.0.0, "tid": track.thread(place.1),
            "ts": micros(span.from), "dur": micros(span.to - span.from), "args": args,
        }))
    }

    fn instant(
        &mut self,
        place: (Conn, End),
        name: &str,
        at_nanos: u64,
        args: &Value,
    ) -> io::Result<()> {
        self.emit(&json!({
            "ph": "i", "s": "t", "name": name, "pid": place.0.0,
            "tid": Track::Program.thread(place.1), "ts": micros(at_nanos), "args": args,
        }))
    }

    /// Of all connections.
    fn told(&mut self, name: &str, at_nanos: u64, args: &Value) -> io::Result<()> {
        self.emit(&json!({
            "ph": "i", "s": "g", "name": name, "pid": LISTENER, "tid": 0,
            "ts": micros(at_nanos), "args": args,
        }))
    }

    fn counter(&mut self, pid: u32, name: &str, at_nanos: u64, value: u64) -> io::Result<()> {
        self.emit(&json!({
            "ph": "C", "name": name, "pid": pid, "ts": micros(at_nanos), "args": {"value": value},
        }))
    }

    fn queues(&mut self, queues: &Queues, at_nanos: u64) -> io::Result<()> {
        let fields = [
            ("receive queue, bytes", queues.receive_queue),
            ("receive window, bytes", queues.receive_window),
            ("kernel memory, bytes", queues.kernel_memory),
            ("unsent, bytes", queues.unsent),
            ("in flight, bytes", queues.in_flight),
            ("round trip, ns", queues.rtt_nanos),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                let name = format!("{} {name}", word(queues.end));
                self.counter(queues.conn.0, &name, at_nanos, value)?;
            }
        }
        Ok(())
    }

    fn keyframe(&mut self, keyframe: &Keyframe) -> io::Result<()> {
        for ConnKeyframe {
            conn,
            client,
            server_end,
            client_end,
            ..
        } in &keyframe.conns
        {
            for (end, known) in [(End::Server, server_end), (End::Client, client_end)] {
                if let Some(known) = known {
                    self.observe(*conn, end, &client.to_string())?;
                    if let Some(known_conn) = self.conns.get_mut(conn) {
                        let direction = &mut known_conn.directions[side(end.other())];
                        direction.arrived_to = known.arrived.bytes;
                        direction.read_to = known.read.bytes;
                        // What was lost may have been the end of a send.
                        direction.sends.clear();
                    }
                }
            }
        }
        Ok(())
    }

    /// A send begins an arrow, if both ends are observed and nobody has read its last byte yet:
    /// the records of two ends may come in either order.
    fn sent(&mut self, (conn, end): (Conn, End), to: u64, wrote: Span) {
        let Some(known) = self.conns.get_mut(&conn) else {
            return;
        };
        let direction = &mut known.directions[side(end)];
        if known.is_observed == [true; 2]
            && to > direction.read_to
            && direction.sends.len() < SENDS_MAX
        {
            direction.sends.push_back(Send {
                to,
                wrote,
                arrived: None,
            });
        }
    }

    fn arrived(&mut self, (conn, end): (Conn, End), to: u64, span: Span) {
        let Some(known) = self.conns.get_mut(&conn) else {
            return;
        };
        let direction = &mut known.directions[side(end.other())];
        direction.arrived_to = to;
        for send in &mut direction.sends {
            if send.to <= to && send.arrived.is_none() {
                send.arrived = Some(span);
            }
        }
    }

    /// The read that takes the last byte of a send ends its arrow: only then is it written, so
    /// that each has both ends.
    fn read(&mut self, (conn, end): (Conn, End), to: u64, span: Span) -> io::Result<()> {
        let Some(known) = self.conns.get_mut(&conn) else {
            return Ok(());
        };
        let direction = &mut known.directions[side(end.other())];
        direction.read_to = to;
        let taken = direction
            .sends
            .iter()
            .take_while(|send| send.to <= to)
            .count();
        for send in direction.sends.drain(..taken).collect::<Vec<_>>() {
            self.arrow(conn, end, &send, span)?;
        }
        Ok(())
    }

    fn arrow(&mut self, conn: Conn, reader: End, send: &Send, read: Span) -> io::Result<()> {
        // A point within each slice, never before the one before it.
        let mut at = send.wrote.from;
        let mut points = vec![("s", Track::Wrote, reader.other(), at)];
        for (phase, track, span) in [
            ("t", Track::Arrived, send.arrived),
            ("f", Track::Read, Some(read)),
        ] {
            if let Some(span) = span.filter(|span| span.to >= at) {
                at = at.max(span.from);
                points.push((phase, track, reader, at));
            }
        }
        if points.last().is_none_or(|(phase, ..)| *phase != "f") {
            return Ok(());
        }
        self.arrows += 1;
        for (phase, track, end, at) in points {
            self.emit(&json!({
                "ph": phase, "bp": "e", "cat": "bytes", "name": "bytes", "id": self.arrows,
                "pid": conn.0, "tid": track.thread(end), "ts": micros(at),
            }))?;
        }
        Ok(())
    }

    fn unblocked(&mut self, (conn, end): (Conn, End), at_nanos: u64) -> io::Result<()> {
        let Some(known) = self.conns.get_mut(&conn) else {
            return Ok(());
        };
        match known.blocked_nanos[side(end)].take() {
            Some(from) => {
                let span = Span { from, to: at_nanos };
                self.slice((conn, end), Track::Blocked, "blocked", span, &json!({}))
            }
            None => Ok(()),
        }
    }

    fn close(&mut self, (conn, end): (Conn, End), at_nanos: u64) -> io::Result<()> {
        self.unblocked((conn, end), at_nanos)?;
        if let Some(known) = self.conns.get_mut(&conn) {
            known.is_observed[side(end)] = false;
            if known.is_observed == [false; 2] {
                self.conns.remove(&conn);
            }
        }
        Ok(())
    }
}

impl<W: Write> Output for Trace<W> {
    fn record(&mut self, record: &Record) -> io::Result<()> {
        let at = record.at_nanos;
        self.last_nanos = at;
        if !self.begun {
            self.name_process(LISTENER, "listener")?;
        }
        let span = |since: Option<u64>| Span {
            from: since.unwrap_or(at).min(at),
            to: at,
        };
        let place = record
            .event
            .place()
            .unwrap_or((Conn(LISTENER), End::Server));
        let seq = record.seq.0;
        match &record.event {
            Event::Keyframe(keyframe) => self.keyframe(keyframe),
            Event::Connected(e) => {
                self.observe(e.conn, e.end, &e.local.to_string())?;
                self.instant(place, "connected", at, &json!({"seq": seq}))
            }
            Event::Accepted(e) => {
                self.observe(e.conn, e.end, &e.peer.to_string())?;
                self.instant(place, "accepted", at, &json!({"seq": seq}))
            }
            Event::Wrote(e) => {
                let args = json!({"seq": seq, "offset": e.offset, "asked": e.asked, "accepted": e.accepted, "times": e.times});
                self.slice(
                    place,
                    Track::Wrote,
                    &format!("send {}", e.accepted),
                    span(e.since_nanos),
                    &args,
                )?;
                self.sent(
                    place,
                    e.offset.saturating_add(e.accepted),
                    span(e.since_nanos),
                );
                Ok(())
            }
            Event::Arrived(e) => {
                let args = json!({"seq": seq, "offset": e.offset, "bytes": e.bytes, "segments": e.segments, "times": e.times});
                self.slice(
                    place,
                    Track::Arrived,
                    &format!("arrived {}", e.bytes),
                    span(e.since_nanos),
                    &args,
                )?;
                self.arrived(place, e.offset.saturating_add(e.bytes), span(e.since_nanos));
                Ok(())
            }
            Event::Read(e) => {
                let args = json!({"seq": seq, "offset": e.offset, "asked": e.asked, "returned": e.returned, "times": e.times});
                self.slice(
                    place,
                    Track::Read,
                    &format!("recv {}", e.returned),
                    span(e.since_nanos),
                    &args,
                )?;
                self.read(
                    place,
                    e.offset.saturating_add(e.returned),
                    span(e.since_nanos),
                )
            }
            Event::Bagged(e) => {
                let args =
                    json!({"seq": seq, "offset": e.offset, "bytes": e.bytes, "times": e.times});
                self.slice(
                    place,
                    Track::Program,
                    &format!("bag {}", e.bytes),
                    span(e.since_nanos),
                    &args,
                )
            }
            Event::Answered(e) => {
                let args = json!({"seq": seq, "in_offset": e.in_offset, "in_bytes": e.in_bytes, "out_offset": e.out_offset, "stamp_bytes": e.stamp_bytes, "times": e.times});
                self.slice(
                    place,
                    Track::Program,
                    &format!("answer {}", e.in_bytes),
                    span(e.since_nanos),
                    &args,
                )
            }
            Event::Blocked(e) => {
                if let Some(known) = self.conns.get_mut(&e.conn) {
                    known.blocked_nanos[side(e.end)].get_or_insert(at);
                }
                Ok(())
            }
            Event::Unblocked(_) => self.unblocked(place, at),
            Event::HalfClosed(e) => {
                self.instant(place, "half closed", at, &json!({"seq": seq, "by": e.by}))
            }
            Event::EndOfStream(e) => self.instant(
                place,
                "end of stream",
                at,
                &json!({"seq": seq, "offset": e.offset}),
            ),
            Event::Reset(e) => self.instant(place, "reset", at, &json!({"seq": seq, "by": e.by})),
            Event::Closed(e) => {
                self.instant(
                    place,
                    "closed",
                    at,
                    &json!({"seq": seq, "unread": e.unread}),
                )?;
                self.close(place, at)
            }
            Event::Queues(queues) => self.queues(queues, at),
            Event::Waiting(e) => {
                self.counter(LISTENER, "accept queue, connections", at, e.queued.into())
            }
            Event::Listening(e) => self.told(
                "listening",
                at,
                &json!({"seq": seq, "addr": e.addr, "backlog": e.backlog}),
            ),
            Event::Policy(e) => self.told(
                "policy",
                at,
                &json!({"seq": seq, "conn": e.conn, "policy": e.policy}),
            ),
            Event::Dropped(e) => self.told(
                "records lost",
                at,
                &json!({"seq": seq, "records": e.records}),
            ),
            Event::Called(e) => self.told(&e.method, at, &json!({"seq": seq, "call": e})),
            Event::Step(e) => self.told("step", at, &json!({"seq": seq, "step": e})),
            Event::Connecting(e) => self.told("connecting", at, &json!({"seq": seq, "socket": e})),
            Event::Message(e) => {
                let args = json!({"seq": seq, "offset": e.offset, "bytes": e.bytes, "framing_bytes": e.framing_bytes, "times": e.times});
                self.slice(
                    place,
                    Track::Program,
                    &format!("message {}", e.bytes),
                    span(e.since_nanos),
                    &args,
                )
            }
            Event::Compared(e) => self.told("compared", at, &json!({"seq": seq, "compared": e})),
            Event::Limited(e) => self.told("limit", at, &json!({"seq": seq, "limited": e})),
            Event::Unframed(e) => {
                self.instant(place, "no message", at, &json!({"seq": seq, "unframed": e}))
            }
            Event::DatagramBound(e) => {
                self.told("datagram socket", at, &json!({"seq": seq, "socket": e}))
            }
            Event::DatagramSent(e) => self.told("sendto", at, &json!({"seq": seq, "datagram": e})),
            Event::DatagramReceived(e) => {
                self.told("recvfrom", at, &json!({"seq": seq, "datagram": e}))
            }
            Event::DatagramLost(e) => {
                self.told("datagrams lost", at, &json!({"seq": seq, "lost": e}))
            }
            Event::Unaccepted(_) | Event::DatagramQueue(_) => Ok(()),
            Event::Unknown(e) => self.told(&e.name, at, &json!({"seq": seq, "fields": e.fields})),
        }
    }

    /// Who still waits for room has waited until here.
    fn finish(&mut self) -> io::Result<()> {
        if !self.begun {
            self.name_process(LISTENER, "listener")?;
        }
        let open: Vec<_> = self.conns.keys().copied().collect();
        for conn in open {
            for end in [End::Server, End::Client] {
                self.unblocked((conn, end), self.last_nanos)?;
            }
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

fn side(end: End) -> usize {
    match end {
        End::Server => 0,
        End::Client => 1,
    }
}

fn word(end: End) -> &'static str {
    match end {
        End::Server => "server",
        End::Client => "client",
    }
}

/// Microseconds; a double keeps the nanoseconds of the first 104 days.
fn micros(nanos: u64) -> Value {
    json!(nanos as f64 / 1000.0)
}
