//! What axe-core finds in the page: nothing, in each look and both languages, empty, in the midst of
//! the story, on a phone behind each tab, and with the drawer, the inspector, the list of keys or the
//! black screen open. Contrast on the canvas is not its business.

use std::env;
use std::fs;

use anyhow::Result;
use serde::Deserialize;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;

const LOOKS: [&str; 3] = ["light", "dark", "projector"];
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// What is wrong, and where: a JavaScript expression.
const VIOLATIONS: &str = "axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, help, nodes }) => ({
        rule: `${id}: ${help}`,
        elements: nodes.map(node =>
            `${node.target}: ${node.any.concat(node.all, node.none).map(it => it.message)}`),
    })))";

#[derive(Debug, Deserialize)]
struct Violation {
    rule: String,
    elements: Vec<String>,
}

/// The page under the checker, and all that was found so far.
struct Checked<'a> {
    page: &'a Page,
    axe: String,
    found: Vec<String>,
}

impl Checked<'_> {
    /// Opens the page anew as somebody who chose this look and language before.
    async fn open(&self, look: &str, language: &str) -> Result<()> {
        let choose = format!(
            "localStorage.setItem('fruitbelt.look', '{look}');
            localStorage.setItem('fruitbelt.lang', '{language}');
            globalThis.left = true;"
        );
        self.page.evaluate::<bool>(&choose).await?;
        self.page.evaluate::<()>("location.reload()").await?;
        // A page without looks shows its only one.
        let here = format!(
            "!globalThis.left && document.documentElement.lang == '{language}'
                && ['{look}', undefined].includes(document.documentElement.dataset.look)"
        );
        self.page.until(&here).await?;
        // By the driver, past the page's policy, which would allow no such script.
        self.page.evaluate::<()>(&self.axe).await
    }

    /// What lies over the page or beside its parts.
    async fn check_what_keys_open(&mut self, look: &str, language: &str) -> Result<()> {
        let page = self.page;
        for (key, dialog) in [("?", "keys"), ("b", "blank")] {
            let situation = format!("{dialog}, {look}, {language}");
            self.check_dialog(key, dialog, &situation).await?;
        }
        page.evaluate::<()>("document.querySelector('#recordings').showModal()")
            .await?;
        self.check(&format!("recordings, {look}, {language}"))
            .await?;
        page.press("Escape").await?;
        page.until("!document.querySelector('dialog[open]')")
            .await?;
        for picture in ["belt", "cut"] {
            page.until(&format!(
                "document.querySelector('[data-picture={picture}]')"
            ))
            .await?;
            self.open_inspector().await?;
            self.check(&format!("inspector, {picture}, {look}, {language}"))
                .await?;
            page.press("Escape").await?;
            page.press("v").await?;
        }
        page.until("document.querySelector('[data-picture=belt]')")
            .await
    }

    async fn check_dialog(&mut self, key: &str, id: &str, situation: &str) -> Result<()> {
        self.page.press(key).await?;
        self.page
            .until(&format!("document.querySelector('#{id}[open]')"))
            .await?;
        self.check(situation).await?;
        self.page.press("Escape").await?;
        self.page
            .until("!document.querySelector('dialog[open]')")
            .await
    }

    /// Brings the keyboard to the first part of the picture.
    async fn open_inspector(&self) -> Result<()> {
        let part = "document.querySelector('.picture .hits button')";
        self.page
            .evaluate::<()>(&format!("{part}.blur(), {part}.focus()"))
            .await?;
        self.page
            .until("document.querySelector('#inspector:not([hidden]) dl')")
            .await
    }

    /// One panel at a time.
    async fn check_phone(&mut self, look: &str, language: &str) -> Result<()> {
        let page = self.page;
        page.resize(390, 844).await?;
        for panel in ["controls", "level", "rulers", "events"] {
            page.click(&format!("#{panel}-tab")).await?;
            page.until(&format!(
                "document.querySelector('#{panel}').checkVisibility()
                    && !document.getAnimations().length"
            ))
            .await?;
            self.check(&format!("phone, {panel}, {look}, {language}"))
                .await?;
        }
        self.open_inspector().await?;
        self.check(&format!("phone, inspector, {look}, {language}"))
            .await?;
        self.check_dialog("?", "keys", &format!("phone, keys, {look}, {language}"))
            .await
    }

    async fn check(&mut self, situation: &str) -> Result<()> {
        let violations: Vec<Violation> = self.page.evaluate(VIOLATIONS).await?;
        for Violation { rule, elements } in violations {
            let elements = elements.join("\n    ");
            self.found
                .push(format!("{situation}: {rule}\n    {elements}"));
        }
        Ok(())
    }
}

#[tokio::test]
async fn axe_finds_nothing() -> Result<()> {
    let Some(axe) = env::var_os("FRUITBELT_AXE") else {
        println!("skipped: FRUITBELT_AXE names no axe.min.js; cargo xtask test fetches it");
        return Ok(());
    };
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    let mut checked = Checked {
        page,
        // Its value is of no use, and cannot be handed out.
        axe: fs::read_to_string(axe)? + ";void 0",
        found: Vec::new(),
    };
    for look in LOOKS {
        for language in LANGUAGES {
            checked.open(look, language).await?;
            page.until("document.querySelector('.big button')").await?;
            checked.check(&format!("empty, {look}, {language}")).await?;
        }
    }
    told::press_big_button(page, relay).await?;
    for look in LOOKS {
        for language in LANGUAGES {
            page.resize(1920, 1080).await?;
            checked.open(look, language).await?;
            page.until("document.querySelector('#events td.w')").await?;
            checked.check(&format!("story, {look}, {language}")).await?;
            checked.check_what_keys_open(look, language).await?;
            page.resize(1024, 768).await?;
            page.click("#opens-drawer").await?;
            page.until(
                "document.querySelector('#controls.open') && !document.getAnimations().length",
            )
            .await?;
            checked
                .check(&format!("drawer, {look}, {language}"))
                .await?;
            checked.check_phone(look, language).await?;
        }
    }
    assert!(checked.found.is_empty(), "{}", checked.found.join("\n"));

    // An eye that sees nothing would find nothing: a picture without words is seen.
    page.evaluate::<()>("document.querySelector('header').append(new Image())")
        .await?;
    checked.check("broken").await?;
    assert!(
        checked
            .found
            .iter()
            .any(|found| found.contains("image-alt")),
        "{:?}",
        checked.found
    );
    visit.end().await
}
