//! Lines to paste into a terminal: real clients, with the real host and port.

use std::net::{IpAddr, SocketAddr};

use leptos::prelude::*;
use protocol::Address;
use wasm_bindgen::{JsValue, closure::Closure};

use super::dynamic::{each, on};
use crate::{browser, language::Label, view::View};

const LINE_ID: &str = "join-line";
/// So long the button tells what it has done.
const TOLD: std::time::Duration = std::time::Duration::from_millis(2_500);

/// A program that can be a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Nc,
    Telnet,
    Python,
}

impl Program {
    const ALL: [Program; 3] = [Program::Nc, Program::Telnet, Program::Python];

    fn name(self) -> &'static str {
        match self {
            Program::Nc => "nc",
            Program::Telnet => "telnet",
            Program::Python => "python3",
        }
    }

    /// The line that connects it. Python stays, with the socket as `s`: `s.send(b'0123456789')`.
    /// `shown`: where guests find the server, if the relay knows better.
    fn line(self, addr: &Address, shown: Option<&str>) -> String {
        let Some(inet) = addr.inet() else {
            return scene::words::nc_line(addr);
        };
        let (host, port) = match shown.and_then(|shown| shown.rsplit_once(':')) {
            Some((host, port)) => (bare(host).to_owned(), port.to_owned()),
            None => (host(inet), inet.port().to_string()),
        };
        match self {
            Program::Nc => format!("nc {host} {port}"),
            Program::Telnet => format!("telnet {host} {port}"),
            Program::Python => format!(
                "python3 -ic \"import socket; s = socket.create_connection(('{host}', {port}))\""
            ),
        }
    }
}

/// A server that listens everywhere is reached by the name that reached the page.
fn host(addr: SocketAddr) -> String {
    match addr.ip() {
        ip if ip.is_unspecified() => bare(&browser::host_name()).to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => ip.to_string(),
    }
}

/// A browser writes IPv6 addresses in brackets; other programs do not.
fn bare(name: &str) -> &str {
    name.trim_matches(['[', ']'])
}

/// What the copy button has done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Nothing,
    Copied,
    Selected,
}

/// The line to join with, and a button that copies it.
#[component]
pub fn Join(view: View) -> impl IntoView {
    let program = RwSignal::new(Program::Nc);
    let done = RwSignal::new(Done::Nothing);
    let line = Memo::new(move |_| {
        let addr = view.controls.with(|controls| controls.addr.clone())?;
        let hall = view
            .hall
            .with(|hall| hall.as_ref().and_then(|it| it.echo.clone()));
        Some(program.get().line(&addr, hall.as_deref()))
    });
    let copy = move |_| {
        let Some(line) = line.get_untracked() else {
            return;
        };
        let tell = move |what| {
            done.set(what);
            set_timeout(move || done.set(Done::Nothing), TOLD);
        };
        let select = move || {
            browser::select_text(LINE_ID);
            tell(Done::Selected);
        };
        match browser::clipboard() {
            Some(clipboard) => {
                let copied = Closure::once_into_js(move |_: JsValue| tell(Done::Copied));
                let refused = Closure::once_into_js(move |_: JsValue| select());
                browser::then(&clipboard.write_text(&line), copied, refused);
            }
            None => select(),
        }
    };
    view! {
        <div class="row join">
            <span class="label">{view.say(Label::Join)}</span>
            <select
                aria-label=view.say(Label::JoinWith)
                on:change=on(move |event| {
                    let name = event_target_value(&event);
                    let chosen = Program::ALL.into_iter().find(|it| it.name() == name);
                    program.set(chosen.unwrap_or(Program::Nc));
                })
            >
                {each(Program::ALL, |program| {
                    view! { <option value=program.name()>{program.name()}</option> }
                })}
            </select>
            <code id=LINE_ID tabindex="0">{move || line.get().unwrap_or("…".into())}</code>
            <button type="button" class="btn small quiet" on:click=on(copy)>
                <span aria-live="polite">
                    {move || {
                        let label = match done.get() {
                            Done::Nothing => Label::Copy,
                            Done::Copied => Label::Copied,
                            Done::Selected => Label::Selected,
                        };
                        label.text(view.lang.get())
                    }}
                </span>
            </button>
        </div>
    }
}
