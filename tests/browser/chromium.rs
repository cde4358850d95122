//! One Chromium with an empty profile, from start to end. Knows nothing of what its pages show.

use anyhow::{Context, Result, anyhow};
use chromiumoxide::browser::BrowserConfig;
use chromiumoxide::cdp::browser_protocol::system_info::GetProcessInfoParams;
use chromiumoxide::cdp::browser_protocol::target::CreateTargetParams;
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;

use super::page::{Page, View};

/// Browsers at the same time would only slow each other, and with them what they are to see.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// Waits until no other browser runs, and keeps others waiting.
pub async fn turn() -> Result<SemaphorePermit<'static>> {
    Ok(ONE_AT_A_TIME.acquire().await?)
}

/// Without these Chromium refuses to run as root, draws what differs from machine to machine,
/// or talks to its maker.
const SWITCHES: [&str; 12] = [
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "no-default-browser-check",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-default-apps",
    "disable-breakpad",
    "disable-dev-shm-usage",
    "enable-automation",
    "force-color-profile=srgb",
];

/// A running browser. There is one at a time: a test that wants two would wait for ever.
pub struct Browser {
    chromium: chromiumoxide::Browser,
    events: JoinHandle<()>,
    /// Removed when the browser is gone.
    profile: TempDir,
    _turn: SemaphorePermit<'static>,
}

impl Browser {
    /// Waits for its turn, then starts.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// The same, with further switches.
    pub async fn start_with(switches: &[String]) -> Result<Self> {
        let turn = turn().await?;
        let profile = tempfile::Builder::new().prefix("fruitbelt-").tempdir()?;
        let config = BrowserConfig::builder()
            .new_headless_mode()
            .no_sandbox()
            .disable_default_args()
            .args(SWITCHES)
            .args(switches.iter().map(String::as_str))
            .user_data_dir(profile.path())
            .viewport(None)
            .build()
            .map_err(|error| anyhow!("{error}: install chromium, or let cargo xtask test do it"))?;
        let (chromium, mut handler) = chromiumoxide::Browser::launch(config)
            .await
            .context("Chromium does not start")?;
        let events = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Ok(Self {
            chromium,
            events,
            profile,
            _turn: turn,
        })
    }

    /// Opens a page in a window of its own, so that it stays visible beside others.
    pub async fn open(&self, url: &str, view: View<'_>) -> Result<Page> {
        self.open_with(url, view, None).await
    }

    /// The same, with a script that runs in the page before any of its own.
    pub async fn open_with(&self, url: &str, view: View<'_>, script: Option<&str>) -> Result<Page> {
        let blank = CreateTargetParams::builder()
            .url("about:blank")
            .new_window(true)
            .build();
        let blank = blank.map_err(|error| anyhow!(error))?;
        let page = self.chromium.new_page(blank).await?;
        if let Some(script) = script {
            page.evaluate_on_new_document(script).await?;
        }
        Page::open(page, url, view).await
    }

    /// Name and version.
    pub async fn version(&self) -> Result<String> {
        Ok(self.chromium.version().await?.product)
    }

    /// CPU time of all its processes so far: what its pages run, lay out, paint and compose.
    pub async fn cpu_seconds(&self) -> Result<f64> {
        let answer = self.chromium.execute(GetProcessInfoParams::default());
        let processes = &answer.await?.result.process_info;
        Ok(processes.iter().map(|process| process.cpu_time).sum())
    }

    /// Ends the browser and removes its profile.
    pub async fn close(mut self) -> Result<()> {
        self.chromium.close().await?;
        self.chromium.wait().await?;
        self.events.abort();
        self.profile.close()?;
        Ok(())
    }
}
