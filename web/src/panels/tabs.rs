//! How arrow keys move among things of which one is chosen; and the tabs of the panels, where
//! there is room for one panel only.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::dynamic::{each, flag, on, sometimes};
use crate::{
    browser,
    language::Label,
    view::{Panel, View},
};

/// The place that a key leads to from `here`, round and round.
pub fn step(key: &str, here: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowRight" | "ArrowDown" => Some(if here >= last { 0 } else { here + 1 }),
        "ArrowLeft" | "ArrowUp" => Some(here.min(count).checked_sub(1).unwrap_or(last)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

const PANELS: [(Panel, Label, &str); 4] = [
    (Panel::Rulers, Label::PanelRulers, "rulers"),
    (Panel::Level, Label::PanelLevel, "level"),
    (Panel::Events, Label::Events, "events"),
    (Panel::Controls, Label::Controls, "controls"),
];

/// The tabs of the panels.
#[component]
pub fn PanelTabs(view: View) -> impl IntoView {
    let tab = move |(panel, label, id): (Panel, Label, &'static str)| {
        let chosen = move || view.panel.get() == panel;
        view! {
            <button
                type="button"
                role="tab"
                id=format!("{id}-tab")
                aria-controls=id
                aria-selected=move || flag(chosen())
                tabindex=move || if chosen() { "0" } else { "-1" }
                on:click=on(move |_| view.panel.set(panel))
            >
                {match panel {
                    Panel::Controls => view.controls_name(),
                    _ => view.say(label),
                }}
            </button>
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let here = PANELS
            .iter()
            .position(|it| it.0 == view.panel.get_untracked());
        if let Some(next) = step(&event.key(), here.unwrap_or(0), PANELS.len()) {
            event.prevent_default();
            let (panel, _, id) = PANELS[next];
            view.panel.set(panel);
            browser::focus(&format!("{id}-tab"));
        }
    };
    view! {
        {sometimes(move || view.upright.get(), move || view! {
            <div
                class="panel-tabs"
                role="tablist"
                aria-label=view.say(Label::Panels)
                on:keydown=on(on_key)
            >
                {each(PANELS, tab)}
            </div>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round() {
        let check = |key, here, expect| assert_eq!(step(key, here, 3), expect);
        check("ArrowRight", 0, Some(1));
        check("ArrowDown", 2, Some(0));
        check("ArrowLeft", 0, Some(2));
        check("ArrowUp", 2, Some(1));
        check("Home", 2, Some(0));
        check("End", 0, Some(2));
        check("a", 0, None);
        assert_eq!(step("End", 0, 0), None);
    }
}
