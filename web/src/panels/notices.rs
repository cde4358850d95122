//! News of the page itself, and the big button of the empty page.

use leptos::prelude::*;
use protocol::{Request, Spacing};

use super::dynamic::{Dynamic, dynamic, on, sometimes};
use crate::{
    app, browser,
    language::{self, Label},
    view::{Notice, View},
    wish,
};

/// The news in words.
pub fn words(view: View) -> Dynamic<Option<String>> {
    dynamic(move || {
        let notice = view.notice.get()?;
        Some(language::notice(notice, view.lang.get()))
    })
}

/// News: the relay lost or found, a gap, another version.
#[component]
pub fn Notices(view: View) -> impl IntoView {
    let other_version = move || matches!(view.notice.get(), Some(Notice::OtherVersion(_)));
    let is_bad = move || {
        matches!(
            view.notice.get(),
            Some(
                Notice::Lost
                    | Notice::OtherVersion(_)
                    | Notice::Gap(_)
                    | Notice::Film
                    | Notice::Unreadable(_)
                    | Notice::RecordingFailed(_)
            )
        )
    };
    // The frame stays, so that screen readers watch it before there is anything to read.
    view! {
        <div class="notice" role="status" class:bad=move || is_bad() class:quiet=move || view.notice.with(Option::is_none)>
            <span>{words(view)}</span>
            {sometimes(other_version, move || view! {
                <button type="button" class="btn" on:click=on(|_| browser::reload())>
                    {view.say(Label::Reload)}
                </button>
            })}
            <button
                type="button"
                class="btn"
                data-ask="stop"
                hidden=move || !view.film.get()
            >
                {view.say(Label::StopFilm)}
            </button>
        </div>
    }
}

/// Nobody is connected: one button shows what the belt is about, without a terminal.
#[component]
pub fn BigButton(view: View) -> impl IntoView {
    let demonstrate = move |_| {
        let asked = app::with(|app| {
            let policy = wish::belt_policy(app.policy(None).bufsize);
            app.ask(Request::SetPolicy { conn: None, policy })?;
            app.ask(Request::Send {
                conn: None,
                batches: wish::BELT_BATCHES.to_vec(),
                spacing: Spacing::WhenRecorded,
            })
        });
        let is_asked = asked.is_ok();
        view.complaint.set(asked.err());
        if is_asked {
            // The button will be gone, and a keyboard must not be sent back to the beginning.
            browser::focus(super::time_strip::PLAY_BUTTON);
        }
    };
    let complaint = move || {
        view.complaint
            .get()
            .map(|complaint| language::complaint(complaint, view.lang.get()))
    };
    view! {
        {sometimes(move || view.empty.get(), move || view! {
            <div class="big">
                <button type="button" class="btn pri" on:click=on(demonstrate)>
                    <span>{view.say(Label::BigButtonSends)}</span>
                    <span aria-hidden="true">" → "</span>
                    <span>{view.say(Label::BigButtonBag)}</span>
                </button>
                <p class="m">
                    {view.say(Label::BigButtonHint)}
                    " "
                    <span class="aside">{view.say(Label::BigButtonBack)}</span>
                </p>
                <p class="complaint" role="alert">{move || complaint()}</p>
            </div>
        })}
    }
}
