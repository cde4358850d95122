//! How fast, when to stop, what to come back to: the tools beside the bar of time, and the sheets
//! that two of them open.

use leptos::prelude::*;
use model::{Command, Mark, Mode};
use scene::words;

use super::{
    dynamic::{each, keyed, on},
    sheet::Sheet,
};
use crate::{
    app, browser,
    language::{self, Label},
    later,
    view::{Flag, Panel, View},
};

/// The id of the sheet of stops.
pub const STOPS: &str = "stops";
/// The id of the sheet of markers.
pub const MARKERS: &str = "markers";

/// How fast the show runs: all speeds in words.
#[component]
pub fn Speed(view: View) -> impl IntoView {
    let chosen = move |event| {
        let place: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(&mode) = place.and_then(|place| Mode::LADDER.get(place)) {
            app::with(|app| app.command(Command::Mode(mode)));
        }
        browser::release(&event);
    };
    let option = move |place: usize| {
        view! {
            <option
                value=place.to_string()
                selected=move || view.strip.with(|strip| strip.speed == place)
            >
                {move || language::speed(Mode::LADDER[place], view.lang.get())}
            </option>
        }
    };
    view! {
        <select class="speed" hidden=view.hides(Panel::Level) aria-label=view.say(Label::Speed) on:change=on(chosen)>
            {each(0..Mode::LADDER.len(), option)}
        </select>
    }
}

/// What opens the two sheets.
#[component]
pub fn Tools(view: View) -> impl IntoView {
    let opener = move |id: &'static str, label: Label, count: Memo<usize>| {
        view! {
            <button
                type="button"
                class="btn small"
                aria-haspopup="dialog"
                on:click=on(move |_| {
                    later::fetch(view);
                    browser::open_dialog(id);
                })
            >
                {view.say(label)}
                <b>{move || Some(count.get()).filter(|&count| count > 0)
                    .map(|count| format!(" {count}"))}</b>
            </button>
        }
    };
    let stops = Memo::new(move |_| view.stops.get().iter().count());
    let flags = Memo::new(move |_| {
        view.flags
            .with(|all| all.iter().filter(|it| it.by_hand).count())
    });
    view! {
        <div class="tools" hidden=view.hides(Panel::Level)>
            {opener(STOPS, Label::Stops, stops)}
            {opener(MARKERS, Label::Markers, flags)}
        </div>
    }
}

/// Both sheets.
pub fn sheets(view: View) -> AnyView {
    view! {
        <Stops view/>
        <Markers view/>
    }
    .into_any()
}

/// "Pause me when…": and what the signs on the bar mean.
#[component]
fn Stops(view: View) -> impl IntoView {
    let one = move |mark: Mark| {
        let sign = scene::timeline::sign(mark);
        let class = if sign.ink == scene::Ink::Bad {
            "sign bad"
        } else {
            "sign"
        };
        let (fill, stroke) = match sign.filled {
            true => ("currentColor", "none"),
            false => ("none", "currentColor"),
        };
        view! {
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || view.stops.get().has(mark)
                    on:change=on(move |event| {
                        let stops = view.stops.get_untracked().with(mark, event_target_checked(&event));
                        app::with(|app| app.command(Command::Stops(stops)));
                        view.stops.set(stops);
                    })
                />
                <svg class=class viewBox="-6 -6 12 12" aria-hidden="true">
                    <path d=sign.d fill=fill stroke=stroke stroke-width="2"></path>
                </svg>
                {move || words::mark_name(mark, view.lang.get())}
            </label>
        }
    };
    view! {
        <Sheet view id=STOPS title=Label::StopsTitle>
            <div class="choices">{each(Mark::ALL, one)}</div>
        </Sheet>
    }
}

/// All markers: by name, and those of a person to be named and taken away.
#[component]
fn Markers(view: View) -> impl IntoView {
    let row = move |flag: Flag| {
        let (id, show) = (flag.id, flag.show);
        let name = if flag.by_hand {
            let named =
                move |event| app::with(|app| app.name_marker(id, event_target_value(&event)));
            view! {
                <input
                    type="text"
                    maxlength="40"
                    aria-label=view.say(Label::MarkerName)
                    prop:value=flag.name
                    on:change=on(named)
                />
                <button
                    type="button"
                    class="btn quiet"
                    aria-label=view.say(Label::Remove)
                    title=view.say(Label::Remove)
                    on:click=on(move |_| {
                        app::with(|app| app.remove_marker(id));
                        // The button is gone with its row.
                        browser::focus(SET);
                    })
                >
                    "×"
                </button>
            }
            .into_any()
        } else {
            flag.name.into_any()
        };
        view! {
            <li>
                <button
                    type="button"
                    class="btn small"
                    title=view.say(Label::GoThere)
                    on:click=on(move |_| {
                        app::with(|app| app.command(Command::Seek(show)));
                        browser::close_dialog(MARKERS);
                    })
                >
                    {flag.time}
                </button>
                {name}
            </li>
        }
    };
    view! {
        <Sheet view id=MARKERS title=Label::Markers>
            <button type="button" id=SET class="btn pri" on:click=on(move |_| view.set_marker())>
                {view.say(Label::SetMarker)}
            </button>
            <ul class="markers">
                {keyed(
                    move || view.flags.get(),
                    |flag| {
                        let kind = u64::from(flag.id) << 1 | u64::from(flag.by_hand);
                        (kind, flag.show.0, format!("{} {}", flag.time, flag.name))
                    },
                    row,
                )}
            </ul>
        </Sheet>
    }
}

/// The button that sets a marker.
const SET: &str = "set-marker";
