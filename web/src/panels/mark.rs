//! The mark that says how a value is known. Knows nothing of values.

use leptos::prelude::*;
use protocol::Source;
use scene::words::source_name;

use crate::view::View;

/// A small sign with its word for those who cannot see it: a full disc is measured, a half one
/// derived, an empty one unavailable.
#[component]
pub fn Mark(view: View, #[prop(into)] source: Signal<Source>) -> impl IntoView {
    let word = move || source_name(source.get(), view.lang.get());
    let class = move || match source.get() {
        Source::Measured => "mark measured",
        Source::Derived => "mark derived",
        Source::Unavailable => "mark unavailable",
    };
    view! {
        <span class=move || class() title=move || word()>
            <span class="unseen">{move || word()}</span>
        </span>
    }
}

/// What the signs mean.
#[component]
pub fn Legend(view: View) -> impl IntoView {
    let one = move |source: Source| {
        view! {
            <span>
                <Mark view source=Signal::stored(source)/>
                " "
                {move || source_name(source, view.lang.get())}
            </span>
        }
    };
    view! {
        <span class="legend" aria-hidden="true">
            {one(Source::Measured)}
            {one(Source::Derived)}
            {one(Source::Unavailable)}
        </span>
    }
}
