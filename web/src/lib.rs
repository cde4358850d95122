//! The page: the relay's records as a show, and a person's wishes back to the relay.
//!
//! ```text
//! socket -> timeline -> state at the head -> scene -> canvas and panels
//! person -> command -> playback        person -> request -> relay -> ... comes back as a record
//! ```
//! Knows nothing of TCP (that is `model`) nor of how things look (that is `scene`).

mod app;
mod bar;
mod browser;
mod choices;
mod events;
mod focus;
mod frame_loop;
mod hall;
mod keys;
mod lanes;
mod language;
mod lasting;
mod later;
mod lesson;
mod link;
mod moment;
mod outside;
mod painter;
mod panels;
mod program;
mod source;
mod sprites;
mod together;
mod values;
mod view;
mod wish;

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{panels::Page, view::View};

/// Called by the browser once the module is loaded.
#[wasm_bindgen(start)]
pub fn main() {
    std::panic::set_hook(Box::new(|info| tell_fault(&info.to_string())));
    let (lang, look) = (choices::first_lang(), choices::first_look());
    choices::set_lang(lang, false);
    choices::set_look(look, false);
    if let Some(loading) = browser::document().and_then(|it| it.get_element_by_id("loading")) {
        loading.remove();
    }
    let view = View::new(lang, look);
    mount_to_body(move || view! { <Page view=view/> });
    keys::listen(view);
    outside::listen(view);
    frame_loop::start(view);
}

/// A panic leaves a picture that will never move again: words and a reload button in its place.
/// They stand in index.html, and boot.js shows them for the trap that follows; here only the
/// reason is written, which the trap does not know.
fn tell_fault(why: &str) {
    let element = |id| browser::document().and_then(|document| document.get_element_by_id(id));
    if let Some(text) = element("broken-why") {
        text.set_text_content(Some(why));
    }
    if let Some(message) = element("broken") {
        let _ = message.remove_attribute("hidden");
    }
    if let Some(page) = element("page") {
        page.remove();
    }
}
