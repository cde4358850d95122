//! A relay to test: the real binary on free ports, and viewers that read what it says.
//!
//! Waits are for events. [`PATIENCE`] only turns a test that would hang into one that fails.

use std::{
    env, fs,
    io::{BufRead, BufReader as StdBufReader},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use protocol::{
    Address, Event, Header, Policy, Record, Recording, Refusal, Request,
    json::{self, Line},
    wire::{self, FromPage, FromRelay},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// After so long a test has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A free port.
const ANY: &str = "127.0.0.1:0";
/// A free port of an address that no other test uses: nobody takes it while its relay is away.
const APART: &str = "127.0.0.77:0";

/// A running relay; killed when dropped.
pub struct RelayProcess {
    child: Child,
    /// The echo server; nowhere if it is no internet socket.
    pub echo: SocketAddr,
    /// The same, of whichever family.
    pub address: Address,
    /// The page; at loopback if it is everywhere.
    pub page: SocketAddr,
    /// The same, as a browser takes it.
    url: String,
    /// The lecturer's link, if others than this machine's user can reach the relay.
    pub link: Option<String>,
    /// The page's files if they were made for it; kept as long as the relay runs.
    page_dir: Option<TempDir>,
}

/// The binary: `cargo xtask test` names it; beside the tests' own binary it lies otherwise.
pub fn binary() -> PathBuf {
    if let Some(path) = env::var_os("FRUITBELT_BIN") {
        return path.into();
    }
    let tests = env::current_exe().unwrap();
    let beside = tests.ancestors().nth(2).unwrap().join("fruitbelt");
    assert!(
        beside.is_file(),
        "FRUITBELT_BIN is not set and {} is not there: use `cargo xtask test`",
        beside.display()
    );
    beside
}

/// The page as `cargo xtask test` built it.
pub fn built_page() -> PathBuf {
    let page = env::var_os("FRUITBELT_PAGE");
    page.expect("FRUITBELT_PAGE names no built page: use `cargo xtask test`")
        .into()
}

/// The real page's own files in a folder that a test may change.
pub fn built_page_copy() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(built_page()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}

/// A page directory that is good enough to start.
pub fn page_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("index.html"),
        "<!doctype html><title>t</title>",
    )
    .unwrap();
    dir
}

impl RelayProcess {
    /// Starts one on free ports, with further arguments.
    pub fn start(arguments: &[&str]) -> RelayProcess {
        RelayProcess::start_with(page_dir(), arguments)
    }

    /// The same, with the echo server at that address.
    pub fn start_family(echo: &str, arguments: &[&str]) -> RelayProcess {
        let page_dir = page_dir();
        let mut relay = RelayProcess::serve(echo, ANY, page_dir.path(), arguments);
        relay.page_dir = Some(page_dir);
        relay
    }

    /// The same, with the page on every address, as in a lecture hall; its log goes to `log`.
    pub fn start_hall(arguments: &[&str], log: (&str, Stdio)) -> RelayProcess {
        let (page_dir, everywhere) = (page_dir(), "0.0.0.0:0");
        let mut relay =
            RelayProcess::serve_logging(ANY, everywhere, page_dir.path(), arguments, log);
        relay.page_dir = Some(page_dir);
        relay
    }

    /// The same, with the echo server at that address, which others can reach; its log goes to `log`.
    pub fn start_open(echo: &str, arguments: &[&str], log: Stdio) -> RelayProcess {
        let page_dir = page_dir();
        let log = ("warn", log);
        let mut relay = RelayProcess::serve_logging(echo, ANY, page_dir.path(), arguments, log);
        relay.page_dir = Some(page_dir);
        relay
    }

    /// The same, with a page of one's own.
    pub fn start_with(page_dir: TempDir, arguments: &[&str]) -> RelayProcess {
        let mut relay = RelayProcess::serve(ANY, ANY, page_dir.path(), arguments);
        relay.page_dir = Some(page_dir);
        relay
    }

    /// The same, with the real page, which `cargo xtask test` has built.
    pub fn start_with_built_page(arguments: &[&str]) -> RelayProcess {
        RelayProcess::serve(ANY, ANY, &built_page(), arguments)
    }

    /// The same, where nobody else ever is: it can be [started again](Self::start_again) there.
    pub fn start_with_built_page_apart(arguments: &[&str]) -> RelayProcess {
        RelayProcess::serve(APART, APART, &built_page(), arguments)
    }

    /// Another process in the place of this one, which has ended.
    pub fn start_again(&mut self, arguments: &[&str]) {
        assert!(!self.is_alive());
        let (echo, page) = (self.echo.to_string(), self.page.to_string());
        *self = RelayProcess::serve(&echo, &page, &built_page(), arguments);
    }

    /// The same as `start`, with a log that tells all, written to `log`.
    pub fn start_with_log(log: Stdio) -> RelayProcess {
        RelayProcess::start_with_log_and(log, &[])
    }

    /// The same, with further arguments.
    pub fn start_with_log_and(log: Stdio, arguments: &[&str]) -> RelayProcess {
        let page_dir = page_dir();
        let log = ("debug", log);
        let mut relay = RelayProcess::serve_logging(ANY, ANY, page_dir.path(), arguments, log);
        relay.page_dir = Some(page_dir);
        relay
    }

    /// One whose echo server is there, and not on a free port; its log goes to `log`.
    pub fn start_at_logging(echo: &str, log: Stdio) -> RelayProcess {
        let page_dir = page_dir();
        let mut relay = RelayProcess::serve_logging(echo, ANY, page_dir.path(), &[], ("warn", log));
        relay.page_dir = Some(page_dir);
        relay
    }

    fn serve(echo: &str, page: &str, page_dir: &Path, arguments: &[&str]) -> RelayProcess {
        let log = ("warn", Stdio::inherit());
        RelayProcess::serve_logging(echo, page, page_dir, arguments, log)
    }

    /// The same as `start`, by a shell that has done something first; its log goes to `log`.
    pub fn start_after(shell: &str, arguments: &[&str], log: Stdio) -> RelayProcess {
        let page_dir = page_dir();
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{shell}\nexec \"$0\" \"$@\"")])
            .arg(binary());
        let log = ("warn", log);
        let mut relay = RelayProcess::serve_by(command, ANY, ANY, page_dir.path(), arguments, log);
        relay.page_dir = Some(page_dir);
        relay
    }

    fn serve_logging(
        echo: &str,
        page: &str,
        page_dir: &Path,
        arguments: &[&str],
        log: (&str, Stdio),
    ) -> RelayProcess {
        let command = Command::new(binary());
        RelayProcess::serve_by(command, echo, page, page_dir, arguments, log)
    }

    fn serve_by(
        mut command: Command,
        echo: &str,
        page: &str,
        page_dir: &Path,
        arguments: &[&str],
        (level, log): (&str, Stdio),
    ) -> RelayProcess {
        let mut child = command
            .args(["--echo", echo, "--page", page, "--page-dir"])
            .arg(page_dir)
            .args(arguments)
            .env("RUST_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = StdBufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = |before: &str, behind: &str| {
            let line = lines.next().expect("the relay says where it is").unwrap();
            let said = line
                .strip_prefix(before)
                .and_then(|l| l.strip_suffix(behind));
            said.unwrap_or_else(|| panic!("{line}")).to_owned()
        };
        let echo = said("echo ", "");
        let address: Address = echo
            .strip_prefix("tcp://")
            .unwrap_or(&echo)
            .parse()
            .unwrap();
        let url = said("page ", "");
        let mut page = page_of(&url);
        let is_near = |at: SocketAddr| at.ip().is_loopback();
        let is_alone = is_near(page)
            && address.inet().is_none_or(is_near)
            && !arguments.contains(&"--hall")
            && !arguments.contains(&"--trusted-proxy");
        let link = (!is_alone).then(|| {
            let link = said("lecturer ", "");
            said("guests ", "");
            link
        });
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        if page.ip().is_unspecified() {
            page.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        RelayProcess {
            child,
            echo: address.inet().unwrap_or(nowhere),
            address,
            page,
            url,
            link,
            page_dir: None,
        }
    }

    /// The page's address, as a browser takes it.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends TERM and waits for the end.
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let kill = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for the end, which comes by itself.
    pub fn wait(&mut self) -> ExitStatus {
        let ends = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None => assert!(Instant::now() < ends, "it does not end"),
            }
            std::thread::yield_now();
        }
    }

    /// Ends it without a chance to say anything.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Has it not ended by itself?
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// `/events.ndjson` with this query; the header has been read.
    pub async fn lines(&self, query: &str) -> Lines {
        Lines::open(self.page, query).await
    }

    /// `/mirror` with this query; the header has been read.
    pub async fn mirror(&self, query: &str) -> Mirror {
        let stream = TcpStream::connect(self.page).await.unwrap();
        self.mirror_over(stream, query).await
    }

    /// The same over a connection with options of one's own.
    pub async fn mirror_over(&self, stream: TcpStream, query: &str) -> Mirror {
        let url = format!("ws://{}/mirror{query}", self.page);
        let request = url.into_client_request().unwrap();
        self.try_mirror(stream, request).await.unwrap()
    }

    /// The same, asked for by a request of one's own; Err: the status of the refusal.
    pub async fn try_mirror(
        &self,
        stream: TcpStream,
        request: tungstenite::handshake::client::Request,
    ) -> Result<Mirror, u16> {
        let (socket, _) = match client_async(request, stream).await {
            Err(tungstenite::Error::Http(answer)) => return Err(answer.status().as_u16()),
            upgraded => upgraded.unwrap(),
        };
        let mut mirror = Mirror {
            socket,
            header: None,
            ahead: Vec::new(),
            asked: 0,
        };
        match mirror.next().await {
            FromRelay::Header(header) => mirror.header = Some(*header),
            other => panic!("the header comes first, not {other:?}"),
        }
        Ok(mirror)
    }
}

fn page_of(url: &str) -> SocketAddr {
    let authority = url.split('/').nth(2);
    authority.expect("an address").parse().unwrap()
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // Whoever finds a failed test's connection refused wants to know which it was.
        if let Ok(Some(status)) = self.child.try_wait() {
            println!("the relay on {} had ended before: {status}", self.page);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A reader of `/events.ndjson`.
pub struct Lines {
    /// The first line.
    pub header: Header,
    body: BufReader<TcpStream>,
}

impl Lines {
    /// `/events.ndjson` there with this query; the header has been read.
    pub async fn open(page: SocketAddr, query: &str) -> Lines {
        let mut stream = TcpStream::connect(page).await.unwrap();
        // HTTP 1.0, so that the body comes as it is.
        let request = format!("GET /events.ndjson{query} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut body = BufReader::new(stream);
        let mut line = String::new();
        loop {
            line.clear();
            body.read_line(&mut line).await.unwrap();
            if line == "\r\n" {
                break;
            }
            assert!(!line.is_empty(), "no answer");
        }
        line.clear();
        body.read_line(&mut line).await.unwrap();
        match json::parse_line(&line) {
            Ok(Line::Header(header)) => Lines { header, body },
            other => panic!("the header comes first, not {other:?}"),
        }
    }

    /// The next record, or None at the end of the stream.
    pub async fn try_next(&mut self) -> Option<Record> {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.body.read_line(&mut line)).await;
        match read.expect("a record comes").unwrap() {
            0 => None,
            _ => match json::parse_line(&line) {
                Ok(Line::Record(record)) => Some(record),
                other => panic!("{line}: {other:?}"),
            },
        }
    }

    /// The next record.
    pub async fn next(&mut self) -> Record {
        self.try_next().await.expect("the stream goes on")
    }

    /// All records up to the first for which `is_last` holds.
    pub async fn until(&mut self, mut is_last: impl FnMut(&Event) -> bool) -> Vec<Record> {
        let mut records = Vec::new();
        loop {
            let record = self.next().await;
            let last = is_last(&record.event);
            records.push(record);
            if last {
                return records;
            }
        }
    }
}

/// A viewer, as the page is one.
pub struct Mirror {
    /// The connection, for tests that are not polite.
    pub socket: WebSocketStream<TcpStream>,
    header: Option<Header>,
    /// Records that came while something else was waited for.
    ahead: Vec<Record>,
    asked: u32,
}

impl Mirror {
    /// The first message.
    pub fn header(&self) -> &Header {
        self.header.as_ref().unwrap()
    }

    /// The next message but for pings; None if the relay has closed.
    pub async fn try_next(&mut self) -> Option<FromRelay> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await;
            match message.expect("a message comes")? {
                Ok(Message::Binary(message)) => return Some(wire::decode(&message).unwrap()),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(other) => panic!("{other:?}"),
            }
        }
    }

    /// The next message.
    pub async fn next(&mut self) -> FromRelay {
        self.try_next().await.expect("the mirror goes on")
    }

    /// What is made of the first message of which something is. A beat comes each second: who gave
    /// each message its time would wait for ever.
    pub async fn first<T>(&mut self, mut made_of: impl FnMut(FromRelay) -> Option<T>) -> T {
        let first = async {
            loop {
                if let Some(made) = made_of(self.next().await) {
                    return made;
                }
            }
        };
        timeout(PATIENCE, first)
            .await
            .expect("what is waited for comes")
    }

    /// The next batch of records.
    pub async fn records(&mut self) -> Vec<Record> {
        if !self.ahead.is_empty() {
            return std::mem::take(&mut self.ahead);
        }
        self.first(|message| match message {
            FromRelay::Records(records) => Some(records),
            _ => None,
        })
        .await
    }

    /// The same as [`Mirror::first`], with the records before it kept.
    async fn first_but_records<T>(&mut self, mut made_of: impl FnMut(FromRelay) -> Option<T>) -> T {
        let mut ahead = std::mem::take(&mut self.ahead);
        let made = self.first(|message| match message {
            FromRelay::Records(records) => {
                ahead.extend(records);
                None
            }
            message => made_of(message),
        });
        let made = made.await;
        self.ahead = ahead;
        made
    }

    /// All records up to the batch with one for which `is_last` holds.
    pub async fn until(&mut self, mut is_last: impl FnMut(&Event) -> bool) -> Vec<Record> {
        let mut all = Vec::new();
        loop {
            let batch = self.records().await;
            let done = batch.iter().any(|record| is_last(&record.event));
            all.extend(batch);
            if done {
                return all;
            }
        }
    }

    /// What is told next of a recording.
    pub async fn recording(&mut self) -> Option<Recording> {
        self.first_but_records(|message| match message {
            FromRelay::Recording(recording) => Some(recording),
            _ => None,
        })
        .await
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, message: Message) -> Result<(), tungstenite::Error> {
        self.socket.send(message).await
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, request: Request) -> Result<(), Refusal> {
        self.asked += 1;
        let id = self.asked;
        let message = wire::encode(&FromPage { id, request });
        self.send(Message::binary(message)).await.unwrap();
        self.answer(id).await
    }

    /// Waits for the answer to the request of that id.
    pub async fn answer(&mut self, asked: u32) -> Result<(), Refusal> {
        self.first_but_records(|message| match message {
            FromRelay::Answer { id, refusal } => {
                assert_eq!(id, asked);
                Some(refusal.map_or(Ok(()), Err))
            }
            _ => None,
        })
        .await
    }

    /// Sets a policy.
    pub async fn set_policy(&mut self, conn: Option<protocol::Conn>, policy: Policy) {
        self.ask(Request::SetPolicy { conn, policy }).await.unwrap();
    }
}

/// Sends a request as it is, and returns all that comes back until the relay closes.
pub async fn http(page: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(page).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // A relay that refuses may reset what it did not read.
    let _ = read.expect("an answer comes");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The replies of the echo server without their stamps; what was sent has no `[`.
pub fn without_stamps(reply: &[u8]) -> Vec<u8> {
    const STAMP: usize = "[YYYY-MM-DD HH:MM:SS] ".len();
    let mut rest = reply;
    let mut bytes = Vec::new();
    while let Some(stamp) = rest.iter().position(|&byte| byte == b'[') {
        bytes.extend_from_slice(&rest[..stamp]);
        assert!(rest.len() >= stamp + STAMP, "a stamp is whole");
        rest = &rest[stamp + STAMP..];
    }
    bytes.extend_from_slice(rest);
    bytes
}
