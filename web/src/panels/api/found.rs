//! Which record tells of a row: the first one of its kind in the log that is shown.

use lessons::api::{ROWS, Row};
use model::{Command, Show, Timeline};
use protocol::{Event, Record, Seq};

use crate::app::App;

/// So many records before a call may be what it caused: bytes sent, arrived, read.
const CAUSED_MAX: usize = 6;

/// The examples found so far.
#[derive(Clone, Default)]
pub struct Found {
    /// Of which log.
    log: u32,
    /// So many of its records were looked at.
    until: usize,
    /// By the place of the row.
    rows: Vec<Option<(Seq, Told)>>,
}

/// A call and what came of it, as the record says.
#[derive(Clone, PartialEq)]
pub struct Told {
    /// `s.recv(22)`.
    pub call: String,
    /// What it returned, or its error.
    pub result: String,
    /// It failed.
    pub failed: bool,
}

impl Found {
    /// With the records since; None: nothing of a row is among them.
    pub fn go_on(&self, log: u32, timeline: &Timeline) -> Option<Found> {
        let is_same = self.log == log && self.until <= timeline.len();
        if is_same && self.until == timeline.len() {
            return None;
        }
        let mut found = match is_same {
            true => self.clone(),
            false => Found {
                log,
                until: 0,
                rows: vec![None; ROWS.len()],
            },
        };
        for entry in timeline.entries(found.until, timeline.len()) {
            let record = &entry.record;
            let row = ROWS.iter().position(|row| row.is_told_by(record));
            if let Some(slot @ None) = row.and_then(|row| found.rows.get_mut(row)) {
                *slot = told(record).map(|told| (record.seq, told));
            }
        }
        found.until = timeline.len();
        Some(found)
    }

    /// What is told of a row.
    pub fn of(&self, row: &Row) -> Option<Told> {
        self.slot(row).map(|(_, told)| told.clone())
    }

    /// The row whose example is the last one up to a record; none: an empty name.
    pub fn last_at(&self, seq: Seq) -> &'static str {
        let told = ROWS.iter().zip(&self.rows);
        let shown = told.filter_map(|(row, found)| {
            let (at, _) = found.as_ref()?;
            (*at <= seq).then_some((*at, row.name))
        });
        shown.max_by_key(|(at, _)| *at).map_or("", |(_, name)| name)
    }

    fn slot(&self, row: &Row) -> Option<&(Seq, Told)> {
        let place = ROWS.iter().position(|it| it.name == row.name)?;
        self.rows.get(place)?.as_ref()
    }

    /// Goes to where the movements of a row's example begin, and plays. When it is over, show time.
    pub fn seek(&self, row: &Row, app: &mut App) -> Option<u64> {
        let (seq, _) = self.slot(row)?;
        let timeline = app.timeline();
        let index = timeline.index_of(*seq);
        let record = &timeline.entry(index)?.record;
        let conn = record.event.conn();
        let mut first = index;
        // A fact of the stream that the call caused stands right before it.
        if matches!(record.event, Event::Called(_)) {
            let before = timeline.entries(index.saturating_sub(CAUSED_MAX), index);
            for entry in before.rev() {
                let is_fact = !matches!(
                    entry.record.event,
                    Event::Called(_) | Event::Step(_) | Event::Connected(_) | Event::Accepted(_)
                );
                if !is_fact || entry.record.event.conn() != conn || conn.is_none() {
                    break;
                }
                first -= 1;
            }
        }
        let begin = timeline.entry(first)?.shown - Show(1);
        let end = timeline.rest(index);
        if let Some(conn) = conn {
            app.pick(conn);
        }
        // Each focus has a pace of its own.
        let timeline = app.timeline();
        let (begin, end) = match conn {
            Some(_) => (timeline.entry(first)?.shown - Show(1), timeline.rest(index)),
            None => (begin, end),
        };
        app.command(Command::Seek(begin));
        app.command(Command::Play);
        Some(end.0)
    }
}

/// Pauses the show where an example ends, if it has come so far. True: it has, or was led away.
pub fn stop_at(app: &mut App, until: u64) -> bool {
    let is_over = app.playback().head().0 >= until;
    if is_over {
        app.command(Command::Pause);
        app.command(Command::Seek(Show(until)));
    }
    is_over || app.playback().is_paused()
}

fn told(record: &Record) -> Option<Told> {
    let returned = |call: String, result: String| Told {
        call,
        result,
        failed: false,
    };
    Some(match &record.event {
        Event::Called(called) => {
            let is_attribute = matches!(called.method.as_str(), "family" | "type" | "proto");
            let call = match is_attribute {
                true => called.method.clone(),
                false => [&called.method, "(", &called.arguments, ")"].concat(),
            };
            let result = match (called.errno, called.result.as_str()) {
                (None, "") => "None".to_owned(),
                (Some(errno), "") => ["errno ", &errno.to_string()].concat(),
                (_, result) => result.to_owned(),
            };
            Told {
                call,
                result,
                failed: called.errno.is_some(),
            }
        }
        Event::Listening(listening) => {
            let call = ["listen(", &listening.backlog.to_string(), ")"].concat();
            returned(call, "None".to_owned())
        }
        Event::Accepted(accepted) => {
            let result = [
                "#",
                &accepted.conn.0.to_string(),
                ", ",
                &accepted.peer.to_string(),
            ];
            returned("accept()".to_owned(), result.concat())
        }
        Event::Connected(connected) => {
            let call = ["connect(", &connected.peer.to_string(), ")"].concat();
            returned(call, "None".to_owned())
        }
        _ => return None,
    })
}
