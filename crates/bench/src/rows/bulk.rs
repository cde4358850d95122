//! One connection that sends as fast as it is taken, against the bare echo, with 1 viewer that
//! decodes everything: the bytes that the records tell must be those that went over the socket.

use std::{net::SocketAddr, thread};

use anyhow::{Result, anyhow};
use protocol::{End, Event, wire::FromRelay};

use super::{Pace, Plan, Told, progress};
use crate::{
    figures::{Spread, Target},
    load::Load,
    server::Server,
    viewer::Viewer,
};

pub fn measure(plan: &Plan) -> Result<Told> {
    let mut pairs = Vec::new();
    let mut exact = 0;
    let mut lossy = 0;
    for turn in 0..plan.times {
        progress("bulk", turn, plan);
        let baseline = {
            let server = Server::baseline()?;
            let load = Load::bulk(server.echo()?)?;
            let pace = Pace::of(&server, &load, plan.span)?;
            load.end()?;
            pace
        };
        let server = Server::relay(&plan.relay, &[])?;
        let page = server.page()?;
        let watching = thread::spawn(move || bytes_told(page));
        let load = Load::bulk(server.echo()?)?;
        pairs.push((baseline, Pace::of(&server, &load, plan.span)?));
        let moved = load.end()?;
        let watched = watching
            .join()
            .map_err(|_| anyhow!("a viewer panicked"))??;
        lossy += usize::from(watched.has_lost);
        exact += usize::from((watched.read, watched.wrote) == moved);
    }
    let of = |value: fn(&(Pace, Pace)) -> f64| Spread::of(pairs.iter().map(value).collect());
    let rate = of(|(baseline, relay)| relay.a_second / baseline.a_second);
    let cpu = of(|(baseline, relay)| relay.cpu_nanos / baseline.cpu_nanos);
    let times = plan.times;
    let markdown = format!(
        "Bulk: one connection, recv(1024), 1 viewer.\n\n\
         | baseline, MB/s | relay, MB/s | rate | baseline, CPU ns a byte | relay, CPU ns a byte | CPU | the records' bytes are the sockets' |\n\
         |---|---|---|---|---|---|---|\n\
         | {:.1} | {:.1} | {rate} | {:.2} | {:.2} | {cpu} | in {exact} of {times} runs ({lossy} with records lost for the viewer) |\n",
        of(|(baseline, _)| baseline.a_second / 1e6),
        of(|(_, relay)| relay.a_second / 1e6),
        of(|(baseline, _)| baseline.cpu_nanos),
        of(|(_, relay)| relay.cpu_nanos),
    );
    let what = |what| format!("bulk, one connection, recv(1024), 1 viewer: {what}");
    Ok(Told {
        markdown,
        targets: vec![
            Target::at_least(what("rate"), 0.9, rate),
            Target::at_most(what("CPU a byte"), 1.2, "", cpu),
            Target {
                what: what("byte counts"),
                aimed: "exact".to_owned(),
                measured: format!("{exact} of {times} runs"),
                is_met: exact == times,
            },
        ],
    })
}

#[derive(Default)]
struct BytesTold {
    read: u64,
    wrote: u64,
    has_lost: bool,
}

/// What the server is said to have read and written, up to the end of the only connection.
fn bytes_told(page: SocketAddr) -> Result<BytesTold> {
    let mut viewer = Viewer::join(page)?;
    let mut told = BytesTold::default();
    loop {
        let FromRelay::Records(records) = viewer.hear()? else {
            continue;
        };
        for record in records {
            match record.event {
                Event::Read(read) if read.end == End::Server => told.read += read.returned,
                Event::Wrote(wrote) if wrote.end == End::Server => told.wrote += wrote.accepted,
                Event::Dropped(_) => told.has_lost = true,
                // Of a viewer that has lost some, the keyframe tells the whole.
                Event::Keyframe(keyframe) if told.has_lost => {
                    let ends = keyframe.conns.iter().filter_map(|conn| conn.server_end);
                    for end in ends {
                        (told.read, told.wrote) = (end.read.bytes, end.wrote.bytes);
                    }
                }
                Event::Closed(_) => return Ok(told),
                _ => {}
            }
        }
    }
}
