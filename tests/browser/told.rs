//! What the page tells of the belt, as whoever reads or listens gets it. Knows the page's elements,
//! and nothing of what they should say.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use protocol::{End, Event};

use super::page::Page;
use crate::relay_process::RelayProcess;

/// The words of the event table, oldest first: a JavaScript expression.
pub const ROWS: &str =
    "[...document.querySelectorAll('#events td.w')].map(cell => cell.textContent).reverse()";

/// All that was recorded is shown: a JavaScript expression.
pub const ALL_SHOWN: &str = "document.querySelector('.lag p.live')";

/// Keeps from now on each text of the caption, as drawn and as spoken.
const LISTEN: &str = "{
    globalThis.captions = [];
    globalThis.spoken = [];
    const caption = document.querySelector('#stage-canvas');
    const line = document.querySelector('#page > [aria-live]');
    new MutationObserver(() => captions.push(caption.ariaLabel))
        .observe(caption, { attributeFilter: ['aria-label'] });
    new MutationObserver(() => spoken.push(line.textContent))
        .observe(line, { childList: true, characterData: true, subtree: true });
}; true";

/// The rows of the event table, oldest first.
pub async fn rows(page: &Page) -> Result<Vec<String>> {
    page.evaluate(ROWS).await
}

/// Waits until a row of the event table begins so, and all that was recorded is shown.
pub async fn until_row(page: &Page, start: &str) -> Result<()> {
    let start = serde_json::Value::from(start);
    page.until(&format!(
        "{ROWS}.some(words => words.startsWith({start})) && {ALL_SHOWN}"
    ))
    .await
}

/// Waits until the page has what it fetches behind the first picture: the last of it is there.
pub async fn until_whole(page: &Page) -> Result<()> {
    page.until("document.querySelector('link[href=\"./lesson.css\"]').sheet")
        .await
}

/// The rulers in words, by name.
pub async fn rulers(page: &Page) -> Result<BTreeMap<String, String>> {
    let lines: Vec<String> = page
        .evaluate("[...document.querySelectorAll('.rulers li')].map(line => line.textContent)")
        .await?;
    let pairs = lines.iter().map(|line| {
        let (name, cuts) = line.split_once(": ").context("a ruler has a name")?;
        Ok((name.to_owned(), cuts.to_owned()))
    });
    pairs.collect()
}

/// A value of the connection in focus, and how it is known: a JavaScript expression. The list of
/// values must be shown.
pub fn value(name: &str) -> String {
    let name = serde_json::Value::from(name);
    format!(
        "[...document.querySelectorAll('dl.values div')]
            .filter(line => line.querySelector('dt').textContent == {name})
            .map(line => line.querySelector('dd').textContent.replaceAll('\\u202f', ''))[0]"
    )
}

/// Shows the list of values in place of the table.
pub async fn show_values(page: &Page) -> Result<()> {
    page.click(".switch button:nth-child(2)").await
}

/// Shows the table in place of the list of values.
pub async fn show_events(page: &Page) -> Result<()> {
    page.click(".switch button:first-child").await
}

/// Listens to the captions from now on.
pub async fn listen(page: &Page) -> Result<()> {
    page.evaluate::<bool>(LISTEN).await.map(drop)
}

/// Presses the big button, waits until the relay has recorded all that comes of it, and goes live:
/// what each step looks like is another story.
pub async fn press_big_button(page: &Page, relay: &RelayProcess) -> Result<()> {
    let mut lines = relay.lines("").await;
    page.click(".big button").await?;
    let answered = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client && e.offset + e.returned == 122);
    lines.until(answered).await;
    page.until("document.querySelector('.tab')").await?;
    go_live(page).await
}

/// Goes live, if the page is not there yet: the story of each step takes its time.
pub async fn go_live(page: &Page) -> Result<()> {
    page.evaluate("document.querySelector('.lag button').click()")
        .await
}
