//! The same page in another browser: the story of 20, 50 and 30 from the button to the caption. What
//! only one browser can show is not looked for here.

use anyhow::Result;

use super::firefox::Firefox;
use super::told;
use crate::relay_process::RelayProcess;

/// How many colours the stage shows at least: territories, belts, people, fruit, and their edges.
const COLOURS_MIN: usize = 100;

#[tokio::test]
async fn firefox_shows_the_story() -> Result<()> {
    let Some(mut firefox) = Firefox::start().await? else {
        println!("skipped: there is no firefox-esr");
        return Ok(());
    };
    let relay = RelayProcess::start_with_built_page(&[]);
    firefox.open(&relay.url(), 1920, 1080).await?;
    firefox
        .until("document.querySelector('.big button') != null")
        .await?;
    firefox
        .evaluate::<bool>("(document.querySelector('.big button').click(), true)")
        .await?;
    for row in [
        "20 arrived in 1 segment; 20 waiting",
        "50 arrived in 1 segment; 70 waiting",
        "30 arrived in 1 segment; 100 waiting",
        "recv asked 100, got 100; mixes 3 arrivals",
        "bag of 100 packed",
        "answer: 22 bytes of stamp + 100",
    ] {
        firefox
            .until(&format!("{}.includes('{row}')", told::ROWS))
            .await?;
    }
    firefox
        .until("document.querySelector('#stage-canvas').ariaLabel.includes('answer')")
        .await?;
    let colours: usize = firefox
        .evaluate(
            "(() => {
                const stage = document.querySelector('#stage-canvas');
                const { data } = stage.getContext('2d')
                    .getImageData(0, 0, stage.width, stage.height);
                return new Set(new Uint32Array(data.buffer)).size;
            })()",
        )
        .await?;
    assert!(colours >= COLOURS_MIN, "{colours} colours on the stage");
    firefox.close().await
}
