//! What the page says when the relay is gone, when it is back, and when the page itself has failed.

use anyhow::{Result, ensure};
use protocol::Event;

use super::chromium::Browser;
use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::python::Python;
use crate::relay_process::{RelayProcess, built_page_copy};

/// Waits until the notice over the stage says so.
async fn until_notice(page: &Page, words: &str) -> Result<()> {
    page.until(&format!(
        "document.querySelector('.notice').textContent.includes('{words}')"
    ))
    .await
}

const SILENT: &str = "The relay is silent";

#[tokio::test]
async fn the_relay_is_lost_and_returns() -> Result<()> {
    let browser = Browser::start().await?;
    let mut relay = RelayProcess::start_with_built_page_apart(&["--bufsize", "11"]);
    let page = browser.open(&relay.url(), View::default()).await?;
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    python.send_recorded(11, &mut lines).await;
    page.until("document.querySelector('.tab')").await?;
    told::go_live(&page).await?;
    told::until_row(&page, "recv asked 11, got 11").await?;
    told::until_whole(&page).await?;

    relay.kill();
    until_notice(&page, SILENT).await?;
    page.screenshot("relay-lost").await?;
    let known = told::rows(&page).await?;
    assert!(known.iter().any(|row| row == "recv asked 11, got 11"));

    relay.start_again(&["--bufsize", "12"]);
    until_notice(&page, "The relay was started anew: a new show begins.").await?;
    told::until_row(&page, "reads on arrival; BUFSIZE 12").await?;
    page.screenshot("relay-anew").await?;
    // Nothing of the earlier run is left.
    page.until("!document.querySelector('.tab') && document.querySelector('.big button')")
        .await?;
    let rows = told::rows(&page).await?;
    assert!(!rows.iter().any(|row| row.contains("recv")), "{rows:#?}");
    page.close_forgiving(&["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"])
        .await?;
    browser.close().await
}

#[tokio::test]
async fn who_goes_from_a_recording_to_a_relay_that_has_gone_is_told() -> Result<()> {
    let browser = Browser::start().await?;
    let mut relay = RelayProcess::start_with_built_page_apart(&[]);
    let url = format!("{}#rec=sample", relay.url());
    let page = browser.open(&url, View::default()).await?;
    told::until_whole(&page).await?;
    page.until(&format!("{}.length > 0", told::ROWS)).await?;
    // The last that is fetched.
    let fetched = "performance.getEntriesByType('resource').map(it => it.name)";
    page.until(&format!(
        "['/lesson.js', '/reader.js'].every(last => {fetched}.some(it => it.endsWith(last)))"
    ))
    .await?;
    relay.kill();
    page.evaluate::<()>("document.querySelector('[data-ask=live]').click()")
        .await?;
    until_notice(&page, "Connecting to the relay").await?;
    page.until(&format!("{}.length == 0", told::ROWS)).await?;
    page.close_forgiving(&["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"])
        .await?;
    browser.close().await
}

#[tokio::test]
async fn the_network_is_lost_and_returns() -> Result<()> {
    let visit = Visit::start(&["--bufsize", "11"], View::default()).await?;
    let Visit { page, relay, .. } = &visit;
    page.until("document.querySelector('.big button')").await?;
    page.fill(".filters select", "*").await?;
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    let mut recorded = python.send_recorded(11, &mut lines).await;
    page.until("document.querySelector('.tab')").await?;
    told::go_live(page).await?;
    told::until_row(page, "recv asked 11, got 11").await?;
    told::until_whole(page).await?;

    page.set_offline(true).await?;
    until_notice(page, SILENT).await?;
    // What the page does not hear of.
    for bytes in [5, 6] {
        recorded.extend(python.send_recorded(bytes, &mut lines).await);
    }
    page.set_offline(false).await?;
    until_notice(page, "The show goes on where it was.").await?;
    page.screenshot("relay-resumed").await?;
    python.finish().await;
    let closed = |event: &Event| matches!(event, Event::Closed(_));
    recorded.extend(lines.until(closed).await);
    told::go_live(page).await?;
    told::until_row(page, "server closed").await?;

    // No record is missing and none is there twice: each is a row, at its own moment.
    let mut rows: Vec<String> = page
        .evaluate("[...document.querySelectorAll('#events td.t')].map(cell => cell.textContent)")
        .await?;
    rows.reverse();
    let moments: Vec<String> = recorded
        .iter()
        .map(|record| scene::words::log_time(record.at_nanos))
        .collect();
    // A sample may follow.
    rows.truncate(moments.len());
    assert_eq!(rows, moments);
    visit.end_forgiving(&["ERR_INTERNET_DISCONNECTED"]).await
}

/// The words that stand in the document for the time when the program does not run.
async fn until_broken(page: &Page, why: &str) -> Result<()> {
    page.until(&format!(
        "!document.querySelector('#page')
            && document.querySelector('#broken').checkVisibility()
            && document.querySelector('#broken').innerText.includes('本页已停止')
            && document.querySelector('#broken-why').textContent.includes('{why}')"
    ))
    .await
}

#[tokio::test]
async fn a_panic_shows_a_plain_message() -> Result<()> {
    let visit = Visit::start(&[], View::default()).await?;
    let page = &visit.page;

    // A real panic: a socket that answers while it is asked finds the page's state in use.
    page.until("document.querySelector('.big button')").await?;
    let answers_at_once = "WebSocket.prototype.send = function () {
        this.onmessage(new MessageEvent('message', { data: new ArrayBuffer(0) }));
    }; true";
    page.evaluate::<bool>(answers_at_once).await?;
    page.click(".big button").await?;
    until_broken(page, "RefCell already borrowed").await?;
    page.screenshot("broken").await?;
    page.click("#reload").await?;
    page.until("document.querySelector('.big button')").await?;

    // A trap that no panic has told of.
    let trap = "setTimeout(() => WebAssembly.Module && (() => {
        const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0,
            7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
        new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports.f();
    })()) > 0";
    page.evaluate::<bool>(trap).await?;
    until_broken(page, "unreachable").await?;
    page.click("#reload").await?;
    page.until("document.querySelector('.big button')").await?;
    visit.end_forgiving(&["RuntimeError"]).await
}

#[tokio::test]
async fn what_the_page_could_not_fetch_it_fetches_when_asked_again() -> Result<()> {
    let browser = Browser::start().await?;
    let folder = built_page_copy();
    let apart = tempfile::tempdir()?;
    let names = std::fs::read_dir(folder.path())?.collect::<Result<Vec<_>, _>>()?;
    let parts = names.iter().map(|entry| entry.file_name());
    let parts: Vec<_> = parts
        .filter(|name| name.to_string_lossy().starts_with("split_"))
        .collect();
    assert!(!parts.is_empty());
    let home = folder.path().to_owned();
    for part in &parts {
        std::fs::copy(home.join(part), apart.path().join(part))?;
        std::fs::remove_file(home.join(part))?;
    }

    let relay = RelayProcess::start_with(folder, &[]);
    let page = browser.open(&relay.url(), View::default()).await?;
    let answered = |status: u32| {
        format!(
            "performance.getEntriesByType('resource').some(it =>
                it.name.includes('/split_') && it.responseStatus == {status})"
        )
    };
    page.until(&answered(404)).await?;
    page.press("v").await?;
    page.until("document.querySelector('[data-picture=cut]')")
        .await?;

    for part in &parts {
        std::fs::copy(apart.path().join(part), home.join(part))?;
    }
    // Whoever asks while it is under way does not begin it anew: the last failure may still be.
    let is_here = answered(200);
    let mut asked = 0;
    while !page.evaluate::<bool>(&is_here).await? {
        asked += 1;
        ensure!(
            asked < 100,
            "it is not fetched, however often it is asked for"
        );
        for picture in ["belt", "cut"] {
            page.press("v").await?;
            page.until(&format!(
                "document.querySelector('[data-picture={picture}]')"
            ))
            .await?;
        }
    }
    told::until_whole(&page).await?;
    page.close_forgiving(&["404", "TypeError"]).await?;
    browser.close().await
}
