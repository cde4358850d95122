//! Bytes as characters: UTF-8, as far as the bytes are known, with the halves that a cut left.
//!
//! A stream knows no characters. Where a read, a batch or the end of what is asked for cuts through
//! one, its pieces are told as pieces; what is not known is never guessed.

use crate::Row;

/// A character of a stretch of bytes, a piece of one, or bytes that are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// Offset of its first byte.
    pub from: u64,
    /// How many bytes: those of the character that lie in the stretch, or a run of unknown ones.
    pub len: u64,
    /// The bytes; none where they are unknown.
    pub bytes: Vec<u8>,
    /// What they are.
    pub part: Part,
    /// The character, also of a piece, if the bytes around the stretch tell which.
    pub character: Option<char>,
    /// Which rows have an edge within the character.
    pub cut_by: Vec<Row>,
}

/// What bytes are to a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of one.
    Whole,
    /// Its beginning; the rest lies behind the stretch.
    Head,
    /// Neither its beginning nor its end.
    Middle,
    /// Its end; the beginning lies before the stretch.
    Tail,
    /// Not UTF-8.
    Invalid,
    /// Not known.
    Unknown(Why),
}

/// Why a byte is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It was before what a state keeps.
    Forgotten,
    /// It passed while records were lost.
    Unseen,
    /// Its fact is one of many that were gathered into one.
    Merged,
    /// The first bytes of a fact are mirrored, and this is none of them.
    NotMirrored,
}

impl Glyph {
    /// Whether it is less than a character.
    #[must_use]
    pub fn is_piece(&self) -> bool {
        matches!(self.part, Part::Head | Part::Middle | Part::Tail)
    }

    /// The bytes as hexadecimal digits, two a byte; nothing where they are unknown.
    #[must_use]
    pub fn hex(&self) -> String {
        let bytes: Vec<String> = self.bytes.iter().map(|b| format!("{b:02X}")).collect();
        bytes.join(" ")
    }

    /// What to show for it. Control characters, and what would be invisible or turn the text
    /// around it, are written out.
    #[must_use]
    pub fn shown(&self) -> String {
        match (self.part, self.character, self.bytes.first()) {
            (Part::Unknown(_), ..) => "…".to_string(),
            (Part::Invalid, _, Some(byte)) => format!("\\x{byte:02X}"),
            (_, Some(character), _) => visible(character),
            _ => "\u{fffd}".to_string(),
        }
    }
}

fn visible(character: char) -> String {
    match u32::from(character) {
        // As on the fruit.
        0x20 => "␣".to_string(),
        0x0a => "↵".to_string(),
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('?').to_string(),
        0x7f => "␡".to_string(),
        // They would stand on the character before.
        0x300..=0x36f => format!("◌{character}"),
        code @ (0x80..=0x9f
        | 0xa0
        | 0xad
        | 0x61c
        | 0x115f..=0x1160
        | 0x180e
        | 0x2000..=0x200f
        | 0x2028..=0x202f
        | 0x205f..=0x206f
        | 0x3000
        | 0x3164
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0xfff0..=0xfffb
        | 0xe0000..=0xe0fff) => format!("U+{code:04X}"),
        _ => character.to_string(),
    }
}

/// The longest character, bytes.
const LONGEST: u64 = 4;

/// Reads `from..to` as characters, up to about `most` bytes: a character begun is finished. What
/// lies around the stretch only tells of which character a piece is.
pub(crate) fn glyphs(
    byte_at: &dyn Fn(u64) -> Result<u8, Why>,
    from: u64,
    to: u64,
    most: u64,
) -> Vec<Glyph> {
    let reader = Reader { byte_at, from, to };
    let end = to.min(from.saturating_add(most));
    let mut glyphs = Vec::new();
    let mut at = from;
    while at < end {
        let glyph = reader.next(at, end);
        at += glyph.len;
        glyphs.push(glyph);
    }
    glyphs
}

struct Reader<'a> {
    byte_at: &'a dyn Fn(u64) -> Result<u8, Why>,
    from: u64,
    to: u64,
}

impl Reader<'_> {
    fn next(&self, at: u64, end: u64) -> Glyph {
        if let Err(why) = (self.byte_at)(at) {
            let behind = (at + 1..end).find(|&next| (self.byte_at)(next) != Err(why));
            return Glyph {
                from: at,
                len: behind.unwrap_or(end) - at,
                bytes: Vec::new(),
                part: Part::Unknown(why),
                character: None,
                cut_by: Vec::new(),
            };
        }
        self.tail(at).unwrap_or_else(|| self.begun(at))
    }

    /// A character, or a piece of one, that begins here.
    fn begun(&self, at: u64) -> Glyph {
        let known = self.known(at);
        match first(&known) {
            First::Whole(character) => {
                let to = at.saturating_add(character.len_utf8() as u64);
                let part = if to <= self.to {
                    Part::Whole
                } else {
                    Part::Head
                };
                self.glyph(at, to, part, Some(character))
            }
            // What follows is not known, or has not come.
            First::Begun => self.glyph(at, at.saturating_add(known.len() as u64), Part::Head, None),
            First::Invalid(bytes) => self.glyph(at, at.saturating_add(bytes), Part::Invalid, None),
        }
    }

    /// The rest of a character that began before the stretch, or before what is known.
    fn tail(&self, at: u64) -> Option<Glyph> {
        let cut_off = at == self.from || (self.byte_at)(at - 1).is_err();
        if !cut_off || !is_continuation((self.byte_at)(at).ok()?) {
            return None;
        }
        for back in 1..LONGEST {
            let lead = at.checked_sub(back)?;
            match (self.byte_at)(lead) {
                Err(_) => {
                    // Which character, and how long it was, nobody knows.
                    let len = (0..LONGEST - back)
                        .take_while(|&i| {
                            (self.byte_at)(at.saturating_add(i)).is_ok_and(is_continuation)
                        })
                        .count() as u64;
                    return Some(self.glyph(at, at.saturating_add(len), Part::Tail, None));
                }
                Ok(byte) if is_continuation(byte) => {}
                Ok(_) => {
                    let known = self.known(lead);
                    let (to, character, is_whole) = match first(&known) {
                        First::Whole(c) => {
                            (lead.saturating_add(c.len_utf8() as u64), Some(c), true)
                        }
                        First::Begun => (lead.saturating_add(known.len() as u64), None, false),
                        First::Invalid(_) => return None,
                    };
                    let part = if is_whole && to <= self.to {
                        Part::Tail
                    } else {
                        Part::Middle
                    };
                    return (to > at).then(|| self.glyph(at, to, part, character));
                }
            }
        }
        None
    }

    /// The known bytes from `at`, as many as a character may have.
    fn known(&self, at: u64) -> Vec<u8> {
        (at..at.saturating_add(LONGEST))
            .map_while(|offset| (self.byte_at)(offset).ok())
            .collect()
    }

    fn glyph(&self, from: u64, to: u64, part: Part, character: Option<char>) -> Glyph {
        let to = to.min(self.to);
        Glyph {
            from,
            len: to - from,
            bytes: (from..to)
                .filter_map(|at| (self.byte_at)(at).ok())
                .collect(),
            part,
            character,
            cut_by: Vec::new(),
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// What stands at the beginning of some bytes.
enum First {
    Whole(char),
    /// All of the bytes are the beginning of a character.
    Begun,
    /// So many are none.
    Invalid(u64),
}

fn first(bytes: &[u8]) -> First {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() == 0 => {
            return error
                .error_len()
                .map_or(First::Begun, |bytes| First::Invalid(bytes as u64));
        }
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    valid.chars().next().map_or(First::Begun, First::Whole)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Bytes by offset; None is a hole.
    fn read(bytes: &[Option<u8>], from: u64, to: u64, most: u64) -> Vec<Glyph> {
        let known = |offset: u64| {
            let index = usize::try_from(offset).map_err(|_| Why::Forgotten)?;
            bytes.get(index).copied().flatten().ok_or(Why::Forgotten)
        };
        glyphs(&known, from, to, most)
    }

    fn known(bytes: &[u8]) -> Vec<Option<u8>> {
        bytes.iter().copied().map(Some).collect()
    }

    /// As text: whole characters as they are, pieces as `head(果2)`, the rest as it is called.
    fn told(glyphs: &[Glyph]) -> String {
        let words: Vec<String> = glyphs
            .iter()
            .map(|glyph| match glyph.part {
                Part::Whole => glyph.shown(),
                Part::Unknown(_) => format!("unknown({})", glyph.len),
                Part::Invalid => format!("invalid({})", glyph.hex()),
                part => format!("{part:?}({}{})", glyph.shown(), glyph.len).to_lowercase(),
            })
            .collect();
        words.join(" ")
    }

    #[test]
    fn reads_of_seven_cut_chinese() {
        let text = known("水果传送带".as_bytes());
        let check = |from, to, expect: &str| assert_eq!(told(&read(&text, from, to, 256)), expect);
        check(0, 15, "水 果 传 送 带");
        check(0, 7, "水 果 head(传1)");
        check(7, 14, "tail(传2) 送 head(带2)");
        check(14, 15, "tail(带1)");
        check(4, 5, "middle(果1)");
    }

    #[test]
    fn what_is_no_utf_8_says_so() {
        let check = |bytes: &[u8], expect: &str| {
            assert_eq!(
                told(&read(&known(bytes), 0, bytes.len() as u64, 256)),
                expect
            );
        };
        // Continuations without a beginning, at the beginning of the stream and within.
        check(b"\x9e\x9cA\x80B", "invalid(9E) invalid(9C) A invalid(80) B");
        // A beginning without its end, and an end without its beginning.
        check(b"\xe6\x9eA", "invalid(E6 9E) A");
        check(b"\xff\xc0\xaf", "invalid(FF) invalid(C0) invalid(AF)");
        // A surrogate is no character.
        check(b"\xed\xa0\x80", "invalid(ED) invalid(A0) invalid(80)");
        check("🍎".as_bytes(), "🍎");
        // The rest has not come.
        check(&"🍎".as_bytes()[..3], "head(\u{fffd}3)");
        check(b"a b\r\n\0\x7f", "a ␣ b ␍ ↵ ␀ ␡");
        check("e\u{301}\u{202e}".as_bytes(), "e ◌\u{301} U+202E");
    }

    #[test]
    fn holes_hide_which_character_it_was() {
        let mut text = known("水果传".as_bytes());
        text[4] = None;
        assert_eq!(
            told(&read(&text, 0, 9, 256)),
            "水 head(\u{fffd}1) unknown(1) tail(\u{fffd}1) 传"
        );
        let forgotten: Vec<Option<u8>> = [vec![None; 4], known(&"水果".as_bytes()[4..])].concat();
        assert_eq!(
            told(&read(&forgotten, 0, 6, 256)),
            "unknown(4) tail(\u{fffd}2)"
        );
        // What was before what is asked for is forgotten too.
        assert_eq!(told(&read(&forgotten, 4, 6, 256)), "tail(\u{fffd}2)");
        // Not more than belongs to one character.
        let many: Vec<Option<u8>> = [vec![None], known(&[0x80; 5])].concat();
        assert_eq!(
            told(&read(&many, 1, 6, 256)),
            "tail(\u{fffd}3) invalid(80) invalid(80)"
        );
    }

    #[test]
    fn a_character_begun_is_finished() {
        let text = known("水果传".as_bytes());
        assert_eq!(told(&read(&text, 0, 9, 4)), "水 果");
    }

    fn byte() -> impl Strategy<Value = Option<u8>> {
        prop_oneof![
            1 => Just(None),
            3 => any::<u8>().prop_map(Some),
            3 => proptest::sample::select("果🍎é\0a".as_bytes()).prop_map(Some),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn lengths_add_up(
            chunks in vec(prop_oneof![
                vec(byte(), 0..6),
                Just(known("水果".as_bytes())),
                Just(known("🍎".as_bytes())),
            ], 0..12),
            from in 0..40_u64,
            len in 0..80_u64,
            most in 0..60_u64,
        ) {
            let bytes = chunks.concat();
            let to = from + len;
            let glyphs = read(&bytes, from, to, u64::MAX);
            prop_assert_eq!(glyphs.iter().map(|glyph| glyph.len).sum::<u64>(), len);
            let mut at = from;
            for glyph in &glyphs {
                prop_assert_eq!(glyph.from, at);
                prop_assert!(glyph.len > 0);
                let expect: Vec<u8> = (at..at + glyph.len)
                    .filter_map(|offset| bytes.get(offset as usize).copied().flatten())
                    .collect();
                prop_assert_eq!(&glyph.bytes, &expect);
                if !matches!(glyph.part, Part::Unknown(_)) {
                    prop_assert_eq!(glyph.bytes.len() as u64, glyph.len);
                    prop_assert!(glyph.len <= LONGEST);
                }
                at += glyph.len;
            }
            // A cap only leaves glyphs away, but for a run of unknown bytes that it shortens.
            let capped = read(&bytes, from, to, most);
            let shown: u64 = capped.iter().map(|glyph| glyph.len).sum();
            prop_assert!(shown >= most.min(len) && shown < most.min(len) + LONGEST);
        }

        /// What was sent as text is read as that text, wherever the stretch begins.
        #[test]
        fn text_is_text(text in "[ -~水果é🍎]{0,40}", from in 0..40_usize) {
            let bytes = known(text.as_bytes());
            let from = from.min(text.len());
            let glyphs = read(&bytes, from as u64, text.len() as u64, u64::MAX);
            let mut whole = glyphs.iter();
            if !text.is_char_boundary(from) {
                prop_assert_eq!(whole.next().map(|glyph| glyph.part), Some(Part::Tail));
            }
            prop_assert!(whole.all(|glyph| glyph.part == Part::Whole));
        }
    }
}
