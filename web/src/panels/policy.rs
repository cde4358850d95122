//! How the server reads: when, how much, how long before, and into how large a bag.

use leptos::{html, prelude::*};
use protocol::{Conn, Framing, Policy, ReadWhen, Request};

use super::{
    dynamic::{follow, on, sometimes},
    field::Field,
};
use crate::{
    app,
    language::Label,
    view::{PolicyControls, View},
    wish::{self, Change, Complaint},
};

/// How many bytes to wait for, if nobody has said otherwise.
const QUEUED_FIRST: u32 = 100;

/// Asks for a change of the policy of a connection, or of all. A complaint is shown by the panel.
pub fn ask(
    view: View,
    target: Option<Conn>,
    change: Result<Change, Complaint>,
) -> Result<(), Complaint> {
    let asked = change.and_then(|change| {
        app::with(|app| {
            // Two quick changes must not undo each other.
            let base = app.asked_policy(target).unwrap_or(app.policy(target));
            let policy = wish::changed(base, change)?;
            app.ask(Request::SetPolicy {
                conn: target,
                policy,
            })?;
            view.update_controls(app);
            Ok(())
        })
    });
    view.complaint.set(asked.err());
    asked
}

/// Of one connection, or of all.
fn controls(view: View, target: Option<Conn>) -> PolicyControls {
    view.controls
        .with(|controls| match (target, controls.focus) {
            (Some(_), Some(focus)) => focus.policy,
            _ => controls.server,
        })
}

/// What was asked for, else what is in force.
fn shown(controls: PolicyControls) -> Policy {
    controls.asked.unwrap_or(controls.policy)
}

/// The fields of a policy.
#[component]
pub fn PolicyFields(view: View, target: Memo<Option<Conn>>) -> impl IntoView {
    let controls = Memo::new(move |_| controls(view, target.get()));
    let shown = move || shown(controls.get());
    let text = move |of: fn(&Policy) -> String| Memo::new(move |_| of(&shown()));
    let asked = move |differ: fn(&Policy, &Policy) -> bool| {
        Memo::new(move |_| {
            let PolicyControls { policy, asked } = controls.get();
            asked.is_some_and(|asked| differ(&asked, &policy))
        })
    };
    let commit = move |parse: fn(&str) -> Result<Change, Complaint>| {
        move |text: &str| ask(view, target.get_untracked(), parse(text))
    };
    view! {
        <div class="row">
            <span class="label">{view.say(Label::Reading)}</span>
            <When view target shown=Memo::new(move |_| shown().read_when)/>
            {sometimes(move || matches!(shown().read_when, ReadWhen::Queued(_)), move || view! {
                <Field
                    view
                    label=Label::QueuedBytes
                    value=text(|policy| match policy.read_when {
                        ReadWhen::Queued(bytes) => bytes.to_string(),
                        _ => String::new(),
                    })
                    asked=asked(|a, b| a.read_when != b.read_when)
                    commit=commit(|text| {
                        Ok(Change::ReadWhen(ReadWhen::Queued(wish::number(text)?)))
                    })
                />
            })}
            <Hold view target shown=Memo::new(move |_| shown().read_when)/>
        </div>
        <div class="row">
            <span class="label">"BUFSIZE"</span>
            <Field
                view
                label=Label::Bufsize
                title=Label::BufsizeTitle
                value=text(|policy| policy.bufsize.to_string())
                asked=asked(|a, b| a.bufsize != b.bufsize)
                commit=commit(|text| Ok(Change::Bufsize(wish::number(text)?)))
            />
            <span class="m">{view.say(Label::PauseBefore)}</span>
            <Field
                view
                label=Label::PauseTitle
                title=Label::PauseTitle
                value=text(|policy| policy.pause_millis.to_string())
                asked=asked(|a, b| a.pause_millis != b.pause_millis)
                commit=commit(|text| Ok(Change::PauseMillis(wish::number(text)?)))
            />
            <span class="m">{view.say(Label::Millis)}</span>
            <span class="m">{view.say(Label::Bag)}</span>
            <Field
                view
                label=Label::BagTitle
                title=Label::BagTitle
                placeholder=Label::NoBag
                value=text(|policy| policy.bag.map_or(String::new(), |bag| bag.to_string()))
                asked=asked(|a, b| a.bag != b.bag)
                commit=commit(|text| Ok(Change::Bag(wish::optional_number(text)?)))
            />
        </div>
    }
}

/// When a read may be made.
#[component]
fn When(view: View, target: Memo<Option<Conn>>, shown: Memo<ReadWhen>) -> impl IntoView {
    let select = NodeRef::<html::Select>::new();
    follow(move || {
        view.complaint.track();
        let value = match shown.get() {
            ReadWhen::Arrival => "arrival",
            ReadWhen::Queued(_) => "queued",
            ReadWhen::Held => "held",
        };
        if let Some(select) = select.get() {
            select.set_value(value);
        }
    });
    let chosen = move |event| {
        let read_when = match event_target_value(&event).as_str() {
            "queued" => ReadWhen::Queued(QUEUED_FIRST),
            "held" => ReadWhen::Held,
            _ => ReadWhen::Arrival,
        };
        let _ = ask(
            view,
            target.get_untracked(),
            Ok(Change::ReadWhen(read_when)),
        );
    };
    view! {
        <select node_ref=select aria-label=view.say(Label::Reading) on:change=on(chosen)>
            <option value="arrival">{view.say(Label::WhenArrival)}</option>
            <option value="queued">{view.say(Label::WhenQueued)}</option>
            <option value="held">{view.say(Label::WhenHeld)}</option>
        </select>
    }
}

/// The framings that can be chosen here; others are set by the command line or a lesson.
const FRAMINGS: [Framing; 4] = [
    Framing::LINES,
    Framing::Length(1),
    Framing::Length(4),
    Framing::Fixed(20),
];

/// How messages are found. It stands where there is room for it.
#[component]
pub fn Frames(view: View, target: Memo<Option<Conn>>) -> impl IntoView {
    let shown = Memo::new(move |_| shown(controls(view, target.get())).framing);
    let select = NodeRef::<html::Select>::new();
    follow(move || {
        view.complaint.track();
        let shown = shown.get();
        let index = FRAMINGS.iter().position(|&it| Some(it) == shown);
        if let Some(select) = select.get() {
            select.set_selected_index(index.map_or(0, |index| index as i32 + 1));
        }
    });
    let chosen = move |_| {
        let index = select.get_untracked().map_or(0, |it| it.selected_index());
        let framing = FRAMINGS.get((index - 1) as usize).copied();
        let change = Ok(Change::Framing(framing));
        let _ = ask(view, target.get_untracked(), change);
    };
    view! {
        <select node_ref=select aria-label=view.say(Label::Framing) on:change=on(chosen)>
            <option>{view.say(Label::NoFraming)}</option>
            <option>{view.say(Label::ByLines)}</option>
            <option>{view.say(Label::ByLength)}" 1"</option>
            <option>{view.say(Label::ByLength)}" 4"</option>
            <option>{view.say(Label::ByFixed)}" 20"</option>
        </select>
    }
}

/// Hold, and back to whatever was before.
#[component]
fn Hold(view: View, target: Memo<Option<Conn>>, shown: Memo<ReadWhen>) -> impl IntoView {
    let held = move || shown.get() == ReadWhen::Held;
    let before = StoredValue::new(ReadWhen::Arrival);
    follow(move || {
        let shown = shown.get();
        if shown != ReadWhen::Held {
            before.set_value(shown);
        }
    });
    let press = move |_| {
        let read_when = if shown.get_untracked() == ReadWhen::Held {
            before.get_value()
        } else {
            ReadWhen::Held
        };
        let _ = ask(
            view,
            target.get_untracked(),
            Ok(Change::ReadWhen(read_when)),
        );
    };
    view! {
        <button type="button" class="btn" class:hold=move || held() on:click=on(press)>
            {move || {
                let label = if held() { Label::Resume } else { Label::Hold };
                label.text(view.lang.get())
            }}
        </button>
    }
}
