//! The strip of time: play and pause, steps, how much is stretched, how far behind live.

use leptos::prelude::*;
use model::Command;
use scene::words::{duration, tenths_of_seconds};

use super::{dynamic::on, hits::Hits, notices::Notices, time_tools, timeline::Timeline};
use crate::{
    app::{self, App},
    frame_loop,
    language::{self, Label},
    view::{Panel, View},
};

/// The button that takes the focus when the one that had it is gone.
pub const PLAY_BUTTON: &str = "play";

const PLAY: &str = "M7 4V22L22 13Z";
const PAUSE: &str = "M6 4H11V22H6ZM15 4H20V22H15Z";
const BACK: &str = "M17 5V21L6 13ZM3 5H6V21H3Z";
const FORTH: &str = "M9 5V21L20 13ZM20 5H23V21H20Z";

fn command(command: Command) {
    app::with(|app| app.command(command));
}

/// The strip of time.
#[component]
pub fn TimeStrip(view: View) -> impl IntoView {
    let paused = move || view.strip.with(|strip| strip.paused);
    let toggle_label = move || {
        let label = if paused() { Label::Play } else { Label::Pause };
        label.text(view.lang.get())
    };
    let icon = |d: &'static str| {
        view! {
            <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
                <path fill="currentColor" d=d></path>
            </svg>
        }
    };
    let any = move || view.strip.with(|strip| strip.any);
    let heard = move || view.controls.with(|controls| controls.heard);
    let real = move || {
        let (lang, nanos) = (
            view.lang.get(),
            view.strip.with(|strip| strip.stretch_nanos),
        );
        format!(
            "{} {}",
            Label::SecondHere.text(lang),
            language::is_real(&duration(nanos), lang)
        )
    };
    let state = move || {
        let lang = view.lang.get();
        let (paused, stopped) = view.strip.with(|strip| (strip.paused, strip.stopped));
        match stopped {
            Some((mark, conn)) => language::paused(&language::stopped(mark, conn, lang), lang),
            None if paused => Label::Paused.text(lang).into(),
            None => String::new(),
        }
    };
    view! {
        <section class="time" aria-label=view.say(Label::Time)>
            <div class="transport">
                <button
                    type="button"
                    title=view.say(Label::StepBack)
                    aria-label=view.say(Label::StepBack)
                    on:click=on(|_| command(Command::Step { forward: false }))
                >
                    {icon(BACK)}
                </button>
                <button
                    type="button"
                    id=PLAY_BUTTON
                    class="play"
                    title=move || toggle_label()
                    aria-label=move || toggle_label()
                    on:click=on(|_| command(Command::Toggle))
                >
                    <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
                        <path
                            fill="currentColor"
                            d=move || if paused() { PLAY } else { PAUSE }
                        ></path>
                    </svg>
                </button>
                <button
                    type="button"
                    title=view.say(Label::StepForward)
                    aria-label=view.say(Label::StepForward)
                    on:click=on(|_| command(Command::Step { forward: true }))
                >
                    {icon(FORTH)}
                </button>
            </div>
            <div class="stretch">
                <b>{move || state()}</b>
                <span>{move || (any() && heard()).then(real)}</span>
            </div>
            <time_tools::Speed view/>
            <div
                class="lanes"
                id="level"
                role=move || view.panel_role().or(Some("group"))
                hidden=view.hides(Panel::Level)
                aria-label=view.say(Label::PanelLevel)
            >
                <canvas id=frame_loop::LANES aria-hidden="true"></canvas>
                <Hits view spots=view.lane_spots/>
            </div>
            <Timeline view/>
            <Notices view/>
            <Lag view/>
        </section>
    }
}

/// How far behind live, and the way back to it.
#[component]
fn Lag(view: View) -> impl IntoView {
    let behind = Memo::new(move |_| view.strip.with(|strip| strip.behind_nanos));
    let any = move || view.strip.with(|strip| strip.any);
    let heard = move || view.controls.with(|controls| controls.heard);
    let recorded = move || view.controls.with(|controls| controls.recorded);
    // Tenths of seconds: what changes faster cannot be read.
    let in_seconds = move || behind.get().map(|nanos| tenths_of_seconds(nanos) + " s");
    let words = move || {
        let lang = view.lang.get();
        match (any(), behind.get()) {
            (false, _) => Label::NothingRecorded,
            (true, None) => Label::AllShown,
            (true, Some(_)) if recorded() => Label::BeforeEnd,
            (true, Some(_)) => Label::BehindLive,
        }
        .text(lang)
    };
    let go = move || {
        let label = if recorded() {
            Label::GoToEnd
        } else {
            Label::GoLive
        };
        label.text(view.lang.get())
    };
    view! {
        <div class="lag">
            // What is shown may be all that is known, but without a relay it is not live.
            <p class:live=move || any() && heard() && behind.get().is_none()>
                <b>{move || in_seconds()}</b>
                " "
                {move || words()}
            </p>
            <button
                type="button"
                class="btn"
                disabled=move || behind.get().is_none() && !view.strip.with(|strip| strip.paused)
                on:click=on(|_| app::with(App::go_live))
            >
                {move || go()}
            </button>
            <time_tools::Tools view/>
        </div>
    }
}
