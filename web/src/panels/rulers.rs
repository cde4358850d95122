//! The rulers: the same bytes as they were sent, arrived, read and bagged. The picture is the
//! scene's; here it is told in words as well.

use leptos::prelude::*;

use super::{dynamic::each, hits::Hits};
use crate::{
    frame_loop,
    language::Label,
    view::{Panel, View},
};

/// The rulers.
#[component]
pub fn Rulers(view: View) -> impl IntoView {
    view! {
        <section
            class="rulers"
            id="rulers"
            role=move || view.panel_role()
            hidden=view.hides(Panel::Rulers)
            aria-labelledby="rulers-title"
        >
            <h2 id="rulers-title">
                {view.say(Label::Rulers)}
                <span class="m">
                    <span class="lost" aria-hidden="true"></span>
                    {view.say(Label::LostEdge)}
                </span>
            </h2>
            <div class="picture">
                <canvas id=frame_loop::RULERS aria-hidden="true"></canvas>
                <Hits view spots=view.ruler_spots/>
            </div>
            <ul class="unseen">
                {move || each(view.cuts.get(), |words| view! { <li>{words}</li> })}
            </ul>
        </section>
    }
}
