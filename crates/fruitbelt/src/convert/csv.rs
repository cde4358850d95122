//! The facts of a recording as a table (RFC 4180). Samples are no facts, and are left out.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use protocol::{Event, Record};
use serde_json::{Map, Value};

use super::Output;

/// In this order, in every version. A later one may add columns at the end.
pub const COLUMNS: [&str; 31] = [
    "seq",
    "at_nanos",
    "since_nanos",
    "times",
    "event",
    "conn",
    "end",
    "offset",
    "bytes",
    "asked",
    "segments",
    "in_offset",
    "in_bytes",
    "out_offset",
    "stamp_bytes",
    "by",
    "unread",
    "local",
    "peer",
    "backlog",
    "records",
    "sequential",
    "read_when",
    "bufsize",
    "pause_millis",
    "bag",
    "preview",
    "framing",
    "framing_bytes",
    "claims",
    "why",
];

/// A field of an event that has a column of another name.
const RENAMED: [(&str, &str); 4] = [
    ("bytes", "returned"),
    ("bytes", "accepted"),
    ("end", "side"),
    ("local", "addr"),
];

/// Writes the table.
pub struct Table<W> {
    out: W,
    begun: bool,
}

impl<W: Write> Table<W> {
    pub fn new(out: W) -> Table<W> {
        Table { out, begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            write!(self.out, "{}\r\n", COLUMNS.join(","))?;
        }
        Ok(())
    }
}

impl<W: Write> Output for Table<W> {
    fn record(&mut self, record: &Record) -> io::Result<()> {
        self.begin()?;
        if matches!(
            record.event,
            Event::Queues(_) | Event::Waiting(_) | Event::Keyframe(_)
        ) {
            return Ok(());
        }
        let line = protocol::json::record_line(record);
        let mut fields: Map<String, Value> = serde_json::from_str(&line)?;
        if let Event::Unknown(_) = record.event {
            // Its fields may mean something else.
            fields.retain(|name, _| ["seq", "at_nanos", "event"].contains(&name.as_str()));
        }
        for (index, column) in COLUMNS.iter().enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            let renamed = || {
                let mut names = RENAMED.iter().filter(|(to, _)| to == column);
                names.find_map(|(_, from)| fields.get(*from))
            };
            match fields.get(*column).or_else(renamed) {
                Some(Value::String(text)) => self.out.write_all(quoted(text).as_bytes())?,
                Some(value) => write!(self.out, "{value}")?,
                None if *column == "times" && can_be_merged(&record.event) => {
                    self.out.write_all(b"1")?;
                }
                None => {}
            }
        }
        self.out.write_all(b"\r\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.begin()?;
        self.out.flush()
    }
}

/// Of these a line says how often, unless it was once.
fn can_be_merged(event: &Event) -> bool {
    matches!(
        event,
        Event::Arrived(_)
            | Event::Read(_)
            | Event::Wrote(_)
            | Event::Bagged(_)
            | Event::Answered(_)
            | Event::Message(_)
            | Event::Blocked(_)
            | Event::Unblocked(_)
    )
}

fn quoted(text: &str) -> Cow<'_, str> {
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Conn, End, Preview, Read, Seq, Unknown, Wrote};

    use super::*;

    #[test]
    fn a_row_a_fact() {
        let mut out = Vec::new();
        let mut table = Table::new(&mut out);
        let events = [
            Event::Keyframe(Box::default()),
            Event::Read(Read {
                conn: Conn(1),
                end: End::Server,
                offset: 5,
                asked: 1024,
                returned: 20,
                times: 1,
                since_nanos: None,
                preview: Some(Preview((*b"0123").into())),
            }),
            Event::Wrote(Wrote {
                conn: Conn(1),
                end: End::Client,
                offset: 0,
                asked: 9,
                accepted: 8,
                times: 3,
                since_nanos: Some(70),
                preview: None,
            }),
            Event::Unknown(Unknown {
                name: "a \"new\", one".into(),
                fields: r#"{"bytes":"=1+1"}"#.into(),
            }),
        ];
        for (seq, event) in (7..).zip(events) {
            let seq = Seq(seq);
            let record = Record {
                seq,
                at_nanos: 80,
                event,
            };
            table.record(&record).unwrap();
        }
        table.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        let rows: Vec<_> = text.split("\r\n").collect();
        assert_eq!(rows[0].split(',').count(), COLUMNS.len());
        assert_eq!(
            rows[1..],
            [
                "8,80,,1,read,1,server,5,20,1024,,,,,,,,,,,,,,,,,MDEyMw==,,,,",
                "9,80,70,3,wrote,1,client,0,8,9,,,,,,,,,,,,,,,,,,,,,",
                "10,80,,,\"a \"\"new\"\", one\",,,,,,,,,,,,,,,,,,,,,,,,,,",
                "",
            ]
        );
    }
}
