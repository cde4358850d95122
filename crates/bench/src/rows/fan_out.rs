//! A lecture hall: 1000 viewers, 60 batches a second of about 1 KiB, and the journal full; against
//! frames made ready and written to as many sockets.

use std::{thread, time::Duration};

use anyhow::{Context, Result};
use protocol::{Seq, wire::FromRelay};

use super::{Fan, Plan, Told, WARM_UP, progress, trickle};
use crate::{
    figures::{Spread, Target},
    load::Load,
    server::Server,
    viewer::Viewer,
    viewers::Viewers,
};

pub const VIEWERS: usize = 1000;
const BATCHES_A_SECOND: u32 = 60;
/// Of records on the wire, so that the journal holds all it may and has dropped some.
const FULL_BYTES: usize = 18 << 20;

pub fn measure(plan: &Plan) -> Result<Told> {
    let (mut relay, mut ready, mut rss_mib) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..plan.times {
        progress("fan-out", turn, plan);
        let server = Server::relay(&plan.relay, &[])?;
        let query = fill_journal(&server)?;
        let viewers = Viewers::join(server.page()?, VIEWERS, &query)?;
        let load = trickle(&server)?;
        thread::sleep(WARM_UP);
        let fan = Fan::of(&server, viewers, plan.span)?;
        rss_mib.push(server.rss_bytes()? as f64 / f64::from(1 << 20));
        load.end()?;
        drop(server);
        // As long as the relay's own were.
        let server = Server::ready(fan.deliveries.batch_bytes as usize, BATCHES_A_SECOND)?;
        relay.push(fan);
        let viewers = Viewers::join(server.page()?, VIEWERS, "")?;
        thread::sleep(WARM_UP);
        ready.push(Fan::of(&server, viewers, plan.span)?);
    }
    let of = |fans: &[Fan], value: fn(&Fan) -> f64| Spread::of(fans.iter().map(value).collect());
    let ratios = relay.iter().zip(&ready);
    let ratio = Spread::of(ratios.map(|(a, b)| a.cpu_micros / b.cpu_micros).collect());
    let part = of(&relay, |fan| fan.deliveries.part * 100.0);
    let p99 = of(&relay, |fan| fan.deliveries.p99_millis);
    let rss = Spread::of(rss_mib);
    let row = |name, fans: &[Fan], rss: String| {
        format!(
            "| {name} | {:.1} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {rss} |\n",
            of(fans, |fan| fan.batches_a_second),
            of(fans, |fan| fan.deliveries.batch_bytes),
            of(fans, |fan| fan.deliveries.part * 100.0),
            of(fans, |fan| fan.deliveries.p50_millis),
            of(fans, |fan| fan.deliveries.p99_millis),
            of(fans, |fan| fan.cpu_micros),
        )
    };
    let markdown = format!(
        "Fan-out: {VIEWERS} viewers. A batch is late from the time of its first record, and its records \
         are gathered for up to 16 ms. \"Ready\": a frame of as many bytes, made once, is written to \
         one socket after the other, and nothing else is done.\n\n\
         | | batches/s | bytes a batch | delivered, % | late, p50 ms | late, p99 ms | CPU µs a delivery | RSS MiB, journal full |\n\
         |---|---|---|---|---|---|---|---|\n{}{}\n\
         CPU a delivery, relay to ready: {ratio}.\n",
        row("relay", &relay, format!("{rss:.1}")),
        row("ready", &ready, String::new()),
    );
    let what = |what| format!("fan-out, {VIEWERS} viewers × 60 batches/s × 1 KiB: {what}");
    Ok(Told {
        markdown,
        targets: vec![
            Target::at_least(what("delivered, %"), 99.0, part),
            Target::at_most(what("p99"), 50.0, " ms", p99),
            Target::at_most(
                what("CPU a delivery against a frame made ready"),
                1.2,
                "",
                ratio,
            ),
            Target::at_most(what("RSS with 16 MiB journal full"), 40.0, " MiB", rss),
        ],
    })
}

/// Fills the journal by connections that say something and go. Returns where a viewer goes on that
/// has seen all of it.
fn fill_journal(server: &Server) -> Result<String> {
    let mut viewer = Viewer::join(server.page()?)?;
    let FromRelay::Header(header) = viewer.hear()? else {
        return Err(anyhow::anyhow!("a relay begins with its header"));
    };
    let load = Load::visits(server.echo()?, 2, 256);
    let mut bytes = 0;
    let mut last = Seq(0);
    let mut take = |bytes: &mut usize| -> Result<bool> {
        match viewer.hear()? {
            FromRelay::Records(records) => {
                *bytes += protocol::wire::encode(&FromRelay::Records(records.clone())).len();
                last = records.last().context("an empty batch")?.seq;
                Ok(false)
            }
            FromRelay::Beat { .. } => Ok(true),
            _ => Ok(false),
        }
    };
    while bytes < FULL_BYTES {
        take(&mut bytes)?;
    }
    load.end()?;
    thread::sleep(Duration::from_millis(100));
    // Two beats later all that was recorded has come.
    let mut beats = 0;
    while beats < 2 {
        beats += u32::from(take(&mut bytes)?);
    }
    Ok(format!("?run={}&after={}", header.run, last.0))
}
