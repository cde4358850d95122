//! What cannot start says why in one line, and leaves nothing behind.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use crate::relay_process::{binary, page_dir};

const SAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../web/recordings/sample.ndjson"
);

fn run(arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).output().unwrap()
}

#[track_caller]
pub fn fails(arguments: &[&str], says: &[&str]) {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(output.stdout, b"", "nothing half started");
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in says {
        assert!(said.contains(part), "{part:?} is not in: {said}");
    }
}

#[test]
fn what_cannot_start_says_why() {
    let page = page_dir();
    let page = page.path().to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let free = "127.0.0.1:0";
    fails(
        &["--page-dir", page, "--echo", &taken, "--page", free],
        &["--echo", &taken, "in use", "--echo 127.0.0.1:0"],
    );
    fails(
        &[
            "serve",
            "--page-dir",
            page,
            "--echo",
            free,
            "--page",
            &taken,
        ],
        &["--page", &taken, "in use"],
    );
    fails(
        &["replay", SAMPLE, "--page-dir", page, "--page", "0.0.0.0:0"],
        &["--page", "loopback", "ssh"],
    );
    fails(&["--guests", "all"], &["--guests", "participant", "viewer"]);
    for wrong in ["0.0.0.0", "192.168.1.7:80", "http://a/?b"] {
        fails(
            &["--hall-address", wrong],
            &["--hall-address", "192.168.1.7"],
        );
    }
    fails(
        &["--page-dir", page, "--echo", "192.0.2.1:0", "--page", free],
        &["--echo", "192.0.2.1", "for example --echo 127.0.0.1:0"],
    );
    for wrong in ["nonsense", "127.0.0.1", "127.0.0.1:99999", ":1"] {
        fails(
            &["--page-dir", page, "--echo", wrong],
            &["--echo", "HOST:PORT"],
        );
    }
    fails(&[], &["--page-dir", "cargo run --release"]);
    let empty = tempfile::tempdir().unwrap();
    for dir in [empty.path(), Path::new("/nonexistent")] {
        let dir = dir.to_str().unwrap();
        fails(
            &["--page-dir", dir],
            &["--page-dir", "index.html", "cargo run --release"],
        );
    }
    fails(&["--bufsize", "0"], &["--bufsize", "65536"]);
    fails(&["--bag", "1048577"], &["--bag", "1048576"]);
    fails(&["--read-when", "soon"], &["--read-when", "queued:N"]);
    fails(
        &["--read-when", "queued:0"],
        &["--read-when", "1 to 1048576"],
    );
    fails(&["--pause", "200"], &["--pause", "200ms"]);
    fails(&["--unknown"], &["--unknown", "--help"]);
    fails(&["--pause", "-1s"], &["--pause", "60000ms"]);
    fails(&["--backlog", "-1"], &["--backlog", "65535"]);
    fails(&["--bufsize", "x"], &["--bufsize", "1 to 65536"]);
    fails(
        &["--read-when", "queued:99999999999"],
        &["--read-when", "1 to 1048576"],
    );
    for wrong in ["", "http://x", "x:8080"] {
        fails(&["--allow-host", wrong], &["--allow-host", "bare name"]);
    }
    fails(&["--bag", "5", "serve"], &["serve", "--bag"]);
    for wrong in ["slides.example", "https://*.example", "https://a/b", "null"] {
        fails(
            &["--allow-frame", wrong],
            &["--allow-frame", "https://slides.example"],
        );
    }
    let places = ["--page-dir", page, "--echo", free, "--page", free];
    let with = |more: [&'static str; 2]| [&places[..], &more].concat();
    fails(
        &with(["--record", "/dev/full"]),
        &["--record /dev/full", "name a new file"],
    );
    fails(
        &with(["--record", "/nonexistent/a.ndjson"]),
        &["--record /nonexistent/a.ndjson", "make it first"],
    );
    fails(
        &with(["--record-dir", "/nonexistent"]),
        &["--record-dir /nonexistent", "make it first"],
    );
    fails(
        &with(["--record-dir", "/dev/null"]),
        &["--record-dir /dev/null", "name a directory"],
    );
}

#[test]
fn what_is_no_recording_is_named() {
    let page = page_dir();
    let no_recording = page.path().join("index.html");
    let no_recording = no_recording.to_str().unwrap();
    let page = page.path().to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let new = out.path().join("new");
    let new = new.to_str().unwrap();
    fails(&["replay"], &["<FILE>"]);
    for (file, why) in [
        (no_recording, "no header"),
        ("/nonexistent.ndjson", "No such file"),
        ("/dev/zero", "not a file"),
        (page, "not a file"),
    ] {
        fails(&["replay", "--page-dir", page, file], &[file, why]);
        fails(&["export", "--page-dir", page, new, file], &[file, why]);
    }
    assert!(!Path::new(new).exists(), "nothing half written");
    // The file that was named comes before the page that was not.
    fails(&["replay", "/nonexistent.ndjson"], &["/nonexistent.ndjson"]);
    fails(&["replay", SAMPLE], &["--page-dir", "cargo run --release"]);
}

#[test]
fn the_version_is_told() {
    let output = run(&["--version"]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("fruitbelt 0."), "{said}");
}
