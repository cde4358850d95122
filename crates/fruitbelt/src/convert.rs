//! `fruitbelt convert`: a recording for other programs, a trace or a table.
//!
//! Writes while it reads, so that a file may be longer than memory.

mod csv;
mod perfetto;

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use protocol::{Record, json::Line};

pub use csv::COLUMNS;

use crate::{
    FAILED, USAGE,
    arguments::{Convert, Form},
    fail,
    recorded::Recorded,
};

/// Where a recording is written to, in one form.
trait Output {
    fn record(&mut self, record: &Record) -> io::Result<()>;
    fn finish(&mut self) -> io::Result<()>;
}

/// Converts; what was read before a fault is written, and whole. Exit code 1: there was a fault.
///
/// # Errors
/// One line that names the argument and the remedy.
pub fn convert(arguments: &Convert) -> anyhow::Result<ExitCode> {
    let mut file = Recorded::open(&arguments.file)?;
    // Nothing is written for what is no recording.
    let mut next = file.next();
    if let Err(trouble) = &next {
        return Ok(fail(&format!("{}: {trouble}", file.name), USAGE));
    }
    let out: Box<dyn Write> = match &arguments.output {
        None => Box::new(io::stdout().lock()),
        Some(path) => Box::new(File::create_new(path).with_context(|| {
            let exists = path.exists();
            let remedy = if exists { "remove it, or " } else { "" };
            format!("-o {}: {remedy}choose another name", path.display())
        })?),
    };
    let out = BufWriter::new(out);
    let mut output: Box<dyn Output> = match arguments.to {
        Form::Csv => Box::new(csv::Table::new(out)),
        Form::Perfetto => Box::new(perfetto::Trace::new(out)),
    };
    let written = loop {
        match &next {
            Ok(Some(Line::Record(record))) => {
                if let Err(error) = output.record(record) {
                    break Err(error);
                }
            }
            Ok(Some(Line::Header(_))) => {}
            Ok(None) | Err(_) => break output.finish(),
        }
        next = file.next();
    };
    match (written, next) {
        // Whoever reads this has read enough.
        (Err(error), _) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        (Err(error), _) => Err(anyhow!("cannot write: {error}")),
        (Ok(()), Err(trouble)) => Ok(fail(
            &format!("{}: {trouble}; written is what stands before", file.name),
            FAILED,
        )),
        (Ok(()), Ok(_)) => {
            if file.is_cut_short() {
                let name = &file.name;
                fail(&format!("{name}: cut short; its last line is left out"), 0);
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
