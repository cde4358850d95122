//! The logs as recordings: JSON lines, as a relay writes them.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use protocol::{Event, Header, Record, Run, Seq, Sources, json};

use crate::{CONNS, echoes::Echoes};

/// A file for each number of records, named by it: `log-10000.ndjson`.
pub fn recordings(folder: &Path, counts: &[usize]) -> io::Result<()> {
    for &count in counts {
        let file = File::create(folder.join(format!("log-{count}.ndjson")))?;
        let mut file = BufWriter::new(file);
        let header = Header {
            format: protocol::wire::VERSION,
            run: Run(count as u64),
            started_unix_millis: 0,
            head: Seq(0),
            program: "time".into(),
            system: "none: made for a measurement".into(),
            sources: Sources::portable(),
        };
        writeln!(file, "{}", json::header_line(&header))?;
        let begin = Record {
            seq: Seq(0),
            at_nanos: 0,
            event: Event::Keyframe(Box::default()),
        };
        writeln!(file, "{}", json::record_line(&begin))?;
        for record in Echoes::of(CONNS).take(count) {
            writeln!(file, "{}", json::record_line(&record))?;
        }
        file.flush()?;
    }
    Ok(())
}
