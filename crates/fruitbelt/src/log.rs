//! The log on standard error: for people, or a JSON object a line for programs. RUST_LOG says how much.
//!
//! A log that nobody reads, or that has gone, must neither stop a task nor end the program: its lines
//! go through a bounded queue to a thread of its own, and are left out when it is full. Knows nothing
//! of what is logged.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_appender::non_blocking::NonBlockingBuilder;
use tracing_subscriber::EnvFilter;

/// So many lines may wait to be written.
const LINES_MAX: usize = 1024;

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// An object a line: timestamp, level, target, message, and what else is said of it
    Json,
}

/// From now on, until the process ends.
pub fn start(form: Form) {
    let (lines, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(LINES_MAX)
        .finish(std::io::stderr());
    // The guard would wait for the thread at the end, and complain on the very pipe that is stuck.
    std::mem::forget(guard);
    let log = tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_env_filter(
            EnvFilter::builder()
                .with_default_directive(tracing::Level::INFO.into())
                .from_env_lossy(),
        )
        .with_ansi(form == Form::Text && std::io::stderr().is_terminal())
        .with_writer(lines);
    match form {
        Form::Text => log.init(),
        Form::Json => {
            log.json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false)
                .init();
            log_panics();
        }
    }
}

/// A panic ends a task and is told: here as a line like any other, so that a program can read it.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("a panic");
        tracing::error!(place, "{message}");
    }));
}
