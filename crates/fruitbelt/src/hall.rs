//! How guests come in: which addresses they are shown, and what the lecturer's terminal says of it.
//!
//! Knows nothing of who may do what: that is the relay's business.

use std::{
    io::{IsTerminal, Write},
    net::{IpAddr, SocketAddr},
};

use protocol::{Address, Right};
use relay::{Code, HallConfig, Listeners, Transport};

use crate::{
    arguments::{Guests, HallOptions, Shown, host},
    lan::{self, Own},
};

/// Says what of the options is in vain where nobody is let in.
pub fn tell_in_vain(options: &HallOptions) {
    let in_vain = [
        (options.guests == Guests::Viewer, "--guests"),
        (options.hide_bytes, "--hide-bytes"),
    ];
    for (_, flag) in in_vain.iter().filter(|(is_given, _)| *is_given) {
        tracing::warn!(
            "{flag} is for guests, and nobody but this machine's user can reach this relay: add --hall"
        );
    }
}

/// Works out which addresses guests are shown, now that it is known where page and echo server listen.
pub fn choose_addresses(
    hall: &mut HallConfig,
    options: &HallOptions,
    transport: &Transport,
    listeners: &Listeners,
) {
    let Some(guests) = hall.guests else {
        return;
    };
    let page = listeners.page_addr();
    let found = lan::addresses().unwrap_or_else(|error| {
        tracing::warn!(%error, "the system does not tell this machine's addresses");
        Vec::new()
    });
    if options.hall_address.is_none() {
        tell_choice(page.ip(), &found);
    }
    hall.page_shown = match &options.hall_address {
        Some(Shown::Page { url, .. }) => Some(url.clone()),
        _ => shown_host(options, page.ip(), &found)
            .map(|host| transport.url(format!("{host}:{}", page.port()))),
    };
    let may_connect = |echo: &SocketAddr| guests >= Right::Participant && !echo.ip().is_loopback();
    let echo = listeners.echo_addr().inet().filter(may_connect);
    hall.echo_shown = echo.and_then(|echo| {
        let host = shown_host(options, echo.ip(), &found)?;
        Some(format!("{host}:{}", echo.port()))
    });
}

/// By which host a listener there is reached. None: nobody knows.
fn shown_host(options: &HallOptions, listener: IpAddr, found: &[Own]) -> Option<String> {
    if let Some(shown) = &options.hall_address {
        return Some(shown.host().to_owned());
    }
    if !listener.is_unspecified() {
        return Some(host(listener));
    }
    let likeliest = found.iter().find(|own| lan::reach(listener, own))?;
    Some(host(likeliest.ip))
}

/// Says which address was chosen and why, where there was a choice, or that guests cannot come.
fn tell_choice(listener: IpAddr, found: &[Own]) {
    if listener.is_loopback() {
        tracing::warn!(
            "guests are shown {}, which only this machine reaches: leave --page out, or say with --hall-address ADDR how guests reach it",
            host(listener)
        );
    }
    if !listener.is_unspecified() {
        return;
    }
    let own: Vec<String> = found
        .iter()
        .filter(|own| lan::reach(listener, own))
        .map(Own::to_string)
        .collect();
    match own.split_first() {
        Some((first, others)) if !others.is_empty() => tracing::info!(
            "guests are shown {first}, the likeliest of this machine's addresses; the others are {}: choose with --hall-address ADDR",
            others.join(", ")
        ),
        None => tracing::warn!(
            "this machine has no address on a local network: join one and start again, or say with --hall-address ADDR how guests reach it"
        ),
        Some(_) => {}
    }
}

/// Shows people at the terminal how guests come in. On standard error, and only if that is a terminal:
/// standard output is for programs, and a log is no place for a picture.
pub fn show(hall: &HallConfig) {
    let mut terminal = std::io::stderr().lock();
    if terminal.is_terminal()
        && let Some(picture) = picture(hall)
    {
        // A terminal that has gone is no reason to end.
        let _ = terminal.write_all(picture.as_bytes());
    }
}

fn picture(hall: &HallConfig) -> Option<String> {
    let page = hall.page_shown.as_deref()?;
    let may = match (hall.guests?, &hall.echo_shown) {
        (Right::Viewer, _) => "guests watch".to_owned(),
        (_, None) => "guests watch and answer questions".to_owned(),
        (_, Some(echo)) => {
            format!(
                "guests watch, answer questions and connect programs ({})",
                nc(echo)
            )
        }
    };
    let sees = match hall.hide_bytes {
        true => "lengths, not bytes",
        false => "what is sent",
    };
    // A terminal that cannot show colours cannot show a code either.
    let is_dumb = std::env::var_os("TERM").is_some_and(|it| it == "dumb");
    let code = Code::of(page).filter(|_| !is_dumb);
    let code = code.map_or_else(String::new, |code| code.half_blocks());
    Some(format!(
        "{code}{page}\n{may}; they see {sees}; who has the lecturer's link drives\n"
    ))
}

/// The line that connects a program.
fn nc(echo: &str) -> String {
    match echo.parse::<Address>() {
        Ok(Address::Inet(addr)) => format!("nc {} {}", addr.ip(), addr.port()),
        _ => format!("nc {}", echo.replace(':', " ")),
    }
}
