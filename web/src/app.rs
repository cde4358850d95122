//! The one owner of time and of what is known: timeline, playback, link and focus.
//!
//! Knows nothing of pictures or panels. Persons act on it through [`App::command`],
//! [`App::pick`] and [`App::ask`]; what they ask of the relay changes nothing here until it comes
//! back as an event.

use std::{cell::RefCell, collections::VecDeque};

use model::{Command, Playback, Show, State, Timeline};
use protocol::{
    Conn, Cursor, Header, Policy, Record, Refusal, Request, Seq,
    wire::{self, FromPage, FromRelay, WireError},
};

use scene::{Inspection, Lang, Target};

use crate::{
    browser,
    focus::Follow,
    link::{Heard, Link},
    wish::{self, Complaint},
};

thread_local! {
    static APP: RefCell<App> = RefCell::new(App::new());
}

/// Works with the page's one app.
pub fn with<T>(work: impl FnOnce(&mut App) -> T) -> T {
    APP.with(|app| work(&mut app.borrow_mut()))
}

/// Something that happened to the page itself, told in words for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The relay is heard again, and goes on where it was lost.
    Resumed,
    /// Another run: a new show has begun.
    NewRun,
}

/// What was asked for and is not in force yet.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Asked {
    id: u32,
    what: Setting,
    at_millis: f64,
}

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Setting {
    /// Of a connection, or of the server.
    Policy(Option<Conn>, Policy),
    /// Of the listener.
    Backlog(u32),
}

/// All that the page knows.
pub struct App {
    timeline: Timeline,
    playback: Playback,
    link: Link,
    header: Option<Header>,
    /// Up to here records are history, shown by their end only.
    joining: Option<Seq>,
    follow: Follow,
    /// The relay's clock less this page's, nanoseconds.
    clock_offset_nanos: Option<f64>,
    /// The version of the relay's words, if it is another one.
    other_version: Option<u8>,
    happening: Option<(Happening, f64)>,
    /// What the relay answered last, until somebody has asked.
    answer: Option<Option<Refusal>>,
    asked: VecDeque<Asked>,
    last_id: u32,
    /// Counts the logs: what was made from an earlier one is void.
    log_number: u32,
}

impl App {
    /// So long a happening is told.
    const TOLD_MILLIS: f64 = 8_000.0;
    /// A display that stood still (a hidden page) goes on where it was.
    const FRAME_MAX: Show = Show::from_millis(250);
    /// A policy that is not in force after so long is no longer awaited.
    const ASKED_MILLIS_MAX: f64 = 3_000.0;

    fn new() -> App {
        App {
            timeline: Timeline::default(),
            playback: Playback::default(),
            link: Link::new(|socket, heard| with(|app| app.hear(socket, heard))),
            header: None,
            joining: None,
            follow: Follow::default(),
            clock_offset_nanos: None,
            other_version: None,
            happening: None,
            answer: None,
            asked: VecDeque::new(),
            last_id: 0,
            log_number: 0,
        }
    }

    // --- from the relay

    /// Keeps the link; to be called a few times each second.
    pub fn tend(&mut self) {
        let now = browser::now_millis();
        let cursor = self.header.as_ref().map(|header| Cursor {
            run: header.run,
            seq: self.timeline.head_seq(),
        });
        self.link.tend(now, cursor);
        self.asked
            .retain(|asked| now - asked.at_millis < Self::ASKED_MILLIS_MAX);
    }

    /// The page can be seen again.
    pub fn seen_again(&mut self) {
        self.link.judge_from(browser::now_millis());
    }

    fn hear(&mut self, socket: u32, heard: Heard) {
        if !self.link.is_current(socket) {
            return;
        }
        let now = browser::now_millis();
        let message = match heard {
            Heard::Closed => return self.link.lost(now),
            Heard::Message(bytes) => wire::decode::<FromRelay>(&bytes),
        };
        match message {
            Ok(message) => {
                self.link.heard(now);
                self.take(message, now);
            }
            Err(WireError::Version { found }) => {
                self.other_version = Some(found);
                self.link.end();
            }
            // Whoever speaks so is not to be believed; another socket may do better.
            Err(WireError::Empty | WireError::Damaged) => self.link.lost(now),
        }
    }

    fn take(&mut self, message: FromRelay, now_millis: f64) {
        match message {
            FromRelay::Header(header) => self.join(*header, now_millis),
            FromRelay::Records(records) => {
                for record in records {
                    self.timeline.push(record);
                }
                self.end_joining();
            }
            FromRelay::Answer { id, refusal } => {
                if refusal.is_some() {
                    self.asked.retain(|asked| asked.id != id);
                }
                self.answer = Some(refusal);
            }
            FromRelay::Beat { at_nanos } => {
                self.clock_offset_nanos = Some(at_nanos as f64 - now_millis * 1e6);
            }
            FromRelay::Recording(_) => {}
        }
    }

    fn join(&mut self, header: Header, now_millis: f64) {
        let known = self.header.as_ref().map(|known| known.run);
        if known == Some(header.run) {
            self.happening = Some((Happening::Resumed, now_millis));
        } else {
            if known.is_some() {
                self.happening = Some((Happening::NewRun, now_millis));
            }
            self.timeline = Timeline::default();
            self.playback = Playback::default();
            self.follow = Follow::default();
            self.clock_offset_nanos = None;
            self.asked.clear();
            self.log_number += 1;
            self.joining = Some(header.head);
        }
        self.header = Some(header);
        self.end_joining();
    }

    /// The show of somebody who comes late begins at the end of what was before.
    fn end_joining(&mut self) {
        if self
            .joining
            .is_some_and(|head| self.timeline.head_seq() >= head)
        {
            self.joining = None;
            self.playback.command(Command::GoLive, &self.timeline);
        }
    }

    // --- from the display

    /// Moves on by what has passed on the display, and lets the focus follow.
    pub fn advance(&mut self, passed_millis: f64) {
        if self.joining.is_none() {
            let passed = Show((passed_millis.max(0.0) * 1e6) as u64).min(Self::FRAME_MAX);
            self.playback.advance(passed.0, &self.timeline);
            self.go_on();
        }
    }

    /// The state that is shown, and when that is.
    pub fn shown(&mut self) -> (Show, &State) {
        let head = self.playback.head();
        (head, self.timeline.state_at(head))
    }

    /// All there is to say of a thing at the moment that is shown.
    pub fn inspect(&mut self, target: Target, lang: Lang) -> Option<Inspection> {
        let head = self.playback.head();
        let record = match target {
            Target::Record(seq) => self.record(seq),
            _ => None,
        };
        scene::inspect(self.timeline.state_at(head), target, record.as_ref(), lang)
    }

    /// A record that is shown, by its number; the newest are looked at first.
    fn record(&self, seq: Seq) -> Option<Record> {
        let count = self.shown_count();
        let entries = self.timeline.entries(0, count);
        let mut entries = entries.rev().take_while(|entry| entry.record.seq >= seq);
        entries
            .find(|entry| entry.record.seq == seq)
            .map(|entry| entry.record.clone())
    }

    /// The last record that is shown, in words.
    pub fn last_words(&mut self, lang: Lang) -> String {
        let count = self.shown_count();
        let last = self.timeline.entries(count.saturating_sub(1), count).next();
        let Some(record) = last.map(|entry| entry.record.clone()) else {
            return String::new();
        };
        scene::words::row(&record, self.timeline.state_after(count), lang)
    }

    /// How many records are shown.
    pub fn shown_count(&self) -> usize {
        self.timeline.count_at(self.playback.head())
    }

    /// All that is recorded.
    pub fn timeline(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    /// What is true now, as far as it has been told: what a person can act on.
    pub fn live(&self) -> &State {
        self.timeline.head()
    }

    /// The head and how it moves.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// The connection in focus.
    pub fn focus(&self) -> Option<Conn> {
        self.timeline.focus()
    }

    /// What stands before the records.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// How the link stands.
    pub fn link(&self) -> scene::Link {
        self.link.state()
    }

    /// The version of the relay's words, if it is another one.
    pub fn other_version(&self) -> Option<u8> {
        self.other_version
    }

    /// What happened to the page lately.
    pub fn happening(&self) -> Option<Happening> {
        let now = browser::now_millis();
        self.happening
            .filter(|(_, at)| now - at < Self::TOLD_MILLIS)
            .map(|(happening, _)| happening)
    }

    /// What the relay answered last, once: taken up (None), or why not.
    pub fn take_answer(&mut self) -> Option<Option<Refusal>> {
        self.answer.take()
    }

    /// Counts the logs: what was made from an earlier one is void.
    pub fn log_number(&self) -> u32 {
        self.log_number
    }

    /// How far the show is behind live, nanoseconds; None once all has been shown.
    pub fn behind_nanos(&self) -> Option<u64> {
        let live = self
            .clock_offset_nanos
            .map_or(self.live().now.at_nanos, |offset| {
                (browser::now_millis() * 1e6 + offset).max(0.0) as u64
            });
        self.timeline.behind_nanos(self.playback.head(), live)
    }

    // --- from the person

    /// Moves through the show.
    pub fn command(&mut self, command: Command) {
        self.playback.command(command, &self.timeline);
    }

    /// Puts a connection in focus, by the person's choice.
    pub fn pick(&mut self, conn: Conn) {
        self.follow = Follow::picked(self.timeline.head());
        let log_nanos = self.timeline.log_nanos_at(self.playback.head());
        self.set_focus(Some(conn), log_nanos);
    }

    /// Asks the relay.
    ///
    /// # Errors
    /// What the relay would refuse is not asked, and nothing is while it is not heard.
    pub fn ask(&mut self, request: Request) -> Result<(), Complaint> {
        let request = wish::checked(request)?;
        self.last_id = self.last_id.wrapping_add(1);
        let id = self.last_id;
        if let Request::Send { conn: None, .. } = request {
            // Whoever asks for a new client wants to see it.
            self.follow = Follow::awaiting(self.timeline.head());
        }
        let setting = match request {
            Request::SetPolicy { conn, policy } => Some(Setting::Policy(conn, policy)),
            Request::SetBacklog { backlog } => Some(Setting::Backlog(backlog)),
            _ => None,
        };
        if !self.link.send(&wire::encode(&FromPage { id, request })) {
            return Err(Complaint::NotHeard);
        }
        if let Some(what) = setting {
            self.asked.push_back(Asked {
                id,
                what,
                at_millis: browser::now_millis(),
            });
        }
        Ok(())
    }

    /// The policy that is in force for a connection, or for the server.
    pub fn policy(&self, conn: Option<Conn>) -> Policy {
        let state = self.live();
        conn.and_then(|conn| state.conn(conn))
            .map_or(state.policy, |connection| connection.policy)
    }

    /// The policy that was asked for and is not in force yet.
    pub fn asked_policy(&self, conn: Option<Conn>) -> Option<Policy> {
        self.asked
            .iter()
            .rev()
            .find_map(|asked| match asked.what {
                Setting::Policy(of, policy) if of == conn => Some(policy),
                _ => None,
            })
            .filter(|policy| *policy != self.policy(conn))
    }

    /// What listen(2) was last asked for.
    pub fn backlog(&self) -> Option<u32> {
        Some(self.live().listener.as_ref()?.listening.backlog)
    }

    /// The backlog that was asked for and is not in force yet.
    pub fn asked_backlog(&self) -> Option<u32> {
        self.asked
            .iter()
            .rev()
            .find_map(|asked| match asked.what {
                Setting::Backlog(backlog) => Some(backlog),
                Setting::Policy(..) => None,
            })
            .filter(|backlog| Some(*backlog) != self.backlog())
    }

    // --- the focus

    /// Lets the focus follow what is shown.
    fn go_on(&mut self) {
        let head = self.playback.head();
        let focus = self.timeline.focus();
        let Some(next) = self.follow.next(self.timeline.state_at(head), focus, head) else {
            return;
        };
        // While another one was in focus its first events took no time of their own: if they
        // have passed in this very frame, back to where they begin.
        let here = self.timeline.log_nanos_at(head);
        let from = next
            .opened
            .filter(|opened| opened.shown + Self::FRAME_MAX > head)
            .map_or(here, |opened| opened.at_nanos.min(here));
        self.follow = Follow::at(next.conn);
        self.set_focus(Some(next.conn), from);
    }

    fn set_focus(&mut self, focus: Option<Conn>, log_nanos: u64) {
        self.timeline.set_focus(focus);
        self.playback.carry(log_nanos, &self.timeline);
    }
}
