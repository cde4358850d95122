//! The tutorial's programs with the line lit that the real socket is at, in Python and in Rust.
//! Part of what is fetched later. Knows nothing of how that is found out: see `model::position`.

use leptos::prelude::*;
use model::{AtLine, Position, ProgramLine, position};
use protocol::{End, Source};
use scene::Lang;

use super::{
    dynamic::{each, flag, follow, on},
    mark::Mark,
};
use crate::{
    app, browser,
    program::{self, Tongue},
    view::View,
};

/// Names the lit line, so that it can be brought into view.
const LIT: &str = "code-lit";

fn pick(en: &'static str, zh: &'static str, lang: Lang) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Where the program of an end stands at the moment that is shown.
#[derive(Clone, Copy, Default, PartialEq)]
struct Found {
    position: Option<Position>,
    /// Somebody else's program is at the client's end.
    foreign: bool,
}

fn find(end: End) -> Found {
    app::with(|app| {
        let conn = app.focus();
        let (now, state) = app.shown();
        let connection = conn.and_then(|conn| state.conn(conn));
        Found {
            position: position(state, now, conn, end),
            foreign: connection.is_some_and(|it| it.client.is_none()),
        }
    })
}

/// The panel.
pub fn view(view: View) -> AnyView {
    let tongue = RwSignal::new(Tongue::Python);
    let end = RwSignal::new(End::Server);
    let found = RwSignal::new(Found::default());
    follow(move || {
        // What is shown, and how long ago it happened.
        view.shown.track();
        view.slider.track();
        let now = find(end.get());
        if found.get_untracked() != now {
            found.set(now);
        }
    });
    follow(move || {
        found.track();
        tongue.track();
        // The pane has another size.
        view.upright.track();
        view.panel.track();
        request_animation_frame(|| browser::show_within(LIT));
    });
    let tongue_tab = move |of: Tongue, name: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || flag(tongue.get() == of)
                on:click=on(move |_| tongue.set(of))
            >
                {name}
            </button>
        }
    };
    let end_tab = move |of: End, en: &'static str, zh: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || flag(end.get() == of)
                on:click=on(move |_| end.set(of))
            >
                {move || pick(en, zh, view.lang.get())}
            </button>
        }
    };
    let source = Signal::derive(move || found.with(known));
    view! {
        <div class="code">
            <div class="head">
                <span class="switch">
                    {end_tab(End::Server, "Server", "服务器")}
                    {end_tab(End::Client, "Client", "客户端")}
                </span>
                <span class="switch">
                    {tongue_tab(Tongue::Python, "Python 3")}
                    {tongue_tab(Tongue::Rust, "Rust")}
                </span>
            </div>
            <p class="at" id="code-at">
                <Mark view source/>
                {move || said(found.get(), end.get(), view.lang.get())}
            </p>
            <pre
                class="scroll"
                tabindex="0"
                aria-label=move || program::file(tongue.get(), end.get())
            >
                {move || lines(tongue.get(), end.get(), found)}
            </pre>
            <p class="m">{move || note(end.get(), view.lang.get())}</p>
        </div>
    }
    .into_any()
}

fn lines(tongue: Tongue, end: End, found: RwSignal<Found>) -> Vec<AnyView> {
    let lit = move || {
        let line = found.with(|found| found.position)?.line;
        program::place(tongue, end, line)
    };
    let texts = program::source(tongue, end).lines().enumerate();
    each(texts, move |(index, text)| {
        let is_lit = move || lit() == Some(index);
        view! {
            <code
                id=move || is_lit().then_some(LIT)
                aria-current=move || is_lit().then_some("step")
            >
                {text}
                "\n"
            </code>
        }
    })
}

/// A call that waits is derived: nobody tells that it was made.
fn known(found: &Found) -> Source {
    match found.position {
        None => Source::Unavailable,
        Some(Position {
            at: AtLine::Waits, ..
        }) => Source::Derived,
        Some(_) => Source::Measured,
    }
}

/// Where it stands, in words.
fn said(found: Found, end: End, lang: Lang) -> String {
    let Some(Position { conn, line, at }) = found.position else {
        let words = match (end, found.foreign) {
            (End::Client, true) => pick(
                "Somebody else's client: nobody tells which line it is at.",
                "别人的客户端：不知道它在哪一行。",
                lang,
            ),
            _ => pick("Nothing runs yet.", "还没有运行。", lang),
        };
        return words.to_string();
    };
    let call = match line {
        ProgramLine::Socket => "socket",
        ProgramLine::Bind => "bind",
        ProgramLine::Listen => "listen",
        ProgramLine::Accept => "accept",
        ProgramLine::Connect => "connect",
        ProgramLine::Input => "input",
        ProgramLine::Recv | ProgramLine::End => "recv",
        ProgramLine::Stamp => "strftime",
        ProgramLine::Send => "send",
        ProgramLine::Close => "close",
    };
    let who = conn.map_or(String::new(), |conn| conn.to_string());
    let (before, after) = match (at, line) {
        (_, ProgramLine::End) => (
            "",
            pick(" returned nothing: the end", " 返回空：流已结束", lang),
        ),
        (AtLine::Waits, _) => (pick("waits in ", "停在 ", lang), pick("", " 里等", lang)),
        (AtLine::Returned, _) => ("", pick(" has returned", " 已返回", lang)),
        (AtLine::Held, _) => (pick("is held before ", "被按住，还没有调用 ", lang), ""),
    };
    let mut words = who;
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(before);
    words.push_str(call);
    words.push_str(after);
    words
}

/// What is true of what is lit.
fn note(end: End, lang: Lang) -> &'static str {
    match end {
        End::Server => pick(
            "The tutorial's program. Lit is the line at which it would stand with the calls that our server really made.",
            "这是教程的程序。亮起的是：按我们的服务器真实做过的调用，它所在的那一行。",
            lang,
        ),
        End::Client => pick(
            "Only our demonstration client is seen: for any other program no line is lit.",
            "只看得到我们的演示客户端：别的程序没有亮起的行。",
            lang,
        ),
    }
}
