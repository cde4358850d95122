//! What a relay says of itself at `/metrics`. Knows nothing of what the names mean.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, ensure};

/// A relay that says nothing for so long is stuck.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// One answer.
#[derive(Debug)]
pub struct Metrics(String);

impl Metrics {
    /// Asks.
    ///
    /// # Errors
    /// It does not answer, or not with metrics.
    pub fn of(page: SocketAddr) -> Result<Metrics> {
        let mut stream = TcpStream::connect(page)?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        let request = format!("GET /metrics HTTP/1.0\r\nHost: {page}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.contains(" 200 "), "no metrics: {answer}");
        Ok(Metrics(answer))
    }

    /// The value of a sample without labels.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn get(&self, name: &str) -> Result<f64> {
        let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
        let value = self.0.lines().find_map(value);
        value.with_context(|| format!("no {name} among the metrics"))
    }
}
