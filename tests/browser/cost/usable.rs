//! How long it takes from navigation to a page that can be used: the relay's state is drawn, a frame
//! has ended, and the controls take clicks.
//!
//! A fresh browser each time knows nothing of the page; then it opens it once more.

use anyhow::Result;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Plan, report, spread, target};
use crate::browser::chromium::Browser;
use crate::browser::page::View;
use crate::relay_process::RelayProcess;

/// Tells when the first frame ends that shows the client of that port, with the page in its hand:
/// it can pause, it is up to date, and the server's policy can be set. In milliseconds since the
/// navigation began.
const HOOK: &str = "(() => {
    let drawn = false;
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (words, ...rest) {
        drawn ||= this.canvas.id == 'stage-canvas' && words.endsWith(':PORT');
        return write.call(this, words, ...rest);
    };
    const enabled = selector => document.querySelector(selector)?.matches(':enabled');
    const ask = requestAnimationFrame.bind(window);
    window.requestAnimationFrame = callback => ask(at => {
        callback(at);
        if (drawn && !globalThis.usable && enabled('#play') && enabled('fieldset'))
            globalThis.usable = performance.now();
    });
})();";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench page"]
async fn usable() -> Result<()> {
    let plan = Plan::given();
    let relay = RelayProcess::start_with_built_page(&[]);
    let mut client = TcpStream::connect(relay.echo).await?;
    client.write_all(&[b'x'; 50]).await?;
    let hook = HOOK.replace("PORT", &client.local_addr()?.port().to_string());
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let browser = Browser::start().await?;
        for times in [&mut first, &mut again] {
            let page = browser
                .open_with(&relay.url(), View::WALL, Some(&hook))
                .await?;
            page.until("globalThis.usable").await?;
            times.push(page.evaluate("usable").await?);
            page.close().await?;
        }
        browser.close().await?;
    }
    report(&format!(
        "### From navigation to a page that can be used\n\n\
         1920 x 1080, {} fresh browsers; milliseconds until the first frame with a connection drawn \
         and the controls enabled has ended, medians with the least and the most:\n\n\
         | the browser | ms |\n|---|---|\n\
         | knows nothing of the page | {} |\n\
         | has seen it once | {} |\n",
        plan.runs,
        spread(&first),
        spread(&again),
    ))?;
    target("page usable after navigation", 1000.0, &first)
}
