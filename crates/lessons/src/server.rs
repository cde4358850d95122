//! The echo server that a lesson is taught on: its own, with a listener of its own.

use protocol::{Family, Framing, Policy, ReadWhen};
use serde::{Deserialize, Serialize};

/// How it is to be. What is left out is as in the tutorial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// `inet`, `inet6` or `unix`.
    pub family: Family,
    /// Asked of listen(2).
    pub backlog: u32,
    /// One client at a time.
    pub sequential: bool,
    /// When it reads.
    pub read_when: ReadWhen,
    /// The most bytes of one recv.
    pub bufsize: u32,
    /// Waits so long before each recv, milliseconds.
    pub pause_millis: u32,
    /// Bytes of a bag.
    pub bag: Option<u32>,
    /// How it finds messages.
    pub framing: Option<Framing>,
    /// SO_RCVBUF asked for, bytes.
    pub receive_buffer: Option<u32>,
    /// SO_SNDBUF asked for, bytes.
    pub send_buffer: Option<u32>,
}

impl Default for Server {
    fn default() -> Server {
        let policy = Policy::default();
        Server {
            family: Family::Inet,
            backlog: 5,
            sequential: false,
            read_when: policy.read_when,
            bufsize: policy.bufsize,
            pause_millis: policy.pause_millis,
            bag: policy.bag,
            framing: policy.framing,
            receive_buffer: None,
            send_buffer: None,
        }
    }
}

impl Server {
    /// The reading policy at the start.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            read_when: self.read_when,
            bufsize: self.bufsize,
            pause_millis: self.pause_millis,
            bag: self.bag,
            framing: self.framing,
        }
    }
}
