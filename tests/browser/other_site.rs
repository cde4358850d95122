//! A page of another site in the same browser can neither read the relay nor drive it.

use anyhow::{Context, Result};
use protocol::{
    Event, Record, Request,
    wire::{self, FromPage},
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::chromium::Browser;
use super::page::{Page, View};
use crate::{
    hall::Hall,
    relay_process::{Lines, RelayProcess, built_page},
    tap::Tap,
};

/// Serves an empty page to whoever asks for whatever; returns its port.
pub async fn serve_another_site() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    Ok(port)
}

async fn answer(mut stream: TcpStream) -> Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    while !lines
        .next_line()
        .await?
        .context("a request ends")?
        .is_empty()
    {}
    let page = "<!doctype html><title>another site</title>";
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    Ok(())
}

/// What asks for an accept queue of that length, as the page would.
fn drives(backlog: u32) -> Vec<u8> {
    let request = Request::SetBacklog { backlog };
    wire::encode(&FromPage { id: 1, request })
}

/// All ways in which a page gets at a server, and whether each gave it anything.
async fn attempts(page: &Page, relay: &str, message: &[u8]) -> Result<Vec<(String, bool)>> {
    let relay = serde_json::Value::from(relay);
    let tries = format!(
        "(async () => {{
            const relay = {relay};
            const message = new Uint8Array({message:?});
            const element = (name, attribute, path) => new Promise(resolve => {{
                const element = document.createElement(name);
                element.onload = () => resolve(true);
                element.onerror = () => resolve(false);
                element[attribute] = relay + path;
                if (name == 'link') element.rel = 'stylesheet';
                document.body.append(element);
            }});
            const read = async (path, mode) => {{
                const answer = await fetch(relay + path, {{ mode, credentials: 'include' }});
                const {{ value }} = await answer.body.getReader().read();
                return answer.ok && value.length > 0;
            }};
            const socket = () => new Promise(resolve => {{
                const socket = new WebSocket(relay.replace('http', 'ws') + 'mirror');
                socket.onopen = () => socket.send(message);
                socket.onmessage = () => resolve(true);
                socket.onclose = () => resolve(false);
            }});
            const opaque = path => () => fetch(relay + path, {{
                mode: 'no-cors',
                credentials: 'include',
            }}).then(() => true);
            const tries = {{
                events: () => read('events.ndjson', 'cors'),
                recording: () => read('recording.ndjson', 'cors'),
                metrics: () => read('metrics', 'cors'),
                file: () => read('style.css', 'cors'),
                opaque: opaque('web.js'),
                'opaque recording': opaque('recording.ndjson'),
                socket,
                script: () => element('script', 'src', 'boot.js'),
                style: () => element('link', 'href', 'style.css'),
                image: () => element('img', 'src', 'favicon.svg'),
            }};
            const results = [];
            for (const [name, attempt] of Object.entries(tries))
                results.push([name, await attempt().catch(() => false)]);
            return results;
        }})()"
    );
    page.evaluate(&tries).await
}

#[tokio::test]
async fn another_site_can_neither_read_nor_drive() -> Result<()> {
    let browser = Browser::start().await?;
    let relay = RelayProcess::start_with_built_page(&[]);
    let url = relay.url();
    let port = serve_another_site().await?;

    // The same attempts by the relay's own page: none fails for a reason of its own.
    let own = browser.open(&url, View::default()).await?;
    let done = attempts(&own, &url, &drives(3)).await?;
    assert!(done.iter().all(|(_, got)| *got), "{done:?}");
    own.close().await?;

    // The same machine at another port is the same site to a browser; by another name it is not.
    for origin in ["127.0.0.1", "localhost"] {
        let page = browser
            .open(&format!("http://{origin}:{port}/"), View::default())
            .await?;
        let done = attempts(&page, &url, &drives(99)).await?;
        assert!(done.iter().all(|(_, got)| !got), "{origin}: {done:?}");
        // A frame around the relay's page stays without the page.
        frame(&page, &url).await?;
        let refused = page.close().await;
        let complaints = refused.expect_err("each refusal is heard").to_string();
        assert!(complaints.contains("frame-ancestors"), "{complaints}");
    }
    browser.close().await
}

/// The relay's own page, by that address, drives: none of the attempts fails for a reason of its own.
/// Of what was recorded up to then only samples have come by themselves.
async fn drive_as_lecturer(
    browser: &Browser,
    url: &str,
    relay: &str,
    backlog: u32,
    lines: &mut Lines,
) -> Result<Vec<Record>> {
    let own = browser.open(url, View::default()).await?;
    let done = attempts(&own, relay, &drives(backlog)).await?;
    assert!(done.iter().all(|(_, got)| *got), "{done:?}");
    own.close().await?;
    let is_done = |event: &Event| matches!(event, Event::Listening(e) if e.backlog == backlog);
    let mut records = lines.until(is_done).await;
    records.pop();
    records.retain(|record| {
        let by_itself = |event: &Event| {
            matches!(
                event,
                Event::Queues(_) | Event::Waiting(_) | Event::DatagramQueue(_)
            )
        };
        !by_itself(&record.event)
    });
    Ok(records)
}

/// The ways that end in another window or frame, and whether the page could look into it.
async fn windows(page: &Page, relay: &str) -> Result<Vec<(String, bool)>> {
    let relay = serde_json::Value::from(relay);
    let tries = format!(
        "(async () => {{
            const relay = {relay};
            const sees = other => {{
                try {{ return other.document.documentElement.innerText.length > 0; }}
                catch {{ return false; }}
            }};
            const isThere = other => {{
                try {{ return other.location.href != 'about:blank'; }}
                catch {{ return true; }}
            }};
            const framed = go => new Promise(resolve => {{
                const frame = document.createElement('iframe');
                frame.name = 'frame' + document.querySelectorAll('iframe').length;
                document.body.append(frame);
                frame.onload = () => resolve(sees(frame.contentWindow));
                go(frame);
            }});
            const form = (method, path) => framed(frame => {{
                const form = document.createElement('form');
                Object.assign(form, {{ method, action: relay + path, target: frame.name }});
                document.body.append(form);
                form.submit();
            }});
            const opened = path => new Promise((resolve, reject) => {{
                const other = open(relay + path);
                if (!other) reject('it may not open windows');
                const look = () => {{
                    if (!isThere(other)) return setTimeout(look, 10);
                    for (const word of ['play', 'pause', 'state'])
                        other.postMessage({{ fruitbelt: 1, do: word }}, '*');
                    resolve(sees(other));
                }};
                look();
            }});
            const results = [];
            for (const path of ['', 'events.ndjson', 'mirror', 'enter'])
                results.push(['frame ' + path, await framed(it => it.src = relay + path)]);
            for (const method of ['get', 'post'])
                for (const path of ['', 'mirror', 'recording.ndjson', 'enter?token=0'])
                    results.push([method + ' ' + path, await form(method, path)]);
            for (const path of ['events.ndjson', 'recording.ndjson', 'metrics', 'mirror'])
                results.push(['window ' + path, await opened(path)]);
            return results;
        }})()"
    );
    page.evaluate(&tries).await
}

/// The status of each answer that came by there.
fn statuses(tap: &Tap) -> Vec<String> {
    let answered = tap.answered().into_iter();
    let text: String = answered
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    let answers = text.split("HTTP/1.1 ").skip(1);
    answers.map(|answer| answer[..3].to_owned()).collect()
}

/// The lecturer looks at another page in the browser that holds the cookie. A page at another port of
/// the same machine is of the same site to a browser: there the cookie is sent along.
#[tokio::test]
async fn another_site_in_the_lecturers_browser_can_neither_read_nor_drive() -> Result<()> {
    let browser = Browser::start_with(&["disable-popup-blocking".to_owned()]).await?;
    let hall = Hall::start(&built_page(), &[]);
    let url = format!("http://{}/", hall.page());
    let port = serve_another_site().await?;
    let mut lines = Lines::open(hall.page(), "").await;

    drive_as_lecturer(&browser, &hall.lecturer, &url, 3, &mut lines).await?;

    for (origin, is_same_site) in [("127.0.0.1", true), ("localhost", false)] {
        let page = browser
            .open(&format!("http://{origin}:{port}/"), View::default())
            .await?;
        // Cookies know no ports: this way is as good as the straight one.
        let tap = Tap::before(hall.page()).await;
        let relay = format!("http://{}/", tap.addr);
        let mut done = attempts(&page, &relay, &drives(99)).await?;
        done.extend(windows(&page, &relay).await?);
        assert!(done.iter().all(|(_, got)| !got), "{origin}: {done:?}");
        // Not only has the browser kept back what came: nothing came.
        let statuses = statuses(&tap);
        assert!(statuses.len() >= 10, "{origin}: {statuses:?}");
        // 404: the icon that a browser looks for beside a refusal in a window.
        let is_refused = |status: &String| ["403", "404", "405"].contains(&status.as_str());
        assert!(statuses.iter().all(is_refused), "{origin}: {statuses:?}");
        // It was not for want of the cookie.
        let asked = tap.asked().concat();
        let has_cookie = String::from_utf8_lossy(&asked).contains("Cookie: fruitbelt_");
        assert_eq!(has_cookie, is_same_site, "{origin}");
        page.close_forgiving(&[""]).await?;
    }

    let since = drive_as_lecturer(&browser, &url, &url, 4, &mut lines).await?;
    assert!(since.is_empty(), "somebody did this: {since:?}");
    browser.close().await
}

/// Whoever opens the page in a window has a handle on it, and may say things to it.
#[tokio::test]
async fn a_window_that_another_site_opens_is_neither_seen_nor_moved_by_it() -> Result<()> {
    let browser = Browser::start_with(&["disable-popup-blocking".to_owned()]).await?;
    let relay = RelayProcess::start_with_built_page(&[]);
    let url = format!("{}?embed", relay.url());
    let port = serve_another_site().await?;
    let page = browser
        .open(&format!("http://127.0.0.1:{port}/"), View::default())
        .await?;
    let may_open = format!("globalThis.other = open('{url}'); other !== null");
    assert!(page.evaluate::<bool>(&may_open).await?);
    let own = browser.opened(&url).await?;
    let says =
        |word: &str| format!("document.querySelector('.play').ariaLabel.startsWith('{word}')");
    own.until(&says("Pause")).await?;
    own.evaluate::<()>("globalThis.heard = 0; addEventListener('message', () => heard++)")
        .await?;
    let speak = "globalThis.told = 0;
        addEventListener('message', () => told++);
        for (const word of ['state', 'seek', 'pause'])
            other.postMessage({ fruitbelt: 1, do: word, t: 0 }, '*')";
    page.evaluate::<()>(speak).await?;
    own.until("heard == 3").await?;
    // Whatever they set off has been drawn, or answered.
    let drawn = "new Promise(resolve =>
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))";
    assert!(own.evaluate::<bool>(drawn).await?);
    assert!(own.evaluate::<bool>(&says("Pause")).await?);
    assert_eq!(page.evaluate::<u32>("told").await?, 0);
    for look in [
        "document",
        "location.href",
        "localStorage",
        "name",
        "onmessage",
    ] {
        let looked =
            format!("(() => {{ try {{ other.{look}; return true }} catch {{ return false }} }})()");
        assert!(!page.evaluate::<bool>(&looked).await?, "{look}");
    }
    // It is not that it cannot be moved.
    own.click(".play").await?;
    own.until(&says("Play")).await?;
    own.close().await?;
    page.close().await?;
    browser.close().await
}

/// A name of another site that leads to this machine, as soon as its page is there (DNS rebinding):
/// what the page asks then is of its own origin, so the browser refuses nothing.
#[tokio::test]
async fn a_name_that_was_pointed_at_the_relay_is_refused() -> Result<()> {
    let rebound = "host-resolver-rules=MAP *.example 127.0.0.1".to_owned();
    let browser = Browser::start_with(&[rebound]).await?;
    let hall = Hall::start(&built_page(), &["--allow-host", "belt.example"]);
    let url = format!("http://{}/", hall.page());
    let mut lines = Lines::open(hall.page(), "").await;
    drive_as_lecturer(&browser, &hall.lecturer, &url, 3, &mut lines).await?;

    for (name, is_known) in [("evil.example", false), ("belt.example", true)] {
        let tap = Tap::before(hall.page()).await;
        let rebound = format!("http://{name}:{}/", tap.addr.port());
        let page = browser.open(&rebound, View::default()).await?;
        let text = page.text("body").await?;
        assert_eq!(text.contains("this host name is not known"), !is_known);
        // As its script would, from the same origin.
        let done = attempts(&page, &rebound, &drives(99)).await?;
        for (attempt, got) in &done {
            // A refusal is of the same origin, too, so a script may have it without looking into it.
            let is_opaque = attempt.starts_with("opaque");
            assert!(*got == is_known || is_opaque, "{name} {attempt}: {got}");
        }
        let statuses = statuses(&tap);
        let is_refused = |status: &String| status == "403";
        assert_eq!(statuses.iter().all(is_refused), !is_known, "{statuses:?}");
        page.close_forgiving(&[""]).await?;
    }
    let since = drive_as_lecturer(&browser, &url, &url, 4, &mut lines).await?;
    assert!(since.is_empty(), "somebody did this: {since:?}");
    browser.close().await
}

/// Shows the relay's page in a frame, or tries to.
async fn frame(page: &Page, relay: &str) -> Result<()> {
    let framed = format!(
        "new Promise(resolve => {{
            const frame = document.createElement('iframe');
            frame.onload = () => resolve(true);
            frame.src = '{relay}';
            document.body.append(frame);
        }})"
    );
    page.evaluate::<bool>(&framed).await?;
    Ok(())
}

#[tokio::test]
async fn only_a_named_site_has_the_page_in_a_frame() -> Result<()> {
    let browser = Browser::start().await?;
    let port = serve_another_site().await?;
    let named = format!("http://localhost:{port}");
    let relay = RelayProcess::start_with_built_page(&["--allow-frame", &named]);

    let page = browser.open(&format!("{named}/"), View::default()).await?;
    frame(&page, &relay.url()).await?;
    // The framed page has its script, its wasm and its mirror: nothing in the console complains.
    page.close().await?;

    let other = format!("http://127.0.0.1:{port}/");
    let page = browser.open(&other, View::default()).await?;
    frame(&page, &relay.url()).await?;
    let refused = page.close().await;
    let complaints = refused.expect_err("the refusal is heard").to_string();
    // By the relay, which was told who asks, or by the browser.
    assert!(
        complaints.contains("frame-ancestors") || complaints.contains("403"),
        "{complaints}"
    );
    browser.close().await
}
