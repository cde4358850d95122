//! The page by keys and ears alone: whoever sees nothing follows the story by the line that is read
//! aloud and by the names of what the keyboard is at. No click here, and no look at a picture, a
//! table or a ruler.

use anyhow::Result;
use serde_json::Value;

use super::keyboard::{tab, tab_to};
use super::page::{Page, View};
use super::visit::Visit;
use crate::python::Python;

/// What must be told, in this order, each in a sentence of its own.
const FACTS: [&str; 12] = [
    // Which of the two is recorded first is chance; being accepted says both.
    "client is ",
    "20 were sent.",
    "20 arrived in 1 segment. 20 wait in the kernel.",
    "20 + 50 were sent. 20 wait in the kernel, 50 are still on the way.",
    "50 arrived in 1 segment. 70 wait in the kernel.",
    "20 + 50 + 30 were sent. 70 wait in the kernel, 30 are still on the way.",
    "30 arrived in 1 segment. 100 wait in the kernel.",
    "recv asked 100, got 100. One read, three arrivals: the edges at 20 and 70 are gone.",
    "The bag of 100 is full. Three sends, one read.",
    "One bag of 100. Answer: 22 + 100 bytes.",
    "22 bytes of stamp, 100 bytes as they came.",
    "The client has its answer: 122 bytes.",
];
const FACTS_ZH: [&str; 12] = [
    "客户端",
    "发出了 20 个。",
    "到达 20 个，分 1 段。20 个在内核里等着。",
    "发出了 20 + 50 个。20 个在内核里等着，50 个还在路上。",
    "到达 50 个，分 1 段。70 个在内核里等着。",
    "发出了 20 + 50 + 30 个。70 个在内核里等着，30 个还在路上。",
    "到达 30 个，分 1 段。100 个在内核里等着。",
    "recv 要 100，得 100。一次读取，3 次到达：20、70 处的边界没有了。",
    "100 个，袋子满了。3 次发送、1 次读取。",
    "一袋 100 个。回答：22 + 100 字节。",
    "时间戳 22 字节，原样 100 字节。",
    "客户端收到了回答：122 字节。",
];

/// Keeps from now on all that is read aloud, beginning with the line as it is.
const LISTEN: &str = "{
    const line = document.querySelector('#page > [aria-live]');
    globalThis.heard = [line.textContent];
    new MutationObserver(() => heard.push(line.textContent))
        .observe(line, { childList: true, characterData: true, subtree: true });
}; true";

/// Listens from now on.
async fn listen(page: &Page) -> Result<()> {
    page.until("document.querySelector('#page > [aria-live]')")
        .await?;
    page.evaluate::<bool>(LISTEN).await.map(drop)
}

/// How many sentences were heard so far.
async fn heard(page: &Page) -> Result<usize> {
    page.evaluate("heard.length").await
}

/// Waits until this is told, after so many sentences; returns how many there were then.
async fn until_told(page: &Page, from: usize, words: &str) -> Result<usize> {
    let words = Value::from(words);
    let place = format!("heard.findIndex((it, at) => at >= {from} && it.includes({words}))");
    page.until(&format!("{place} >= 0")).await?;
    let place: usize = page.evaluate(&place).await?;
    Ok(place + 1)
}

/// Waits for one fact after the other.
async fn until_all_told(page: &Page, mut from: usize, facts: &[&str]) -> Result<usize> {
    for fact in facts {
        from = until_told(page, from, fact).await?;
    }
    Ok(from)
}

/// Presses the button that the keyboard is at until this is told. Each time, something is.
async fn press_until_told(page: &Page, words: &str) -> Result<()> {
    loop {
        let before = heard(page).await?;
        page.press("Enter").await?;
        page.until(&format!("heard.length > {before}")).await?;
        let last: String = page.evaluate("heard.at(-1)").await?;
        if last.contains(words) {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn the_story_by_keys_and_ears() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let page = &visit.page;
    listen(page).await?;
    let port = visit.relay.echo.port();
    let nobody = format!("The desk is open: port {port}. Connect from a terminal: nc 127.0.0.1");
    let from = until_told(page, 0, &nobody).await?;

    // Playing: all is told, and nothing else has to be pressed.
    tab_to(page, "20 + 50 + 30 → one bag of 100").await?;
    page.press("Enter").await?;
    until_all_told(page, from, &FACTS).await?;
    let accepted = until_told(page, from, "A client is accepted.").await?;
    assert!(accepted < until_told(page, from, FACTS[2]).await?);

    // The button is gone, and the keyboard is where one can pause.
    let paused = heard(page).await?;
    page.press(" ").await?;
    until_told(page, paused, "paused: The client has its answer").await?;

    // Back to the beginning, and the same once more, step by step.
    tab_to(page, "Step back").await?;
    press_until_told(page, &nobody).await?;
    let from = heard(page).await?;
    tab_to(page, "Step forward").await?;
    press_until_told(page, FACTS[11]).await?;
    until_all_told(page, from, &FACTS).await?;
    visit.end().await
}

#[tokio::test]
async fn the_story_by_ear_in_chinese() -> Result<()> {
    let language = "zh-CN";
    let visit = Visit::start(
        &[],
        View {
            language,
            ..View::WALL
        },
    )
    .await?;
    let page = &visit.page;
    listen(page).await?;
    let from = until_told(page, 0, "端口已开门。在终端里连接：nc 127.0.0.1").await?;
    tab_to(page, "20 + 50 + 30 → 一袋 100").await?;
    page.press("Enter").await?;
    let from = until_all_told(page, from, &FACTS_ZH).await?;
    page.press(" ").await?;
    until_told(page, from, "已暂停：客户端收到了回答").await?;
    tab_to(page, "后退一步").await?;
    press_until_told(page, "到达 30 个").await?;
    visit.end().await
}

/// The name of what the keyboard is at, and its description, as both are read aloud.
const NAMED: &str = "(() => {
    const { ariaLabel, attributes } = document.activeElement;
    const told = document.getElementById(attributes['aria-describedby']?.value);
    return [ariaLabel ?? '', told?.checkVisibility() ? told.innerText : ''];
})()";

#[tokio::test]
async fn the_inspector_by_keys() -> Result<()> {
    let visit = Visit::start(&["--read-when", "held"], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    listen(page).await?;
    until_told(page, 0, "The desk is open").await?;
    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    for bytes in [20, 50] {
        python.send_recorded(bytes, &mut lines).await;
    }
    until_told(page, 0, "70 wait in the kernel").await?;
    page.press(" ").await?;
    until_told(page, 0, "paused: ").await?;

    // One stop for Tab; arrow keys go from part to part, and round.
    let in_stage = "document.activeElement.closest('.picture .hits') != null";
    while !page.evaluate::<bool>(in_stage).await? {
        tab(page).await?;
    }
    let (first, _): (String, String) = page.evaluate(NAMED).await?;
    let mut parts = Vec::new();
    loop {
        page.until(&format!("{NAMED}[1] != ''")).await?;
        let (name, told): (String, String) = page.evaluate(NAMED).await?;
        parts.push((name.clone(), told));
        page.press("ArrowRight").await?;
        page.until(&format!("{NAMED}[0] != {}", Value::from(name)))
            .await?;
        if page.evaluate::<(String, String)>(NAMED).await?.0 == first {
            break;
        }
    }
    // Bytes and offsets are in the name, and in what is told of it.
    for range in ["0–19, 20 bytes", "20–69, 50 bytes"] {
        let name = format!("#1 incoming: {range}");
        assert!(
            parts
                .iter()
                .any(|(it, told)| *it == name && told.contains(range)),
            "{name}: {parts:#?}"
        );
    }

    // Escape closes it, and the keyboard stays; Enter opens it again, and an arrow goes on.
    page.press("Escape").await?;
    page.until(&format!("{NAMED}[1] == '' && {in_stage}"))
        .await?;
    page.press("Enter").await?;
    page.until(&format!("{NAMED}[1] != ''")).await?;
    page.press("Escape").await?;
    page.until(&format!("{NAMED}[1] == ''")).await?;
    page.press("ArrowLeft").await?;
    page.until(&format!("{NAMED}[1] != ''")).await?;
    // On to what stands behind the stage: one stop was all.
    page.press("Escape").await?;
    tab(page).await?;
    assert!(!page.evaluate::<bool>(in_stage).await?);
    drop(python);
    visit.end().await
}

#[tokio::test]
async fn letters_say_what_they_did_and_lead_back() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let page = &visit.page;
    listen(page).await?;
    until_told(page, 0, "The desk is open").await?;
    let until_named = async |name: &str| {
        let name = Value::from(name);
        page.until(&format!("{NAMED}[0] == {name}")).await
    };

    tab_to(page, "picture").await?;
    until_named("Picture: Belt (V)").await?;
    page.press("v").await?;
    until_named("Picture: Cut (V)").await?;
    tab_to(page, "look").await?;
    until_named("Look: Light (C)").await?;
    page.press("c").await?;
    until_named("Look: Dark (C)").await?;

    // The sheet takes the keyboard, keeps letters from the page, and gives the keyboard back.
    page.press("?").await?;
    page.until("document.activeElement.closest('dialog[open]#keys')")
        .await?;
    page.press("c").await?;
    page.press("Escape").await?;
    page.until("!document.querySelector('dialog[open]')")
        .await?;
    until_named("Look: Dark (C)").await?;

    // So does the black screen, which any key ends, and no more than that.
    page.press("b").await?;
    until_named("The screen is blank. Any key or a click brings it back.").await?;
    page.press("c").await?;
    page.until("!document.querySelector('dialog[open]')")
        .await?;
    until_named("Look: Dark (C)").await?;

    // In a field, letters are letters.
    tab_to(page, "Batches, bytes").await?;
    page.press("End").await?;
    let before: String = page.evaluate("document.activeElement.value").await?;
    for key in ["v", "c", "b", "f", "a", "?", "1", " "] {
        page.press(key).await?;
    }
    let typed = Value::from(format!("{before}vcbfa?1 "));
    page.until(&format!("document.activeElement.value == {typed}"))
        .await?;
    let led_away: bool = page
        .evaluate(
            "document.fullscreenElement != null || document.querySelector('dialog[open]') != null",
        )
        .await?;
    assert!(!led_away);
    tab_to(page, "picture").await?;
    until_named("Picture: Cut (V)").await?;
    tab_to(page, "look").await?;
    until_named("Look: Dark (C)").await?;
    visit.end().await
}
