//! One page in the browser: look at it, wait for it, act on it as a person would, and hear what its
//! console complains of. Knows nothing of Fruitbelt.
//!
//! Waiting happens in the page, once a frame, until a condition holds. Nothing here sleeps.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedVisionDeficiencyParams,
    SetEmulatedVisionDeficiencyType, SetFocusEmulationEnabledParams,
    SetTouchEmulationEnabledParams, SetUserAgentOverrideParams,
};
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType,
    MouseButton,
};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::{
    EmulateNetworkConditionsByRuleParams, NetworkConditions, OverrideNetworkStateParams,
};
use chromiumoxide::cdp::browser_protocol::page::{
    CaptureScreenshotFormat, GetNavigationHistoryParams,
};
use chromiumoxide::cdp::browser_protocol::performance::{
    EnableParams as EnableMetrics, GetMetricsParams,
};
use chromiumoxide::cdp::js_protocol::heap_profiler::CollectGarbageParams;
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EvaluateParams, EventConsoleApiCalled, EventExceptionThrown,
    ExceptionDetails, GetHeapUsageParams, RemoteObject,
};
use chromiumoxide::keys;
use chromiumoxide::layout::Point;
use chromiumoxide::listeners::EventStream;
use chromiumoxide::page::ScreenshotParams;
use futures_util::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;

/// The longest wait for anything that a page should show: shorter than the 30 s after which the
/// browser's driver gives up a command, so that the wait itself can say what it waited for.
const DEADLINE: Duration = Duration::from_secs(20);

/// How a person looks at the page.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Of the window's inside, in CSS pixels.
    pub width: u32,
    /// Of the window's inside, in CSS pixels.
    pub height: u32,
    /// The browser's first language, as in `zh-CN`.
    pub language: &'a str,
}

impl View<'_> {
    /// What a lecturer projects.
    pub const WALL: Self = Self {
        width: 1920,
        height: 1080,
        language: "en-US",
    };
}

impl Default for View<'_> {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 720,
            language: "en-US",
        }
    }
}

/// What the page holds in memory, after its garbage is collected.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// JavaScript objects.
    pub heap_bytes: u64,
    /// Array buffers, but for the memory of a wasm module, which its own exports tell.
    pub buffer_bytes: u64,
}

/// A page that is open. `close` it, or its console is not looked at.
pub struct Page {
    page: chromiumoxide::Page,
    console: Console,
}

impl Page {
    /// Listens first, then goes to the address: the console of the very first moment is heard too.
    pub(super) async fn open(page: chromiumoxide::Page, url: &str, view: View<'_>) -> Result<Self> {
        let Self { page, console } = Self::opened(page).await?;
        let agent = SetUserAgentOverrideParams::builder()
            .user_agent(page.user_agent().await?)
            .accept_language(view.language)
            .build();
        page.execute(agent.map_err(|error| anyhow!(error))?).await?;
        page.execute(SetFocusEmulationEnabledParams::new(true))
            .await?;
        let page = Self { page, console };
        page.resize(view.width, view.height).await?;
        let arrival = page.page.goto(url);
        arrival
            .await
            .with_context(|| format!("cannot open {url}"))?;
        Ok(page)
    }

    /// One that is there already: its console is heard from now on.
    pub(super) async fn opened(page: chromiumoxide::Page) -> Result<Self> {
        let console = Console {
            calls: page.event_listener().await?,
            exceptions: page.event_listener().await?,
            entries: page.event_listener().await?,
            heard: Vec::new(),
        };
        Ok(Self { page, console })
    }

    /// Gives the window's inside another size.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        self.page.execute(size).await?;
        Ok(())
    }

    /// The value of a JavaScript expression; of a promise, what it comes to.
    pub async fn evaluate<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let evaluate = EvaluateParams::builder()
            .expression(expression)
            .await_promise(true)
            .return_by_value(true)
            .build();
        let evaluate = evaluate.map_err(|error| anyhow!(error))?;
        let answer = self.page.execute(evaluate).await?.result;
        if let Some(exception) = answer.exception_details {
            bail!("{} in: {expression}", described(&exception));
        }
        let value = answer.result.value.unwrap_or_default();
        serde_json::from_value(value).with_context(|| format!("of another type: {expression}"))
    }

    /// Waits until a JavaScript expression is true. While it throws, it is not.
    pub async fn until(&self, condition: &str) -> Result<()> {
        let _: bool = self
            .when("", &format!("({condition}) ? true : null"))
            .await?;
        Ok(())
    }

    /// The visible text of the first element that matches, as soon as there is one.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let element = element(selector);
        self.when("", &format!("{element}.innerText")).await
    }

    /// Clicks the middle of the first element that matches, as soon as it stands still and a mouse
    /// can reach it.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let element = element(selector);
        let place = format!(
            "(() => {{
                const element = {element};
                if (element.disabled) throw 'it is disabled';
                element.scrollIntoView({{ block: 'center', inline: 'center', behavior: 'instant' }});
                const box = element.getBoundingClientRect();
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const hit = document.elementFromPoint(x, y);
                if (!element.contains(hit)) throw `it is covered by ${{hit?.outerHTML}}`;
                const [lastX, lastY] = last;
                last = [x, y];
                if (x != lastX || y != lastY) throw 'it moves';
                return last;
            }})()"
        );
        let (x, y) = self.when("let last = [];", &place).await?;
        self.click_at(x, y).await
    }

    /// Clicks a place of the window, in CSS pixels from its top left: for what is drawn on a canvas.
    pub async fn click_at(&self, x: f64, y: f64) -> Result<()> {
        self.page.click(Point { x, y }).await?;
        Ok(())
    }

    /// Moves the mouse there, in CSS pixels from the window's top left.
    pub async fn hover(&self, x: f64, y: f64) -> Result<()> {
        self.page.move_mouse(Point { x, y }).await?;
        Ok(())
    }

    /// Draws a line with the left button held, through these places of the window.
    pub async fn drag(&self, places: &[(f64, f64)]) -> Result<()> {
        let (Some(&first), Some(&last)) = (places.first(), places.last()) else {
            return Ok(());
        };
        let moved = places
            .iter()
            .map(|&place| (DispatchMouseEventType::MouseMoved, place));
        let mut acts = vec![(DispatchMouseEventType::MousePressed, first)];
        acts.extend(moved);
        acts.push((DispatchMouseEventType::MouseReleased, last));
        for (kind, (x, y)) in acts {
            let is_held = kind != DispatchMouseEventType::MouseReleased;
            let event = DispatchMouseEventParams::builder()
                .r#type(kind)
                .x(x)
                .y(y)
                .button(MouseButton::Left)
                .buttons(i64::from(is_held))
                .click_count(1)
                .build();
            self.page
                .execute(event.map_err(|error| anyhow!(error))?)
                .await?;
        }
        Ok(())
    }

    /// Presses and releases a key where the focus is: `a`, ` `, `Enter`, `ArrowLeft`.
    pub async fn press(&self, key: &str) -> Result<()> {
        let known = keys::get_key_definition(key).with_context(|| format!("no key {key:?}"))?;
        let text = known.text.or((known.key.len() == 1).then_some(known.key));
        for kind in [DispatchKeyEventType::KeyDown, DispatchKeyEventType::KeyUp] {
            let mut event = DispatchKeyEventParams::builder()
                .key(known.key)
                .code(known.code)
                .windows_virtual_key_code(known.key_code);
            if let (Some(text), DispatchKeyEventType::KeyDown) = (text, &kind) {
                event = event.text(text);
            }
            let event = event.r#type(kind).build();
            self.page
                .execute(event.map_err(|error| anyhow!(error))?)
                .await?;
        }
        Ok(())
    }

    /// Sets a field, a slider or a selection, and tells the page as if a person had done it.
    pub async fn fill(&self, selector: &str, value: &str) -> Result<()> {
        let (element, value) = (element(selector), serde_json::to_string(value)?);
        self.when(
            "",
            &format!(
                "(() => {{
                    const element = {element};
                    if (element.disabled) throw 'it is disabled';
                    element.focus();
                    element.value = {value};
                    for (const name of ['input', 'change'])
                        element.dispatchEvent(new Event(name, {{ bubbles: true }}));
                    return true;
                }})()"
            ),
        )
        .await
        .map(|_: bool| ())
    }

    /// Saves what is seen now as a PNG among the build's output.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        // Two frames: what was asked for before the first is painted before the second.
        let painted = "document.fonts.ready.then(() => new Promise(resolve =>
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))))";
        let _: bool = self.evaluate(painted).await?;
        self.capture(name).await
    }

    /// Cuts the page off the network, or joins it again.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        // For all addresses: no latency, and throughput without a limit.
        let (latency, throughput) = (0.0, -1.0);
        let rule = NetworkConditions::new("", latency, throughput, throughput);
        let traffic = EmulateNetworkConditionsByRuleParams::new(offline, vec![rule]);
        self.page.execute(traffic).await?;
        // What the page is told of it.
        let told = OverrideNetworkStateParams::new(offline, latency, throughput, throughput);
        self.page.execute(told).await?;
        Ok(())
    }

    /// The addresses that lead back and forward, as the browser keeps them.
    pub async fn history(&self) -> Result<Vec<String>> {
        let asked = GetNavigationHistoryParams::default();
        let entries = self.page.execute(asked).await?.result.entries;
        Ok(entries.into_iter().map(|it| it.url).collect())
    }

    /// Says that this person wants little motion, or does not mind it.
    pub async fn set_reduced_motion(&self, reduced: bool) -> Result<()> {
        let value = if reduced { "reduce" } else { "no-preference" };
        self.set_media("prefers-reduced-motion", value).await
    }

    /// Sets one media feature, such as `prefers-color-scheme`, and resets the others.
    pub async fn set_media(&self, feature: &str, value: &str) -> Result<()> {
        let feature = MediaFeature::new(feature, value);
        self.page.emulate_media_features(vec![feature]).await?;
        Ok(())
    }

    /// Whether fingers point, not a mouse.
    pub async fn set_touch(&self, touch: bool) -> Result<()> {
        self.page
            .execute(SetTouchEmulationEnabledParams::new(touch))
            .await?;
        Ok(())
    }

    /// Shows the page as eyes of that kind see it, in CSS's names; `none` is as it is.
    pub async fn set_vision(&self, eyes: &str) -> Result<()> {
        let kind: SetEmulatedVisionDeficiencyType =
            eyes.parse().map_err(|error: String| anyhow!(error))?;
        let vision = SetEmulatedVisionDeficiencyParams::new(kind);
        self.page.execute(vision).await?;
        Ok(())
    }

    /// What the page holds in memory.
    pub async fn memory(&self) -> Result<Memory> {
        self.page.execute(CollectGarbageParams::default()).await?;
        let usage = self.page.execute(GetHeapUsageParams::default()).await?;
        Ok(Memory {
            heap_bytes: usage.used_size as u64,
            buffer_bytes: usage.backing_storage_size as u64,
        })
    }

    /// CPU time of the page's main thread so far: scripts, layout, and what it does of painting.
    pub async fn cpu_seconds(&self) -> Result<f64> {
        self.page.execute(EnableMetrics::default()).await?;
        let metrics = self.page.execute(GetMetricsParams::default()).await?;
        let mut metrics = metrics.result.metrics.into_iter();
        let thread = metrics.find(|metric| metric.name == "ThreadTime");
        Ok(thread.context("the browser measures no CPU time")?.value)
    }

    /// Closes the page. Whatever its console complained of is an error.
    pub async fn close(self) -> Result<()> {
        self.close_forgiving(&[]).await
    }

    /// Closes the page. Complaints that contain one of these texts were to be expected: a browser
    /// itself complains when a server is gone.
    pub async fn close_forgiving(mut self, expected: &[&str]) -> Result<()> {
        let mut complaints = self.complaints().await?;
        complaints.retain(|complaint| !expected.iter().any(|text| complaint.contains(text)));
        self.page.close().await?;
        ensure!(
            complaints.is_empty(),
            "the console is not clean:\n{}",
            complaints.join("\n")
        );
        Ok(())
    }

    /// What the console complained of so far: errors, warnings, uncaught exceptions, and what the
    /// browser itself logs, such as a violated policy.
    pub async fn complaints(&mut self) -> Result<Vec<String>> {
        // Events come in order: once this answer is here, so is all that was before it.
        let _: bool = self.evaluate("true").await?;
        Ok(self.console.listen().to_vec())
    }

    /// Tries, once a frame, an expression that gives a value or throws why it has none yet.
    pub(super) async fn when<T: DeserializeOwned>(&self, setup: &str, value: &str) -> Result<T> {
        let wait = format!(
            "new Promise(resolve => {{
                {setup}
                const look = () => {{
                    let value = null;
                    try {{ value = {value}; globalThis.notYet = null; }}
                    catch (error) {{ globalThis.notYet = String(error); }}
                    value === null ? requestAnimationFrame(look) : resolve(value);
                }};
                look();
            }})"
        );
        let waiting = async {
            loop {
                match self.evaluate(&wait).await {
                    Err(error) if is_navigation(&error) => {}
                    answer => return answer,
                }
            }
        };
        match tokio::time::timeout(DEADLINE, waiting).await {
            Ok(answer) => answer,
            Err(_) => Err(self.why_not(value).await),
        }
    }

    /// The page at the deadline, told to whoever reads the test's output.
    async fn why_not(&self, value: &str) -> anyhow::Error {
        let look = async {
            let told = "`${location}\\n${globalThis.notYet ?? ''}\\n${document.body.innerText}`";
            let told: String = self.evaluate(told).await?;
            anyhow::Ok((told, self.capture("at-the-deadline").await?))
        };
        // The page may be the one that hangs.
        let seconds = DEADLINE.as_secs();
        match tokio::time::timeout(DEADLINE, look).await {
            Ok(Ok((told, shot))) => anyhow!(
                "not within {seconds} s: {value}\nthe page ({}) says: {told}",
                shot.display()
            ),
            Ok(Err(error)) => error.context(format!("not within {seconds} s: {value}")),
            Err(_) => anyhow!("the page hangs; not within {seconds} s: {value}"),
        }
    }

    async fn capture(&self, name: &str) -> Result<PathBuf> {
        let folder = env::var_os("FRUITBELT_SHOTS").map(PathBuf::from);
        let folder = folder.unwrap_or_else(|| env::temp_dir().join("fruitbelt-shots"));
        fs::create_dir_all(&folder)?;
        let format = ScreenshotParams::builder().format(CaptureScreenshotFormat::Png);
        let picture = self.page.screenshot(format.build()).await?;
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, picture)?;
        Ok(path)
    }
}

/// A JavaScript expression for the first element that matches.
fn element(selector: &str) -> String {
    let selector = serde_json::Value::from(selector);
    format!(
        "(document.querySelector({selector}) ?? (() => {{ throw 'there is no ' + {selector} }})())"
    )
}

/// Whether a question got no answer because the page that it was put to has been left.
fn is_navigation(error: &anyhow::Error) -> bool {
    let told = format!("{error:#}");
    let left = [
        "context was destroyed",
        "navigated or closed",
        "Cannot find context",
    ];
    left.iter().any(|text| told.contains(text))
}

/// The three ways in which a browser complains.
struct Console {
    calls: EventStream<EventConsoleApiCalled>,
    exceptions: EventStream<EventExceptionThrown>,
    entries: EventStream<EventEntryAdded>,
    heard: Vec<String>,
}

impl Console {
    /// Takes what has come since the last time, without waiting, and returns all.
    fn listen(&mut self) -> &[String] {
        while let Some(Some(call)) = self.calls.next().now_or_never() {
            use ConsoleApiCalledType::{Assert, Error, Warning};
            if matches!(call.r#type, Assert | Error | Warning) {
                let words: Vec<_> = call.args.iter().map(said).collect();
                self.heard.push(format!("console: {}", words.join(" ")));
            }
        }
        while let Some(Some(thrown)) = self.exceptions.next().now_or_never() {
            let told = described(&thrown.exception_details);
            self.heard.push(format!("uncaught: {told}"));
        }
        while let Some(Some(added)) = self.entries.next().now_or_never() {
            let entry = &added.entry;
            if matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) {
                let url = entry.url.as_deref().unwrap_or_default();
                self.heard.push(format!("browser: {} {url}", entry.text));
            }
        }
        &self.heard
    }
}

fn said(argument: &RemoteObject) -> String {
    let value = argument.value.as_ref().map(|value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    });
    value
        .or_else(|| argument.description.clone())
        .unwrap_or_default()
}

fn described(exception: &ExceptionDetails) -> String {
    let thrown = exception.exception.as_ref();
    let description = thrown.map(said).unwrap_or_default();
    format!("{} {description}", exception.text)
}
