//! The two links of a relay that others can reach: the lecturer's, which is a secret, and the
//! guests'.
//!
//! Knows nothing of what they open.

use anyhow::anyhow;
use protocol::Right;
use relay::{HallConfig, Token};

/// Who may do what. `guests`: what those may do who can reach the relay without the link; None:
/// nobody can. `opens`: a browser will be opened here.
///
/// # Errors
/// The system gives no random numbers.
pub fn hall(guests: Option<Right>, hide_bytes: bool, opens: bool) -> anyhow::Result<HallConfig> {
    let is_open = guests.is_some();
    let token = |wanted: bool| wanted.then(Token::new).transpose();
    let no_secret = |error| anyhow!("the system gives no random numbers: {error}");
    Ok(HallConfig {
        guests,
        hide_bytes,
        token: token(is_open).map_err(no_secret)?,
        ticket: token(is_open && opens).map_err(no_secret)?,
        ..HallConfig::default()
    })
}

/// What is printed once. `page`: where it listens, as an address to open.
pub fn lines(hall: &HallConfig, page: &str) -> Option<String> {
    let token = hall.token.as_ref()?.reveal();
    let page = hall.page_shown.as_deref().unwrap_or(page);
    Some(format!("lecturer {page}enter?token={token}\nguests {page}"))
}

/// What a browser on this machine is given. Its command line is there for all who have an account
/// here to read, so it does not hold the link that is good for the whole lecture.
pub fn opened(hall: &HallConfig, page: &str) -> String {
    // Where all addresses are listened on, that of loopback is among them.
    let page = page
        .replace("//0.0.0.0:", "//127.0.0.1:")
        .replace("//[::]:", "//[::1]:");
    match &hall.ticket {
        Some(ticket) => format!("{page}enter?token={}", ticket.reveal()),
        None => page,
    }
}
