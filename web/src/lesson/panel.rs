//! The step on the wall: its text beside the stage, its question, next and back. Knows nothing of
//! where the records come from.

use leptos::prelude::*;
use lessons::Panel;
use protocol::LectureState;

use super::{
    Label, Player, Stand, ask,
    prose::prose,
    question, text,
    words::{course, step_of},
};
use crate::{
    browser,
    language::complaint,
    panels::dynamic::{each, flag, follow, on},
    view::Beside,
};

/// The id of the player, and of the title of the step in it.
const PANEL: &str = "lesson";
const TITLE: &str = "lesson-title";

/// How style sheets call a panel that a step wants beside the stage.
pub fn id(panel: Panel) -> &'static str {
    match panel {
        Panel::None => "none",
        Panel::Rulers => "rulers",
        Panel::Events => "events",
        Panel::Code => "code",
        Panel::Reply => "reply",
        Panel::Api => "api",
        Panel::Kinds => "kinds",
    }
}

/// Which of the tabs of the events that is.
pub fn beside(panel: Panel) -> Option<Beside> {
    Some(match panel {
        Panel::Events => Beside::Events,
        Panel::Code => Beside::Code,
        Panel::Reply => Beside::Reply,
        Panel::Api => Beside::Api,
        Panel::Kinds => Beside::Kinds,
        Panel::None | Panel::Rulers => return None,
    })
}

/// The player.
pub fn view(player: Player) -> AnyView {
    // Begun: whoever listens or goes by keys is led to the text.
    let mut was_given = false;
    follow(move || {
        let is_given = player.on_wall().is_some();
        if is_given && !was_given {
            request_animation_frame(|| browser::focus(TITLE));
        }
        was_given = is_given;
    });
    let is_off = move || player.given.with(Option::is_none) || player.stand.get() == Stand::Speaker;
    let title = move || player.on_wall().map(|it| text(&it.0.title, player.lang()));
    let course = move || {
        player
            .on_wall()
            .map(|it| course(it.0.course).text(player.lang()))
    };
    let count = move || {
        let (lesson, page) = player.on_wall()?;
        Some(step_of(page.step, lesson.steps.len(), player.lang()))
    };
    view! {
        <section id=PANEL class="lesson" aria-label=player.say(Label::Lesson) hidden=move || is_off() data-playing=move || player.playing.get().then_some("")>
            <div class="lesson-head">
                <h2>
                    <span class="m">{move || course()}</span>
                    <span>{move || title()}</span>
                </h2>
                <button
                    type="button"
                    class="btn quiet"
                    title=player.say(Label::Leave)
                    aria-label=player.say(Label::Leave)
                    hidden=move || !player.view.drives()
                    on:click=on(move |_| player.leave())
                >
                    "×"
                </button>
            </div>
            <div class="lesson-body">
                <div class="lesson-text" aria-live="polite">
                    {move || step(player)}
                </div>
                {question::view(player, false)}
                {news(player)}
            </div>
            <div class="lesson-foot">
                <div class="turn">
                    {back(player)}
                    <span class="count">{move || count()}</span>
                    // In place of two buttons that would do nothing.
                    <span class="m" hidden=move || player.view.drives()>
                        {player.say(Label::LecturerTurns)}
                    </span>
                    {next(player)}
                </div>
                {progress(player)}
                {tools(player)}
            </div>
        </section>
    }
    .into_any()
}

/// Title and text of the step on the wall.
fn step(player: Player) -> Option<AnyView> {
    let lang = player.lang();
    let Some(step) = player.step() else {
        let waits = player.given.with(Option::is_some);
        return waits.then(|| view! { <p class="m">{super::list::state(player)}</p> }.into_any());
    };
    let view = view! {
        <h3 id=TITLE tabindex="-1">{text(&step.title, lang)}</h3>
        {prose(text(&step.text, lang))}
    };
    Some(view.into_any())
}

/// What went wrong.
fn news(player: Player) -> AnyView {
    let failed = move || {
        player.given.with(|given| match &given.as_ref()?.state {
            LectureState::Failed(why) => {
                Some(format!("{} {why}", Label::Failed.text(player.lang())))
            }
            _ => None,
        })
    };
    let refused = move || {
        let found = player.view.complaint.get()?;
        Some(complaint(found, player.lang()))
    };
    view! {
        <p class="complaint" role="alert">{move || failed().or_else(|| refused())}</p>
    }
    .into_any()
}

pub(super) fn back(player: Player) -> AnyView {
    let is_first = move || {
        player
            .on_wall()
            .is_none_or(|(lesson, page)| page.beside(false, lesson).is_none())
    };
    view! {
        <button
            type="button"
            class="btn"
            aria-keyshortcuts="PageUp"
            hidden=move || !player.view.drives()
            disabled=move || is_first()
            on:click=on(move |_| player.turn(false))
        >
            {player.say(Label::Back)}
        </button>
    }
    .into_any()
}

/// The button that goes on: at a question, to its answer; behind the last step, to other lessons.
pub(super) fn next(player: Player) -> AnyView {
    let leads = move || {
        let (lesson, page) = player.on_wall()?;
        page.beside(true, lesson).map(|next| next.step == page.step)
    };
    let label = move || {
        let label = match leads() {
            Some(true) => Label::Reveal,
            Some(false) => Label::Next,
            None => Label::More,
        };
        label.text(player.lang())
    };
    view! {
        <button
            type="button"
            class="btn pri next"
            aria-keyshortcuts="PageDown"
            hidden=move || !player.view.drives()
            on:click=on(move |_| match leads() {
                Some(_) => player.turn(true),
                None => player.open_list(),
            })
        >
            {move || label()}
        </button>
    }
    .into_any()
}

/// How far it is, drawn. The words beside it say the same.
fn progress(player: Player) -> AnyView {
    let steps = Memo::new(move |_| player.on_wall().map_or(0, |(lesson, _)| lesson.steps.len()));
    let here = Memo::new(move |_| player.on_wall().map(|(_, page)| page.step as usize));
    let part = move |step: usize| {
        view! {
            <i
                class:done=move || here.get().is_some_and(|here| step < here)
                class:here=move || here.get() == Some(step)
            ></i>
        }
    };
    view! {
        <div class="progress" aria-hidden="true">{move || each(0..steps.get(), part)}</div>
    }
    .into_any()
}

/// What a speaker needs.
fn tools(player: Player) -> AnyView {
    let is_wall = move || player.stand.get() == Stand::Wall;
    let wall = move || {
        let (label, title) = match is_wall() {
            true => (Label::Unwall, Label::UnwallTitle),
            false => (Label::Wall, Label::WallTitle),
        };
        (label.text(player.lang()), title.text(player.lang()))
    };
    let tool = move |name: &'static str, label: Label, title: Label| {
        view! {
            <button
                type="button"
                class="btn quiet"
                title=player.say(title)
                aria-pressed=move || flag(player.tool.get() == name)
                hidden=move || !is_wall()
                on:click=on(move |_| player.switch_tool(name))
            >
                {player.say(label)}
            </button>
        }
    };
    view! {
        <div class="lesson-tools">
            <button
                type="button"
                class="btn quiet"
                title=move || wall().1
                on:click=on(move |_| player.switch_wall())
            >
                {move || wall().0}
            </button>
            {tool("laser", Label::Laser, Label::LaserTitle)}
            {tool("pen", Label::Pen, Label::PenTitle)}
            <button
                type="button"
                class="btn quiet"
                title=player.say(Label::SpeakerTitle)
                hidden=move || is_wall() || !player.view.drives()
                on:click=on(|_| ask("speaker", &wasm_bindgen::JsValue::UNDEFINED))
            >
                {player.say(Label::Speaker)}
            </button>
        </div>
    }
    .into_any()
}
