//! The tutorial's echo server, one connection: for each recv, or for each bag, it answers the time
//! of day in brackets and then exactly the bytes. With a framing, for each whole message.
//!
//! Knows nothing of how the kernel is observed. One step does at most one recv and one send, so that
//! a person's wish is heard between any two.

use std::collections::VecDeque;

use bytes::BytesMut;
use protocol::{
    Answered, Bagged, Event, Limited, LimitedBy, Message, Policy, ReadWhen, Unframed, UnframedWhy,
};

use crate::{
    framing::{Framer, TooLong},
    journal::Journal,
    limits::{Limits, Pace},
    reading::{self, Situation},
    registry::{Ending, Seat},
    socket::Socket,
    stamp::Stamp,
};

/// While a policy waits for more bytes, the window is asked for so often: it is told late, and no
/// edge comes with it.
const WINDOW_CHECK_NANOS: u64 = 200_000_000;
/// While it ends, it is asked so often whether all is sent: no edge comes with that either.
const SENT_CHECK_NANOS: u64 = 10_000_000;
/// After so many steps without waiting, other tasks have their turn.
const STEPS_MAX: u32 = 128;

/// Serves one connection until it is to be closed; true: by RST.
pub async fn serve(seat: &Seat, socket: &mut Socket, journal: &Journal, limits: &Limits) -> bool {
    let mut echo = Echo {
        pace: Pace::new(limits, journal.now_nanos()),
        // The first news tells it.
        policy: Policy::default(),
        seat,
        socket,
        journal,
        framer: None,
        collected: BytesMut::new(),
        collected_at: 0,
        answered: 0,
        outgoing: Vec::new(),
        sent: 0,
        ready_since_nanos: None,
        ended: false,
        by_hand: VecDeque::new(),
        is_shut: false,
        finishes: false,
        stamp: Stamp::default(),
    };
    echo.frame();
    let mut steps = 0;
    loop {
        match echo.step() {
            Step::Again => {
                steps += 1;
                if steps >= STEPS_MAX {
                    steps = 0;
                    tokio::task::yield_now().await;
                }
            }
            Step::Wait { until_nanos } => {
                steps = 0;
                let until_nanos = [until_nanos, echo.pace.idle_until_nanos()]
                    .into_iter()
                    .flatten()
                    .min();
                echo.socket.wait(until_nanos, echo.seat.news()).await;
            }
            Step::End { reset } => return reset,
        }
    }
}

/// One connection's program.
struct Echo<'a> {
    seat: &'a Seat,
    socket: &'a mut Socket,
    journal: &'a Journal,
    pace: Pace,
    policy: Policy,
    /// Finds messages in what is collected, if the policy says how.
    framer: Option<Framer>,
    /// Read and not yet answered: the bag, the last recv, or what begins no whole message.
    collected: BytesMut,
    /// The stream offset of its first byte.
    collected_at: u64,
    /// Bytes of the incoming direction that are answered.
    answered: u64,
    /// Being sent, and how much of it is gone. Nothing is read before all is.
    outgoing: Vec<u8>,
    sent: usize,
    /// Since when a read may be made; the pause counts from there.
    ready_since_nanos: Option<u64>,
    /// recv has returned 0.
    ended: bool,
    /// Reads that a person asks for, whatever the policy: the most bytes of each.
    by_hand: VecDeque<u32>,
    /// Nothing is sent any more, once all that is being sent is gone.
    is_shut: bool,
    /// Nothing is read any more, and it closes when all that was read is answered and sent.
    finishes: bool,
    stamp: Stamp,
}

enum Step {
    Again,
    Wait { until_nanos: Option<u64> },
    End { reset: bool },
}

impl Echo<'_> {
    fn step(&mut self) -> Step {
        const WAIT: Step = Step::Wait { until_nanos: None };
        if self.seat.has_news() {
            self.socket.flush();
            let news = self.seat.take_news();
            self.set_policy(news.policy);
            self.by_hand.extend(news.reads);
            self.is_shut = news.is_shut;
            match news.ending {
                Some(Ending::Finish) => self.finishes = true,
                Some(ending) => {
                    return Step::End {
                        reset: ending == Ending::Reset,
                    };
                }
                None => {}
            }
        }
        let reads_at_once = self.policy.read_when == ReadWhen::Arrival
            && self.policy.pause_millis == 0
            && self.by_hand.is_empty()
            && self.pace.is_free();
        self.socket.look(reads_at_once);
        if self.socket.is_gone() || self.is_idle() {
            return Step::End { reset: false };
        }
        if self.sent < self.outgoing.len() {
            return match self.socket.write(&self.outgoing[self.sent..]) {
                0 if !self.socket.is_gone() => WAIT,
                accepted => {
                    self.sent += accepted;
                    if self.sent == self.outgoing.len() {
                        self.give_memory_back();
                    }
                    Step::Again
                }
            };
        }
        if self.is_shut && !self.socket.is_shut() {
            self.socket.shut();
        }
        if let Some(bytes) = self.message() {
            self.answer(bytes);
            return Step::Again;
        }
        let most = self.policy.asks_bytes(self.collected.len() as u64) as usize;
        // Of a message that is not whole there is nothing to be answered.
        let is_last = self.ended || self.finishes && self.framer.is_none();
        if !self.collected.is_empty() && (most == 0 || is_last) {
            self.leave_off();
            self.answer(self.collected.len());
            return Step::Again;
        }
        if self.finishes && !self.ended && self.socket.sends() {
            // close(2) with bytes unread is a reset, and so is whatever comes behind it: the kernel
            // would throw away what the client has not got yet.
            if !self.socket.is_shut() {
                self.socket.shut();
            }
            return Step::Wait {
                until_nanos: Some(self.journal.now_nanos() + SENT_CHECK_NANOS),
            };
        }
        if self.ended || self.finishes {
            return Step::End { reset: false };
        }
        let situation = Situation {
            queued: self.socket.queued(),
            ended: self.socket.peer_shut(),
        };
        if situation.queued > 0
            && let Some(until_nanos) = self.pace.opens_at_nanos(self.socket.now_nanos())
        {
            if let Some((a_second, true)) = self.pace.holds_up() {
                self.limited(LimitedBy::EchoRate, a_second);
            }
            let until_nanos = Some(until_nanos);
            return Step::Wait { until_nanos };
        }
        if let Some(&asked) = self.by_hand.front() {
            // Like any recv that waits: nothing is made of it before there is something.
            if situation.queued == 0 && !situation.ended {
                return WAIT;
            }
            if self.read(self.most_by_hand(asked)) {
                self.by_hand.pop_front();
                self.seat.has_read();
            }
            return Step::Again;
        }
        let may_read = self.socket.may_hold_more()
            || reading::may_read(self.policy.read_when, situation, || {
                self.socket.window_closed()
            });
        if !may_read {
            self.ready_since_nanos = None;
            let waits_for_more =
                matches!(self.policy.read_when, ReadWhen::Queued(_)) && situation.queued > 0;
            return Step::Wait {
                until_nanos: waits_for_more.then(|| self.socket.now_nanos() + WINDOW_CHECK_NANOS),
            };
        }
        if self.policy.pause_millis > 0 {
            let now = self.socket.now_nanos();
            let since = *self.ready_since_nanos.get_or_insert(now);
            let until = since + u64::from(self.policy.pause_millis) * 1_000_000;
            if now < until {
                return Step::Wait {
                    until_nanos: Some(until),
                };
            }
        }
        self.ready_since_nanos = None;
        self.read(most);
        Step::Again
    }

    /// Nothing has moved for as long as may be, which is told.
    fn is_idle(&mut self) -> bool {
        let socket = &self.socket;
        let moved = [socket.queued(), socket.read_bytes(), socket.wrote_bytes()];
        let idle = self.pace.is_idle(moved, socket.now_nanos());
        if let Some(millis) = idle {
            self.limited(LimitedBy::Idle, millis);
        }
        idle.is_some()
    }

    /// What it does by a limit, and not by its policy, is told.
    fn limited(&mut self, by: LimitedBy, most: u64) {
        let (conn, end) = self.seat.place();
        self.socket.flush();
        self.journal.record(Event::Limited(Limited {
            conn: Some(conn),
            end,
            by,
            most,
            count: 1,
        }));
    }

    /// No read, by hand or not, asks for more than the bag lacks.
    fn most_by_hand(&self, asked: u32) -> usize {
        let lacks = self.policy.bag.map_or(usize::MAX, |bag| {
            (bag as usize).saturating_sub(self.collected.len())
        });
        lacks.min(asked as usize)
    }

    /// False: there was nothing to be read after all.
    fn read(&mut self, most: usize) -> bool {
        let held = self.collected.len();
        if held == 0 {
            self.collected_at = self.socket.read_bytes();
        }
        self.collected.resize(held + most, 0);
        let returned = self.socket.read(&mut self.collected[held..]);
        self.collected.truncate(held + returned.unwrap_or(0));
        if let Some(framer) = &mut self.framer {
            framer.feed(&self.collected[held..]);
        }
        self.pace.has_read(returned.unwrap_or(0) as u64);
        self.ended = returned == Some(0);
        returned.is_some()
    }

    /// Another policy; with another framing, messages begin where the answers ended.
    fn set_policy(&mut self, policy: Policy) {
        let same_framing = policy.framing == self.policy.framing;
        self.policy = policy;
        if !same_framing {
            self.frame();
        }
    }

    fn frame(&mut self) {
        self.framer = self.policy.framing.map(Framer::new);
        if let Some(framer) = &mut self.framer {
            framer.feed(&self.collected);
        }
    }

    /// The length of the next whole message, which is told. What is too long ends the framing.
    fn message(&mut self) -> Option<usize> {
        let (conn, end) = self.seat.place();
        match self.framer.as_mut()?.next() {
            Ok(found) => {
                let found = found?;
                self.socket.tell(Event::Message(Message {
                    conn,
                    end,
                    offset: self.socket.read_bytes() - self.collected.len() as u64,
                    bytes: found.bytes as u64,
                    framing_bytes: found.framing_bytes as u64,
                    times: 1,
                    since_nanos: None,
                }));
                Some(found.bytes)
            }
            Err(TooLong) => {
                self.unframe(UnframedWhy::TooLong);
                None
            }
        }
    }

    /// The stream has ended: what is left is no message.
    fn leave_off(&mut self) {
        if self.framer.is_some() {
            self.unframe(UnframedWhy::EndOfStream);
        }
    }

    fn unframe(&mut self, why: UnframedWhy) {
        let (conn, end) = self.seat.place();
        let claims = self.framer.take().and_then(|framer| framer.claims());
        self.policy.framing = None;
        // After all that led to it.
        self.socket.flush();
        self.socket.tell(Event::Unframed(Unframed {
            conn,
            end,
            offset: self.socket.read_bytes() - self.collected.len() as u64,
            bytes: self.collected.len() as u64,
            claims,
            why,
        }));
    }

    /// Composes the answer to the first of what is collected.
    fn answer(&mut self, bytes: usize) {
        if self.is_shut {
            // What is read now nobody answers any more.
            let _ = self.collected.split_to(bytes);
            return;
        }
        let (conn, end) = self.seat.place();
        // Without a bag, or when it was taken away half full, there is nothing that was filled.
        if self.policy.bag.is_some() {
            self.socket.tell(Event::Bagged(Bagged {
                conn,
                end,
                offset: self.collected_at,
                bytes: bytes as u64,
                times: 1,
                since_nanos: None,
            }));
        }
        let stamp = self.stamp.now();
        self.socket.tell(Event::Answered(Answered {
            conn,
            end,
            in_offset: self.answered,
            in_bytes: bytes as u64,
            out_offset: self.socket.wrote_bytes(),
            stamp_bytes: stamp.len() as u64,
            times: 1,
            since_nanos: None,
        }));
        self.outgoing.clear();
        self.outgoing.extend_from_slice(stamp.as_bytes());
        self.outgoing
            .extend_from_slice(&self.collected.split_to(bytes));
        self.sent = 0;
        self.answered += bytes as u64;
    }

    /// All is sent: a thousand connections must not keep what a thousand large bags once took.
    fn give_memory_back(&mut self) {
        self.outgoing.clear();
        self.sent = 0;
        self.outgoing.shrink_to(KEPT_BYTES);
        if self.collected.is_empty() && self.collected.capacity() > KEPT_BYTES {
            self.collected = BytesMut::new();
        }
    }
}

/// What a connection keeps between two answers, bytes each; a large bag needs more for a while.
const KEPT_BYTES: usize = 128 << 10;
