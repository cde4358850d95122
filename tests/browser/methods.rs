//! The table of socket methods and the reply, as whoever looks, reads or goes by keys gets them.

use anyhow::Result;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;

const CHINESE: View<'_> = View {
    language: "zh-CN",
    ..View::WALL
};

/// The cells of a row of the table, by the method's name: a JavaScript expression.
fn row(form: &str) -> String {
    format!(
        "[...document.querySelectorAll('#api tr')]
            .find(row => row.querySelector('.method')?.textContent.startsWith('{form}'))"
    )
}

/// Begins the lesson from the table itself, and turns all its pages.
async fn run_all(page: &Page) -> Result<()> {
    page.click("#events .switch button:nth-child(5)").await?;
    page.until("document.querySelectorAll('#api .method').length == 28")
        .await?;
    page.click(".api-head .btn").await?;
    page.until("document.querySelector('.lesson-foot .count')?.textContent.includes('1')")
        .await?;
    // Two of the seven steps have a question.
    for _ in 0..8 {
        let before: String = page
            .evaluate("document.querySelector('.lesson').innerText")
            .await?;
        page.press("PageDown").await?;
        let before = serde_json::Value::from(before);
        page.until(&format!(
            "document.querySelector('.lesson').innerText != {before}"
        ))
        .await?;
    }
    // ioctl alone has no example.
    page.until("document.querySelectorAll('#api .method:disabled').length == 1")
        .await
}

async fn check_table(view: View<'_>, name: &str) -> Result<()> {
    let visit = Visit::start(&[], view).await?;
    let page = &visit.page;
    page.until("document.querySelector('#lesson')").await?;
    run_all(page).await?;
    page.screenshot(&format!("methods-{name}")).await?;

    // Call and result are what the record says; errors by name.
    for (form, part) in [
        ("s.connect_ex", "111 (ECONNREFUSED)"),
        ("s.recv(", "b'[20"),
        ("s.getsockopt", "SO_"),
        ("s.type", "SOCK_STREAM"),
        ("s.detach", "detach()"),
    ] {
        let row = row(form);
        page.until(&format!(
            "{row}.querySelector('.example').textContent.includes(\"{part}\")"
        ))
        .await?;
    }
    // A row leads the show to the moment of its call, and it stands there in the end.
    page.evaluate::<bool>(&format!(
        "({}.querySelector('.method').click(), true)",
        row("s.recv_into")
    ))
    .await?;
    page.until(&format!(
        "{}.classList.contains('picked')",
        row("s.recv_into")
    ))
    .await?;
    page.until("/^(Play|播放)/.test(document.querySelector('#play').ariaLabel)")
        .await?;
    page.screenshot(&format!("methods-{name}-picked")).await?;

    page.fill(".api-head input", "recv").await?;
    page.until("[...document.querySelectorAll('#api .method')].filter(it => it.checkVisibility()).length == 4")
        .await?;
    visit.end().await
}

#[tokio::test]
async fn the_table_of_methods_in_english() -> Result<()> {
    check_table(View::WALL, "en").await
}

#[tokio::test]
async fn the_table_of_methods_in_chinese() -> Result<()> {
    check_table(CHINESE, "zh").await
}

/// One stamp for each recv, and each stamp says which: on the normal page, with a real client.
#[tokio::test]
async fn the_reply_shows_where_the_reads_fell() -> Result<()> {
    let visit = Visit::start(&["--bufsize", "40"], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    page.until("document.querySelector('.big button')").await?;
    let mut python = crate::python::Python::connect(relay.echo);
    let mut lines = relay.lines("").await;
    python.send_recorded(100, &mut lines).await;
    told::until_row(page, "server sent").await?;
    page.click("#events .switch button:nth-child(4)").await?;
    let labels = "[...document.querySelectorAll('.reply .label')].map(it => it.textContent).join()";
    page.until(&format!("{labels} == 'recv 1,recv 2,recv 3'"))
        .await?;
    let sizes =
        "[...document.querySelectorAll('.reply .data')].map(it => it.textContent.length).join()";
    page.until(&format!("{sizes} == '40,40,20'")).await?;
    // Somebody else's client: all of it is derived, and says so.
    page.until("document.querySelectorAll('.reply .mark.derived').length == 3")
        .await?;
    page.screenshot("reply").await?;
    page.resize(390, 844).await?;
    page.click(".panel-tabs [role=tab]:nth-child(3)").await?;
    page.until("document.querySelector('.reply').checkVisibility()")
        .await?;
    page.screenshot("reply-narrow").await?;
    drop(python);
    visit.end().await
}
