//! The line that is read aloud: the story for those who listen. While it plays, one sentence after
//! the other; at a step, what happened, at once. Knows nothing of what the sentences say.

use std::{collections::VecDeque, time::Duration};

use leptos::prelude::*;
use scene::Lang;

use super::dynamic::follow;
use crate::{language, view::View};

/// So many sentences wait to be read. When more happens than anybody can hear, the oldest are
/// left out: the last one tells where things stand.
const WAITING_MAX: usize = 6;

/// How long a sentence is left alone. A reader that is still at it queues the next one itself.
fn time_for(sentence: &str) -> Duration {
    Duration::from_millis(500 + 9 * sentence.len().min(100) as u64)
}

/// The line.
#[component]
pub fn Spoken(view: View) -> impl IntoView {
    let spoken = RwSignal::new(String::new());
    let waiting = StoredValue::new(VecDeque::<String>::new());
    let busy = StoredValue::new(false);
    let urgent = StoredValue::new(false);
    let mut before = (None, String::new(), Lang::default());
    follow(move || {
        let (step, caption) = (view.step.get(), view.caption.get());
        let lang = view.lang.get_untracked();
        let (step_before, caption_before, lang_before) = &before;
        if lang != *lang_before {
            waiting.set_value(VecDeque::new());
        }
        let news = (caption != *caption_before).then_some(caption.as_str());
        match &step {
            Some((_, words)) if step != *step_before => {
                let sentence = match (step_before, news) {
                    (None, _) => match view.strip.with_untracked(|strip| strip.stopped) {
                        Some((mark, conn)) => {
                            let why = language::stopped(mark, conn, lang);
                            format!("{} {caption}", language::paused(&(why + "."), lang))
                        }
                        None => language::paused(&caption, lang),
                    },
                    (Some(_), Some(news)) => news.to_owned(),
                    // Nothing that the picture tells of: the record itself.
                    (Some(_), None) => words.clone(),
                };
                waiting.set_value([sentence].into());
                // A person who steps wants to hear of this step, but not instead of what was told
                // of the very same key.
                if !urgent.get_value() {
                    busy.set_value(false);
                }
            }
            _ => waiting.update_value(|waiting| {
                waiting.extend(news.map(str::to_owned));
                if waiting.len() > WAITING_MAX {
                    waiting.pop_front();
                }
            }),
        }
        if !busy.get_value() {
            say_next(spoken, waiting, busy);
        }
        before = (step, caption, lang);
    });
    // What a person did just now is told at once.
    follow(move || {
        let said = view.said.get();
        if !said.is_empty() {
            waiting.set_value([said].into());
            say_next(spoken, waiting, busy);
            urgent.set_value(true);
            set_timeout(move || urgent.set_value(false), Duration::from_millis(500));
        }
    });
    view! {
        <p class="unseen" aria-live="polite">{move || spoken.get()}</p>
    }
}

fn say_next(
    spoken: RwSignal<String>,
    waiting: StoredValue<VecDeque<String>>,
    busy: StoredValue<bool>,
) {
    let next = waiting.try_update_value(VecDeque::pop_front).flatten();
    busy.set_value(next.is_some());
    if let Some(mut sentence) = next {
        let time = time_for(&sentence);
        if spoken.with_untracked(|said| *said == sentence) {
            // Only what changes is read.
            sentence.push('\u{a0}');
        }
        spoken.set(sentence);
        set_timeout(move || say_next(spoken, waiting, busy), time);
    }
}
