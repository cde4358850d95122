//! Records for who may see how much is sent, and not what.
//!
//! Knows nothing of who that is.

use crate::{Called, Event, Record, Unknown};

/// What stands in a text for what is hidden, as where a text is cut short.
const HIDDEN: &str = "…";

impl Record {
    /// Takes out what was sent. Lengths, offsets, times and addresses stay.
    pub fn hide_bytes(&mut self) {
        self.event.hide_bytes();
    }
}

impl Event {
    /// Takes out what was sent. Lengths, offsets, times and addresses stay.
    pub fn hide_bytes(&mut self) {
        match self {
            Event::Arrived(e) => e.preview = None,
            Event::Read(e) => e.preview = None,
            Event::Wrote(e) => e.preview = None,
            Event::DatagramSent(e) => e.preview = None,
            Event::DatagramReceived(e) => e.preview = None,
            Event::Called(e) => e.hide_bytes(),
            // That number is bytes of the stream, read as one.
            Event::Unframed(e) => e.claims = None,
            // Nobody knows what it holds.
            Event::Unknown(e) => {
                *e = Unknown {
                    name: std::mem::take(&mut e.name),
                    fields: "{}".to_owned(),
                }
            }
            Event::Listening(_)
            | Event::Waiting(_)
            | Event::Connected(_)
            | Event::Accepted(_)
            | Event::Bagged(_)
            | Event::Answered(_)
            | Event::Blocked(_)
            | Event::Unblocked(_)
            | Event::HalfClosed(_)
            | Event::EndOfStream(_)
            | Event::Reset(_)
            | Event::Closed(_)
            | Event::Policy(_)
            | Event::Queues(_)
            | Event::Dropped(_)
            | Event::Keyframe(_)
            | Event::Step(_)
            | Event::Connecting(_)
            | Event::Unaccepted(_)
            | Event::Message(_)
            | Event::DatagramBound(_)
            | Event::DatagramLost(_)
            | Event::DatagramQueue(_)
            | Event::Compared(_)
            | Event::Limited(_) => {}
        }
    }
}

impl Called {
    /// Of what moves bytes the text with the bytes is hidden; of a method that is not known here,
    /// both.
    fn hide_bytes(&mut self) {
        let (hides_arguments, hides_result) = match &*self.method {
            "send" | "sendall" | "sendto" => (true, false),
            "recv" | "readline" | "recvfrom" => (false, true),
            "recv_into" | "recvfrom_into" | "makefile" | "socket" | "bind" | "listen"
            | "accept" | "connect" | "connect_ex" | "getsockname" | "getpeername"
            | "getsockopt" | "setsockopt" | "setblocking" | "settimeout" | "gettimeout"
            | "fileno" | "family" | "type" | "proto" | "shutdown" | "detach" | "close"
            | "os.close" => (false, false),
            _ => (true, true),
        };
        for (text, hides) in [
            (&mut self.arguments, hides_arguments),
            (&mut self.result, hides_result),
        ] {
            if hides && !text.is_empty() {
                *text = HIDDEN.to_owned();
            }
        }
    }
}
