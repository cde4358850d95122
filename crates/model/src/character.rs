//! Characters that an edge cuts in two: a stream counts bytes, and knows no characters.
//!
//! Told from the mirrored bytes, read as UTF-8. Where they are not known, or are no UTF-8, nothing
//! is claimed.

use crate::Connection;

/// A character of which some bytes lie before an edge, and the others behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HalfCharacter {
    /// Offset of its first byte in the incoming direction.
    pub from: u64,
    /// How many of its bytes lie before the edge.
    pub before: u64,
    /// How many it has.
    pub of: u64,
    /// Which it is. None: its rest is not known, or has not come.
    pub character: Option<char>,
}

/// The longest character, bytes.
const LONGEST: u64 = 4;
/// So many bytes before the character must be UTF-8 too, as far as they are known: in bytes that
/// are no text, the beginning of a character stands at every fifth place.
const AROUND: u64 = 16;

impl Connection {
    /// The character that an edge at `offset` of the incoming direction cuts in two.
    #[must_use]
    pub fn half_character(&self, offset: u64) -> Option<HalfCharacter> {
        half_character(&|at| self.byte_at(at), offset)
    }
}

fn half_character(byte_at: &dyn Fn(u64) -> Option<u8>, offset: u64) -> Option<HalfCharacter> {
    for before in 1..LONGEST {
        let from = offset.checked_sub(before)?;
        let byte = byte_at(from)?;
        if is_continuation(byte) {
            continue;
        }
        let of = length(byte)?;
        if of <= before || !is_text(byte_at, from) {
            return None;
        }
        let mut bytes = [0; LONGEST as usize];
        let mut known = 0;
        while known < of as usize {
            let Some(byte) = byte_at(from + known as u64) else {
                break;
            };
            bytes[known] = byte;
            known += 1;
        }
        let character = match std::str::from_utf8(&bytes[..known]) {
            Ok(text) => text.chars().next(),
            Err(error) if error.error_len().is_some() => return None,
            Err(_) => None,
        };
        return Some(HalfCharacter {
            from,
            before,
            of,
            character,
        });
    }
    None
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// How many bytes a character has that begins with this one, if it has more than one.
fn length(lead: u8) -> Option<u64> {
    match lead {
        0xc2..=0xdf => Some(2),
        0xe0..=0xef => Some(3),
        0xf0..=0xf4 => Some(4),
        _ => None,
    }
}

/// Whether what is known of the bytes just before `to` is UTF-8 that ends there.
fn is_text(byte_at: &dyn Fn(u64) -> Option<u8>, to: u64) -> bool {
    let mut bytes = [0; AROUND as usize];
    let mut from = bytes.len();
    for back in 1..=AROUND {
        let Some(byte) = to.checked_sub(back).and_then(byte_at) else {
            break;
        };
        from -= 1;
        bytes[from] = byte;
    }
    let known = &bytes[from..];
    // The first known bytes may be the rest of a character before them.
    let rest = known
        .iter()
        .take(LONGEST as usize - 1)
        .take_while(|&&byte| is_continuation(byte))
        .count();
    std::str::from_utf8(&known[rest..]).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(bytes: &[u8], offset: usize) -> Option<HalfCharacter> {
        half_character(&|at| bytes.get(at as usize).copied(), offset as u64)
    }

    #[test]
    fn recv_4_cuts_chinese() {
        let text = "水果传送带".as_bytes();
        let check = |offset, expect: Option<(u64, char)>| {
            let told = cut(text, offset).map(|it| (it.before, it.character.unwrap()));
            assert_eq!(told, expect, "{offset}");
        };
        check(0, None);
        check(3, None);
        check(4, Some((1, '果')));
        check(8, Some((2, '传')));
        check(12, None);
        check(15, None);
    }

    #[test]
    fn a_rest_that_has_not_come_is_not_guessed() {
        let half = cut(&"水果".as_bytes()[..4], 4).unwrap();
        assert_eq!((half.before, half.of, half.character), (1, 3, None));
    }

    #[test]
    fn what_is_no_text_is_no_half_character() {
        assert_eq!(cut(b"ab\xe6A\x9c", 3), None);
        assert_eq!(cut(b"ab\xffcd\xe6", 6), None);
        assert_eq!(cut(b"\x80\x80\x80\x80\xe6", 5), None);
        assert_eq!(cut(b"abc", 2), None);
        assert_eq!(cut(b"", 0), None);
    }

    proptest! {
        /// Exactly where a text has no boundary of characters.
        #[test]
        fn text_is_cut_where_it_has_no_boundary(text in "[ -~水果é🍎]{0,40}", offset in 0..100_usize) {
            let offset = offset.min(text.len());
            let half = cut(text.as_bytes(), offset);
            prop_assert_eq!(half.is_none(), text.is_char_boundary(offset));
            if let Some(half) = half {
                let whole = &text[half.from as usize..(half.from + half.of) as usize];
                prop_assert_eq!(whole.chars().next(), half.character);
                prop_assert_eq!(half.from + half.before, offset as u64);
            }
        }

        #[test]
        fn any_bytes_are_total(bytes in proptest::collection::vec(any::<u8>(), 0..40), offset in any::<u64>()) {
            let _ = half_character(&|at| bytes.get(usize::try_from(at).ok()?).copied(), offset);
        }
    }
}
