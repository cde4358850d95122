//! How much work a frame of the page is, with much fruit and many connections: a measurement, not a
//! test. `cargo xtask bench page` runs it and shows what it prints.

use std::fs;
use std::thread;

use anyhow::{Context, Result, ensure};
use protocol::{Conn, Event, Request, Spacing};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::chromium::Browser;
use super::page::{Page, View};
use super::told;
use super::visit::Visit;

/// Clients beside the demonstration, each with bytes that wait.
const OTHERS: usize = 19;
const SPAN_MILLIS: u32 = 12_000;
/// As many sends as are shown in the time to get to a thousand fruit, and the span.
const SENDS: usize = 24;
/// The second demonstration.
const RIDERS: Conn = Conn(OTHERS as u32 + 2);

/// Times each frame's callbacks and counts what they paint: `frame` is the last one, and `record`
/// gives those of a span. Sprites are the calls of drawImage: a fruit, a crate, a bag is one each.
const PROBE: &str = "{
    globalThis.frame = { at: 0, work: 0, sprites: 0 };
    let heard = () => {};
    const ask = requestAnimationFrame.bind(window);
    window.requestAnimationFrame = callback => ask(at => {
        if (frame.at != at) {
            heard(frame);
            frame = { at, work: 0, sprites: 0 };
        }
        const begin = performance.now();
        callback(at);
        frame.work += performance.now() - begin;
    });
    const paint = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (...all) {
        frame.sprites += 1;
        return paint.apply(this, all);
    };
    globalThis.record = span => new Promise(resolve => {
        const frames = [];
        heard = frame => {
            frames.push(frame);
            if (frame.at - frames[0].at < span) return;
            heard = () => {};
            resolve(frames);
        };
    });
}; true";

/// One frame of the page, milliseconds.
#[derive(Deserialize)]
struct Frame {
    at: f64,
    /// In the page's own code. What the browser makes of it comes on top.
    work: f64,
    sprites: f64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench page"]
async fn frames() -> Result<()> {
    let visit = Visit::start(&["--read-when", "queued:100", "--bag", "100"], View::WALL).await?;
    let Visit {
        browser,
        page,
        relay,
    } = &visit;
    println!("{}, {}", machine()?, browser.version().await?);
    println!(
        "1920 x 1080, {} connections; of the painted frames, sprites: p50, most; milliseconds: p50 p95 p99, CPU by the frame",
        OTHERS + 1
    );
    println!(
        "{:<32}{:>8}{:>12}{:>10}{:>22}{:>22}{:>13}{:>13}",
        "",
        "painted",
        "sprites",
        "frames/s",
        "between frames",
        "the page's code",
        "CPU: thread",
        "Chromium"
    );

    page.until("document.querySelector('.big button')").await?;
    let mut others = Vec::new();
    for _ in 0..OTHERS {
        let mut other = TcpStream::connect(relay.echo).await?;
        other.write_all(&[b'o'; 50]).await?;
        others.push(other);
    }
    page.until("document.querySelectorAll('.tab').length == 12")
        .await?;
    page.evaluate::<bool>(PROBE).await?;
    let mut mirror = relay.mirror("").await;
    let mut send = async |batches, spacing| {
        let send = Request::Send {
            conn: None,
            batches: vec![100; batches],
            spacing,
        };
        mirror.ask(send).await
    };

    // The page follows each new demonstration.
    send(10, Spacing::WhenRecorded).await?;
    page.until("frame.sprites >= 200").await?;
    measure("100 after 100, to the bag", 20.0, browser, page).await?;
    page.screenshot("bench-story").await?;

    // A new client's sends at once are recorded before the server's accept, and stay on the belt
    // until the show has come to that.
    told::go_live(page).await?;
    send(SENDS, Spacing::GapMillis(0)).await?;
    let accepted = |event: &Event| matches!(event, Event::Accepted(it) if it.conn == RIDERS);
    let before = relay.lines("").await.until(accepted).await;
    let sends = before
        .iter()
        .filter(|record| matches!(&record.event, Event::Wrote(it) if it.conn == RIDERS));
    let sends = sends.count();
    ensure!(
        sends >= SENDS - 4,
        "accept came after {sends} of {SENDS} sends: let nothing else run meanwhile"
    );
    // A busy machine is slow to get there: each wait has its own deadline.
    for sprites in [100, 400, 700, 1000] {
        page.until(&format!("frame.sprites >= {sprites}")).await?;
    }
    measure("10 batches of 100 and more ride", 1000.0, browser, page).await?;
    page.screenshot("bench-ride").await?;
    drop(others);
    visit.end().await
}

/// A row of the table: what frames with so many sprites at least cost. The others, where nothing
/// moves, are not painted.
async fn measure(name: &str, sprites_min: f64, browser: &Browser, page: &Page) -> Result<()> {
    let (thread, all) = (page.cpu_seconds().await?, browser.cpu_seconds().await?);
    let frames: Vec<Frame> = page.evaluate(&format!("record({SPAN_MILLIS})")).await?;
    let thread = page.cpu_seconds().await? - thread;
    let all = browser.cpu_seconds().await? - all;
    let (first, last) = (
        frames.first().context("no frame")?,
        &frames[frames.len() - 1],
    );
    let per_second = (frames.len() - 1) as f64 * 1000.0 / (last.at - first.at);
    let painted = |frame: &&Frame| frame.sprites >= sprites_min;
    let count = frames.iter().filter(painted).count();
    ensure!(count > 0, "no frame has {sprites_min} sprites");
    let per_frame = |seconds: f64| seconds * 1000.0 / count as f64;
    let sprites = frames.iter().filter(painted).map(|frame| frame.sprites);
    let sprites = [0.5, 1.0].map(|part| quantile(sprites.clone(), part));
    let pairs = frames.windows(2).filter(|pair| painted(&&pair[1]));
    let between = row(pairs.map(|pair| pair[1].at - pair[0].at));
    let work = row(frames.iter().filter(painted).map(|frame| frame.work));
    println!(
        "{name:<32}{count:>8}{:>12}{per_second:>10.1}{between:>22}{work:>22}{:>13.1}{:>13.1}",
        format!("{}, {}", sprites[0], sprites[1]),
        per_frame(thread),
        per_frame(all),
    );
    Ok(())
}

fn row(values: impl Iterator<Item = f64> + Clone) -> String {
    let quantiles = [0.5, 0.95, 0.99].map(|part| quantile(values.clone(), part));
    quantiles.map(|value| format!("{value:.1}")).join("  ")
}

/// The smallest value that is not below this part of them all.
fn quantile(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() as f64 * part).ceil() as usize;
    values[rank.saturating_sub(1)]
}

fn machine() -> Result<String> {
    let cores = thread::available_parallelism()?;
    let told = fs::read_to_string("/proc/cpuinfo")?;
    let model = told
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|model| model.trim_start_matches([' ', '\t', ':']));
    Ok(format!(
        "{cores} cores of {}",
        model.unwrap_or("an unnamed kind")
    ))
}
