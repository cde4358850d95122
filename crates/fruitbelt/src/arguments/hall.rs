//! Options of a lecture hall: who may come in, and what they see.

use clap::Args;

#[derive(Debug, Args)]
pub struct HallOptions {
    /// Guests see the lengths of what is sent, not its bytes; the lecturer sees them
    #[arg(long)]
    pub hide_bytes: bool,
}
