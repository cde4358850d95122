//! What lies over everything: the list of all keys, and the black screen of a lecturer who wants
//! to be looked at. The browser keeps the keyboard inside, and Escape closes.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::dynamic::{each, on};
use crate::{
    keys::{BLANK, SHEET},
    language::Label,
    view::View,
};

/// The keys as they are written, and what they do: those of time first.
const KEYS: [(&str, Label); 25] = [
    ("K", Label::KeyPause),
    (", .", Label::KeyStep),
    ("← →", Label::KeyTenth),
    ("⇧← ⇧→", Label::KeySecond),
    ("J L", Label::KeyTen),
    ("0 – 9", Label::KeyDigits),
    ("Home", Label::KeyHome),
    ("End", Label::KeyEnd),
    ("< >", Label::KeySpeed),
    ("[ ]", Label::KeyMarkers),
    ("M", Label::KeyMark),
    ("PgUp PgDn", Label::KeyPages),
    ("+ −", Label::KeyZoom),
    ("N P", Label::KeyConn),
    ("A", Label::KeyAll),
    ("V", Label::KeyPicture),
    ("S", Label::KeySteps),
    ("C", Label::KeyLook),
    ("T W", Label::KeyLessons),
    ("G", Label::KeyTogether),
    ("B", Label::KeyBlank),
    ("F", Label::KeyFull),
    ("Tab ← →", Label::KeyTab),
    ("Esc", Label::KeyEscape),
    ("?", Label::KeySheet),
];

/// What lies over the page with a title and a button that closes it.
#[component]
pub fn Sheet(view: View, id: &'static str, title: Label, children: Children) -> impl IntoView {
    view! {
        <dialog id=id class="sheet" aria-label=view.say(title)>
            // A form of this method closes its dialog.
            <form method="dialog" class="head">
                <h2>{view.say(title)}</h2>
                <span class="space"></span>
                <button class="btn quiet" aria-label=view.say(Label::Close2)>"×"</button>
            </form>
            {children()}
        </dialog>
    }
}

/// The list of all keys.
#[component]
pub fn Keys(view: View) -> impl IntoView {
    let line = move |(key, label): (&'static str, Label)| {
        // The one key whose name is a word.
        let space = (label == Label::KeyPause).then(|| {
            view! { <kbd>{view.say(Label::KeySpace)}</kbd>" " }
        });
        view! {
            <div>
                <dt>{space}<kbd>{key}</kbd></dt>
                <dd>{view.say(label)}</dd>
            </div>
        }
    };
    view! {
        <Sheet view id=SHEET title=Label::Keys>
            <dl>{each(KEYS, line)}</dl>
        </Sheet>
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
            on:keydown=on(move |event: KeyboardEvent| {
                event.prevent_default();
                close();
            })
            on:click=on(move |_| close())
        ></dialog>
    }
}
