//! What there is to tell a viewer beside the records: a beat each second, recordings, the lesson, where
//! the lecturer is, the answers to what it asked.
//!
//! All of that is rare. It is waited for by one future that lives from one such event to the next: to
//! begin to wait for each anew cost more than to deliver a message.

use std::{future::pending, time::Duration};

use bytes::Bytes;
use protocol::{Lecture, Recording, Refusal};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, Interval, MissedTickBehavior, interval, sleep_until},
};

use super::{BEAT_EVERY, PING_EVERY, Watched};
use crate::hall::Attending;

/// What a viewer is waited for, or is to be told.
#[derive(Debug)]
pub enum Happened {
    /// There is nothing more to be watched, for that reason.
    End(&'static str),
    Recording(Option<Recording>),
    Lesson(Option<Lecture>),
    /// Encoded for all.
    Moment(Bytes),
    /// What a request came to that was done aside.
    Done {
        id: u32,
        refusal: Option<Refusal>,
    },
    Beat,
    Ping,
    /// It is heard again.
    Rested,
}

/// All but the records.
#[derive(Debug)]
pub struct Aside {
    recording: watch::Receiver<Option<Recording>>,
    lecture: Option<watch::Receiver<Option<Lecture>>>,
    done: mpsc::Receiver<(u32, Option<Refusal>)>,
    beat: Interval,
    ping: Interval,
    /// It is not heard until then.
    pub rests_until: Option<Instant>,
}

impl Aside {
    /// What is true now is told first.
    pub fn of(watched: &Watched, done: mpsc::Receiver<(u32, Option<Refusal>)>) -> Aside {
        let relay = &watched.relay;
        let mut recording = relay.recordings.told();
        recording.mark_changed();
        let mut lecture = relay.config.lessons.as_ref().map(|lessons| lessons.told());
        if let Some(lecture) = &mut lecture {
            lecture.mark_changed();
        }
        Aside {
            recording,
            lecture,
            done,
            beat: ticks(BEAT_EVERY),
            ping: ticks(PING_EVERY),
            rests_until: None,
        }
    }

    /// The lesson that is being given.
    pub fn lecture(&self) -> Option<Lecture> {
        self.lecture.as_ref()?.borrow().clone()
    }

    /// The next of it. Nothing is lost when it is dropped early.
    pub async fn next(&mut self, watched: &Watched, attending: &mut Attending) -> Happened {
        tokio::select! {
            end = watched.end() => Happened::End(end),
            Ok(()) = self.recording.changed() => {
                Happened::Recording(self.recording.borrow_and_update().clone())
            }
            Some(lecture) = changed(&mut self.lecture) => Happened::Lesson(lecture),
            told = attending.moment() => Happened::Moment(told),
            Some((id, refusal)) = self.done.recv() => Happened::Done { id, refusal },
            _ = self.beat.tick() => Happened::Beat,
            _ = self.ping.tick() => Happened::Ping,
            () = rest(self.rests_until) => {
                self.rests_until = None;
                Happened::Rested
            }
        }
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn rest(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => pending().await,
    }
}

/// None: nobody gives lessons, or nobody does any more.
async fn changed(
    lecture: &mut Option<watch::Receiver<Option<Lecture>>>,
) -> Option<Option<Lecture>> {
    let lecture = lecture.as_mut()?;
    lecture.changed().await.ok()?;
    Some(lecture.borrow_and_update().clone())
}
