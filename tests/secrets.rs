//! The secrets of a lecture hall (the lecturer's link, the cookie that it is exchanged for, the ticket
//! of the browser that is opened) are looked for in all that a guest can get, in the log and in files.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
};

use protocol::{Conn, Refusal, Request, Right, wire::FromRelay};
use tempfile::tempdir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream, unix::pipe},
    time::timeout,
};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::{
    relay_process::{Lines, Mirror, PATIENCE, RelayProcess, binary, http},
    rights::{QUIET, cookie, driving, get, headers, of_this_machine, path, status, told, viewer},
    search::{Secret, none_below, none_in},
    tap::Tap,
};

/// A viewer behind a tap.
async fn watch(relay: &RelayProcess, tap: &Tap, query: &str, cookie: Option<&str>) -> Mirror {
    let url = format!("ws://{}/mirror{query}", tap.addr);
    let mut request = url.into_client_request().unwrap();
    if let Some(cookie) = cookie {
        let cookie = cookie.parse().unwrap();
        request.headers_mut().insert("cookie", cookie);
    }
    let stream = TcpStream::connect(tap.addr).await.unwrap();
    relay.try_mirror(stream, request).await.unwrap()
}

/// One request over a tap; HTTP 1.0, so that a body comes in one piece.
async fn ask(tap: &Tap, method: &str, target: &str, headers: &str) -> String {
    let host = tap.addr;
    http(
        tap.addr,
        &format!("{method} {target} HTTP/1.0\r\nHost: {host}\r\n{headers}\r\n"),
    )
    .await
}

/// What ends by itself when it is asked for.
const PATHS: [&str; 22] = [
    "/",
    "/index.html",
    "/boot.js",
    "/lessons.bin",
    "/healthz",
    "/hall.svg",
    "/recordings.json",
    "/recording.ndjson",
    "/recording.ndjson?lesson",
    "/recording.ndjson?run=0000000000000001&after=1",
    "/metrics",
    "/enter",
    "/enter?token=",
    "/enter?token=0000000000000000000000000000000000000000000000000000000000000000",
    "/enter/",
    "/mirror",
    "/mirror?lesson",
    "/events.ndjson?after=x",
    "/events.ndjson?after=18446744073709551616",
    "/recordings/",
    "/missing",
    "/%2e%2e/run.ndjson",
];

#[tokio::test]
async fn no_secret_is_in_what_a_guest_gets_nor_in_the_log_nor_in_a_file() {
    let folder = tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (run, by_request, log) = (place("run.ndjson"), place("by-request"), place("log"));
    fs::create_dir(&by_request).unwrap();
    let arguments = [
        "--hall",
        "--hall-address=127.0.0.1",
        "--log=json",
        "--record",
        &run,
        "--record-dir",
        &by_request,
    ];
    let logs = ("trace", File::create(&log).unwrap().into());
    let mut relay = RelayProcess::start_hall(&arguments, logs);
    let (lecturers, guests) = (Tap::before(relay.page).await, Tap::before(relay.page).await);

    // What the lecturer gets has them: the search can find what it looks for.
    let link = relay.link.clone().unwrap();
    let target = path(&relay);
    let token = Secret::new("the link's secret", target.split_once('=').unwrap().1);
    let entered = ask(&lecturers, "GET", &target, "").await;
    assert_eq!(status(&entered), "303");
    let cookie = headers(&entered, "set-cookie")[0]
        .split_once(';')
        .unwrap()
        .0;
    let session = Secret::new("the cookie", cookie.split_once('=').unwrap().1);
    let secrets = [&token, &session];
    assert!(token.is_in(link.as_bytes()));
    assert!(lecturers.asked().iter().any(|it| token.is_in(it)));
    assert!(lecturers.answered().iter().any(|it| session.is_in(it)));
    // Whoever enters is not told the link again.
    assert!(!token.is_in(entered.as_bytes()));

    // One guest is there before all that happens.
    let mut early = watch(&relay, &guests, "", None).await;
    let mut lecturer = watch(&relay, &lecturers, "", Some(cookie)).await;
    assert_eq!(told(&mut lecturer).await.right, Right::Lecturer);
    for request in driving(Conn(1)) {
        // Some of it cannot be just now, and that is told.
        let _ = lecturer.ask(request).await;
    }
    mistakes(&relay, &lecturers, &target, cookie).await;

    let run_id = early.header().run;
    for query in [
        String::new(),
        "?lesson".into(),
        "?after=0".into(),
        format!("?run={run_id}&after=0"),
        format!("?run={run_id}&after=5"),
        format!("?run={run_id}&after=999999"),
        "?run=0000000000000001&after=5".into(),
    ] {
        let mut guest = watch(&relay, &guests, &query, None).await;
        assert_eq!(told(&mut guest).await.right, Right::Participant);
        for request in driving(Conn(1)) {
            let needs = Right::Lecturer;
            assert_eq!(guest.ask(request).await, Err(Refusal::NotAllowed { needs }));
        }
        let _ = guest.ask(ANSWER).await;
        guest.ask(Request::Follow { on: false }).await.unwrap();
        Lines::open(guests.addr, &query).await.next().await;
    }
    for target in PATHS {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "TRACE"] {
            ask(&guests, method, target, "").await;
        }
    }
    for hostile in [
        "evil.example",
        "",
        "127.0.0.1\r\nOrigin: http://evil.example",
    ] {
        http(guests.addr, &get("/recording.ndjson", hostile, "")).await;
    }
    // Programs of this machine may read the figures; guests come from elsewhere.
    let elsewhere = "X-Forwarded-For: 192.0.2.7\r\n";
    assert_eq!(
        status(&ask(&guests, "GET", "/metrics", elsewhere).await),
        "403"
    );
    if let Some(lan) = of_this_machine(relay.page.port()) {
        let refused = http(lan, &get("/metrics", &lan.to_string(), "")).await;
        assert_eq!(status(&refused), "403");
    }
    let svg = ask(&guests, "GET", "/hall.svg", "").await;
    let code = relay::Code::of(link.split_once("enter?").unwrap().0);
    // The picture is the guests' address and nothing else.
    assert!(svg.ends_with(&code.unwrap().svg()), "{svg}");

    // What is told once a second has come, too.
    let mut beats = 0;
    while beats < 2 {
        beats += u32::from(matches!(early.next().await, FromRelay::Beat { .. }));
    }
    let cmdline = fs::read(format!("/proc/{}/cmdline", relay.pid())).unwrap();
    none_in(&secrets, "the command's arguments", &cmdline);
    assert!(relay.terminate().success());
    while early.try_next().await.is_some() {}

    let answered = guests.answered();
    assert!(answered.len() > PATHS.len());
    for (at, bytes) in answered.iter().enumerate() {
        let place = format!("what connection {at} got");
        none_in(&secrets, &place, &[b"> ", &bytes[..]].concat());
    }
    let logged = fs::read_to_string(&log).unwrap();
    // The lecturer's mistakes are told in it.
    assert!(logged.contains("\"level\":\"TRACE\"") && logged.contains("host name is not known"));
    make_of(&run, folder.path());
    let recorded = fs::read_dir(&by_request).unwrap().count();
    assert_eq!(recorded, 1);
    // Both recordings, the log, and what was made of them.
    assert!(none_below(&secrets, folder.path()) >= 3 + 4);
}

const ANSWER: Request = Request::Answer {
    step: 0,
    answer: 0,
    by: 7,
};

/// What a lecturer may do with the link and the cookie by mistake. None of it says them again.
async fn mistakes(relay: &RelayProcess, tap: &Tap, target: &str, cookie: &str) {
    let host = relay.page.to_string();
    let query = target.split_once('?').unwrap().1;
    let secret = query.split_once('=').unwrap().1;
    let long = format!("Cookie: {cookie}\r\nX: {}\r\n", "x".repeat(20 << 10));
    for request in [
        get(target, "evil.example", ""),
        get(target, &host, "Origin: http://evil.example\r\n"),
        get(target, &host, "").replacen("GET", "HEAD", 1),
        get(target, &host, "").replacen("GET", "POST", 1),
        get(target, &host, "").replacen("HTTP/1.1", "HTTP/9.9", 1),
        get(&format!("{target}&{query}"), &host, ""),
        get(&format!("/enter/?{query}"), &host, ""),
        // As some programs write a link that they pass on, and by a name that is not known.
        get(&format!("/enter%3F{query}"), "lecturers-laptop.local", ""),
        get(&format!("/{secret}"), "lecturers-laptop.local", ""),
        get(&format!("/enter?token={secret}0"), &host, ""),
        get(&format!("/?{query}"), &host, ""),
        get(&format!("/{secret}"), &host, ""),
        get(&format!("/mirror?{query}"), &host, ""),
        get(&format!("/recording.ndjson?after=x&{query}"), &host, ""),
        get("/", &host, &format!("Referer: http://{host}{target}\r\n")),
        get("/missing", &host, &format!("Cookie: {cookie}\r\n")),
        get("/mirror", "evil.example", &format!("Cookie: {cookie}\r\n")),
        get(
            "/mirror",
            &host,
            &format!("Cookie: {cookie}\r\nCookie : x\r\n"),
        ),
        get("/", &host, &long),
    ] {
        http(tap.addr, &request).await;
    }
}

/// All that can be made of a recording: a site, a trace and a table.
fn make_of(recording: &str, folder: &Path) {
    let page = crate::relay_process::page_dir();
    let (site, page) = (folder.join("site"), page.path().to_str().unwrap());
    let site = site.to_str().unwrap();
    let (trace, table) = (format!("{site}.json"), format!("{site}.csv"));
    for arguments in [
        &["export", site, recording, "--page-dir", page][..],
        &["convert", recording, "--to", "perfetto", "-o", &trace],
        &["convert", recording, "--to", "csv", "-o", &table],
    ] {
        let made = Command::new(binary()).args(arguments).status().unwrap();
        assert!(made.success(), "{arguments:?}");
    }
}

#[tokio::test]
async fn guests_who_only_watch_answer_nothing() {
    let relay = RelayProcess::start_hall(&["--guests=viewer"], QUIET());
    let mut guest = viewer(&relay, &[]).await.unwrap();
    assert_eq!(told(&mut guest).await.right, Right::Viewer);
    let needs = Right::Participant;
    assert_eq!(guest.ask(ANSWER).await, Err(Refusal::NotAllowed { needs }));
    for request in driving(Conn(1)) {
        let needs = Right::Lecturer;
        assert_eq!(guest.ask(request).await, Err(Refusal::NotAllowed { needs }));
    }
    guest.ask(Request::Follow { on: false }).await.unwrap();
    let cookie = cookie(&relay).await;
    let mut lecturer = viewer(&relay, &[("cookie", &cookie)]).await.unwrap();
    let refusal = lecturer.ask(ANSWER).await;
    assert_eq!(refusal, Err(Refusal::NoQuestion));
}

/// What is given to the browser that the relay opens, and the relay, which trusts a proxy here.
async fn opened(log: Stdio) -> (RelayProcess, String) {
    // In place of the program that opens a browser.
    let folder = tempdir().unwrap();
    let (opener, told) = (folder.path().join("xdg-open"), folder.path().join("told"));
    let (opener, told) = (opener.to_str().unwrap(), told.to_str().unwrap());
    let shell = format!(
        "mkfifo {told}\nprintf '#!/bin/sh\\necho \"$1\" > {told}\\n' > {opener}\n\
         chmod +x {opener}\nPATH={}:$PATH",
        folder.path().display()
    );
    let arguments = ["--hall", "--open", "--trusted-proxy=127.0.0.1"];
    let relay = RelayProcess::start_after(&shell, &arguments, log);
    // Both ways, so that it does not end before the other side has come.
    let mut told = pipe::OpenOptions::new()
        .read_write(true)
        .open_receiver(told)
        .unwrap();
    let mut address = String::new();
    while !address.ends_with('\n') {
        let byte = timeout(PATIENCE, told.read_u8()).await;
        address.push(byte.expect("a browser is opened").unwrap().into());
    }
    (relay, address.trim_end().to_owned())
}

#[tokio::test]
async fn the_ticket_of_an_opened_browser_is_good_once_and_on_this_machine() {
    let folder = tempdir().unwrap();
    let log = folder.path().join("log");
    let (relay, address) = opened(File::create(&log).unwrap().into()).await;
    let target = &address[address.find("/enter").unwrap()..];
    let digits = target.split_once('=').unwrap().1;
    let (ticket, link) = (
        Secret::new("the ticket", digits),
        relay.link.clone().unwrap(),
    );
    assert!(ticket.is_in(address.as_bytes()) && !ticket.is_in(link.as_bytes()));

    let host = relay.page.to_string();
    let asked = async |from: [u8; 4], headers: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        let mut stream = socket.connect(relay.page).await.unwrap();
        let request = get(target, &host, headers);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        status(&answer).to_owned()
    };
    // Another address than the relay's own is another machine; so is whoever comes by a proxy.
    assert_eq!(asked([127, 0, 0, 9], "").await, "403");
    let away = "X-Forwarded-For: 192.0.2.7\r\n";
    assert_eq!(asked([127, 0, 0, 1], away).await, "403");
    // None of these has used it up.
    assert_eq!(asked([127, 0, 0, 1], "").await, "303");
    assert_eq!(asked([127, 0, 0, 1], "").await, "403");
    // The link is good for any number of times, and from anywhere.
    let target = path(&relay);
    for _ in 0..2 {
        let answer = http(relay.page, &get(&target, &host, "")).await;
        assert_eq!(status(&answer), "303");
    }
    let mut guest = viewer(
        &relay,
        &[(
            "cookie",
            &format!("fruitbelt_{}={digits}", relay.page.port()),
        )],
    )
    .await
    .unwrap();
    assert_eq!(told(&mut guest).await.right, Right::Participant);
    drop(relay);
    let logged = fs::read(&log).unwrap();
    none_in(&[&ticket], "the log", &[b"> ", &logged[..]].concat());
}
