//! The form for files, curl and other programs: one flat JSON object a line, the header first.
//!
//! A record's line has `seq`, `at_nanos`, `event` and then the event's own fields; what is None,
//! and `times` of 1, is left out. An event that this version does not know becomes
//! [`Event::Unknown`] and is written again as it was read.

use std::{borrow::Cow, fmt};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Conn, Event, Framing, Header, Policy, PolicySet, ReadWhen, Record, Seq, Unknown};

/// The one event with a struct inside: its fields stand in the line themselves.
const POLICY: &str = "policy";

/// What a line holds.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // short-lived: one at a time
pub enum Line {
    /// The first line of a stream or file.
    Header(Header),
    /// Every other one.
    Record(Record),
}

/// Why a line could not be read. The caller knows which line it was.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not JSON, or not an object.
    #[error("not a JSON object{}", Told(.0))]
    Json(serde_json::Error),
    /// `seq`, `at_nanos` or `event` is missing.
    #[error("the field `{0}` is missing")]
    Missing(&'static str),
    /// A field of that kind is not of the right type.
    #[error("a field is of the wrong type{}", Told(.0))]
    Field(serde_json::Error),
    /// An event of a known name whose fields are not right.
    #[error("event `{name}`{}", Told(.source))]
    Event {
        /// Its name.
        name: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

impl LineError {
    /// The text ended before the object did.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        matches!(self, LineError::Json(error) if error.is_eof())
    }
}

/// What JSON says is wrong, without its number of the line, which is always 1 here.
struct Told<'a>(&'a serde_json::Error);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.0.to_string();
        let (what, _) = said.rsplit_once(" at line ").unwrap_or((&said, ""));
        match self.0.column() {
            0 => write!(f, ": {what}"),
            column => write!(f, ": {what} at column {column}"),
        }
    }
}

/// The header's line, without the line feed.
#[must_use]
pub fn header_line(header: &Header) -> String {
    let mut line = Map::new();
    line.insert("event".into(), "header".into());
    line.extend(object(header));
    Value::Object(line).to_string()
}

/// A record's line, without the line feed.
#[must_use]
pub fn record_line(record: &Record) -> String {
    let mut line = Map::new();
    line.insert("seq".into(), record.seq.0.into());
    line.insert("at_nanos".into(), record.at_nanos.into());
    match &record.event {
        Event::Unknown(unknown) => {
            line.insert("event".into(), unknown.name.clone().into());
            if let Ok(fields) = serde_json::from_str::<Map<String, Value>>(&unknown.fields) {
                line.extend(fields);
            }
        }
        // An enum's plain JSON form is { name: { field: … } }: the tagged form is the same, flat.
        event => {
            for (name, fields) in object(event) {
                line.insert("event".into(), name.into());
                if let Value::Object(fields) = fields {
                    line.extend(fields);
                }
            }
        }
    }
    if matches!(record.event, Event::Policy(_))
        && let Some(Value::Object(policy)) = line.shift_remove(POLICY)
    {
        line.extend(policy);
    }
    line.retain(|key, value| !(value.is_null() || key == "times" && *value == 1));
    Value::Object(line).to_string()
}

/// Reads one line. Of a field that is not known nothing is kept, but for an unknown event's.
///
/// # Errors
/// See [`LineError`].
pub fn parse_line(text: &str) -> Result<Line, LineError> {
    // Two passes over the text, one for each of two types, and no tree of values between.
    let envelope: Envelope = whole(text)?;
    let name = &*envelope.event.ok_or(LineError::Missing("event"))?.0;
    let wrong = |source| LineError::Event {
        name: name.to_owned(),
        source,
    };
    if name == "header" {
        let header = serde_json::from_str(text).map_err(wrong)?;
        return Ok(Line::Header(header));
    }
    let seq = Seq(envelope.seq.ok_or(LineError::Missing("seq"))?);
    let at_nanos = envelope.at_nanos.ok_or(LineError::Missing("at_nanos"))?;
    let event = match known(name, text) {
        Some(event) => event.map_err(wrong)?,
        None => Event::Unknown(unknown(name, text)?),
    };
    Ok(Line::Record(Record {
        seq,
        at_nanos,
        event,
    }))
}

/// What every line has.
#[derive(Deserialize)]
struct Envelope<'a> {
    seq: Option<u64>,
    at_nanos: Option<u64>,
    #[serde(borrow)]
    event: Option<Name<'a>>,
}

/// Borrowed, unless it is written with escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A policy's fields stand in the line themselves.
#[derive(Deserialize)]
struct FlatPolicy {
    #[serde(default)]
    conn: Option<Conn>,
    read_when: ReadWhen,
    bufsize: u32,
    pause_millis: u32,
    #[serde(default)]
    bag: Option<u32>,
    #[serde(default)]
    framing: Option<Framing>,
}

impl From<FlatPolicy> for PolicySet {
    fn from(flat: FlatPolicy) -> PolicySet {
        PolicySet {
            conn: flat.conn,
            policy: Policy {
                read_when: flat.read_when,
                bufsize: flat.bufsize,
                pause_millis: flat.pause_millis,
                bag: flat.bag,
                framing: flat.framing,
            },
        }
    }
}

/// None: this version does not know the name.
fn known(name: &str, text: &str) -> Option<serde_json::Result<Event>> {
    fn event<'a, T: Deserialize<'a>>(
        text: &'a str,
        of: fn(T) -> Event,
    ) -> serde_json::Result<Event> {
        serde_json::from_str(text).map(of)
    }
    Some(match name {
        "listening" => event(text, Event::Listening),
        "waiting" => event(text, Event::Waiting),
        "connected" => event(text, Event::Connected),
        "accepted" => event(text, Event::Accepted),
        "arrived" => event(text, Event::Arrived),
        "read" => event(text, Event::Read),
        "wrote" => event(text, Event::Wrote),
        "bagged" => event(text, Event::Bagged),
        "answered" => event(text, Event::Answered),
        "blocked" => event(text, Event::Blocked),
        "unblocked" => event(text, Event::Unblocked),
        "half_closed" => event(text, Event::HalfClosed),
        "end_of_stream" => event(text, Event::EndOfStream),
        "reset" => event(text, Event::Reset),
        "closed" => event(text, Event::Closed),
        POLICY => event(text, |flat: FlatPolicy| Event::Policy(flat.into())),
        "queues" => event(text, Event::Queues),
        "dropped" => event(text, Event::Dropped),
        "keyframe" => event(text, Event::Keyframe),
        "step" => event(text, Event::Step),
        "called" => event(text, Event::Called),
        "connecting" => event(text, Event::Connecting),
        "unaccepted" => event(text, Event::Unaccepted),
        "message" => event(text, Event::Message),
        "unframed" => event(text, Event::Unframed),
        "datagram_bound" => event(text, Event::DatagramBound),
        "datagram_sent" => event(text, Event::DatagramSent),
        "datagram_received" => event(text, Event::DatagramReceived),
        "datagram_lost" => event(text, Event::DatagramLost),
        "compared" => event(text, Event::Compared),
        "limited" => event(text, Event::Limited),
        "datagram_queue" => event(text, Event::DatagramQueue),
        _ => return None,
    })
}

fn unknown(name: &str, text: &str) -> Result<Unknown, LineError> {
    let mut fields: Map<String, Value> = whole(text)?;
    for field in ["seq", "at_nanos", "event"] {
        fields.shift_remove(field);
    }
    Ok(Unknown {
        name: name.to_owned(),
        fields: Value::Object(fields).to_string(),
    })
}

/// An object: serde would take a struct's fields from an array, too.
fn whole<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, LineError> {
    if !text.trim_start().starts_with('{') {
        serde_json::from_str::<Map<String, Value>>(text).map_err(LineError::Json)?;
    }
    serde_json::from_str(text).map_err(|error| match error.is_data() {
        true => LineError::Field(error),
        false => LineError::Json(error),
    })
}

fn object<T: serde::Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        // Our types are structs and enums of structs with string keys: always objects.
        _ => Map::new(),
    }
}
