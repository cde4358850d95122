//! The lecture hall: who may do what, who watches, and where the lecturer is.
//!
//! Knows nothing of sockets and of what is taught.

mod audience;
mod code;
mod gate;
mod poll;
mod token;

use protocol::{Hall, Right};

pub use audience::{Attending, Audience};
pub use code::Code;
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
    /// Where guests find the page, an address to type. None: nobody knows.
    pub page_shown: Option<String>,
    /// Where guests' programs connect, HOST:PORT. None: they are not to.
    pub echo_shown: Option<String>,
}

impl HallConfig {
    /// Whoever has this right is not shown what is sent, only how much.
    #[must_use]
    pub fn hides_bytes_from(&self, right: Right) -> bool {
        self.hide_bytes && right < Right::Lecturer
    }

    /// What a viewer with that right is told.
    #[must_use]
    pub fn told(&self, right: Right) -> Hall {
        let of_hall = |shown: &Option<String>| shown.clone().filter(|_| self.guests.is_some());
        Hall {
            right,
            guests: self.guests,
            bytes_hidden: self.hide_bytes,
            page: of_hall(&self.page_shown),
            echo: of_hall(&self.echo_shown),
        }
    }
}
