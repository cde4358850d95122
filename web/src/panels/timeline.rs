//! The bar of time as a slider: for keys and ears by the media-seek pattern of WAI-ARIA, for
//! pointers by dragging. Knows nothing of how it is painted.
//!
//! A drag scrubs, with Shift it moves the view; the wheel zooms where the pointer is, sideways it
//! moves the view; a double click shows all.

use leptos::{
    ev::{KeyboardEvent, PointerEvent, WheelEvent},
    html,
    prelude::*,
};
use model::{Command, Show};

use super::dynamic::{dynamic, on};
use crate::{app, frame_loop, language::Label, view::View};

/// The id of the slider.
pub const SLIDER: &str = "timeline";

/// One press of a zoom button.
pub const ZOOM: f64 = 0.5;
/// The larger step of the slider.
const LEAP: Show = Show::from_millis(10_000);

/// What a drag does, and where it was last.
#[derive(Clone, Copy)]
enum Drag {
    Scrub,
    Pan(f64),
}

/// The slider and its zoom buttons.
#[component]
pub fn Timeline(view: View) -> impl IntoView {
    let slider = NodeRef::<html::Div>::new();
    let drag = StoredValue::new(None::<Drag>);
    // Where in the bar, and how wide the bar is.
    let place = move |client_x: i32| {
        let place = slider.get_untracked()?.get_bounding_client_rect();
        Some((f64::from(client_x) - place.x(), place.width()))
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let Some(slider) = slider.get_untracked() else {
            return;
        };
        let _ = slider.set_pointer_capture(event.pointer_id());
        let Some((x, width)) = place(event.client_x()) else {
            return;
        };
        if event.shift_key() {
            drag.set_value(Some(Drag::Pan(x)));
        } else {
            drag.set_value(Some(Drag::Scrub));
            // Whoever holds the head holds time.
            app::with(|app| app.hold(true));
            let at = view
                .marker_at(x, f64::from(event.offset_y()))
                .unwrap_or_else(|| view.moment_at(x, width));
            app::with(|app| app.command(Command::Seek(at)));
        }
    };
    let moved = move |event: PointerEvent| {
        let Some((x, width)) = place(event.client_x()) else {
            return;
        };
        match drag.get_value() {
            None => {}
            Some(Drag::Scrub) => {
                let at = view.moment_at(x, width);
                app::with(|app| app.command(Command::Seek(at)));
            }
            Some(Drag::Pan(from)) => {
                drag.set_value(Some(Drag::Pan(x)));
                view.pan((from - x) / width.max(1.0));
            }
        }
    };
    let up = move |_| {
        drag.set_value(None);
        app::with(|app| app.hold(false));
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let Some((x, width)) = place(event.client_x()) else {
            return;
        };
        let (dx, dy) = (event.delta_x(), event.delta_y());
        if dx.abs() > dy.abs() || event.shift_key() {
            view.pan((dx + if event.shift_key() { dy } else { 0.0 }) / width.max(1.0));
        } else {
            let times = if dy > 0.0 { 1.25 } else { 0.8 };
            view.zoom(times, Some(view.moment_at(x, width)));
        }
    };
    // What differs from the keys that work everywhere.
    let key = move |event: KeyboardEvent| {
        let command = match event.key().as_str() {
            "ArrowUp" => Command::Skip {
                forward: true,
                by: Show::from_millis(100),
            },
            "ArrowDown" => Command::Skip {
                forward: false,
                by: Show::from_millis(100),
            },
            "PageUp" => Command::Skip {
                forward: true,
                by: LEAP,
            },
            "PageDown" => Command::Skip {
                forward: false,
                by: LEAP,
            },
            _ => return,
        };
        event.prevent_default();
        app::with(|app| app.command(command));
    };
    let millis = move |of: fn(&crate::view::Slider) -> u64| {
        dynamic(move || view.slider.with(|slider| of(slider).to_string()))
    };
    let zoom_button = move |label: Label, sign: &'static str, times: f64| {
        view! {
            <button
                type="button"
                class="btn small"
                title=view.say(label)
                aria-label=view.say(label)
                on:click=on(move |_| view.zoom(times, None))
            >
                {sign}
            </button>
        }
    };
    view! {
        <div class="bar">
            <div
                node_ref=slider
                id=SLIDER
                class="slider"
                role="slider"
                tabindex="0"
                aria-label=view.say(Label::Timeline)
                aria-orientation="horizontal"
                aria-valuemin=millis(|it| it.min)
                aria-valuemax=millis(|it| it.max)
                aria-valuenow=millis(|it| it.now)
                aria-valuetext=move || view.slider.with(|it| it.words.clone())
                on:pointerdown=on(down)
                on:pointermove=on(moved)
                on:pointerup=on(up)
                on:pointercancel=on(up)
                on:wheel=on(wheel)
                on:dblclick=on(move |_| view.span.set_value(None))
                on:keydown=on(key)
            >
                <canvas id=frame_loop::BAR aria-hidden="true"></canvas>
            </div>
            {zoom_button(Label::ZoomIn, "+", ZOOM)}
            {zoom_button(Label::ZoomOut, "−", 1.0 / ZOOM)}
        </div>
    }
}
