//! What the client got back, as one text: each stamp bears the number of the server's recv that it
//! answers, so that the client's view proves where the server's reads fell. Part of what is fetched
//! later. Knows nothing of how that is found out: see `scene::Reply`.

use leptos::prelude::*;
use protocol::{Conn, Source};
use scene::{
    Lang, Piece, Reply, ReplyPart,
    words::{number, source_name},
};

use super::{
    dynamic::{each, follow},
    mark::Mark,
};
use crate::{app, language::labels, view::View};

labels! {
    Title: "The client's view", "客户端看到的";
    None: "Nothing has come back yet.", "还没有回复。";
    Nobody: "No connection is in focus.", "没有选中的连接。";
    Foreign: "Somebody else's program is the client: this is what the server wrote.", "客户端是别人的程序：这里是服务器写出的内容。";
    Own: "What the client's own reads returned; a thin bar stands where it read anew.", "客户端自己读到的内容；细竖线处是它另一次读取的开始。";
    Unnumbered: "recv ?", "recv ?";
}

/// So many ways to mark a stamp follow one another: each by its line first, then by its colour.
const WAYS: u64 = 4;
const CLASSES: [&str; WAYS as usize] = ["part w0", "part w1", "part w2", "part w3"];

/// What is shown.
#[derive(Clone, Default, PartialEq)]
struct Shown {
    conn: Option<Conn>,
    reply: Reply,
}

/// The panel.
pub fn view(view: View) -> AnyView {
    let shown = RwSignal::new(Shown::default());
    follow(move || {
        view.shown.track();
        let now = app::with(|app| {
            let conn = app.focus();
            let (_, state) = app.shown();
            let connection = conn.and_then(|conn| state.conn(conn));
            Shown {
                conn: connection.map(|connection| connection.conn),
                reply: connection.map(Reply::of).unwrap_or_default(),
            }
        });
        if shown.with_untracked(|shown| *shown != now) {
            shown.set(now);
        }
    });
    view! {
        <div class="scroll reply" tabindex="0" role="group" aria-label=move || Label::Title.text(view.lang.get())>
            <div>{move || shown.with(|shown| told(view, shown, view.lang.get()))}</div>
        </div>
    }
    .into_any()
}

fn told(view: View, shown: &Shown, lang: Lang) -> AnyView {
    let reply = &shown.reply;
    let none = match (shown.conn, reply.parts.is_empty()) {
        (None, _) => Some(Label::Nobody),
        (_, true) => Some(Label::None),
        _ => None,
    };
    if let Some(none) = none {
        return view! { <p class="m">{none.text(lang)}</p> }.into_any();
    }
    let how = match reply.received {
        Some(_) => Label::Own,
        None => Label::Foreign,
    };
    let before = (reply.before > 0).then(|| {
        view! { <span class="more">{forgotten(reply.before, lang)}</span> }
    });
    view! {
        <p class="m how">{sum(shown, lang)} " " {how.text(lang)}</p>
        <p class="text">
            {before}
            {each(&reply.parts, |of| part(view, of, lang))}
        </p>
    }
    .into_any()
}

/// "#1: 3 stamps, 3 reads of the server; 166 bytes".
fn sum(shown: &Shown, lang: Lang) -> String {
    let parts = &shown.reply.parts;
    let stamps: u64 = parts.iter().map(|part| u64::from(part.times)).sum();
    let first = parts.iter().find_map(|part| part.reads);
    let last = parts.iter().rev().find_map(|part| part.reads);
    let reads = match (first, last) {
        (Some(first), Some(last)) => number((last.1 + 1).saturating_sub(first.0)),
        _ => "?".to_owned(),
    };
    let bytes = number(parts.iter().map(|part| part.received).sum());
    let conn = shown.conn.map(|conn| conn.to_string()).unwrap_or_default();
    let stamps = number(stamps);
    match lang {
        Lang::En => [
            &conn,
            ": ",
            &stamps,
            " stamps, ",
            &reads,
            " reads of the server; ",
            &bytes,
            " bytes received.",
        ]
        .concat(),
        Lang::Zh => [
            &conn,
            "：",
            &stamps,
            " 个时间戳，服务器读取 ",
            &reads,
            " 次；已收到 ",
            &bytes,
            " 字节。",
        ]
        .concat(),
    }
}

fn forgotten(bytes: u64, lang: Lang) -> String {
    match lang {
        Lang::En => ["… ", &number(bytes), " earlier bytes … "].concat(),
        Lang::Zh => ["……之前的 ", &number(bytes), " 字节…… "].concat(),
    }
}

/// "recv 3", "recv 3–5": the calls of the server whose bytes follow.
fn label(part: &ReplyPart, lang: Lang) -> String {
    match part.reads {
        None => Label::Unnumbered.text(lang).to_owned(),
        Some((first, last)) if first == last => ["recv ", &number(first)].concat(),
        Some((first, last)) => ["recv ", &number(first), "–", &number(last)].concat(),
    }
}

fn part(view: View, part: &ReplyPart, lang: Lang) -> AnyView {
    let way = part.reads.map_or(0, |(first, _)| first % WAYS) as usize;
    let all = part.out.1 - part.out.0;
    let waits = (part.received < all).then(|| {
        let text = match lang {
            Lang::En => [
                &number(part.received),
                " of ",
                &number(all),
                " bytes received",
            ]
            .concat(),
            Lang::Zh => [
                "已收到 ",
                &number(part.received),
                "/",
                &number(all),
                " 字节",
            ]
            .concat(),
        };
        view! { <span class="more">{text}</span> }
    });
    let piece = move |piece: &Piece| match piece {
        Piece::Text(text) => text.clone().into_any(),
        Piece::Unknown(bytes) => {
            let text = match lang {
                Lang::En => ["…", &number(*bytes), " bytes…"].concat(),
                Lang::Zh => ["…", &number(*bytes), " 字节…"].concat(),
            };
            view! { <span class="more">{text}</span> }.into_any()
        }
        Piece::Edge => view! { <i class="edge" aria-hidden="true"></i> }.into_any(),
    };
    let mark = (part.source != Source::Measured).then(|| {
        view! { <Mark view source=Signal::stored(part.source)/> }
    });
    view! {
        <span class=CLASSES[way] class:yet=part.received == 0 title=source_name(part.source, lang)>
            <b class="label">{label(part, lang)}</b>
            {mark}
            <span class="stamp">{each(&part.stamp, piece)}</span>
            <span class="data">{each(&part.data, piece)}</span>
            {waits}
        </span>
    }
    .into_any()
}
