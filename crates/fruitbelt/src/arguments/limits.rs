//! Options that say how much of each thing there may be. `docs/limits.md` is their table.

use std::time::Duration;

use clap::Args;
use relay::Limits;

use super::{millis, within};

/// The longest time that is taken: a day, milliseconds.
const TIME_MAX: u32 = 86_400_000;
/// Descriptors are numbered by fewer.
const CONNECTIONS_MAX: u32 = 1 << 20;

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitOptions {
    /// The most echo connections at a time; further ones wait to be accepted
    #[arg(long, value_name = "N", default_value_t = 1024, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, CONNECTIONS_MAX))]
    pub max_connections: u32,
    /// The most echo connections from one address, but loopback; further ones are reset
    #[arg(long, value_name = "N", default_value_t = 64, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, CONNECTIONS_MAX))]
    pub max_connections_per_address: u32,
    /// The most bytes that are read from one echo connection, a second; the others wait in its receive queue [default: as many as come]
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, u32::MAX))]
    pub max_echo_rate: Option<u32>,
    /// Close an echo connection on which nothing has moved for so long, as in 30s [default: never]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true,
        value_parser = |text: &str| time(text))]
    pub idle: Option<u32>,
    /// The most viewers at a time, and downloads
    #[arg(long, value_name = "N", default_value_t = 1100, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, CONNECTIONS_MAX))]
    pub max_viewers: u32,
    /// The most viewers and downloads from one address, but loopback
    #[arg(long, value_name = "N", default_value_t = 64, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, CONNECTIONS_MAX))]
    pub max_viewers_per_address: u32,
    /// The most requests of one viewer, a second
    #[arg(long, value_name = "N", default_value_t = 100, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, 1_000_000))]
    pub max_requests: u32,
    /// The longest that the page's port waits for the whole head of a request, and for the next one
    #[arg(long, value_name = "TIME", default_value = "10s", allow_hyphen_values = true,
        value_parser = |text: &str| time(text))]
    pub handshake: u32,
    /// The most recordings that the page makes while the relay runs
    #[arg(long, value_name = "N", default_value_t = 100, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 0, 1_000_000))]
    pub max_recordings: u32,
    /// The longest recording, in MiB; it ends there, whole
    #[arg(long, value_name = "MIB", default_value_t = 4096, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, u32::MAX))]
    pub max_recording_mib: u32,
    /// How long connections, and then viewers, may take to end in order; a second Ctrl-C ends at once
    #[arg(long, value_name = "TIME", default_value = "1s", allow_hyphen_values = true,
        value_parser = |text: &str| millis(text, TIME_MAX))]
    pub grace: u32,
}

impl LimitOptions {
    /// As the relay takes them.
    pub fn limits(&self) -> Limits {
        let time = |millis: u32| Duration::from_millis(millis.into());
        Limits {
            connections: self.max_connections,
            connections_per_address: self.max_connections_per_address,
            viewers: self.max_viewers,
            viewers_per_address: self.max_viewers_per_address,
            requests_a_second: self.max_requests,
            echo_bytes_a_second: self.max_echo_rate.map(u64::from),
            idle: self.idle.map(time),
            handshake: time(self.handshake),
            recordings: self.max_recordings,
            recording_bytes: u64::from(self.max_recording_mib) << 20,
            grace: time(self.grace),
        }
    }
}

/// Not 0.
fn time(text: &str) -> Result<u32, String> {
    match millis(text, TIME_MAX)? {
        0 => Err("give a time of at least 1ms".into()),
        time => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Only {
        #[command(flatten)]
        limits: LimitOptions,
    }

    #[test]
    fn without_options_all_is_as_the_relay_has_it() {
        let none = Only::try_parse_from(["fruitbelt"]).unwrap();
        assert_eq!(none.limits.limits(), Limits::default());
    }
}
