//! The page in a real browser, as a person sees it. What it should show is written here; how a
//! browser is driven, in `chromium` and `page`.

mod chromium;
mod harness;
mod page;

use anyhow::Result;
use chromium::Browser;
use page::View;

use crate::relay_process::RelayProcess;

#[tokio::test]
async fn the_page_shows_and_its_console_is_clean() -> Result<()> {
    let relay = RelayProcess::start_with_built_page(&[]);
    let browser = Browser::start().await?;
    let page = browser.open(&relay.url(), View::default()).await?;
    page.until("document.title.includes('Fruitbelt')").await?;
    page.screenshot("page").await?;
    page.close().await?;
    browser.close().await
}
