//! What can be said on the command line.

mod hall;
mod limits;
mod transport;

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use protocol::{Address, Framing, NoAddress, Policy, ReadWhen, Request, Spacing};
use relay::{Access, Origin};

use crate::log;
pub use hall::{Guests, HallOptions, Shown, host};
use limits::LimitOptions;
use transport::TransportOptions;

/// Watch what a TCP stream socket really does.
#[derive(Debug, Parser)]
#[command(name = "fruitbelt", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
    /// How the log looks, on standard error; RUST_LOG says how much of it
    #[arg(long, value_name = "FORM", global = true, value_enum, default_value_t)]
    pub log: log::Form,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the echo server and mirror it to the page (what happens without a subcommand)
    Serve(Box<Serve>),
    /// Be the demonstration client: send batches of 0123456789…, and print what is sent and what comes
    Send(Send),
    /// Give a lesson at this terminal, on real sockets, and check what must be true of it
    Lesson(Lesson),
    /// Show recordings in the page, without any server but the page's own
    Replay(Replay),
    /// Write a folder that any web server can offer: the page with recordings
    Export(Export),
    /// Check recordings: exit code 1 names the first record that cannot be true
    Verify(Verify),
    /// Write a recording as a trace for Perfetto, or as a table
    Convert(Convert),
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Where the echo server listens; port 0 picks a free one, and `unix:` a path of its own
    /// [default: 127.0.0.1:21567, with --hall 0.0.0.0:21567]
    #[arg(long, value_name = "HOST:PORT", value_parser = echo_address)]
    echo: Option<Address>,
    /// Where the page is; port 0 picks a free one [default: 127.0.0.1:8567, with --hall 0.0.0.0:8567]
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    page: Option<SocketAddr>,
    /// What is asked of listen(2); the accept queue holds one more
    #[arg(long, value_name = "N", default_value_t = 5, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 0, Request::BACKLOG_MAX))]
    pub backlog: u32,
    /// Serve one client at a time, as the tutorial's server does; the others wait in the accept queue
    #[arg(long)]
    pub sequential: bool,
    /// The most bytes that one recv asks for
    #[arg(long, value_name = "BYTES", default_value_t = 1024, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, Policy::BUFSIZE_MAX))]
    pub bufsize: u32,
    /// When the server reads: arrival, queued:N or held
    #[arg(long, value_name = "WHEN", default_value = "arrival", value_parser = read_when)]
    pub read_when: ReadWhen,
    /// Collect so many bytes and answer them at once
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, Policy::BAG_MAX))]
    pub bag: Option<u32>,
    /// Find messages and answer each: fixed:N, lines, delimiter:C, length or length:N
    #[arg(long, value_name = "HOW", conflicts_with = "bag", value_parser = framing)]
    pub framing: Option<Framing>,
    /// Wait so long before each recv, as in 200ms or 1.5s
    #[arg(long, value_name = "TIME", default_value = "0ms", allow_hyphen_values = true,
        value_parser = |text: &str| millis(text, Policy::PAUSE_MILLIS_MAX))]
    pub pause: u32,
    /// Mirror no content, only numbers
    #[arg(long)]
    pub no_preview: bool,
    /// Write all records of this run to a new file, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Let the page start and stop recordings in this directory, under names that are made here
    #[arg(long, value_name = "DIR")]
    pub record_dir: Option<PathBuf>,
    #[command(flatten)]
    pub lessons: LessonsDir,
    #[command(flatten)]
    pub page_options: PageOptions,
    #[command(flatten)]
    pub hall: HallOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    #[command(flatten)]
    pub transport: TransportOptions,
}

/// Lessons beside the built-in ones.
#[derive(Debug, Args)]
pub struct LessonsDir {
    /// A folder with lessons of your own, NAME.toml, beside the built-in ones
    #[arg(long, value_name = "DIR")]
    pub lessons: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Replay {
    /// Recordings: JSON lines, as they are or gzip'ed
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Where the page is, on this machine only; port 0 picks a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8567", value_parser = address)]
    pub page: SocketAddr,
    #[command(flatten)]
    pub lessons: LessonsDir,
    #[command(flatten)]
    pub page_options: PageOptions,
    #[command(flatten)]
    pub transport: TransportOptions,
}

#[derive(Debug, Args)]
pub struct Export {
    /// A new or empty directory
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Recordings: JSON lines, as they are or gzip'ed
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub lessons: LessonsDir,
    #[command(flatten)]
    pub page_dir: PageDir,
}

/// Where the page's files are, who may ask for them, and whether somebody does at once.
#[derive(Debug, Args)]
pub struct PageOptions {
    /// A host name by which the page may be asked for, beside localhost; may be repeated
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    pub allow_host: Vec<String>,
    /// Another site that may show the page in a frame, scheme://host, with a port if it has one; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    pub allow_frame: Vec<Origin>,
    #[command(flatten)]
    pub dir: PageDir,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

impl PageOptions {
    pub fn access(&self) -> Access {
        Access {
            hosts: self.allow_host.clone(),
            frames: self.allow_frame.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub struct PageDir {
    /// The directory of the built page, instead of the page inside this program if it has one
    #[arg(long, value_name = "DIR")]
    pub page_dir: Option<PathBuf>,
}

impl Serve {
    /// Where the echo server listens.
    pub fn echo(&self) -> Address {
        let given = self.echo.clone();
        given.unwrap_or_else(|| self.hall.echo().into())
    }

    /// Where the page is.
    pub fn page(&self) -> SocketAddr {
        self.page.unwrap_or_else(|| self.hall.page())
    }

    /// Who may ask for the page: by the name that guests are shown, too.
    pub fn access(&self) -> Access {
        let mut access = self.page_options.access();
        let shown = self.hall.hall_address.as_ref().map(Shown::host);
        access.hosts.extend(shown.map(str::to_owned));
        access
    }

    /// Somebody else than this machine's users may reach it, or is meant to: over the net, or through a
    /// proxy that stands on this machine and serves others.
    pub fn is_open_to_others(&self) -> bool {
        let echo_is_near = self
            .echo()
            .inet()
            .is_none_or(|addr| addr.ip().is_loopback());
        let page_is_near = self.page().ip().is_loopback();
        let is_near = echo_is_near && page_is_near && self.transport.trusted_proxy.is_empty();
        self.hall.hall || !is_near
    }

    pub fn policy(&self) -> Policy {
        Policy {
            read_when: self.read_when,
            bufsize: self.bufsize,
            pause_millis: self.pause,
            bag: self.bag,
            framing: self.framing,
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 0: every record can be true. 1: the first one that cannot is named. \
    2: a file is no recording."
)]
pub struct Verify {
    /// Recordings, plain or packed by gzip; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = format!("perfetto: JSON for https://ui.perfetto.dev and chrome://tracing. A process for each \
    connection, tracks for each end, counters for queues, and arrows from a send over the arrival of \
    its last byte to the read that took it.\n\ncsv: one row a fact (RFC 4180, no samples), with these \
    columns; what does not apply is empty:\n{}", crate::convert::COLUMNS.join(",")))]
pub struct Convert {
    /// A recording, plain or packed by gzip; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What to write
    #[arg(long, value_name = "FORM")]
    pub to: Form,
    /// Where to write it, a new file; otherwise standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Form {
    Perfetto,
    Csv,
}

#[derive(Debug, Args)]
pub struct Lesson {
    #[command(subcommand)]
    pub command: LessonCommand,
}

#[derive(Debug, Subcommand)]
pub enum LessonCommand {
    /// Say which lessons there are
    List(LessonList),
    /// Give a lesson, or all of them: exit code 1 says that something does not hold
    Run(LessonRun),
    /// Look whether files are right, without giving the lessons
    Check(LessonCheck),
}

#[derive(Debug, Args)]
pub struct LessonList {
    #[command(flatten)]
    pub lessons: LessonsDir,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 0: all that must be true of the recording is. 1: something is not, or \
    a script could not be played to its end. 2: a lesson or a file is not right."
)]
pub struct LessonRun {
    /// Which one
    #[arg(value_name = "NAME", conflicts_with = "all")]
    pub name: Option<String>,
    /// All of them, one after the other
    #[arg(long)]
    pub all: bool,
    /// Write the recording to a new file, as JSON lines; with --times, the last one
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    pub record: Option<PathBuf>,
    /// Write a recording of each lesson to this directory, as NAME.ndjson
    #[arg(long, value_name = "DIR")]
    pub record_dir: Option<PathBuf>,
    /// Give it so many times
    #[arg(long, value_name = "N", default_value_t = 1, allow_hyphen_values = true,
        value_parser = |text: &str| within(text, 1, 10_000))]
    pub times: u32,
    #[command(flatten)]
    pub lessons: LessonsDir,
}

#[derive(Debug, Args)]
pub struct LessonCheck {
    /// Files of lessons, NAME.toml
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Send {
    /// The sizes of the batches, bytes, parted by commas, as in 20,50,30
    #[arg(value_name = "BATCHES", allow_negative_numbers = true, value_parser = batches)]
    pub batches: Batches,
    /// Wait so long between two batches, as in 500ms, 2s or 0
    #[arg(long, value_name = "TIME", default_value = "0", allow_hyphen_values = true,
        value_parser = |text: &str| millis(text, Request::GAP_MILLIS_MAX))]
    pub gap: u32,
    /// The echo server
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:21567", value_parser = target)]
    pub to: Target,
}

impl Send {
    /// The same wish as the page's, so that it has the same limits.
    pub fn request(&self) -> Request {
        Request::Send {
            conn: None,
            batches: self.batches.0.clone(),
            spacing: Spacing::GapMillis(self.gap),
        }
    }
}

/// Sizes, bytes.
#[derive(Clone, Debug)]
pub struct Batches(pub Vec<u32>);

/// Names the item that is wrong.
fn batches(text: &str) -> Result<Batches, String> {
    let batch = |item: &str| {
        within(item, 1, Request::BATCH_BYTES_MAX).map_err(|range| format!("'{item}': {range}"))
    };
    text.split(',')
        .map(batch)
        .collect::<Result<_, _>>()
        .map(Batches)
}

/// Where to connect, by the name that was given: each of its addresses is tried.
#[derive(Clone, Debug)]
pub struct Target {
    name: String,
    pub addrs: Vec<SocketAddr>,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

fn target(text: &str) -> Result<Target, String> {
    let addrs = addresses(text, "127.0.0.1:21567")?;
    let name = text.to_owned();
    Ok(Target { name, addrs })
}

/// Of an echo server: also a Unix-domain socket's path.
fn echo_address(text: &str) -> Result<Address, String> {
    if text.starts_with("unix:") {
        return text.parse().map_err(|error: NoAddress| error.to_string());
    }
    match addresses(text, "127.0.0.1:0") {
        Ok(found) => Ok(found[0].into()),
        Err(told) => Err(format!("{told}, or unix:/PATH")),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    Ok(addresses(text, "127.0.0.1:0")?[0])
}

/// At least one.
fn addresses(text: &str, example: &str) -> Result<Vec<SocketAddr>, String> {
    let form = format!("give HOST:PORT, for example {example}");
    let found = text.to_socket_addrs();
    let found: Vec<_> = found.map_err(|error| format!("{error}; {form}"))?.collect();
    if found.is_empty() {
        return Err(format!("no such host; {form}"));
    }
    Ok(found)
}

fn within(text: &str, min: u32, max: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|n| (min..=max).contains(n));
    number.ok_or_else(|| format!("give a number from {min} to {max}"))
}

/// A bare name: with a scheme or a port it would never be what a browser sends as the host's name.
fn host_name(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    is_name
        .then(|| text.to_owned())
        .ok_or_else(|| "give a bare name, for example lecture.example".to_owned())
}

fn framing(text: &str) -> Result<Framing, String> {
    let framing: Framing = text.parse()?;
    framing.check().map_err(|refusal| refusal.to_string())?;
    Ok(framing)
}

fn read_when(text: &str) -> Result<ReadWhen, String> {
    let range = || format!("for queued:N give a number from 1 to {}", Policy::BAG_MAX);
    let read_when = text
        .parse()
        .map_err(|error| format!("{error}; {}", range()))?;
    let policy = Policy {
        read_when,
        ..Policy::default()
    };
    policy.check().map_err(|refusal| refusal.to_string())?;
    Ok(read_when)
}

/// A time with its unit; 0 needs none.
fn millis(text: &str, most: u32) -> Result<u32, String> {
    if text == "0" {
        return Ok(0);
    }
    let (number, per_second) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => match text.strip_suffix('s') {
            Some(number) => (number, 1000.0),
            None => return Err("give a time with its unit, for example 200ms or 1.5s".into()),
        },
    };
    let most = f64::from(most);
    let millis = number.trim().parse().map(|number: f64| number * per_second);
    match millis {
        Ok(millis) if (0.0..=most).contains(&millis) => Ok(millis.round() as u32),
        _ => Err(format!("give a time from 0ms to {most}ms")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn serve_is_what_happens_without_a_subcommand() {
        for line in [
            &["fruitbelt", "--bag", "100"][..],
            &["fruitbelt", "serve", "--bag", "100"],
        ] {
            let cli = Cli::try_parse_from(line).unwrap();
            let serve = match cli.command {
                Some(Command::Serve(serve)) => *serve,
                _ => cli.serve,
            };
            assert_eq!(serve.policy().bag, Some(100));
            assert_eq!(serve.echo().to_string(), "127.0.0.1:21567");
        }
    }

    #[test]
    fn a_hall_listens_everywhere_unless_told() {
        let check = |line: &[&str], echo: &str, page: &str| {
            let line = [&["fruitbelt"], line].concat();
            let serve = Cli::try_parse_from(line).unwrap().serve;
            let found = (serve.echo().to_string(), serve.page().to_string());
            assert_eq!(found, (echo.to_owned(), page.to_owned()));
        };
        check(&[], "127.0.0.1:21567", "127.0.0.1:8567");
        check(&["--hall"], "0.0.0.0:21567", "0.0.0.0:8567");
        let watch = ["--hall", "--guests", "viewer"];
        check(&watch, "127.0.0.1:21567", "0.0.0.0:8567");
        let given = ["--hall", "--echo", "127.0.0.1:0", "--page", "10.0.0.1:80"];
        check(&given, "127.0.0.1:0", "10.0.0.1:80");
        check(&["--guests", "viewer"], "127.0.0.1:21567", "127.0.0.1:8567");
    }

    #[test]
    fn a_pause_has_a_unit() {
        let pause_millis = |text| millis(text, 60_000);
        assert_eq!(pause_millis("200ms"), Ok(200));
        assert_eq!(pause_millis("1.5s"), Ok(1500));
        assert_eq!(pause_millis("0"), Ok(0));
        for wrong in ["200", "-1ms", "61s", "ms", "NaNs", "inf s"] {
            assert!(pause_millis(wrong).is_err(), "{wrong}");
        }
    }
}
