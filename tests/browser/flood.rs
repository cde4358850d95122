//! A flood with pages open: they go on answering, stay small, and end with right totals; and so
//! does a page that comes afterwards.

use std::time::Instant;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::relay_process::{RelayProcess, without_stamps};

const FLOOD_BYTES: usize = 20_000_000;
/// JavaScript's objects and the program's own memory, together. The log of a page is bounded, too.
const PAGE_MEMORY_MAX: u64 = 64 << 20;
/// The promise is two seconds; a machine that is busy with other tests gets more.
const LATE_TOTALS_MILLIS_MAX: f64 = 10_000.0;

/// Sends the flood and reads its echo; the connection stays open.
async fn flood(relay: &RelayProcess) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(relay.echo).await?;
    let sent: Vec<u8> = (b'a'..=b'z').cycle().take(FLOOD_BYTES).collect();
    let (mut read, mut write) = stream.split();
    let sending = async { anyhow::Ok(write.write_all(&sent).await?) };
    let reading = async {
        let mut reply = Vec::new();
        let mut echoed = 0;
        let mut buffer = vec![0; 1 << 16];
        while echoed < FLOOD_BYTES {
            let got = read.read(&mut buffer).await?;
            anyhow::ensure!(got > 0, "the server closed");
            // Of a stamp nothing but letters is echo.
            echoed += buffer[..got]
                .iter()
                .filter(|byte| byte.is_ascii_lowercase())
                .count();
            reply.extend_from_slice(&buffer[..got]);
        }
        anyhow::Ok(reply)
    };
    let ((), reply) = tokio::try_join!(sending, reading)?;
    assert!(without_stamps(&reply) == sent);
    Ok(stream)
}

/// A JavaScript expression: the list of values tells the whole flood.
fn totals() -> String {
    let bytes = FLOOD_BYTES;
    let is = |name: &str, expect: String| format!("{}.startsWith('{expect} ')", told::value(name));
    [
        is("arrived", bytes.to_string()),
        is("read", bytes.to_string()),
        is("answered", bytes.to_string()),
        is("waiting", "0".into()),
    ]
    .join(" && ")
}

async fn check_memory(page: &Page) -> Result<()> {
    // The module is loaded already: this only hands out what it exports.
    let wasm = "import('./web.js').then(module => module.default())
        .then(exports => exports.memory.buffer.byteLength)";
    let wasm: u64 = page.evaluate(wasm).await?;
    let memory = page.memory().await?;
    let bytes = wasm + memory.heap_bytes + memory.buffer_bytes;
    println!(
        "the page holds {} KiB: wasm {wasm}, {memory:?}",
        bytes >> 10
    );
    assert!(bytes < PAGE_MEMORY_MAX, "wasm {wasm}, {memory:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_leaves_the_page_alive() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit {
        browser,
        page,
        relay,
    } = &visit;
    page.until("document.querySelector('.big button')").await?;
    let flooding = flood(relay);
    // In the midst of it a click is answered.
    let acting = async {
        page.until("document.querySelector('.tab')").await?;
        let asked = Instant::now();
        told::show_values(page).await?;
        page.until("document.querySelector('dl.values div')")
            .await?;
        println!("a click is answered after {:?}", asked.elapsed());
        check_memory(page).await
    };
    let (stream, ()) = tokio::try_join!(flooding, acting)?;
    page.screenshot("flood").await?;
    told::go_live(page).await?;
    page.until(&totals()).await?;
    page.screenshot("flood-live").await?;
    check_memory(page).await?;

    let late = browser.open(&relay.url(), View::WALL).await?;
    told::show_values(&late).await?;
    late.until(&totals()).await?;
    // From the navigation on; the opening of the list is in it.
    let millis: f64 = late.evaluate("performance.now()").await?;
    println!("a page that comes late has the totals {millis:.0} ms after its navigation");
    assert!(millis < LATE_TOTALS_MILLIS_MAX, "{millis} ms");
    late.screenshot("flood-late").await?;
    check_memory(&late).await?;
    drop(stream);
    late.close().await?;
    visit.end().await
}
