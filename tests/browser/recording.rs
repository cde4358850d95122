//! A recording opened in the page: by its button, by drop, packed or damaged, and back to the
//! relay.

use anyhow::Result;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;

/// The relay's records so far as a text, cut where the stream pauses: a JavaScript expression.
const RECORDED: &str = "fetch('./recording.ndjson').then(answer => answer.text())";

/// Opens what `file` makes of the recorded `text`, as the file button does.
async fn open(page: &Page, file: &str) -> Result<()> {
    let script = format!(
        "{RECORDED}.then(async text => {{
            const carried = new DataTransfer();
            carried.items.add({file});
            const input = document.querySelector('#file');
            input.files = carried.files;
            input.dispatchEvent(new Event('change', {{ bubbles: true }}));
        }}).then(() => true)"
    );
    page.evaluate::<bool>(&script).await.map(drop)
}

/// Waits until the news say so.
async fn until_notice(page: &Page, words: &str) -> Result<()> {
    page.until(&format!(
        "document.querySelector('.notice').textContent.includes('{words}')"
    ))
    .await
}

/// What there is to press only where somebody can be asked.
const ASKS: &str = "document.querySelector('#controls fieldset:not([disabled])')";

/// A story that the relay has recorded and the page has shown.
async fn story() -> Result<(Visit, Vec<String>)> {
    let visit = Visit::start(&[], View::WALL).await?;
    told::press_big_button(&visit.page, &visit.relay).await?;
    visit.page.until(told::ALL_SHOWN).await?;
    let rows = told::rows(&visit.page).await?;
    Ok((visit, rows))
}

/// To the end of what is recorded: the same rows as from the relay.
async fn shows_the_same(page: &Page, rows: &[String]) -> Result<()> {
    page.until(&format!("!{ASKS}")).await?;
    page.until("document.querySelector('#events td.w')").await?;
    told::go_live(page).await?;
    let rows = serde_json::to_string(rows)?;
    page.until(&format!("String({}) == String({rows})", told::ROWS))
        .await
}

#[tokio::test]
async fn a_recording_is_opened_by_its_button_and_by_drop() -> Result<()> {
    let (visit, rows) = story().await?;
    let page = &visit.page;
    open(page, "new File([text], 'plain.ndjson')").await?;
    shows_the_same(page, &rows).await?;
    // The relay's own records again.
    page.evaluate::<()>("document.querySelector('[data-ask=live]').click()")
        .await?;
    page.until(ASKS).await?;
    told::until_row(page, "").await?;

    let packed = "new File([await new Response(new Blob([text]).stream()
        .pipeThrough(new CompressionStream('gzip'))).blob()], 'packed.ndjson.gz')";
    open(page, packed).await?;
    shows_the_same(page, &rows).await?;

    let dropped = format!(
        "{RECORDED}.then(text => {{
            const carried = new DataTransfer();
            for (const name of ['one.ndjson', 'two.ndjson'])
                carried.items.add(new File([text], name));
            const happens = name => document.body.dispatchEvent(new DragEvent(name,
                {{ dataTransfer: carried, bubbles: true, cancelable: true }}));
            happens('dragover');
            const target = document.querySelector('.drop').checkVisibility();
            happens('drop');
            return target && !document.querySelector('.drop').checkVisibility();
        }})"
    );
    assert!(page.evaluate::<bool>(&dropped).await?);
    until_notice(page, "only the first is opened").await?;
    shows_the_same(page, &rows).await?;
    // A text that is dragged is none of the page's business.
    let text = "(() => {
        const carried = new DataTransfer();
        carried.setData('text/plain', 'grape');
        return document.body.dispatchEvent(new DragEvent('dragover',
            { dataTransfer: carried, bubbles: true, cancelable: true }));
    })()";
    assert!(page.evaluate::<bool>(text).await?);
    visit.end().await
}

#[tokio::test]
async fn a_damaged_recording_names_its_line_and_shows_what_came_before() -> Result<()> {
    let (visit, _) = story().await?;
    let page = &visit.page;
    let damaged = "new File([text.trimEnd().replace(/\\n[^\\n]*$/, '\\n{]\\n')], 'damaged.ndjson')";
    open(page, damaged).await?;
    until_notice(page, "not a record. What was read up to there is shown.").await?;
    page.screenshot("recording-damaged").await?;
    page.until("document.querySelector('#events td.w')").await?;

    open(page, "new File([new Uint8Array(5000)], 'zeros')").await?;
    until_notice(page, "binary data").await?;
    open(page, "new File([], 'empty')").await?;
    until_notice(page, "file is empty").await?;
    visit.end().await
}

#[tokio::test]
async fn the_dialog_of_recordings_is_whole() -> Result<()> {
    let (visit, _) = story().await?;
    let page = &visit.page;
    for (width, height) in [(1920, 1080), (390, 844)] {
        page.resize(width, height).await?;
        for look in ["light", "dark", "projector"] {
            page.until(&format!(
                "document.documentElement.dataset.look == '{look}'
                    || document.querySelector('#look').click()"
            ))
            .await?;
            for language in ["en", "zh-CN"] {
                page.until(&format!(
                    "document.documentElement.lang == '{language}'
                        || document.querySelector('header .btn:last-child').click()"
                ))
                .await?;
                page.evaluate::<()>("document.querySelector('#recordings').showModal()")
                    .await?;
                let whole = "(() => {
                    const dialog = document.querySelector('#recordings');
                    return dialog.scrollWidth <= dialog.clientWidth;
                })()";
                page.screenshot(&format!("recordings-{width}-{look}-{language}"))
                    .await?;
                assert!(
                    page.evaluate::<bool>(whole).await?,
                    "{width} {look} {language}"
                );
                page.evaluate::<()>("document.querySelector('#recordings').close()")
                    .await?;
            }
        }
    }
    visit.end().await
}
