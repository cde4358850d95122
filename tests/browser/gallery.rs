//! The art's moment, 70 in the buffer, 30 riding, one client waiting at the desk, in each picture,
//! look, language and size: nothing is cut or covered, and the pictures are there to be looked at.

use anyhow::Result;
use protocol::{Conn, Event, Request, Spacing};
use tokio::net::TcpStream;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::relay_process::RelayProcess;

const SIZES: [(u32, u32); 5] = [
    (1920, 1080),
    (1280, 720),
    (1024, 768),
    (768, 1024),
    (390, 844),
];

/// What a person sees as cut or covered: a JavaScript expression that gives a list of words.
pub(super) const FAULTS: &str = "(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const faults = [];
    if (scrollWidth > innerWidth) faults.push(`the page is ${scrollWidth} wide`);
    const told = 'header, main, nav, [role=tablist]';
    for (const element of document.querySelectorAll('#page *')) {
        const words = [...element.childNodes]
            .filter(node => node.nodeType == Node.TEXT_NODE && node.data.trim());
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const unseen = !words.length || style.visibility != 'visible' || !box.width
            || element.closest('.unseen, .skip, option, select, dialog');
        if (unseen || element.closest('.scroll, .tabs, code')) continue;
        const name = `${element.tagName} .${element.className} ${element.textContent.trim()}`;
        if (box.left < 0 || box.right > innerWidth + 1) faults.push(`off the page: ${name}`);
        if (element.scrollWidth > element.clientWidth + 1 && style.overflowX == 'hidden'
            && element.clientWidth) faults.push(`cut: ${name}`);
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        if (y < 0 || y >= innerHeight) continue;
        const above = document.elementFromPoint(x, y);
        if (above && !element.contains(above) && !above.contains(element)) {
            faults.push(`covered by ${above.outerHTML.slice(0, 80)}: ${name}`);
        }
    }
    return faults;
})()";

/// Fingers need room: what can be touched and is smaller, in words.
pub(super) const SMALL: &str = "[...document.querySelectorAll('button, select, input, [role=tab]')]
    .filter(element => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.unseen, .hits'))
    .map(element => [element, element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (height < 43.5 || width < 43.5))
    .map(([element, { width, height }]) =>
        `${element.id || element.className} ${element.textContent.trim()}: ${width} x ${height}`)";

/// Our own client has sent 20, 50 and 30, of which the last are shown on the way; the server holds;
/// another client waits at the desk. Returns whoever must stay.
async fn art_moment(page: &Page, relay: &RelayProcess) -> Result<TcpStream> {
    let mut person = relay.mirror("").await;
    let mut lines = relay.lines("").await;
    let arrived = |to: u64| move |event: &Event| matches!(event, Event::Arrived(e) if e.offset + e.bytes == to);
    let send = |conn, bytes| Request::Send {
        conn,
        batches: vec![bytes],
        spacing: Spacing::WhenRecorded,
    };
    person.ask(send(None, 20)).await?;
    lines.until(arrived(20)).await;
    let waiting = TcpStream::connect(relay.echo).await?;
    lines
        .until(|event| matches!(event, Event::Waiting(e) if e.queued == 1))
        .await;
    for (bytes, to) in [(50, 70), (30, 100)] {
        person.ask(send(Some(Conn(1)), bytes)).await?;
        lines.until(arrived(to)).await;
    }
    page.until("document.querySelector('.tab')").await?;
    told::until_row(page, "30 arrived").await?;
    page.press(" ").await?;
    // Samples, too, are steps.
    page.fill(".filters select", "*").await?;
    page.until(&format!(
        "{}.some(words => words.startsWith('queued'))",
        told::ROWS
    ))
    .await?;
    loop {
        let rows = told::rows(page).await?;
        if rows.last().is_some_and(|row| row == "client sent 30") {
            page.fill(".filters select", "").await?;
            page.until(&format!(
                "!{}.some(words => words.startsWith('queued'))",
                told::ROWS
            ))
            .await?;
            return Ok(waiting);
        }
        let count = rows.len();
        page.evaluate::<()>("document.querySelector('.transport button').click()")
            .await?;
        page.until(&format!("{}.length < {count}", told::ROWS))
            .await?;
    }
}

/// Presses a key until the page says so.
pub(super) async fn choose(page: &Page, key: &str, condition: &str) -> Result<()> {
    for _ in 0..3 {
        if page.evaluate::<bool>(condition).await? {
            return Ok(());
        }
        page.press(key).await?;
    }
    page.until(condition).await
}

#[tokio::test]
async fn every_look_language_and_size() -> Result<()> {
    let view = View {
        width: 1920,
        height: 1080,
        language: "en-US",
    };
    let arguments = ["--sequential", "--read-when", "held", "--bag", "100"];
    let visit = Visit::start(&arguments, view).await?;
    let page = &visit.page;
    page.until("document.querySelector('.big button')").await?;
    let _waiting = art_moment(page, &visit.relay).await?;

    let mut faults = Vec::new();
    for lang in ["en", "zh-CN"] {
        if page
            .evaluate::<String>("document.documentElement.lang")
            .await?
            != lang
        {
            page.click("header > button:last-child").await?;
        }
        for look in ["light", "dark", "projector"] {
            choose(
                page,
                "c",
                &format!("document.documentElement.dataset.look == '{look}'"),
            )
            .await?;
            for picture in ["belt", "cut"] {
                choose(
                    page,
                    "v",
                    &format!("document.querySelector('#stage').dataset.picture == '{picture}'"),
                )
                .await?;
                for (width, height) in SIZES {
                    page.resize(width, height).await?;
                    page.set_touch(width < 1280).await?;
                    let name = format!("art-{picture}-{look}-{}-{width}x{height}", &lang[..2]);
                    page.screenshot(&name).await?;
                    let mut here: Vec<String> = page.evaluate(FAULTS).await?;
                    if width < 1280 {
                        here.extend(page.evaluate::<Vec<String>>(SMALL).await?);
                    }
                    faults.extend(here.iter().map(|fault| format!("{name}: {fault}")));
                }
                page.resize(1920, 1080).await?;
                page.set_touch(false).await?;
            }
        }
    }
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());

    // Seen by eyes that tell colours apart in other ways.
    for look in ["light", "dark", "projector"] {
        choose(
            page,
            "c",
            &format!("document.documentElement.dataset.look == '{look}'"),
        )
        .await?;
        for eyes in ["deuteranopia", "protanopia", "tritanopia", "achromatopsia"] {
            page.set_vision(eyes).await?;
            page.screenshot(&format!("eyes-{eyes}-{look}")).await?;
        }
        page.set_vision("none").await?;
    }
    visit.end().await
}
