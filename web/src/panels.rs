//! The page's frame and its panels. Each shows plain values of [`View`] and passes on what a
//! person wants; none knows what is true.

#![allow(
    clippy::redundant_closure,
    reason = "written inside `view!`, closures are of one type: see `dynamic`"
)]

pub mod api;
pub mod code;
mod controls;
pub mod dynamic;
mod events;
mod field;
mod header;
mod hits;
mod inspector;
mod join;
pub mod kinds;
mod mark;
mod notices;
mod policy;
mod recordings;
pub mod reply;
mod rulers;
mod sending;
mod sheet;
mod spoken;
mod tabs;
mod time_strip;
pub mod time_tools;
mod timeline;

pub use dynamic::{Dynamic, dynamic};
pub use timeline::ZOOM;

use leptos::prelude::*;

use scene::Picture;

use crate::{
    browser, frame_loop,
    language::{self, Label},
    view::{Panel, View},
};
use dynamic::on;

/// Which picture stands on the stage, for style sheets and whoever looks from outside.
fn picture_id(view: View) -> &'static str {
    match (view.all.get(), view.one.get()) {
        (true, _) | (_, Picture::All) => "all",
        (false, Picture::Cut) => "cut",
        (false, Picture::Steps) => "steps",
        (false, Picture::Courier) => "courier",
        (false, Picture::Belt) => "belt",
    }
}

/// All of the page.
#[component]
pub fn Page(view: View) -> impl IntoView {
    let drawer_open = RwSignal::new(false);
    let picture_words = move || {
        if view.all.get() {
            view.tabs
                .with(|tabs| language::connections(tabs.tabs.len() + tabs.more, view.lang.get()))
        } else {
            view.caption.get()
        }
    };
    let stage_name = move || {
        let label = match (view.all.get(), view.one.get()) {
            (true, _) => Label::Connections,
            (false, Picture::Cut) => Label::StageCut,
            (false, Picture::Steps) => Label::StageSteps,
            (false, Picture::Courier) => Label::StageCourier,
            (false, _) => Label::Stage,
        };
        label.text(view.lang.get())
    };
    browser::watch_media("(orientation: portrait)", move |is| view.upright.set(is));
    view! {
        <div id="page" class="page">
            <a class="skip" href="#events" on:click=on(move |_| view.panel.set(Panel::Events))>
                {view.say(Label::SkipToEvents)}
            </a>
            <header::Header view drawer_open/>
            {move || crate::later::hall(view)}
            <main>
                {move || crate::later::lesson(view)}
                <section
                    class="stage"
                    aria-label=move || stage_name()
                    id="stage"
                    role="tabpanel"
                    data-picture=move || picture_id(view)
                >
                    <div class="picture">
                        <canvas
                            id=frame_loop::STAGE
                            role="img"
                            aria-label=move || picture_words()
                        ></canvas>
                        <hits::Hits view spots=view.stage_spots/>
                    </div>
                    <notices::BigButton view/>
                </section>
                <time_strip::TimeStrip view/>
                <div class="panels">
                    <rulers::Rulers view/>
                    <events::Events view/>
                    <controls::Controls view drawer_open/>
                </div>
                <tabs::PanelTabs view/>
                <inspector::Inspector view/>
            </main>
            <spoken::Spoken view/>
            <sheet::Keys view/>
            {move || crate::later::sheets(view)}
            <sheet::Blank view/>
            <recordings::Recordings view/>
        </div>
    }
}
