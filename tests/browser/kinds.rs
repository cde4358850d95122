//! The map of kinds: what is on the stage is lit, and a kind that is picked begins the lesson there.

use anyhow::Result;

use super::page::{Page, View};
use super::visit::Visit;

/// The row of the map that is lit, or -1.
const LIT: &str =
    "[...document.querySelectorAll('#kinds tbody tr')].findIndex(row => row.querySelector('.lit'))";

async fn open_map(page: &Page, tab: &str) -> Result<()> {
    let tabs = "[...document.querySelectorAll('.events .switch button')]";
    let of_map = format!("{tabs}.find(it => it.textContent.trim() == '{tab}')");
    page.until(&of_map).await?;
    let _: bool = page.evaluate(&format!("({of_map}.click(), true)")).await?;
    page.until("document.querySelector('#kinds')").await
}

async fn picked(language: &'static str, tab: &str, name: &str) -> Result<()> {
    let view = View {
        language,
        ..View::WALL
    };
    let visit = Visit::start(&[], view).await?;
    let page = &visit.page;
    open_map(page, tab).await?;
    // What listens here is IPv4.
    page.until(&format!("{LIT} == 0")).await?;
    page.screenshot(&format!("kinds-map-{name}")).await?;
    page.resize(390, 844).await?;
    page.click(".panel-tabs [role=tab]:nth-child(3)").await?;
    page.until("document.querySelector('#kinds').checkVisibility()")
        .await?;
    page.screenshot(&format!("kinds-map-{name}-narrow")).await?;
    page.resize(1920, 1080).await?;
    // The keyboard does what the pointer does: the third row is AF_UNIX.
    let unix = "document.querySelectorAll('#kinds tbody tr')[2].querySelector('button')";
    page.until(&format!("{unix} && !{unix}.disabled")).await?;
    let _: bool = page.evaluate(&format!("({unix}.focus(), true)")).await?;
    page.press("Enter").await?;
    // The question comes first: so far it is IPv6 that has been played.
    page.until(&format!("{LIT} == 1")).await?;
    page.screenshot(&format!("kinds-question-{name}")).await?;
    page.press("PageDown").await?;
    page.until(&format!("{LIT} == 2")).await?;
    // What is measured there tells the answer.
    page.until("document.querySelector('.lesson').innerText.includes('#3')")
        .await?;
    page.screenshot(&format!("kinds-unix-{name}")).await?;
    // The column beside it: datagrams, behind a question of their own.
    let datagrams = "document.querySelectorAll('#kinds tbody tr')[2].querySelectorAll('td')[1]";
    let pick = format!("({datagrams}.querySelector('button').click(), true)");
    let _: bool = page.evaluate(&pick).await?;
    page.until("document.querySelector('.lesson').innerText.includes('SOCK_DGRAM')")
        .await?;
    page.press("PageDown").await?;
    page.until(&format!("{datagrams}.classList.contains('lit')"))
        .await?;
    page.screenshot(&format!("kinds-datagrams-{name}")).await?;
    visit.end().await
}

#[tokio::test]
async fn a_kind_that_is_picked_begins_its_lesson() -> Result<()> {
    picked("en-US", "Kinds", "en").await
}

#[tokio::test]
async fn the_map_of_kinds_in_chinese() -> Result<()> {
    picked("zh-CN", "种类", "zh").await
}
