//! The dialog of what can be opened and what can be taken away: recordings, a link to this moment,
//! pictures and films. Its buttons with `data-ask` belong to `extras.js`.

use leptos::prelude::*;
use protocol::RecordingState;

use super::{
    dynamic::{each, flag},
    notices,
};
use crate::{
    language::{self, Label},
    view::{Shelf, View},
};

/// The id of the dialog.
pub const DIALOG: &str = "recordings";

/// The dialog, and what is seen of the page while a file is dragged over it.
#[component]
pub fn Recordings(view: View) -> impl IntoView {
    let button = move |ask: &'static str, label: Label| {
        view! {
            <button type="button" class="btn" data-ask=ask>
                {view.say(label)}
            </button>
        }
    };
    let option = |value: &'static str, words: String| {
        view! { <option value=value>{words}</option> }
    };
    let seconds = move |value: &'static str| {
        option(
            value,
            format!("{value} {}", Label::Seconds.text(view.lang.get())),
        )
    };
    let is_recorded = move || view.shelf.with(|shelf| shelf.playing.is_some());
    let is_running = move || view.shelf.with(is_running);
    view! {
        <p class="drop" aria-hidden="true">{view.say(Label::DropHere)}</p>
        <dialog id=DIALOG class="sheet" aria-labelledby="recordings-title">
            <form method="dialog" class="head">
                <h2 id="recordings-title">{view.say(Label::Recordings)}</h2>
                <span class="space"></span>
                <button class="btn quiet" aria-label=view.say(Label::Close2)>"×"</button>
            </form>
            <div class="shelf">
                <div class="row">
                    <button
                        type="button"
                        class="btn"
                        data-ask="live"
                        aria-pressed=move || flag(!is_recorded())
                        hidden=move || !view.shelf.with(|shelf| shelf.has_relay)
                    >
                        {view.say(Label::BackToLive)}
                    </button>
                    {move || view.shelf.with(listed)}
                </div>
                <div class="row">
                    {button("pick", Label::OpenFile)}
                    <span class="m">{view.say(Label::OrDrop)}</span>
                    <input
                        id="file"
                        type="file"
                        accept=".ndjson,.jsonl,.gz,.json"
                        aria-label=view.say(Label::OpenFile)
                        hidden
                    />
                </div>
                <div
                    class="row"
                    hidden=move || is_recorded() || !view.shelf.with(|shelf| shelf.has_relay)
                >
                    <a class="btn" href="./recording.ndjson" download="">
                        {view.say(Label::Download)}
                    </a>
                    <button
                        type="button"
                        class="btn"
                        data-ask="record"
                        value=move || flag(!is_running())
                    >
                        {move || {
                            let label = if is_running() {
                                Label::StopRecording
                            } else {
                                Label::StartRecording
                            };
                            label.text(view.lang.get())
                        }}
                    </button>
                    <span class="m">{move || view.shelf.with(on_disk)}</span>
                </div>
                <h3>{view.say(Label::ThisMoment)}</h3>
                <div class="row">
                    {button("copy", Label::CopyLink)}
                    <input id="link" class="wide" readonly aria-label=view.say(Label::LinkHere)/>
                </div>
                <div class="row">
                    <select id="size" aria-label=view.say(Label::Size)>
                        {option("1920x1080", "1920 × 1080".into())}
                        {option("3840x2160", "3840 × 2160".into())}
                        <option value="">{view.say(Label::AsSeen)}</option>
                    </select>
                    {button("png", Label::Png)} {button("svg", Label::Svg)}
                    <span class="space"></span>
                    <select id="seconds" aria-label=view.say(Label::Length)>
                        {move || seconds("5")}
                        {move || seconds("10")}
                        {move || seconds("30")}
                        <option value="">{view.say(Label::UntilStopped)}</option>
                    </select>
                    {button("film", Label::MakeFilm)}
                </div>
                <p role="status">{notices::words(view)}</p>
                <p class="complaint" role="alert">
                    {move || {
                        let complaint = view.complaint.get()?;
                        Some(language::complaint(complaint, view.lang.get()))
                    }}
                </p>
            </div>
        </dialog>
    }
}

/// A button for each recording of the list.
fn listed(shelf: &Shelf) -> Vec<AnyView> {
    let item = |(index, name, bytes, is_playing): (usize, String, u64, bool)| {
        view! {
            <button
                type="button"
                class="btn"
                data-ask="choose"
                value=index
                aria-pressed=flag(is_playing)
            >
                {name}
                " "
                <span class="m">{language::file_size(bytes)}</span>
            </button>
        }
    };
    each(shelf.listed.iter().enumerate(), |(index, it)| {
        let is_playing = shelf.playing.as_ref() == Some(&it.name);
        item((index, it.name.clone(), it.bytes, is_playing))
    })
}

fn is_running(shelf: &Shelf) -> bool {
    let recording = shelf.on_disk.as_ref();
    recording.is_some_and(|it| it.by_request && it.state == RecordingState::Running)
}

fn on_disk(shelf: &Shelf) -> Option<String> {
    let recording = shelf.on_disk.as_ref()?;
    Some(format!(
        "{} {}",
        recording.name,
        language::file_size(recording.bytes)
    ))
}
