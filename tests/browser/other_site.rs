//! A page of another site in the same browser can neither read the relay nor drive it.

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::chromium::Browser;
use super::page::{Page, View};
use crate::relay_process::RelayProcess;

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

/// All ways in which a page gets at a server, and whether each gave it anything.
async fn attempts(page: &Page, relay: &str) -> Result<Vec<(String, bool)>> {
    let relay = serde_json::Value::from(relay);
    let tries = format!(
        "(async () => {{
            const relay = {relay};
            const element = (name, attribute, path) => new Promise(resolve => {{
                const element = document.createElement(name);
                element.onload = () => resolve(true);
                element.onerror = () => resolve(false);
                element[attribute] = relay + path;
                if (name == 'link') element.rel = 'stylesheet';
                document.body.append(element);
            }});
            const read = async (path, mode) => {{
                const answer = await fetch(relay + path, {{ mode }});
                const {{ value }} = await answer.body.getReader().read();
                return value.length > 0;
            }};
            const socket = () => new Promise(resolve => {{
                const socket = new WebSocket(relay.replace('http', 'ws') + 'mirror');
                socket.onmessage = () => resolve(true);
                socket.onclose = () => resolve(false);
            }});
            const opaque = () => fetch(relay + 'web.js', {{ mode: 'no-cors' }}).then(() => true);
            const tries = {{
                events: () => read('events.ndjson', 'cors'),
                file: () => read('style.css', 'cors'),
                opaque,
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
    let done = attempts(&own, &url).await?;
    assert!(done.iter().all(|(_, got)| *got), "{done:?}");
    own.close().await?;

    // The same machine at another port is the same site to a browser; by another name it is not.
    for origin in ["127.0.0.1", "localhost"] {
        let page = browser
            .open(&format!("http://{origin}:{port}/"), View::default())
            .await?;
        let done = attempts(&page, &url).await?;
        assert!(done.iter().all(|(_, got)| !got), "{origin}: {done:?}");
        // A frame around the relay's page stays without the page.
        let framed = format!(
            "new Promise(resolve => {{
                const frame = document.createElement('iframe');
                frame.onload = () => resolve(true);
                frame.src = '{url}';
                document.body.append(frame);
            }})"
        );
        page.evaluate::<bool>(&framed).await?;
        let refused = page.close().await;
        let complaints = refused.expect_err("each refusal is heard").to_string();
        assert!(complaints.contains("frame-ancestors"), "{complaints}");
    }
    browser.close().await
}
