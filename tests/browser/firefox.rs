//! One headless Firefox with an empty profile and one page, driven by WebDriver BiDi: JSON over a
//! WebSocket, just enough for a smoke test. Knows nothing of Fruitbelt.

use std::io::ErrorKind;
use std::process::Stdio;

use anyhow::{Context, Result, anyhow, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::chromium::{Turn, turn};
use crate::relay_process::PATIENCE;

/// Said on standard error, before the address.
const LISTENS: &str = "WebDriver BiDi listening on ws://";

/// A running browser and its one page.
pub struct Firefox {
    child: Child,
    socket: WebSocketStream<TcpStream>,
    asked: u64,
    /// The page, as the browser names it.
    context: String,
    /// What the console complained of so far.
    complaints: Vec<String>,
    /// Removed when the browser is gone.
    profile: TempDir,
    _turn: Turn,
}

impl Firefox {
    /// Waits for its turn, then starts with an empty page. None: this machine has none.
    pub async fn start() -> Result<Option<Self>> {
        let turn = turn().await?;
        let profile = tempfile::Builder::new().prefix("fruitbelt-").tempdir()?;
        let started = Command::new("firefox-esr")
            .args(["--headless", "--no-remote", "--remote-debugging-port=0"])
            .arg("--profile")
            .arg(profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = match started {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            started => started.context("Firefox does not start")?,
        };
        let told = child.stderr.take().context("Firefox has no stderr")?;
        let address = timeout(PATIENCE, address(told))
            .await
            .context("Firefox does not say where it listens")??;
        let url = format!("ws://{address}/session").into_client_request()?;
        let (socket, _) = client_async(url, TcpStream::connect(&address).await?).await?;
        let mut firefox = Self {
            child,
            socket,
            asked: 0,
            context: String::new(),
            complaints: Vec::new(),
            profile,
            _turn: turn,
        };
        firefox
            .ask("session.new", json!({ "capabilities": {} }))
            .await?;
        firefox
            .ask("session.subscribe", json!({ "events": ["log.entryAdded"] }))
            .await?;
        let tree = firefox.ask("browsingContext.getTree", json!({})).await?;
        let page = tree["contexts"][0]["context"].as_str();
        page.context("Firefox has no page")?
            .clone_into(&mut firefox.context);
        Ok(Some(firefox))
    }

    /// Goes to an address, in a window whose inside has this size.
    pub async fn open(&mut self, url: &str, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height });
        let viewport = json!({ "context": self.context, "viewport": size });
        self.ask("browsingContext.setViewport", viewport).await?;
        let place = json!({ "context": self.context, "url": url, "wait": "complete" });
        self.ask("browsingContext.navigate", place).await?;
        Ok(())
    }

    /// The value of a JavaScript expression; of a promise, what it comes to.
    pub async fn evaluate<T: DeserializeOwned>(&mut self, expression: &str) -> Result<T> {
        let call = json!({
            "expression": format!("Promise.resolve({expression}).then(JSON.stringify)"),
            "target": { "context": self.context },
            "awaitPromise": true,
            "userActivation": true,
        });
        let answer = self.ask("script.evaluate", call).await?;
        let value = answer["result"]["value"].as_str();
        let value = value.with_context(|| format!("{answer} in: {expression}"))?;
        Ok(serde_json::from_str(value)?)
    }

    /// Waits until a JavaScript expression is true. While it throws, it is not.
    pub async fn until(&mut self, condition: &str) -> Result<()> {
        let wait = format!(
            "new Promise(resolve => {{
                const look = () => {{
                    let done = false;
                    try {{ done = {condition}; }} catch {{}}
                    done ? resolve(true) : requestAnimationFrame(look);
                }};
                look();
            }})"
        );
        self.evaluate::<bool>(&wait).await?;
        Ok(())
    }

    /// Ends the browser and removes its profile. Whatever its console complained of is an error.
    pub async fn close(mut self) -> Result<()> {
        self.ask("browser.close", json!({})).await?;
        timeout(PATIENCE, self.child.wait()).await??;
        self.profile.close()?;
        ensure!(
            self.complaints.is_empty(),
            "the console is not clean:\n{}",
            self.complaints.join("\n")
        );
        Ok(())
    }

    /// Puts a command and waits for its answer; what comes before is heard.
    async fn ask(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.asked += 1;
        let command = json!({ "id": self.asked, "method": method, "params": parameters });
        let command = Message::text(command.to_string());
        self.socket.send(command).await?;
        let answer = timeout(PATIENCE, self.answer()).await;
        answer.map_err(|_| anyhow!("no answer within {PATIENCE:?}: {method} {parameters}"))?
    }

    async fn answer(&mut self) -> Result<Value> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else {
                continue;
            };
            let mut message: Value = serde_json::from_str(&text)?;
            if message["method"] == "log.entryAdded" {
                let entry = &message["params"];
                if matches!(entry["level"].as_str(), Some("warn" | "error")) {
                    self.complaints.push(entry["text"].to_string());
                }
            } else if message["id"] == self.asked {
                ensure!(message["type"] == "success", "Firefox refuses: {text}");
                return Ok(message["result"].take());
            }
        }
        bail!("Firefox has gone")
    }
}

/// Where it listens, as it says itself. What it says later is read and forgotten.
async fn address(told: tokio::process::ChildStderr) -> Result<String> {
    let mut lines = BufReader::new(told).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(address) = line.strip_prefix(LISTENS) {
            let address = address.to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(address);
        }
    }
    bail!("Firefox ended at once")
}
