//! The lessons that every Fruitbelt has.

use crate::{Lesson, Wrong, read};

/// A line a lesson, in the order of the catalogue.
const FILES: &[(&str, &str)] = &[
    ("belt.toml", include_str!("../lessons/belt.toml")),
    ("kinds.toml", include_str!("../lessons/kinds.toml")),
    ("api.toml", include_str!("../lessons/api.toml")),
];

/// Reads them, in the order of the catalogue.
///
/// # Errors
/// All that is wrong with them; a test sees to it that nothing is.
pub fn built_in() -> Result<Vec<Lesson>, Vec<Wrong>> {
    let read = FILES.iter().map(|(file, text)| read(file, text));
    read.collect()
}
