//! The story of 20, 50 and 30: three arrivals, one read, one bag, one answer; told by the table, the
//! rulers, the values and the caption, whoever sends.

use std::collections::BTreeMap;

use anyhow::Result;

use super::page::{Page, View};
use super::told;
use super::visit::Visit;
use crate::python::Python;
use crate::relay_process::RelayProcess;

/// What the server's side tells, whoever sends.
const AT_THE_SERVER: [&str; 7] = [
    "20 arrived in 1 segment; 20 waiting",
    "50 arrived in 1 segment; 70 waiting",
    "30 arrived in 1 segment; 100 waiting",
    "recv asked 100, got 100; mixes 3 arrivals",
    "bag of 100 packed",
    "answer: 22 bytes of stamp + 100",
    "server sent 122",
];

/// What is told of the connection by the table: what came in, and what became of it.
async fn at_the_server(page: &Page) -> Result<Vec<String>> {
    let mut rows = told::rows(page).await?;
    rows.retain(|row| {
        let kinds = [
            "arrived in",
            "recv asked",
            "bag of",
            "answer:",
            "server sent",
        ];
        let of_client = ["client", "answer: 122"];
        // The policy's row speaks of a bag, too.
        kinds.iter().any(|kind| row.contains(kind))
            && !of_client.iter().any(|start| row.starts_with(start))
            && !row.contains("BUFSIZE")
    });
    Ok(rows)
}

/// Checks that the rulers say, in words, what the table says. `sent` is what the page can know.
async fn check_rulers(page: &Page, sent: &str) -> Result<()> {
    let expect = [
        ("Sent", sent),
        ("Arrived", "20 | 50 | 30"),
        ("Read", "100"),
        ("Bagged", "100"),
    ];
    let expect = expect.map(|(name, cuts)| (name.to_owned(), cuts.to_owned()));
    assert_eq!(told::rulers(page).await?, BTreeMap::from(expect));
    Ok(())
}

#[tokio::test]
async fn a_python_client_s_story() -> Result<()> {
    let visit = Visit::start(&["--read-when", "queued:100", "--bag", "100"], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    page.until("document.querySelector('.big button')").await?;
    page.screenshot("empty").await?;
    told::listen(page).await?;

    let mut lines = relay.lines("").await;
    let mut python = Python::connect(relay.echo);
    for bytes in [20, 50, 30] {
        python.send_recorded(bytes, &mut lines).await;
    }
    told::until_row(page, "server sent 122").await?;
    assert_eq!(at_the_server(page).await?, AT_THE_SERVER);
    check_rulers(page, "not known").await?;
    page.screenshot("python-at-rest").await?;

    // The caption has told each step; what is read aloud is thinned, but ends with the last word.
    let captions: Vec<String> = page.evaluate("captions").await?;
    for part in ["20 wait in", "70 wait in", "100 wait in", "three arrivals"] {
        assert!(
            captions.iter().any(|text| text.contains(part)),
            "{part}: {captions:#?}"
        );
    }
    page.until("spoken.length > 1 && spoken.at(-1) == captions.at(-1)")
        .await?;

    told::show_values(page).await?;
    let values = [
        ("sent", "– unavailable"),
        ("arrived", "100 measured"),
        ("segments", "3 measured"),
        ("waiting", "0 measured"),
        ("read", "100 measured"),
        ("reads", "1 measured"),
        ("bagged", "100 measured"),
        ("answered", "100 measured"),
        ("stamps", "22 measured"),
        ("TCP state", "ESTABLISHED measured"),
    ];
    for (name, expect) in values {
        page.until(&format!("{} == '{expect}'", told::value(name)))
            .await?;
    }
    page.screenshot("python-values").await?;
    told::show_events(page).await?;

    // Back in time, step by step, to where 70 wait: samples too are moments.
    page.press(" ").await?;
    page.fill(".filters select", "*").await?;
    page.until(&format!(
        "{}.some(words => words.startsWith('queued'))",
        told::ROWS
    ))
    .await?;
    let newest = "document.querySelector('#events td.w').textContent";
    while !page
        .evaluate::<String>(newest)
        .await?
        .contains("70 waiting")
    {
        let shown: usize = page.evaluate(&format!("{}.length", told::ROWS)).await?;
        page.click(".transport button:first-child").await?;
        page.until(&format!("{}.length < {shown}", told::ROWS))
            .await?;
    }
    page.until("captions.at(-1).includes('70 wait in')").await?;
    page.until("document.querySelector('.rulers').textContent.includes('Arrived: 20 | 50R')")
        .await?;
    // Reaching for a button must not shift the page.
    let shifted = "[...document.querySelectorAll('*')]
        .filter(element => element.scrollTop > 0 && !element.matches('.scroll'))
        .map(element => `${element.tagName} ${element.className}`)";
    assert_eq!(page.evaluate::<Vec<String>>(shifted).await?, [""; 0]);
    page.screenshot("python-70-wait").await?;

    // The relay went on all the while: what has happened since is there when the show goes on.
    let reply = python.finish().await;
    assert_eq!(reply.len(), 122);
    told::go_live(page).await?;
    page.fill(".filters select", "").await?;
    told::until_row(page, "server closed").await?;
    assert_eq!(at_the_server(page).await?, AT_THE_SERVER);
    visit.end().await
}

/// Presses the big button, and checks the demonstration from its first send to its answer.
async fn demonstrate(page: &Page, relay: &RelayProcess) -> Result<()> {
    told::press_big_button(page, relay).await?;
    told::until_row(page, "answer: 122 arrived").await?;
    assert_eq!(at_the_server(page).await?, AT_THE_SERVER);
    check_rulers(page, "20 | 50 | 30").await?;
    // Each send stands before its arrival, and after the arrival before it.
    let mut rows = told::rows(page).await?;
    rows.retain(|row| row.starts_with("client sent") || row.contains("waiting"));
    let expect = [
        "client sent 20",
        AT_THE_SERVER[0],
        "client sent 50",
        AT_THE_SERVER[1],
        "client sent 30",
        AT_THE_SERVER[2],
    ];
    assert_eq!(rows, expect);
    Ok(())
}

/// What the controls show as in force: a JavaScript expression.
const POLICY: &str = "(() => {
    const shown = name => document.querySelector(`#controls [aria-label='${name}']`)?.value;
    return [
        shown('Read'),
        shown('bytes to wait for') ?? '',
        shown('Bytes collected and answered at once; empty: each read is answered'),
    ].join(' / ');
})()";

#[tokio::test]
async fn the_button_does_the_same() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    demonstrate(page, relay).await?;
    page.screenshot("button-at-rest").await?;
    page.until(&format!("{POLICY} == 'queued / 100 / 100'"))
        .await?;
    let set = "reads when 100 wait; BUFSIZE 1024; bag of 100";
    assert!(told::rows(page).await?.iter().any(|row| row == set));

    page.click("#controls .head > button").await?;
    page.until(&format!("{POLICY} == 'arrival /  / '")).await?;
    told::until_row(page, "reads on arrival; BUFSIZE 1024; no bag").await?;
    visit.end().await
}

#[tokio::test]
async fn reduced_motion_ends_in_the_same_table() -> Result<()> {
    let visit = Visit::start(&[], View::WALL).await?;
    let Visit { page, relay, .. } = &visit;
    page.set_reduced_motion(true).await?;
    demonstrate(page, relay).await?;
    visit.end().await
}
