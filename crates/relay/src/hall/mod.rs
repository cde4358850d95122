//! The lecture hall: who may do what, who watches, and where the lecturer is.
//!
//! Knows nothing of sockets and of what is taught.

mod audience;
mod gate;
mod poll;
mod token;

use protocol::{Hall, Right};

pub use audience::{Attending, Audience};
pub use gate::Gate;
pub use poll::Voter;
pub use token::Token;

/// What a relay that others can reach is to be. The default is a relay of this machine's user alone.
#[derive(Clone, Debug, Default)]
pub struct HallConfig {
    /// What somebody without the lecturer's link may do; never [`Right::Lecturer`]. None: nobody
    /// but this machine's user comes here.
    pub guests: Option<Right>,
    /// Guests see the lengths of what is sent, not its bytes.
    pub hide_bytes: bool,
    /// The lecturer's link. None: everybody whom the guard lets in is the lecturer, so nothing of
    /// such a relay may leave loopback.
    pub token: Option<Token>,
    /// The link for a browser that this program opens. Whoever is on this machine can read the
    /// arguments of a command, so it is good for one time, and from this machine only.
    pub ticket: Option<Token>,
    /// Where guests find the page, an address to type. None: where it listens.
    pub page_shown: Option<String>,
    /// Where guests' programs connect, HOST:PORT. None: where it listens.
    pub echo_shown: Option<String>,
}

impl HallConfig {
    /// Whoever has this right is not shown what is sent, only how much.
    #[must_use]
    pub fn hides_bytes_from(&self, right: Right) -> bool {
        self.hide_bytes && right < Right::Lecturer
    }

    /// What a viewer with that right is told. `page` and `echo`: where they listen.
    #[must_use]
    pub fn told(&self, right: Right, page: &str, echo: &str) -> Hall {
        let shown = |shown: &Option<String>, bound: &str| {
            let shown = shown.as_deref().unwrap_or(bound).to_owned();
            self.guests.map(|_| shown)
        };
        Hall {
            right,
            guests: self.guests,
            bytes_hidden: self.hide_bytes,
            page: shown(&self.page_shown, page),
            echo: shown(&self.echo_shown, echo),
        }
    }
}
