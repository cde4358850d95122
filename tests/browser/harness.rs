//! That the harness sees what it should see, on a page of a few lines: an eye that misses an error
//! would call every page clean.

use anyhow::Result;

use super::chromium::Browser;
use super::other_site::serve_another_site;
use super::page::View;

const PAGE: &str = "data:text/html,<!doctype html><title>harness</title>
    <button>0</button><input><p>later</p>
    <script>
        const button = document.querySelector('button');
        button.onclick = () => button.textContent++;
        onkeydown = event => document.title = event.code;
    </script>";

#[tokio::test]
async fn the_harness_sees_and_acts() -> Result<()> {
    let browser = Browser::start().await?;
    let view = View {
        width: 800,
        height: 600,
        language: "zh-CN",
    };
    let page = browser.open(PAGE, view).await?;
    let seen: (String, u32, u32) = page
        .evaluate("[navigator.language, innerWidth, innerHeight]")
        .await?;
    assert_eq!(seen, ("zh-CN".to_owned(), 800, 600));

    page.click("button").await?;
    page.until("button.textContent == 1").await?;
    assert_eq!(page.text("button").await?, "1");
    page.fill("input", "grape").await?;
    assert_eq!(
        page.evaluate::<String>("document.querySelector('input').value")
            .await?,
        "grape"
    );
    page.press(" ").await?;
    page.until("document.title == 'Space'").await?;
    let _: bool = page
        .evaluate("setTimeout(() => document.querySelector('p').id = 'late') > 0")
        .await?;
    assert_eq!(page.text("#late").await?, "later");

    let reduced = "matchMedia('(prefers-reduced-motion: reduce)').matches";
    page.set_reduced_motion(true).await?;
    page.until(reduced).await?;
    page.set_reduced_motion(false).await?;
    page.until(&format!("!{reduced}")).await?;
    page.set_offline(true).await?;
    page.until("!navigator.onLine").await?;
    page.set_offline(false).await?;
    page.until("navigator.onLine").await?;

    let before = page.memory().await?;
    let _: u32 = page
        .evaluate("(globalThis.big = new Uint8Array(30e6).fill(1)).length")
        .await?;
    let after = page.memory().await?;
    assert!(
        after.buffer_bytes >= before.buffer_bytes + 30_000_000,
        "{before:?}, {after:?}"
    );
    assert!(before.heap_bytes > 0);

    let second = browser.open(PAGE, View::default()).await?;
    second.click("button").await?;
    second.until("button.textContent == 1").await?;
    // Still seen as visible, though the second stands before it.
    page.until("document.visibilityState == 'visible'").await?;
    second.close().await?;
    page.close().await?;
    browser.close().await
}

#[tokio::test]
async fn the_harness_hears_all_complaints() -> Result<()> {
    let browser = Browser::start().await?;
    let mut page = browser.open(PAGE, View::default()).await?;
    let _: bool = page
        .evaluate(
            "console.log('fine'), console.warn('a', 1), console.error('b'),
            setTimeout(() => { throw new Error('c') }),
            new Promise(resolve => {
                const image = new Image();
                image.onerror = () => resolve(true);
                image.src = 'http://127.0.0.1:1/';
            })",
        )
        .await?;
    let complaints = page.complaints().await?;
    let expect = [
        "console: a 1",
        "console: b",
        "uncaught: Uncaught Error: c",
        "browser: ",
    ];
    assert_eq!(complaints.len(), expect.len(), "{complaints:?}");
    for (complaint, expect) in complaints.iter().zip(expect) {
        assert!(complaint.starts_with(expect), "{complaints:?}");
    }
    let refused = page.close_forgiving(&["console", "browser"]).await;
    assert!(refused.unwrap_err().to_string().contains("Error: c"));
    browser.close().await
}

#[tokio::test]
async fn who_has_a_browser_is_refused_a_second_one() -> Result<()> {
    let browser = Browser::start().await?;
    let refused = Browser::start().await.map(drop);
    assert!(refused.unwrap_err().to_string().contains("open_apart"));
    browser.close().await?;
    // It has none any more.
    Browser::start().await?.close().await
}

#[tokio::test]
async fn another_person_has_cookies_of_their_own() -> Result<()> {
    let browser = Browser::start().await?;
    let port = serve_another_site().await?;
    let url = format!("http://127.0.0.1:{port}/");
    let own = browser.open(&url, View::default()).await?;
    let store = "document.cookie = 'a=1'; localStorage.a = 1; true";
    own.evaluate::<bool>(store).await?;
    let stored = "document.cookie.length + localStorage.length";
    let again = browser.open(&url, View::default()).await?;
    let other = browser.open_apart(&url, View::default()).await?;
    assert_eq!(again.evaluate::<u32>(stored).await?, 4);
    assert_eq!(other.evaluate::<u32>(stored).await?, 0);
    // Both are seen, and act, at the same time.
    for page in [&own, &other] {
        page.until("document.visibilityState == 'visible'").await?;
    }
    other.close().await?;
    again.close().await?;
    own.close().await?;
    browser.close().await
}
