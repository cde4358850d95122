//! A text field that shows what is in force, and what a person is typing until it is done.

use leptos::{html, prelude::*};

use super::dynamic::{follow, on};
use crate::{language::Label, view::View, wish::Complaint};

/// A field. `value` is what is in force, or asked for; `commit` is called with Enter or when the
/// field is left, if the text has changed.
#[component]
pub fn Field(
    view: View,
    /// Its name for those who do not see the words beside it.
    label: Label,
    /// A longer explanation.
    #[prop(optional)]
    title: Option<Label>,
    /// What is shown while the field is empty.
    #[prop(optional)]
    placeholder: Option<Label>,
    value: Memo<String>,
    /// The value is asked for and not yet in force.
    asked: Memo<bool>,
    commit: impl Fn(&str) -> Result<(), Complaint> + Send + 'static,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let typing = RwSignal::new(false);
    let wrong = RwSignal::new(false);
    let commit = StoredValue::new_local(commit);
    // A complaint is an occasion as well: what the relay refused is not in force.
    follow(move || {
        let value = value.get();
        view.complaint.track();
        if let Some(input) = input.get()
            && !typing.get()
        {
            input.set_value(&value);
        }
    });
    let on_change = move |event| {
        let done = commit.with_value(|commit| commit(&event_target_value(&event)));
        wrong.set(done.is_err());
        // What was wrong stays to be mended, until the field is left.
        typing.set(done.is_err());
    };
    view! {
        <input
            node_ref=input
            type="text"
            inputmode="numeric"
            autocomplete="off"
            aria-label=view.say(label)
            title=move || title.map(|title| title.text(view.lang.get()))
            placeholder=move || placeholder.map(|it| it.text(view.lang.get()))
            aria-invalid=move || wrong.get().then_some("true")
            aria-describedby="complaint"
            class:asked=move || asked.get()
            on:input=on(move |_| typing.set(true))
            on:change=on(on_change)
            on:blur=on(move |_| {
                wrong.set(false);
                typing.set(false);
            })
        />
    }
}
