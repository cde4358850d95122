//! How long it takes from recv() to the end of the animation frame that draws it, while the page
//! follows: kernel, relay, WebSocket, page.
//!
//! A client sends so many bytes as it never sent before, so that the first frame with that number on
//! the stage is the one. Both clocks are the machine's: the relay tells when its own began to the
//! millisecond, cut off, so that at most 1 ms is told too much.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use protocol::{End, Event};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Plan, report, spread, target};
use crate::browser::page::View;
use crate::browser::probe::quantile;
use crate::browser::visit::Visit;

/// So many bytes are sent first; then one more each time. Below a thousand, so that no space is in
/// the number; no axis has so fine a scale.
const BYTES_MIN: usize = 501;
const SENDS: usize = 120;
/// The first are not counted: code is compiled when it is first run.
const WARM: usize = 20;
/// From send to send, milliseconds: a frame's time and its part, so that sends meet frames anywhere.
const GAPS: [u64; 4] = [103, 128, 151, 176];

/// Keeps, for each number that is written on the stage, the end of the first frame with it, in
/// milliseconds since 1970.
const HOOK: &str = "{
    globalThis.ends = {};
    let fresh = [];
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (words, ...rest) {
        if (this.canvas.id == 'stage-canvas' && /^[0-9]{3}$/.test(words) && !(words in ends)) {
            ends[words] = null;
            fresh.push(words);
        }
        return write.call(this, words, ...rest);
    };
    const ask = requestAnimationFrame.bind(window);
    window.requestAnimationFrame = callback => ask(at => {
        callback(at);
        const now = performance.timeOrigin + performance.now();
        for (const words of fresh) ends[words] = { begin: performance.timeOrigin + at, end: now };
        fresh = [];
    });
}; true";

/// A frame that drew something first.
#[derive(Deserialize)]
struct Drawn {
    /// Its time by the browser, milliseconds since 1970.
    begin: f64,
    /// When the page had painted it.
    end: f64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench page"]
async fn latency() -> Result<()> {
    let plan = Plan::given();
    let (mut middle, mut most, mut begun) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = 0;
    for _ in 0..plan.runs {
        let run = run(if plan.is_quick { 3 } else { 1 }).await?;
        seen += run.len();
        let all = |part| quantile(run.iter().map(|it| it.1), part);
        middle.push(all(0.5));
        most.push(all(0.99));
        begun.push(quantile(run.iter().map(|it| it.0), 0.5));
    }
    report(&format!(
        "### From recv() to the frame that draws it\n\n\
         Following, 1920 x 1080, {seen} single sends in {} browsers, each with a relay of its own; \
         milliseconds, medians of the runs with the least and the most:\n\n\
         | to | p50 | p99 |\n|---|---|---|\n\
         | the beginning of that frame | {} | |\n\
         | its end: the page has painted | {} | {} |\n",
        plan.runs,
        spread(&begun),
        spread(&middle),
        spread(&most),
    ))?;
    target("recv() to the frame that draws it, p50", 25.0, &middle)?;
    target("recv() to the frame that draws it, p99", 50.0, &most)
}

/// Milliseconds to the beginning and to the end of the frame, for each send of one run.
async fn run(part: usize) -> Result<Vec<(f64, f64)>> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    page.until("document.querySelector('#play')").await?;
    page.evaluate::<bool>("(location.hash = 'speed=following', true)")
        .await?;
    let mut mirror = relay.mirror("").await;
    let started = mirror.header().started_unix_millis as f64;
    let mut client = TcpStream::connect(relay.echo).await?;
    client.write_all(b"first").await?;
    page.until("document.querySelector('.tab')").await?;
    page.evaluate::<bool>(HOOK).await?;

    let sends = BYTES_MIN..BYTES_MIN + WARM + SENDS / part;
    let mut reply = vec![0; 1 << 10];
    for bytes in sends.clone() {
        client.write_all(&vec![b'x'; bytes]).await?;
        let mut missing = bytes;
        while missing > 0 {
            let returned = client.read(&mut reply).await?;
            ensure!(returned > 0, "the relay closed");
            missing = missing.saturating_sub(returned);
        }
        // A person's rhythm, not a wait for anything.
        let gap = GAPS[bytes % GAPS.len()];
        tokio::time::sleep(Duration::from_millis(gap)).await;
    }
    let last = sends.end - 1;
    page.until(&format!("ends[{last}]")).await?;
    let drawn: HashMap<String, Drawn> = page.evaluate("ends").await?;
    let is_last = |event: &Event| matches!(event, Event::Read(e) if e.returned == last as u64);
    let records = mirror.until(is_last).await;
    let mut found = Vec::new();
    for record in &records {
        let Event::Read(read) = &record.event else {
            continue;
        };
        let is_one = read.end == End::Server && read.times == 1;
        let counts = (sends.start + WARM) as u64..sends.end as u64;
        if is_one && counts.contains(&read.returned) {
            // On a busy machine two come before one frame, which then shows the later number.
            let drawn = (read.returned..=last as u64)
                .filter_map(|bytes| drawn.get(&bytes.to_string()))
                .min_by(|a, b| a.end.total_cmp(&b.end));
            let drawn = drawn.with_context(|| format!("{} was never drawn", read.returned))?;
            let at = started + record.at_nanos as f64 / 1e6;
            found.push((drawn.begin - at, drawn.end - at));
        }
    }
    ensure!(!found.is_empty(), "no read was told by itself");
    page.screenshot("bench-latency").await?;
    visit.end().await?;
    Ok(found)
}
