//! A message of a page: decoded, checked, and written again.

use protocol::wire::{self, FROM_PAGE_BYTES_MAX, FromPage};

/// What a relay does before it takes up a request.
pub fn run(data: &[u8]) {
    if data.len() > FROM_PAGE_BYTES_MAX {
        return;
    }
    let message: FromPage = match wire::decode(data) {
        Ok(message) => message,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let _ = message.request.needs();
    if let Err(refusal) = message.request.check() {
        assert!(!refusal.to_string().is_empty());
    }
    let again = wire::encode(&message);
    // A number may be written in more bytes than it needs, never in fewer.
    assert!(again.len() <= data.len(), "{message:?}");
    assert_eq!(wire::decode(&again), Ok(message));
}
