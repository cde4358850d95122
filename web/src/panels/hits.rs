//! What can be pointed at on a picture: see-through buttons over the canvas, for mice, fingers,
//! keys and ears. Knows nothing of what a target means.
//!
//! Plain elements, kept in step with the scene about ten times a second: what did not change is
//! not touched, so that whoever is at a button stays there.

use leptos::{
    ev::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement};

use super::{
    dynamic::{follow, on},
    header::tab_id,
    tabs::step,
};
use crate::{
    browser,
    language::Label,
    lasting::Lasting,
    view::{Spot, View},
};

/// The pointer may leave for so long on its way to what is told.
const LEFT: std::time::Duration = std::time::Duration::from_millis(400);

/// The buttons over one canvas.
#[component]
pub fn Hits(view: View, spots: Lasting<Vec<Spot>>) -> impl IntoView {
    let group = NodeRef::<html::Div>::new();
    let shown = StoredValue::new(Vec::<Spot>::new());
    // The buttons that the keyboard and the pointer are at.
    let focused = RwSignal::new(None::<usize>);
    let hovered = RwSignal::new(None::<usize>);

    follow(move || {
        let Some(group) = group.get() else {
            return;
        };
        spots.with(|spots| shown.update_value(|shown| sync(&group, shown, spots)));
        let count = spots.with(Vec::len);
        for at in [focused, hovered] {
            if at.get_untracked().is_some_and(|at| at >= count) {
                at.set(None);
            }
        }
        rove(&group, focused.get_untracked().unwrap_or(0));
    });
    let was = StoredValue::new(false);
    follow(move || {
        let chosen = hovered.get().or(focused.get());
        let spot = chosen.and_then(|at| spots.with(|spots| spots.get(at).cloned()));
        let place = group.get().zip(chosen).and_then(|(group, at)| {
            let button = group.children().item(at as u32)?;
            let place = button.get_bounding_client_rect();
            Some((place.x(), place.y(), place.width(), place.height()))
        });
        match spot.zip(place) {
            Some((spot, place)) => {
                was.set_value(true);
                view.inspect(Some((spot.hit.target, place)));
            }
            // Another picture's buttons may be asked: only what was opened here is closed here.
            None if was.get_value() => {
                was.set_value(false);
                view.inspect(None);
            }
            None => {}
        }
    });

    let place = move |target: Option<EventTarget>| {
        let button = target?
            .dyn_into::<Element>()
            .ok()?
            .closest("button")
            .ok()??;
        let children = group.get_untracked()?.children();
        (0..children.length()).find(|&at| children.item(at).as_ref() == Some(&button))
    };
    let on_focus = move |event: FocusEvent| {
        let at = place(event.target()).map(|at| at as usize);
        focused.set(at);
        if let (Some(group), Some(at)) = (group.get_untracked(), at) {
            rove(&group, at);
        }
    };
    let on_over = move |event: PointerEvent| {
        hovered.set(place(event.target()).map(|at| at as usize));
    };
    let on_leave = move |_| {
        set_timeout(
            move || {
                let gone = |id| browser::matches(id, ":hover") != Some(true);
                if gone("#inspector") && group.get_untracked().is_some_and(|group| !hovers(&group))
                {
                    hovered.set(None);
                }
            },
            LEFT,
        );
    };
    let on_click = move |event: MouseEvent| {
        let Some(at) = place(event.target()) else {
            return;
        };
        let at = at as usize;
        if let Some(group) = group.get_untracked() {
            focus(&group, at);
        }
        // Where the keyboard has been all along, no focus comes: Escape is undone by Enter.
        focused.set(Some(at));
        let target = spots.with_untracked(|spots| spots.get(at).map(|spot| spot.hit.target));
        if let Some(scene::Target::Connection(conn)) = target {
            view.pick(conn);
            // Its cell will be gone with the picture of all.
            browser::focus(&tab_id(conn));
            hovered.set(None);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = spots.with_untracked(Vec::len);
        if event.key() == "Escape" {
            focused.set(None);
            hovered.set(None);
        } else if let Some(at) = place(event.target())
            && let Some(next) = step(&event.key(), at as usize, count)
            && let Some(group) = group.get_untracked()
        {
            event.prevent_default();
            focus(&group, next);
        }
    };
    view! {
        <div
            node_ref=group
            class="hits"
            role="group"
            aria-label=view.say(Label::Parts)
            on:focusin=on(on_focus)
            on:focusout=on(move |_| focused.set(None))
            on:pointerover=on(on_over)
            on:pointerleave=on(on_leave)
            on:click=on(on_click)
            on:keydown=on(on_key)
        ></div>
    }
}

fn hovers(group: &Element) -> bool {
    group
        .query_selector("button:hover")
        .is_ok_and(|it| it.is_some())
}

fn child(group: &Element, at: usize) -> Option<HtmlElement> {
    group.children().item(at as u32)?.dyn_into().ok()
}

fn focus(group: &Element, at: usize) {
    if let Some(button) = child(group, at) {
        let _ = button.focus();
    }
}

/// One stop for the Tab key; arrow keys go on from there.
fn rove(group: &Element, here: usize) {
    let children = group.children();
    for at in 0..children.length() {
        if let Some(button) = children.item(at) {
            let is_here = at as usize == here;
            let _ = button.set_attribute("tabindex", if is_here { "0" } else { "-1" });
        }
    }
}

/// As many buttons as spots, each where its spot is.
fn sync(group: &Element, shown: &mut Vec<Spot>, spots: &[Spot]) {
    while shown.len() > spots.len() {
        shown.pop();
        if let Some(last) = group.last_element_child() {
            last.remove();
        }
    }
    for (at, spot) in spots.iter().enumerate() {
        if shown.get(at) == Some(spot) {
            continue;
        }
        if at == shown.len() {
            let button = browser::document().and_then(|it| it.create_element("button").ok());
            let Some(button) = button else {
                return;
            };
            let _ = button.set_attribute("type", "button");
            let _ = button.set_attribute("aria-describedby", "inspector");
            let _ = group.append_child(&button);
            shown.push(spot.clone());
        }
        let Some(button) = child(group, at) else {
            return;
        };
        let style = button.style();
        for (name, value) in [
            ("left", spot.hit.x),
            ("top", spot.hit.y),
            ("width", spot.hit.w),
            ("height", spot.hit.h),
        ] {
            let _ = style.set_property(name, &browser::px(value));
        }
        let _ = button.set_attribute("aria-label", &spot.name);
        if let Some(shown) = shown.get_mut(at) {
            *shown = spot.clone();
        }
    }
}
