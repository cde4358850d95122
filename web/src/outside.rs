//! The door to `extras.js`, where files are read and pictures saved: what the browser tells, and
//! what it is asked. Knows no browser API, and decides nothing.

use js_sys::Uint8Array;
use model::Command;
use protocol::Request;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::HtmlCanvasElement;

use crate::{
    app::{self, Happening},
    frame_loop, later,
    source::{Fault, Listed},
    view::View,
};

#[wasm_bindgen(raw_module = "./outside.js")]
extern "C" {
    fn start(hear: &JsValue);
    /// Calls a function of `extras.js` once it is there: never at once.
    pub fn ask(what: &str, a: &JsValue, b: &JsValue);
}

/// Listens from now on.
pub fn listen(view: View) {
    let hear = Closure::<dyn FnMut(String, JsValue, JsValue) -> JsValue>::new(
        move |what: String, a: JsValue, b: JsValue| hear(view, &what, a, &b),
    );
    start(hear.as_ref());
    // It listens as long as the page lives.
    hear.forget();
}

fn hear(view: View, what: &str, a: JsValue, b: &JsValue) -> JsValue {
    let text = || a.as_string().unwrap_or_default();
    let number = |value: &JsValue| value.as_f64().unwrap_or_default();
    match what {
        "list" => {
            let list = text().lines().filter_map(Listed::parse).collect();
            app::with(|app| app.choose_source(list, b.is_truthy()));
        }
        "file" => {
            let name = js_sys::Reflect::get(&a, &"name".into());
            let name = name.ok().and_then(|name| name.as_string());
            app::with(|app| {
                app.read(name.unwrap_or_default(), &a);
                if number(b) > 1.0 {
                    app.happens(Happening::FirstOnly);
                }
            });
        }
        "take" => {
            let bytes = a.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec());
            let number = number(b) as u32;
            return app::with(|app| app.take_slice(bytes, number)).into();
        }
        "progress" => app::with(|app| app.progress(number(&a), number(b))),
        "done" => app::with(|app| {
            app.is_read();
            if a.is_truthy() {
                app.happens(Happening::CutShort);
            }
        }),
        "failed" => {
            let fault = Fault::of(&text(), number(b) as u32);
            app::with(|app| app.failed(fault));
        }
        "choose" => app::with(|app| app.choose(number(&a) as usize)),
        "live" => app::with(app::App::go_to_relay),
        "record" => {
            let on = a.is_truthy();
            let asked = app::with(|app| app.ask(Request::Record { on }));
            view.complaint.set(asked.err());
        }
        "moment" => app::with(|app| app.restore(&text())),
        "state" => return app::with(|app| app.moment_text()).into(),
        "embed" => app::with(|app| {
            let paused = app.playback().is_paused();
            match text().as_str() {
                "play" => app.command(Command::Play),
                "pause" => app.command(Command::Pause),
                "seek" => {
                    app.restore(&b.as_string().unwrap_or_default());
                    if !paused {
                        app.command(Command::Play);
                    }
                }
                _ => {}
            }
        }),
        "styled" => later::is_styled(view),
        "lesson" => {
            later::fetch(view);
            later::hear_lesson(view, &text(), b);
        }
        "told" => {
            let happening = match text().as_str() {
                "copied" => Happening::Copied,
                "selected" => Happening::Selected,
                _ => Happening::NoFilm,
            };
            app::with(|app| app.happens(happening));
        }
        "paint" => {
            if let Ok(canvas) = a.dyn_into::<HtmlCanvasElement>() {
                frame_loop::paint_apart(view, &canvas);
            }
        }
        "svg" => {
            later::fetch(view);
            return frame_loop::svg(view).map_or(JsValue::UNDEFINED, JsValue::from);
        }
        "film" => {
            let on = a.is_truthy();
            if on {
                app::with(|app| app.command(Command::Play));
            }
            view.film.set(on);
        }
        _ => {}
    }
    JsValue::UNDEFINED
}
