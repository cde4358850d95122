//! Options that say how much of each thing there may be.

use clap::Args;
use relay::Limits;

#[derive(Debug, Args)]
pub struct LimitOptions {}

impl LimitOptions {
    /// As the relay takes them.
    pub fn limits(&self) -> Limits {
        Limits::default()
    }
}
