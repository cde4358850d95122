//! The few things that the page asks of the browser, each in one call. Knows nothing of records.

use scene::Lang;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, HtmlElement, MediaQueryList, ScrollIntoViewOptions, ScrollLogicalPosition, Storage,
    Window,
};

/// The window. Absent only outside of a browser's window, where nothing of the page runs.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// Milliseconds on a clock that never goes back.
pub fn now_millis() -> f64 {
    window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// Whether a person can see the page. Timers of a hidden page are throttled.
pub fn is_visible() -> bool {
    document().is_none_or(|document| !document.hidden())
}

/// Device pixels for each CSS pixel.
pub fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// The person's wish for less movement, live.
pub fn reduced_motion() -> Option<MediaQueryList> {
    window()?
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()?
}

/// Where the relay is: `host:port` of the page, and whether it came through TLS.
pub fn relay() -> Option<(String, bool)> {
    let location = window()?.location();
    let secure = location.protocol().ok()? == "https:";
    Some((location.host().ok()?, secure))
}

/// The name by which this browser reached the relay, without port.
pub fn host_name() -> String {
    window()
        .and_then(|window| window.location().hostname().ok())
        .unwrap_or_default()
}

/// Asks the same page anew.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

const LANG_KEY: &str = "fruitbelt.lang";

/// The language chosen before, otherwise the first of the browser's that the page speaks.
pub fn first_lang() -> Lang {
    let of_tag = |tag: &str| {
        let tag = tag.to_ascii_lowercase();
        if tag.starts_with("zh") {
            Some(Lang::Zh)
        } else {
            tag.starts_with("en").then_some(Lang::En)
        }
    };
    let remembered = storage()
        .and_then(|storage| storage.get_item(LANG_KEY).ok()?)
        .and_then(|tag| of_tag(&tag));
    remembered
        .or_else(|| {
            let languages = window()?.navigator().languages();
            languages
                .iter()
                .filter_map(|tag| tag.as_string())
                .find_map(|tag| of_tag(&tag))
        })
        .unwrap_or_default()
}

/// Says which language the document is in, to screen readers and fonts, and remembers the choice.
pub fn set_lang(lang: Lang, remember: bool) {
    let tag = match lang {
        Lang::En => "en",
        Lang::Zh => "zh-CN",
    };
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("lang", tag);
    }
    if let (true, Some(storage)) = (remember, storage()) {
        // A full or forbidden storage only means that the choice is not remembered.
        let _ = storage.set_item(LANG_KEY, tag);
    }
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// Whether the focused element takes letters and digits for itself.
pub fn is_typing() -> bool {
    focused_is(&["INPUT", "TEXTAREA", "SELECT"])
}

/// Whether the focused element takes the space bar for itself.
pub fn takes_space() -> bool {
    is_typing() || focused_is(&["BUTTON", "SUMMARY", "A"])
}

fn focused_is(tags: &[&str]) -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_some_and(|element| tags.contains(&element.tag_name().as_str()))
}

/// Moves the keyboard to an element.
pub fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls as little as shows an element whole.
pub fn show(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Selects the text of an element, for a person to copy.
pub fn select_text(id: &str) {
    let node = document().and_then(|document| document.get_element_by_id(id));
    let selection = window().and_then(|window| window.get_selection().ok()?);
    if let (Some(node), Some(selection)) = (node, selection) {
        let _ = selection.select_all_children(&node);
    }
}

/// The clipboard: there is none where the page came by plain http from another machine.
pub fn clipboard() -> Option<web_sys::Clipboard> {
    let window = window()?;
    window
        .is_secure_context()
        .then(|| window.navigator().clipboard())
}

/// Calls one of two functions when a promise is settled.
pub fn then(promise: &js_sys::Promise, done: JsValue, failed: JsValue) {
    let function = |value: JsValue| value.unchecked_into::<js_sys::Function>();
    let then = js_sys::Reflect::get(promise, &JsValue::from_str("then"));
    if let Some(then) = then
        .ok()
        .and_then(|then| then.dyn_into::<js_sys::Function>().ok())
    {
        let _ = then.call2(promise, &function(done), &function(failed));
    }
}
