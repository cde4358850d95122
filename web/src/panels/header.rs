//! The head of the page: connections as tabs, the desk where new ones wait, the language.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use protocol::{Conn, Source};
use scene::{Lang, words::number};

use super::{
    dynamic::{each, flag, follow, keyed, on, sometimes},
    mark::Mark,
    tabs::step,
};
use crate::{
    browser, choices, keys,
    language::{self, Label},
    painter,
    view::{Tab, View},
};

/// More places than this are only counted.
const PLACES_DRAWN_MAX: u32 = 8;

/// The head of the page.
#[component]
pub fn Header(view: View, drawer_open: RwSignal<bool>) -> impl IntoView {
    let switch = move |_| {
        let lang = match view.lang.get_untracked() {
            Lang::En => Lang::Zh,
            Lang::Zh => Lang::En,
        };
        choices::set_lang(lang, true);
        view.lang.set(lang);
    };
    let picture_name = move || language::picture_name(view.one.get(), view.lang.get());
    let picture_label = move || {
        let title = Label::Picture.text(view.lang.get());
        format!("{title}: {} (V)", picture_name())
    };
    let look_name = move || language::look_name(view.look.get(), view.lang.get());
    let look_label = move || {
        let title = Label::Look.text(view.lang.get());
        format!("{title}: {} (C)", look_name())
    };
    view! {
        <header>
            <h1 class="logo">
                <img src="./favicon.svg" alt="" width="30" height="30"/>
                "Fruitbelt"
            </h1>
            <Tablist view/>
            <Desk view/>
            <span class="space"></span>
            <button
                type="button"
                class="btn opens-drawer"
                id="opens-drawer"
                aria-controls="controls"
                aria-expanded=move || flag(drawer_open.get())
                on:click=on(move |_| drawer_open.update(|open| *open = !*open))
            >
                {view.controls_name()}
            </button>
            <button
                type="button"
                class="btn quiet"
                id="picture"
                title=move || picture_label()
                aria-label=move || picture_label()
                on:click=on(move |_| view.switch_picture())
            >
                {move || picture_name()}
            </button>
            <button
                type="button"
                class="btn quiet"
                id="look"
                title=move || look_label()
                aria-label=move || look_label()
                on:click=on(move |_| view.step_look())
            >
                <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
                    <path fill="currentColor" d="M10 1a9 9 0 1 0 0 18 9 9 0 1 0 0-18ZM10 3a7 7 0 0 1 0 14Z"></path>
                </svg>
                <span class="header-word">{move || look_name()}</span>
            </button>
            <button
                type="button"
                class="btn quiet"
                id="opens-lessons"
                title=view.say(Label::LessonsTitle)
                aria-label=view.say(Label::LessonsTitle)
                aria-haspopup="dialog"
                data-ask="list"
            >
                <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
                    <path fill="currentColor" d="M1 3h18v11H11v4H9v-4H1ZM3 5v7h14V5ZM5 7h7v1.500H5ZM5 9.500h5V11H5Z"></path>
                </svg>
                <span class="header-word">{view.say(Label::Lessons)}</span>
            </button>
            <button
                type="button"
                class="btn quiet"
                title=view.say(Label::Recordings)
                aria-label=view.say(Label::Recordings)
                aria-haspopup="dialog"
                on:click=on(|_| browser::open_dialog(super::recordings::DIALOG))
            >
                <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
                    <path fill="currentColor" d="M1 3h7l2 3h9v11H1ZM3 8v7h14V8Z"></path>
                </svg>
                <span class="header-word">{view.say(Label::Recordings)}</span>
            </button>
            <button
                type="button"
                class="btn quiet"
                title=view.say(Label::KeysTitle)
                aria-label=view.say(Label::KeysTitle)
                aria-haspopup="dialog"
                on:click=on(|_| browser::open_dialog(keys::SHEET))
            >
                "?"
            </button>
            <button
                type="button"
                class="btn quiet"
                lang=move || match view.lang.get() {
                    Lang::En => "zh-CN",
                    Lang::Zh => "en",
                }
                on:click=on(switch)
            >
                {view.say(Label::OtherLanguage)}
            </button>
        </header>
    }
}

/// The id of a connection's tab.
pub fn tab_id(conn: Conn) -> String {
    format!("tab-{}", conn.0)
}

/// One tab for each connection; arrow keys move among them.
#[component]
fn Tablist(view: View) -> impl IntoView {
    let conns = Memo::new(move |_| {
        view.tabs
            .with(|tabs| tabs.tabs.iter().map(|tab| tab.conn).collect::<Vec<_>>())
    });
    let on_key = move |event: KeyboardEvent| {
        let chosen = view.tabs.with_untracked(|tabs| {
            let here = tabs.tabs.iter().position(|tab| tab.in_focus);
            let next = step(&event.key(), here.unwrap_or(0), tabs.tabs.len())?;
            tabs.tabs.get(next).map(|tab| tab.conn)
        });
        if let Some(conn) = chosen {
            event.prevent_default();
            view.pick(conn);
            browser::focus(&tab_id(conn));
        }
    };
    let count = Memo::new(move |_| view.tabs.with(|tabs| tabs.tabs.len() + tabs.more));
    view! {
        <div
            class="tabs"
            role="tablist"
            aria-label=view.say(Label::Connections)
            class:several=move || conns.with(|conns| conns.len() > 2)
            class:many=move || conns.with(|conns| conns.len() > 3)
            class:crowded=move || conns.with(|conns| conns.len() > 5)
            on:keydown=on(on_key)
        >
            {keyed(
                move || conns.get(),
                |conn| (conn.0.into(), 0, String::new()),
                move |conn| view! { <TabButton view conn/> },
            )}
        </div>
        {sometimes(move || count.get() > 1, move || view! {
            <button
                type="button"
                class="btn quiet all"
                title=view.say(Label::AllTitle)
                aria-pressed=move || flag(view.all.get())
                on:click=on(move |_| view.all.update(|all| *all = !*all))
            >
                {view.say(Label::All)}
                " "
                {move || count.get().to_string()}
            </button>
        })}
    }
}

#[component]
fn TabButton(view: View, conn: Conn) -> impl IntoView {
    let tab = Memo::new(move |_| {
        view.tabs
            .with(|tabs| tabs.tabs.iter().find(|tab| tab.conn == conn).cloned())
    });
    let is = move |test: fn(&Tab) -> bool| tab.with(|tab| tab.as_ref().is_some_and(test));
    let canvas = NodeRef::<html::Canvas>::new();
    follow(move || {
        let look = view.look.get();
        if let Some(canvas) = canvas.get() {
            tab.with(|tab| {
                if let Some(tab) = tab {
                    painter::paint(&canvas, &tab.picture, look);
                }
            });
        }
    });
    // A memo: scrolling makes the browser lay out the page, so only when this one comes into focus.
    let in_focus = Memo::new(move |_| is(|tab| tab.in_focus));
    follow(move || {
        if in_focus.get() {
            browser::show(&tab_id(conn));
        }
    });
    let in_words = move || {
        let lang = view.lang.get();
        tab.with(|tab| match tab {
            Some(tab) if !tab.open => Label::Closed.text(lang).to_owned(),
            Some(tab) if tab.waiting > 0 => language::waiting(&number(tab.waiting), lang),
            _ => Label::Idle.text(lang).to_owned(),
        })
    };
    let peer = move || {
        if is(|tab| tab.ours) {
            return Label::Ours.text(view.lang.get()).to_owned();
        }
        tab.with(|tab| tab.as_ref().map(|tab| tab.peer.clone()))
            .unwrap_or_default()
    };
    view! {
        <button
            type="button"
            class="tab"
            role="tab"
            id=tab_id(conn)
            aria-controls="stage"
            aria-selected=move || flag(in_focus.get())
            tabindex=move || if in_focus.get() { "0" } else { "-1" }
            class:closed=move || is(|tab| !tab.open)
            on:click=on(move |_| view.pick(conn))
        >
            <b>{conn.to_string()}</b>
            <canvas node_ref=canvas aria-hidden="true"></canvas>
            <span class="level" class:m=move || is(|tab| tab.waiting == 0)>{move || in_words()}</span>
            <span class="peer" class:mono=move || !is(|tab| tab.ours)>{move || peer()}</span>
        </button>
    }
}

/// The bell, the places of the accept queue, and who waits there.
#[component]
fn Desk(view: View) -> impl IntoView {
    let queued = move || view.desk.get().and_then(|desk| desk.queued);
    let places = move || {
        view.desk
            .get()
            .map_or(0, |desk| desk.limit.saturating_add(1))
    };
    let people = move || {
        each(0..places().min(PLACES_DRAWN_MAX), |place| {
            view! {
                <path
                    class="person"
                    class:here=move || queued().is_some_and(|queued| place < queued)
                    transform=format!("translate({} 11)", 50 + 21 * place)
                    d="M9 10.5a4.8 4.8 0 1 0-.01 0ZM1.500 24c0-7 3-11 7.500-11s7.500 4 7.500 11Z"
                ></path>
            }
        })
    };
    let width = move || 50 + 21 * places().min(PLACES_DRAWN_MAX);
    let source = Signal::derive(move || {
        view.desk
            .get()
            .map_or(Source::Unavailable, |desk| desk.source)
    });
    view! {
        {sometimes(move || view.desk.with(Option::is_some), move || view! {
            <div class="desk" role="group" aria-label=view.say(Label::Desk)>
                <svg
                    aria-hidden="true"
                    height="40"
                    width=move || width().to_string()
                    viewBox=move || format!("0 0 {} 40", width())
                >
                    <path class="wood" d="M2 36H40V20H2ZM0 17H42V21H0Z"></path>
                    <path class="straw" d="M15 16a6 6 0 0 1 12 0Z"></path>
                    {move || people()}
                </svg>
                <span>
                    <b>{move || language::at_the_desk(queued(), view.lang.get())}</b>
                    " "
                    <Mark view source/>
                    " "
                    <span class="m places">
                        {move || language::places(places(), view.lang.get())}
                    </span>
                    {sometimes(move || view.desk.get().is_some_and(|desk| desk.sequential), move || view! {
                        <span class="m sequential">{view.say(Label::OneAtATime)}</span>
                    })}
                </span>
            </div>
        })}
    }
}
