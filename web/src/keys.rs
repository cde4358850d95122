//! Shortcuts that work anywhere on the page but in text fields and dialogs; and a page
//! that is seen again judges the relay anew. Knows nothing of the panels that have keys themselves.

use leptos::{ev, prelude::*};
use model::Command;
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{
    app::{self, App},
    browser,
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
        if key == "Escape" {
            // What was opened by a pointer is closed wherever the keyboard is.
            view.inspect(None);
        }
        if key == " " && !browser::takes_space() {
            event.prevent_default();
            app::with(|app| app.command(Command::Toggle));
        } else if browser::is_typing() {
            // Letters and digits belong to the field.
        } else if let Some(index) = digit(&key) {
            let conn = view
                .tabs
                .with_untracked(|tabs| tabs.tabs.get(index).map(|tab| tab.conn));
            if let Some(conn) = conn {
                view.pick(conn);
            }
        } else {
            match key.to_ascii_lowercase().as_str() {
                "v" => view.switch_picture(),
                "a" => view.all.update(|all| *all = !*all),
                "l" => view.step_look(),
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

/// The place among the tabs that a digit from 1 to 9 names.
fn digit(key: &str) -> Option<usize> {
    let number: usize = key.parse().ok()?;
    (1..=9).contains(&number).then(|| number - 1)
}
