//! The one owner of time and of what is known: timeline, playback, link and focus.
//!
//! Knows nothing of pictures or panels. Persons act on it through [`App::command`],
//! [`App::pick`] and [`App::ask`]; what they ask of the relay changes nothing here until it comes
//! back as an event.

mod lecture;
mod told;

use std::{cell::RefCell, collections::VecDeque};

use model::{Command, Playback, Show, State, Timeline};
use protocol::{
    Conn, Cursor, Header, Policy, Record, Recording, Refusal, Request, Seq,
    wire::{self, FromPage, FromRelay, WireError},
};

use scene::{Inspection, Lang, Target};
use wasm_bindgen::JsValue;

use crate::{
    browser,
    focus::Follow,
    later,
    link::{Heard, Link},
    moment::{Moment, seconds_text},
    outside,
    source::{Fault, Listed, Reading, Source, Why},
    wish::{self, Complaint},
};
pub use told::Told;

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
    /// The log is bounded, and the head stood in what it has forgotten.
    Forgotten,
    /// Of several files only the first was opened.
    FirstOnly,
    /// The last line of the recording was not whole.
    CutShort,
    /// A link names a recording that is not there.
    NoSuchRecording,
    /// A link names a moment of another run.
    OtherRun,
    /// A part of a link makes no sense.
    BadLink,
    /// The link is in the clipboard.
    Copied,
    /// The link is selected, for the person to copy.
    Selected,
    /// This browser cannot record films.
    NoFilm,
}

fn hear_socket(socket: u32, heard: Heard) {
    with(|app| app.hear(socket, heard));
}

/// The id of what is told without awaiting an answer.
const ASIDE: u32 = u32::MAX;

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
    source: Source,
    /// The recordings that the page's server has.
    list: Vec<Listed>,
    /// The page's server is a relay.
    has_relay: bool,
    /// A recording on the relay's disk.
    recording: Option<Recording>,
    /// The moment of a link, until it is loaded.
    wanted: Option<Moment>,
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
    /// Counts what a person did to markers.
    marker_changes: u32,
    /// A person holds the head: it does not move by itself.
    held: bool,
    /// Counts what a person did to time and focus.
    touches: u32,
    given: lecture::Given,
    told: Told,
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
            link: Link::new(hear_socket, false),
            source: Source::Unknown,
            list: Vec::new(),
            has_relay: false,
            recording: None,
            wanted: None,
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
            marker_changes: 0,
            held: false,
            touches: 0,
            given: lecture::Given::default(),
            told: Told::default(),
        }
    }

    // --- from the relay

    /// Keeps the link; to be called a few times each second.
    pub fn tend(&mut self) {
        if !matches!(self.source, Source::Relay) {
            return;
        }
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
            Heard::Closed if self.link.is_to_lesson() => return self.ask_for_lesson(now),
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
        if self.awaits_lesson(&message) {
            return;
        }
        match message {
            FromRelay::Header(header) => self.join(*header, now_millis),
            FromRelay::Records(records) => {
                let head = self.playback.head();
                let was_kept = head >= self.timeline.start();
                for record in records {
                    self.timeline.push(record);
                }
                if was_kept && head < self.timeline.start() {
                    self.happening = Some((Happening::Forgotten, now_millis));
                }
                self.end_joining();
            }
            FromRelay::Answer { id: ASIDE, .. } => {}
            FromRelay::Answer { id, refusal } => {
                if refusal.is_some() {
                    self.asked.retain(|asked| asked.id != id);
                }
                self.answer = Some(refusal);
            }
            FromRelay::Beat { at_nanos } => {
                self.clock_offset_nanos = Some(at_nanos as f64 - now_millis * 1e6);
            }
            FromRelay::Lesson(told) => self.hear_lecture(told.map(|told| *told)),
            FromRelay::Recording(recording) => self.recording = recording,
            of_hall => self.told.take(of_hall),
        }
    }

    fn join(&mut self, header: Header, now_millis: f64) {
        self.told.join();
        let known = self.header.as_ref().map(|known| known.run);
        if known == Some(header.run) {
            self.happening = Some((Happening::Resumed, now_millis));
        } else {
            if known.is_some() && self.lecture().is_none() {
                self.happening = Some((Happening::NewRun, now_millis));
            }
            self.forget();
            // A recording begins at its beginning, and so does a lesson.
            let is_whole = self.recorded().is_some() || self.lecture().is_some();
            self.joining = (!is_whole).then_some(header.head);
        }
        self.header = Some(header);
        self.end_joining();
    }

    /// A new show.
    fn forget(&mut self) {
        self.timeline = Timeline::default();
        // What a person chose stays chosen.
        let (stops, filter) = (self.playback.stops, self.playback.filter);
        // From lesson to lesson, the speed as well.
        let mode = self.lecture().map(|_| self.playback.mode());
        self.playback = Playback::default();
        (self.playback.stops, self.playback.filter) = (stops, filter);
        if let Some(mode) = mode {
            self.steer(Command::Mode(mode));
        }
        self.follow = Follow::default();
        self.header = None;
        self.joining = None;
        self.clock_offset_nanos = None;
        self.asked.clear();
        self.log_number += 1;
    }

    /// The show of somebody who comes late begins at the end of what was before.
    fn end_joining(&mut self) {
        if self
            .joining
            .is_some_and(|head| self.timeline.head_seq() >= head)
        {
            self.joining = None;
            self.by_itself(App::go_live);
        }
        self.go_to_wanted();
    }

    // --- from a recording

    /// Takes the list of recordings, and begins with what it offers.
    pub fn choose_source(&mut self, list: Vec<Listed>, has_relay: bool) {
        self.list = list;
        self.has_relay = has_relay;
        let wanted = self.wanted.take();
        let named = wanted.as_ref().and_then(|wanted| wanted.rec.as_deref());
        if named.is_none() && has_relay {
            self.go_to_relay();
        } else {
            let named = named.and_then(|name| self.listed(name));
            self.choose(named.unwrap_or(0));
        }
        if let Some(wanted) = wanted {
            self.want(wanted);
        }
    }

    fn listed(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|listed| listed.name == name)
    }

    /// The recordings that the page's server has, and whether it is a relay.
    pub fn list(&self) -> (&[Listed], bool) {
        (&self.list, self.has_relay)
    }

    /// A recording on the relay's disk: running, or the last that was.
    pub fn relay_recording(&self) -> Option<&Recording> {
        self.recording.as_ref()
    }

    /// The recording that is played; None: what the relay says.
    pub fn recorded(&self) -> Option<&Reading> {
        match &self.source {
            Source::Recording(reading) => Some(reading),
            _ => None,
        }
    }

    /// Plays a recording of the list; without any there is only the relay.
    pub fn choose(&mut self, index: usize) {
        match self.list.get(index) {
            Some(Listed { name, file, .. }) => {
                let (name, file) = (name.clone(), file.as_str().into());
                self.read(name, &file);
            }
            None => self.go_to_relay(),
        }
    }

    /// Plays a recording: a file, or where one is.
    pub fn read(&mut self, name: String, what: &JsValue) {
        self.leave();
        let number = self.log_number;
        self.source = Source::Recording(Reading::new(name, number));
        outside::ask("read", what, &number.into());
    }

    /// Shows what the relay says.
    pub fn go_to_relay(&mut self) {
        self.leave();
        self.source = Source::Relay;
        outside::ask("stop", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        self.tend();
    }

    /// Closes the socket, and frees what was shown.
    fn leave(&mut self) {
        self.forget();
        self.link = Link::new(hear_socket, false);
        self.given = lecture::Given::default();
        self.source = Source::Unknown;
        self.other_version = None;
        self.happening = None;
        self.recording = None;
        self.wanted = None;
        self.told = Told::default();
    }

    /// Takes a message of the reader, or goes on with the last one, for a short time. True if
    /// there is more of it.
    pub fn take_slice(&mut self, bytes: Option<Vec<u8>>, number: u32) -> bool {
        let now = browser::now_millis();
        let Source::Recording(reading) = &mut self.source else {
            return false;
        };
        if reading.number != number {
            return false;
        }
        let other = bytes.map(|bytes| reading.take(&bytes));
        let timeline = &mut self.timeline;
        let more = reading.slice(|record| timeline.push(record));
        match other {
            Some(Ok(Some(message))) => self.take(message, now),
            Some(Err(_)) => self.failed(Fault {
                why: Why::Other,
                line: 0,
            }),
            _ => self.go_to_wanted(),
        }
        more
    }

    fn reading(&mut self) -> Option<&mut Reading> {
        match &mut self.source {
            Source::Recording(reading) => Some(reading),
            _ => None,
        }
    }

    /// So much of the recording is read; of 0 bytes: nobody knows of how many.
    pub fn progress(&mut self, bytes: f64, of: f64) {
        if let Some(reading) = self.reading() {
            reading.percent = (of > 0.0).then(|| (100.0 * bytes / of) as u8);
        }
    }

    /// Nothing more comes.
    pub fn is_read(&mut self) {
        if let Some(reading) = self.reading() {
            reading.is_read = true;
            self.go_to_wanted();
        }
    }

    /// Nothing more can be read.
    pub fn failed(&mut self, fault: Fault) {
        if let Some(reading) = self.reading() {
            reading.fault = Some(fault);
            self.is_read();
        }
    }

    // --- moments

    /// Goes to the moment that a link names by its parts, one a line.
    pub fn restore(&mut self, parts: &str) {
        let (moment, is_sound) = Moment::parse(parts);
        self.want(moment);
        if !is_sound {
            self.happens(Happening::BadLink);
        }
    }

    fn want(&mut self, moment: Moment) {
        if moment == Moment::default() {
            return;
        }
        let playing = self.recorded().map(|reading| reading.name.clone());
        if matches!(self.source, Source::Unknown) {
            // The list will say what there is.
        } else if let Some(name) = &moment.rec
            && playing.as_deref() != Some(name)
        {
            match self.listed(name) {
                Some(index) => self.choose(index),
                None => return self.happens(Happening::NoSuchRecording),
            }
        }
        self.wanted = Some(moment);
        self.go_to_wanted();
    }

    /// Goes to the moment that is wanted, if it is loaded.
    fn go_to_wanted(&mut self) {
        let (Some(wanted), Some(header)) = (&self.wanted, &self.header) else {
            return;
        };
        if wanted.run.is_some_and(|run| run != header.run) {
            self.wanted = None;
            return self.happens(Happening::OtherRun);
        }
        let head = self.timeline.head();
        let is_loaded = match (wanted.at, wanted.log_nanos) {
            (Some(place), _) => self.timeline.head_seq() >= place.seq,
            (None, Some(nanos)) => head.now.at_nanos >= nanos,
            (None, None) => !self.timeline.is_empty(),
        };
        let is_all = match &self.source {
            Source::Recording(reading) => reading.is_read,
            _ => true,
        };
        if self.joining.is_some() || !(is_loaded || is_all) {
            if wanted.at.is_some() || wanted.log_nanos.is_some() {
                self.command(Command::Pause);
            }
            return;
        }
        let Some(wanted) = self.wanted.take() else {
            return;
        };
        if let Some(mode) = wanted.mode {
            self.command(Command::Mode(mode));
        }
        // First, since each focus has a pace of its own.
        if let Some(conn) = wanted.conn
            && self.live().conn(conn).is_some()
        {
            self.pick(conn);
        }
        let show = match (wanted.at, wanted.log_nanos) {
            (Some(place), _) => self.timeline.show_of(place),
            (None, Some(nanos)) => self.timeline.show_at(nanos),
            (None, None) => return,
        };
        self.command(Command::Pause);
        self.command(Command::Seek(show));
    }

    /// The moment that is shown, as it stands in a link; then how the show goes.
    pub fn moment_text(&self) -> String {
        let head = self.playback.head();
        let moment = Moment {
            log_nanos: Some(self.timeline.log_nanos_at(head)),
            at: Some(self.timeline.place_at(head)),
            conn: self.focus(),
            mode: Some(self.playback.mode()),
            rec: self.recorded().map(|reading| reading.name.clone()),
            run: self.header.as_ref().map(|header| header.run),
        };
        let flag = |is: bool| if is { "1" } else { "0" };
        let is_loading = self.recorded().is_some_and(|reading| !reading.is_read);
        moment.text(browser::escaped)
            + "&paused="
            + flag(self.playback.is_paused())
            + "&loading="
            + flag(is_loading)
            + "&end="
            + &seconds_text(self.live().now.at_nanos)
    }

    /// Something happened that is told for a while.
    pub fn happens(&mut self, happening: Happening) {
        self.happening = Some((happening, browser::now_millis()));
    }

    // --- from the display

    /// Moves on by what has passed on the display, and lets the focus follow.
    pub fn advance(&mut self, passed_millis: f64) {
        if self.joining.is_none() && !self.held {
            let passed = Show((passed_millis.max(0.0) * 1e6) as u64).min(Self::FRAME_MAX);
            let before = self.playback.head();
            self.playback.advance(passed.0, &self.timeline);
            self.stay_in_chapter(before);
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
        later::inspect(self.timeline.state_at(head), target, record.as_ref(), lang)
    }

    /// A record that is shown, by its number; the last one, where a keyframe bears the same.
    fn record(&self, seq: Seq) -> Option<Record> {
        let behind = self.timeline.index_of(seq.next()).min(self.shown_count());
        let entry = self.timeline.entry(behind.checked_sub(1)?)?;
        (entry.record.seq == seq).then(|| entry.record.clone())
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

    /// Whether any client sends datagrams.
    pub fn has_datagrams(&mut self) -> bool {
        !self.timeline().head().datagrams.clients.is_empty()
    }

    /// Our own client that may send datagrams.
    pub fn courier(&mut self) -> Option<protocol::Conn> {
        let clients = self.timeline().head().datagrams.clients.values();
        let mut open = clients.filter(|it| it.ours.is_some() && it.closed.is_none());
        open.next_back().map(|client| client.conn)
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

    /// What the relay tells of the hall.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// Records are still history: the show has not begun.
    pub fn is_joining(&self) -> bool {
        self.joining.is_some()
    }

    /// How the link stands.
    pub fn link(&self) -> scene::Link {
        match self.source {
            Source::Unknown => scene::Link::Connecting,
            Source::Relay => self.link.state(),
            // Nothing of it can get old.
            Source::Recording(_) => scene::Link::Live,
        }
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
        let live = self.live_nanos();
        self.timeline.behind_nanos(self.playback.head(), live)
    }

    /// What time it is where records are recorded, as far as it has been told: log time.
    pub fn live_nanos(&self) -> u64 {
        self.clock_offset_nanos
            .map_or(self.live().now.at_nanos, |offset| {
                (browser::now_millis() * 1e6 + offset).max(0.0) as u64
            })
    }

    /// Counts what a person did to markers.
    pub fn marker_changes(&self) -> u32 {
        self.marker_changes
    }

    // --- from the person

    /// Moves through the show.
    pub fn command(&mut self, command: Command) {
        if !matches!(command, Command::Stops(_) | Command::Filter(_)) {
            self.touches += 1;
        }
        self.steer(command);
    }

    fn steer(&mut self, command: Command) {
        self.playback.command(command, &self.timeline);
    }

    /// What is done by this no person did.
    pub fn by_itself(&mut self, work: impl FnOnce(&mut App)) {
        let touches = self.touches;
        work(self);
        self.touches = touches;
    }

    /// Counts what a person did to time and focus.
    pub fn touches(&self) -> u32 {
        self.touches
    }

    /// To what is recorded now, and on from there; with a recording to its end.
    pub fn go_live(&mut self) {
        let is_going_on = self.recorded().is_none();
        let live_nanos = is_going_on.then(|| self.live_nanos());
        self.command(Command::GoLive { live_nanos });
    }

    /// Holds the head where it is, or lets it go on.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// Sets a marker at the moment that is shown.
    pub fn add_marker(&mut self, name: String) {
        self.marker_changes += 1;
        self.timeline.add_marker(name, self.playback.head());
    }

    /// Gives a marker another name. Without one it goes.
    pub fn name_marker(&mut self, id: u32, name: String) {
        let marker = self.timeline.markers().iter().find(|it| it.id == id);
        if let Some(show) = marker.map(|marker| self.timeline.show_of(marker.at)) {
            self.remove_marker(id);
            if !name.trim().is_empty() {
                self.timeline.add_marker(name, show);
            }
        }
    }

    /// Takes a marker away.
    pub fn remove_marker(&mut self, id: u32) {
        self.marker_changes += 1;
        self.timeline.remove_marker(id);
    }

    /// Puts a connection in focus, by the person's choice.
    pub fn pick(&mut self, conn: Conn) {
        self.touches += 1;
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

    /// Tells the relay what no answer is awaited of. False: it is not heard.
    pub fn tell(&self, request: Request) -> bool {
        let id = ASIDE;
        self.link.send(&wire::encode(&FromPage { id, request }))
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
        let sends_datagrams = |conn| self.live().datagrams.client(conn).is_some();
        if self.follow.is_chosen() && focus.is_some_and(sends_datagrams) {
            return;
        }
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
