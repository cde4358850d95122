//! A link to a moment: copied, opened, and what a broken one does.

use anyhow::Result;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;

/// What is drawn, in words: a JavaScript expression.
const CAPTION: &str = "document.querySelector('#stage-canvas').ariaLabel";

async fn until_notice(page: &Page, words: &str) -> Result<()> {
    page.until(&format!(
        "document.querySelector('.notice').textContent.includes('{words}')"
    ))
    .await
}

/// Presses the button that copies, and returns the link.
async fn link(page: &Page) -> Result<String> {
    page.evaluate::<()>("document.querySelector('[data-ask=copy]').click()")
        .await?;
    page.until("document.querySelector('#link').value").await?;
    page.evaluate("document.querySelector('#link').value").await
}

#[tokio::test]
async fn a_link_restores_the_moment() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    told::press_big_button(page, relay).await?;
    for _ in 0..6 {
        page.click(".transport button:first-child").await?;
    }
    page.until("document.querySelector('.stretch b').textContent == 'paused'")
        .await?;
    page.screenshot("link-made").await?;
    let (caption, rows): (String, Vec<String>) = page
        .evaluate(&format!("[{CAPTION}, {}]", told::ROWS))
        .await?;
    let link = link(page).await?;
    assert!(link.contains("#t=") && link.contains("&run="), "{link}");
    let same = format!(
        "{CAPTION} == {} && String({}) == String({})",
        serde_json::to_string(&caption)?,
        told::ROWS,
        serde_json::to_string(&rows)?
    );

    // In the same page, from elsewhere.
    told::go_live(page).await?;
    page.until(&format!("!({same})")).await?;
    page.evaluate::<()>(&format!("location.href = '{link}'; void 0"))
        .await?;
    page.until(&same).await?;
    // In a page of its own.
    let second = visit.browser.open(&link, View::WALL).await?;
    second.until(&same).await?;
    second.screenshot("link-opened").await?;

    // Of another run; of a recording that is not there; broken.
    second
        .evaluate::<()>("location.hash = 't=1&run=0123456789abcdef'; void 0")
        .await?;
    until_notice(&second, "another run").await?;
    second
        .evaluate::<()>("location.hash = 't=1&rec=nowhere'; void 0")
        .await?;
    until_notice(&second, "not here").await?;
    second
        .evaluate::<()>("location.hash = 't=x&conn=-1&speed=0&at=%FF'; void 0")
        .await?;
    until_notice(&second, "makes no sense").await?;
    second.until(&same).await?;
    second.close().await?;
    visit.end().await
}
