//! Options of a lecture hall: who may come in, and what they see.

use clap::Args;

#[derive(Debug, Args)]
pub struct HallOptions {}
