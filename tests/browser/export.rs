//! A folder that `fruitbelt export` made, under a plain static host that knows nothing of Fruitbelt:
//! Python's, and not at its root.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::chromium::Browser;
use super::page::{Page, View};
use super::told;
use crate::reading::recorded;
use crate::relay_process::{binary, built_page};

/// A static host; killed when dropped.
pub struct Host {
    child: Child,
    pub port: u16,
}

impl Host {
    pub fn of(folder: &Path) -> Result<Host> {
        let child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("python3 does not start; install it from Debian")?;
        let mut host = Host { child, port: 0 };
        let mut line = String::new();
        let says = host.child.stdout.take().context("it says where it is")?;
        BufReader::new(says).read_line(&mut line)?;
        let port = line
            .split(" port ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        host.port = port.context("a port is named")?.parse()?;
        Ok(host)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CAPTION: &str = "document.querySelector('#stage-canvas').ariaLabel";

/// It plays by itself: rows come, and the picture is of something else than before.
async fn plays(page: &Page) -> Result<()> {
    page.until(&format!("{}.length > 0 && {CAPTION}", told::ROWS))
        .await?;
    page.evaluate::<()>(&format!("globalThis.caption = {CAPTION}; void 0"))
        .await?;
    page.until(&format!("{CAPTION} != caption")).await
}

#[tokio::test]
async fn an_export_plays_from_a_static_host_in_a_sub_folder() -> Result<()> {
    let browser = Browser::start().await?;
    let folder = tempfile::tempdir()?;
    let belt = folder.path().join("belt.ndjson");
    fs::write(&belt, include_str!("../../web/recordings/sample.ndjson"))?;
    let flood = folder.path().join("flood.ndjson");
    fs::write(&flood, recorded().await)?;
    let root = folder.path().join("root");
    let site = root.join("lecture/week1");
    fs::create_dir_all(root.join("lecture"))?;
    let export = Command::new(binary())
        .args(["export", "--page-dir"])
        .args([&built_page(), &site, &belt, &flood])
        .output()?;
    ensure!(export.status.success(), "{export:?}");
    let host = Host::of(&root)?;
    let url = format!("http://127.0.0.1:{}/lecture/week1/", host.port);

    let page = browser.open(&url, View::WALL).await?;
    plays(&page).await?;
    page.screenshot("export").await?;
    // There is nobody to ask for anything.
    page.until("!document.querySelector('#controls fieldset:not([disabled])')")
        .await?;
    page.evaluate::<()>("document.querySelector('#recordings').showModal()")
        .await?;
    let listed = "document.querySelector('#recordings').innerText";
    page.until(&format!(
        "{listed}.includes('belt') && {listed}.includes('flood')"
    ))
    .await?;
    page.screenshot("export-list").await?;
    page.evaluate::<()>("document.querySelector('#recordings').close()")
        .await?;

    // To the end, as often as more of it has been read meanwhile.
    let says = async |page: &Page, words: &str| {
        page.until(&format!(
            "(document.querySelector('.lag button').click(),
                {}.some(row => row.includes('{words}')))",
            told::ROWS
        ))
        .await
    };
    let first = told::rows(&page).await?;
    page.evaluate::<()>("location.hash = 'rec=flood'; void 0")
        .await?;
    page.until(&format!(
        "{}.length > 0 && String({0}) != String({})",
        told::ROWS,
        serde_json::to_string(&first)?
    ))
    .await?;
    says(&page, "closed").await?;
    page.screenshot("export-second").await?;
    page.close().await?;

    // On a slide: the second one at once, and nothing around it.
    let slide = browser
        .open(&format!("{url}?embed#rec=flood"), View::default())
        .await?;
    plays(&slide).await?;
    says(&slide, "closed").await?;
    let frame = "document.querySelector('header')?.checkVisibility()";
    assert!(
        !slide
            .evaluate::<Option<bool>>(frame)
            .await?
            .unwrap_or_default()
    );
    slide.screenshot("export-embed").await?;
    slide.close().await?;
    browser.close().await
}
