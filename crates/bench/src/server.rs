//! What is measured, each in a process of its own: a relay, the bare echo, or frames made ready.
//!
//! Knows nothing of what is asked of them.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it echoes, if it does.
    pub echo: Option<SocketAddr>,
    /// Where viewers join, if they can.
    pub page: Option<SocketAddr>,
    _page_dir: Option<TempDir>,
}

/// The part of the second in which `/proc` counts processor time: USER_HZ, `proc_pid_stat(5)`.
const TICK: Duration = Duration::from_millis(10);

impl Server {
    /// The relay that everybody has, on free ports, with further arguments.
    ///
    /// # Errors
    /// It does not start.
    pub fn relay(program: &Path, arguments: &[&str]) -> Result<Server> {
        let page_dir = tempfile::tempdir()?;
        let index = "<!doctype html><title>nobody looks at this</title>";
        fs::write(page_dir.path().join("index.html"), index)?;
        let mut command = Command::new(program);
        command
            .args(["--echo", "127.0.0.1:0", "--page", "127.0.0.1:0"])
            .arg("--page-dir")
            .arg(page_dir.path())
            .args(arguments);
        let mut server = Server::start(&mut command, &["echo", "page"])?;
        server._page_dir = Some(page_dir);
        Ok(server)
    }

    /// The bare echo.
    ///
    /// # Errors
    /// It does not start.
    pub fn baseline() -> Result<Server> {
        Server::start(Command::new(env::current_exe()?).arg("echo"), &["echo"])
    }

    /// Frames of so many bytes, made ready and written to each viewer so often a second.
    ///
    /// # Errors
    /// It does not start.
    pub fn ready(bytes: usize, a_second: u32) -> Result<Server> {
        let mut command = Command::new(env::current_exe()?);
        command
            .arg("ready")
            .args(["--bytes", &bytes.to_string()])
            .args(["--a-second", &a_second.to_string()]);
        Server::start(&mut command, &["page"])
    }

    fn start(command: &mut Command, expected: &[&str]) -> Result<Server> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let told = child.stdout.take().map(BufReader::new);
        // From here on it is killed if anything fails.
        let mut server = Server {
            child,
            echo: None,
            page: None,
            _page_dir: None,
        };
        let lines = told.into_iter().flat_map(BufRead::lines);
        // In this order: a line more would be waited for for ever.
        for (expected, line) in expected.iter().zip(lines) {
            let line = line?;
            let addr = address(&line, expected)
                .with_context(|| format!("{name} says {line:?} instead of its {expected}"))?;
            match *expected {
                "echo" => server.echo = Some(addr),
                _ => server.page = Some(addr),
            }
        }
        let is_there = |what: &&str| match *what {
            "echo" => server.echo.is_some(),
            _ => server.page.is_some(),
        };
        if !expected.iter().all(is_there) {
            bail!("{name} ended before it listened");
        }
        Ok(server)
    }

    /// Where it echoes.
    ///
    /// # Errors
    /// It does not.
    pub fn echo(&self) -> Result<SocketAddr> {
        self.echo.context("this server does not echo")
    }

    /// Where viewers join.
    ///
    /// # Errors
    /// They cannot.
    pub fn page(&self) -> Result<SocketAddr> {
        self.page.context("this server has no page")
    }

    /// The processor time that it took so far, by all its threads, in user space and in the kernel.
    ///
    /// # Errors
    /// It has ended.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = self.proc("stat")?;
        // The name, in brackets, may hold anything; utime and stime are the 14th and 15th fields.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u32 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u32>().ok())
            .sum();
        Ok(TICK * ticks)
    }

    /// Its resident memory, bytes.
    ///
    /// # Errors
    /// It has ended.
    pub fn rss_bytes(&self) -> Result<u64> {
        let status = self.proc("status")?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        Ok(kib.context("no VmRSS in /proc")? << 10)
    }

    fn proc(&self, name: &str) -> Result<String> {
        let path = format!("/proc/{}/{name}", self.child.id());
        fs::read_to_string(path).context("the server has ended")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in a line as `echo tcp://127.0.0.1:1` or `page http://127.0.0.1:1/`.
fn address(line: &str, name: &str) -> Option<SocketAddr> {
    let url = line.strip_prefix(name)?.trim();
    let (_, rest) = url.split_once("://")?;
    rest.trim_end_matches('/').parse().ok()
}
