//! Options of the way to the page: TLS, and a reverse proxy before it.

use clap::Args;
use relay::Transport;

#[derive(Debug, Args)]
pub struct TransportOptions {}

impl TransportOptions {
    /// As the relay takes them.
    pub fn transport(&self) -> Transport {
        Transport::default()
    }
}
