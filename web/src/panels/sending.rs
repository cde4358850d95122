//! What our own client sends, and how either end is closed.

use leptos::{ev, prelude::*};
use protocol::{DatagramRequest, End, Request, Spacing};
use scene::Picture;

use super::dynamic::{on, sometimes};
use crate::{
    app::{self, App},
    language::Label,
    view::{FocusControls, View},
    wish::{self, Complaint},
};

const BATCHES_FIRST: &str = "20 + 50 + 30";
const GAP_FIRST: &str = "500";

fn ask(view: View, request: Result<Request, Complaint>) {
    let asked = request.and_then(|request| app::with(|app| app.ask(request)));
    view.complaint.set(asked.err());
}

/// Send, close and reset.
#[component]
pub fn Sending(view: View) -> impl IntoView {
    let batches = RwSignal::new(BATCHES_FIRST.to_owned());
    let gap = RwSignal::new(GAP_FIRST.to_owned());
    let by_gap = RwSignal::new(false);
    // An open client of ours goes on; otherwise a new one comes.
    let sender = Memo::new(move |_| {
        let focus = view.controls.with(|controls| controls.focus)?;
        focus.can_send.then_some(focus.conn)
    });
    let send = move || {
        let request = || {
            let spacing = if by_gap.get_untracked() {
                Spacing::GapMillis(gap.with_untracked(|gap| wish::number(gap))?)
            } else {
                Spacing::WhenRecorded
            };
            let sizes = batches.with_untracked(|batches| wish::batches(batches))?;
            // What is looked at is what is sent.
            Ok(match view.picture() {
                Picture::Courier => Request::Datagrams(DatagramRequest::Send {
                    conn: app::with(App::courier),
                    sizes,
                    spacing,
                }),
                _ => Request::Send {
                    conn: sender.get_untracked(),
                    batches: sizes,
                    spacing,
                },
            })
        };
        ask(view, request());
    };
    let title = move || {
        let label = match sender.get() {
            Some(_) => Label::SendTitleOpen,
            None => Label::SendTitleNew,
        };
        label.text(view.lang.get())
    };
    view! {
        <form
            class="row"
            on:submit=on(move |event: ev::SubmitEvent| {
                event.prevent_default();
                send();
            })
        >
            <span class="label">{view.say(Label::SendBatches)}</span>
            <input
                type="text"
                class="batches"
                autocomplete="off"
                aria-label=view.say(Label::Batches)
                aria-describedby="complaint"
                bind:value=batches
            />
            <select
                aria-label=view.say(Label::Spacing)
                on:change=on(move |event| by_gap.set(event_target_value(&event) == "gap"))
            >
                <option value="recorded">{view.say(Label::SpacingRecorded)}</option>
                <option value="gap">{view.say(Label::SpacingGap)}</option>
            </select>
            {sometimes(move || by_gap.get(), move || view! {
                <input
                    type="text"
                    inputmode="numeric"
                    class="gap"
                    autocomplete="off"
                    aria-label=view.say(Label::Millis)
                    aria-describedby="complaint"
                    bind:value=gap
                />
                <span class="m">{view.say(Label::Millis)}</span>
            })}
            <button type="submit" class="btn pri" title=move || title()>
                {view.say(Label::SendBatches)}
            </button>
        </form>
        <div class="row">
            <span class="label">{view.say(Label::EndHere)}</span>
            <EndButtons view end=End::Server/>
            <EndButtons view end=End::Client/>
        </div>
    }
}

/// Close and reset of one end of the connection in focus.
#[component]
fn EndButtons(view: View, end: End) -> impl IntoView {
    let focus = move || view.controls.with(|controls| controls.focus);
    let is_open = move |focus: FocusControls| match end {
        End::Server => focus.server_open,
        End::Client => focus.client_open == Some(true),
    };
    let off = move || !focus().is_some_and(is_open);
    let press = move |reset: bool| {
        let Some(conn) = view
            .controls
            .with_untracked(|controls| controls.focus)
            .map(|focus| focus.conn)
        else {
            return;
        };
        let request = if reset {
            Request::Reset { conn, end }
        } else {
            Request::Close { conn, end }
        };
        ask(view, Ok(request));
    };
    let name = match end {
        End::Server => Label::EndOfServer,
        End::Client => Label::EndOfClient,
    };
    // Only the program at the other side can close a client that is not ours.
    let shown = move || end == End::Server || focus().is_some_and(|it| it.client_open.is_some());
    view! {
        {sometimes(shown, move || view! {
            <span class="ends" role="group" aria-label=view.say(name)>
                <span class="m">{view.say(name)}</span>
                <button
                    type="button"
                    class="btn small"
                    disabled=move || off()
                    on:click=on(move |_| press(false))
                >
                    {view.say(Label::Close)}
                </button>
                <button
                    type="button"
                    class="btn small danger"
                    disabled=move || off()
                    on:click=on(move |_| press(true))
                >
                    {view.say(Label::Reset)}
                </button>
            </span>
        })}
    }
}
