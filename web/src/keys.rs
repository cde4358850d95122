//! Shortcuts that work anywhere on the page but in text fields and dialogs; and a page
//! that is seen again judges the relay anew. Knows nothing of the panels that have keys themselves.

use leptos::{ev, prelude::*};
use model::{Command, Show};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{
    app::{self, App},
    browser, later,
    panels::ZOOM,
    view::View,
};

/// The id of the sheet that lists the keys.
pub const SHEET: &str = "keys";
/// The id of the black screen.
pub const BLANK: &str = "blank";

/// Listens from now on.
pub fn listen(view: View) {
    let _ = window_event_listener(ev::keydown, move |event| {
        let with_others = event.ctrl_key() || event.alt_key() || event.meta_key();
        if with_others || event.default_prevented() || browser::in_dialog() {
            return;
        }
        let key = event.key();
        if later::lesson_key(view, &key) {
            return event.prevent_default();
        }
        if key == "Escape" {
            // What was opened by a pointer is closed wherever the keyboard is.
            view.inspect(None);
        }
        if key == " " && !browser::takes_space() {
            event.prevent_default();
            app::with(|app| app.command(Command::Toggle));
        } else if browser::is_typing() {
            // Letters and digits belong to the field.
        } else if time_key(view, &key, event.shift_key()) {
            event.prevent_default();
        } else {
            match key.to_ascii_lowercase().as_str() {
                "v" => view.switch_picture(),
                "s" => view.switch_steps(),
                "a" => view.all.update(|all| *all = !*all),
                "c" => view.step_look(),
                "n" => view.pick_beside(true),
                "p" => view.pick_beside(false),
                "f" => browser::switch_full_screen(),
                "b" => {
                    event.prevent_default();
                    browser::open_dialog(BLANK);
                }
                "?" => browser::open_dialog(SHEET),
                _ => {}
            }
        }
    });
    let seen = Closure::<dyn FnMut()>::new(|| {
        if browser::is_visible() {
            app::with(App::seen_again);
        }
    });
    if let Some(document) = browser::document() {
        let _ = document
            .add_event_listener_with_callback("visibilitychange", seen.as_ref().unchecked_ref());
    }
    // It listens as long as the page lives.
    seen.forget();
}

/// Keys that move in time, or the view of it. False: it is none of them.
fn time_key(view: View, key: &str, shift: bool) -> bool {
    let skip = |forward, millis| Command::Skip {
        forward,
        by: Show::from_millis(millis),
    };
    let is_paging = matches!(key, "Home" | "End" | "PageUp" | "PageDown");
    if is_paging && browser::matches(".scroll:focus-visible", "*").is_some() {
        // Whoever reads the table by keys.
        return false;
    }
    let forward = matches!(
        key,
        "." | "ArrowRight" | "l" | "L" | ">" | "]" | "PageDown" | "+" | "="
    );
    let command = match key {
        "k" | "K" => Command::Toggle,
        "," | "." => Command::Step { forward },
        "ArrowLeft" | "ArrowRight" => skip(forward, if shift { 1_000 } else { 100 }),
        "j" | "J" | "l" | "L" => skip(forward, 10_000),
        "[" | "]" => Command::ToMarker { forward },
        "PageUp" | "PageDown" => beside_by_hand(view, forward).unwrap_or(Command::Step { forward }),
        "Home" => Command::Seek(Show(0)),
        "End" => {
            app::with(App::go_live);
            return true;
        }
        "<" | ">" => {
            view.step_speed(forward);
            return true;
        }
        "m" | "M" => {
            view.set_marker();
            return true;
        }
        "+" | "=" | "-" => {
            view.zoom(if forward { ZOOM } else { 1.0 / ZOOM }, None);
            return true;
        }
        _ => match key.parse::<u64>() {
            Ok(tenth @ 0..=9) => app::with(|app| {
                let timeline = app.timeline();
                let (start, end) = (timeline.start(), timeline.end());
                Command::Seek(start + Show((end - start).0 / 10 * tenth))
            }),
            _ => return false,
        },
    };
    app::with(|app| app.command(command));
    true
}

/// Where a clicker goes: from one of a person's own markers to the next. None: there are none.
fn beside_by_hand(view: View, forward: bool) -> Option<Command> {
    let head = app::with(|app| app.playback().head());
    view.flags.with_untracked(|flags| {
        let mut shows = flags.iter().filter(|it| it.by_hand).map(|it| it.show);
        shows.clone().next()?;
        let next = if forward {
            shows.find(|&show| show > head)
        } else {
            shows.rfind(|&show| show < head)
        };
        Some(Command::Seek(next.unwrap_or(head)))
    })
}
