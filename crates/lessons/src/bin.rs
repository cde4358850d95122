//! Lessons as the page reads them: postcard, a version byte first, without the scripts.

use crate::Lesson;

/// The version of that form.
const VERSION: u8 = 1;

/// What is not lessons, or of another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these are no lessons that this version can read")]
pub struct Damaged;

/// Writes lessons.
#[must_use]
pub fn encode(lessons: &[Lesson]) -> Vec<u8> {
    // Plain structs of strings and numbers always become postcard.
    postcard::to_extend(lessons, vec![VERSION]).unwrap_or_default()
}

/// Reads lessons. Their scripts are empty.
///
/// # Errors
/// [`Damaged`].
pub fn decode(bytes: &[u8]) -> Result<Vec<Lesson>, Damaged> {
    match bytes.split_first() {
        Some((&VERSION, lessons)) => postcard::from_bytes(lessons).map_err(|_| Damaged),
        _ => Err(Damaged),
    }
}
