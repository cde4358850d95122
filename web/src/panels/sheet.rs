//! What lies over everything: the list of all keys, and the black screen of a lecturer who wants
//! to be looked at. The browser keeps the keyboard inside, and Escape closes.

use leptos::{html, prelude::*};

use crate::{
    keys::{BLANK, SHEET},
    language::Label,
    view::View,
};

/// The keys as they are written, and what they do.
const KEYS: [(&str, Label); 11] = [
    ("", Label::KeyPause),
    ("1 – 9", Label::KeyDigits),
    ("A", Label::KeyAll),
    ("V", Label::KeyPicture),
    ("L", Label::KeyLook),
    ("B", Label::KeyBlank),
    ("F", Label::KeyFull),
    ("Tab", Label::KeyTab),
    ("← → ↑ ↓", Label::KeyArrows),
    ("Esc", Label::KeyEscape),
    ("?", Label::KeySheet),
];

/// The list of all keys.
#[component]
pub fn Keys(view: View) -> impl IntoView {
    let line = move |(key, label): (&'static str, Label)| {
        let key = move || match key {
            // The one key whose name is a word.
            "" => Label::KeySpace.text(view.lang.get()),
            key => key,
        };
        view! {
            <div>
                <dt><kbd>{key}</kbd></dt>
                <dd>{view.say(label)}</dd>
            </div>
        }
    };
    view! {
        <dialog id=SHEET class="sheet" aria-labelledby="keys-title">
            // A form of this method closes its dialog.
            <form method="dialog" class="head">
                <h2 id="keys-title">{view.say(Label::Keys)}</h2>
                <span class="space"></span>
                <button class="btn quiet" aria-label=view.say(Label::Close2)>"×"</button>
            </form>
            <dl>{KEYS.map(line).into_iter().collect_view()}</dl>
        </dialog>
    }
}

/// Nothing to see: any key and any click bring the page back.
#[component]
pub fn Blank(view: View) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog
            id=BLANK
            class="blank"
            node_ref=dialog
            tabindex="-1"
            aria-label=view.say(Label::Blank)
            on:keydown=move |event| {
                event.prevent_default();
                close();
            }
            on:click=move |_| close()
        ></dialog>
    }
}
