//! All that a picture depends on.

use model::{Show, State};
use protocol::{Conn, Picture};

/// What to draw, for whom.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// What was true at `now`.
    pub state: &'a State,
    /// The moment that is shown.
    pub now: Show,
    /// The connection on the stage; None: nobody is there yet.
    pub focus: Option<Conn>,
    /// Size of the picture, CSS pixels.
    pub width: f64,
    /// Size of the picture, CSS pixels.
    pub height: f64,
    /// Which picture of the records.
    pub picture: Picture,
    /// Colours and weights.
    pub look: Look,
    /// The language of all words.
    pub lang: Lang,
    /// Movements are shown as steps.
    pub reduced_motion: bool,
    /// Whether the relay is heard.
    pub link: Link,
}

/// How a stage is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For walls and desks: 1920 to 660.
    Wide,
    /// For a phone held upright: 390 to 505.
    Upright,
}

impl Form {
    /// The form for a picture of that size, CSS pixels.
    #[must_use]
    pub fn of(width: f64, height: f64) -> Form {
        if height > width {
            Form::Upright
        } else {
            Form::Wide
        }
    }

    /// The units in which it is laid out: width and height.
    #[must_use]
    pub fn units(self) -> (f64, f64) {
        match self {
            Form::Wide => (1920.0, 660.0),
            Form::Upright => (390.0, 505.0),
        }
    }
}

/// Colours and weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Look {
    /// Ink on warm paper.
    #[default]
    Light,
    /// Pale ink on night: for dark rooms and screens.
    Dark,
    /// For walls: black on white, bigger words and heavier lines.
    Projector,
}

impl Look {
    /// All of them, in the order in which a person steps through them.
    pub const ALL: [Look; 3] = [Look::Light, Look::Dark, Look::Projector];
}

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// Whether the relay is heard. A lost relay dims the stage: what it shows may be old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not connected yet.
    Connecting,
    /// Records come in.
    #[default]
    Live,
    /// It was heard and is silent.
    Lost,
}

impl<'a> Frame<'a> {
    /// The connection on the stage, if the state knows it.
    #[must_use]
    pub fn connection(&self) -> Option<&'a model::Connection> {
        self.state.conn(self.focus?)
    }
}
