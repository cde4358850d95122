//! How much work a frame of the page is, with much fruit and many connections: a measurement, not a
//! test. `cargo xtask bench page` runs it and shows what it prints.
//!
//! Fruit that can be read, with its character, is at most some hundreds: more become crates. A
//! thousand single ones are on the stage only while ten and more batches of a hundred ride at once,
//! as dots.

use anyhow::{Context, Result};
use protocol::{Request, Spacing};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::chromium::Browser;
use super::page::{Page, View};
use super::probe::{Frame, PROBE, load, machine, quantile, row};
use super::told;
use super::visit::Visit;

/// Clients beside the demonstration, each with bytes that wait.
const OTHERS: usize = 19;
const SPAN_MILLIS: u32 = 12_000;
/// So many batches are shown one by one: the show would fall too far behind with more.
const STORY: usize = 5;
/// So many single fruit are a crowd.
const CROWD: f64 = 1000.0;
/// How often a client that sends at once may be accepted before it has.
const TRIES: u32 = 10;

/// Makes each frame paint everything, as if all that is in view had moved: the size of a pixel is
/// another one each time, by far less than anybody could see.
const WHOLE: &str = "{
    const ratio = devicePixelRatio;
    Object.defineProperty(window, 'devicePixelRatio', {
        configurable: true,
        get: () => ratio + (performance.now() % 997) * 1e-12,
    });
}; true";

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
    println!("load before: {}", load()?);
    println!(
        "1920 x 1080, {} connections; sprites painted in a frame: half of them, most; milliseconds: p50 p95 p99, CPU by the frame",
        OTHERS + 1
    );
    println!(
        "{:<32}{:>12}{:>10}{:>22}{:>22}{:>13}{:>13}",
        "", "sprites", "frames/s", "between frames", "the page's code", "CPU: thread", "Chromium"
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
    send(STORY, Spacing::WhenRecorded).await?;
    page.until("frame.sprites >= 60").await?;
    measure("100 after 100, to the bag", browser, page).await?;
    page.screenshot("bench-story").await?;

    page.click("button.all").await?;
    send(STORY, Spacing::WhenRecorded).await?;
    measure("the same, all connections", browser, page).await?;
    page.screenshot("bench-all").await?;
    page.click("button.all").await?;

    // A new client's sends at once are mostly recorded before the server's accept, and stay on the
    // belt until the show has come to that.
    let crowd = format!("frame.sprites >= {CROWD}");
    let over = format!("{} && performance.now() > since + 3000", told::ALL_SHOWN);
    let mut tries = 0..TRIES;
    loop {
        tries.next().context("no crowd ever rode")?;
        told::go_live(page).await?;
        page.until(told::ALL_SHOWN).await?;
        send(24, Spacing::GapMillis(0)).await?;
        page.evaluate::<f64>("globalThis.since = performance.now()")
            .await?;
        // A busy machine is slow to get there: each wait has its own deadline.
        for part in [0.1, 0.4, 0.7] {
            let sprites = CROWD * part;
            page.until(&format!("frame.sprites >= {sprites} || {over}"))
                .await?;
        }
        // Painted at once with the record that completes it: stopped there, it stays.
        let stop = "document.querySelector('#play').click()";
        let stopped = format!("{crowd} ? ({stop}, true) : {over} ? false : null");
        if page.when("", &stopped).await? {
            break;
        }
    }
    page.evaluate::<bool>(WHOLE).await?;
    page.until(&crowd).await?;
    measure("a crowd, all painted each time", browser, page).await?;
    page.evaluate::<bool>("delete window.devicePixelRatio")
        .await?;
    page.click("#play").await?;
    measure("the crowd rides on", browser, page).await?;
    page.screenshot("bench-ride").await?;
    println!("load behind: {}", load()?);
    drop(others);
    visit.end().await
}

/// A row of the table.
async fn measure(name: &str, browser: &Browser, page: &Page) -> Result<()> {
    let (thread, all) = (page.cpu_seconds().await?, browser.cpu_seconds().await?);
    let frames: Vec<Frame> = page.evaluate(&format!("record({SPAN_MILLIS})")).await?;
    let thread = page.cpu_seconds().await? - thread;
    let all = browser.cpu_seconds().await? - all;
    let per_frame = |seconds: f64| seconds * 1000.0 / frames.len() as f64;
    let sprites = frames.iter().map(|frame| frame.sprites);
    let sprites = [0.5, 1.0].map(|part| quantile(sprites.clone(), part));
    let gaps = frames.windows(2).map(|pair| pair[1].at - pair[0].at);
    let per_second = (frames.len() - 1) as f64 * 1000.0 / gaps.clone().sum::<f64>();
    let between = row(gaps);
    let work = row(frames.iter().map(|frame| frame.work));
    println!(
        "{name:<32}{:>12}{per_second:>10.1}{between:>22}{work:>22}{:>13.1}{:>13.1}",
        format!("{}, {}", sprites[0], sprites[1]),
        per_frame(thread),
        per_frame(all),
    );
    Ok(())
}
