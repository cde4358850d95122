//! The page without a mouse: everything is reached, seen and moved by keys.

use anyhow::{Result, bail};
use protocol::{Conn, Event};

use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::python::Python;

/// Where the focus is, in words, and whether its ring is drawn: a JavaScript expression.
const FOCUS: &str = "(() => {
    const element = document.activeElement;
    if (element == document.body) return ['the end of the page', true];
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const ring = outlineStyle != 'none' && parseFloat(outlineWidth) >= 2;
    const name = element.id || element.getAttribute('aria-label') || element.textContent.trim();
    return [name, ring];
})()";

const PAUSED: &str = "document.querySelector('.play').ariaLabel == 'Play (space)'";

/// Where the focus is after Tab.
pub(super) async fn tab(page: &Page) -> Result<String> {
    page.press("Tab").await?;
    let (name, ring): (String, bool) = page.evaluate(FOCUS).await?;
    assert!(ring, "the focus is not seen on {name}");
    Ok(name)
}

/// Presses Tab until the focus is there; returns what was passed.
pub(super) async fn tab_to(page: &Page, name: &str) -> Result<Vec<String>> {
    let mut passed = Vec::new();
    while passed.len() < 60 {
        let here = tab(page).await?;
        if here == name {
            return Ok(passed);
        }
        passed.push(here);
    }
    bail!("{name} is not among {passed:#?}");
}

#[tokio::test]
async fn keyboard_only() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    page.until("document.querySelector('.big button')").await?;
    tab_to(page, "20 + 50 + 30 → one bag of 100").await?;
    page.press("Enter").await?;
    page.until("document.querySelector('#tab-1')").await?;
    let mut lines = relay.lines("").await;
    let python = Python::connect(relay.echo);
    let second = |event: &Event| matches!(event, Event::Accepted(e) if e.conn == Conn(2));
    lines.until(second).await;
    tab_to(page, "Go live").await?;
    page.press("Enter").await?;
    page.until("document.querySelector('#tab-2')").await?;

    // All that can be done, in the order in which it is seen.
    tab_to(page, "tab-1").await?;
    let stops = tab_to(page, "the end of the page").await?;
    let expect = [
        "中文",
        "Step back",
        "play",
        "Step forward",
        "Events",
        "Values",
        "Kind",
        "Connection",
        "all connections",
        "only #1",
        "Tutorial settings",
        "Read",
        "bytes to wait for",
        "Hold reading",
        "BUFSIZE, bytes",
        "Batches, bytes",
        "Next batch",
        "Send",
        "Close",
        "Reset",
        "Program",
        "join-line",
        "Copy",
    ];
    let mut rest = stops.iter();
    for stop in expect {
        assert!(
            rest.any(|name| name == stop),
            "{stop} is not reached in its place: {stops:#?}"
        );
    }

    // Tabs of connections by arrow keys, and their ends.
    tab_to(page, "tab-1").await?;
    for (key, chosen) in [
        ("ArrowRight", "tab-2"),
        ("ArrowRight", "tab-1"),
        ("ArrowLeft", "tab-2"),
        ("Home", "tab-1"),
    ] {
        page.press(key).await?;
        page.until(&format!(
            "document.activeElement.id == '{chosen}'
                && document.activeElement.ariaSelected == 'true'"
        ))
        .await?;
    }

    // Space is the player's on a tab's place outside of buttons and fields, and a space in a field.
    let _: () = page.evaluate("document.activeElement.blur()").await?;
    page.press(" ").await?;
    page.until(PAUSED).await?;
    page.press(" ").await?;
    page.until(&format!("!({PAUSED})")).await?;
    tab_to(page, "Batches, bytes").await?;
    page.press("End").await?;
    page.press(" ").await?;
    page.until("document.activeElement.value == '20 + 50 + 30 '")
        .await?;
    page.until(&format!("!({PAUSED})")).await?;

    // The player's buttons by key: a step back leaves fewer events, and pauses.
    let shown: usize = page.evaluate(&format!("{}.length", told::ROWS)).await?;
    tab_to(page, "Step back").await?;
    for _ in 0..3 {
        page.press("Enter").await?;
    }
    page.until(&format!("{}.length < {shown} && {PAUSED}", told::ROWS))
        .await?;
    let shown: usize = page.evaluate(&format!("{}.length", told::ROWS)).await?;
    tab_to(page, "Step forward").await?;
    for _ in 0..3 {
        page.press(" ").await?;
    }
    page.until(&format!("{}.length > {shown} && {PAUSED}", told::ROWS))
        .await?;
    python.finish().await;
    visit.end().await
}
