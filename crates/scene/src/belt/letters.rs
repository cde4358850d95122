//! How large the words are: by look, because a wall is read from its last row, and by form.

use crate::{Form, Look};

/// Font sizes, in units of the form.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    /// The four great numbers, and those beside them.
    pub number: f64,
    pub number2: f64,
    /// The moment in words, and the distance of its lines.
    pub caption: f64,
    pub caption_pitch: f64,
    /// The face of the tray.
    pub tray: f64,
    /// Signs that a person hung out.
    pub sign: f64,
    /// Names of parts, then of territories.
    pub title: f64,
    pub band: f64,
    pub small: f64,
    /// Nothing is smaller, but for characters on fruit where words are large.
    pub least: f64,
    /// The radius of a mark that says how a value is known.
    pub mark: f64,
    /// A fruit bears a character if that is so large.
    pub character: f64,
}

impl Letters {
    pub fn of(look: Look, form: Form) -> Letters {
        match (form, look) {
            (Form::Wide, Look::Light | Look::Dark) => Letters {
                number: 58.0,
                number2: 34.0,
                caption: 28.0,
                caption_pitch: 42.0,
                tray: 28.0,
                sign: 24.0,
                title: 22.0,
                band: 20.0,
                small: 18.0,
                least: 16.0,
                mark: 5.5,
                character: 15.0,
            },
            (Form::Wide, Look::Projector) => Letters {
                number: 66.0,
                number2: 42.0,
                caption: 34.0,
                caption_pitch: 44.0,
                tray: 32.0,
                sign: 28.0,
                title: 28.0,
                band: 24.0,
                small: 23.0,
                least: 22.0,
                mark: 7.0,
                character: 22.0,
            },
            (Form::Upright, _) => Letters {
                number: 44.0,
                number2: 24.0,
                caption: 14.0,
                caption_pitch: 15.0,
                tray: 15.0,
                sign: 16.0,
                title: 15.0,
                band: 14.0,
                small: 12.5,
                least: 12.0,
                mark: 3.6,
                character: 12.0,
            },
        }
    }
}
