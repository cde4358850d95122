//! The page's frame and its panels. Each shows plain values of [`View`] and passes on what a
//! person wants; none knows what is true.

mod controls;
mod events;
mod field;
mod header;
mod hits;
mod inspector;
mod join;
mod mark;
mod notices;
mod policy;
mod rulers;
mod sending;
mod sheet;
mod tabs;
mod time_strip;

use leptos::prelude::*;

use scene::Picture;

use crate::{browser, frame_loop, language::Label, view::View};

/// All of the page.
#[component]
pub fn Page(view: View) -> impl IntoView {
    let drawer_open = RwSignal::new(false);
    let stage_name = move || {
        let label = match (view.all.get(), view.one.get()) {
            (true, _) => Label::Connections,
            (false, Picture::Cut) => Label::StageCut,
            (false, _) => Label::Stage,
        };
        label.text(view.lang.get())
    };
    browser::watch_media("(orientation: portrait)", move |is| view.upright.set(is));
    view! {
        <div id="page" class="page">
            <a class="skip" href="#events">{view.say(Label::SkipToEvents)}</a>
            <header::Header view drawer_open/>
            <main>
                <section class="stage" aria-label=stage_name id="stage" role="tabpanel">
                    <div class="picture">
                        <canvas
                            id=frame_loop::STAGE
                            role="img"
                            aria-label=move || view.caption.get()
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
            </main>
            <tabs::PanelTabs view/>
            <notices::Spoken view/>
            <inspector::Inspector view/>
            <sheet::Keys view/>
            <sheet::Blank view/>
        </div>
    }
}
