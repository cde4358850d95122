//! The lecture hall on the page: a banner that says who can see what, and a sheet with the way in for
//! the wall. Part of what is fetched later: see [`crate::later`].
//!
//! Knows nothing of who may do what beyond what the relay has told: what is hidden here, the relay
//! refuses.

#![allow(
    clippy::redundant_closure,
    reason = "written inside `view!`, closures are of one type: see `dynamic`"
)]

mod words;

use std::cell::Cell;

use leptos::prelude::*;
use protocol::{Hall, Right};

use crate::{
    browser, lesson,
    panels::dynamic::{Dynamic, dynamic, follow, on, sometimes},
    together,
    view::View,
};
use words::Label;

/// The id of the sheet.
const SHEET: &str = "hall";
/// So long it is said why a key did nothing.
const TOLD: std::time::Duration = std::time::Duration::from_secs(8);

thread_local! {
    /// Why a key did nothing is being said.
    static WHY: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
    /// It was said before.
    static IS_SAID: Cell<bool> = const { Cell::new(false) };
}

/// Banner and sheet, where there is a hall.
pub fn view(view: View) -> AnyView {
    let why = RwSignal::new(false);
    WHY.set(Some(why));
    mark_document(view);
    view! {
        {sometimes(move || is_open(view), move || view! {
            {banner(view, why)}
            {sheet(view)}
        })}
    }
    .into_any()
}

/// A key, if it is one of the hall.
pub fn key(view: View, key: &str) -> bool {
    let is_ours = matches!(key, "h" | "H") && is_open(view) && !browser::is_typing();
    if is_ours {
        browser::open_dialog(SHEET);
    }
    is_ours
}

/// Somebody pressed a key that only the lecturer has: says so, once.
pub fn say_why() {
    let Some(is_said) = WHY.get().filter(|_| !IS_SAID.replace(true)) else {
        return;
    };
    is_said.set(true);
    set_timeout(move || is_said.set(false), TOLD);
}

/// Others can come in.
fn is_open(view: View) -> bool {
    of(view, |hall| hall.guests.is_some()).unwrap_or(false)
}

fn of<T>(view: View, look: impl FnOnce(&Hall) -> T) -> Option<T> {
    view.hall.with(|hall| hall.as_ref().map(look))
}

/// What style sheets go by: `data-right` in a hall, and `data-guest` for whoever does not drive.
fn mark_document(view: View) {
    follow(move || {
        let Some(root) = browser::document().and_then(|it| it.document_element()) else {
            return;
        };
        let right = is_open(view).then(|| of(view, |hall| hall.right)).flatten();
        let name = right.map(|right| match right {
            Right::Lecturer => "lecturer",
            Right::Participant => "participant",
            Right::Viewer => "viewer",
        });
        let _ = match name {
            Some(name) => root.set_attribute("data-right", name),
            None => root.remove_attribute("data-right"),
        };
        let _ = root.toggle_attribute_with_force(
            "data-guest",
            right < Some(Right::Lecturer) && right.is_some(),
        );
    });
}

fn banner(view: View, why: RwSignal<bool>) -> AnyView {
    let lang = move || view.lang.get();
    let role = move || of(view, |hall| words::role(hall.right).text(lang()));
    let sees = move || of(view, |hall| words::who_sees(hall, lang()));
    let news = move || why.get().then(|| Label::OnlyLecturer.text(lang()));
    view! {
        <aside class="hall" aria-label=say(view, Label::Hall)>
            <p role="status">
                <b>{move || role()}</b>
                " "
                <span hidden=move || why.get()>{move || sees()}</span>
                <span class="why">{move || news()}</span>
            </p>
            <code>{move || line(view)}</code>
            <span class="space"></span>
            // How many there are changes all the time: to be read, not to be told.
            <span class="audience" aria-live="off">{move || together::watching(view)}</span>
            <span class="where">{move || of(view, |hall| hall.page.clone())}</span>
            <button
                type="button"
                class="btn quiet small"
                id="opens-hall"
                title=say(view, Label::HallTitle)
                aria-keyshortcuts="H"
                aria-haspopup="dialog"
                on:click=on(|_| browser::open_dialog(SHEET))
            >
                <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
                    <path fill="currentColor" d="M1 1h7v7H1Zm2 2v3h3V3Zm7-2h7v7h-7Zm2 2v3h3V3ZM1 10h7v7H1Zm2 2v3h3v-3Zm7-2h3v3h-3Zm4 0h3v3h-3Zm-4 4h3v3h-3Zm4 0h3v3h-3Z"></path>
                </svg>
                {say(view, Label::Hall)}
            </button>
        </aside>
    }
    .into_any()
}

/// The way in, as large as the window: a code to scan, and addresses to type.
fn sheet(view: View) -> AnyView {
    let lang = move || view.lang.get();
    let page = move || of(view, |hall| hall.page.clone()).flatten();
    let scheme =
        move || page().and_then(|page| page.split_inclusive("://").next().map(String::from));
    let place = move || {
        let page = page()?;
        let (_, place) = page.split_once("://")?;
        Some(place.trim_end_matches('/').to_owned())
    };
    let code = move || page().map(|page| words::code_of(&page, lang()));
    let has_line = move || line(view).is_some();
    view! {
        <dialog id=SHEET class="sheet way-in" aria-labelledby="hall-title">
            <form method="dialog" class="head">
                <h2 id="hall-title">{say(view, Label::ScanOrType)}</h2>
                <span class="space"></span>
                <button class="btn quiet" aria-label=view.say(crate::language::Label::Close2)>"×"</button>
            </form>
            {sometimes(move || page().is_none(), move || view! {
                <p>{say(view, Label::NoAddress)}</p>
            })}
            {sometimes(move || page().is_some(), move || view! {
                <p class="address"><span class="m">{move || scheme()}</span><b>{move || place()}</b></p>
                <img src="./hall.svg" loading="lazy" alt=move || code()/>
            })}
            <div class="audience" aria-live="off">
                <p><b>{move || together::watching(view)}</b></p>
                <p>{move || lesson::answers(view)}</p>
            </div>
            <div class="beside-code">
                <p class="m">{say(view, Label::SameNetwork)}</p>
                <p hidden=move || !has_line()>
                    {say(view, Label::Programs)}
                    " "
                    <code>{move || line(view)}</code>
                </p>
                <p>{move || of(view, |hall| words::who_sees(hall, lang()))}</p>
            </div>
        </dialog>
    }
    .into_any()
}

/// The line that connects a program, where guests may.
fn line(view: View) -> Option<String> {
    let echo = of(view, |hall| hall.echo.clone()).flatten()?;
    let (host, port) = echo.rsplit_once(':')?;
    let host = host.trim_matches(['[', ']']);
    Some(["nc ", host, " ", port].concat())
}

fn say(view: View, label: Label) -> Dynamic<&'static str> {
    dynamic(move || label.text(view.lang.get()))
}
