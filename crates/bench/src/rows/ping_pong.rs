//! 64 B ping-pong on 100 connections, against the bare echo, with some viewers.

use std::fmt::Write;

use anyhow::Result;

use super::{Pace, Plan, Told, progress};
use crate::{
    figures::{Spread, Target},
    load::Load,
    server::Server,
    viewers::Viewers,
};

const CONNECTIONS: usize = 100;
const BYTES: usize = 64;

/// `cases`: how many viewers, and the least part of the baseline's rate.
pub fn measure(plan: &Plan, cases: &[(usize, f64)]) -> Result<Told> {
    let mut told = Told {
        markdown: format!(
            "{BYTES} B ping-pong, {CONNECTIONS} connections, full observation.\n\n\
             | viewers | baseline, round trips/s | relay, round trips/s | rate | baseline, CPU µs a round trip | relay, CPU µs | CPU | viewers were resynchronised |\n\
             |---|---|---|---|---|---|---|---|\n"
        ),
        targets: Vec::new(),
    };
    for &(viewers, mark) in cases {
        case(plan, viewers, mark, &mut told)?;
    }
    Ok(told)
}

fn case(plan: &Plan, viewers: usize, mark: f64, told: &mut Told) -> Result<()> {
    let mut pairs = Vec::new();
    let mut lost = 0;
    for turn in 0..plan.times {
        progress(&format!("ping-pong, viewers: {viewers}"), turn, plan);
        let baseline = {
            let server = Server::baseline()?;
            let load = Load::ping_pong(server.echo()?, CONNECTIONS, BYTES)?;
            let pace = Pace::of(&server, &load, plan.span)?;
            load.end()?;
            pace
        };
        let server = Server::relay(&plan.relay, &[])?;
        let watching = Viewers::join(server.page()?, viewers, "")?;
        let load = Load::ping_pong(server.echo()?, CONNECTIONS, BYTES)?;
        pairs.push((baseline, Pace::of(&server, &load, plan.span)?));
        load.end()?;
        lost += watching.end()?.lost;
    }
    let of = |value: fn(&(Pace, Pace)) -> f64| Spread::of(pairs.iter().map(value).collect());
    let rate = of(|(baseline, relay)| relay.a_second / baseline.a_second);
    let cpu = of(|(baseline, relay)| relay.cpu_nanos / baseline.cpu_nanos);
    let _ = writeln!(
        told.markdown,
        "| {viewers} | {:.0} | {:.0} | {rate} | {:.2} | {:.2} | {cpu} | {lost} times |",
        of(|(baseline, _)| baseline.a_second),
        of(|(_, relay)| relay.a_second),
        of(|(baseline, _)| baseline.cpu_nanos / 1e3),
        of(|(_, relay)| relay.cpu_nanos / 1e3),
    );
    let plural = if viewers == 1 { "" } else { "s" };
    let what = |what| {
        format!("{BYTES} B ping-pong, {CONNECTIONS} connections, {viewers} viewer{plural}: {what}")
    };
    told.targets
        .push(Target::at_least(what("rate"), mark, rate));
    if viewers == 1 {
        let what = what("CPU a round trip");
        told.targets.push(Target::at_most(what, 1.15, "", cpu));
    }
    Ok(())
}
