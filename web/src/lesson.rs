//! Lessons on the page: the list, the player beside the stage, the lecture view and the speaker's
//! view. Part of what is fetched later: see [`crate::later`].
//!
//! Knows nothing of sockets: a lesson is records like any others, from the relay's mirror of lessons
//! or from a recording, and what a lesson says of them is measured by `lessons`.

#![allow(
    clippy::redundant_closure,
    reason = "written inside `view!`, closures are of one type: see `dynamic`"
)]

mod give;
mod list;
mod panel;
mod poll;
mod prose;
mod question;
mod speaker;
mod told;
mod turn;
mod words;

pub use prose::prose;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use lessons::{Lesson, Words};
use protocol::Lecture;
use scene::Lang;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    app::App,
    browser,
    lasting::Lasting,
    outside,
    panels::dynamic::{Dynamic, dynamic},
    view::View,
};
use told::Told;
use turn::Page;
use words::Label;

/// What is known of the lessons that there are.
#[derive(Clone, Copy, Default)]
enum Lessons {
    #[default]
    NotAsked,
    UnderWay,
    /// The page's server has none, or none that can be read.
    Absent,
    /// As long as the page lives.
    Here(&'static [Lesson]),
}

/// Who looks, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stand {
    /// The text beside the stage, and all else where it is.
    #[default]
    Page,
    /// The text and the stage, for the last row.
    Wall,
    /// What the speaker alone should see.
    Speaker,
}

/// What the parts of the player follow.
#[derive(Clone, Copy)]
struct Player {
    view: View,
    lessons: Lasting<Lessons>,
    /// The lesson that is being given.
    given: Lasting<Option<Lecture>>,
    /// What was measured of the question on the wall.
    told: Lasting<Told>,
    /// What is on the wall has not been seen to its end.
    playing: Lasting<bool>,
    /// What this viewer predicted, of the step on the wall.
    pick: Lasting<Option<usize>>,
    /// What the hall answers.
    room: Lasting<poll::Room>,
    stand: Lasting<Stand>,
    /// What points at the stage: `laser` or `pen`.
    tool: Lasting<&'static str>,
    /// Milliseconds of the clock: when it was first looked at a lesson, and now.
    clock: Lasting<(f64, f64)>,
}

thread_local! {
    static PLAYER: Cell<Option<Player>> = const { Cell::new(None) };
    static WISHES: RefCell<give::Wishes> = RefCell::default();
}

fn player(view: View) -> Player {
    PLAYER.get().unwrap_or_else(|| {
        let player = Player {
            view,
            lessons: Lasting::default(),
            given: Lasting::default(),
            told: Lasting::default(),
            playing: Lasting::default(),
            pick: Lasting::default(),
            room: Lasting::default(),
            stand: Lasting::default(),
            tool: Lasting::new(""),
            clock: Lasting::new((0.0, 0.0)),
        };
        PLAYER.set(Some(player));
        player
    })
}

/// What the hall answers to the question on the wall, as far as it may be seen here; None: nobody is
/// asked. To be followed.
pub fn answers(view: View) -> Option<String> {
    player(view).answers()
}

/// All that a person sees of lessons.
pub fn view(view: View) -> AnyView {
    let player = player(view);
    player.mark_document();
    ask("start", &JsValue::UNDEFINED);
    view! {
        {panel::view(player)}
        {speaker::view(player)}
        {list::view(player)}
    }
    .into_any()
}

/// Begins a lesson, if it can be given here; otherwise shows which can.
pub fn begin(id: &str) {
    if let Some(player) = PLAYER.get() {
        match player.can_give(id) {
            true => player.begin(id),
            false => player.open_list(),
        }
    }
}

/// Whether a lesson can be given here.
pub fn can_give(id: &str) -> bool {
    PLAYER.get().is_some_and(|player| player.can_give(id))
}

/// Shows a step of a lesson, and begins it for that unless it is on.
pub fn open(id: &str, step: u32) {
    if let Some(player) = PLAYER.get() {
        let revealed = false;
        player.open(id, Page { step, revealed });
    }
}

/// Whether this window is the one that only the speaker sees.
pub fn is_speaker() -> bool {
    PLAYER
        .get()
        .is_some_and(|player| player.stand.get_untracked() == Stand::Speaker)
}

/// See [`crate::later::lesson_key`].
pub fn key(_: View, key: &str) -> bool {
    PLAYER.get().is_some_and(|player| player.key(key))
}

/// See [`crate::later::tend_lesson`].
pub fn tend(app: &mut App) {
    if let Some(player) = PLAYER.get() {
        WISHES.with_borrow_mut(|wishes| player.tend(wishes, app));
    }
}

/// See [`crate::later::hear_lesson`].
pub fn hear(_: View, what: &str, value: &JsValue) {
    let Some(player) = PLAYER.get() else {
        return;
    };
    let text = || value.as_string().unwrap_or_default();
    match what {
        "list" => player.open_list(),
        "lessons" => {
            let bytes = value.dyn_ref::<js_sys::Uint8Array>();
            player.take(bytes.map(|bytes| bytes.to_vec()));
        }
        "link" => player.follow_link(&text()),
        "told" => player.go_along(&text()),
        "windowed" if player.stand.get_untracked() == Stand::Wall => player.stand(Stand::Page),
        "clock" => player.clock.update(|clock| {
            clock.1 = value.as_f64().unwrap_or_default();
        }),
        _ => {}
    }
}

/// Asks `lesson.js`.
fn ask(what: &str, value: &JsValue) {
    outside::ask("lesson", &what.into(), value);
}

impl Player {
    fn lang(self) -> Lang {
        self.view.lang.get()
    }

    fn say(self, label: Label) -> Dynamic<&'static str> {
        dynamic(move || label.text(self.lang()))
    }

    /// The lesson of that name.
    fn lesson(self, id: &str) -> Option<&'static Lesson> {
        self.all().iter().find(|lesson| lesson.id == id)
    }

    /// All lessons that are known.
    fn all(self) -> &'static [Lesson] {
        match self.lessons.get() {
            Lessons::Here(all) => all,
            _ => &[],
        }
    }

    /// What is on the wall, if its lesson is known.
    fn on_wall(self) -> Option<(&'static Lesson, Page)> {
        let (id, page) = self.given.with(|given| {
            let given = given.as_ref()?;
            let page = Page {
                step: given.step,
                revealed: given.revealed,
            };
            Some((given.lesson.clone(), page))
        })?;
        let lesson = self.lesson(&id)?;
        ((page.step as usize) < lesson.steps.len()).then_some((lesson, page))
    }

    /// The step on the wall.
    fn step(self) -> Option<&'static lessons::Step> {
        let (lesson, page) = self.on_wall()?;
        lesson.steps.get(page.step as usize)
    }

    /// Fetches the lessons, unless they are here or on their way.
    fn fetch(self) {
        let missing = |lessons: &Lessons| matches!(lessons, Lessons::NotAsked | Lessons::Absent);
        if self.lessons.with_untracked(missing) {
            self.lessons.set(Lessons::UnderWay);
            ask("fetch", &JsValue::UNDEFINED);
        }
    }

    fn take(self, bytes: Option<Vec<u8>>) {
        let read = bytes.and_then(|bytes| lessons::decode(&bytes).ok());
        self.lessons.set(match read {
            Some(read) => Lessons::Here(read.leak()),
            None => Lessons::Absent,
        });
    }

    fn open_list(self) {
        if !self.view.drives() {
            return crate::hall::say_why();
        }
        self.fetch();
        self.view.complaint.put(None);
        browser::open_dialog(list::DIALOG);
    }

    /// A key, if it is one for lessons.
    fn key(self, key: &str) -> bool {
        let is_given = self.given.with_untracked(Option::is_some);
        let field = "input:not([type=radio], [type=checkbox]):focus";
        let is_typing = browser::matches(field, "*").is_some();
        // It chooses by letters, but not by what a clicker sends.
        let is_choosing = browser::matches("select:focus", "*").is_some();
        let is_reading = browser::matches(".scroll:focus-visible", "*").is_some();
        match key {
            _ if is_typing => false,
            "PageDown" | "PageUp" if is_given && !is_reading => {
                self.turn(key == "PageDown");
                true
            }
            _ if is_choosing => false,
            "Escape" if self.stand.get_untracked() == Stand::Wall => {
                self.stand(Stand::Page);
                true
            }
            "t" | "T" => {
                self.open_list();
                true
            }
            "w" | "W" if is_given => {
                self.switch_wall();
                true
            }
            "r" | "R" if is_given => {
                self.switch_tool("laser");
                true
            }
            "d" | "D" if is_given => {
                self.switch_tool("pen");
                true
            }
            _ => false,
        }
    }

    fn switch_wall(self) {
        match self.stand.get_untracked() {
            Stand::Page => self.stand(Stand::Wall),
            Stand::Wall => self.stand(Stand::Page),
            Stand::Speaker => {}
        }
    }

    fn stand(self, stand: Stand) {
        self.stand.put(stand);
        ask("wall", &(stand == Stand::Wall).into());
        if stand == Stand::Page {
            self.switch_tool("");
        }
    }

    fn switch_tool(self, tool: &'static str) {
        let tool = if self.tool.get_untracked() == tool {
            ""
        } else {
            tool
        };
        self.tool.put(tool);
        ask("tool", &tool.into());
    }

    /// What style sheets go by.
    fn mark_document(self) {
        let mark = |name: &str, value: &str| {
            let root = browser::document().and_then(|it| it.document_element());
            if let Some(root) = root {
                let _ = match value {
                    "" => root.remove_attribute(name),
                    _ => root.set_attribute(name, value),
                };
            }
        };
        crate::panels::dynamic::follow(move || {
            let is_given = self.given.with(Option::is_some);
            let stand = match (self.stand.get(), is_given) {
                (Stand::Speaker, _) => "speaker",
                (_, false) => "",
                (Stand::Page, true) => "page",
                (Stand::Wall, true) => "wall",
            };
            mark("data-lesson", stand);
            let look = self.step().filter(|_| is_given).map(|step| step.look);
            mark("data-panel", look.map_or("", |look| panel::id(look.panel)));
            if let Some(beside) = look.and_then(|look| panel::beside(look.panel)) {
                self.view.beside.put(beside);
                self.view.panel.put(crate::view::Panel::Events);
            }
        });
    }
}

/// A text in the language of the moment.
fn text(words: &'static Words, lang: Lang) -> &'static str {
    match lang {
        Lang::En => &words.en,
        Lang::Zh => &words.zh,
    }
}
