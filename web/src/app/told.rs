//! What the relay tells of the hall, as it stands. Knows nothing of how any of it is shown.

use protocol::{Answers, Audience, Hall, Moment, wire::FromRelay};

/// The hall, as this page was told.
#[derive(Default)]
pub struct Told {
    /// What this page may do, and who else is here. None: nothing was told yet.
    pub hall: Option<Hall>,
    /// Told to lecturers.
    pub audience: Audience,
    /// Told to lecturers, and to all others once the question is answered.
    pub answers: Option<Answers>,
    /// Where a lecturer's page is: not this one.
    pub moment: Option<Moment>,
    /// Counts the moments.
    pub moments: u32,
    /// Counts the mirrors that were joined.
    pub joins: u32,
}

impl Told {
    pub(super) fn take(&mut self, message: FromRelay) {
        match message {
            FromRelay::Hall(hall) => self.hall = Some(*hall),
            FromRelay::Audience(audience) => self.audience = audience,
            FromRelay::Answers(answers) => self.answers = answers,
            FromRelay::Moment(moment) => {
                self.moment = moment;
                self.moments += 1;
            }
            _ => {}
        }
    }

    /// Others may be here.
    pub fn is_hall(&self) -> bool {
        self.hall.as_ref().is_some_and(|hall| hall.guests.is_some())
    }

    /// Another mirror tells all of it anew, but for what is nothing there.
    pub(super) fn join(&mut self) {
        *self = Told {
            hall: self.hall.take(),
            moments: self.moments,
            joins: self.joins + 1,
            ..Told::default()
        };
    }
}
