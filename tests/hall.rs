//! The way into a lecture hall: what is printed, what is shown, and what is not.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::relay_process::{RelayProcess, binary, http, page_dir};

/// A relay that others can reach, by this machine's own address; killed when dropped.
pub struct Hall {
    child: Child,
    /// The link that drives.
    pub lecturer: String,
    /// Everybody's.
    pub guests: String,
    /// HOST:PORT of the echo server, as this machine reaches it.
    pub echo: String,
}

impl Hall {
    /// Starts one on free ports of all addresses.
    pub fn start(page_dir: &Path, arguments: &[&str]) -> Hall {
        let mut child = Command::new(binary())
            .args(["--hall", "--hall-address", "127.0.0.1"])
            .args(["--page", "0.0.0.0:0", "--echo", "0.0.0.0:0", "--page-dir"])
            .arg(page_dir)
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = |before: &str| {
            let line = lines.next().expect("the relay says where it is").unwrap();
            let said = line.strip_prefix(before).map(str::to_owned);
            said.unwrap_or_else(|| panic!("{line}"))
        };
        let echo = said("echo tcp://0.0.0.0:");
        said("page http://0.0.0.0:");
        Hall {
            child,
            lecturer: said("lecturer "),
            guests: said("guests "),
            echo: format!("127.0.0.1:{echo}"),
        }
    }

    /// Where the page listens, as this machine reaches it.
    pub fn page(&self) -> SocketAddr {
        let place = self.guests.strip_prefix("http://").unwrap();
        place.trim_end_matches('/').parse().unwrap()
    }

    /// The link that drives, by another way to the same page.
    pub fn link(&self, way: SocketAddr) -> String {
        let at = self.lecturer.find("/enter").unwrap();
        format!("http://{way}{}", &self.lecturer[at..])
    }

    /// What is answered to a GET without any cookie: head and body.
    fn get(&self, path: &str) -> (String, String) {
        let place = self.page();
        let mut stream = TcpStream::connect(place).unwrap();
        let request = format!("GET {path} HTTP/1.0\r\nHost: {place}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_hall_prints_two_links_and_shows_one() {
    let page = page_dir();
    let hall = Hall::start(page.path(), &[]);
    let (address, secret) = hall.lecturer.split_once("enter?token=").unwrap();
    assert_eq!(address, hall.guests);
    assert!(secret.len() >= 64, "{secret}");
    let (head, svg) = hall.get("/hall.svg");
    assert!(
        head.contains("200") && head.contains("image/svg+xml"),
        "{head}"
    );
    assert!(
        svg.starts_with("<svg") && !svg.contains("currentColor"),
        "{svg}"
    );
    assert!(!svg.contains(secret) && !head.contains(secret));
    // Guests may connect programs: the echo server is where the page is.
    assert!(TcpStream::connect(&hall.echo).is_ok());
}

#[tokio::test]
async fn who_shuts_guests_out_by_mistake_is_told() {
    let said = async |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        let relay = RelayProcess::start_with_log_and(Stdio::from(writer), arguments);
        // Its line comes behind those that are looked for. The log's end may be missing.
        http(relay.page, "GET / HTTP/1.0\r\nHost: evil\r\n\r\n").await;
        let (mut reader, mut said) = (BufReader::new(reader), String::new());
        while !said.contains("refused") {
            assert!(reader.read_line(&mut said).unwrap() > 0, "{said}");
        }
        said
    };
    let nobody = "nobody but this machine's user can reach this relay: add --hall";
    for (arguments, flags) in [
        (&["--guests", "viewer"][..], &["--guests"][..]),
        (&["--hide-bytes"], &["--hide-bytes"]),
        (&[], &[]),
    ] {
        let said = said(arguments).await;
        assert_eq!(said.matches(nobody).count(), flags.len(), "{said}");
        assert!(flags.iter().all(|flag| said.contains(flag)), "{said}");
    }
    let near = "which only this machine reaches: leave --page out";
    // The page is at loopback here, whatever else is said.
    let watched = ["--hall", "--guests", "viewer"];
    assert!(said(&watched).await.contains(near));
    let shown = ["--hall", "--hall-address", "belt.example"];
    assert!(!said(&shown).await.contains(near));
}

#[test]
fn where_there_is_no_hall_there_is_no_way_in() {
    let page = page_dir();
    let mut child = Command::new(binary())
        .args([
            "--page",
            "127.0.0.1:0",
            "--echo",
            "127.0.0.1:0",
            "--page-dir",
        ])
        .arg(page.path())
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next();
    let line = lines.next().unwrap().unwrap();
    let place = line
        .strip_prefix("page http://")
        .unwrap()
        .trim_end_matches('/');
    let mut stream = TcpStream::connect(place).unwrap();
    write!(stream, "GET /hall.svg HTTP/1.0\r\nHost: {place}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        answer.starts_with("HTTP/1.0 404") && answer.contains("--hall"),
        "{answer}"
    );
    assert_eq!(lines.count(), 0, "nothing but the two known lines");
}
