//! Chinese and English: the browser's choice first, then the person's, at once and for later.

use anyhow::Result;

use super::chromium::Browser;
use super::page::{Page, View};
use super::told;
use crate::relay_process::RelayProcess;

/// What stays in Latin letters on a Chinese page: names of programs, keys, calls and
/// their arguments, states and units.
const LATIN: &[&str] = &[
    "Home",
    "End",
    "PgUp",
    "PgDn",
    "kB",
    "PNG",
    "SVG",
    "sample",
    "Fruitbelt",
    "English",
    "BUFSIZE",
    "recv",
    "send",
    "accept",
    "Tab",
    "Esc",
    "backlog",
    "listen",
    "ESTABLISHED",
    "python3",
    "telnet",
    "FIN",
    "KiB",
    "TCP",
    "nc",
    "ms",
    "Shift",
    "socket",
    "bind",
    "connect",
    "close",
    "setsockopt",
    "SOL",
    "SOCKET",
    "SO",
    "REUSEADDR",
    "IPPROTO",
    "NODELAY",
    "getsockopt",
    "SNDBUF",
    "AF",
    "INET",
    "SOCK",
    "STREAM",
];

/// The switch shows the other language, in that language.
const SWITCH: &str = "header > button:last-child";

/// Waits until the page's head, panels, caption and document are in this language.
async fn until_in(page: &Page, lang: &str, title: &str, caption: &str) -> Result<()> {
    page.until(&format!(
        "document.documentElement.lang == '{lang}'
            && document.querySelector('#controls-title').textContent == '{title}'
            && document.querySelector('#stage-canvas').ariaLabel.includes('{caption}')"
    ))
    .await
}

async fn until_english(page: &Page, caption: &str) -> Result<()> {
    until_in(page, "en", "Controls", caption).await
}

async fn until_chinese(page: &Page, caption: &str) -> Result<()> {
    until_in(page, "zh-CN", "控制", caption).await?;
    // Hints and the words for those who listen count as well.
    let allowed = serde_json::to_string(LATIN)?;
    let foreign = format!(
        "(() => {{
            const all = [...document.querySelectorAll('#page *')];
            const text = all.flatMap(element => [
                ...[...element.childNodes].map(child => child.data),
                ...['title', 'aria-label', 'placeholder'].map(it => element.getAttribute(it)),
            ]).join(' ');
            const words = text.match(/[A-Za-z][A-Za-z0-9]+/g);
            const foreign = words.filter(word => !{allowed}.includes(word));
            if (foreign.length) throw `not Chinese: ${{foreign}}`;
            return true;
        }})()"
    );
    page.until(&foreign).await
}

/// Takes a picture of both sizes that the page is made for.
async fn shoot(page: &Page, name: &str) -> Result<()> {
    for (width, height) in [(1920, 1080), (1280, 720)] {
        page.resize(width, height).await?;
        page.screenshot(&format!("{name}-{width}x{height}")).await?;
        let overflow: (i32, i32) = page
            .evaluate(
                "(({ scrollWidth, scrollHeight }) =>
                    [scrollWidth - innerWidth, scrollHeight - innerHeight])
                (document.documentElement)",
            )
            .await?;
        assert!(
            overflow <= (0, 0),
            "{name} at {width}x{height}: {overflow:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn languages() -> Result<()> {
    let browser = Browser::start().await?;
    let relay = RelayProcess::start_with_built_page(&[]);
    let view = |language| View {
        language,
        ..View::default()
    };
    let english = browser.open(&relay.url(), view("en-US")).await?;
    until_english(&english, "The desk is open").await?;
    english.close().await?;

    let page = browser.open(&relay.url(), view("zh-CN")).await?;
    until_chinese(&page, "已开门").await?;
    shoot(&page, "empty-zh").await?;
    told::press_big_button(&page, &relay).await?;
    told::until_row(&page, "客户端：回答到达 122").await?;
    // Whatever is said here of what happened is said there as well.
    let rows = told::rows(&page).await?.len();
    until_chinese(&page, "回答").await?;
    shoot(&page, "button-zh").await?;

    page.click(SWITCH).await?;
    until_english(&page, "answer").await?;
    page.until(&format!(
        "{}.some(words => words == 'server sent 122')",
        told::ROWS
    ))
    .await?;
    assert_eq!(told::rows(&page).await?.len(), rows);
    shoot(&page, "button-en").await?;

    let left = "globalThis.left = true";
    page.evaluate::<bool>(left).await?;
    page.evaluate::<()>("location.reload()").await?;
    page.until("!globalThis.left").await?;
    until_english(&page, "").await?;
    page.close().await?;
    browser.close().await
}
