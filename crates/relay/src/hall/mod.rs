//! The lecture hall: who may do what, who watches, and where the lecturer is.
//!
//! Knows nothing of sockets and of what is taught.

mod audience;
mod poll;

pub use audience::{Attending, Audience};
pub use poll::Voter;

/// What a relay that others can reach is to be.
#[derive(Clone, Debug, Default)]
pub struct HallConfig {}
