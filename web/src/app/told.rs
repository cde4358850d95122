//! What the relay tells of the hall around the show. Knows nothing of records.

use protocol::Hall;

/// What was told last.
#[derive(Default)]
pub struct Told {
    /// Who this viewer is, and who can see what. None: nothing was told yet.
    pub hall: Option<Hall>,
}
