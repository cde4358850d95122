//! Framing: how a program finds the messages in a byte stream. TCP knows nothing of it; both
//! programs must agree.
//!
//! Knows the text form and the limits; finding messages is the relay's business.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Limit, Refusal};

/// Where a message ends. Written `fixed:N`, `lines`, `delimiter:C` (one character, or `0xHH`), or
/// `length:N` (`length` is `length:4`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each message has so many bytes: 1 to [`Framing::MESSAGE_BYTES_MAX`].
    Fixed(u32),
    /// Each message ends with this byte, which is no part of what it says. A line feed: `lines`.
    Delimiter(u8),
    /// Each message begins with its length in so many bytes (1, 2 or 4), the most significant
    /// first, which do not count themselves.
    Length(u8),
}

impl Framing {
    /// The longest message, without its framing, bytes: what a peer can make a program keep.
    pub const MESSAGE_BYTES_MAX: u32 = 65_536;

    /// Each message is a line.
    pub const LINES: Framing = Framing::Delimiter(b'\n');

    /// # Errors
    /// The size of a fixed message, or of the length before each, is out of its range.
    pub fn check(&self) -> Result<(), Refusal> {
        let out = |what, min, max| Err(Refusal::OutOfRange { what, min, max });
        match *self {
            Framing::Fixed(bytes) if !(1..=Self::MESSAGE_BYTES_MAX).contains(&bytes) => {
                out(Limit::Message, 1, Self::MESSAGE_BYTES_MAX)
            }
            Framing::Length(bytes) if !matches!(bytes, 1 | 2 | 4) => out(Limit::LengthBytes, 1, 4),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Framing::Fixed(bytes) => write!(f, "fixed:{bytes}"),
            Framing::LINES => f.write_str("lines"),
            Framing::Delimiter(byte) if byte.is_ascii_graphic() => {
                write!(f, "delimiter:{}", char::from(byte))
            }
            Framing::Delimiter(byte) => write!(f, "delimiter:0x{byte:02x}"),
            Framing::Length(bytes) => write!(f, "length:{bytes}"),
        }
    }
}

impl FromStr for Framing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match (kind, rest) {
            ("lines", "") => Some(Framing::LINES),
            ("length", "") => Some(Framing::Length(4)),
            ("length", bytes) => bytes.parse().ok().map(Framing::Length),
            ("fixed", bytes) => bytes.parse().ok().map(Framing::Fixed),
            ("delimiter", byte) => delimiter(byte).map(Framing::Delimiter),
            _ => None,
        }
        .ok_or_else(|| format!("'{text}' is none of fixed:N, lines, delimiter:C, length, length:N"))
    }
}

/// One ASCII character as it is, or `0xHH`.
fn delimiter(text: &str) -> Option<u8> {
    match *text.as_bytes() {
        [byte] if byte.is_ascii() => Some(byte),
        _ => u8::from_str_radix(text.strip_prefix("0x")?, 16).ok(),
    }
}

/// The plain form for postcard; people and scripts read the text form.
#[derive(Serialize, Deserialize)]
enum Coded {
    Fixed(u32),
    Delimiter(u8),
    Length(u8),
}

impl Serialize for Framing {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.collect_str(self);
        }
        match *self {
            Framing::Fixed(bytes) => Coded::Fixed(bytes),
            Framing::Delimiter(byte) => Coded::Delimiter(byte),
            Framing::Length(bytes) => Coded::Length(bytes),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Framing {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(from)?;
            return text.parse().map_err(serde::de::Error::custom);
        }
        Ok(match Coded::deserialize(from)? {
            Coded::Fixed(bytes) => Framing::Fixed(bytes),
            Coded::Delimiter(byte) => Framing::Delimiter(byte),
            Coded::Length(bytes) => Framing::Length(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read_as_it_is_written() {
        let check = |text: &str, framing: Framing, canonical: &str| {
            assert_eq!(text.parse(), Ok(framing));
            assert_eq!(framing.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(framing));
        };
        check("fixed:20", Framing::Fixed(20), "fixed:20");
        check("lines", Framing::LINES, "lines");
        check("delimiter:0x0A", Framing::LINES, "lines");
        check("delimiter:;", Framing::Delimiter(b';'), "delimiter:;");
        check("delimiter::", Framing::Delimiter(b':'), "delimiter::");
        check("delimiter:0xff", Framing::Delimiter(255), "delimiter:0xff");
        check("length", Framing::Length(4), "length:4");
        check("length:1", Framing::Length(1), "length:1");
        for wrong in [
            "",
            "line",
            "fixed",
            "fixed:-1",
            "delimiter",
            "delimiter:ab",
            "delimiter:水",
            "length:x",
        ] {
            assert!(wrong.parse::<Framing>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        let check = |text: &str, fits: bool| {
            let framing: Framing = text.parse().unwrap();
            assert_eq!(framing.check().is_ok(), fits, "{text}");
        };
        check("fixed:1", true);
        check("fixed:65536", true);
        check("fixed:0", false);
        check("fixed:65537", false);
        check("length:3", false);
        check("length:0", false);
        check("length:2", true);
    }
}
