//! The head of the page: connections as tabs, the desk where new ones wait, the language.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use protocol::{Conn, Source};
use scene::{Lang, Look, words::number};

use super::mark::Mark;
use crate::{
    app, browser,
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
        browser::set_lang(lang, true);
        view.lang.set(lang);
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
                aria-expanded=move || drawer_open.get().to_string()
                on:click=move |_| drawer_open.update(|open| *open = !*open)
            >
                {view.say(Label::Controls)}
            </button>
            <button
                type="button"
                class="btn quiet"
                lang=move || match view.lang.get() {
                    Lang::En => "zh-CN",
                    Lang::Zh => "en",
                }
                on:click=switch
            >
                {view.say(Label::OtherLanguage)}
            </button>
        </header>
    }
}

fn tab_id(conn: Conn) -> String {
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
            let last = tabs.tabs.len().checked_sub(1)?;
            let here = tabs.tabs.iter().position(|tab| tab.in_focus).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" if here == last => 0,
                "ArrowRight" => here + 1,
                "ArrowLeft" => here.checked_sub(1).unwrap_or(last),
                "Home" => 0,
                "End" => last,
                _ => return None,
            };
            tabs.tabs.get(next).map(|tab| tab.conn)
        });
        if let Some(conn) = chosen {
            event.prevent_default();
            app::with(|app| app.pick(conn));
            browser::focus(&tab_id(conn));
        }
    };
    let more = move || {
        let more = view.tabs.with(|tabs| tabs.more);
        (more > 0).then(|| language::more(more, view.lang.get()))
    };
    view! {
        <div
            class="tabs"
            role="tablist"
            aria-label=view.say(Label::Connections)
            class:many=move || conns.with(|conns| conns.len() > 3)
            class:crowded=move || conns.with(|conns| conns.len() > 5)
            on:keydown=on_key
        >
            <For each=move || conns.get() key=|conn| *conn let:conn>
                <TabButton view conn/>
            </For>
        </div>
        <span class="m more">{more}</span>
    }
}

#[component]
fn TabButton(view: View, conn: Conn) -> impl IntoView {
    let tab = Memo::new(move |_| {
        view.tabs
            .with(|tabs| tabs.tabs.iter().find(|tab| tab.conn == conn).cloned())
    });
    let on = move |test: fn(&Tab) -> bool| tab.with(|tab| tab.as_ref().is_some_and(test));
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            tab.with(|tab| {
                if let Some(tab) = tab {
                    painter::paint(&canvas, &tab.picture, Look::Light);
                }
            });
        }
    });
    let in_focus = move || on(|tab| tab.in_focus);
    Effect::new(move |_| {
        if in_focus() {
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
        if on(|tab| tab.ours) {
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
            aria-selected=move || in_focus().to_string()
            tabindex=move || if in_focus() { "0" } else { "-1" }
            class:closed=move || on(|tab| !tab.open)
            on:click=move |_| app::with(|app| app.pick(conn))
        >
            <b>{conn.to_string()}</b>
            <canvas node_ref=canvas aria-hidden="true"></canvas>
            <span class="level" class:m=move || on(|tab| tab.waiting == 0)>{in_words}</span>
            <span class="peer" class:mono=move || !on(|tab| tab.ours)>{peer}</span>
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
        (0..places().min(PLACES_DRAWN_MAX))
            .map(|place| {
                view! {
                    <path
                        class="person"
                        class:here=move || queued().is_some_and(|queued| place < queued)
                        transform=format!("translate({} 11)", 50 + 21 * place)
                        d="M9 10.5a4.8 4.8 0 1 0-.01 0ZM1.500 24c0-7 3-11 7.500-11s7.500 4 7.500 11Z"
                    ></path>
                }
            })
            .collect_view()
    };
    let width = move || 50 + 21 * places().min(PLACES_DRAWN_MAX);
    let source = Signal::derive(move || {
        view.desk
            .get()
            .map_or(Source::Unavailable, |desk| desk.source)
    });
    view! {
        <Show when=move || view.desk.with(Option::is_some)>
            <div class="desk" role="group" aria-label=view.say(Label::Desk)>
                <svg
                    aria-hidden="true"
                    height="40"
                    width=move || width().to_string()
                    viewBox=move || format!("0 0 {} 40", width())
                >
                    <path class="wood" d="M2 36H40V20H2ZM0 17H42V21H0Z"></path>
                    <path class="straw" d="M15 16a6 6 0 0 1 12 0Z"></path>
                    {people}
                </svg>
                <span>
                    <b>{move || language::at_the_desk(queued(), view.lang.get())}</b>
                    " "
                    <Mark view source/>
                    " "
                    <span class="m places">
                        {move || language::places(places(), view.lang.get())}
                    </span>
                </span>
            </div>
        </Show>
    }
}
