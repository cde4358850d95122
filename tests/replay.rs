//! `fruitbelt replay` and `fruitbelt export`: recordings with the page, and no relay; and whose pages
//! may show it in a frame.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use protocol::{Header, Run, Seq, Sources, json};
use serde_json::{Value, json};

use crate::relay_process::{RelayProcess, binary, http, page_dir};

/// A running replay; killed when dropped.
pub struct Replay {
    child: Child,
    /// Where it serves the page.
    pub page: SocketAddr,
}

impl Replay {
    /// Serves these files; the page of that folder.
    pub fn start(page_dir: &Path, files: &[&Path], arguments: &[&str]) -> Replay {
        let mut child = Command::new(binary())
            .args(["replay", "--page", "127.0.0.1:0", "--page-dir"])
            .arg(page_dir)
            .args(files)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let page = line.trim_end().strip_prefix("page http://");
        let page = page.and_then(|page| page.strip_suffix('/'));
        let page = page.expect("it says where it is").parse().unwrap();
        Replay { child, page }
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.page)
    }

    /// Status, headers and body.
    async fn get(&self, target: &str) -> (u16, String, String) {
        get(self.page, target, "Host: localhost\r\n").await
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn get(page: SocketAddr, target: &str, headers: &str) -> (u16, String, String) {
    let request = format!("GET {target} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    let answer = http(page, &request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (
        status.unwrap_or(0),
        head.to_ascii_lowercase(),
        body.to_owned(),
    )
}

/// A recording with a header and nothing else.
fn recording(dir: &Path, name: &str) -> std::path::PathBuf {
    let path = dir.join(name);
    let header = Header {
        format: protocol::wire::VERSION,
        run: Run(7),
        started_unix_millis: 0,
        head: Seq(0),
        program: "test".into(),
        system: "test".into(),
        sources: Sources::portable(),
    };
    fs::write(&path, json::header_line(&header) + "\n").unwrap();
    path
}

fn list(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn recordings_are_served_with_the_page_and_nothing_else_is() {
    let (page, files, others) = (
        page_dir(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let first = recording(files.path(), "belt.ndjson");
    let second = recording(others.path(), "belt.ndjson");
    let packed = recording(others.path(), "packed.ndjson");
    assert!(
        Command::new("gzip")
            .arg(&packed)
            .status()
            .unwrap()
            .success()
    );
    let packed = others.path().join("packed.ndjson.gz");
    let replay = Replay::start(page.path(), &[&first, &second, &packed], &[]);

    let (status, _, body) = replay.get("/recordings.json").await;
    assert_eq!(status, 200);
    let bytes = |path: &Path| fs::metadata(path).unwrap().len();
    let expect = json!({ "live": false, "recordings": [
        { "name": "belt", "file": "recordings/belt.ndjson", "bytes": bytes(&first) },
        { "name": "belt-2", "file": "recordings/belt-2.ndjson", "bytes": bytes(&second) },
        { "name": "packed", "file": "recordings/packed.ndjson.gz", "bytes": bytes(&packed) },
    ]});
    assert_eq!(list(&body), expect);
    assert!(
        !body.contains(files.path().to_str().unwrap()),
        "no path is told"
    );

    assert_eq!(replay.get("/").await.0, 200);
    let (status, head, body) = replay.get("/recordings/belt.ndjson").await;
    assert_eq!(
        (status, body.as_bytes()),
        (200, &fs::read(&first).unwrap()[..])
    );
    assert!(
        head.contains("content-type: application/x-ndjson"),
        "{head}"
    );
    assert!(head.contains("frame-ancestors 'self'"), "{head}");
    let (status, head, _) = replay.get("/recordings/packed.ndjson.gz").await;
    assert_eq!(status, 200);
    assert!(
        !head.contains("content-encoding"),
        "the page unpacks it itself: {head}"
    );

    // It may grow while it is served.
    let mut growing = fs::OpenOptions::new().append(true).open(&first).unwrap();
    growing.write_all(b"{\"seq\":1}\n").unwrap();
    let (_, _, body) = replay.get("/recordings/belt.ndjson").await;
    assert!(body.ends_with("{\"seq\":1}\n"));
    let (_, _, body) = replay.get("/recordings.json").await;
    assert_eq!(list(&body)["recordings"][0]["bytes"], bytes(&first));
    fs::remove_file(&first).unwrap();
    assert_eq!(replay.get("/recordings/belt.ndjson").await.0, 404);

    for none in [
        "/mirror",
        "/events.ndjson",
        "/recording.ndjson",
        "/recordings/packed.ndjson",
        "/recordings/../index.html",
        "/recordings/%2e%2e%2findex.html",
        "/recordings/",
    ] {
        assert_eq!(replay.get(none).await.0, 404, "{none}");
    }
    let evil = "Host: evil.example\r\n";
    assert_eq!(get(replay.page, "/recordings.json", evil).await.0, 403);
    let evil = "Host: localhost\r\nOrigin: http://evil.example\r\n";
    assert_eq!(
        get(replay.page, "/recordings/belt-2.ndjson", evil).await.0,
        403
    );
}

#[tokio::test]
async fn a_replay_ends_when_it_is_told() {
    let page = page_dir();
    let file = recording(page.path(), "a.ndjson");
    let mut replay = Replay::start(page.path(), &[&file], &[]);
    let pid = replay.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(replay.child.wait().unwrap().success());
}

#[tokio::test]
async fn a_live_page_lists_what_lies_beside_it() {
    let relay = RelayProcess::start(&[]);
    let (_, _, body) = get(relay.page, "/recordings.json", "Host: localhost\r\n").await;
    assert_eq!(list(&body), json!({ "live": true, "recordings": [] }));
    let page = page_dir();
    let sample = json!({ "name": "sample", "file": "recordings/sample.ndjson", "bytes": 3 });
    let beside = json!({ "live": false, "recordings": [sample] });
    fs::write(page.path().join("recordings.json"), beside.to_string()).unwrap();
    fs::create_dir(page.path().join("recordings")).unwrap();
    fs::write(page.path().join("recordings/sample.ndjson"), "{}\n").unwrap();
    let relay = RelayProcess::start_with(page, &[]);
    let (_, _, body) = get(relay.page, "/recordings.json", "Host: localhost\r\n").await;
    assert_eq!(list(&body), json!({ "live": true, "recordings": [sample] }));
    let (status, _, body) = get(
        relay.page,
        "/recordings/sample.ndjson",
        "Host: localhost\r\n",
    )
    .await;
    assert_eq!((status, body.as_str()), (200, "{}\n"));
}

#[test]
fn an_export_is_a_folder_with_all_that_is_needed() {
    let (page, out) = (page_dir(), tempfile::tempdir().unwrap());
    for (name, text) in [
        ("assets/a.svg", "svg"),
        ("recordings/sample.ndjson", "own"),
        ("recordings.json", "own"),
        ("recordings.json.br", "own"),
    ] {
        let path = page.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let file = recording(out.path(), "belt.ndjson");
    let site = out.path().join("site");
    let export = || {
        Command::new(binary())
            .args(["export", "--page-dir"])
            .args([page.path(), &site, &file])
            .output()
            .unwrap()
    };
    let done = export();
    assert!(done.status.success(), "{done:?}");
    let text = |name: &str| fs::read_to_string(site.join(name)).unwrap();
    assert_eq!(text("assets/a.svg"), "svg");
    assert_eq!(
        text("index.html"),
        fs::read_to_string(page.path().join("index.html")).unwrap()
    );
    assert_eq!(
        text("recordings/belt.ndjson"),
        fs::read_to_string(&file).unwrap()
    );
    let expect = json!({ "live": false, "recordings": [
        { "name": "belt", "file": "recordings/belt.ndjson", "bytes": fs::metadata(&file).unwrap().len() },
    ]});
    assert_eq!(list(&text("recordings.json")), expect);
    for gone in ["recordings/sample.ndjson", "recordings.json.br"] {
        assert!(!site.join(gone).exists(), "{gone} is the page's own");
    }
    let again = export();
    assert_eq!(again.status.code(), Some(2));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        said.contains("is not empty; name a new or empty directory"),
        "{said}"
    );
}

#[test]
fn the_sample_is_listed_as_it_is() {
    let listed = list(include_str!("../web/recordings.json"));
    let sample = include_str!("../web/recordings/sample.ndjson");
    let expect = json!({ "live": false, "recordings": [
        { "name": "sample", "file": "recordings/sample.ndjson", "bytes": sample.len() },
    ]});
    assert_eq!(listed, expect);
    let last = sample.lines().map(json::parse_line).next_back();
    assert!(matches!(last, Some(Ok(json::Line::Record(_)))), "{last:?}");
}

#[tokio::test]
async fn only_a_named_origin_may_frame_the_page() {
    let page = page_dir();
    let file = recording(page.path(), "a.ndjson");
    let named = [
        "--allow-frame",
        "https://slides.example",
        "--allow-frame",
        "http://localhost:8000",
    ];
    let replay = Replay::start(page.path(), &[&file], &named);
    let relay = RelayProcess::start(&named);
    for port in [replay.page, relay.page] {
        for (referrer, expect) in [
            ("Referer: https://slides.example/\r\n", 200),
            ("Referer: http://localhost:8000/deck\r\n", 200),
            ("", 200),
            ("Referer: https://evil.example/\r\n", 403),
        ] {
            let headers = format!(
                "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\
                 Sec-Fetch-Dest: iframe\r\n{referrer}"
            );
            let (status, head, _) = get(port, "/?embed", &headers).await;
            assert_eq!(status, expect, "{referrer}");
            // The browser, too, holds others off.
            let frames = "frame-ancestors 'self' https://slides.example http://localhost:8000\r\n";
            assert!(head.contains(frames), "{head}");
        }
    }
}
