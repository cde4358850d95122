//! What the panels read: plain values, taken from the app about ten times a second, each behind a
//! signal of its own, so that what did not change is not rendered again.

use leptos::prelude::*;
use model::{Command, Connection, Filter, Mark, Marker, MarkerKind, Mode, Show, State, Stops};
use protocol::{
    Address, Conn, End, Hall, Policy, Recording, RecordingFault, RecordingState, Right, Source,
};
use scene::{
    Frame, Hit, Inspection, Lang, Link, Look, Picture, Scene, Target,
    timeline::{Span, moment_at},
    words,
};

use crate::{
    app::{self, App, Happening},
    choices,
    events::{FACTS, Kind, Row, Rows},
    language,
    lasting::Lasting,
    later,
    panels::{Dynamic, dynamic},
    source::{Fault, Listed},
    values::{self, Value},
    wish::Complaint,
};

/// What panels follow. The person's own are the first ones, up to `complaint`; the app writes the others.
#[derive(Clone, Copy)]
pub struct View {
    /// The language of all words.
    pub lang: Lasting<Lang>,
    /// The look of all that is drawn.
    pub look: Lasting<Look>,
    /// The picture of one connection: belt or cut.
    pub one: Lasting<Picture>,
    /// All connections instead of one.
    pub all: Lasting<bool>,
    /// The window is upright: there is room for one panel at a time.
    pub upright: Lasting<bool>,
    /// Which panel that is.
    pub panel: Lasting<Panel>,
    /// What stands behind the tabs of the events.
    pub beside: Lasting<Beside>,
    /// Which events the table shows, and among which the keys step.
    pub filter: Lasting<Filter>,
    /// What pauses the show.
    pub stops: Lasting<Stops>,
    /// The part of the show that the bar of time spans; None: all.
    pub span: StoredValue<Option<Span>>,
    /// What is to be read aloud at once.
    pub said: Lasting<String>,
    /// What became of the last wish, if it came to nothing.
    pub complaint: Lasting<Option<Complaint>>,
    /// Connections as tabs.
    pub tabs: Lasting<Tabs>,
    /// The accept queue.
    pub desk: Lasting<Option<Desk>>,
    /// Which log is shown, how many of its records, and the connection in focus: who looks at the
    /// app by itself, as the panels of the second module do, follows this.
    pub shown: Lasting<(u32, usize, Option<Conn>)>,
    /// Time.
    pub strip: Lasting<Strip>,
    /// The bar of time as a slider.
    pub slider: Lasting<Slider>,
    /// The markers.
    pub flags: Lasting<Vec<Flag>>,
    /// Where they can be pointed at, on the bar of time.
    pub flag_hits: StoredValue<Vec<Hit>>,
    /// The kinds of events seen so far.
    pub kinds: Lasting<Vec<Kind>>,
    /// The event table, newest first.
    pub rows: Lasting<Vec<Row>>,
    /// All values of the connection in focus.
    pub values: Lasting<Vec<Value>>,
    /// The rulers in words.
    pub cuts: Lasting<Vec<String>>,
    /// What can be asked.
    pub controls: Lasting<Controls>,
    /// The moment in words.
    pub caption: Lasting<String>,
    /// While the show stands: how many records are shown, and the last one in words.
    pub step: Lasting<Option<(usize, String)>>,
    /// What the page itself has to tell.
    pub notice: Lasting<Option<Notice>>,
    /// A film is being made.
    pub film: Lasting<bool>,
    /// Who is in the hall, and who can see what; None: nothing was told of one.
    pub hall: Lasting<Option<Hall>>,
    /// Recordings.
    pub shelf: Lasting<Shelf>,
    /// Nobody is connected: the big button is offered.
    pub empty: Lasting<bool>,
    /// What can be pointed at on the stage.
    pub stage_spots: Lasting<Vec<Spot>>,
    /// What can be pointed at on the time strip.
    pub lane_spots: Lasting<Vec<Spot>>,
    /// What can be pointed at on the rulers.
    pub ruler_spots: Lasting<Vec<Spot>>,
    /// What is pointed at, and where it is in the window.
    pub inspected: Lasting<Option<(Target, Place)>>,
    /// All there is to say of it.
    pub inspection: Lasting<Option<Inspection>>,
    /// What the page does not need to start is here as well.
    pub complete: Lasting<bool>,
}

/// Left, top, width and height in the window, CSS pixels.
pub type Place = (f64, f64, f64, f64);

/// Something that can be pointed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Where it is on its canvas, and what it stands for.
    pub hit: Hit,
    /// Its name.
    pub name: String,
}

/// The panels that stand below the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The same bytes, cut four ways.
    Rulers,
    /// The receive buffer's level in time.
    Level,
    /// Events and values.
    Events,
    /// What can be asked.
    Controls,
}

/// What stands behind the tabs of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// What happened.
    Events,
    /// What is known of the connection in focus.
    Values,
    /// The tutorial's programs, and where they stand.
    Code,
    /// What its client got back.
    Reply,
    /// The table of socket methods.
    Api,
    /// The map of families and types.
    Kinds,
}

/// The connections to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tabs {
    /// By number.
    pub tabs: Vec<Tab>,
    /// How many more there are.
    pub more: usize,
}

/// One connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Its number.
    pub conn: Conn,
    /// Whether it is on the stage.
    pub in_focus: bool,
    /// Whether it is open.
    pub open: bool,
    /// Whether its client is ours.
    pub ours: bool,
    /// Bytes that wait to be read.
    pub waiting: u64,
    /// The client's address.
    pub peer: String,
    /// Belt and buffer, tiny.
    pub picture: Scene,
}

/// The accept queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Desk {
    /// Connections that nobody has accepted; None where the system does not tell.
    pub queued: Option<u32>,
    /// The backlog; there is one more place.
    pub limit: u32,
    /// One client at a time is served.
    pub sequential: bool,
    /// How that is known.
    pub source: Source,
}

/// Time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strip {
    /// Standing by the person's wish.
    pub paused: bool,
    /// So much passed in reality in one second of the show, nanoseconds.
    pub stretch_nanos: u64,
    /// How fast, by its place on the ladder.
    pub speed: usize,
    /// What it paused at by itself.
    pub stopped: Option<(Mark, Option<Conn>)>,
    /// So far behind live, nanoseconds; None: all is shown.
    pub behind_nanos: Option<u64>,
    /// Records that are not shown yet.
    pub pending: usize,
    /// Anything recorded at all.
    pub any: bool,
}

/// The bar of time as a slider, whole milliseconds of show, and its value in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slider {
    /// The earliest moment that is kept.
    pub min: u64,
    /// The latest moment that can be shown.
    pub max: u64,
    /// The head.
    pub now: u64,
    /// What is to be said of it.
    pub words: String,
}

/// A marker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flag {
    /// Its number.
    pub id: u32,
    /// When it is shown.
    pub show: Show,
    /// When it happened.
    pub time: String,
    /// Its name.
    pub name: String,
    /// A person has set it.
    pub by_hand: bool,
}

/// What can be asked, from what is true now: a person acts on the present, wherever the show is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controls {
    /// The connection in focus.
    pub focus: Option<FocusControls>,
    /// The server's policy, and the one asked for.
    pub server: PolicyControls,
    /// Where to connect.
    pub addr: Option<Address>,
    /// What listen(2) was asked for last, and what the relay was asked for since.
    pub backlog: Option<u32>,
    /// See [`Controls::backlog`].
    pub asked_backlog: Option<u32>,
    /// Whether the relay is heard, or a recording tells.
    pub heard: bool,
    /// It is a recording: nobody is there to be asked.
    pub recorded: bool,
}

/// Recordings: those of the page's server, and the one that is played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// Those that the server has.
    pub listed: Vec<Listed>,
    /// The server is a relay.
    pub has_relay: bool,
    /// The one that is played; None: what the relay says.
    pub playing: Option<String>,
    /// The one on the relay's disk, running or the last.
    pub on_disk: Option<Recording>,
}

/// A policy and what was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PolicyControls {
    /// In force.
    pub policy: Policy,
    /// Asked for and not in force yet.
    pub asked: Option<Policy>,
}

/// What can be asked of the connection in focus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FocusControls {
    /// Its number.
    pub conn: Conn,
    /// Its policy.
    pub policy: PolicyControls,
    /// The server's socket is open.
    pub server_open: bool,
    /// The client's socket; None: somebody else's program.
    pub client_open: Option<bool>,
    /// Our client can still send.
    pub can_send: bool,
}

/// What the page itself has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The first connection is being made.
    Connecting,
    /// The relay was heard and is silent.
    Lost,
    /// Another version speaks.
    OtherVersion(u8),
    /// Something happened.
    Happened(Happening),
    /// So many records were lost.
    Gap(u64),
    /// A film is being made.
    Film,
    /// A recording is being read: hundredths, if that is known.
    Reading(Option<u8>),
    /// It could be read no further.
    Unreadable(Fault),
    /// The recording on the relay's disk ended by itself.
    RecordingFailed(RecordingFault),
}

impl View {
    /// More tabs than this are only counted.
    const TABS_MAX: usize = 12;
    /// Further things on a picture cannot be pointed at.
    const SPOTS_MAX: usize = 256;

    /// Empty signals.
    pub fn new(lang: Lang, look: Look) -> View {
        let filter = Filter {
            conn: None,
            kinds: FACTS,
        };
        app::with(|app| app.command(Command::Filter(filter)));
        View {
            lang: Lasting::new(lang),
            look: Lasting::new(look),
            one: Lasting::new(choices::first_picture()),
            all: Lasting::new(false),
            upright: Lasting::new(false),
            panel: Lasting::new(Panel::Rulers),
            beside: Lasting::new(Beside::Events),
            complaint: Lasting::new(None),
            filter: Lasting::new(filter),
            stops: Lasting::default(),
            span: StoredValue::new(None),
            said: Lasting::default(),
            tabs: Lasting::default(),
            desk: Lasting::default(),
            shown: Lasting::default(),
            strip: Lasting::default(),
            slider: Lasting::default(),
            flags: Lasting::default(),
            flag_hits: StoredValue::default(),
            kinds: Lasting::default(),
            rows: Lasting::default(),
            values: Lasting::default(),
            cuts: Lasting::default(),
            controls: Lasting::default(),
            caption: Lasting::default(),
            step: Lasting::new(None),
            notice: Lasting::new(None),
            film: Lasting::new(false),
            hall: Lasting::default(),
            shelf: Lasting::default(),
            empty: Lasting::new(false),
            stage_spots: Lasting::default(),
            lane_spots: Lasting::default(),
            ruler_spots: Lasting::default(),
            inspected: Lasting::new(None),
            inspection: Lasting::new(None),
            complete: Lasting::new(false),
        }
    }

    /// The text of a label, in the language of the moment.
    pub fn say(self, label: language::Label) -> Dynamic<&'static str> {
        dynamic(move || label.text(self.lang.get()))
    }

    /// Whoever looks may drive the relay, as everybody may where there is no hall.
    pub fn drives(self) -> bool {
        self.hall.with(|hall| {
            hall.as_ref()
                .is_none_or(|hall| hall.right == Right::Lecturer)
        })
    }

    /// What the panel is called in which the relay is asked; guests are only told there how to join.
    pub fn controls_name(self) -> Dynamic<&'static str> {
        dynamic(move || {
            let label = match self.drives() {
                true => language::Label::Controls,
                false => language::Label::TakePart,
            };
            label.text(self.lang.get())
        })
    }

    /// Goes on to the next look.
    pub fn step_look(self) {
        let look = choices::next_look(self.look.get_untracked());
        choices::set_look(look, true);
        self.look.set(look);
    }

    /// The picture on the stage.
    pub fn picture(self) -> Picture {
        if self.all.get_untracked() {
            Picture::All
        } else {
            self.one.get_untracked()
        }
    }

    /// Puts a picture on the stage; behind the one of all, the last one waits.
    pub fn show(self, picture: Picture) {
        self.all.put(picture == Picture::All);
        if picture != Picture::All {
            self.one.put(picture);
        }
    }

    /// Belt instead of cut, or the other way round, with the courier between where datagrams come; from the picture of all back to the last one.
    pub fn switch_picture(self) {
        later::fetch(self);
        if self.all.get_untracked() {
            return self.all.set(false);
        }
        let next = match self.one.get_untracked() {
            Picture::Cut if app::with(App::has_datagrams) => Picture::Courier,
            Picture::Cut | Picture::Courier => Picture::Belt,
            _ => Picture::Cut,
        };
        choices::remember_picture(next);
        self.one.set(next);
    }

    /// The nine steps, or back to the belt.
    pub fn switch_steps(self) {
        later::fetch(self);
        let shown = self.picture() == Picture::Steps;
        self.all.set(false);
        self.one.set(match shown {
            true => Picture::Belt,
            false => Picture::Steps,
        });
    }

    /// Puts a connection on the stage, by the person's choice.
    pub fn pick(self, conn: Conn) {
        app::with(|app| app.pick(conn));
        self.all.set(false);
    }

    /// Asks for all there is to say of a thing, or of nothing. At once: whoever listens is told
    /// of it together with its name.
    pub fn inspect(self, what: Option<(Target, Place)>) {
        later::fetch(self);
        self.inspected.put(what);
        app::with(|app| self.update_inspection(app));
    }

    fn update_inspection(self, app: &mut App) {
        let lang = self.lang.get_untracked();
        let target = self.inspected.get_untracked().map(|(target, _)| target);
        self.inspection
            .put(target.and_then(|target| app.inspect(target, lang)));
    }

    /// Takes what can be pointed at on a picture.
    pub fn take_spots(self, spots: Lasting<Vec<Spot>>, hits: &[Hit], app: &mut App) {
        let lang = self.lang.get_untracked();
        let (_, state) = app.shown();
        let spot = |hit: &Hit| {
            Some(Spot {
                name: scene::name(state, hit.target, lang)?,
                hit: hit.clone(),
            })
        };
        spots.put(hits.iter().filter_map(spot).take(View::SPOTS_MAX).collect());
    }

    /// The part of the show that the bar spans now, and all of it.
    pub fn spans(self, app: &mut App) -> (Span, Span) {
        let has_ended = app.recorded().is_some_and(|reading| reading.is_read);
        let timeline = app.timeline();
        let (start, end) = (timeline.start(), timeline.end());
        let all = if has_ended {
            Span::whole(start, end)
        } else {
            Span::all(start, end)
        };
        let span = self.span.get_value().map_or(all, |span| span.within(all));
        (span, all)
    }

    /// The moment at `x` of the bar of time.
    pub fn moment_at(self, x: f64, width: f64) -> Show {
        app::with(|app| moment_at(x, width, self.spans(app).0))
    }

    /// The moment of the marker at `x` of the bar of time.
    pub fn marker_at(self, x: f64, y: f64) -> Option<Show> {
        self.flag_hits.with_value(|hits| {
            let here = |hit: &&Hit| (hit.x..hit.x + hit.w).contains(&x) && y < hit.y + hit.h;
            hits.iter().rfind(here).and_then(|hit| match hit.target {
                Target::Moment(show) => Some(show),
                _ => None,
            })
        })
    }

    /// Makes the bar of time span so many times as much.
    pub fn zoom(self, times: f64, around: Option<Show>) {
        app::with(|app| {
            let around = around.unwrap_or(app.playback().head());
            let (span, all) = self.spans(app);
            let span = span.zoomed(times, around, all);
            self.span.set_value((span != all).then_some(span));
        });
    }

    /// Moves what the bar of time spans.
    pub fn pan(self, by: f64) {
        app::with(|app| {
            let (span, all) = self.spans(app);
            if span != all {
                self.span.set_value(Some(span.panned(by, all)));
            }
        });
    }

    /// Sets a marker at the moment that is shown.
    pub fn set_marker(self) {
        let lang = self.lang.get_untracked();
        let count = self
            .flags
            .with_untracked(|all| all.iter().filter(|it| it.by_hand).count());
        let name = format!("{} {}", language::Label::Marker.text(lang), count + 1);
        app::with(|app| {
            app.add_marker(name.clone());
            self.flags.put(flags(app, lang));
        });
        self.said.set(name);
    }

    /// The connection beside the one in focus, round and round.
    pub fn pick_beside(self, forward: bool) {
        let next = self.tabs.with_untracked(|tabs| {
            let here = tabs.tabs.iter().position(|tab| tab.in_focus);
            let count = tabs.tabs.len();
            let step = if forward { 1 } else { count.saturating_sub(1) };
            let next = here.map_or(0, |here| (here + step) % count);
            tabs.tabs.get(next).map(|tab| tab.conn)
        });
        if let Some(conn) = next {
            self.pick(conn);
        }
    }

    /// The next speed of the ladder.
    pub fn step_speed(self, faster: bool) {
        app::with(|app| {
            app.command(Command::Faster { faster });
            self.strip.put(strip(app));
        });
        let mode = Mode::LADDER[self.strip.with_untracked(|strip| strip.speed)];
        self.said
            .set(language::speed(mode, self.lang.get_untracked()));
    }

    /// Whether a panel must give way to another one.
    pub fn hides(self, panel: Panel) -> Dynamic<bool> {
        dynamic(move || self.upright.get() && self.panel.get() != panel)
    }

    /// The role of a panel: one of several behind tabs, where there is room for one only.
    pub fn panel_role(self) -> Option<&'static str> {
        self.upright.get().then_some("tabpanel")
    }

    /// Takes all values from the app. `frame` is how a picture of this moment is made.
    pub fn update(self, app: &mut App, rows: &mut Rows, reduced_motion: bool) {
        let lang = self.lang.get_untracked();
        let count = app.shown_count();
        let sources = app.header().map(|header| header.sources);
        let (log, filter) = (app.log_number(), self.filter.get_untracked());
        if rows.bring(app.timeline(), count, log, filter, lang, sources) {
            self.rows.set(rows.newest_first());
            self.kinds.put(rows.kinds().to_vec());
        }

        let (focus, link) = (app.focus(), app.link());
        self.shown.put((log, count, focus));
        let recorded = app.recorded().is_some();
        let (now, state) = app.shown();
        let frame = Frame {
            state,
            now,
            focus,
            width: 0.0,
            height: 0.0,
            picture: self.picture(),
            look: self.look.get_untracked(),
            lang,
            reduced_motion,
            link,
        };
        self.tabs.put(tabs(&frame));
        self.desk
            .put(desk(state, sources.map(|sources| sources.waiting)));
        self.caption.put(scene::words::caption_text(&frame));
        let connection = frame.connection();
        self.values.put(values::of(connection, state, sources));
        self.cuts.put(values::cuts(connection, lang));
        self.empty
            .put(connection.is_none() && link == Link::Live && !recorded);
        let gap = state
            .lost
            .filter(|(_, moment)| now.millis_since(moment.shown) < 6_000.0)
            .map(|(records, _)| Notice::Gap(records));

        let stands = app.playback().is_paused();
        // First why it stands, for whoever reads it aloud.
        self.strip.put(strip(app));
        self.step
            .put(stands.then(|| app.last_words(lang)).map(|it| (count, it)));
        self.slider.put(slider(app, lang));
        self.flags.put(flags(app, lang));
        self.stops.put(app.playback().stops);
        self.update_controls(app);
        let happened = app.happening().map(Notice::Happened);
        let notice = match (app.other_version(), link) {
            _ if self.film.get_untracked() => Some(Notice::Film),
            (Some(found), _) => Some(Notice::OtherVersion(found)),
            (None, Link::Connecting) => Some(Notice::Connecting),
            (None, Link::Lost) => Some(Notice::Lost),
            (None, Link::Live) => happened.or(of_recording(app)).or(gap),
        };
        self.notice.put(notice);
        if self.hall.with_untracked(|hall| *hall != app.told().hall) {
            self.hall.set(app.told().hall.clone());
        }
        self.shelf.put(shelf(app));
        self.update_inspection(app);
        later::tend_lesson(app);
        if let Some(answer) = app.take_answer() {
            self.complaint.put(answer.map(Complaint::Refused));
        }
    }

    /// Takes what can be asked: at once after something was asked.
    pub fn update_controls(self, app: &App) {
        self.controls.put(controls(app));
    }
}

/// The size of a tab's picture as it is drawn; the page may show it smaller.
const TAB_WIDTH: f64 = 118.0;
const TAB_HEIGHT: f64 = 36.0;

fn tabs(frame: &Frame) -> Tabs {
    let state = frame.state;
    let chosen = scene::chosen(state, frame.focus, View::TABS_MAX);
    let more = state.conns.len() - chosen.len();
    let tab = |connection: &&Connection| Tab {
        conn: connection.conn,
        in_focus: Some(connection.conn) == frame.focus,
        open: connection.is_open(),
        ours: connection.client.is_some(),
        waiting: connection
            .server
            .as_ref()
            .map_or(0, |end| end.waiting_bytes()),
        peer: connection.client_addr.to_string(),
        picture: scene::tab_picture(connection, TAB_WIDTH, TAB_HEIGHT),
    };
    Tabs {
        tabs: chosen.iter().map(tab).collect(),
        more,
    }
}

fn desk(state: &State, source: Option<Source>) -> Option<Desk> {
    let listener = state.listener.as_ref()?;
    let waiting = listener.waiting.map(|(waiting, _)| waiting);
    Some(Desk {
        queued: waiting.map(|waiting| waiting.queued),
        limit: waiting.map_or(listener.listening.backlog, |waiting| waiting.limit),
        sequential: listener.listening.sequential,
        source: source
            .filter(|_| waiting.is_some())
            .unwrap_or(Source::Unavailable),
    })
}

fn strip(app: &mut App) -> Strip {
    const SECOND: f64 = 1e9;
    let playback = app.playback();
    let (head, paused, mode) = (playback.head(), playback.is_paused(), playback.mode());
    let stopped = playback.stopped_at();
    let count = app.shown_count();
    let behind_nanos = app.behind_nanos();
    let timeline = app.timeline();
    let conn = |seq| timeline.record(seq).and_then(|it| it.event.conn());
    Strip {
        paused,
        stretch_nanos: match mode {
            Mode::Paced => timeline.stretch_nanos(head),
            Mode::Following => SECOND as u64,
            Mode::Slow { divisor } => (SECOND / divisor) as u64,
        },
        speed: Mode::LADDER.iter().position(|it| *it == mode).unwrap_or(0),
        stopped: stopped.map(|(mark, seq)| (mark, conn(seq))),
        behind_nanos,
        pending: timeline.len() - count,
        any: !timeline.is_empty(),
    }
}

fn slider(app: &mut App, lang: Lang) -> Slider {
    let millis = |show: Show| show.0 / 1_000_000;
    let (head, focus) = (app.playback().head(), app.focus());
    let timeline = app.timeline();
    let (min, max) = (millis(timeline.start()), millis(timeline.end()));
    let here = timeline.log_nanos_at(head);
    // As exactly as one press of an arrow key asks for.
    let apart = timeline.stretch_nanos(head) / 10;
    let state = timeline.state_at(head);
    Slider {
        min,
        max,
        now: millis(head),
        words: words::spoken_moment(here, apart, state, focus, lang),
    }
}

fn flags(app: &mut App, lang: Lang) -> Vec<Flag> {
    let timeline = app.timeline();
    let flag = |marker: &Marker| {
        let show = timeline.show_of(marker.at);
        Flag {
            id: marker.id,
            show,
            time: words::moment(timeline.log_nanos_at(show), 0),
            name: words::marker_name(marker, lang),
            by_hand: matches!(marker.kind, MarkerKind::Hand { .. }),
        }
    };
    timeline.markers().iter().map(flag).collect()
}

/// What there is to tell of the recording that is played, or of the one on the relay's disk.
fn of_recording(app: &App) -> Option<Notice> {
    if let Some(reading) = app.recorded() {
        return match reading.fault {
            Some(fault) => Some(Notice::Unreadable(fault)),
            // In steps that can be read, and listened to.
            None if !reading.is_read => {
                Some(Notice::Reading(reading.percent.map(|it| it / 10 * 10)))
            }
            None => None,
        };
    }
    match app.relay_recording()?.state {
        RecordingState::Failed(fault) => Some(Notice::RecordingFailed(fault)),
        _ => None,
    }
}

fn shelf(app: &App) -> Shelf {
    let (listed, has_relay) = app.list();
    Shelf {
        listed: listed.to_vec(),
        has_relay,
        playing: app.recorded().map(|reading| reading.name.clone()),
        on_disk: app.relay_recording().cloned(),
    }
}

fn controls(app: &App) -> Controls {
    let live = app.live();
    let policy = |conn| PolicyControls {
        policy: app.policy(conn),
        asked: app.asked_policy(conn),
    };
    let connection = app.focus().and_then(|conn| live.conn(conn));
    Controls {
        focus: connection.map(|connection| {
            let open = |end| connection.end(end).map(|end| end.closed.is_none());
            let client = connection.client.as_ref();
            FocusControls {
                conn: connection.conn,
                policy: policy(Some(connection.conn)),
                server_open: open(End::Server) == Some(true),
                client_open: open(End::Client),
                can_send: client.is_some_and(|end| {
                    end.closed.is_none() && end.shut_by_self.is_none() && end.reset.is_none()
                }),
            }
        }),
        server: policy(None),
        addr: live.listener.as_ref().map(|it| it.listening.addr.clone()),
        backlog: app.backlog(),
        asked_backlog: app.asked_backlog(),
        heard: app.link() == Link::Live,
        recorded: app.recorded().is_some(),
    }
}
