//! The hall's answers to the question on the wall: this page's, and how many chose each. Knows nothing
//! of what is right.

use leptos::prelude::*;
use protocol::{Request, Right};

use super::{Player, Stand, words};
use crate::{
    app::{self, App},
    browser,
    panels::{Dynamic, dynamic},
};

/// Under which name the browser keeps what this page calls itself.
const BY: &str = "guest";

/// How the hall stands to the question on the wall.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    /// What is chosen on this page counts.
    counts_here: bool,
    /// For each answer how many chose it, as far as this page is told.
    chosen: Option<Vec<u32>>,
}

impl Room {
    /// As it is now.
    pub fn of(app: &App) -> Room {
        let told = app.told();
        let hall = told.hall.as_ref().filter(|hall| hall.guests.is_some());
        let (Some(hall), Some(lecture), None) = (hall, app.lecture(), app.recorded()) else {
            return Room::default();
        };
        let is_of_it = |run, step| (run, step) == (lecture.run, lecture.step);
        let answers = told.answers.as_ref();
        let answers = answers.filter(|answers| is_of_it(answers.run, answers.step));
        Room {
            counts_here: hall.right == Right::Participant && lecture.choices > 0,
            chosen: answers.map(|answers| answers.chosen.clone()),
        }
    }
}

impl Player {
    /// What is chosen on this page is counted.
    pub(super) fn counts_here(self) -> bool {
        self.room.with(|room| room.counts_here)
    }

    /// An answer is chosen here, and told where it counts.
    pub(super) fn choose(self, answer: usize) {
        self.pick.put(Some(answer));
        if !self.room.with_untracked(|room| room.counts_here) {
            return;
        }
        let asked = app::with(|app| {
            let step = app.lecture().map_or(0, |lecture| lecture.step);
            let answer = answer as u32;
            app.ask(Request::Answer {
                step,
                answer,
                by: by(),
            })
        });
        self.view.complaint.set(asked.err());
    }

    fn is_revealed(self) -> bool {
        let revealed = |lecture: &protocol::Lecture| lecture.revealed;
        self.given.with(|it| it.as_ref().is_some_and(revealed))
    }

    /// For each answer how many chose it, where that may be seen: before the question is answered,
    /// by the speaker alone.
    fn seen(self) -> Option<Vec<u32>> {
        let is_seen = self.is_revealed() || self.stand.get() == Stand::Speaker;
        self.room
            .with(|room| room.chosen.clone())
            .filter(|_| is_seen)
    }
}

/// How many chose an answer: a number and a bar.
pub fn bar(player: Player, place: usize) -> AnyView {
    let of = move || {
        let chosen = player.seen()?;
        let count = chosen.get(place).copied()?;
        Some((count, chosen.iter().sum::<u32>().max(1)))
    };
    let words = move || of().map(|(count, _)| words::chose(count, player.lang()));
    // Set on the element's own style by script: the content policy takes no style from an attribute.
    let width = move || {
        let percent = of().map_or(0, |(count, all)| 100 * u64::from(count) / u64::from(all));
        format!("{percent}%")
    };
    view! {
        <span class="chose" hidden=move || of().is_none()>
            <i aria-hidden="true"><i style:width=move || width()></i></i>
            <b>{move || words()}</b>
        </span>
    }
    .into_any()
}

/// How many have answered, or what the own answer is good for.
pub fn line(player: Player) -> AnyView {
    let words: Dynamic<Option<String>> = dynamic(move || {
        let lang = player.lang();
        let all = player
            .room
            .with(|room| room.chosen.as_ref().map(|it| it.iter().sum()));
        match all {
            Some(all) => Some(words::answered(all, lang)),
            None if !player.counts_here() || player.is_revealed() => None,
            None if player.pick.get().is_some() => {
                Some(words::Label::MayChange.text(lang).to_owned())
            }
            None => Some(words::Label::IsCounted.text(lang).to_owned()),
        }
    });
    view! { <p class="m poll">{words}</p> }.into_any()
}

/// A number by which the relay knows this browser again.
fn by() -> u64 {
    let kept = browser::remembered(BY).and_then(|text| text.parse().ok());
    kept.unwrap_or_else(|| {
        let part = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
        let by = part() << 32 | part();
        browser::remember(BY, &by.to_string());
        by
    })
}
