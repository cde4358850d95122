//! Time by keys and ears alone: steps, the slider and what it says, markers, speeds, and a stop in
//! a real flood.

use anyhow::Result;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::keyboard::tab_to;
use super::page::{Page, View};
use super::told;
use super::visit::Visit;

pub(super) const SLIDER: &str = "document.querySelector('#timeline')";
const PAUSED: &str = "document.querySelector('.play path').getAttribute('d').includes('4V22')";

/// The slider's value in words.
async fn value(page: &Page) -> Result<String> {
    page.evaluate(&format!("{SLIDER}.ariaValueText")).await
}

/// Where the slider stands, milliseconds of show after its beginning.
fn now() -> String {
    format!("({SLIDER}.ariaValueNow - {SLIDER}.ariaValueMin)")
}

async fn now_exactly(page: &Page) -> Result<u64> {
    page.evaluate(&now()).await
}

/// The newest row of the event table begins so.
fn newest(start: &str) -> String {
    let start = Value::from(start);
    format!("{}.at(-1).startsWith({start})", told::ROWS)
}

/// What the line says that is read aloud.
fn said(words: &str) -> String {
    let words = Value::from(words);
    format!("document.querySelector('#page > [aria-live]').textContent.includes({words})")
}

/// Plays the belt's story by keys, and stands at its end.
async fn belt_story(visit: &Visit, button: &str) -> Result<()> {
    let page = &visit.page;
    page.until("document.querySelector('.big button')").await?;
    tab_to(page, button).await?;
    page.press("Enter").await?;
    page.until("document.querySelector('#tab-1')").await?;
    page.until(&format!(
        "{}.some(row => /recv|client got|客户端/.test(row)) && {}",
        told::ROWS,
        told::ALL_SHOWN
    ))
    .await?;
    page.until(&format!(
        "{}.length >= 15 && {}",
        told::ROWS,
        told::ALL_SHOWN
    ))
    .await?;
    page.press("k").await?;
    page.until(PAUSED).await
}

#[tokio::test]
async fn from_the_mixed_read_to_the_arrival_before_it() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let page = &visit.page;
    belt_story(&visit, "20 + 50 + 30 → one bag of 100").await?;
    while !page.evaluate::<bool>(&newest("recv asked 100")).await? {
        // The first one goes back to where the last event has come to rest.
        let here = now_exactly(page).await?;
        page.press(",").await?;
        page.until(&format!("{} < {here}", now())).await?;
    }
    page.until(&said("One read, three arrivals")).await?;
    page.press(",").await?;
    page.until(&newest("30 arrived")).await?;
    page.screenshot("before-the-mixed-read").await?;
    page.until(&said("100 wait in the kernel")).await?;
    assert!(value(page).await?.ends_with("s, receive queue 100 bytes"));
    page.press(".").await?;
    page.until(&newest("recv asked 100")).await?;
    visit.end().await
}

#[tokio::test]
async fn the_slider_by_keys() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let page = &visit.page;
    belt_story(&visit, "20 + 50 + 30 → one bag of 100").await?;
    tab_to(page, "timeline").await?;
    page.press("Home").await?;
    page.until(&format!("{} == 0", now())).await?;
    // Each key, and where it leads to from there, milliseconds.
    for (key, millis) in [
        ("ArrowRight", 100),
        ("ArrowUp", 200),
        ("ArrowLeft", 100),
        ("ArrowDown", 0),
        ("l", 10_000),
        ("j", 0),
        ("PageUp", 10_000),
        ("PageDown", 0),
    ] {
        page.press(key).await?;
        page.until(&format!("{} == {millis}", now())).await?;
    }
    page.press("5").await?;
    let part = format!(
        "{} / ({SLIDER}.ariaValueMax - {SLIDER}.ariaValueMin)",
        now()
    );
    page.until(&format!("Math.abs({part} - 0.5) < 0.01"))
        .await?;

    // In words, in both languages.
    let words =
        |queue: &str| format!("/^[0-9.\\u202f]+\\u00a0s{queue}$/.test({SLIDER}.ariaValueText)");
    page.until(&words(", receive queue [0-9]+ bytes?")).await?;
    page.click("header > button:last-child").await?;
    page.until(&words("，接收队列 [0-9]+ 字节")).await?;
    page.click("header > button:last-child").await?;
    page.until(&words(", receive queue [0-9]+ bytes?")).await?;

    // Closer, and all again.
    let span = value(page).await?;
    page.press("+").await?;
    page.press("-").await?;
    assert_eq!(value(page).await?, span);

    // A marker of one's own, and back to it from either side.
    page.press("m").await?;
    page.until(&said("Marker 1")).await?;
    let marked = now_exactly(page).await?;
    for (key, back) in [("Home", "]"), ("9", "[")] {
        page.press(key).await?;
        page.until(&format!("{} != {marked}", now())).await?;
        // Automatic ones stand between.
        for _ in 0..12 {
            if now_exactly(page).await?.abs_diff(marked) <= 1 {
                break;
            }
            let here = now_exactly(page).await?;
            page.press(back).await?;
            page.until(&format!("{} != {here}", now())).await?;
        }
        let here = now_exactly(page).await?;
        assert!(here.abs_diff(marked) <= 1, "{here} is not {marked}");
    }
    // A clicker goes from one's own to the next.
    page.evaluate::<()>(&format!("{SLIDER}.blur()")).await?;
    page.press("Home").await?;
    page.until(&format!("{} == 0", now())).await?;
    page.press("PageDown").await?;
    page.until(&format!("Math.abs({} - {marked}) <= 1", now()))
        .await?;

    // Speeds, in words.
    for (key, words) in [
        (">", "real time"),
        ("<", "paced"),
        ("<", "1/10"),
        (">", "paced"),
    ] {
        page.press(key).await?;
        page.until(&said(words)).await?;
        page.until(&format!(
            "document.querySelector('.speed').selectedOptions[0].text.startsWith('{words}')"
        ))
        .await?;
    }

    // In a field, keys are letters.
    let before = now_exactly(page).await?;
    tab_to(page, "Batches, bytes").await?;
    page.press("End").await?;
    for key in ["k", ",", "[", "m", "5", "l", "<"] {
        page.press(key).await?;
    }
    page.until("document.activeElement.value.endsWith('k,[m5l<')")
        .await?;
    page.until(&format!("{PAUSED} && {} == {before}", now()))
        .await?;
    page.press("Escape").await?;

    // Live again, by a key.
    page.evaluate::<()>("document.activeElement.blur()").await?;
    page.press("End").await?;
    page.until(&format!("!{PAUSED} && {}", told::ALL_SHOWN))
        .await?;
    visit.end().await
}

#[tokio::test]
async fn a_flood_pauses_by_itself_where_the_window_closes() -> Result<()> {
    let visit = Visit::start(&["--read-when", "held"], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    page.until("document.querySelector('.big button')").await?;
    tab_to(page, "Pause when…").await?;
    page.press("Enter").await?;
    page.until("document.querySelector('#stops[open]')").await?;
    let at_window = "document.activeElement.parentElement.textContent.trim() == 'window 0'";
    for _ in 0..12 {
        if page.evaluate::<bool>(at_window).await? {
            break;
        }
        page.press("Tab").await?;
    }
    page.press(" ").await?;
    page.until(&format!("{at_window} && document.activeElement.checked"))
        .await?;
    page.screenshot("stops").await?;
    page.press("Escape").await?;
    page.until("!document.querySelector('dialog[open]')")
        .await?;

    let mut flood = TcpStream::connect(relay.echo).await?;
    let sending = tokio::spawn(async move {
        let bytes = vec![b'x'; 9_000_000];
        let _ = flood.write_all(&bytes).await;
        flood
    });
    page.until(&format!(
        "{PAUSED} && document.querySelector('.stretch b').textContent == 'paused: window 0, #1'"
    ))
    .await?;
    page.until(&said("paused: window 0, #1")).await?;
    page.screenshot("window-zero").await?;
    // It stands, whatever goes on.
    let stands = now_exactly(page).await?;
    page.press("k").await?;
    page.until(&format!("!{PAUSED} && {} >= {stands}", now()))
        .await?;
    sending.abort();
    let _ = sending.await;
    visit.end().await
}
