//! The list of lessons, by course.

use leptos::prelude::*;
use lessons::Lesson;

use super::{Label, Lessons, Player, text, words};
use crate::{
    language::complaint,
    panels::dynamic::{each, flag, on},
};

/// The id of the dialog.
pub const DIALOG: &str = "lessons";
/// The id of the button that opens it.
pub const BUTTON: &str = "opens-lessons";

/// The dialog.
pub fn view(player: Player) -> AnyView {
    view! {
        <dialog id=DIALOG class="sheet" aria-labelledby="lessons-title">
            <form method="dialog" class="head">
                <h2 id="lessons-title">{player.say(Label::Lessons)}</h2>
                <span class="space"></span>
                <button class="btn quiet" aria-label=player.view.say(crate::language::Label::Close2)>"×"</button>
            </form>
            <p class="m">{move || state(player)}</p>
            <p class="complaint" role="alert">
                {move || player.view.complaint.get().map(|it| complaint(it, player.lang()))}
            </p>
            <div class="courses">{move || courses(player)}</div>
        </dialog>
    }
    .into_any()
}

/// What there is to say of the lessons as a whole.
pub fn state(player: Player) -> &'static str {
    let has_relay = player.view.shelf.with(|shelf| shelf.has_relay);
    let label = match player.lessons.get() {
        Lessons::NotAsked | Lessons::UnderWay => Label::Loading,
        Lessons::Absent => Label::NoLessons,
        Lessons::Here(_) if has_relay => Label::FromRelay,
        Lessons::Here(all) if all.iter().any(|it| player.can_give(&it.id)) => Label::FromRecordings,
        Lessons::Here(_) => Label::NoRecordings,
    };
    label.text(player.lang())
}

fn courses(player: Player) -> Vec<AnyView> {
    let lang = player.lang();
    let mut all: Vec<&'static Lesson> = player.all().iter().collect();
    all.retain(|lesson| player.can_give(&lesson.id));
    let lesson = move |lesson: &'static Lesson| {
        let is_given = move || {
            let given = |it: &Option<protocol::Lecture>| {
                it.as_ref().is_some_and(|it| it.lesson == lesson.id)
            };
            player.given.with(given)
        };
        view! {
            <li>
                <button
                    type="button"
                    class="lesson-card"
                    aria-current=move || flag(is_given())
                    on:click=on(move |_| player.begin(&lesson.id))
                >
                    <b>{text(&lesson.title, lang)}</b>
                    <span>{text(&lesson.about, lang)}</span>
                </button>
            </li>
        }
    };
    let mut views = Vec::new();
    while let Some(first) = all.first() {
        let course = first.course;
        let (these, others) = all.into_iter().partition(|it| it.course == course);
        all = others;
        let these: Vec<&'static Lesson> = these;
        let section = view! {
            <section>
                <h3>{words::course(course).text(lang)}</h3>
                <ul>{each(these, lesson)}</ul>
            </section>
        };
        views.push(section.into_any());
    }
    views
}
