//! The few things that the page asks of the browser, each in one call. Knows nothing of records.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Document, Element, Event, HtmlDialogElement, HtmlElement, MediaQueryList, ResizeObserver,
    ResizeObserverEntry, ScrollIntoViewOptions, ScrollLogicalPosition, Storage, Window,
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

/// Width and height of the window's inside, CSS pixels.
pub fn window_size() -> (f64, f64) {
    let root = document().and_then(|document| document.document_element());
    root.map_or((0.0, 0.0), |root| {
        (
            f64::from(root.client_width()),
            f64::from(root.client_height()),
        )
    })
}

/// Whether the first element of a kind is in a state that CSS has a name for.
pub fn matches(selector: &str, state: &str) -> Option<bool> {
    let element = document()?.query_selector(selector).ok()??;
    element.matches(state).ok()
}

/// Whether a person can see the page. Timers of a hidden page are throttled.
pub fn is_visible() -> bool {
    document().is_none_or(|document| !document.hidden())
}

/// Device pixels for each CSS pixel.
pub fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// A question to the style sheet's world, answered live: less movement wished, window upright.
pub fn media(query: &str) -> Option<MediaQueryList> {
    window()?.match_media(query).ok()?
}

/// Calls at once and whenever the answer changes, for as long as the page lives.
pub fn watch_media(query: &str, told: impl Fn(bool) + 'static) {
    let Some(list) = media(query) else {
        return;
    };
    told(list.matches());
    let watched = list.clone();
    let changed = Closure::<dyn FnMut()>::new(move || told(watched.matches()));
    list.set_onchange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
}

/// Calls soon and whenever the size of an element changes, for as long as the page lives. Whoever
/// asks for a size instead makes the browser lay out what has changed, at once.
pub fn watch_size(element: &Element, told: impl Fn(f64, f64) + 'static) {
    let changed = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let entry = entries.pop().unchecked_into::<ResizeObserverEntry>();
        let size = entry.content_rect();
        told(size.width(), size.height());
    });
    if let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
        observer.observe(element);
        changed.forget();
    }
}

/// Where the relay's WebSockets are: beside the page, and through TLS if it came so.
pub fn relay() -> Option<String> {
    let location = window()?.location();
    let (origin, path) = (location.origin().ok()?, location.pathname().ok()?);
    let (folder, _file) = path.rsplit_once('/')?;
    Some(format!("ws{}{folder}/", origin.strip_prefix("http")?))
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

/// The languages that the person prefers, best first.
pub fn languages() -> impl Iterator<Item = String> {
    let languages = window().map(|window| window.navigator().languages());
    let tags = languages.map_or(Vec::new(), |languages| languages.to_vec());
    tags.into_iter().filter_map(|tag| tag.as_string())
}

/// What was remembered under this name on an earlier visit.
pub fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Remembers for later visits. A full or forbidden storage only means that it is forgotten.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// What this window remembered under this name, before it was asked for anew.
pub fn remembered_here(key: &str) -> Option<String> {
    window()?.session_storage().ok()??.get_item(key).ok()?
}

/// Remembers as long as this window is open. See [`remember`].
pub fn remember_here(key: &str, value: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.session_storage()) {
        let _ = storage.set_item(key, value);
    }
}

/// A number that nobody guesses by chance.
pub fn any_number() -> u64 {
    let part = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
    part() << 32 | part()
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

/// Opens a dialog of the document: the rest of the page is out of reach until it is closed.
pub fn open_dialog(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(dialog) = element.and_then(|it| it.dyn_into::<HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes it again.
pub fn close_dialog(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(dialog) = element.and_then(|it| it.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Gives the keyboard back to the page after a choice by pointer: letters and the space bar would
/// go on choosing. Whoever chooses by keys stays there.
pub fn release(event: &Event) {
    let element = event
        .target()
        .and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element
        && element.matches(":focus-visible") != Ok(true)
    {
        let _ = element.blur();
    }
}

/// Whether a dialog is open.
pub fn in_dialog() -> bool {
    document().is_some_and(|document| {
        let open = document.query_selector("dialog[open]");
        open.is_ok_and(|dialog| dialog.is_some())
    })
}

/// Fills the screen with the page, or gives it back.
pub fn switch_full_screen() {
    let Some(document) = document() else {
        return;
    };
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        // Refused where the browser forbids it: nothing is lost.
        let _ = root.request_fullscreen();
    }
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

/// Scrolls the box that an element lies in, and nothing around it, so that the element is in its middle.
pub fn show_within(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    let element = element.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element
        && let Some(around) = element.parent_element()
    {
        around.set_scroll_top(element.offset_top() - around.client_height() / 2);
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

/// A text as it can stand in a link.
pub fn escaped(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// A length of CSS: whole pixels.
pub fn px(length: f64) -> String {
    format!("{}px", length.round() as i64)
}
