//! The lecture hall: who may do what, who watches, and where the lecturer is.
//!
//! Knows nothing of sockets and of what is taught.

mod code;

use protocol::Right;

pub use code::Code;

/// What a relay that others can reach is to be.
#[derive(Clone, Debug, Default)]
pub struct HallConfig {
    /// What somebody without the lecturer's link may do. None: nobody else can reach this relay.
    pub guests: Option<Right>,
    /// Where guests find the page, for people to type: `http://192.168.1.7:8567/`.
    pub page_shown: Option<String>,
    /// Where guests' programs connect: `192.168.1.7:21567`.
    pub echo_shown: Option<String>,
}
