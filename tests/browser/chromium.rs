//! One Chromium with an empty profile, from start to end. Knows nothing of what its pages show.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use anyhow::{Context, Result, anyhow, ensure};
use chromiumoxide::browser::BrowserConfig;
use chromiumoxide::cdp::browser_protocol::system_info::GetProcessInfoParams;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams,
};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::page::{Page, View};
use crate::relay_process::PATIENCE;

/// Browsers at the same time would only slow each other, and with them what they are to see.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// Which test has the turn: each runs on a thread of its own.
static WHOSE: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Keeps other browsers waiting.
pub struct Turn(#[expect(dead_code, reason = "held, not read")] SemaphorePermit<'static>);

/// Waits until no other browser runs. Of a test that has the turn already it would never come: that
/// is an error.
pub async fn turn() -> Result<Turn> {
    let test = thread::current().id();
    ensure!(
        whose(|holder| *holder) != Some(test),
        "this test has a browser, and a second one would wait for it for ever: see `open_apart`"
    );
    let permit = ONE_AT_A_TIME.acquire().await?;
    whose(|holder| *holder = Some(test));
    Ok(Turn(permit))
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Before the next test is let in.
        whose(|holder| *holder = None);
    }
}

fn whose<T>(look: impl FnOnce(&mut Option<ThreadId>) -> T) -> T {
    look(&mut WHOSE.lock().unwrap_or_else(PoisonError::into_inner))
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

/// A running browser. There is one at a time: a second person's page is [`Browser::open_apart`].
pub struct Browser {
    chromium: chromiumoxide::Browser,
    events: JoinHandle<()>,
    /// Removed when the browser is gone.
    profile: TempDir,
    _turn: Turn,
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
        let page = self.chromium.new_page(blank()?).await?;
        if let Some(script) = script {
            page.evaluate_on_new_document(script).await?;
        }
        Page::open(page, url, view).await
    }

    /// Opens a page as another person would, in a browser of their own: it shares no cookie and
    /// nothing that is stored with any other page.
    pub async fn open_apart(&self, url: &str, view: View<'_>) -> Result<Page> {
        let person = CreateBrowserContextParams::default();
        let mut blank = blank()?;
        blank.browser_context_id = Some(self.chromium.create_browser_context(person).await?);
        Page::open(self.chromium.new_page(blank).await?, url, view).await
    }

    /// The page at that address, which another page opens in a window.
    pub async fn opened(&self, url: &str) -> Result<Page> {
        let look = async {
            loop {
                for page in self.chromium.pages().await? {
                    if page.url().await?.is_some_and(|it| it == url) {
                        return Page::opened(page).await;
                    }
                }
                tokio::task::yield_now().await;
            }
        };
        let found = timeout(PATIENCE, look).await;
        found.with_context(|| format!("no window shows {url}"))?
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

/// A window of its own.
fn blank() -> Result<CreateTargetParams> {
    let blank = CreateTargetParams::builder()
        .url("about:blank")
        .new_window(true)
        .build();
    blank.map_err(|error| anyhow!(error))
}
