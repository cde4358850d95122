//! How an address is told where there is little room, and the line for a terminal that leads there.

use protocol::{Address, Family};

use crate::Lang;

/// What tells one client from another: the port, or the name of a Unix-domain socket.
pub(crate) fn short_address(address: &Address, lang: Lang) -> String {
    match address {
        Address::Inet(addr) => addr.port().to_string(),
        Address::Unix(name) => match name.as_str() {
            "" => pick(lang, "no name", "没有名字").to_string(),
            // Of a path, the file.
            path => path.rsplit('/').next().unwrap_or(path).to_string(),
        },
    }
}

/// An address on two lines: host and `:port`, or family and name.
pub(crate) fn address_lines(address: &Address, lang: Lang) -> [String; 2] {
    match address {
        Address::Inet(addr) => {
            let text = addr.to_string();
            let (host, port) = text.rsplit_once(':').unwrap_or((&text, ""));
            [host.to_string(), format!(":{port}")]
        }
        Address::Unix(_) => [
            Family::Unix.constant().to_string(),
            short_address(address, lang),
        ],
    }
}

/// The whole address; a socket without a name says so.
pub(crate) fn whole_address(address: &Address, lang: Lang) -> String {
    match address.is_unnamed() {
        true => address_lines(address, lang).join(", "),
        false => address.to_string(),
    }
}

/// A line for a terminal that connects.
#[must_use]
pub fn nc_line(address: &Address) -> String {
    match address {
        // A server that listens everywhere is reached by some name of its machine, never by this one.
        Address::Inet(addr) if addr.ip().is_unspecified() => format!("nc HOST {}", addr.port()),
        Address::Inet(addr) => format!("nc {} {}", addr.ip(), addr.port()),
        Address::Unix(name) => match name.as_str().strip_prefix('@') {
            // nc has no way to write an abstract name.
            Some(name) => format!("socat - ABSTRACT-CONNECT:{name}"),
            None => format!("nc -U {}", name.as_str()),
        },
    }
}

fn pick(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}
