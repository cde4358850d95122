//! The map of kinds: families down, types across, what each of them is in a sentence, and which one
//! is on the stage. A kind that a lesson shows leads there. Part of what is fetched later.
//!
//! Knows nothing of how a lesson is given.

use leptos::prelude::*;
use protocol::Family;
use scene::Lang;

use super::dynamic::{each, follow, on};
use crate::{app, language::labels, lesson, view::View};

labels! {
    Title: "Kinds of socket: families and types", "套接字的种类：地址族和类型";
    FamilyAndType: "family \\ type", "地址族 \\ 类型";
    OnStage: "on the stage", "在台上";
    Inet: "Internet, IPv4: a host and a port, 127.0.0.1:21567. Reaches around the world.", "因特网 IPv4：主机加端口，如 127.0.0.1:21567。能通到全世界。";
    Inet6: "Internet, IPv6: the same with longer addresses, [::1]:21567.", "因特网 IPv6：一样，只是地址更长，如 [::1]:21567。";
    Unix: "Unix domain: a path of this machine, /tmp/…/echo. No network.", "Unix 域：本机上的一个路径，如 /tmp/…/echo。不经过网络。";
    X25: "X.25: the telephone companies' packet network, a number to be dialled. Explained, not shown.", "X.25：电信公司的分组网，地址是可以拨的号码。只讲解，不演示。";
    Stream: "A belt: bytes in order, none lost, no message boundaries.", "传送带：字节按顺序、不丢失、没有数据边界。";
    Dgram: "A courier: parcels, each whole or not at all.", "摩托车快递：一件件包裹，要么整件到，要么不到。";
    TcpOver4: "TCP over IPv4", "IPv4 上的 TCP";
    TcpOver6: "TCP over IPv6", "IPv6 上的 TCP";
    UnixStream: "two queues of one kernel", "同一个内核里的两个队列";
    UdpOver4: "UDP over IPv4", "IPv4 上的 UDP";
    UdpOver6: "UDP over IPv6", "IPv6 上的 UDP";
    UnixDgram: "parcels within one kernel", "同一个内核里的包裹";
    X25Stream: "neither: messages in order, SOCK_SEQPACKET", "都不是：按顺序的消息，SOCK_SEQPACKET";
}

const STREAM: &str = "SOCK_STREAM";
const DGRAM: &str = "SOCK_DGRAM";

/// A lesson's page that shows a kind: its name, and the step from 0.
type Shown = Option<(&'static str, u32)>;

/// A family.
struct Row {
    name: &'static str,
    /// None: no socket of it is ever on the stage.
    family: Option<Family>,
    about: Label,
    /// By type.
    cells: [(Label, Shown); 2],
}

const ROWS: [Row; 4] = [
    Row {
        name: "AF_INET",
        family: Some(Family::Inet),
        about: Label::Inet,
        cells: [
            (Label::TcpOver4, Some((LESSON, 0))),
            (Label::UdpOver4, Some(("courier", 0))),
        ],
    },
    Row {
        name: "AF_INET6",
        family: Some(Family::Inet6),
        about: Label::Inet6,
        cells: [
            (Label::TcpOver6, Some((LESSON, 1))),
            (Label::UdpOver6, None),
        ],
    },
    Row {
        name: "AF_UNIX",
        family: Some(Family::Unix),
        about: Label::Unix,
        cells: [
            (Label::UnixStream, Some((LESSON, 2))),
            (Label::UnixDgram, Some((LESSON, 5))),
        ],
    },
    Row {
        name: "AF_X25",
        family: None,
        about: Label::X25,
        cells: [
            (Label::X25Stream, Some((LESSON, 6))),
            (Label::X25Stream, None),
        ],
    },
];

const LESSON: &str = "kinds";

/// A family, and the place of a type among the cells of its row.
type Kind = (Family, usize);

/// Of the connection or the sender of datagrams in focus; without one, of what listens.
fn on_stage() -> Option<Kind> {
    app::with(|app| {
        let focus = app.focus();
        let (_, state) = app.shown();
        let courier = focus.and_then(|conn| state.datagrams.client(conn));
        if let Some(address) = courier.and_then(|client| client.addr.as_ref()) {
            return Some((address.family(), 1));
        }
        let connection = focus.and_then(|conn| state.conn(conn));
        let listener = state.listener.as_ref();
        let address = connection
            .map(|connection| &connection.server_addr)
            .or(listener.map(|listener| &listener.listening.addr))?;
        Some((address.family(), 0))
    })
}

/// The panel.
pub fn view(view: View) -> AnyView {
    let lit = RwSignal::new(None::<Kind>);
    follow(move || {
        view.shown.track();
        let now = on_stage();
        if lit.get_untracked() != now {
            lit.set(now);
        }
    });
    let say = move |label: Label| move || label.text(view.lang.get());
    let (title, corner) = (say(Label::Title), say(Label::FamilyAndType));
    let column = move |(name, about): (&'static str, Label)| {
        view! {
            <th scope="col"><code>{name}</code> <span class="m">{say(about)}</span></th>
        }
    };
    view! {
        <div class="scroll kinds" id="kinds" tabindex="0" role="group" aria-label=move || title()>
            <table>
                <thead>
                    <tr>
                        <td class="m">{move || corner()}</td>
                        {each([(STREAM, Label::Stream), (DGRAM, Label::Dgram)], column)}
                    </tr>
                </thead>
                <tbody>{each(&ROWS, move |of| row(view, lit, of))}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(view: View, lit: RwSignal<Option<Kind>>, row: &'static Row) -> AnyView {
    let lang = move || view.lang.get();
    let [stream, dgram] = &row.cells;
    let is_lit = move |of: usize| {
        row.family
            .is_some_and(|family| lit.get() == Some((family, of)))
    };
    let first = move |of: usize| match (is_lit(of), lang()) {
        (true, lang) => Some(now(lang)),
        _ => None,
    };
    // Neither a belt nor a courier: said once, across both.
    let cells = match row.family {
        Some(_) => view! {
            <td class:lit=move || is_lit(0)>{cell(view, stream)} {move || first(0)}</td>
            <td class:lit=move || is_lit(1)>{cell(view, dgram)} {move || first(1)}</td>
        }
        .into_any(),
        None => view! { <td colspan="2">{cell(view, stream)}</td> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><code>{row.name}</code> <span class="m">{move || row.about.text(lang())}</span></th>
            {cells}
        </tr>
    }
    .into_any()
}

/// Said, too, and not only lit.
fn now(lang: Lang) -> AnyView {
    view! { <strong class="now">{Label::OnStage.text(lang)}</strong> }.into_any()
}

/// A way to the lesson, where there is one and it can be given.
fn cell(view: View, (label, shown): &'static (Label, Shown)) -> AnyView {
    let text = move || label.text(view.lang.get());
    match *shown {
        Some((id, step)) => view! {
            <button
                type="button"
                class="btn"
                disabled=move || !lesson::can_give(id)
                on:click=on(move |_| lesson::open(id, step))
            >
                {text}
            </button>
        }
        .into_any(),
        None => view! { <span>{text}</span> }.into_any(),
    }
}
