//! The hall's answers to the question on the wall: this page's, and how many chose each. Knows nothing
//! of what is right.

use leptos::prelude::*;
use protocol::{Lecture, Request, Right, Run};

use super::{Player, Stand, question::letter, words};
use crate::{
    app::App,
    browser,
    panels::{Dynamic, dynamic},
    wish::Complaint,
};

/// Under which name the browser keeps what this page calls itself.
const BY: &str = "guest";

/// A question, as it is asked this time.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    lesson: String,
    run: Run,
    step: u32,
    asked_before: u32,
}

impl Vote {
    fn of(lecture: &Lecture) -> Vote {
        Vote {
            lesson: lecture.lesson.clone(),
            run: lecture.run,
            step: lecture.step,
            asked_before: lecture.asked_before,
        }
    }

    /// Under which the window remembers the answer.
    fn name(&self) -> String {
        format!("answer {} {} {}", self.run, self.step, self.asked_before)
    }
}

/// How the hall stands to the question on the wall.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    /// What is chosen on this page counts.
    counts_here: bool,
    /// For each answer how many chose it, as far as this page is told.
    chosen: Option<Vec<u32>>,
}

impl Room {
    /// What is chosen on this page is counted.
    pub fn counts_here(&self) -> bool {
        self.counts_here
    }

    /// As it is now.
    pub fn of(app: &App) -> Room {
        let told = app.told();
        let hall = told.hall.as_ref().filter(|hall| hall.guests.is_some());
        let (Some(hall), Some(lecture), None) = (hall, app.lecture(), app.recorded()) else {
            return Room::default();
        };
        let asked = (lecture.run, lecture.step, lecture.asked_before);
        let answers = told.answers.as_ref();
        let answers = answers.filter(|it| (it.run, it.step, it.asked_before) == asked);
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

    /// An answer is chosen here. Where it counts the window remembers it, so that who asks for the
    /// page anew sees what they are counted with.
    pub(super) fn choose(self, answer: usize) {
        self.pick.put(Some(answer));
        self.view.complaint.put(None);
        if self.room.with_untracked(|room| room.counts_here) {
            let vote = self.given.with_untracked(|it| it.as_ref().map(Vote::of));
            if let Some(vote) = vote {
                browser::remember_here(&vote.name(), &answer.to_string());
            }
        }
    }

    /// Another question is on the wall, or the same is asked anew: what was chosen of it here before.
    pub(super) fn recall(self, vote: &mut Option<Vote>, lecture: &Lecture) {
        if vote.as_ref() != Some(&Vote::of(lecture)) {
            let now = vote.insert(Vote::of(lecture));
            let chosen = browser::remembered_here(&now.name()).filter(|_| lecture.choices > 0);
            self.pick.put(chosen.and_then(|text| text.parse().ok()));
        }
    }

    /// Tells the relay what is chosen here; and again when it is joined anew, since the answer may
    /// have been lost with the socket, and everybody counts once.
    pub(super) fn answer(self, told: &mut Option<(Vote, usize, u32)>, app: &mut App) {
        let Some(lecture) = app.lecture().filter(|it| !it.revealed) else {
            return;
        };
        let Some(answer) = self.pick.get_untracked() else {
            return;
        };
        let step = lecture.step;
        let is_it = Some((Vote::of(lecture), answer, app.told().joins));
        if *told == is_it || !self.room.with_untracked(|room| room.counts_here) {
            return;
        }
        let request = Request::Answer {
            step,
            answer: answer as u32,
            by: by(),
        };
        match app.ask(request) {
            Err(Complaint::NotHeard) => {}
            asked => {
                *told = is_it;
                self.view.complaint.put(asked.err());
            }
        }
    }

    /// What the hall answers, as far as it may be seen here; None: it is not asked, or nothing is
    /// told. To be followed.
    pub(super) fn answers(self) -> Option<String> {
        let lang = self.lang();
        let all = self.room.with(|room| room.chosen.clone())?;
        let answered = words::answered(all.iter().sum(), lang);
        let Some(seen) = self.seen() else {
            return Some(answered);
        };
        let each = (0..)
            .zip(seen)
            .map(|(place, count)| format!("{} {count}", letter(place)));
        Some(words::listed(&answered, &each.collect::<Vec<_>>(), lang))
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
        let by = browser::any_number();
        browser::remember(BY, &by.to_string());
        by
    })
}
