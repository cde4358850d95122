//! One type for all parts of a panel of a kind: what is shown by a signal, and what hears an event.
//! A view is generic over each closure in it, and the compiler writes it out for each of them;
//! behind these types it is written once. Knows nothing of what is shown.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;

/// What changes by itself: the very type that `view!` makes of a closure written inside it.
pub type Dynamic<T> = Arc<Mutex<dyn FnMut() -> T + Send>>;

/// A closure that is written outside of `view!`.
pub fn dynamic<T>(of: impl FnMut() -> T + Send + 'static) -> Dynamic<T> {
    Arc::new(Mutex::new(of))
}

/// Hears an event.
pub fn on<E>(hear: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(hear)
}

/// `true` or `false`, as ARIA has them.
pub fn flag(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

/// What is there only sometimes. It is made anew each time it comes.
pub fn sometimes<V: IntoAny>(
    when: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> V + Send + 'static,
) -> Dynamic<Option<AnyView>> {
    sometimes_any(Box::new(when), Box::new(move || view().into_any()))
}

fn sometimes_any(
    when: Box<dyn Fn() -> bool + Send + Sync>,
    view: Box<dyn Fn() -> AnyView + Send>,
) -> Dynamic<Option<AnyView>> {
    let when = Memo::new(move |_| when());
    dynamic(move || when.get().then(&view))
}

/// One after the other.
pub fn each<T, V: IntoAny>(
    items: impl IntoIterator<Item = T>,
    view: impl Fn(T) -> V,
) -> Vec<AnyView> {
    items
        .into_iter()
        .map(|item| view(item).into_any())
        .collect()
}

/// What tells the items of a list apart.
pub type Key = (u64, u64, String);

/// Items that stay what they are, and keep the keyboard, as long as their keys are there.
pub fn keyed<T: Send + 'static, V: IntoAny>(
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: fn(&T) -> Key,
    view: impl Fn(T) -> V + Copy + Send + Sync + 'static,
) -> AnyView {
    let items = move || {
        let item = |item: T| -> Item {
            let key = key(&item);
            (key, Box::new(move || view(item).into_any()))
        };
        items().into_iter().map(item).collect()
    };
    keyed_any(Box::new(items))
}

type Item = (Key, Box<dyn FnOnce() -> AnyView + Send>);

fn keyed_any(items: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    view! {
        <For each=items key=|item| item.0.clone() children=|item| (item.1)()/>
    }
    .into_any()
}

/// Does something now, and again whenever what it has looked at changes.
pub fn follow(run: impl FnMut() + 'static) {
    let mut run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(move |_| run());
}
