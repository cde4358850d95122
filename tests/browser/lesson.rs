//! Lessons as a lecturer gives them: by a clicker, in both languages, with a second window in step,
//! and from recordings where there is no relay.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use lessons::{Lesson, Words};

use super::chromium::Browser;
use super::export::Host;
use super::page::{Page, View};
use super::visit::Visit;
use crate::relay_process::{RelayProcess, binary, built_page};

const CHINESE: View<'_> = View {
    language: "zh-CN",
    ..View::WALL
};

/// A lesson, as its file has it.
pub(super) fn lesson(id: &str) -> Result<Lesson> {
    let all = lessons::built_in().map_err(|wrongs| anyhow!("{wrongs:?}"))?;
    let found = all.into_iter().find(|lesson| lesson.id == id);
    found.with_context(|| format!("there is no lesson {id}"))
}

/// What is to be read in that language, without its marks.
pub(super) fn words<'a>(words: &'a Words, view: View) -> &'a str {
    match view.language {
        "zh-CN" => &words.zh,
        _ => &words.en,
    }
}

/// A JavaScript string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text of an element without white space: a JavaScript expression.
fn bare(element: &str) -> String {
    format!("document.querySelector('{element}').textContent.replace(/\\s/g, '')")
}

/// Waits until an element says it.
pub(super) async fn until_says(page: &Page, element: &str, text: &str) -> Result<()> {
    let plain: String = text
        .replace("**", "")
        .replace('`', "")
        .split_whitespace()
        .collect();
    let (seen, plain) = (bare(element), quoted(&plain));
    page.until(&format!("{seen}.includes({plain})")).await
}

/// Opens the list by its key, and begins the lesson.
pub(super) async fn begin(page: &Page, lesson: &Lesson, view: View<'_>) -> Result<()> {
    page.until("document.querySelector('#lesson')").await?;
    page.press("t").await?;
    let title = quoted(words(&lesson.title, view));
    let card = format!(
        "[...document.querySelectorAll('.lesson-card')]
            .find(card => card.querySelector('b').textContent == {title})"
    );
    page.until(&card).await?;
    page.evaluate::<()>(&format!("{card}.click()")).await?;
    page.until("document.documentElement.dataset.lesson").await
}

/// From the first step to the last one by PageDown alone. Every question is asked before it is
/// answered, and the records decide it.
async fn click_through(page: &Page, lesson: &Lesson, view: View<'_>) -> Result<()> {
    let shot = |step: usize, what: &str| {
        let language = &view.language[..2];
        format!("lesson-{}-{language}-{}{what}", lesson.id, step + 1)
    };
    for (place, step) in lesson.steps.iter().enumerate() {
        until_says(page, "#lesson-title", words(&step.title, view)).await?;
        for text in words(&step.text, view).split("\n\n") {
            until_says(page, ".lesson-text", text).await?;
        }
        if let Some(question) = &step.question {
            until_says(page, ".ask", words(&question.ask, view)).await?;
            for answer in &question.answers {
                until_says(page, ".answers", words(&answer.text, view)).await?;
            }
            let none = "!document.querySelector('.supported, .verdict > *')";
            page.until(none).await?;
            page.screenshot(&shot(place, "-asked")).await?;
            page.press("PageDown").await?;
            page.until("document.querySelectorAll('.answer.supported').length == 1")
                .await?;
            until_says(page, ".verdict", words(&question.explain, view)).await?;
        } else {
            // What the step plays has come to rest.
            page.until("!document.querySelector('#lesson [data-playing]')")
                .await?;
        }
        page.screenshot(&shot(place, "")).await?;
        if place + 1 < lesson.steps.len() {
            page.press("PageDown").await?;
        }
    }
    Ok(())
}

/// A hundred times faster than it was: where a person would need time to see.
pub(super) async fn hurry(page: &Page) -> Result<()> {
    page.until("document.documentElement.dataset.lesson")
        .await?;
    page.fill(".speed", "8").await?;
    // As after a choice by mouse: letters are the page's again.
    page.evaluate("document.activeElement.blur()").await
}

/// Begins, clicks through, and leaves.
async fn give(id: &str, view: View<'_>) -> Result<()> {
    let lesson = lesson(id)?;
    let visit = Visit::start(&[], view).await?;
    let page = &visit.page;
    begin(page, &lesson, view).await?;
    hurry(page).await?;
    click_through(page, &lesson, view).await?;
    page.press("w").await?;
    page.until("document.documentElement.dataset.lesson == 'wall'")
        .await?;
    page.screenshot(&format!("lesson-{id}-{}-wall", &view.language[..2]))
        .await?;
    page.press("Escape").await?;
    page.until("document.documentElement.dataset.lesson == 'page'")
        .await?;
    page.click(".lesson-head .btn").await?;
    // The relay's own show again.
    page.until("!document.documentElement.dataset.lesson && document.querySelector('.big button')")
        .await?;
    visit.end().await
}

#[tokio::test]
async fn the_belt_is_given_in_english() -> Result<()> {
    give("belt", View::WALL).await
}

#[tokio::test]
async fn the_belt_is_given_in_chinese() -> Result<()> {
    give("belt", CHINESE).await
}

#[tokio::test]
async fn the_nine_steps_are_given_in_both_languages() -> Result<()> {
    give("steps", View::WALL).await?;
    give("steps", CHINESE).await
}

#[tokio::test]
async fn the_courier_is_given_in_both_languages() -> Result<()> {
    give("courier", View::WALL).await?;
    give("courier", CHINESE).await
}

#[tokio::test]
async fn the_full_buffers_are_given_in_both_languages() -> Result<()> {
    give("full", View::WALL).await?;
    give("full", CHINESE).await
}

/// Presses that come before the relay has told of the ones before them.
#[tokio::test]
async fn no_press_of_a_quick_clicker_is_lost() -> Result<()> {
    let lesson = lesson("courier")?;
    let questions = lesson.steps.iter().filter(|it| it.question.is_some());
    let presses = lesson.steps.len() - 1 + questions.count();
    let visit = Visit::start(&[], View::WALL).await?;
    let page = &visit.page;
    begin(page, &lesson, View::WALL).await?;
    hurry(page).await?;
    until_says(page, "#lesson-title", &lesson.steps[0].title.en).await?;
    // All in one turn of the page: nothing can be heard between them.
    let press = |key: &str, times: usize| {
        format!(
            "for (let press = 0; press < {times}; press += 1)
                document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}));
             true"
        )
    };
    page.evaluate::<bool>(&press("PageDown", presses)).await?;
    let last = lesson.steps.last().context("a lesson has steps")?;
    until_says(page, "#lesson-title", &last.title.en).await?;
    page.until("document.querySelectorAll('.answer.supported').length == 1")
        .await?;
    page.evaluate::<bool>(&press("PageUp", lesson.steps.len() - 1))
        .await?;
    until_says(page, "#lesson-title", &lesson.steps[0].title.en).await?;
    visit.end().await
}

#[tokio::test]
async fn a_pen_and_a_laser_point_at_the_wall() -> Result<()> {
    let lesson = lesson("belt")?;
    let visit = Visit::start(&[], View::WALL).await?;
    let page = &visit.page;
    begin(page, &lesson, View::WALL).await?;
    until_says(page, "#lesson-title", &lesson.steps[0].title.en).await?;
    page.press("w").await?;
    page.until("document.documentElement.dataset.lesson == 'wall'")
        .await?;
    // How much is painted around a place of the window.
    let ink = |x: u32, y: u32| {
        format!(
            "(() => {{
                const board = document.querySelector('.pointing');
                const copy = new OffscreenCanvas(10, 10).getContext('2d', {{ willReadFrequently: true }});
                copy.drawImage(board, {x} - 5, {y} - 5, 10, 10, 0, 0, 10, 10);
                return copy.getImageData(0, 0, 10, 10).data.some(byte => byte > 0);
            }})()"
        )
    };
    page.until("!document.querySelector('#lesson [data-playing]')")
        .await?;
    page.press("d").await?;
    page.until("'pen' in document.documentElement.dataset")
        .await?;
    page.drag(&[(500.0, 300.0), (900.0, 350.0), (1300.0, 300.0)])
        .await?;
    for (x, y) in [(500, 300), (700, 325), (1300, 300)] {
        page.until(&ink(x, y)).await?;
    }
    page.screenshot("lesson-wall-pen").await?;
    // It fades.
    page.until(&format!("!{}", ink(700, 325))).await?;
    page.press("r").await?;
    page.until("'laser' in document.documentElement.dataset")
        .await?;
    page.hover(1000.0, 200.0).await?;
    page.until(&ink(1000, 200)).await?;
    page.screenshot("lesson-wall-laser").await?;
    page.press("r").await?;
    page.until(&format!("!{}", ink(1000, 200))).await?;
    visit.end().await
}

#[tokio::test]
async fn a_second_window_and_the_speaker_stay_in_step() -> Result<()> {
    let lesson = lesson("belt")?;
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit {
        page: first,
        browser,
        relay,
    } = &visit;
    let second = browser.open(&relay.url(), CHINESE).await?;
    let speaker = browser
        .open(&format!("{}#speaker", relay.url()), View::default())
        .await?;
    let at = async |step: usize| -> Result<()> {
        let step = &lesson.steps[step];
        until_says(first, "#lesson-title", &step.title.en).await?;
        until_says(&second, "#lesson-title", &step.title.zh).await?;
        until_says(&speaker, ".speaker .notes", &step.notes.en).await
    };
    begin(first, &lesson, View::WALL).await?;
    at(0).await?;
    first.press("PageDown").await?;
    at(1).await?;
    until_says(&speaker, ".upcoming", &lesson.steps[2].title.en).await?;
    for page in [first, &second] {
        hurry(page).await?;
    }
    // Each predicts alone; the answer is everybody's.
    second.click(".answers label:first-child").await?;
    speaker.press("PageDown").await?;
    for page in [first, &second] {
        page.until("document.querySelectorAll('.answer.supported').length == 1")
            .await?;
    }
    until_says(&speaker, ".verdict", "").await?;
    let picked = "document.querySelectorAll('.answer.picked').length";
    second.until(&format!("{picked} == 1")).await?;
    first.until(&format!("{picked} == 0")).await?;
    second.screenshot("lesson-second").await?;
    speaker.screenshot("lesson-speaker").await?;
    speaker.click(".speaker .next").await?;
    at(2).await?;
    second.press("PageUp").await?;
    at(1).await?;
    // Somebody who comes late is where the others are.
    let late = browser.open(&relay.url(), View::default()).await?;
    until_says(&late, "#lesson-title", &lesson.steps[1].title.en).await?;
    first.click(".lesson-head .btn").await?;
    for page in [first, &second, &late] {
        page.until("!document.documentElement.dataset.lesson")
            .await?;
    }
    for page in [second, speaker, late] {
        page.close().await?;
    }
    visit.end().await
}

#[tokio::test]
async fn a_recorded_lesson_is_given_without_a_relay() -> Result<()> {
    let browser = Browser::start().await?;
    let lesson = lesson("belt")?;
    let folder = tempfile::tempdir()?;
    let recording = folder.path().join("belt.ndjson");
    let site = folder.path().join("site");
    let run = Command::new(binary())
        .args(["lesson", "run", "belt", "--record"])
        .arg(&recording)
        .output()?;
    ensure!(run.status.success(), "{run:?}");
    let export = Command::new(binary())
        .args(["export", "--page-dir"])
        .args([&built_page(), &site, &recording])
        .output()?;
    ensure!(export.status.success(), "{export:?}");
    let host = Host::of(&site)?;
    let url = format!("http://127.0.0.1:{}/", host.port);

    let page = browser
        .open(&format!("{url}#lesson=belt"), View::WALL)
        .await?;
    hurry(&page).await?;
    click_through(&page, &lesson, View::WALL).await?;
    // Back: the step plays again from its beginning.
    page.press("PageUp").await?;
    until_says(&page, "#lesson-title", &lesson.steps[1].title.en).await?;
    page.until("document.querySelectorAll('.answer.supported').length == 1")
        .await?;
    // Another window of this browser goes along, without any relay.
    let speaker = browser
        .open(&format!("{url}#speaker"), View::default())
        .await?;
    until_says(&speaker, ".speaker .notes", &lesson.steps[1].notes.en).await?;
    speaker.press("PageDown").await?;
    until_says(&page, "#lesson-title", &lesson.steps[2].title.en).await?;
    speaker.close().await?;
    page.close().await?;

    // Without lessons the page says so when it is asked.
    fs::remove_file(site.join("lessons.bin"))?;
    let page = browser.open(&url, View::WALL).await?;
    page.until("document.querySelector('#lesson')").await?;
    page.press("t").await?;
    page.until("document.querySelector('#lessons').textContent.includes('no lessons here')")
        .await?;
    page.close_forgiving(&["lessons.bin"]).await?;
    browser.close().await
}

#[tokio::test]
async fn the_player_is_whole_in_all_looks_and_on_a_phone() -> Result<()> {
    let lesson = lesson("belt")?;
    let browser = Browser::start().await?;
    let relay = RelayProcess::start_with_built_page(&[]);
    let page = browser.open(&relay.url(), View::WALL).await?;
    begin(&page, &lesson, View::WALL).await?;
    until_says(&page, "#lesson-title", &lesson.steps[0].title.en).await?;
    page.press("PageDown").await?;
    until_says(&page, ".ask", "recv").await?;
    for (width, height) in [(1920, 1080), (1280, 720), (390, 844)] {
        page.resize(width, height).await?;
        for look in ["light", "dark", "projector"] {
            page.until(&format!(
                "document.documentElement.dataset.look == '{look}'
                    || document.querySelector('#look').click()"
            ))
            .await?;
            page.screenshot(&format!("lesson-{width}-{look}")).await?;
            let whole = "(() => {
                const body = document.querySelector('.lesson');
                const root = document.documentElement;
                return body.scrollWidth <= body.clientWidth && root.scrollWidth <= root.clientWidth;
            })()";
            ensure!(page.evaluate::<bool>(whole).await?, "{width} {look}");
        }
    }
    page.close().await?;
    browser.close().await
}
