//! `fruitbelt verify`: whether the records of a file can be true.
//!
//! Knows nothing of the rules: which lines make a recording, `protocol::reading` says, and what
//! must hold after each record, `model::State::verify`.

use std::{
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use anyhow::anyhow;
use model::{Show, State};
use protocol::{End, Event, Record, json::Line};

use crate::{
    FAILED, USAGE,
    arguments::Verify,
    fail,
    recorded::{Recorded, Trouble},
};

/// Looks at each file, and tells of the worst by the exit code.
///
/// # Errors
/// Nothing can be printed.
pub fn verify(arguments: &Verify) -> anyhow::Result<ExitCode> {
    let mut worst = 0;
    for path in &arguments.files {
        let checked = match Recorded::open(path) {
            Ok(mut file) => check(&mut file),
            Err(error) => Err((format!("{error:#}"), USAGE)),
        };
        match checked {
            Ok(facts) => match writeln!(io::stdout(), "{facts}") {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    return Err(anyhow!("nothing can be printed: {error}"));
                }
                _ => {}
            },
            Err((fault, code)) => {
                fail(&fault, code);
                worst = worst.max(code);
            }
        }
    }
    Ok(ExitCode::from(worst))
}

/// One line of facts, or of what is wrong and the exit code for it.
fn check(file: &mut Recorded) -> Result<String, (String, u8)> {
    let mut state = State::default();
    let mut sums = Sums::default();
    loop {
        match file.next() {
            Ok(Some(Line::Header(_))) => {}
            Ok(Some(Line::Record(record))) => {
                state.apply(&record, Show(record.at_nanos));
                state.verify_after(&record).map_err(|fault| {
                    let line = file.line();
                    (format!("{}: line {line}: {fault}", file.name), FAILED)
                })?;
                sums.add(&record);
            }
            Ok(None) => break,
            Err(trouble) => {
                let code = match (&trouble, file.header()) {
                    (Trouble::Fault(_), Some(_)) => FAILED,
                    _ => USAGE,
                };
                return Err((format!("{}: {trouble}", file.name), code));
            }
        }
    }
    let end = match file.is_cut_short() {
        true => "cut short: its last line is left out",
        false => "whole",
    };
    Ok(format!(
        "{}: {} records, {} connections, {} bytes in, {} bytes out, {}.{:03} s; {end}",
        file.name,
        file.records(),
        sums.connections,
        sums.in_bytes,
        sums.out_bytes,
        sums.nanos() / 1_000_000_000,
        sums.nanos() / 1_000_000 % 1_000,
    ))
}

/// What the server's end saw.
#[derive(Default)]
struct Sums {
    connections: u64,
    in_bytes: u64,
    out_bytes: u64,
    first_nanos: Option<u64>,
    last_nanos: u64,
}

impl Sums {
    fn add(&mut self, record: &Record) {
        let is_first = self.first_nanos.is_none();
        self.first_nanos.get_or_insert(record.at_nanos);
        self.last_nanos = record.at_nanos;
        match &record.event {
            // Those that were open before; what is told of them counts from here.
            Event::Keyframe(keyframe) if is_first => {
                let accepted = |conn: &&protocol::ConnKeyframe| conn.server_end.is_some();
                self.connections = keyframe.conns.iter().filter(accepted).count() as u64;
            }
            Event::Accepted(_) => self.connections += 1,
            Event::Arrived(fact) if fact.end == End::Server => {
                self.in_bytes = self.in_bytes.saturating_add(fact.bytes);
            }
            Event::Wrote(fact) if fact.end == End::Server => {
                self.out_bytes = self.out_bytes.saturating_add(fact.accepted);
            }
            _ => {}
        }
    }

    fn nanos(&self) -> u64 {
        let first = self.first_nanos.unwrap_or(self.last_nanos);
        self.last_nanos.saturating_sub(first)
    }
}
