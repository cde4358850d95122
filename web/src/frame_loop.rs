//! The one loop that moves time and paints: advance, paint what moves or changed, and about ten
//! times a second let the panels know. Knows nothing of what is on the pictures.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use model::Show;
use protocol::Conn;
use scene::{Frame, Lang, Link, Look, Parts, Scene};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, MediaQueryList};

use crate::{
    app::{self, App},
    bar::Bar,
    browser,
    events::Rows,
    lanes, later, painter,
    view::View,
};

/// The ids of the canvases that the loop paints.
pub const STAGE: &str = "stage-canvas";
/// See [`STAGE`].
pub const RULERS: &str = "rulers-canvas";
/// See [`STAGE`].
pub const LANES: &str = "lanes-canvas";
/// See [`STAGE`].
pub const BAR: &str = "bar-canvas";

/// Panels are told at most this often, milliseconds.
const PANELS_EVERY_MILLIS: f64 = 100.0;
/// The link is tended this often, milliseconds.
const TEND_EVERY_MILLIS: u64 = 250;

/// Starts the loop; it runs as long as the page.
pub fn start(view: View) {
    app::with(App::tend);
    let tended = set_interval_with_handle(
        || app::with(App::tend),
        std::time::Duration::from_millis(TEND_EVERY_MILLIS),
    );
    debug_assert!(tended.is_ok(), "a window has timers");
    let looper = Rc::new(RefCell::new(Loop::new(view)));
    next(looper);
}

fn next(looper: Rc<RefCell<Loop>>) {
    request_animation_frame(move || {
        looper.borrow_mut().frame();
        next(looper);
    });
}

struct Loop {
    view: View,
    rows: Rows,
    pictures: [Picture; 4],
    bar: Bar,
    odd: bool,
    reduced_motion: Option<MediaQueryList>,
    last_millis: f64,
    panels_millis: f64,
    /// What the first picture does without has been asked for.
    is_whole: bool,
}

/// A canvas and what was last painted on it.
struct Picture {
    subject: Subject,
    canvas: Option<Canvas>,
    /// What the picture was made of; None: never made.
    basis: Option<Basis>,
    moving: bool,
    /// The picture itself.
    parts: Option<Parts>,
}

/// An element of the page, and how large it is there.
struct Canvas {
    element: HtmlCanvasElement,
    /// CSS pixels.
    size: Rc<Cell<(f64, f64)>>,
}

/// What a picture is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Stage,
    Rulers,
    /// The level chart: it tells of what is not shown yet.
    Lanes,
    /// The bar of time: so does it.
    Bar,
}

impl Subject {
    /// What is shown moves under the playhead, whatever happens.
    fn is_time(self) -> bool {
        matches!(self, Subject::Lanes | Subject::Bar)
    }

    fn id(self) -> &'static str {
        match self {
            Subject::Stage => STAGE,
            Subject::Rulers => RULERS,
            Subject::Lanes => LANES,
            Subject::Bar => BAR,
        }
    }
}

/// All that a picture depends on. The moment counts only while something moves: a still picture
/// changes with the records.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Basis {
    log: u32,
    count: usize,
    recorded: Option<usize>,
    now: Option<Show>,
    focus: Option<Conn>,
    width: f64,
    height: f64,
    ratio: f64,
    wish: Wish,
    link: Link,
    /// Whether it is the picture that is wished.
    complete: bool,
}

/// How a person wants to see it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Wish {
    lang: Lang,
    look: Look,
    picture: scene::Picture,
    reduced_motion: bool,
}

impl Wish {
    fn of(view: View, reduced_motion: bool) -> Wish {
        Wish {
            lang: view.lang.get_untracked(),
            look: view.look.get_untracked(),
            picture: view.picture(),
            reduced_motion,
        }
    }
}

impl Loop {
    fn new(view: View) -> Loop {
        let picture = |subject| Picture {
            subject,
            canvas: None,
            basis: None,
            moving: subject.is_time(),
            parts: None,
        };
        Loop {
            view,
            rows: Rows::default(),
            pictures: [
                Subject::Stage,
                Subject::Rulers,
                Subject::Lanes,
                Subject::Bar,
            ]
            .map(picture),
            bar: Bar::new(view),
            odd: false,
            reduced_motion: browser::media("(prefers-reduced-motion: reduce)"),
            last_millis: browser::now_millis(),
            panels_millis: f64::MIN,
            is_whole: false,
        }
    }

    fn frame(&mut self) {
        let now = browser::now_millis();
        let passed = now - self.last_millis;
        self.last_millis = now;
        let reduced = self.reduced_motion.as_ref().is_some_and(|it| it.matches());
        let wish = Wish::of(self.view, reduced);
        app::with(|app| {
            app.advance(passed);
            // What is small moves at half the rate, by turns.
            self.odd = !self.odd;
            let [stage, rulers, lanes, bar] = &mut self.pictures;
            stage.paint(app, wish, &mut self.bar);
            if self.odd {
                rulers.paint(app, wish, &mut self.bar);
                bar.paint(app, wish, &mut self.bar);
            } else {
                lanes.paint(app, wish, &mut self.bar);
            }
            if now - self.panels_millis >= PANELS_EVERY_MILLIS {
                self.panels_millis = now;
                if !self.is_whole && app.header().is_some() {
                    self.is_whole = true;
                    later::fetch(self.view);
                }
                // The banner takes of the stage: whoever aims at something must not miss it. Whether there
                // is one, a relay tells behind its header.
                let told = app.told();
                let is_relay = app.header().is_some() && app.recorded().is_none();
                let is_untold = is_relay && told.hall.is_none();
                if is_untold || told.is_hall() && later::is_under_way() {
                    return;
                }
                for picture in &mut self.pictures {
                    picture.tell_hits(self.view, app);
                }
                self.view.update(app, &mut self.rows, reduced);
            }
        });
    }
}

impl Picture {
    fn tell_hits(&self, view: View, app: &mut App) {
        let hits = self.parts.as_ref().map(|parts| &parts.scene().hits[..]);
        let hits = hits.unwrap_or_default();
        let (spots, hits) = match self.subject {
            Subject::Stage => (view.stage_spots, hits),
            Subject::Rulers => (view.ruler_spots, hits),
            // While it runs nobody could point at anything of it.
            Subject::Lanes if !app.playback().is_paused() => (view.lane_spots, &[][..]),
            Subject::Lanes => (view.lane_spots, hits),
            Subject::Bar => return view.flag_hits.set_value(hits.to_vec()),
        };
        view.take_spots(spots, hits, app);
    }

    fn paint(&mut self, app: &mut App, wish: Wish, bar: &mut Bar) {
        if self.canvas.is_none() {
            self.canvas = Canvas::find(self.subject.id());
        }
        let Some(canvas) = &self.canvas else {
            return;
        };
        let (width, height) = canvas.size.get();
        if width < 1.0 || height < 1.0 {
            return;
        }
        let basis = Basis {
            log: app.log_number(),
            count: app.shown_count(),
            recorded: self.subject.is_time().then(|| app.timeline().len()),
            now: self.moving.then(|| app.playback().head()),
            focus: app.focus(),
            width,
            height,
            ratio: browser::pixel_ratio(),
            wish,
            link: app.link(),
            complete: later::is_here(),
        };
        let is_bar = self.subject == Subject::Bar;
        if self.basis == Some(basis) && !(is_bar && bar.has_changed(app)) {
            return;
        }
        let head = app.playback().head();
        let scene = match self.subject {
            Subject::Stage => later::stage(&basis.frame(app)),
            Subject::Rulers => scene::rulers(&basis.frame(app)),
            Subject::Lanes => {
                lanes::picture(app.timeline(), head, wish.look, wish.lang, (width, height))
            }
            Subject::Bar => bar.picture(app, (wish.look, wish.lang), (width, height)),
        };
        let moving = scene.moving;
        let parts = Parts::of(scene);
        match (&self.parts, self.basis) {
            // With every record all is painted: whatever went wrong does not stay.
            (Some(before), Some(old)) if old.is_same_but_for_time(basis) => {
                painter::repaint(&canvas.element, &parts, before, wish.look);
            }
            _ => painter::paint(&canvas.element, parts.scene(), wish.look),
        }
        self.moving = moving;
        self.parts = Some(parts);
        self.basis = Some(Basis {
            now: moving.then_some(head),
            ..basis
        });
    }
}

impl Canvas {
    fn find(id: &str) -> Option<Canvas> {
        let element = browser::document()?.get_element_by_id(id)?;
        let element: HtmlCanvasElement = element.dyn_into().ok()?;
        let size = Rc::new(Cell::new((0.0, 0.0)));
        let told = Rc::clone(&size);
        browser::watch_size(&element, move |width, height| {
            told.set((width.round(), height.round()));
        });
        Some(Canvas { element, size })
    }
}

/// Paints the stage as it is now on a canvas apart, which is not seen.
pub fn paint_apart(view: View, canvas: &HtmlCanvasElement) {
    let size = (f64::from(canvas.width()), f64::from(canvas.height()));
    let wish = Wish::of(view, false);
    app::with(|app| painter::paint_on_paper(canvas, &stage(app, wish, size), wish.look));
}

/// The stage as it is now, as SVG. None while the code for that is not fetched.
pub fn svg(view: View) -> Option<String> {
    let wish = Wish::of(view, false);
    app::with(|app| later::svg(&stage(app, wish, (1920.0, 660.0)), wish.look))
}

fn stage(app: &mut App, wish: Wish, (width, height): (f64, f64)) -> Scene {
    let (log, link, focus) = (app.log_number(), app.link(), app.focus());
    let basis = Basis {
        log,
        count: 0,
        recorded: None,
        now: None,
        focus,
        width,
        height,
        ratio: 1.0,
        wish,
        link,
        complete: later::is_here(),
    };
    later::stage(&basis.frame(app))
}

impl Basis {
    fn is_same_but_for_time(self, other: Basis) -> bool {
        let timeless = |basis| Basis { now: None, ..basis };
        timeless(self) == timeless(other)
    }

    fn frame(self, app: &mut App) -> Frame<'_> {
        let (now, state) = app.shown();
        Frame {
            state,
            now,
            focus: self.focus,
            width: self.width,
            height: self.height,
            picture: self.wish.picture,
            look: self.wish.look,
            lang: self.wish.lang,
            reduced_motion: self.wish.reduced_motion,
            link: self.link,
        }
    }
}
