//! All that a picture depends on.

use model::{Show, State};
use protocol::Conn;

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
    /// Colours and weights.
    pub look: Look,
    /// The language of all words.
    pub lang: Lang,
    /// Movements are shown as steps.
    pub reduced_motion: bool,
    /// Whether the relay is heard.
    pub link: Link,
}

/// Colours and weights. Dark and projector come with a later issue; the palette has room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Ink on warm paper.
    #[default]
    Light,
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
