//! The built page served as plain files, without a relay. Knows just enough HTTP for one browser.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A server on a port of its own, until it is dropped with the test's runtime.
pub struct StaticSite {
    port: u16,
}

impl StaticSite {
    /// Serves the page that `cargo xtask test` has built.
    pub async fn of_the_built_page() -> Result<Self> {
        let folder = env::var_os("FRUITBELT_PAGE")
            .context("FRUITBELT_PAGE names no built page: run cargo xtask test")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, PathBuf::from(&folder)));
            }
        });
        Ok(Self { port })
    }

    /// The address of `index.html`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

async fn answer(mut stream: TcpStream, folder: PathBuf) -> Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    let request = lines.next_line().await?.unwrap_or_default();
    while lines
        .next_line()
        .await?
        .is_some_and(|line| !line.is_empty())
    {}
    let name = request.split(' ').nth(1).unwrap_or_default();
    let name = name.trim_start_matches('/');
    let file = folder.join(if name.is_empty() { "index.html" } else { name });
    let (status, body) = match std::fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        media_type(&file),
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    Ok(())
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
