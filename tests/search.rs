//! Looks for a secret in bytes: as it is written, and as it would be after an encoding on the way.
//! Knows nothing of what the bytes are.

use std::{fs, path::Path};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD as BASE64, URL_SAFE},
};

/// A part of a secret gives it away, too: so many of its bytes are looked for at a time.
const PIECE_BYTES: usize = 8;

/// A secret that is handed out as hexadecimal digits.
pub struct Secret {
    name: &'static str,
    /// What to look for.
    forms: AhoCorasick,
}

impl Secret {
    pub fn new(name: &'static str, digits: &str) -> Secret {
        assert_eq!(digits.len(), 64, "{name}");
        let pieces = digits.as_bytes().chunks(2 * PIECE_BYTES);
        let forms = AhoCorasick::new(pieces.flat_map(forms)).unwrap();
        Secret { name, forms }
    }

    /// Is it, or a piece of it, in there?
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.is_match(bytes)
    }
}

/// Asserts that none of them is in there.
pub fn none_in(secrets: &[&Secret], place: &str, bytes: &[u8]) {
    assert!(!bytes.is_empty(), "{place} has something to be searched");
    for secret in secrets {
        assert!(!secret.is_in(bytes), "{} is in {place}", secret.name);
    }
}

/// The same of each file below a folder; how many there are.
pub fn none_below(secrets: &[&Secret], folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += none_below(secrets, &path);
        } else {
            let (name, bytes) = (path.display().to_string(), fs::read(&path).unwrap());
            none_in(secrets, &name, &[name.as_bytes(), &bytes].concat());
            files += 1;
        }
    }
    files
}

/// A piece of hexadecimal digits in all the ways in which it may be written.
fn forms(digits: &[u8]) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(digits).unwrap();
    let pairs = (0..text.len()).step_by(2);
    let raw: Vec<u8> = pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect();
    let upper = text.to_uppercase();
    let mut forms = Vec::new();
    for bytes in [&raw[..], digits, upper.as_bytes()] {
        forms.push(bytes.to_vec());
        for begin in 0..3 {
            let shifted = BASE64.encode([&vec![0; begin], bytes].concat());
            // What depends on the neighbours is left out.
            let shifted = &shifted[(8 * begin).div_ceil(6)..shifted.len() - 1];
            forms.push(shifted.into());
            forms.push(shifted.replace('+', "-").replace('/', "_").into());
        }
        let numbers = format!("{bytes:?}");
        let numbers = numbers.trim_matches(['[', ']']);
        forms.push(numbers.into());
        forms.push(numbers.replace(' ', "").into());
        let written = |each: fn(&u8) -> String| bytes.iter().map(each).collect::<String>().into();
        forms.push(written(|byte| format!("%{byte:02x}")));
        forms.push(written(|byte| format!("%{byte:02X}")));
        forms.push(written(|byte| format!("\\x{byte:02x}")));
        forms.push(written(|byte| format!("{byte:02x}")));
        forms.push(written(|byte| format!("{byte:02X}")));
        forms.push(bytes.iter().flat_map(|&byte| [byte, 0]).collect());
    }
    forms
}

#[test]
fn a_secret_is_found_however_it_is_written_and_wherever_it_stands() {
    let raw: [u8; 32] = std::array::from_fn(|at| (at as u8).wrapping_mul(151) ^ 0xa7);
    let text: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    let secret = Secret::new("it", &text);
    let upper = text.to_uppercase();
    let wholes = [&raw[..], text.as_bytes(), upper.as_bytes()];
    let pieces = [&raw[8..16], &text.as_bytes()[32..48]];
    for before in 0..5 {
        for bytes in wholes.iter().chain(&pieces) {
            let around = [&vec![b'~'; before], *bytes, b"~~"].concat();
            for written in [
                BASE64.encode(&around).into(),
                URL_SAFE.encode(&around).into(),
                serde_json::to_vec(&around).unwrap(),
                format!("{around:?}").into(),
                format!("{around:02x?}").replace(", ", "").into(),
                around,
            ] {
                let shown = String::from_utf8_lossy(&written);
                assert!(secret.is_in(&written), "{shown}");
            }
        }
    }
    let other: String = text.chars().rev().collect();
    for innocent in [other.as_bytes(), &raw[..7], &text.as_bytes()[..15], b""] {
        assert!(!secret.is_in(innocent));
    }
}
