//! 200 of 1000 viewers never read: what the others notice, and what the kernel holds for them.

use std::{thread, time::Duration};

use anyhow::Result;

use super::{Fan, Plan, Told, WARM_UP, progress, trickle};
use crate::{
    figures::{Spread, Target},
    machine,
    server::Server,
    viewers::{self, Viewers},
};

const LIVE: usize = 800;
const STALLED: usize = 200;
/// So long it takes until all that may be held for a stalled viewer is.
const FILLING: Duration = Duration::from_secs(5);

pub fn measure(plan: &Plan) -> Result<Told> {
    let (mut plain, mut stalled, mut growth, mut plain_growth) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for turn in 0..plan.times {
        progress("stalled viewers", turn, plan);
        let (fan, bytes) = run(plan, 0, WARM_UP)?;
        plain.push(fan);
        plain_growth.push(bytes);
        let (fan, bytes) = run(plan, STALLED, FILLING)?;
        stalled.push(fan);
        growth.push(bytes);
    }
    let of = |fans: &[Fan], value: fn(&Fan) -> f64| Spread::of(fans.iter().map(value).collect());
    let p99s = stalled.iter().zip(&plain);
    let ratio = Spread::of(
        p99s.map(|(a, b)| a.deliveries.p99_millis / b.deliveries.p99_millis)
            .collect(),
    );
    let row = |name, fans: &[Fan], growth: Spread| {
        format!(
            "| {name} | {:.2} | {:.2} | {:.2} | {growth:.1} |\n",
            of(fans, |fan| fan.deliveries.part * 100.0),
            of(fans, |fan| fan.deliveries.p50_millis),
            of(fans, |fan| fan.deliveries.p99_millis),
        )
    };
    let (growth, plain_growth) = (Spread::of(growth), Spread::of(plain_growth));
    let markdown = format!(
        "Stalled viewers: {LIVE} live ones, with and without {STALLED} that never read; 60 batches/s of \
         about 1 KiB. The kernel's TCP memory is the whole machine's, at its most, less what it was \
         before anybody joined.\n\n\
         | | delivered to the live ones, % | late, p50 ms | late, p99 ms | TCP memory, MB |\n\
         |---|---|---|---|---|\n{}{}",
        row("without", &plain, plain_growth),
        row("with", &stalled, growth),
    );
    let what = |what| format!("{STALLED} stalled + {LIVE} live viewers: {what}");
    let part = of(&stalled, |fan| fan.deliveries.part * 100.0);
    Ok(Told {
        markdown,
        targets: vec![
            Target::at_least(what("delivered to the live ones, %"), 99.0, part),
            Target::at_most(what("p99 against unstalled"), 3.0, "", ratio),
            Target::at_most(what("kernel TCP memory"), 96.0, " MB", growth),
        ],
    })
}

/// What the live ones got, and the growth of TCP's memory, MB.
fn run(plan: &Plan, stalled: usize, settling: Duration) -> Result<(Fan, f64)> {
    let before = machine::tcp_memory_bytes();
    let server = Server::relay(&plan.relay, &[])?;
    let held = viewers::stalled(server.page()?, stalled)?;
    let live = Viewers::join(server.page()?, LIVE, "")?;
    let load = trickle(&server)?;
    thread::sleep(settling);
    let settled = machine::tcp_memory_bytes();
    let fan = Fan::of(&server, live, plan.span)?;
    let most = settled.max(machine::tcp_memory_bytes());
    load.end()?;
    drop(held);
    Ok((fan, most.saturating_sub(before) as f64 / 1e6))
}
