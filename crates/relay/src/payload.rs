//! What demonstration clients send: the byte at offset o of the stream is `b'0' + o % 10`, so that
//! every byte tells where it belongs. Knows nothing of who sends it.

use std::sync::LazyLock;

/// The most bytes that one call of [`payload`] gives.
pub const PAYLOAD_BYTES_MAX: usize = 256 << 10;

/// `len` bytes of the stream from `offset` on; none if `len` is more than [`PAYLOAD_BYTES_MAX`].
#[must_use]
pub fn payload(offset: u64, len: usize) -> &'static [u8] {
    static DIGITS: LazyLock<Vec<u8>> =
        LazyLock::new(|| b"0123456789".repeat(PAYLOAD_BYTES_MAX / 10 + 2));
    if len > PAYLOAD_BYTES_MAX {
        return &[];
    }
    let first = (offset % 10) as usize;
    DIGITS.get(first..first + len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_on_where_they_ended() {
        assert_eq!(payload(0, 12), b"012345678901");
        assert_eq!(payload(12, 9), b"234567890");
        assert_eq!(payload(20, 0), b"");
        assert_eq!(payload(9, PAYLOAD_BYTES_MAX).len(), PAYLOAD_BYTES_MAX);
        assert_eq!(payload(9, PAYLOAD_BYTES_MAX + 1), b"");
    }
}
