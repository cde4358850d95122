//! Predict, then see: a question with its answers, and which of them the records support. Knows
//! nothing of what they say.

use leptos::prelude::*;
use lessons::Question;

use super::{
    Label, Player, Stand, poll,
    prose::{line, prose},
    text,
    told::Told,
    words,
};
use crate::{
    browser,
    panels::dynamic::{each, follow, on},
};

/// The id of what the records say.
const VERDICT: &str = "verdict";
/// The id of what is asked, with the answers to choose from.
const ASKING: &str = "asking";

/// The question of the step on the wall, if it has one.
pub fn view(player: Player, of_speaker: bool) -> AnyView {
    let question = Memo::new(move |_| {
        let (lesson, page) = player.on_wall()?;
        Some((lesson.id.as_str(), page.step))
    });
    let shown = move || {
        question.get();
        // Once in a window.
        if (player.stand.get() == Stand::Speaker) != of_speaker {
            return None;
        }
        let question = player.step()?.question.as_ref()?;
        Some(asked(player, question))
    };
    view! { {move || shown()} }.into_any()
}

fn asked(player: Player, question: &'static Question) -> AnyView {
    let lang = player.lang();
    // Where the text is long, what comes of it is to be seen all the same.
    follow(move || {
        if player
            .told
            .with(|told| matches!(told, Told::Measured { .. }))
        {
            request_animation_frame(|| browser::show(VERDICT));
        }
    });
    // Whoever is asked need not look for it: on a phone it stands below the stage.
    if player.room.with_untracked(|room| room.counts_here()) {
        request_animation_frame(|| browser::show(ASKING));
    }
    let is_revealed = move || {
        player
            .given
            .with(|it| it.as_ref().is_some_and(|it| it.revealed))
    };
    let is_supported = move |place: usize| {
        player.told.with(
            |told| matches!(told, Told::Measured { supported, .. } if supported.contains(&place)),
        )
    };
    let is_measured = move || {
        player
            .told
            .with(|told| matches!(told, Told::Measured { .. }))
    };
    let is_own = move |place: usize| {
        player.pick.get() == Some(place) && (is_revealed() || player.counts_here())
    };
    let own = move || {
        let label = match player.counts_here() {
            true => Label::YourAnswer,
            false => Label::YourPick,
        };
        label.text(player.lang())
    };
    let answer = move |(place, answer): (usize, &'static lessons::Answer)| {
        let is_picked = move || player.pick.get() == Some(place);
        view! {
            <label
                class="answer"
                class:picked=move || is_picked()
                class:supported=move || is_supported(place)
                class:out=move || is_measured() && !is_supported(place)
            >
                <input
                    type="radio"
                    name="answer"
                    value=place.to_string()
                    prop:checked=move || is_picked()
                    disabled=move || is_revealed()
                    on:change=on(move |event| {
                        player.choose(place);
                        // After a choice by pointer letters are the page's again.
                        browser::release(&event);
                    })
                />
                <b class="letter" aria-hidden="true">{letter(place)}</b>
                <span class="words">{line(text(&answer.text, lang))}</span>
                <span class="marks">
                    <span class="proof" hidden=move || !is_supported(place)>
                        {player.say(Label::Supported)}
                    </span>
                    <span class="own" hidden=move || !is_own(place)>
                        {move || own()}
                    </span>
                    {poll::bar(player, place)}
                </span>
            </label>
        }
    };
    view! {
        <div class="question">
            <div class="asking" id=ASKING>
                <p class="predict m">{player.say(Label::Predict)}</p>
                <div class="ask" id="ask">{prose(text(&question.ask, lang))}</div>
                <div role="radiogroup" class="answers" aria-labelledby="ask">
                    {each(question.answers.iter().enumerate(), answer)}
                </div>
                {poll::line(player)}
            </div>
            <div class="verdict" id=VERDICT role="status">
                {move || player.told.with(|told| verdict(player, question, told))}
            </div>
        </div>
    }
    .into_any()
}

pub fn letter(place: usize) -> String {
    char::from(b'A' + place.min(25) as u8).to_string()
}

fn verdict(player: Player, question: &'static Question, told: &Told) -> AnyView {
    let lang = player.view.lang.get_untracked();
    match told {
        Told::Nothing => ().into_any(),
        Told::Playing => view! { <p class="m">{Label::Playing.text(lang)}</p> }.into_any(),
        Told::Measured { supported, lines } => {
            let found = supported.iter().filter_map(|&place| {
                let answer = question.answers.get(place)?;
                let words = words::verdict(text(&answer.text, lang), lang);
                Some(view! { <p class="unseen">{words}</p> })
            });
            let found: Vec<_> = found.collect();
            let undecided = found.is_empty().then(|| {
                view! { <p>{Label::Undecided.text(lang)}</p> }
            });
            let measured = each(lines, |told| {
                view! { <li>{words::line(told, lang)}</li> }
            });
            view! {
                {found}
                {undecided}
                <p class="measured">
                    <span class="mark measured" aria-hidden="true"></span>
                    {Label::Measured.text(lang)}
                </p>
                <ul class="measured">{measured}</ul>
                <div class="explain">{prose(text(&question.explain, lang))}</div>
            }
            .into_any()
        }
    }
}
