//! `cargo xtask bench curves`: what the relay costs as one thing grows and all else stays: processor,
//! memory, and how long an echo takes. Each point is a relay of its own.
//!
//! Knows nothing of how a picture is drawn.

mod metrics;
mod paced;
pub mod plot;

use std::{fs, path::PathBuf, thread, time::Duration, time::Instant};

use anyhow::{Context, Result};

use crate::{figures, load::Load, machine, server::Server, viewers::Viewers};
use metrics::Metrics;
use paced::Paced;
use plot::{Panel, Series};

/// Of each send.
const BYTES: usize = 64;
/// Round trips a second where something else grows.
const ROUND_TRIPS: f64 = 1_000.0;
/// Connections where something else grows.
const CONNECTIONS: usize = 100;
/// So many a relay takes without being told.
const CONNECTIONS_BY_DEFAULT: usize = 1_000;
/// Before it is measured: pages are faulted in, and buffers grown.
const WARM: Duration = Duration::from_millis(500);
/// Where a bulk transfer makes the most facts: BUFSIZE, bytes.
const SMALL_READS: &str = "64";

/// What is to be measured, and how long.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The relay's program.
    pub relay: PathBuf,
    /// For how long at each point.
    pub span: Duration,
    /// Fewer points.
    pub is_quick: bool,
    /// Where the pictures go.
    pub pictures: PathBuf,
}

/// What grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Connections,
    Viewers,
    Facts,
}

/// What is asked of a relay.
#[derive(Clone, Copy, Debug)]
struct Work {
    connections: usize,
    viewers: usize,
    /// Of single echoes.
    pace: Pace,
}

#[derive(Clone, Copy, Debug)]
enum Pace {
    /// So many round trips a second.
    Paced(f64),
    /// As many as there can be.
    Unbounded,
    /// One connection sends without a pause, and reads are small.
    Bulk,
}

/// What it cost.
#[derive(Clone, Debug)]
struct Point {
    /// How much there was of what grows.
    x: f64,
    /// Of one core, percent.
    cpu_percent: f64,
    resident_bytes: f64,
    journal_bytes: f64,
    /// None: echoes were not timed.
    p50_micros: Option<f64>,
    p99_micros: Option<f64>,
    facts_a_second: f64,
    records_a_second: f64,
    mirrored_bytes_a_second: f64,
    lost: f64,
}

/// Prints the tables and draws the pictures. Goes on where a point fails.
///
/// # Errors
/// Something could not be measured, or not written.
pub fn draw(plan: &Plan) -> Result<()> {
    machine::raise_descriptor_limit();
    println!("{}.", machine::line());
    println!(
        "\nEach point: a relay of its own, {} s. Sends are {BYTES} bytes, each after the answer to the one \
         before; viewers are WebSockets. CPU is the relay's, in percent of one core; the load and the \
         viewers run on the same machine.\n",
        plan.span.as_secs_f64()
    );
    let mut failed = Ok(());
    for axis in [Axis::Connections, Axis::Viewers, Axis::Facts] {
        let mut points = Vec::new();
        for work in axis.works(plan.is_quick) {
            eprintln!("bench: {axis:?}: {work:?}");
            match axis.point(plan, work) {
                Ok(point) => points.push(point),
                // The others are worth to be known all the same.
                Err(error) => {
                    eprintln!("bench: {axis:?}: {work:?}: {error:#}");
                    println!("Not measured: {}: {error:#}\n", axis.told(work));
                    failed = Err(error.context(axis.told(work)));
                }
            }
        }
        println!("{}", axis.table(&points));
        let name = axis.name();
        let file = plan.pictures.join(format!("{name}.svg"));
        fs::write(&file, axis.picture(&points))
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("![{}](bench/{name}.svg)\n", axis.title());
    }
    failed
}

impl Axis {
    fn works(self, is_quick: bool) -> Vec<Work> {
        let base = Work {
            connections: CONNECTIONS,
            viewers: 1,
            pace: Pace::Paced(ROUND_TRIPS),
        };
        let all: Vec<Work> = match self {
            Axis::Connections => [1, 10, 30, 100, 300, 1_000, 2_000, 5_000]
                .map(|connections| Work {
                    connections,
                    ..base
                })
                .into(),
            Axis::Viewers => [1, 3, 10, 30, 100, 300, 1_000]
                .map(|viewers| Work { viewers, ..base })
                .into(),
            Axis::Facts => {
                // Some four facts a round trip: arrived, read, answered, wrote.
                let paced = [25.0, 250.0, 2_500.0, 8_000.0, 25_000.0].map(Pace::Paced);
                let paces = paced.into_iter().chain([Pace::Unbounded, Pace::Bulk]);
                paces.map(|pace| Work { pace, ..base }).collect()
            }
        };
        let last = all.len() - 1;
        let is_kept = |index| !is_quick || index % 3 == 0 || index == last;
        let kept = all.into_iter().enumerate();
        kept.filter(|(index, _)| is_kept(*index))
            .map(|(_, work)| work)
            .collect()
    }

    fn point(self, plan: &Plan, work: Work) -> Result<Point> {
        // More than there are at once, and all may come at once.
        let most = (work.connections + 10).to_string();
        let mut arguments = vec!["--backlog", "1024"];
        if work.connections > CONNECTIONS_BY_DEFAULT {
            arguments.extend(["--max-connections", &most]);
        }
        if matches!(work.pace, Pace::Bulk) {
            arguments.extend(["--bufsize", SMALL_READS]);
        }
        let server = Server::relay(&plan.relay, &arguments)?;
        let (echo, page) = (server.echo()?, server.page()?);
        let viewers = Viewers::join(page, work.viewers, "")?;
        let load = match work.pace {
            Pace::Paced(rate) => {
                Busy::Paced(Paced::start(echo, work.connections, BYTES, Some(rate))?)
            }
            Pace::Unbounded => Busy::Paced(Paced::start(echo, work.connections, BYTES, None)?),
            Pace::Bulk => Busy::Bulk(Load::bulk(echo)?),
        };
        thread::sleep(WARM);
        let (before, cpu, begun) = (Metrics::of(page)?, server.cpu()?, Instant::now());
        if let Busy::Paced(paced) = &load {
            paced.count_from_now();
        }
        thread::sleep(plan.span);
        let seconds = begun.elapsed().as_secs_f64();
        let cpu = (server.cpu()? - cpu).as_secs_f64();
        let after = Metrics::of(page)?;
        let resident_bytes = server.rss_bytes()? as f64;
        let mut micros = match load {
            Busy::Paced(paced) => paced.end()?,
            Busy::Bulk(_) => Vec::new(),
        };
        viewers.end()?;
        let is_timed = !micros.is_empty();
        let mut time = |part| is_timed.then(|| f64::from(figures::percentile(&mut micros, part)));
        let rate = |name| Ok::<_, anyhow::Error>((after.get(name)? - before.get(name)?) / seconds);
        let facts_a_second = rate("fruitbelt_facts_total")?;
        Ok(Point {
            x: match self {
                Axis::Connections => work.connections as f64,
                Axis::Viewers => work.viewers as f64,
                Axis::Facts => facts_a_second,
            },
            cpu_percent: 100.0 * cpu / seconds,
            resident_bytes,
            journal_bytes: after.get("fruitbelt_journal_held_bytes")?,
            p50_micros: time(0.5),
            p99_micros: time(0.99),
            facts_a_second,
            records_a_second: rate("fruitbelt_records_total")?,
            mirrored_bytes_a_second: rate("fruitbelt_mirrored_bytes_total")?,
            lost: after.get("fruitbelt_viewers_lost_records_total")?,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Axis::Connections => "connections",
            Axis::Viewers => "viewers",
            Axis::Facts => "records",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Axis::Connections => "Cost of connections",
            Axis::Viewers => "Cost of viewers",
            Axis::Facts => "Cost of records",
        }
    }

    fn x_label(self) -> &'static str {
        match self {
            Axis::Connections => "open connections; together 1,000 round trips a second, 1 viewer",
            Axis::Viewers => "viewers; 100 connections, together 1,000 round trips a second",
            Axis::Facts => "facts a second, each a record of its own if none were merged; 1 viewer",
        }
    }

    fn told(self, work: Work) -> String {
        let pace = match work.pace {
            Pace::Paced(rate) => format!("{rate} round trips a second"),
            Pace::Unbounded => "round trips without a pause".to_owned(),
            Pace::Bulk => "bulk".to_owned(),
        };
        let Work {
            connections,
            viewers,
            ..
        } = work;
        format!("{connections} connections, {viewers} viewers, {pace}")
    }

    fn table(self, points: &[Point]) -> String {
        let (title, head, about) = match self {
            Axis::Connections => (
                "### Connections",
                "connections",
                "1,000 round trips a second over all of them together, 1 viewer.",
            ),
            Axis::Viewers => (
                "### Viewers",
                "viewers",
                "100 connections, together 1,000 round trips a second.",
            ),
            Axis::Facts => (
                "### Records",
                "facts/s",
                "100 connections, 1 viewer; the last but one without a pause, the last one connection in \
                 bulk with recv(64). Above 200 facts a second, those of a connection are merged into \
                 records of 16 ms, so that records grow more slowly than facts: with that there is no \
                 load that makes a million records a second.",
            ),
        };
        let rows = points.iter().map(|point| {
            let micros = |time: Option<f64>| time.map_or("–".to_owned(), |it| format!("{it:.0}"));
            format!(
                "| {:.0} | {:.1} | {:.1} | {:.1} | {} | {} | {:.0} | {:.0} | {:.2} | {:.0} |\n",
                point.x,
                point.cpu_percent,
                point.resident_bytes / 1e6,
                point.journal_bytes / 1e6,
                micros(point.p50_micros),
                micros(point.p99_micros),
                point.facts_a_second,
                point.records_a_second,
                point.mirrored_bytes_a_second / 1e6,
                point.lost,
            )
        });
        format!(
            "{title}\n\n{about}\n\n\
             | {head} | CPU, % | memory (RSS), MB | of that the journal, MB | echo p50, µs | echo p99, µs \
             | facts/s | records/s | mirrored, MB/s | records lost by viewers |\n\
             |---|---|---|---|---|---|---|---|---|---|\n{}",
            rows.collect::<String>()
        )
    }

    fn picture(self, points: &[Point]) -> String {
        let series = |name, value: &dyn Fn(&Point) -> Option<f64>| Series {
            name,
            points: points
                .iter()
                .filter_map(|point| Some((point.x, value(point)?)))
                .collect(),
        };
        let panels = [
            Panel {
                title: "CPU of the relay, percent of one core",
                series: vec![series("", &|it| Some(it.cpu_percent))],
            },
            Panel {
                title: "memory of the relay, MB",
                series: vec![
                    series("in RAM (RSS)", &|it| Some(it.resident_bytes / 1e6)),
                    series("the journal's part", &|it| Some(it.journal_bytes / 1e6)),
                ],
            },
            Panel {
                title: "an echo, microseconds",
                series: vec![
                    series("p50", &|it| it.p50_micros),
                    series("p99", &|it| it.p99_micros),
                ],
            },
        ];
        plot::svg(self.title(), self.x_label(), &panels)
    }
}

enum Busy {
    Paced(Paced),
    Bulk(#[allow(dead_code, reason = "it ends when dropped")] Load),
}
