//! Begins a lesson, turns its pages, and keeps the show in step with what is on the wall. Knows
//! nothing of how it is shown.

use model::{Command, Show};
use protocol::{Conn, Lecture, LectureState, LessonRequest, Request, Run};
use scene::{Link, Picture};

use super::{Label, Lessons, Player, Stand, ask, poll, told, turn::Page};
use crate::{
    app::{self, App},
    browser, together,
    wish::Complaint,
};

/// What is to be done as soon as it can be.
#[derive(Default)]
pub struct Wishes {
    /// To be asked when the relay is heard.
    request: Option<LessonRequest>,
    /// The page that the relay was last asked to show, and has not told of yet: of which run. A
    /// clicker may be faster than the relay.
    turned: Option<(Run, Page)>,
    /// A lesson that a link names, and the page of it.
    named: Option<(String, Page)>,
    /// A page of a lesson that was asked for, and that the relay is yet to begin.
    then: Option<(String, Page)>,
    /// What the show was last brought to.
    shown: Option<Place>,
    /// The connection to look at is yet to come.
    client: Option<Conn>,
    /// What stood on the stage before the lesson.
    picture: Option<(Picture, bool)>,
    told: told::Memory,
    /// What is answered here, if anything.
    vote: Option<poll::Vote>,
    /// What the relay was told of it: in which of the mirrors that were joined.
    answered: Option<(poll::Vote, usize, u32)>,
}

/// A page of a lesson, and the log that it is shown from.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    lesson: String,
    log: u32,
    page: Page,
}

impl Player {
    /// Whether a lesson can be given here: by the relay, or from a recording of it. Guests of a hall
    /// go along with the one that the lecturer gives.
    pub(super) fn can_give(self, id: &str) -> bool {
        self.view.drives()
            && self.view.shelf.with(|shelf| {
                shelf.has_relay || shelf.listed.iter().any(|listed| listed.name == id)
            })
    }

    /// Begins a lesson.
    pub(super) fn begin(self, id: &str) {
        let first = Page {
            step: 0,
            revealed: false,
        };
        self.begin_at(id, first);
        browser::close_dialog(super::list::DIALOG);
    }

    /// Begins a lesson, from a page on if it is a recording.
    fn begin_at(self, id: &str, page: Page) {
        if !self.view.drives() {
            return crate::hall::say_why();
        }
        let name = id.to_owned();
        let request = app::with(|app| {
            if app.list().1 {
                if app.recorded().is_some() {
                    app.go_to_relay();
                }
                return Some(LessonRequest::Begin { lesson: name });
            }
            let index = app.list().0.iter().position(|listed| listed.name == name)?;
            app.choose(index);
            app.give(Some(Lecture {
                lesson: name,
                run: Run(0),
                step: page.step,
                revealed: page.revealed,
                // A recording asks nobody.
                choices: 0,
                asked_before: 0,
                state: LectureState::Finished,
            }));
            None
        });
        super::WISHES.with_borrow_mut(|wishes| wishes.request = request);
        self.tell_others();
    }

    /// Shows a page of a lesson, and begins it for that unless it is on.
    pub(super) fn open(self, id: &str, page: Page) {
        let is_on = |given: &Option<Lecture>| given.as_ref().is_some_and(|it| it.lesson == id);
        if self.given.with_untracked(is_on) {
            return self.show(page);
        }
        self.fetch();
        self.begin_at(id, page);
        super::WISHES.with_borrow_mut(|wishes| wishes.then = Some((id.to_owned(), page)));
    }

    /// Next or back.
    pub(super) fn turn(self, forward: bool) {
        if !self.view.drives() {
            return crate::hall::say_why();
        }
        // What a view reads is as old as a tenth of a second; a clicker may be faster.
        let lecture = app::with(|app| app.lecture().cloned());
        self.given.put(lecture);
        let Some((lesson, page)) = self.on_wall() else {
            return;
        };
        let turned = super::WISHES.with_borrow(|wishes| wishes.turned);
        let run = self.run();
        let newest = turned.filter(|turned| Some(turned.0) == run);
        let from = newest.map_or(page, |turned| turned.1);
        if let Some(page) = from.beside(forward, lesson) {
            self.show(page);
        }
    }

    /// Of the lesson that is being given.
    fn run(self) -> Option<Run> {
        self.given.with_untracked(|given| Some(given.as_ref()?.run))
    }

    /// Shows a page: the relay brings all others along.
    pub(super) fn show(self, page: Page) {
        let Page { step, revealed } = page;
        let turned = self.run().map(|run| (run, page));
        let request = LessonRequest::Show { step, revealed };
        let asked = app::with(|app| {
            if app.recorded().is_none() {
                return app.ask(Request::Lesson(request.clone())).map(|()| false);
            }
            if let Some(mut lecture) = app.lecture().cloned() {
                (lecture.step, lecture.revealed) = (step, revealed);
                app.give(Some(lecture));
            }
            Ok(true)
        });
        match asked {
            Ok(true) => self.tell_others(),
            Ok(false) => super::WISHES.with_borrow_mut(|wishes| wishes.turned = turned),
            // On the way from one mirror to the other nobody hears: no press of a clicker is lost.
            Err(Complaint::NotHeard) => super::WISHES.with_borrow_mut(|wishes| {
                wishes.request = Some(request);
                wishes.turned = turned;
            }),
            Err(complaint) => self.view.complaint.set(Some(complaint)),
        }
    }

    /// No lesson any more.
    pub(super) fn leave(self) {
        let asked = app::with(|app| {
            if app.recorded().is_none() {
                return app.ask(Request::Lesson(LessonRequest::End));
            }
            app.give(None);
            Ok(())
        });
        if self.stand.get_untracked() == Stand::Wall {
            self.stand(Stand::Page);
        }
        self.view.complaint.set(asked.err());
        browser::focus(super::list::BUTTON);
        self.tell_others();
    }

    // --- without a relay: other windows of this browser

    /// Tells the other windows what is on the wall, where no relay does.
    fn tell_others(self) {
        let told = app::with(|app| {
            app.recorded()?;
            let lecture = app.lecture()?;
            let revealed = u8::from(lecture.revealed);
            Some(format!("{}\n{}\n{revealed}", lecture.lesson, lecture.step))
        });
        if let Some(told) = told {
            ask("tell", &told.into());
        }
    }

    /// Another window has told what is on the wall; or, with nothing, it asks.
    pub(super) fn go_along(self, told: &str) {
        let mut parts = told.lines();
        let (Some(id), Some(step), Some(revealed)) = (parts.next(), parts.next(), parts.next())
        else {
            return self.tell_others();
        };
        let Ok(step) = step.parse() else {
            return;
        };
        let page = Page {
            step,
            revealed: revealed == "1",
        };
        let (has_relay, given) = app::with(|app| (app.list().1, app.lecture().cloned()));
        match given {
            _ if has_relay => {}
            Some(mut lecture) if lecture.lesson == id => {
                (lecture.step, lecture.revealed) = (page.step, page.revealed);
                app::with(|app| app.give(Some(lecture)));
            }
            _ => self.name(id, page),
        }
    }

    /// A link may name a lesson, or ask for the speaker's view.
    pub(super) fn follow_link(self, parts: &str) {
        let mut named = None;
        let mut step = 0;
        for part in parts.split('&') {
            match part.split_once('=').unwrap_or((part, "")) {
                ("speaker", _) => {
                    self.stand.put(Stand::Speaker);
                    self.fetch();
                }
                ("lesson", id) => named = Some(id),
                ("step", text) => step = text.parse::<u32>().unwrap_or(1).max(1) - 1,
                _ => {}
            }
        }
        if let Some(id) = named {
            let page = Page {
                step,
                revealed: false,
            };
            self.name(id, page);
        }
    }

    fn name(self, id: &str, page: Page) {
        self.fetch();
        super::WISHES.with_borrow_mut(|wishes| wishes.named = Some((id.to_owned(), page)));
    }

    // --- a few times each second

    /// Keeps the show in step with what is on the wall.
    pub(super) fn tend(self, wishes: &mut Wishes, app: &mut App) {
        if let Some(request) = &wishes.request
            && app.link() == Link::Live
            && app.ask(Request::Lesson(request.clone())).is_ok()
        {
            wishes.request = None;
        }
        self.given.put(app.lecture().cloned());
        self.room.put(poll::Room::of(app));
        wishes.turned = wishes.turned.filter(|&(run, page)| {
            // Told, or of no use any more, or lost on the way.
            let told = app.lecture().map(|it| (it.run, it.step, it.revealed));
            let is_told = told == Some((run, page.step, page.revealed));
            let is_on_its_way = wishes.request.is_some() || app.link() == Link::Live;
            !is_told && is_on_its_way
        });
        self.begin_named(wishes);
        let Some(lecture) = app.lecture().cloned() else {
            if let Some((one, all)) = wishes.picture.take() {
                self.view.one.put(one);
                self.view.all.put(all);
            }
            wishes.shown = None;
            return;
        };
        self.fetch_once();
        if let Some((_, page)) = wishes.then.take_if(|then| then.0 == lecture.lesson)
            && page.step != lecture.step
        {
            // Not now: the app is at work.
            leptos::prelude::queue_microtask(move || self.show(page));
        }
        self.recall(&mut wishes.vote, &lecture);
        self.answer(&mut wishes.answered, app);
        let Some((lesson, page)) = self.on_wall() else {
            return;
        };
        if wishes.picture.is_none() {
            let (one, all) = (self.view.one, self.view.all);
            wishes.picture = Some((one.get_untracked(), all.get_untracked()));
        }
        let place = Place {
            lesson: lecture.lesson.clone(),
            log: app.log_number(),
            page,
        };
        if wishes.shown.as_ref() != Some(&place) {
            // Who looks around goes along with the words only.
            let stays = together::looks_around(app);
            let turned = wishes.shown.as_ref().map(|it| (&it.lesson, it.page.step));
            if turned != Some((&place.lesson, page.step)) && !stays {
                self.look(lesson, page, wishes);
            }
            self.told.put(told::Told::default());
            app.play_until(Some(page.until(lesson)));
            if stays || bring(app, page.plays(lesson), page, &lecture.state) {
                wishes.shown = Some(place);
            }
        }
        // As soon as it is there to be seen.
        if let Some(conn) = wishes.client {
            let sends_datagrams = app.live().datagrams.client(conn).is_some();
            if sends_datagrams || app.shown().1.conn(conn).is_some() {
                wishes.client = None;
                if app.focus() != Some(conn) {
                    app.pick(conn);
                    // As somebody else's its datagrams took no time: back to where they begin.
                    if sends_datagrams {
                        bring(app, page.plays(lesson), page, &lecture.state);
                    }
                }
            }
        }
        let seen = told::seen(app, page.until(lesson), &lecture.state);
        self.playing.put(seen.is_none());
        let told = wishes.told.tell(app, lesson, page, seen);
        self.told.put(told);
    }

    /// Whoever comes into a lesson gets its words; once, if there are none.
    fn fetch_once(self) {
        if self
            .lessons
            .with_untracked(|it| matches!(it, Lessons::NotAsked))
        {
            self.fetch();
        }
    }

    fn begin_named(self, wishes: &mut Wishes) {
        let is_known = self
            .lessons
            .with_untracked(|it| matches!(it, Lessons::Here(_)));
        let is_listed = self
            .view
            .shelf
            .with_untracked(|shelf| shelf.has_relay || !shelf.listed.is_empty());
        if !is_known || !is_listed {
            return;
        }
        if let Some((id, page)) = wishes.named.take() {
            // Who comes into a lesson that is being given goes along.
            let is_given = self.given.with_untracked(Option::is_some);
            if self.lesson(&id).is_some() && !is_given {
                // Not now: the app is at work.
                leptos::prelude::queue_microtask(move || self.begin_at(&id, page));
            } else if !is_given {
                self.view.said.set(
                    Label::NoSuchLesson
                        .text(self.view.lang.get_untracked())
                        .into(),
                );
            }
        }
    }

    /// Turns to what the step wants to be looked at.
    fn look(self, lesson: &lessons::Lesson, page: Page, wishes: &mut Wishes) {
        let Some(step) = lesson.steps.get(page.step as usize) else {
            return;
        };
        wishes.client = step.look.client.map(Conn);
        self.view.inspected.put(None);
        self.view.show(step.look.picture);
    }
}

/// Brings the head to where what is on the wall begins, and plays on from there. False: it is not
/// recorded yet.
fn bring(app: &mut App, plays: Option<u32>, page: Page, state: &LectureState) -> bool {
    let known = app.header().map(|header| header.head);
    let is_loaded = match app.recorded() {
        Some(reading) => reading.is_read,
        None => known.is_some_and(|head| app.timeline().head_seq() >= head),
    };
    let before = |app: &mut App, step| app.timeline().before_chapter(step);
    let at = match plays {
        Some(step) => before(app, step).map(|show| show + Show(1)),
        None => before(app, page.step),
    };
    let is_played = !matches!(state, LectureState::Running);
    match at {
        Some(show) => {
            app.command(Command::Seek(show));
            app.command(Command::Play);
            true
        }
        // All that was before it; from there on it plays by itself.
        None if is_loaded => {
            let end = app.timeline().last_shown();
            if app.playback().head() < end && (plays.is_none() || app.recorded().is_none()) {
                let end = app.timeline().end();
                app.command(Command::Seek(end));
            }
            app.command(Command::Play);
            plays.is_none() || is_played
        }
        None => false,
    }
}
