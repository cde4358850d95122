//! How guests come in: which addresses they are shown, and what the lecturer's terminal says of it.
//!
//! Knows nothing of who may do what: that is the relay's business.

use std::{
    io::{IsTerminal, Write},
    net::{IpAddr, SocketAddr},
};

use protocol::{Address, Right};
use relay::{Code, HallConfig, Listeners};

use crate::{
    arguments::{HallOptions, Shown, host},
    lan::{self, Own},
};

/// Works out what guests are shown, now that it is known where page and echo server listen. Nobody
/// can come in where both are on loopback, unless a hall was asked for.
pub fn open(options: &HallOptions, listeners: &Listeners) -> HallConfig {
    let page = listeners.page_addr();
    let echo = listeners.echo_addr().inet();
    let is_open = |addr: SocketAddr| !addr.ip().is_loopback();
    if !options.hall && !is_open(page) && !echo.is_some_and(is_open) {
        return HallConfig::default();
    }
    let found = lan::addresses().unwrap_or_else(|error| {
        tracing::warn!(%error, "the system does not tell this machine's addresses");
        Vec::new()
    });
    let page_host = shown_host(options, page.ip(), &found);
    if options.hall_address.is_none() {
        tell_choice(page.ip(), &found);
    }
    let may_connect = options.right() >= Right::Participant;
    let echo_shown = echo
        .filter(|addr| may_connect && is_open(*addr))
        .and_then(|addr| {
            let host = shown_host(options, addr.ip(), &found)?;
            Some(format!("{host}:{}", addr.port()))
        });
    let page_shown = match &options.hall_address {
        Some(Shown::Page { url, .. }) => Some(url.clone()),
        _ => page_host.map(|host| address(&host, page.port())),
    };
    HallConfig {
        guests: Some(options.right()),
        page_shown,
        echo_shown,
    }
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

/// The page's address; a browser needs no port if it is its own.
fn address(host: &str, port: u16) -> String {
    match port {
        80 => format!("http://{host}/"),
        port => format!("http://{host}:{port}/"),
    }
}

/// Says which address was chosen and why, where there was a choice.
fn tell_choice(listener: IpAddr, found: &[Own]) {
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

/// The lines for standard output, where programs may read them.
pub fn lines(hall: &HallConfig) -> Option<String> {
    let page = hall.page_shown.as_ref().filter(|_| hall.guests.is_some())?;
    Some(format!("guests {page}"))
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
    // A terminal that cannot show colours cannot show a code either.
    let is_dumb = std::env::var_os("TERM").is_some_and(|it| it == "dumb");
    let code = Code::of(page).filter(|_| !is_dumb);
    let code = code.map_or_else(String::new, |code| code.half_blocks());
    Some(format!(
        "{code}{page}\n{may}; they see what is sent; who has the lecturer's link drives\n"
    ))
}

/// The line that connects a program.
fn nc(echo: &str) -> String {
    match echo.parse::<Address>() {
        Ok(Address::Inet(addr)) => format!("nc {} {}", addr.ip(), addr.port()),
        _ => format!("nc {}", echo.replace(':', " ")),
    }
}
