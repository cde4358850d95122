//! What the page does not need to start: the second picture, the picture of all, what is said of a
//! thing that is pointed at, the picture as SVG, the sheets of stops and markers, lessons. It is a wasm
//! module of its own, fetched behind the first picture, so that a relay that goes away afterwards takes
//! nothing with it.
//!
//! Code lands there because nothing outside of [`later`] names it: see `split` in `crates/xtask`.

use std::cell::Cell;

use leptos::prelude::{AnyView, IntoAny};
use leptos::task::spawn_local;
use model::State;
use protocol::Record;
use scene::{Frame, Inspection, Lang, Look, Picture, Scene, Target};
use wasm_bindgen::JsValue;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    app::App,
    hall, lesson, outside,
    panels::{api, code, kinds, reply, time_tools},
    together,
    view::{Beside, View},
};

/// The module's functions.
#[derive(Clone, Copy)]
struct Later {
    cut: fn(&Frame) -> Scene,
    all: fn(&Frame) -> Scene,
    steps: fn(&Frame) -> Scene,
    courier: fn(&Frame) -> Scene,
    inspect: fn(&State, Target, Option<&Record>, Lang) -> Option<Inspection>,
    svg: fn(&Scene, Look) -> String,
    lesson: Lesson,
    beside: fn(View, Beside) -> Option<AnyView>,
    hall: fn(View) -> AnyView,
    sheets: fn(View) -> AnyView,
}

/// What gives lessons.
#[derive(Clone, Copy)]
struct Lesson {
    view: fn(View) -> AnyView,
    key: fn(View, &str) -> bool,
    hear: fn(View, &str, &JsValue),
    tend: fn(&mut App),
}

#[derive(Clone, Copy)]
enum Module {
    Missing,
    UnderWay,
    /// Without its style sheets: what is drawn unstyled moves all else.
    Bare(Later),
    Here(Later),
}

thread_local! {
    static MODULE: Cell<Module> = const { Cell::new(Module::Missing) };
    /// Its style sheets are here, or cannot be had.
    static STYLED: Cell<bool> = const { Cell::new(false) };
}

#[wasm_split(later, fallible)]
fn later() -> Result<Later, SplitLoaderError> {
    Ok(Later {
        cut: scene::cut,
        all: scene::all,
        steps: scene::steps,
        courier: scene::courier,
        inspect: scene::inspect,
        svg: scene::to_svg,
        lesson: Lesson {
            view: |view| [together::view(view), lesson::view(view)].into_any(),
            key,
            hear: lesson::hear,
            tend: |app| {
                app.by_itself(lesson::tend);
                together::tend(app);
            },
        },
        beside,
        hall: hall::view,
        sheets: time_tools::sheets,
    })
}

/// A key of a lesson, or of the hall.
fn key(view: View, key: &str) -> bool {
    lesson::key(view, key) || hall::key(view, key) || together::key(key)
}

/// The panels among those behind the tabs of the events that only some people look at.
fn beside(view: View, beside: Beside) -> Option<AnyView> {
    Some(match beside {
        Beside::Events | Beside::Values => return None,
        Beside::Code => code::view(view),
        Beside::Reply => reply::view(view),
        Beside::Api => api::view(view),
        Beside::Kinds => kinds::view(view),
    })
}

/// Fetches the module, unless it is here or under way. After a failure the next call tries again:
/// whoever asks for what it holds calls this.
pub fn fetch(view: View) {
    if !matches!(MODULE.get(), Module::Missing) {
        return;
    }
    MODULE.set(Module::UnderWay);
    if !STYLED.get() {
        outside::ask("style", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }
    spawn_local(async move {
        MODULE.set(later().await.map_or(Module::Missing, Module::Bare));
        settle(view);
    });
}

/// The style sheets are here, or cannot be had.
pub fn is_styled(view: View) {
    STYLED.set(true);
    settle(view);
}

fn settle(view: View) {
    if let Module::Bare(later) = MODULE.get()
        && STYLED.get()
    {
        MODULE.set(Module::Here(later));
    }
    view.complete.put(is_here());
}

fn module() -> Option<Later> {
    match MODULE.get() {
        Module::Here(later) => Some(later),
        Module::Missing | Module::UnderWay | Module::Bare(_) => None,
    }
}

/// Whether it is being fetched.
pub fn is_under_way() -> bool {
    matches!(MODULE.get(), Module::UnderWay | Module::Bare(_))
}

/// Whether all pictures can be painted.
pub fn is_here() -> bool {
    module().is_some()
}

/// The stage; until the module is here, always the belt.
pub fn stage(frame: &Frame) -> Scene {
    match (frame.picture, module()) {
        (Picture::Cut, Some(later)) => (later.cut)(frame),
        (Picture::All, Some(later)) => (later.all)(frame),
        (Picture::Steps, Some(later)) => (later.steps)(frame),
        (Picture::Courier, Some(later)) => (later.courier)(frame),
        (Picture::Belt, _) | (_, None) => scene::belt(frame),
    }
}

/// See [`scene::inspect`]; until the module is here, nothing is known.
pub fn inspect(
    state: &State,
    target: Target,
    record: Option<&Record>,
    lang: Lang,
) -> Option<Inspection> {
    (module()?.inspect)(state, target, record, lang)
}

/// See [`scene::to_svg`]; None until the module is here.
pub fn svg(scene: &Scene, look: Look) -> Option<String> {
    Some((module()?.svg)(scene, look))
}

/// All that a person sees of lessons: see [`crate::lesson`]. As soon as the module is here.
pub fn lesson(view: View) -> Option<AnyView> {
    view.complete.track();
    Some((module()?.lesson.view)(view))
}

/// What all are told of the hall: see [`crate::hall`]. As soon as the module is here.
pub fn hall(view: View) -> Option<AnyView> {
    view.complete.track();
    Some((module()?.hall)(view))
}

/// The sheets that the tools of time open. As soon as the module is here.
pub fn sheets(view: View) -> Option<AnyView> {
    view.complete.track();
    Some((module()?.sheets)(view))
}

/// A key for the lesson that is being given, or for the hall. False: it is none of theirs.
pub fn lesson_key(view: View, key: &str) -> bool {
    module().is_some_and(|later| (later.lesson.key)(view, key))
}

/// What the browser tells of lessons.
pub fn hear_lesson(view: View, what: &str, value: &JsValue) {
    if let Some(later) = module() {
        (later.lesson.hear)(view, what, value);
    }
}

/// Keeps the show in step with the lesson; to be called a few times each second.
pub fn tend_lesson(app: &mut App) {
    if let Some(later) = module() {
        (later.lesson.tend)(app);
    }
}

/// What stands behind a tab of the events, if it is of this module, as soon as that is here.
pub fn beside_events(view: View) -> Option<AnyView> {
    view.complete.track();
    let beside = view.beside.get();
    (module()?.beside)(view, beside)
}
