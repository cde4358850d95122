//! The rows of the table, each a measurement of its own.
//!
//! Whatever is compared is measured by turns, A B A B, in one run: the machine changes its mind
//! within minutes, and a ratio of neighbours does not.

mod bulk;
mod fan_out;
mod first_picture;
mod ping_pong;
mod stalled;
mod start;

use std::{path::PathBuf, thread, time::Duration};

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    figures::Target,
    load::Load,
    server::Server,
    viewers::{Deliveries, Viewers},
};

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The relay's program.
    pub relay: PathBuf,
    /// How often each is measured.
    pub times: usize,
    /// For how long each time.
    pub span: Duration,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Row {
    /// 64 B ping-pong on 100 connections with 1 viewer
    PingPong,
    /// The same with 100 and with 1000 viewers
    Viewers,
    /// One connection as fast as it can, with 1 viewer
    Bulk,
    /// 1000 viewers × 60 batches a second × 1 KiB
    FanOut,
    /// 200 of 1000 viewers never read
    Stalled,
    /// A viewer that joins during a flood
    FirstPicture,
    /// From the process to both listeners
    Start,
}

/// What a row has to say: Markdown, and its targets.
pub struct Told {
    /// Tables and paragraphs.
    pub markdown: String,
    /// What was aimed at.
    pub targets: Vec<Target>,
}

impl Row {
    /// Measures it.
    ///
    /// # Errors
    /// A server or a client fails.
    pub fn measure(self, plan: &Plan) -> Result<Told> {
        match self {
            Row::PingPong => ping_pong::measure(plan, &[(1, 0.9)]),
            Row::Viewers => ping_pong::measure(plan, &[(100, 0.8), (1000, 0.4)]),
            Row::Bulk => bulk::measure(plan),
            Row::FanOut => fan_out::measure(plan),
            Row::Stalled => stalled::measure(plan),
            Row::FirstPicture => first_picture::measure(plan),
            Row::Start => start::measure(plan),
        }
    }
}

/// Before anything counts: caches, the allocator, the kernel's windows.
const WARM_UP: Duration = Duration::from_millis(500);

/// How fast a load went in some time, and what a piece of it cost the server.
#[derive(Clone, Copy, Debug)]
struct Pace {
    a_second: f64,
    cpu_nanos: f64,
}

impl Pace {
    fn of(server: &Server, load: &Load, span: Duration) -> Result<Pace> {
        thread::sleep(WARM_UP);
        let began = std::time::Instant::now();
        let (cpu, count) = (server.cpu()?, load.count());
        thread::sleep(span);
        let (cpu, count) = (server.cpu()? - cpu, load.count() - count);
        let span = began.elapsed();
        Ok(Pace {
            a_second: count as f64 / span.as_secs_f64(),
            cpu_nanos: cpu.as_nanos() as f64 / count.max(1) as f64,
        })
    }
}

/// Records for the viewers: some 60 batches a second of about 1 KiB, whatever else happens.
fn trickle(server: &Server) -> Result<Load> {
    Load::trickle(server.echo()?, 8, 2, 160, 60)
}

/// What viewers got in some time, and what a delivery cost the server.
struct Fan {
    deliveries: Deliveries,
    cpu_micros: f64,
    batches_a_second: f64,
}

/// After the last batch that counts, so long is waited for its deliveries.
const AFTERMATH: Duration = Duration::from_millis(500);

impl Fan {
    fn of(server: &Server, viewers: Viewers, span: Duration) -> Result<Fan> {
        let (cpu, from) = (server.cpu()?, viewers.now_nanos());
        thread::sleep(span);
        let (cpu, to) = (server.cpu()? - cpu, viewers.now_nanos());
        thread::sleep(AFTERMATH);
        let seen = viewers.end()?;
        let deliveries = seen.deliveries(from, to);
        let span = Duration::from_nanos(to - from).as_secs_f64();
        Ok(Fan {
            deliveries,
            cpu_micros: cpu.as_nanos() as f64 / 1e3 / deliveries.delivered.max(1) as f64,
            batches_a_second: deliveries.batches as f64 / span,
        })
    }
}

/// Says on standard error what is being measured.
fn progress(what: &str, turn: usize, plan: &Plan) {
    eprintln!("bench: {what}, {} of {}", turn + 1, plan.times);
}
