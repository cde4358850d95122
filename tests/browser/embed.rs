//! The page in a frame of another site: it is there only where the relay allows it, and then it
//! answers that site, and nobody else.

use anyhow::Result;

use super::chromium::Browser;
use super::other_site::serve_another_site;
use super::page::{Page, View};
use super::told;
use crate::relay_process::RelayProcess;

/// Puts the page into a frame and keeps what it says.
async fn frame(page: &Page, url: &str) -> Result<()> {
    let script = format!(
        "new Promise(resolve => {{
            globalThis.states = [];
            onmessage = ({{ data, origin }}) => states.push({{ ...data.state, origin }});
            const frame = document.createElement('iframe');
            frame.id = 'frame';
            frame.width = 960;
            frame.height = 480;
            frame.onload = () => resolve(true);
            frame.src = '{url}';
            document.body.append(frame);
        }})"
    );
    page.evaluate::<bool>(&script).await.map(drop)
}

/// Says something to the page in the frame until a state comes that fits.
async fn say(page: &Page, message: &str, fits: &str) -> Result<()> {
    page.until(&format!(
        "(() => {{
            document.querySelector('#frame').contentWindow.postMessage({message}, '*');
            const state = states.at(-1);
            return state && {fits};
        }})()"
    ))
    .await
}

#[tokio::test]
async fn a_page_around_a_frame_drives_its_time() -> Result<()> {
    let browser = Browser::start().await?;
    let port = serve_another_site().await?;
    let origin = format!("http://localhost:{port}");
    let relay = RelayProcess::start_with_built_page(&["--allow-frame", &origin]);
    let own = browser.open(&relay.url(), View::WALL).await?;
    told::press_big_button(&own, &relay).await?;
    own.close().await?;

    let page = browser.open(&format!("{origin}/"), View::default()).await?;
    frame(&page, &format!("{}?embed", relay.url())).await?;
    say(&page, "{ fruitbelt: 1, do: 'state' }", "state.end > 0").await?;
    say(&page, "{ fruitbelt: 1, do: 'pause' }", "state.paused").await?;
    // Halfway to the end.
    page.evaluate::<()>("globalThis.half = states.at(-1).end * 0.5; void 0")
        .await?;
    let seek = "{ fruitbelt: 1, do: 'seek', t: half, speed: '1/10' }";
    let there = "Math.abs(state.t - half) < 0.01 && state.speed == '1/10' && state.paused";
    say(&page, seek, there).await?;
    page.screenshot("embedded").await?;
    // It tells by itself how it goes on.
    page.evaluate::<()>(
        "document.querySelector('#frame').contentWindow
            .postMessage({ fruitbelt: 1, do: 'play' }, '*')",
    )
    .await?;
    page.until("!states.at(-1).paused && states.at(-1).t > half")
        .await?;
    let from: bool = page
        .evaluate(&format!(
            "states.every(state => state.origin + '/' == '{}')",
            relay.url()
        ))
        .await?;
    assert!(from);
    // What is none of its words changes nothing and stops nothing.
    page.evaluate::<()>(
        "for (const words of [null, 7, 'play', { fruitbelt: 2 }, { fruitbelt: 1, do: {} },
            { fruitbelt: 1, do: 'seek', t: 'x', at: [], speed: 0 }])
            document.querySelector('#frame').contentWindow.postMessage(words, '*')",
    )
    .await?;
    say(&page, "{ fruitbelt: 1, do: 'pause' }", "state.paused").await?;
    page.close().await?;
    browser.close().await
}
