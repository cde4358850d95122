//! Two pages on one relay: what is asked is everybody's, what is looked at is one's own.

use anyhow::Result;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::python::Python;

async fn until_paused(page: &Page, paused: bool) -> Result<()> {
    let label = if paused { "Play" } else { "Pause" };
    page.until(&format!(
        "document.querySelector('.play').ariaLabel.startsWith('{label}')"
    ))
    .await
}

#[tokio::test]
async fn a_second_tab() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit {
        browser,
        page: first,
        relay,
    } = &visit;
    let second = browser.open(&relay.url(), View::WALL).await?;
    let bufsize = "#controls [aria-label='BUFSIZE, bytes']";
    for page in [first, &second] {
        page.until("document.querySelector('.big button')").await?;
    }
    first.fill(bufsize, "7").await?;
    let shows = format!("document.querySelector(\"{bufsize}\").value == '7'");
    second.until(&shows).await?;
    told::until_row(&second, "reads on arrival; BUFSIZE 7; no bag").await?;

    let pause = ".play";
    first.click(pause).await?;
    until_paused(first, true).await?;
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    python.send_recorded(7, &mut lines).await;
    told::until_row(&second, "recv asked 7, got 7").await?;
    until_paused(&second, false).await?;
    until_paused(first, true).await?;
    let seen = told::rows(first).await?;
    assert!(
        !seen.iter().any(|row| row.starts_with("accept returned")),
        "{seen:#?}"
    );
    // It has missed nothing.
    told::go_live(first).await?;
    until_paused(first, false).await?;
    told::until_row(first, "recv asked 7, got 7").await?;
    python.finish().await;
    second.close().await?;
    visit.end().await
}
