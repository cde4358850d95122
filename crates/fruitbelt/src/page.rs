//! The page to serve: the one of `--page-dir`, or the one inside this program (feature `embed`).
//!
//! Knows nothing of what the page shows.

use std::path::Path;

use anyhow::anyhow;
use relay::Page;

use crate::arguments::PageDir;

#[cfg(feature = "embed")]
mod inside {
    include!(concat!(env!("OUT_DIR"), "/page.rs"));
}

/// Finds the page.
///
/// # Errors
/// One line that names the flag and the remedy.
pub fn found(named: &PageDir) -> anyhow::Result<Page> {
    let page = match &named.page_dir {
        Some(dir) => Page::Folder(dir.clone()),
        None => inside().ok_or_else(|| {
            anyhow!("--page-dir DIR is missing: start with `cargo run --release`, which builds the page, or give the directory of a built one")
        })?,
    };
    if let (Err(_), Page::Folder(dir)) = (page.check(), &page) {
        return Err(explain_page(dir));
    }
    Ok(page)
}

#[cfg(feature = "embed")]
fn inside() -> Option<Page> {
    Some(Page::Inside(inside::FILES))
}

#[cfg(not(feature = "embed"))]
fn inside() -> Option<Page> {
    None
}

/// There is no page where it should be.
pub fn explain_page(dir: &Path) -> anyhow::Error {
    anyhow!(
        "--page-dir {}: there is no index.html; start with `cargo run --release`, which builds the page, or give the directory of a built one",
        dir.display()
    )
}

/// Shows the page to whoever sits here, and does not wait for that. The address may be a secret, so
/// it is not written into the log, and neither is an error that might name it.
pub fn open_browser(page: String) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = open::that_detached(page) {
            tracing::warn!(error = ?error.kind(), "no browser could be opened; open the printed address yourself");
        }
    });
}
