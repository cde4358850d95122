//! The nine steps on the stage, and the tutorial's programs beside it: both say what really happened.

use anyhow::Result;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;

/// Presses the button with these words.
async fn press(page: &Page, words: &str) -> Result<()> {
    let found = format!(
        "[...document.querySelectorAll('#events button')].find(it => it.textContent.trim() == '{words}')"
    );
    page.until(&found).await?;
    page.evaluate::<()>(&format!("{found}.click()")).await
}

/// Waits until the line with this text is lit, and no other.
async fn until_lit(page: &Page, text: &str) -> Result<()> {
    let lit = "[...document.querySelectorAll('.code [aria-current=step]')]";
    page.until(&format!(
        "{lit}.length == 1 && {lit}[0].textContent.includes('{text}')"
    ))
    .await
}

/// Is it within what is seen of the pane?
fn within(element: &str) -> String {
    format!(
        "(() => {{
            const [box, pane] = [{element}, document.querySelector('.code .scroll')]
                .map(it => it.getBoundingClientRect());
            return pane.height > 0 && box.top >= pane.top && box.bottom <= pane.bottom;
        }})()"
    )
}

#[tokio::test]
async fn the_lit_line_is_where_the_socket_is() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    press(page, "Code").await?;
    until_lit(page, "tcpSerSock.accept()").await?;
    page.press("s").await?;
    page.until("document.querySelector('#stage').dataset.picture == 'steps'")
        .await?;
    page.screenshot("steps-nobody").await?;
    told::press_big_button(page, relay).await?;
    until_lit(page, "tcpCliSock.recv(BUFSIZE)").await?;
    page.until(&within(
        "document.querySelector('.code [aria-current=step]')",
    ))
    .await?;
    page.screenshot("steps-read").await?;
    press(page, "Rust").await?;
    until_lit(page, "client.read(").await?;
    press(page, "Client").await?;
    until_lit(page, "stdin().lines()").await?;
    // In replay: where the records began, nobody had called.
    page.press("Home").await?;
    page.until("!document.querySelector('.code [aria-current]')")
        .await?;
    page.screenshot("steps-begin").await?;
    page.press("End").await?;
    until_lit(page, "stdin().lines()").await?;
    page.resize(390, 844).await?;
    page.click(".panel-tabs [role=tab]:nth-child(3)").await?;
    // As much of the program as there is room for, and of it what matters.
    page.until(&within(
        "document.querySelector('.code [aria-current=step]')",
    ))
    .await?;
    page.screenshot("code-narrow").await?;
    page.press("s").await?;
    page.until("document.querySelector('#stage').dataset.picture == 'belt'")
        .await?;
    visit.end().await
}
