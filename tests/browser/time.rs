//! What a long recording costs the page: reading it, seeking in it, playing it. A measurement, not a
//! test: `cargo xtask bench time` runs it after the native one and shows what it prints.
//!
//! The records are made, not recorded: the same ones as in the native measurement, whose program
//! has written them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::chromium::Browser;
use super::page::{Page, View};
use super::probe::{Frame, PROBE, load, machine, row};
use crate::relay_process::{binary, built_page};
use crate::replay::Replay;

const COUNTS: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Opened first, so that what is measured begins with a choice, as from the page's list.
const FIRST: &str = "sample";
/// Some 200 seeks.
const SCRUB_MILLIS: u32 = 4_000;
const PLAY_MILLIS: u32 = 5_000;

/// Chooses the recording, and tells when the page has taken all of it: it then ends the worker that
/// read. Whatever frames there were meanwhile, and how long the page was busy without a pause.
const CHOOSE: &str = "name => new Promise(resolve => {
    const begun = performance.now();
    let [last, longest, frames, done] = [begun, 0, 0, null];
    const terminate = Worker.prototype.terminate;
    Worker.prototype.terminate = function () {
        Worker.prototype.terminate = terminate;
        done = performance.now() - begun;
        return terminate.call(this);
    };
    const frame = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        frames += 1;
        // The panels know a little later.
        const told = document.querySelector('.notice').textContent.includes('Reading');
        if (done === null || told) requestAnimationFrame(frame);
        else resolve({ seconds: done / 1000, longest, frames });
    };
    requestAnimationFrame(frame);
    location.hash = 'rec=' + name;
})";

/// A hand that moves the head to another place of the bar in each frame; what the frames were.
const SCRUB: &str = "millis => {
    const bar = document.querySelector('#timeline');
    const box = bar.getBoundingClientRect();
    let random = 1;
    const point = name => {
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        const clientX = box.x + box.width * random / 2 ** 32;
        bar.dispatchEvent(new PointerEvent(name,
            { bubbles: true, pointerId: 1, button: 0, clientX, clientY: box.bottom - 2 }));
    };
    let holds = true;
    const move = () => {
        point(holds ? 'pointermove' : 'pointerup');
        if (holds) requestAnimationFrame(move);
    };
    point('pointerdown');
    requestAnimationFrame(move);
    return record(millis).then(frames => {
        holds = false;
        return frames;
    });
}";

/// To the middle, and on from there at the fastest speed, or at the page's own.
const PLAY: &str = "(millis, fastest) => {
    const press = key => document.body.dispatchEvent(new KeyboardEvent('keydown',
        { key, bubbles: true }));
    press('5');
    // More often than there are speeds.
    for (let n = 0; fastest && n < 12; n += 1) press('>');
    return record(millis);
}";

/// How the reading went.
#[derive(Deserialize)]
struct Read {
    seconds: f64,
    /// The longest time between two frames, milliseconds.
    longest: f64,
    frames: u32,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench time"]
async fn time() -> Result<()> {
    let logs = env::var_os("FRUITBELT_LOGS").map(PathBuf::from);
    let logs = logs.context("FRUITBELT_LOGS names no folder: use `cargo xtask bench time`")?;
    let sample = built_page().join(format!("recordings/{FIRST}.ndjson"));
    let counted = COUNTS.map(|count| logs.join(format!("log-{count}.ndjson")));
    let mut files: Vec<&Path> = vec![&sample];
    files.extend(counted.iter().map(PathBuf::as_path));
    let verify = Command::new(binary()).arg("verify").args(&files).output()?;
    ensure!(verify.status.success(), "not true: {verify:?}");
    let replay = Replay::start(&built_page(), &files, &[]);

    let browser = Browser::start().await?;
    println!("\n{}, {}", machine()?, browser.version().await?);
    println!("load before: {}", load()?);
    println!("in the browser, 1920 x 1080; milliseconds of the page's own work: p50 p95 p99\n");
    println!(
        "| records | MB | read, s | longest frame meanwhile, ms | memory, MB: wasm + JavaScript | seek | seeks | frame, playing | frames/s | frame, 100 times | frames/s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (count, file) in COUNTS.iter().zip(&counted) {
        let megabytes = file.metadata()?.len() / 1_000_000;
        let url = format!("http://{}/#rec={FIRST}", replay.page);
        let page = browser.open(&url, View::WALL).await?;
        measure(&page, *count, megabytes).await?;
        page.close().await?;
    }
    println!("| targets | | ≤ 2 for the last | | ≤ 300 | p99 ≤ 16 | | ≤ 4 | 60 | ≤ 4 | 60 |");
    println!("\nload behind: {}", load()?);
    browser.close().await
}

/// A row of the table.
async fn measure(page: &Page, count: usize, megabytes: u64) -> Result<()> {
    page.until("document.querySelector('.tab')").await?;
    page.evaluate::<bool>(PROBE).await?;
    let read: Read = page.evaluate(&format!("({CHOOSE})('log-{count}')")).await?;
    // The module is loaded already: this only hands out what it exports.
    let wasm = "import('./web.js').then(module => module.default())
        .then(exports => exports.memory.buffer.byteLength)";
    let wasm: u64 = page.evaluate(wasm).await?;
    let memory = page.memory().await?;
    let scripts = memory.heap_bytes + memory.buffer_bytes;
    page.screenshot(&format!("bench-time-{count}")).await?;
    let seeks: Vec<Frame> = page.evaluate(&format!("({SCRUB})({SCRUB_MILLIS})")).await?;
    page.screenshot(&format!("bench-time-{count}-sought"))
        .await?;
    let play = async |fastest: bool| -> Result<(String, f64)> {
        let play = format!("({PLAY})({PLAY_MILLIS}, {fastest})");
        let frames: Vec<Frame> = page.evaluate(&play).await?;
        let span = frames[frames.len() - 1].at - frames[0].at;
        Ok((work(&frames), (frames.len() - 1) as f64 * 1000.0 / span))
    };
    let (paced, paced_rate) = play(false).await?;
    page.screenshot(&format!("bench-time-{count}-playing"))
        .await?;
    let (fast, fast_rate) = play(true).await?;
    page.screenshot(&format!("bench-time-{count}-fast")).await?;
    println!(
        "| {count} | {megabytes} | {:.2} | {:.0} (of {}) | {} + {} | {} | {} | {paced} | {paced_rate:.1} | {fast} | {fast_rate:.1} |",
        read.seconds,
        read.longest,
        read.frames,
        wasm / 1_000_000,
        scripts / 1_000_000,
        work(&seeks),
        seeks.len(),
    );
    Ok(())
}

fn work(frames: &[Frame]) -> String {
    row(frames.iter().map(|frame| frame.work))
}
