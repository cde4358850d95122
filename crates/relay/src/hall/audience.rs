//! Who watches: whether they follow the lecturer, where the lecturer is, and what they answer.
//!
//! Knows nothing of sockets: each viewer has an [`Attending`], which says what there is to be told.

use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use protocol::{
    Answers, Lecture, Moment, Refusal, Right,
    wire::{self, FromRelay},
};
use tokio::sync::watch;

use super::poll::{Poll, Voter};

/// All viewers.
#[derive(Debug, Default)]
pub struct Audience {
    seats: Mutex<Seats>,
    moment: watch::Sender<Told>,
}

#[derive(Debug, Default)]
struct Seats {
    /// Counts whoever has come.
    last: u64,
    /// Whether they follow: guests only. As many as there are viewers, which are limited.
    guests: HashMap<u64, bool>,
    poll: Poll,
}

/// Where the lecturer is.
#[derive(Clone, Debug, Default)]
struct Told {
    /// Who told it. None: nobody has, or whoever had is gone.
    by: Option<u64>,
    /// Encoded once for all.
    message: Bytes,
}

impl Audience {
    /// Somebody comes, and follows the lecturer until they let go.
    pub fn join(self: &Arc<Self>, right: Right) -> Attending {
        let mut seats = self.seats();
        seats.last += 1;
        let seat = seats.last;
        if right < Right::Lecturer {
            seats.guests.insert(seat, true);
        }
        drop(seats);
        let mut moment = self.moment.subscribe();
        if moment.borrow().by.is_some() {
            moment.mark_changed();
        }
        Attending {
            audience: Arc::clone(self),
            seat,
            right,
            moment,
            told: protocol::Audience::default(),
            answers: None,
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        // Nothing in there can panic half-way through a change.
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One viewer, as long as it watches.
#[derive(Debug)]
pub struct Attending {
    audience: Arc<Audience>,
    seat: u64,
    right: Right,
    moment: watch::Receiver<Told>,
    /// What it was told last.
    told: protocol::Audience,
    /// See `told`.
    answers: Option<Answers>,
}

impl Attending {
    /// Follows the lecturer, or lets go.
    pub fn follow(&self, on: bool) {
        if let Some(follows) = self.audience.seats().guests.get_mut(&self.seat) {
            *follows = on;
        }
    }

    /// Tells where the lecturer is: only lecturers are to be let do this. Whoever tells it hears it
    /// too, so that of two windows which tell at the same time both know which one leads.
    pub fn tell(&self, moment: Moment) {
        let message = wire::encode(&FromRelay::Moment(Some(moment))).into();
        let by = Some(self.seat);
        self.audience.moment.send_replace(Told { by, message });
    }

    /// Answers the question on the wall.
    ///
    /// # Errors
    /// See [`Poll::take`].
    pub fn answer(
        &self,
        lecture: Option<&Lecture>,
        voter: Voter,
        step: u32,
        answer: u32,
    ) -> Result<(), Refusal> {
        let mut seats = self.audience.seats();
        seats.poll.take(lecture, voter, step, answer)
    }

    /// The next message about where the lecturer is. Whoever is slow gets the last one only. Nothing
    /// is lost when it is dropped early.
    pub async fn moment(&mut self) -> Bytes {
        if self.moment.changed().await.is_err() {
            // It does not happen: the audience is held here.
            return pending().await;
        }
        self.moment.borrow_and_update().message.clone()
    }

    /// What has changed since the last time: to be asked once a second. Guests see no answers before
    /// the question is answered.
    pub fn news(&mut self, lecture: Option<&Lecture>) -> Vec<FromRelay> {
        let is_lecturer = self.right == Right::Lecturer;
        let asked = lecture.filter(|lecture| is_lecturer || lecture.revealed);
        let seats = self.audience.seats();
        let answers = asked.and_then(|lecture| seats.poll.counts(lecture));
        let told = protocol::Audience {
            watching: seats.guests.len() as u32,
            let_go: seats.guests.values().filter(|&&follows| !follows).count() as u32,
        };
        drop(seats);
        let mut news = Vec::new();
        if is_lecturer && self.told != told {
            self.told = told;
            news.push(FromRelay::Audience(told));
        }
        if self.answers != answers {
            self.answers.clone_from(&answers);
            news.push(FromRelay::Answers(answers));
        }
        news
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        self.audience.seats().guests.remove(&self.seat);
        // Where it was last is no moment to bring anybody to who comes later.
        self.audience.moment.send_if_modified(|told| {
            let is_mine = told.by == Some(self.seat);
            if is_mine {
                *told = Told {
                    by: None,
                    message: wire::encode(&FromRelay::Moment(None)).into(),
                };
            }
            is_mine
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use protocol::{LectureState, Pace, Picture, Run};

    use super::*;

    fn lecture(revealed: bool) -> Lecture {
        Lecture {
            lesson: "belt".into(),
            run: Run(1),
            step: 2,
            revealed,
            choices: 3,
            asked_before: 0,
            state: LectureState::Waiting,
        }
    }

    fn voter(by: u64) -> Voter {
        Voter {
            address: [192, 168, 0, 7].into(),
            by,
        }
    }

    fn moment(run: u64) -> Moment {
        Moment {
            by: 7,
            run: Run(run),
            at: None,
            is_paused: false,
            pace: Pace::Paced,
            picture: Picture::Belt,
            focus: None,
        }
    }

    fn counts(chosen: &[u32]) -> FromRelay {
        FromRelay::Answers(Some(Answers {
            run: Run(1),
            step: 2,
            asked_before: 0,
            chosen: chosen.to_vec(),
        }))
    }

    #[test]
    fn guests_see_no_counts_before_the_answer_and_lecturers_see_them_come() {
        let audience = Arc::<Audience>::default();
        let mut guests: Vec<_> = (0..3).map(|_| audience.join(Right::Participant)).collect();
        let mut lecturer = audience.join(Right::Lecturer);
        let (asked, answered) = (lecture(false), lecture(true));
        for (by, guest) in (0..).zip(&guests) {
            guest.answer(Some(&asked), voter(by), 2, 1).unwrap();
        }
        guests[0].answer(Some(&asked), voter(0), 2, 2).unwrap();
        let watch = protocol::Audience {
            watching: 3,
            let_go: 0,
        };
        let news = lecturer.news(Some(&asked));
        assert_eq!(news, [FromRelay::Audience(watch), counts(&[0, 2, 1])]);
        assert_eq!(lecturer.news(Some(&asked)), []);
        for guest in &mut guests {
            assert_eq!(guest.news(Some(&asked)), []);
            assert_eq!(guest.news(Some(&answered)), [counts(&[0, 2, 1])]);
            assert_eq!(guest.news(None), [FromRelay::Answers(None)]);
        }
        let refused = guests[0].answer(Some(&answered), voter(0), 2, 0);
        assert_eq!(refused, Err(Refusal::NoQuestion));
    }

    #[test]
    fn lecturers_are_told_who_watches_and_who_lets_go() {
        let audience = Arc::<Audience>::default();
        let mut lecturer = audience.join(Right::Lecturer);
        let guests = [Right::Viewer, Right::Participant].map(|right| audience.join(right));
        let mut check = |watching, let_go| {
            let expect = protocol::Audience { watching, let_go };
            assert_eq!(lecturer.news(None), [FromRelay::Audience(expect)]);
        };
        check(2, 0);
        guests[0].follow(false);
        check(2, 1);
        guests[0].follow(true);
        check(2, 0);
        // A lecturer's own windows do not count.
        let other = audience.join(Right::Lecturer);
        other.follow(false);
        drop(guests);
        check(0, 0);
    }

    #[test]
    fn all_are_told_the_last_moment() {
        let audience = Arc::<Audience>::default();
        let mut early = audience.join(Right::Viewer);
        assert_eq!(early.moment().now_or_never(), None);
        let mut lecturer = audience.join(Right::Lecturer);
        lecturer.tell(moment(1));
        lecturer.tell(moment(2));
        let mut late = audience.join(Right::Participant);
        let told = Bytes::from(wire::encode(&FromRelay::Moment(Some(moment(2)))));
        for viewer in [&mut early, &mut late, &mut lecturer] {
            assert_eq!(viewer.moment().now_or_never().as_ref(), Some(&told));
            assert_eq!(viewer.moment().now_or_never(), None);
        }
        // The same window again, before its old socket is gone: it knows the moment by its number,
        // and its word stands when the old socket goes.
        let mut again = audience.join(Right::Lecturer);
        assert_eq!(again.moment().now_or_never().as_ref(), Some(&told));
        again.tell(moment(2));
        assert_eq!(early.moment().now_or_never().as_ref(), Some(&told));
        drop(std::mem::replace(&mut lecturer, again));
        assert_eq!(early.moment().now_or_never(), None);
        // No lecturer any more.
        drop(lecturer);
        let gone = Bytes::from(wire::encode(&FromRelay::Moment(None)));
        assert_eq!(early.moment().now_or_never(), Some(gone));
        let mut later = audience.join(Right::Viewer);
        assert_eq!(later.moment().now_or_never(), None);
    }
}
