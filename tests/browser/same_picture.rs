//! One sequence of records: live, in a replay, and dropped on a page whose relay is gone, the same
//! moments are the same pictures.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use protocol::{Event, Record};

use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::python::Python;
use crate::relay_process::{binary, built_page};
use crate::replay::Replay;

/// So many moments are compared.
const MOMENTS: usize = 10;
/// As far behind a record, in the middle of most movements.
const AFTER_MILLIS: u32 = 250;

/// From now on what is saved as a file is kept in `saved` instead.
const KEEP_FILES: &str = "{
    URL.createObjectURL = file => (globalThis.saved = file, 'about:blank');
    HTMLAnchorElement.prototype.click = () => {};
}; true";

/// What is drawn at a moment, as shapes and as pixels.
#[derive(PartialEq, Eq)]
struct Drawn {
    shapes: String,
    pixels: String,
}

/// Goes to a moment by its link, and takes the picture.
async fn picture(page: &Page, at: &str, name: &str) -> Result<Drawn> {
    page.evaluate::<bool>(&format!("(location.hash = 'at={at}&conn=1', true)"))
        .await?;
    page.until(&format!(
        "(document.querySelector('[data-ask=copy]').click(),
          new URLSearchParams(document.querySelector('#link').value.split('#')[1]).get('at')) == '{at}'"
    ))
    .await?;
    page.screenshot(name).await?;
    let shapes = page
        .evaluate("(document.querySelector('[data-ask=svg]').click(), saved.text())")
        .await?;
    let pixels = page
        .evaluate("document.querySelector('#stage-canvas').toDataURL()")
        .await?;
    Ok(Drawn { shapes, pixels })
}

async fn pictures(page: &Page, moments: &[String], name: &str) -> Result<Vec<Drawn>> {
    page.evaluate::<bool>(KEEP_FILES).await?;
    let mut drawn = Vec::new();
    for (index, at) in moments.iter().enumerate() {
        drawn.push(picture(page, at, &format!("same-{index}-{name}")).await?);
    }
    Ok(drawn)
}

/// Moments of the story, spread over the records that make something move.
fn moments(records: &[Record]) -> Vec<String> {
    let facts: Vec<_> = records
        .iter()
        .filter(|record| {
            matches!(
                record.event,
                Event::Arrived(_) | Event::Read(_) | Event::Bagged(_) | Event::Answered(_)
            )
        })
        .collect();
    (0..MOMENTS)
        .map(|index| facts[index * facts.len() / MOMENTS].seq)
        .map(|seq| format!("{seq}.{AFTER_MILLIS}"))
        .collect()
}

/// As a hand drops it from a folder.
async fn drop_file(page: &Page, path: &Path) -> Result<()> {
    let text = serde_json::to_string(&std::fs::read_to_string(path)?)?;
    page.evaluate::<bool>(&format!(
        "(() => {{
            const carried = new DataTransfer();
            carried.items.add(new File([{text}], 'session.ndjson'));
            document.body.dispatchEvent(new DragEvent('drop',
                {{ dataTransfer: carried, bubbles: true, cancelable: true }}));
            return true;
        }})()"
    ))
    .await
    .map(drop)
}

#[tokio::test]
async fn a_session_is_the_same_live_replayed_and_dropped() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("session.ndjson");
    let record = file.to_str().context("a path of letters")?;
    let story = [
        "--record",
        record,
        "--read-when",
        "queued:100",
        "--bag",
        "100",
    ];
    let mut visit = Visit::start(&story, View::WALL).await?;
    let mut lines = visit.relay.lines("").await;
    let mut records = Vec::new();
    let mut python = Python::connect(visit.relay.echo);
    for batch in [20, 50, 30, 64, 36, 7, 93] {
        records.extend(python.send_recorded(batch, &mut lines).await);
    }
    let twice =
        |event: &Event| matches!(event, Event::Answered(e) if e.in_offset + e.in_bytes == 300);
    records.extend(lines.until(twice).await);
    // All of it is in the file and on the page.
    let all = format!(
        "(document.querySelector('.lag button').click(),
          {}.filter(words => words.startsWith('server sent')).length == 3)",
        told::ROWS
    );
    visit.page.until(&all).await?;
    let moments = moments(&records);
    let live = pictures(&visit.page, &moments, "live").await?;

    visit.relay.kill();
    let verified = Command::new(binary()).arg("verify").arg(&file).output()?;
    assert!(verified.status.success(), "{verified:?}");

    let replay = Replay::start(&built_page(), &[&file], &[]);
    let page = visit.browser.open(&replay.url(), View::WALL).await?;
    let replayed = pictures(&page, &moments, "replay").await?;
    page.close().await?;
    drop(replay);

    // The page of the relay that was killed.
    drop_file(&visit.page, &file).await?;
    let dropped = pictures(&visit.page, &moments, "drop").await?;

    for (index, at) in moments.iter().enumerate() {
        for (kind, other) in [("replay", &replayed), ("drop", &dropped)] {
            let (live, other) = (&live[index], &other[index]);
            assert!(
                live.shapes == other.shapes,
                "{kind}, {at}: the shapes differ"
            );
            assert!(
                live.pixels == other.pixels,
                "{kind}, {at}: the pixels differ"
            );
        }
    }
    // A relay that is killed is a connection refused, again and again.
    visit
        .end_forgiving(&["ERR_CONNECTION_REFUSED", "WebSocket"])
        .await
}
