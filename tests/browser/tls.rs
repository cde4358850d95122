//! The page in a real browser by https: from the relay itself, and below a path behind a proxy that
//! speaks TLS for it. The lecturer's link works on both ways, and the mirror is driven by wss.

use anyhow::{Context, Result};

use super::chromium::Browser;
use super::page::{Page, View};
use super::told;
use crate::certificate::Certificate;
use crate::proxy::Proxy;
use crate::relay_process::RelayProcess;

const NAME: &str = "belt.example";

/// One that trusts this certificate, and finds its name on this machine.
async fn browser(certificate: &Certificate) -> Result<Browser> {
    let resolver = format!("host-resolver-rules=MAP {NAME} 127.0.0.1");
    Browser::start_with(&[certificate.switch(), resolver]).await
}

/// The path of the lecturer's link, from its last slash on.
fn entrance(relay: &RelayProcess) -> Result<&str> {
    let link = relay.link.as_deref().context("there is a link")?;
    let (_, entrance) = link.rsplit_once('/').context("a link has a path")?;
    Ok(entrance)
}

/// Plays the story, which only a lecturer may, and looks where all of the page came from.
async fn plays(page: &Page, folder: &str) -> Result<()> {
    page.until(&format!(
        "isSecureContext && location.href.startsWith('{folder}')"
    ))
    .await?;
    // The token is no longer in the address, which others see on the wall.
    page.until("!location.href.includes('token')").await?;
    page.click(".big button").await?;
    for row in [
        "recv asked 100, got 100; mixes 3 arrivals",
        "answer: 22 bytes of stamp + 100",
    ] {
        told::until_row(page, row).await?;
    }
    // Also what is loaded later, which the other picture is.
    page.press("v").await?;
    page.until("document.querySelector('#stage-canvas').ariaLabel")
        .await?;
    let elsewhere: Vec<String> = page
        .evaluate(&format!(
            "performance.getEntriesByType('resource').map(it => it.name)
                .filter(it => !it.startsWith('{folder}') && !it.startsWith('blob:'))"
        ))
        .await?;
    assert_eq!(elsewhere, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn the_page_works_by_https() -> Result<()> {
    let certificate = Certificate::of(&[NAME]);
    let browser = browser(&certificate).await?;
    // Some proxy elsewhere: others may come in, so the lecturer has a link.
    let options = certificate.options();
    let mut arguments: Vec<&str> = options.iter().map(String::as_str).collect();
    arguments.extend(["--trusted-proxy", "192.0.2.1"]);
    let relay = RelayProcess::start_with_built_page(&arguments);
    let folder = format!("https://{NAME}:{}/", relay.page.port());
    let url = format!("{folder}{}", entrance(&relay)?);
    let page = browser.open(&url, View::WALL).await?;
    plays(&page, &folder).await?;
    page.screenshot("https").await?;
    page.close().await?;

    // Who types the address without its scheme is led there.
    let plain = folder.replace("https", "http");
    let page = browser.open(&plain, View::default()).await?;
    page.until("location.protocol == 'https:' && document.querySelector('#stage-canvas')")
        .await?;
    page.close().await?;
    browser.close().await
}

#[tokio::test]
async fn the_page_works_below_a_path_behind_a_proxy() -> Result<()> {
    let certificate = Certificate::of(&[NAME]);
    let browser = browser(&certificate).await?;
    let relay = RelayProcess::start_with_built_page(&[
        "--base-path",
        "/a/belt",
        "--trusted-proxy",
        "127.0.0.1",
        "--allow-host",
        NAME,
    ]);
    let proxy = Proxy::before(relay.page, &certificate).await?;
    let folder = format!("https://{NAME}:{}/a/belt/", proxy.addr.port());
    // Without the link: watches, and does not drive, though the proxy comes from loopback.
    let guest = browser
        .open(folder.trim_end_matches('/'), View::default())
        .await?;
    guest
        .until(&format!(
            "location.href == '{folder}' && {}.length > 0",
            told::ROWS
        ))
        .await?;

    let url = format!("{folder}{}", entrance(&relay)?);
    let page = browser.open(&url, View::WALL).await?;
    plays(&page, &folder).await?;
    page.screenshot("base-path").await?;
    told::until_row(&guest, "answer: 22 bytes of stamp + 100").await?;
    page.close().await?;
    guest.close().await?;
    browser.close().await
}
