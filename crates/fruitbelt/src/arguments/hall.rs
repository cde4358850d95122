//! Options of a lecture hall: who may come in, and what they see.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::{Args, ValueEnum};
use protocol::Right;

#[derive(Debug, Args)]
pub struct HallOptions {
    /// Let people on the local network in: page and echo server listen on every address, and only the
    /// lecturer's link, printed once, drives
    #[arg(long)]
    pub hall: bool,
    /// What those without the lecturer's link may do: answer questions and connect programs, or only watch
    #[arg(long, value_name = "WHAT", default_value = "participant")]
    pub guests: Guests,
    /// The address that guests are shown, where this machine has several: an IP address, a name, or
    /// the whole address of the page if a proxy gives it another one
    #[arg(long, value_name = "ADDR", value_parser = shown)]
    pub hall_address: Option<Shown>,
    /// Guests see the lengths of what is sent, not its bytes; the lecturer sees them
    #[arg(long)]
    pub hide_bytes: bool,
}

/// What somebody without the lecturer's link may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Guests {
    Participant,
    Viewer,
}

/// The address that guests are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Of this machine, as it stands in an address of the web.
    Host(String),
    /// Of the page as a whole: `https://lecture.example/belt/`.
    Page {
        /// With a slash at the end.
        url: String,
        host: String,
    },
}

impl Shown {
    /// The name or address of the machine, as it stands in an address of the web.
    pub fn host(&self) -> &str {
        match self {
            Shown::Host(host) | Shown::Page { host, .. } => host,
        }
    }
}

impl HallOptions {
    /// Where the echo server listens unless told: with guests who may connect, everywhere.
    pub const fn echo(&self) -> SocketAddr {
        let open = self.hall && matches!(self.guests, Guests::Participant);
        SocketAddr::new(home(open), 21567)
    }

    /// Where the page is unless told.
    pub const fn page(&self) -> SocketAddr {
        SocketAddr::new(home(self.hall), 8567)
    }

    /// What guests may do.
    pub fn right(&self) -> Right {
        match self.guests {
            Guests::Participant => Right::Participant,
            Guests::Viewer => Right::Viewer,
        }
    }
}

const fn home(open: bool) -> IpAddr {
    IpAddr::V4(if open {
        Ipv4Addr::UNSPECIFIED
    } else {
        Ipv4Addr::LOCALHOST
    })
}

/// A host as it stands in an address of the web: IPv6 in brackets.
pub fn host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn shown(text: &str) -> Result<Shown, String> {
    let form = "give an IP address of this machine, its name, or the page's address, \
                for example 192.168.1.7 or https://lecture.example/";
    let is_name = |text: &str| super::host_name(text).is_ok();
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let Some(rest) = rest else {
        return match text.parse::<IpAddr>() {
            Ok(ip) if ip.is_unspecified() => Err(format!("nobody is reached by {ip}; {form}")),
            Ok(ip) => Ok(Shown::Host(host(ip))),
            Err(_) if is_name(text) => Ok(Shown::Host(text.to_ascii_lowercase())),
            Err(_) => Err(form.to_owned()),
        };
    };
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match place.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => place,
    };
    let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let is_host = bare.map_or_else(
        || is_name(host),
        |bare| bare.parse::<std::net::Ipv6Addr>().is_ok(),
    );
    // What could be read as something else on a wall, or in a page, is no path of ours.
    let is_path = path
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c));
    if !is_host || !is_path {
        return Err(form.to_owned());
    }
    let slash = if text.ends_with('/') { "" } else { "/" };
    Ok(Shown::Page {
        url: format!("{text}{slash}"),
        host: host.to_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_show_is_an_address_a_name_or_a_page() {
        let check = |text, expect: Option<(&str, Option<&str>)>| {
            let found = shown(text).ok();
            let found = found.as_ref().map(|it| match it {
                Shown::Host(host) => (host.as_str(), None),
                Shown::Page { url, host } => (host.as_str(), Some(url.as_str())),
            });
            assert_eq!(found, expect, "{text}");
        };
        check("192.168.1.7", Some(("192.168.1.7", None)));
        check("fd00::7", Some(("[fd00::7]", None)));
        check("Laptop.local", Some(("laptop.local", None)));
        let page = "https://lecture.example/belt/";
        check(page, Some(("lecture.example", Some(page))));
        check(
            "http://10.0.0.2:8080",
            Some(("10.0.0.2", Some("http://10.0.0.2:8080/"))),
        );
        check(
            "http://[::1]:80/",
            Some(("[::1]", Some("http://[::1]:80/"))),
        );
        for wrong in [
            "",
            "0.0.0.0",
            "192.168.1.7:8567",
            "ftp://x/",
            "http://",
            "http://a b/",
            "http://a/?token=b",
            "http://user@a/",
            "http://a/\u{202e}",
        ] {
            check(wrong, None);
        }
    }
}
