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
use super::cost::report;
use super::page::{Page, View};
use super::probe::{Frame, PROBE, load, machine, quantile, row};
use crate::relay_process::{binary, built_page};
use crate::replay::Replay;

const COUNTS: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Opened first, so that what is measured begins with a choice, as from the page's list.
const FIRST: &str = "sample";
/// Some 200 seeks.
const SCRUB_MILLIS: u32 = 4_000;
const PLAY_MILLIS: u32 = 5_000;

/// Chooses the recording, and tells when the page has taken all of it: it then stops the worker that
/// read. With the longest time without a frame meanwhile.
const CHOOSE: &str = "name => new Promise(resolve => {
    const begun = performance.now();
    let [last, longest, done] = [begun, 0, null];
    const post = Worker.prototype.postMessage;
    let used = 0;
    Worker.prototype.postMessage = function (message, ...rest) {
        if (message.more) used += 1;
        if (message.stop && used) {
            Worker.prototype.postMessage = post;
            done = performance.now() - begun;
        }
        return post.call(this, message, ...rest);
    };
    const frame = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        // The panels know a little later.
        const told = document.querySelector('.notice').textContent.includes('Reading');
        if (done === null || told) requestAnimationFrame(frame);
        else resolve({ seconds: done / 1000, longest });
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
    report(&format!(
        "\n{}, {}; load before: {}. In the browser, 1920 x 1080; a frame: milliseconds of the page's own \
         work, p50 p95 p99, and in brackets of CPU, painting included\n\n\
         | records | MB | read, s | CPU meanwhile, s: page, Chromium | longest without a frame, ms | \
         memory, MB: wasm + scripts | frame with a seek | /s | frame, playing | /s | frame, 100 times | /s |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|",
        machine()?,
        browser.version().await?,
        load()?
    ))?;
    // The longest is the only one that takes a minute, and the one that is aimed at.
    let shown = if env::var_os("FRUITBELT_QUICK").is_some() {
        COUNTS.len() - 1
    } else {
        COUNTS.len()
    };
    let mut last = Vec::new();
    for (count, file) in COUNTS.iter().zip(&counted).take(shown) {
        let megabytes = file.metadata()?.len() / 1_000_000;
        let url = format!("http://{}/#rec={FIRST}", replay.page);
        let page = browser.open(&url, View::WALL).await?;
        last = measure(&browser, &page, *count, megabytes).await?;
        page.close().await?;
    }
    report("| targets | | ≤ 2 | | | ≤ 300 | p99 ≤ 16 | | ≤ 4 | 60 | ≤ 4 | 60 |\n")?;
    if shown == COUNTS.len() {
        for target in last {
            report(&target)?;
        }
    }
    browser.close().await
}

/// A row of the table. Returns what was aimed at, as `cargo xtask bench` collects it.
async fn measure(
    browser: &Browser,
    page: &Page,
    count: usize,
    megabytes: u64,
) -> Result<Vec<String>> {
    page.until("document.querySelector('.tab')").await?;
    page.evaluate::<bool>(PROBE).await?;
    let (thread, all) = (page.cpu_seconds().await?, browser.cpu_seconds().await?);
    let read: Read = page.evaluate(&format!("({CHOOSE})('log-{count}')")).await?;
    let thread = page.cpu_seconds().await? - thread;
    let all = browser.cpu_seconds().await? - all;
    // The module is loaded already: this only hands out what it exports.
    let wasm = "import('./web.js').then(module => module.default())
        .then(exports => exports.memory.buffer.byteLength)";
    let wasm: u64 = page.evaluate(wasm).await?;
    let memory = page.memory().await?;
    let scripts = memory.heap_bytes + memory.buffer_bytes;
    page.screenshot(&format!("bench-time-{count}")).await?;
    let mut line = format!(
        "| {count} | {megabytes} | {:.2} | {thread:.2}, {all:.2} | {:.0} | {} + {} |",
        read.seconds,
        read.longest,
        wasm / 1_000_000,
        scripts / 1_000_000,
    );
    let mut works = Vec::new();
    let tasks = [
        ("sought", format!("({SCRUB})({SCRUB_MILLIS})")),
        ("playing", format!("({PLAY})({PLAY_MILLIS}, false)")),
        ("fast", format!("({PLAY})({PLAY_MILLIS}, true)")),
    ];
    for (name, task) in tasks {
        let thread = page.cpu_seconds().await?;
        let frames: Vec<Frame> = page.evaluate(&task).await?;
        let thread = page.cpu_seconds().await? - thread;
        let span = frames[frames.len() - 1].at - frames[0].at;
        let per_second = (frames.len() - 1) as f64 * 1000.0 / span;
        let cpu = thread * 1000.0 / frames.len() as f64;
        let work = row(frames.iter().map(|frame| frame.work));
        line += &format!(" {work} ({cpu:.1}) | {per_second:.1} |");
        works.push(frames.iter().map(|frame| frame.work).collect::<Vec<_>>());
        page.screenshot(&format!("bench-time-{count}-{name}"))
            .await?;
    }
    report(&line)?;
    let works = |task: usize, part| quantile(works[task].iter().copied(), part);
    let memory = (wasm + scripts) as f64 / 1e6;
    let targets = [
        ("read, s", 2.0, read.seconds),
        ("memory of the page, MB", 300.0, memory),
        ("frame with a seek, p99, ms", 16.0, works(0, 0.99)),
        ("frame while playing, p50, ms", 4.0, works(1, 0.5)),
    ];
    let told = targets.map(|(what, aimed, found)| {
        let met = if found <= aimed { "met" } else { "missed" };
        format!("target: {count} records: {what} | ≤ {aimed} | {found:.1} | {met}")
    });
    Ok(told.into())
}
