//! Gives lessons at a terminal: plays each, checks what must be true of its recording, and says so.
//!
//! Knows nothing of a page.

use std::{fs, io::Write, path::Path, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow, bail};
use lessons::Lesson;
use model::{Show, State};
use protocol::{Event, Header, Record, Seq, json};
use relay::NewFile;

use super::{
    play::{Play, Trouble},
    report::{Report, steps},
};
use crate::{FAILED, arguments::LessonRun, fail, serve::explain};

/// What came of one lesson, once.
struct Given {
    header: Option<Header>,
    records: Vec<Record>,
    trouble: Option<Trouble>,
}

/// Gives each of these lessons, so many times.
///
/// # Errors
/// A recording cannot be written, or nothing can be printed.
pub fn run(arguments: &LessonRun, lessons: &[Arc<Lesson>]) -> anyhow::Result<ExitCode> {
    if let Some(dir) = &arguments.record_dir {
        fs::create_dir_all(dir).with_context(|| {
            format!(
                "--record-dir {}: name a folder that can be made",
                dir.display()
            )
        })?;
    }
    let runtime = tokio::runtime::Runtime::new().context("no threads to run on")?;
    let mut failed = Vec::new();
    for time in 1..=arguments.times {
        for lesson in lessons {
            if arguments.times > 1 {
                say(&format!("— {} of {}", time, arguments.times))?;
            }
            let given = runtime.block_on(give(Arc::clone(lesson)));
            let report = report(lesson, &given);
            say(&report.text)?;
            if !report.is_good {
                failed.push(lesson.id.as_str());
            }
            // The last time is what is kept.
            if time == arguments.times
                && let Some(header) = &given.header
            {
                keep(arguments, lesson, header, &given.records)?;
            }
        }
    }
    let all = lessons.len() as u64 * u64::from(arguments.times);
    if all > 1 {
        let good = all - failed.len() as u64;
        say(&format!("{good} of {all} lessons hold"))?;
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    failed.dedup();
    Ok(fail(
        &format!("what must be true is not: {}", failed.join(", ")),
        FAILED,
    ))
}

/// Plays all steps, one after the other.
async fn give(lesson: Arc<Lesson>) -> Given {
    let mut play = match Play::open(lesson).await {
        Ok(play) => play,
        Err(trouble) => {
            return Given {
                header: None,
                records: Vec::new(),
                trouble: Some(trouble),
            };
        }
    };
    // Before anything is recorded that it does not hold.
    let header = Header {
        head: Seq(0),
        ..play.stage.header()
    };
    let mut trouble = None;
    while trouble.is_none() && (play.next_step() as usize) < play.lesson.steps.len() {
        trouble = play.step().await.err();
    }
    Given {
        header: Some(header),
        records: play.close().await,
        trouble,
    }
}

fn report(lesson: &Lesson, given: &Given) -> Report {
    let mut report = Report::new(lesson);
    let records = &given.records;
    steps(&mut report, lesson, records);
    if let Some(trouble) = &given.trouble {
        report.bad(&trouble.to_string());
    }
    let played = lesson.played(records, lesson.steps.len());
    for statement in &lesson.expects {
        report.statement(statement, &statement.check(played), records);
    }
    match verify(records) {
        Ok(()) => report.good(&format!("each of {} records can be true", records.len())),
        Err(fault) => report.bad(&format!("record {fault}")),
    }
    report
}

/// What the model says: whether the records can be true.
fn verify(records: &[Record]) -> Result<(), String> {
    let mut state = State::default();
    for record in records {
        state.apply(record, Show(record.at_nanos));
        state
            .verify_after(record)
            .map_err(|fault| format!("{}: {fault}", record.seq))?;
    }
    Ok(())
}

fn keep(
    arguments: &LessonRun,
    lesson: &Lesson,
    header: &Header,
    records: &[Record],
) -> anyhow::Result<()> {
    let mut lines = json::header_line(header) + "\n";
    // A recording begins with what was true before its first record: here, nothing.
    let opening = Record {
        seq: Seq(0),
        at_nanos: 0,
        event: Event::Keyframe(Box::default()),
    };
    for record in [&opening].into_iter().chain(records) {
        lines += &json::record_line(record);
        lines.push('\n');
    }
    if let Some(file) = &arguments.record {
        let mut file = NewFile::create(file).map_err(|error| explain(&error))?;
        file.append(&lines)?;
    }
    if let Some(dir) = &arguments.record_dir {
        write_anew(&dir.join(format!("{}.ndjson", lesson.id)), &lines)?;
    }
    Ok(())
}

/// A whole new file, or the one that was there before.
fn write_anew(path: &Path, text: &str) -> anyhow::Result<()> {
    if path.exists() {
        bail!("{} is there already; name another folder", path.display());
    }
    fs::write(path, text).map_err(|error| anyhow!("{}: {error}", path.display()))
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .context("nothing can be printed")
}
