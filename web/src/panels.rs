//! The page's frame and its panels. Each shows plain values of [`View`] and passes on what a
//! person wants; none knows what is true.

mod controls;
mod events;
mod field;
mod header;
mod join;
mod mark;
mod notices;
mod policy;
mod rulers;
mod sending;
mod time_strip;

use leptos::prelude::*;

use crate::{frame_loop, language::Label, view::View};

/// All of the page.
#[component]
pub fn Page(view: View) -> impl IntoView {
    let drawer_open = RwSignal::new(false);
    view! {
        <div id="page" class="page">
            <a class="skip" href="#events">{view.say(Label::SkipToEvents)}</a>
            <header::Header view drawer_open/>
            <main>
                <section class="stage" aria-label=view.say(Label::Stage) id="stage" role="tabpanel">
                    <canvas
                        id=frame_loop::STAGE
                        role="img"
                        aria-label=move || view.caption.get()
                    ></canvas>
                    <notices::BigButton view/>
                </section>
                <time_strip::TimeStrip view/>
                <div class="panels">
                    <rulers::Rulers view/>
                    <events::Events view/>
                    <controls::Controls view drawer_open/>
                </div>
            </main>
            <notices::Spoken view/>
        </div>
    }
}
