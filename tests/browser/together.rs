//! The hall at one moment: guests follow the lecturer's page until they are touched, and answer the
//! question on the wall.

use anyhow::Result;

use super::{
    chromium::Browser,
    page::{Page, View},
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

async fn caption(page: &Page) -> Result<String> {
    page.evaluate(CAPTION).await
}

async fn until_caption(page: &Page, caption: &str) -> Result<()> {
    let caption = serde_json::to_string(caption)?;
    page.until(&format!("{CAPTION} == {caption}")).await
}

async fn until_stands(page: &Page, words: &str) -> Result<()> {
    page.until(&format!("{STANDING}?.includes('{words}')"))
        .await
}

#[tokio::test]
async fn guests_follow_until_they_are_touched() -> Result<()> {
    let hall = Hall::start(&built_page(), &[]);
    let (lecturers, guests) = (Browser::start().await?, Browser::start().await?);
    let lecturer = lecturers.open(&hall.lecturer, View::WALL).await?;
    lecturer
        .until("document.querySelector('.big button')")
        .await?;
    let guest = guests.open(&hall.guests, View::WALL).await?;
    until_stands(&lecturer, "1").await?;
    lecturer.click(".big button").await?;
    told::until_row(&lecturer, "bag").await?;
    for _ in 0..4 {
        lecturer.click(".transport button:first-child").await?;
    }
    lecturer
        .until("document.querySelector('.stretch b').textContent == 'paused'")
        .await?;
    let there = caption(&lecturer).await?;
    until_caption(&guest, &there).await?;
    until_stands(&guest, "ollow").await?;
    lecturer.screenshot("together-lecturer").await?;
    guest.screenshot("together-guest").await?;

    // Touched, the guest's page goes its own way, and the lecturer sees that it does.
    for _ in 0..3 {
        guest.press(",").await?;
    }
    until_stands(&guest, "Follow the lecturer").await?;
    guest.screenshot("together-around").await?;
    let own = caption(&guest).await?;
    assert_ne!(own, there);
    lecturer.press(".").await?;
    lecturer.press(".").await?;
    let there = caption(&lecturer).await?;
    // What the relay tells afterwards has been heard, and nothing has moved.
    until_stands(&lecturer, "1").await?;
    assert_eq!(caption(&guest).await?, own);
    guest.press("g").await?;
    until_caption(&guest, &there).await?;
    guest.close().await?;
    lecturer.close().await?;
    guests.close().await?;
    lecturers.close().await
}

#[tokio::test]
async fn the_hall_answers_before_the_answer_is_shown() -> Result<()> {
    let hall = Hall::start(&built_page(), &[]);
    let (lecturers, guests) = (Browser::start().await?, Browser::start().await?);
    let lecturer = lecturers.open(&hall.lecturer, View::WALL).await?;
    lecturer.until("document.querySelector('#lesson')").await?;
    let guest = guests.open(&hall.guests, PHONE).await?;
    lecturer.press("t").await?;
    lecturer
        .until("document.querySelector('.lesson-card')")
        .await?;
    lecturer
        .evaluate::<()>("document.querySelector('.lesson-card').click()")
        .await?;
    // On to the first question.
    let asks = "document.querySelector('.question .answers input')";
    lecturer
        .until("document.documentElement.dataset.lesson")
        .await?;
    for _ in 0..3 {
        if lecturer.evaluate(&format!("{asks} != null")).await? {
            break;
        }
        lecturer.press("PageDown").await?;
        lecturer
            .until(&format!(
                "{asks} || document.querySelector('#lesson-title')"
            ))
            .await?;
    }
    guest.until(asks).await?;
    guest.screenshot("together-question-phone").await?;
    guest.evaluate::<()>(&format!("{asks}.click()")).await?;
    guest
        .until("document.querySelector('.poll').textContent.includes('Your choice')")
        .await?;
    lecturer
        .until("document.querySelector('.poll').textContent.startsWith('1 ')")
        .await?;
    lecturer.screenshot("together-question-wall").await?;
    // Nobody but the speaker sees before it is shown what was chosen.
    let bars = "[...document.querySelectorAll('.chose')].some(it => !it.hidden)";
    assert!(!guest.evaluate::<bool>(bars).await?);
    assert!(!lecturer.evaluate::<bool>(bars).await?);
    lecturer.press("PageDown").await?;
    lecturer.until(bars).await?;
    guest.until(bars).await?;
    guest.screenshot("together-shown-phone").await?;
    lecturer.screenshot("together-shown-wall").await?;
    guest.close().await?;
    lecturer.close().await?;
    guests.close().await?;
    lecturers.close().await
}
