//! The form for files, curl and other programs: one flat JSON object a line, the header first.
//!
//! A record's line has `seq`, `at_nanos`, `event` and then the event's own fields; what is None,
//! and `times` of 1, is left out. An event that this version does not know becomes
//! [`Event::Unknown`] and is written again as it was read.

use serde_json::{Map, Value};

use crate::{Event, Header, Record, Seq, Unknown};

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
    #[error("not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
    /// A field is missing or of the wrong kind.
    #[error("field `{0}` is missing or of the wrong kind")]
    Field(&'static str),
    /// An event of a known name whose fields are not right.
    #[error("event `{name}`: {source}")]
    Event {
        /// Its name.
        name: String,
        /// What is wrong.
        source: serde_json::Error,
    },
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

/// Reads one line.
///
/// # Errors
/// See [`LineError`].
pub fn parse_line(text: &str) -> Result<Line, LineError> {
    let mut line: Map<String, Value> = serde_json::from_str(text)?;
    let name = match line.shift_remove("event") {
        Some(Value::String(name)) => name,
        _ => return Err(LineError::Field("event")),
    };
    let wrong = |source| LineError::Event {
        name: name.clone(),
        source,
    };
    if name == "header" {
        let header = serde_json::from_value(Value::Object(line)).map_err(wrong)?;
        return Ok(Line::Header(header));
    }
    let mut number = |field: &'static str| {
        line.shift_remove(field)
            .and_then(|value| value.as_u64())
            .ok_or(LineError::Field(field))
    };
    let seq = Seq(number("seq")?);
    let at_nanos = number("at_nanos")?;
    let event = if Event::NAMES.contains(&name.as_str()) {
        if name == POLICY {
            line = nested_policy(line);
        }
        let mut tagged = Map::new();
        tagged.insert(name.clone(), Value::Object(line));
        serde_json::from_value(Value::Object(tagged)).map_err(wrong)?
    } else {
        Event::Unknown(Unknown {
            fields: Value::Object(line).to_string(),
            name,
        })
    };
    Ok(Line::Record(Record {
        seq,
        at_nanos,
        event,
    }))
}

fn nested_policy(mut line: Map<String, Value>) -> Map<String, Value> {
    let conn = line.shift_remove("conn");
    let mut outer = Map::new();
    outer.extend(conn.map(|conn| ("conn".into(), conn)));
    outer.insert(POLICY.into(), Value::Object(line));
    outer
}

fn object<T: serde::Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        // Our types are structs and enums of structs with string keys: always objects.
        _ => Map::new(),
    }
}
