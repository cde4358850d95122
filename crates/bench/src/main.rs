//! `cargo xtask bench relay`: the relay's part of the table in docs/bench.md, as Markdown on standard
//! output. Also the servers with which it is compared, each in a process of its own.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use bench::{
    baseline, curves, machine, ready,
    rows::{Plan, Row},
};
use clap::{Parser, Subcommand, ValueEnum};

#[derive(Parser)]
#[command(name = "bench")]
enum Task {
    /// Measures a relay against a bare echo
    Relay(Arguments),
    /// Measures what a relay costs as connections, viewers and records grow
    Curves(Curves),
    #[command(flatten)]
    Serve(Serve),
}

#[derive(Subcommand)]
enum Serve {
    /// The bare echo
    #[command(hide = true)]
    Echo,
    /// Frames made ready, to each viewer
    #[command(hide = true)]
    Ready {
        #[arg(long)]
        bytes: usize,
        #[arg(long)]
        a_second: u32,
    },
}

#[derive(clap::Args)]
struct Arguments {
    /// The relay's program
    #[arg(long, value_name = "FILE")]
    relay: PathBuf,
    /// Only that; may be repeated
    #[arg(long, value_name = "NAME")]
    row: Vec<Row>,
    /// How often each is measured
    #[arg(long, value_name = "N", default_value_t = 5)]
    times: usize,
    /// For how long each time
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    seconds: f64,
    /// For a glance: 3 times 1 second
    #[arg(long, conflicts_with_all = ["times", "seconds"])]
    quick: bool,
}

#[derive(clap::Args)]
struct Curves {
    /// The relay's program
    #[arg(long, value_name = "FILE")]
    relay: PathBuf,
    /// Where the pictures go
    #[arg(long, value_name = "DIR")]
    pictures: PathBuf,
    /// For how long at each point
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0)]
    seconds: f64,
    /// For a glance: fewer points, 1 second each
    #[arg(long, conflicts_with = "seconds")]
    quick: bool,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Relay(arguments) => measure(&arguments),
        Task::Curves(arguments) => {
            let seconds = if arguments.quick {
                1.0
            } else {
                arguments.seconds
            };
            curves::draw(&curves::Plan {
                relay: arguments.relay,
                span: Duration::from_secs_f64(seconds.clamp(0.1, 60.0)),
                is_quick: arguments.quick,
                pictures: arguments.pictures,
            })
        }
        Task::Serve(Serve::Echo) => baseline::serve().map_err(Into::into),
        Task::Serve(Serve::Ready { bytes, a_second }) => {
            ready::serve(bytes, a_second).map_err(Into::into)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<()> {
    let (times, seconds) = match arguments.quick {
        true => (3, 1.0),
        false => (arguments.times.max(1), arguments.seconds.clamp(0.1, 60.0)),
    };
    let plan = Plan {
        relay: arguments.relay.clone(),
        times,
        span: Duration::from_secs_f64(seconds),
    };
    machine::raise_descriptor_limit();
    println!("## The relay\n");
    println!("{}.", machine::line());
    println!("Each {times} times {seconds} s, by turns; medians, with the least and the most.\n");
    let rows = match arguments.row.as_slice() {
        [] => Row::value_variants(),
        some => some,
    };
    let mut failed = Ok(());
    for row in rows {
        match row.measure(&plan) {
            Ok(told) => {
                println!("{}", told.markdown);
                for target in told.targets {
                    println!("{target}");
                }
                println!();
            }
            // The others are worth to be known all the same.
            Err(error) => {
                eprintln!("bench: {row:?}: {error:#}");
                failed = Err(anyhow::anyhow!("not all could be measured"));
            }
        }
    }
    failed
}
