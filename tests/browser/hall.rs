//! A lecture hall in the browser: what a guest's page shows and leaves out, and the way in for the wall.

use anyhow::Result;

use super::{chromium::Browser, page::View};
use crate::{hall::Hall, relay_process::built_page};

/// Is that there to be seen?
fn is_seen(selector: &str) -> String {
    format!(
        "(document.querySelector('{selector}')?.checkVisibility({{visibilityProperty: true}}) ?? false)"
    )
}

const PHONE: View<'static> = View {
    width: 390,
    height: 844,
    language: "en",
};
const SMALL: View<'static> = View {
    width: 1280,
    height: 720,
    language: "zh-CN",
};
/// What drives.
const DRIVING: [&str; 4] = [
    "#controls fieldset select",
    ".big button",
    "#opens-lessons",
    "[data-ask=record]",
];

#[tokio::test]
async fn a_guest_sees_who_drives_and_a_lecturer_the_way_in() -> Result<()> {
    let hall = Hall::start(&built_page(), &[]);
    let guests = Browser::start().await?;
    for (view, name) in [(PHONE, "phone"), (SMALL, "720"), (View::WALL, "wall")] {
        let page = guests.open(&hall.guests, view).await?;
        page.until(&is_seen(".hall code")).await?;
        // Styled, too: the sheet of a hall is fetched late.
        page.until(
            "getComputedStyle(document.documentElement).getPropertyValue('--banner') != '0px'",
        )
        .await?;
        let banner = page.text(".hall").await?;
        let line = format!("nc {}", hall.echo.replace(':', " "));
        assert!(banner.contains(&line), "{banner}");
        let says = match view.language {
            "zh-CN" => "你在参与",
            _ => "You take part",
        };
        assert!(banner.contains(says), "{banner}");
        for selector in DRIVING {
            assert!(
                !page.evaluate::<bool>(&is_seen(selector)).await?,
                "{selector}"
            );
        }
        let wide: bool = page
            .evaluate("document.documentElement.scrollWidth > innerWidth")
            .await?;
        assert!(!wide, "wider than {name}");
        page.screenshot(&format!("hall-guest-{name}")).await?;
        // A key that drives says why it does nothing.
        page.press("t").await?;
        page.until("document.querySelector('.hall .why').textContent != ''")
            .await?;
        page.close().await?;
    }
    guests.close().await?;

    let lecturer = Browser::start().await?;
    for (view, name) in [(View::WALL, "wall"), (SMALL, "720"), (PHONE, "phone")] {
        let page = lecturer.open(&hall.lecturer, view).await?;
        page.until(&is_seen(".hall #opens-hall")).await?;
        page.until(&is_seen("#opens-lessons")).await?;
        page.until(&is_seen(".big button")).await?;
        page.screenshot(&format!("hall-lecturer-{name}")).await?;
        page.press("h").await?;
        page.until("document.querySelector('.way-in img')?.naturalWidth > 0")
            .await?;
        let address = page.text(".way-in .address").await?;
        assert_eq!(address.replace('\n', "") + "/", hall.guests);
        page.screenshot(&format!("hall-sheet-{name}")).await?;
        page.close().await?;
    }
    lecturer.close().await
}

#[tokio::test]
async fn a_viewer_only_watches() -> Result<()> {
    let hall = Hall::start(&built_page(), &["--guests", "viewer", "--hide-bytes"]);
    let browser = Browser::start().await?;
    let page = browser.open(&hall.guests, View::WALL).await?;
    page.until(&is_seen(".hall b")).await?;
    let banner = page.text(".hall").await?;
    assert!(
        banner.contains("You watch") && banner.contains("lengths"),
        "{banner}"
    );
    page.until(&format!("!{}", is_seen(".join"))).await?;
    assert!(!banner.contains("nc "), "{banner}");
    page.screenshot("hall-viewer-wall").await?;
    page.close().await?;
    browser.close().await
}
