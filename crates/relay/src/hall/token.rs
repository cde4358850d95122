//! A secret that is handed out once and recognised again.
//!
//! Knows nothing of what it opens.

use std::fmt;

use subtle::ConstantTimeEq;

/// Bytes of a secret.
const BYTES: usize = 32;

/// A random secret. Nothing that prints it by accident can: only [`Token::reveal`] does.
#[derive(Clone)]
pub struct Token([u8; BYTES]);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Token(bytes))
    }

    /// As it is written into a link: 64 hexadecimal digits.
    #[must_use]
    pub fn reveal(&self) -> String {
        let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
        let digits = self.0.iter().flat_map(|&byte| [byte >> 4, byte & 15]);
        digits.map(digit).collect()
    }

    /// Whether that text reveals it; takes as long for every text of its length.
    #[must_use]
    pub fn is(&self, text: &[u8]) -> bool {
        self.reveal().as_bytes().ct_eq(text).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_is_recognised_and_nothing_prints_it() {
        let token = Token::new().unwrap();
        let text = token.reveal();
        assert_eq!(text.len(), 2 * BYTES);
        assert!(token.is(text.as_bytes()));
        assert!(!Token::new().unwrap().is(text.as_bytes()));
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] ^= 1;
            assert!(!token.is(&altered), "{at}");
            assert!(!token.is(&text.as_bytes()[..at]), "{at}");
        }
        assert!(!token.is(text.to_ascii_uppercase().as_bytes()) || text == text.to_uppercase());
        assert!(!token.is(format!("{text} ").as_bytes()));
        assert_eq!(format!("{token:?}{token:#?}"), "TokenToken");
    }
}
