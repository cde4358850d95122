//! What a person can ask of the relay. A panel on wide screens, a drawer on others.
//!
//! The controls show what is in force *now*, wherever the show is: a person acts on the present.
//! What was asked is marked as asked until it comes back as an event.

use leptos::{ev, prelude::*};
use protocol::{Conn, Policy, Request};

use super::{
    dynamic::{Dynamic, dynamic, flag, follow, on},
    field::Field,
    join::Join,
    policy,
    policy::{Frames, PolicyFields},
    sending::Sending,
};
use crate::{
    app, browser,
    language::{self, Label},
    view::{Panel, View},
    wish::{self, Change},
};

/// The controls.
#[component]
pub fn Controls(view: View, drawer_open: RwSignal<bool>) -> impl IntoView {
    let focus = Memo::new(move |_| view.controls.with(|it| it.focus.map(|focus| focus.conn)));
    let for_server = RwSignal::new(true);
    // None stands for the server and all connections.
    let target: Memo<Option<Conn>> = Memo::new(move |_| focus.get().filter(|_| !for_server.get()));
    let close = move || {
        drawer_open.set(false);
        browser::focus("opens-drawer");
    };
    // Wherever the keyboard is: the drawer lies over what it is at.
    let _ = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && drawer_open.get_untracked() {
            close();
        }
    });
    follow(move || {
        if drawer_open.get() {
            browser::focus("controls");
        }
    });
    let asked = move || {
        view.controls.with(|controls| {
            let of_focus = controls.focus.and_then(|focus| focus.policy.asked);
            controls.server.asked.or(of_focus).is_some() || controls.asked_backlog.is_some()
        })
    };
    let recorded = move || view.controls.with(|controls| controls.recorded);
    let complaint = move || {
        view.complaint
            .get()
            .map(|complaint| language::complaint(complaint, view.lang.get()))
    };
    view! {
        <section
            id="controls"
            class="controls"
            class:open=move || drawer_open.get()
            role=move || view.panel_role()
            hidden=view.hides(Panel::Controls)
            aria-labelledby="controls-title"
            tabindex="-1"
        >
            <div class="head">
                <h2 id="controls-title">{view.controls_name()}</h2>
                <Scope view focus for_server/>
                <span class="m" role="status">
                    {move || asked().then(|| Label::AskedMark.text(view.lang.get()))}
                </span>
                <span class="space"></span>
                <button
                    type="button"
                    class="btn small quiet"
                    title=view.say(Label::TutorialTitle)
                    on:click=on(move |_| {
                        let tutorial = Change::All(Policy::default());
                        let _ = policy::ask(view, target.get_untracked(), Ok(tutorial));
                    })
                >
                    {view.say(Label::Tutorial)}
                </button>
                <button
                    type="button"
                    class="btn small quiet closes-drawer"
                    aria-label=view.say(Label::CloseControls)
                    on:click=on(move |_| close())
                >
                    "×"
                </button>
            </div>
            <p class="m">
                {move || {
                    let label = match view.drives() {
                        _ if recorded() => Label::NobodyToAsk,
                        true => return None,
                        false => Label::GuestsAsk,
                    };
                    Some(label.text(view.lang.get()))
                }}
            </p>
            // Until the relay is heard there is nobody to ask.
            <fieldset disabled=move || {
                view.controls.with(|controls| !controls.heard || controls.recorded)
            }>
                <PolicyFields view target/>
                <Sending view/>
                <Backlog view target/>
            </fieldset>
            <div hidden=move || recorded()>
                <Join view/>
            </div>
            <p class="complaint" id="complaint" role="alert">{move || complaint()}</p>
        </section>
    }
}

/// How many may wait at the desk; and how messages are found, as there is room.
#[component]
fn Backlog(view: View, target: Memo<Option<Conn>>) -> impl IntoView {
    let asked = Memo::new(move |_| view.controls.with(|controls| controls.asked_backlog));
    let value = Memo::new(move |_| {
        let in_force = view.controls.with(|controls| controls.backlog);
        let value = asked.get().or(in_force);
        value.map_or(String::new(), |backlog| backlog.to_string())
    });
    let commit = move |text: &str| {
        let asked = wish::number(text).and_then(|backlog| {
            app::with(|app| {
                app.ask(Request::SetBacklog { backlog })?;
                view.update_controls(app);
                Ok(())
            })
        });
        view.complaint.set(asked.err());
        asked
    };
    let words = move || {
        let lang = view.lang.get();
        let desk = view.desk.get();
        desk.map(|desk| language::places(desk.limit.saturating_add(1), lang))
    };
    view! {
        <div class="row">
            <span class="label">"backlog"</span>
            <Field
                view
                label=Label::Backlog
                title=Label::BacklogTitle
                value=value
                asked=Memo::new(move |_| asked.get().is_some())
                commit=commit
            />
            <span class="m">{move || words()}</span>
            <span class="space"></span>
            <Frames view target/>
        </div>
    }
}

/// Whether a policy is for the connection in focus or for all.
#[component]
fn Scope(view: View, focus: Memo<Option<Conn>>, for_server: RwSignal<bool>) -> impl IntoView {
    let of_conn = move || {
        let lang = view.lang.get();
        let conn = focus.get().map_or("–".to_owned(), |conn| conn.to_string());
        format!("{} {conn}", Label::ScopeConn.text(lang))
    };
    let choice = move |label: Dynamic<String>, is_server: bool| {
        view! {
            <button
                type="button"
                aria-pressed=move || flag((for_server.get() || focus.get().is_none()) == is_server)
                disabled=move || !is_server && focus.get().is_none()
                on:click=on(move |_| for_server.set(is_server))
            >
                {label}
            </button>
        }
    };
    view! {
        <div
            class="segments"
            role="group"
            aria-label=view.say(Label::Scope)
            title=view.say(Label::ScopeServerTitle)
        >
            {choice(dynamic(move || Label::ScopeServer.text(view.lang.get()).to_owned()), true)}
            {choice(dynamic(of_conn), false)}
        </div>
    }
}
