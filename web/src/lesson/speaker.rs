//! What the speaker alone should see, in a window of its own: notes, what comes next, and the time.
//! In step with the first window through the relay; without one, through the browser.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{Label, Player, Stand, ask, panel, prose::prose, question, text, words};
use crate::{
    panels::dynamic::{Dynamic, dynamic, on},
    wish,
};

/// A lecture takes so long, if nobody says otherwise.
const MINUTES: u32 = 45;

/// The speaker's view.
pub fn view(player: Player) -> AnyView {
    let is_on = Memo::new(move |_| player.stand.get() == Stand::Speaker);
    let all = move || is_on.get().then(|| all(player));
    view! { {move || all()} }.into_any()
}

fn all(player: Player) -> AnyView {
    let lang = move || player.lang();
    let position = move || {
        let (lesson, page) = player.on_wall()?;
        let title = text(&lesson.title, lang());
        let step = words::step_of(page.step, lesson.steps.len(), lang());
        Some(format!("{title} · {step}"))
    };
    let title = move || player.step().map(|step| text(&step.title, lang()));
    let notes = move || {
        let notes = text(&player.step()?.notes, lang());
        Some(match notes.trim() {
            "" => view! { <p class="m">{Label::NoNotes.text(lang())}</p> }.into_any(),
            _ => prose(notes),
        })
    };
    let words = move || Some(prose(text(&player.step()?.text, lang())));
    let upcoming = move || {
        let (lesson, page) = player.on_wall()?;
        let next = lesson.steps.get(page.step as usize + 1);
        Some(next.map_or(Label::LastStep.text(lang()), |next| {
            text(&next.title, lang())
        }))
    };
    let is_off = move || player.given.with(Option::is_some);
    view! {
        <section class="speaker" aria-label=player.say(Label::Speaker)>
            {clocks(player)}
            <div class="speaker-notes">
                <p class="empty" hidden=move || is_off()>{player.say(Label::NoLecture)}</p>
                <p class="m">{move || position()}</p>
                <h2>{move || title()}</h2>
                <div class="notes" aria-live="polite">{move || notes()}</div>
                <div class="said m">{move || words()}</div>
                {question::view(player, true)}
            </div>
            <div class="speaker-next">
                <p class="m">{player.say(Label::NextStep)}</p>
                <p class="upcoming">{move || upcoming()}</p>
                <div class="turn">{panel::back(player)} {panel::next(player)}</div>
            </div>
        </section>
    }
    .into_any()
}

/// The clock, the time since the start, and the time left.
fn clocks(player: Player) -> AnyView {
    let minutes = RwSignal::new(MINUTES);
    // Time runs from the first step that is given while this window looks on.
    Effect::new(move |_| {
        if player.given.with(Option::is_some) && player.clock.with_untracked(|it| it.0 == 0.0) {
            player.clock.update(|clock| clock.0 = clock.1);
        }
    });
    let seconds = move || {
        let (from, now) = player.clock.get();
        if from > 0.0 {
            ((now - from) / 1000.0) as u64
        } else {
            0
        }
    };
    let all = move || u64::from(minutes.get()) * 60;
    let left = move || {
        let (gone, all) = (seconds(), all());
        words::clock(gone.max(all) - gone.min(all))
    };
    let is_over = move || seconds() > all();
    let left_label = move || {
        let label = if is_over() { Label::Over } else { Label::Left };
        label.text(player.lang())
    };
    let time: Dynamic<String> = dynamic(move || {
        let now = player.clock.get().1;
        if now > 0.0 {
            local_time(now)
        } else {
            String::new()
        }
    });
    let set = move |event: ev::Event| {
        let field = event
            .target()
            .and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(Ok(value)) = field.map(|field| wish::number(&field.value())) {
            minutes.set(value.clamp(1, 600));
        }
    };
    ask("clock", &wasm_bindgen::JsValue::UNDEFINED);
    view! {
        <div class="clocks">
            <p><span class="m">{player.say(Label::Clock)}</span><b>{time}</b></p>
            <p><span class="m">{player.say(Label::Elapsed)}</span><b>{move || words::clock(seconds())}</b></p>
            <p class:over=move || is_over()>
                <span class="m">{move || left_label()}</span>
                <b>{move || left()}</b>
            </p>
            <label class="length">
                <span class="m">{player.say(Label::Length)}</span>
                <input inputmode="numeric" prop:value=move || minutes.get().to_string() on:change=on(set)/>
            </label>
            <button
                type="button"
                class="btn"
                on:click=on(move |_| player.clock.update(|clock| clock.0 = clock.1))
            >
                {player.say(Label::Restart)}
            </button>
        </div>
    }
    .into_any()
}

/// Hours and minutes of this place's clock.
fn local_time(millis: f64) -> String {
    let date = js_sys::Date::new(&millis.into());
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
