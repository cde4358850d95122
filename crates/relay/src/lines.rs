//! Frames of the journal as JSON lines, for curl and for files.
//!
//! Knows nothing of where they go.

use protocol::{Header, json, wire, wire::FromRelay};

/// The line that stands before all others.
pub fn header(header: &Header) -> String {
    json::header_line(header) + "\n"
}

/// A frame's records, one a line.
pub fn of(frame: &[u8]) -> String {
    let mut text = String::new();
    // The journal holds nothing but records.
    if let Ok(FromRelay::Records(records)) = wire::decode(frame) {
        for record in &records {
            text.push_str(&json::record_line(record));
            text.push('\n');
        }
    }
    text
}
