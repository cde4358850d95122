//! What most tests begin with: a browser, a relay of its own, and the relay's page in a window.

use anyhow::Result;

use super::chromium::Browser;
use super::page::{Page, View};
use crate::relay_process::RelayProcess;

/// All three of them.
pub struct Visit {
    pub page: Page,
    pub relay: RelayProcess,
    pub browser: Browser,
}

impl Visit {
    /// Waits for the browser's turn first: a relay's log begins with its test.
    pub async fn start(arguments: &[&str], view: View<'_>) -> Result<Self> {
        let browser = Browser::start().await?;
        let relay = RelayProcess::start_with_built_page(arguments);
        let page = browser.open(&relay.url(), view).await?;
        Ok(Self {
            page,
            relay,
            browser,
        })
    }

    /// Ends all three. Whatever the page's console complained of is an error.
    pub async fn end(self) -> Result<()> {
        self.end_forgiving(&[]).await
    }

    /// The same, but for complaints that contain one of these texts.
    pub async fn end_forgiving(self, expected: &[&str]) -> Result<()> {
        self.page.close_forgiving(expected).await?;
        self.browser.close().await
    }
}
