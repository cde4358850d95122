//! The lecturer's secrets in a real browser: the link leaves no trace that another site or guest could
//! see, and the cookie goes where it is needed.

use anyhow::Result;
use protocol::{End, Event};

use super::{
    chromium::Browser,
    other_site::serve_another_site,
    page::{Page, View},
};
use crate::{
    hall::Hall,
    relay_process::{Lines, built_page},
    search::{Secret, none_in},
    tap::Tap,
};

/// All that a script could look up in that page.
async fn known_to_scripts(page: &Page) -> Result<String> {
    let known = "(async () => JSON.stringify([
        location.href, document.referrer, document.URL, document.cookie, name,
        history.state, Object.entries(localStorage), Object.entries(sessionStorage),
        await indexedDB.databases(), await caches.keys(),
        performance.getEntries().map(it => it.name), document.documentElement.outerHTML,
    ]))()";
    page.evaluate(known).await
}

/// Shows the page until it has drawn what the relay told.
async fn watch(page: &Page) -> Result<()> {
    page.until("document.querySelector('.hall')?.innerText")
        .await?;
    page.until("document.querySelector('canvas')").await
}

#[tokio::test]
async fn the_link_and_the_cookie_stay_where_they_belong() -> Result<()> {
    let browser = Browser::start().await?;
    let hall = Hall::start(&built_page(), &[]);
    let token = Secret::new(
        "the link's secret",
        hall.lecturer.split_once("token=").unwrap().1,
    );
    let (lecturers, guests) = (
        Tap::before(hall.page()).await,
        Tap::before(hall.page()).await,
    );

    let page = browser
        .open(&hall.link(lecturers.addr), View::default())
        .await?;
    watch(&page).await?;
    let home = format!("http://{}/", lecturers.addr);
    assert_eq!(page.evaluate::<String>("location.href").await?, home);
    let answers = lecturers.answered().concat();
    let answers = String::from_utf8_lossy(&answers);
    let (_, cookie) = answers.split_once("set-cookie: fruitbelt_").unwrap();
    let (_, value) = cookie.split_once('=').unwrap();
    let session = Secret::new("the cookie", value.split_once(';').unwrap().0);
    let secrets = [&token, &session];

    // The request that entered holds the one, and those to the mirror the other; nothing else does.
    let asked = lecturers.asked().concat();
    let asked = String::from_utf8_lossy(&asked);
    let requests = asked.split("\r\n\r\n");
    let (mut entered, mut with_cookie) = (0, 0);
    for request in requests.filter(|it| it.contains(" HTTP/1.1\r\n")) {
        let line = &request[request.rfind("GET ").unwrap()..];
        let (has_token, has_cookie) =
            (token.is_in(line.as_bytes()), session.is_in(line.as_bytes()));
        assert_eq!(has_token, line.starts_with("GET /enter?"), "{line}");
        assert_eq!(has_cookie, line.starts_with("GET /mirror"), "{line}");
        assert!(
            !line.to_ascii_lowercase().contains("\r\nreferer:"),
            "{line}"
        );
        entered += u32::from(has_token);
        with_cookie += u32::from(has_cookie);
    }
    assert!(entered == 1 && with_cookie >= 1);
    none_in(
        &secrets,
        "the page",
        known_to_scripts(&page).await?.as_bytes(),
    );
    let history = page.history().await?;
    assert!(history.contains(&home), "{history:?}");
    none_in(&secrets, "the history", history.join("\n").as_bytes());

    // A guest's page.
    let guest_url = format!("http://{}/", guests.addr);
    let guest = browser.open_apart(&guest_url, View::default()).await?;
    watch(&guest).await?;
    none_in(
        &secrets,
        "a guest's page",
        known_to_scripts(&guest).await?.as_bytes(),
    );
    guest.close().await?;
    for (at, bytes) in guests.answered().iter().enumerate() {
        let place = format!("what a guest's connection {at} got");
        none_in(&secrets, &place, &[b"> ", &bytes[..]].concat());
    }

    // From the lecturer's page to another site, which learns nothing of where it came from.
    let site = serve_another_site().await?;
    let site = Tap::before(([127, 0, 0, 1], site).into()).await;
    let _: bool = page
        .evaluate(&format!("location.href = 'http://{}/', true", site.addr))
        .await?;
    page.until("document.title == 'another site'").await?;
    let told = site.asked().concat();
    none_in(&secrets, "what the other site is asked", &told);
    let told = String::from_utf8_lossy(&told);
    assert!(!told.contains(&lecturers.addr.to_string()), "{told}");
    page.close().await?;

    // The echo server, opened as if it were a page: all that it is sent goes over the belt.
    let mut lines = Lines::open(hall.page(), "").await;
    let has_come = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Server);
    let has_cookie = async |path: &str, lines: &mut Lines| {
        let echo = Tap::before(hall.echo.parse().unwrap()).await;
        // It is no web server, so the browser complains.
        let url = format!("http://{}{path}", echo.addr);
        assert!(browser.open(&url, View::default()).await.is_err());
        lines.until(has_come).await;
        let told = echo.asked().concat();
        assert!(told.starts_with(format!("GET {path} HTTP/1.1\r\n").as_bytes()));
        assert!(!token.is_in(&told));
        session.is_in(&told)
    };
    assert!(!has_cookie("/", &mut lines).await);
    // It is the path that keeps it away: to a browser all ports of a host are one.
    assert!(has_cookie("/mirror", &mut lines).await);
    browser.close().await
}
