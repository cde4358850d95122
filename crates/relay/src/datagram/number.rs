//! What our own client writes into a datagram: its number, then digits that count up. So whoever
//! receives it knows which one it is, in whatever order they come.
//!
//! Knows nothing of who sends it.

use crate::payload::payload;

/// A datagram of that number and length: `#7 34567890123…`. One that is too short for its number
/// is digits only.
#[must_use]
pub fn compose(number: u64, len: usize) -> Vec<u8> {
    let head = format!("#{number} ");
    let mut datagram = payload(0, len).to_vec();
    if let Some(front) = datagram.get_mut(..head.len()) {
        front.copy_from_slice(head.as_bytes());
    }
    datagram
}

/// The number that a datagram of our own client bears, if enough of it is left.
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<u64> {
    /// Behind `#` no number is longer.
    const DIGITS_MAX: usize = 20;
    let rest = bytes.strip_prefix(b"#")?;
    let len = rest
        .iter()
        .take(DIGITS_MAX + 1)
        .position(|&byte| byte == b' ')?;
    std::str::from_utf8(rest.get(..len)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_composed_is_recognised_or_has_no_number(number: u64, len in 0_usize..70_000, cut in 0_usize..70_000) {
            let datagram = compose(number, len);
            prop_assert_eq!(datagram.len(), len);
            let head = number.to_string().len() + 2;
            let left = &datagram[..cut.min(len)];
            prop_assert_eq!(recognise(left), (left.len() >= head).then_some(number));
        }

        #[test]
        fn nothing_makes_it_panic(bytes: Vec<u8>) {
            let _ = recognise(&bytes);
        }
    }

    #[test]
    fn it_can_be_read_by_people() {
        assert_eq!(compose(7, 12), b"#7 345678901");
        assert_eq!(compose(7, 2), b"01");
    }
}
