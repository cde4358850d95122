//! The hall at one moment: guests follow the lecturer's page until they are touched, and answer the
//! question on the wall.

use anyhow::Result;

use super::{
    chromium::Browser,
    gallery::{FAULTS, SMALL, choose},
    lesson,
    page::{Page, View},
    timeline::SLIDER,
    told,
};
use crate::{hall::Hall, relay_process::built_page};

const PHONE: View<'static> = View {
    width: 390,
    height: 844,
    language: "en",
};
/// What is drawn, in words: a JavaScript expression.
const CAPTION: &str = "document.querySelector('#stage-canvas').ariaLabel";
/// How the page stands to the lecturer: a JavaScript expression.
const STANDING: &str = "document.querySelector('.together:not([hidden])')?.innerText";
/// An answer to choose: a JavaScript expression.
const ASKS: &str = "document.querySelector('.question .answers input:not(:disabled)')";
/// How many chose which answer is shown: a JavaScript expression.
const BARS: &str = "[...document.querySelectorAll('.chose')].some(it => !it.hidden)";

async fn caption(page: &Page) -> Result<String> {
    page.evaluate(CAPTION).await
}

/// Steps from event to event, each until the page shows it: what is drawn in the end, in words.
async fn step(page: &Page, key: &str, times: usize) -> Result<String> {
    for _ in 0..times {
        let before: String = page.evaluate(&format!("{SLIDER}.ariaValueNow")).await?;
        page.press(key).await?;
        let paused = "document.querySelector('.stretch b')?.textContent == 'paused'";
        page.until(&format!("{paused} && {SLIDER}.ariaValueNow != '{before}'"))
            .await?;
    }
    caption(page).await
}

async fn until_caption(page: &Page, caption: &str) -> Result<()> {
    let caption = serde_json::to_string(caption)?;
    page.until(&format!("{CAPTION} == {caption}")).await
}

async fn until_stands(page: &Page, words: &str) -> Result<()> {
    page.until(&format!("{STANDING}?.includes('{words}')"))
        .await
}

/// Who watches, as the lecturer is told.
async fn until_watched(page: &Page, words: &str) -> Result<()> {
    page.until(&format!(
        "document.querySelector('.hall .audience')?.innerText == '{words}'"
    ))
    .await
}

/// What is said of the answers.
async fn until_answers(page: &Page, start: &str) -> Result<()> {
    page.until(&format!(
        "document.querySelector('.poll').textContent.startsWith('{start}')"
    ))
    .await
}

#[tokio::test]
async fn guests_follow_until_they_are_touched() -> Result<()> {
    let browser = Browser::start().await?;
    let hall = Hall::start(&built_page(), &[]);
    let lecturer = browser.open(&hall.lecturer, View::WALL).await?;
    lecturer
        .until("document.querySelector('.big button')")
        .await?;
    let guest = browser.open_apart(&hall.guests, View::WALL).await?;
    until_watched(&lecturer, "1 watches").await?;
    lecturer.click(".big button").await?;
    told::until_row(&lecturer, "bag").await?;
    let there = step(&lecturer, ",", 4).await?;
    until_caption(&guest, &there).await?;
    until_stands(&guest, "You follow").await?;
    lecturer.screenshot("together-lecturer").await?;
    guest.screenshot("together-guest").await?;

    // Touched, the guest's page goes its own way, and the lecturer sees that it does.
    let own = step(&guest, ",", 3).await?;
    until_stands(&guest, "Follow the lecturer").await?;
    until_watched(&lecturer, "1 watches, looking around").await?;
    guest.screenshot("together-around").await?;
    assert_ne!(own, there);
    let there = step(&lecturer, ".", 2).await?;
    // Another guest is brought there: it has been told, and the first one has not moved.
    let late = browser.open_apart(&hall.guests, PHONE).await?;
    until_caption(&late, &there).await?;
    assert_eq!(caption(&guest).await?, own);
    late.screenshot("together-phone").await?;
    late.close().await?;
    guest.press("g").await?;
    until_caption(&guest, &there).await?;

    // Asked for anew, the lecturer's page leads on.
    lecturer.evaluate::<()>("location.reload()").await?;
    told::until_row(&lecturer, "bag").await?;
    let there = step(&lecturer, ",", 6).await?;
    until_caption(&guest, &there).await?;
    guest.close().await?;
    lecturer.close().await?;
    browser.close().await
}

#[tokio::test]
async fn the_hall_answers_before_the_answer_is_shown() -> Result<()> {
    let belt = lesson::lesson("belt")?;
    let browser = Browser::start().await?;
    let hall = Hall::start(&built_page(), &[]);
    let lecturer = browser.open(&hall.lecturer, View::WALL).await?;
    let guest = browser.open_apart(&hall.guests, PHONE).await?;
    let turn_to = async |key: &str, step: usize| -> Result<()> {
        lecturer.press(key).await?;
        lesson::until_says(&lecturer, "#lesson-title", &belt.steps[step].title.en).await
    };
    lesson::begin(&lecturer, &belt, View::WALL).await?;
    lesson::hurry(&lecturer).await?;
    turn_to("PageDown", 1).await?;
    guest.until(ASKS).await?;
    // Nobody has to look for the answers.
    guest
        .until(
            "[...document.querySelectorAll('.answer')].every(answer => {
                const box = answer.getBoundingClientRect();
                const place = [box.x + box.width / 2, box.y + box.height - 2];
                return answer.contains(document.elementFromPoint(...place));
            })",
        )
        .await?;
    guest.screenshot("together-question-phone").await?;
    guest.click(".answers label:first-child").await?;
    until_answers(&guest, "Your choice").await?;
    until_answers(&lecturer, "1 has answered").await?;
    lecturer.screenshot("together-question-wall").await?;

    // Asked for anew, the guest's page knows what it has chosen, and counts once with it.
    guest.evaluate::<()>("location.reload()").await?;
    guest.until(&format!("{ASKS}?.checked")).await?;
    guest.click(".answers label:nth-child(2)").await?;
    lecturer.press("h").await?;
    lecturer
        .until("/^1 watches\\s+1 has answered$/.test(document.querySelector('.way-in .audience').innerText)")
        .await?;
    lecturer.screenshot("together-sheet-asked").await?;
    lecturer.press("Escape").await?;

    // Nobody but the speaker sees what was chosen before the answer is shown.
    assert!(!guest.evaluate::<bool>(BARS).await?);
    assert!(!lecturer.evaluate::<bool>(BARS).await?);
    lecturer.press("PageDown").await?;
    lecturer.until(BARS).await?;
    guest.until(BARS).await?;
    let chose = "[...document.querySelectorAll('.chose b')].map(it => it.textContent[0]).join('')";
    for page in [&lecturer, &guest] {
        page.until(&format!("{chose} == '010'")).await?;
    }
    guest.screenshot("together-shown-phone").await?;
    lecturer.screenshot("together-shown-wall").await?;
    lecturer.press("h").await?;
    lecturer
        .until("document.querySelector('.way-in .audience').textContent.includes('A 0, B 1, C 0')")
        .await?;
    lecturer.screenshot("together-sheet-shown").await?;
    lecturer.press("Escape").await?;

    // Back at it, what was chosen then is still there; from the step before, it is asked anew.
    turn_to("PageDown", 2).await?;
    turn_to("PageUp", 1).await?;
    guest.until(&format!("{chose} == '010'")).await?;
    turn_to("PageUp", 0).await?;
    turn_to("PageDown", 1).await?;
    until_answers(&lecturer, "nobody has answered yet").await?;
    guest
        .until(&format!(
            "{ASKS} && !document.querySelector('.answers :checked')"
        ))
        .await?;
    guest.close().await?;
    lecturer.close().await?;
    browser.close().await
}

/// What of the way in is cut, or lies on something else: a JavaScript expression that gives a list of
/// words.
const SHEET_FAULTS: &str = "(() => {
    const sheet = document.querySelector('.way-in');
    const parts = [...sheet.querySelectorAll('h2, button, .address, img, .audience > p, .beside-code > p')]
        .filter(part => part.checkVisibility() && part.getBoundingClientRect().height)
        .map(part => [part, part.getBoundingClientRect()]);
    const name = part => `${part.tagName} .${part.className} ${part.textContent}`;
    const faults = [];
    if (sheet.scrollHeight > sheet.clientHeight + 1 && innerWidth > innerHeight) faults.push('it scrolls');
    for (const [index, [part, box]] of parts.entries()) {
        if (box.left < 0 || box.right > innerWidth) faults.push(`off the page: ${name(part)}`);
        if (part.scrollWidth > part.clientWidth + 1) faults.push(`cut: ${name(part)}`);
        for (const [other, its] of parts.slice(index + 1)) {
            const apart = box.right <= its.left + 1 || its.right <= box.left + 1
                || box.bottom <= its.top + 1 || its.bottom <= box.top + 1;
            if (!apart) faults.push(`${name(part)} lies on ${name(other)}`);
        }
    }
    return faults;
})()";

/// What of the answers is cut, or bars that are not as long for each: a JavaScript expression that
/// gives a list of words. What one scrolls to may lie below what stays at the foot.
const QUESTION_FAULTS: &str = "(() => {
    const seen = element => element.checkVisibility() && element.getBoundingClientRect().width;
    const all = [...document.querySelectorAll('.answer, .answer *, .poll')].filter(seen);
    const faults = [];
    for (const element of all) {
        const box = element.getBoundingClientRect();
        if (box.left < 0 || box.right > innerWidth) faults.push(`off the page: ${element.textContent}`);
        if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth
            && !element.matches('input')) faults.push(`cut: ${element.textContent}`);
    }
    const bars = [...document.querySelectorAll('.chose > i')].filter(seen);
    // But for what a thicker border takes.
    const lengths = bars.map(bar => bar.clientWidth);
    if (Math.max(...lengths) - Math.min(...lengths) > 4 || Math.min(...lengths) < 60)
        faults.push(`bars: ${lengths}`);
    return faults;
})()";

/// What is looked at.
#[derive(Clone, Copy, PartialEq)]
enum Stands {
    Page,
    Sheet,
    Question,
}

/// Every look, language and size of what stands there now.
async fn look_at(page: &Page, stands: Stands, name: &str, faults: &mut Vec<String>) -> Result<()> {
    // The page is left in English, as it was found.
    for lang in ["zh-CN", "en"] {
        let is_it = format!("document.documentElement.lang == '{lang}'");
        if !page.evaluate::<bool>(&is_it).await? {
            let button = "document.querySelector('header > button:last-child').click()";
            page.evaluate::<()>(button).await?;
            page.until(&is_it).await?;
        }
        for look in ["light", "dark", "projector"] {
            let is_it = format!("document.documentElement.dataset.look == '{look}'");
            choose(page, "c", &is_it).await?;
            let is_sheet = stands == Stands::Sheet;
            if is_sheet {
                page.press("h").await?;
                page.until("document.querySelector('.way-in img')?.naturalWidth > 0")
                    .await?;
            }
            for (width, height) in [(1920, 1080), (1280, 720), (390, 844)] {
                page.resize(width, height).await?;
                page.set_touch(width < 1280).await?;
                let name = format!("{name}-{look}-{}-{width}", &lang[..2]);
                page.screenshot(&name).await?;
                let faults_of = match stands {
                    Stands::Page => FAULTS,
                    Stands::Sheet => SHEET_FAULTS,
                    Stands::Question => QUESTION_FAULTS,
                };
                let mut here: Vec<String> = page.evaluate(faults_of).await?;
                if width < 1280 && stands == Stands::Page {
                    here.extend(page.evaluate::<Vec<String>>(SMALL).await?);
                }
                faults.extend(here.iter().map(|fault| format!("{name}: {fault}")));
            }
            page.resize(1920, 1080).await?;
            page.set_touch(false).await?;
            if is_sheet {
                page.press("Escape").await?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_of_the_hall_is_cut_or_covered() -> Result<()> {
    let belt = lesson::lesson("belt")?;
    let browser = Browser::start().await?;
    let hall = Hall::start(&built_page(), &[]);
    let lecturer = browser.open(&hall.lecturer, View::WALL).await?;
    let guest = browser.open_apart(&hall.guests, View::WALL).await?;
    let mut faults = Vec::new();
    until_stands(&guest, "You follow").await?;
    lecturer.click(".big button").await?;
    told::until_row(&lecturer, "bag").await?;
    look_at(&lecturer, Stands::Page, "hall-lecturer", &mut faults).await?;
    look_at(&guest, Stands::Page, "hall-guest", &mut faults).await?;
    guest.press("g").await?;
    until_watched(&lecturer, "1 watches, looking around").await?;
    look_at(&guest, Stands::Page, "hall-around", &mut faults).await?;
    guest.press("g").await?;
    look_at(&lecturer, Stands::Sheet, "hall-sheet", &mut faults).await?;

    lesson::begin(&lecturer, &belt, View::WALL).await?;
    lesson::hurry(&lecturer).await?;
    lecturer.press("PageDown").await?;
    guest.until(ASKS).await?;
    guest.click(".answers label:nth-child(2)").await?;
    until_answers(&guest, "Your choice").await?;
    look_at(
        &lecturer,
        Stands::Question,
        "hall-asked-lecturer",
        &mut faults,
    )
    .await?;
    look_at(&guest, Stands::Question, "hall-asked-guest", &mut faults).await?;
    lecturer.press("PageDown").await?;
    for page in [&lecturer, &guest] {
        page.until(BARS).await?;
        page.until("document.querySelectorAll('.answer.supported').length == 1")
            .await?;
    }
    look_at(
        &lecturer,
        Stands::Question,
        "hall-shown-lecturer",
        &mut faults,
    )
    .await?;
    look_at(&guest, Stands::Question, "hall-shown-guest", &mut faults).await?;
    look_at(&lecturer, Stands::Sheet, "hall-sheet-shown", &mut faults).await?;
    lecturer.press("w").await?;
    look_at(&lecturer, Stands::Question, "hall-shown-wall", &mut faults).await?;
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
    guest.close().await?;
    lecturer.close().await?;
    browser.close().await
}
