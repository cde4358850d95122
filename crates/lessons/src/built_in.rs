//! The lessons that every Fruitbelt has.

use crate::{Lesson, Wrong, read};

/// A line a lesson, in the order of the catalogue.
const FILES: &[(&str, &str)] = &[
    ("belt.toml", include_str!("../lessons/belt.toml")),
    ("pace.toml", include_str!("../lessons/pace.toml")),
    ("buffer.toml", include_str!("../lessons/buffer.toml")),
    ("steps.toml", include_str!("../lessons/steps.toml")),
    ("echo.toml", include_str!("../lessons/echo.toml")),
    ("queue.toml", include_str!("../lessons/queue.toml")),
    ("courier.toml", include_str!("../lessons/courier.toml")),
    ("promises.toml", include_str!("../lessons/promises.toml")),
    ("empty.toml", include_str!("../lessons/empty.toml")),
    ("full.toml", include_str!("../lessons/full.toml")),
    ("rst.toml", include_str!("../lessons/rst.toml")),
    ("half.toml", include_str!("../lessons/half.toml")),
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
