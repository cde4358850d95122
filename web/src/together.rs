//! The hall at one moment: the lecturer's page tells where it is in the show, and the pages of those
//! who follow go there, until they are touched. Part of what is fetched later: see [`crate::later`].
//!
//! Of several windows of a lecturer the one leads that was touched last. Knows nothing of sockets.

#![allow(
    clippy::redundant_closure,
    reason = "written inside `view!`, closures are of one type: see `dynamic`"
)]

mod lead;
mod moment;
mod tell;
mod words;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use protocol::{Audience, Picture, Request, Right};

use crate::{
    app::{self, App},
    browser,
    lasting::Lasting,
    panels::dynamic::{dynamic, on},
    view::View,
};
use lead::Lead;
use tell::Teller;
use words::Label;

/// How this page stands to the lecturer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// Nobody leads here, or nobody else is here.
    #[default]
    Alone,
    /// It is a lecturer's.
    Lecturer,
    Follows,
    LooksAround,
}

/// What is shown of it.
#[derive(Clone, Copy)]
struct Shown {
    view: View,
    standing: Lasting<Standing>,
    audience: Lasting<Audience>,
}

thread_local! {
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
    static PAGE: RefCell<Page> = RefCell::new(Page::new());
}

/// What this page knows of being together.
struct Page {
    /// What the person wants. None: what is usual; guests follow, lecturers do not.
    follows: Option<bool>,
    lead: Lead,
    teller: Teller,
    /// Counts that were seen: see [`App::touches`] and [`app::Told`].
    touches: u32,
    moments: u32,
    joins: u32,
    /// Nothing was done yet about where the lecturer is.
    is_new: bool,
    picture: Option<Picture>,
    /// What the relay knows of following.
    said: bool,
}

fn shown(view: View) -> Shown {
    SHOWN.get().unwrap_or_else(|| {
        let shown = Shown {
            view,
            standing: Lasting::default(),
            audience: Lasting::default(),
        };
        SHOWN.set(Some(shown));
        shown
    })
}

/// How many watch, and how: for lecturers. To be followed.
pub fn watching(view: View) -> Option<String> {
    let shown = shown(view);
    let is_told = shown.standing.get() == Standing::Lecturer;
    is_told.then(|| words::watching(shown.audience.get(), view.lang.get()))
}

/// How it stands, in one line.
pub fn view(view: View) -> AnyView {
    let shown = shown(view);
    let say = move |label: Label| dynamic(move || label.text(view.lang.get()));
    let is = move |standing| shown.standing.get() == standing;
    let words = move || {
        let label = match shown.standing.get() {
            Standing::Follows => Label::Follows,
            Standing::LooksAround => Label::LooksAround,
            Standing::Lecturer | Standing::Alone => {
                return watching(view).unwrap_or_default();
            }
        };
        label.text(view.lang.get()).to_owned()
    };
    let button = move |label: Label, title: Label, on_in: Standing| {
        view! {
            <button
                type="button"
                class="btn"
                aria-keyshortcuts="G"
                title=say(title)
                hidden=move || !is(on_in)
                on:click=on(move |_| switch())
            >
                {say(label)}
            </button>
        }
    };
    view! {
        <div
            class="together"
            role="group"
            aria-label=say(Label::Together)
            hidden=move || is(Standing::Alone)
            class:around=move || is(Standing::LooksAround)
            class:lecturer=move || is(Standing::Lecturer)
        >
            // How many there are changes all the time: to be read, not to be told.
            <span aria-live=move || if is(Standing::Lecturer) { "off" } else { "polite" }>
                {move || words()}
            </span>
            {button(Label::LookAround, Label::LookAroundTitle, Standing::Follows)}
            {button(Label::Follow, Label::FollowTitle, Standing::LooksAround)}
        </div>
    }
    .into_any()
}

/// The key that lets go, and follows again. False: it is another one.
pub fn key(key: &str) -> bool {
    let is_on = SHOWN.get().is_some_and(|shown| {
        let standing = shown.standing.get_untracked();
        standing != Standing::Alone
    });
    let is_it = is_on && matches!(key, "g" | "G") && !browser::is_typing();
    if is_it {
        switch();
    }
    is_it
}

fn switch() {
    PAGE.with_borrow_mut(|page| app::with(|app| page.switch(app)));
}

/// Whether this page is a guest's that has let go.
pub fn looks_around(app: &App) -> bool {
    app.told().is_hall()
        && !is_lecturer(app)
        && PAGE.with_borrow(|page| page.follows == Some(false))
}

/// Keeps together; to be called a few times each second.
pub fn tend(app: &mut App) {
    if let Some(shown) = SHOWN.get() {
        PAGE.with_borrow_mut(|page| page.tend(shown, app));
    }
}

impl Page {
    fn new() -> Page {
        Page {
            follows: None,
            lead: Lead::new(browser::any_number()),
            teller: Teller::default(),
            touches: 0,
            moments: 0,
            joins: 0,
            is_new: false,
            picture: None,
            said: false,
        }
    }

    /// A lecturer whom nobody leads has nobody to follow.
    fn follows(&self, app: &App) -> bool {
        let is_lecturer = is_lecturer(app);
        let can = !is_lecturer || self.lead.other().is_some();
        can && self.follows.unwrap_or(!is_lecturer)
    }

    fn switch(&mut self, app: &App) {
        if is_lecturer(app) && self.lead.other().is_none() {
            return;
        }
        self.follows = Some(!self.follows(app));
        self.is_new = true;
        self.picture = None;
        self.touches = app.touches();
    }

    fn tend(&mut self, shown: Shown, app: &mut App) {
        let now = browser::now_millis();
        self.hear(app, now);
        if !app.told().is_hall() || app.recorded().is_some() {
            shown.standing.put(Standing::Alone);
            return;
        }
        if self.touches != app.touches() {
            self.touches = app.touches();
            self.lead.touch();
            self.follows = Some(false);
        }
        let is_lecturer = is_lecturer(app);
        let follows = self.follows(app);
        if follows {
            self.go_along(shown.view, app, now);
        } else if is_lecturer && !self.lead.is_led() && !crate::lesson::is_speaker() {
            self.lead(shown.view, app, now);
        }
        if !is_lecturer && self.said != follows && app.tell(Request::Follow { on: follows }) {
            self.said = follows;
        }
        shown.audience.put(app.told().audience);
        shown.standing.put(match (is_lecturer, follows) {
            (true, false) => Standing::Lecturer,
            (_, true) if self.lead.other().is_some() => Standing::Follows,
            (false, false) => Standing::LooksAround,
            (_, true) => Standing::Alone,
        });
    }

    /// What the relay has told since.
    fn hear(&mut self, app: &App, now: f64) {
        let told = app.told();
        if self.joins != told.joins {
            self.joins = told.joins;
            // Who comes is taken for one that follows, and nobody knows where a lecturer is.
            self.said = true;
            self.teller.forget();
        }
        if self.moments != told.moments {
            self.moments = told.moments;
            self.lead.hear(told.moment, now);
            self.is_new = true;
        }
    }

    fn go_along(&mut self, view: View, app: &mut App, now: f64) {
        let Some((moment, at_millis)) = self.lead.other() else {
            return;
        };
        if self.picture != Some(moment.picture) {
            self.picture = Some(moment.picture);
            view.show(moment.picture);
        }
        let is_new = self.is_new;
        app.by_itself(|app| {
            self.is_new = !moment::go(app, &moment, is_new, now - at_millis) && is_new;
        });
    }

    fn lead(&mut self, view: View, app: &mut App, now: f64) {
        let Some(moment) = moment::here(app, view, self.lead.me()) else {
            return;
        };
        let touches = app.touches();
        if self.teller.is_due(&moment, touches, now) && app.tell(Request::Moment(moment)) {
            self.teller.told(moment, touches, now);
        }
    }
}

fn is_lecturer(app: &App) -> bool {
    let hall = app.told().hall.as_ref();
    hall.is_none_or(|hall| hall.right == Right::Lecturer)
}
