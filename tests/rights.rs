//! Who may do what on a relay that others can reach: by the lecturer's link, by a cookie, and by
//! what a hostile guest tries instead.

use std::net::{SocketAddr, UdpSocket};

use protocol::{
    Call, Conn, DatagramRequest, End, Event, Hall, LessonRequest, Moment, Pace, Picture, Policy,
    Refusal, Request, Right, Run, Spacing, wire::FromRelay,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};

use crate::relay_process::{Lines, Mirror, RelayProcess, http};

pub const QUIET: fn() -> (&'static str, std::process::Stdio) =
    || ("warn", std::process::Stdio::inherit());

/// An address of this machine that is not loopback, if it has one. Nothing is sent.
pub fn of_this_machine(port: u16) -> Option<SocketAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Of a network that nobody is in, so that it is nobody's broadcast address.
    socket.connect("198.51.100.1:9").ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some((ip, port).into())
}

/// The path of the lecturer's link: `/enter?token=…`.
pub fn path(relay: &RelayProcess) -> String {
    let link = relay.link.as_deref().unwrap();
    let at = link.find("/enter").unwrap();
    link[at..].to_owned()
}

pub fn get(target: &str, host: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n")
}

pub fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

pub fn headers<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    fields
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

/// Enters by the link; the cookie as `name=value`.
pub async fn cookie(relay: &RelayProcess) -> String {
    let host = relay.page.to_string();
    let answer = http(relay.page, &get(&path(relay), &host, "")).await;
    let set = headers(&answer, "set-cookie");
    set[0].split_once(';').unwrap().0.to_owned()
}

/// A viewer whose upgrade has these headers; Err: the status of the refusal.
pub async fn viewer(relay: &RelayProcess, headers: &[(&str, &str)]) -> Result<Mirror, u16> {
    let url = format!("ws://{}/mirror", relay.page);
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let name: tungstenite::http::HeaderName = name.parse().unwrap();
        match name.as_str() {
            "host" => request.headers_mut().insert(name, value.parse().unwrap()),
            _ => {
                request.headers_mut().append(name, value.parse().unwrap());
                None
            }
        };
    }
    let stream = TcpStream::connect(relay.page).await.unwrap();
    relay.try_mirror(stream, request).await
}

/// Who the relay says that this viewer is.
pub async fn told(mirror: &mut Mirror) -> Hall {
    mirror
        .first(|message| match message {
            FromRelay::Hall(hall) => Some(*hall),
            _ => None,
        })
        .await
}

async fn right(relay: &RelayProcess, headers: &[(&str, &str)]) -> Right {
    told(&mut viewer(relay, headers).await.unwrap()).await.right
}

/// One of each kind that only the lecturer may ask, each of which would do something.
pub fn driving(conn: Conn) -> Vec<Request> {
    let end = End::Server;
    let all = vec![
        Request::SetPolicy {
            conn: None,
            policy: Policy {
                bufsize: 7,
                ..Policy::default()
            },
        },
        Request::SetBacklog { backlog: 99 },
        Request::Send {
            conn: None,
            batches: vec![20, 50, 30],
            spacing: Spacing::GapMillis(0),
        },
        Request::SendBytes {
            conn: Some(conn),
            bytes: b"grape".to_vec(),
        },
        Request::Read {
            conn,
            end: End::Client,
            bytes: 1,
        },
        Request::Shutdown { conn, end },
        Request::Close { conn, end },
        Request::Reset { conn, end },
        Request::Accept { on: false },
        Request::ClientReads { conn, on: false },
        Request::Call {
            conn: Some(conn),
            call: Call::Getsockname,
        },
        Request::Datagrams(DatagramRequest::ReceiveBuffer { bytes: 4096 }),
        Request::Record { on: true },
        Request::Lesson(LessonRequest::Begin {
            lesson: "belt".into(),
        }),
        Request::Moment(Moment {
            by: 1,
            run: Run(1),
            at: None,
            pace: Pace::default(),
            picture: Picture::default(),
            is_paused: true,
            focus: None,
        }),
    ];
    for request in &all {
        // A new kind has to be tried here, too.
        match request {
            Request::SetPolicy { .. }
            | Request::SetBacklog { .. }
            | Request::Send { .. }
            | Request::SendBytes { .. }
            | Request::Read { .. }
            | Request::Shutdown { .. }
            | Request::Close { .. }
            | Request::Reset { .. }
            | Request::Accept { .. }
            | Request::ClientReads { .. }
            | Request::Call { .. }
            | Request::Datagrams(_)
            | Request::Record { .. }
            | Request::Lesson(_)
            | Request::Moment(_) => {}
            Request::Answer { .. } | Request::Follow { .. } => panic!("guests may"),
        }
    }
    all
}

#[tokio::test]
async fn only_the_lecturers_cookie_drives() {
    let folder = tempfile::tempdir().unwrap();
    let record_dir = ["--record-dir", folder.path().to_str().unwrap()];
    let relay = RelayProcess::start_hall(&record_dir, QUIET());
    let cookie = cookie(&relay).await;
    let (name, value) = cookie.split_once('=').unwrap();
    let mut lecturer = viewer(&relay, &[("cookie", &cookie)]).await.unwrap();
    assert_eq!(told(&mut lecturer).await.right, Right::Lecturer);
    let mut lines = relay.lines("").await;
    let client = Request::Send {
        conn: None,
        batches: vec![1],
        spacing: Spacing::GapMillis(0),
    };
    lecturer.ask(client).await.unwrap();
    let has_read = |event: &Event| matches!(event, Event::Read(e) if e.end == End::Client);
    lines.until(has_read).await;

    let token = path(&relay);
    let token = token.split_once('=').unwrap().1.to_owned();
    let last = value.len() - 1;
    let altered = format!(
        "{name}={}{}",
        &value[..last],
        if value.ends_with('0') { '1' } else { '0' }
    );
    let guesses = [
        None,
        Some(altered),
        Some(format!("{name}={token}")),
        Some(format!("{name}=")),
        Some(format!("{name}={}", "0".repeat(value.len()))),
        Some(format!("{}={value}", name.to_uppercase())),
    ];
    for guess in &guesses {
        let headers: Vec<_> = guess
            .iter()
            .map(|guess| ("cookie", guess.as_str()))
            .collect();
        let mut guest = viewer(&relay, &headers).await.unwrap();
        assert_eq!(
            told(&mut guest).await.right,
            Right::Participant,
            "{guess:?}"
        );
        for request in driving(Conn(1)) {
            let needs = Right::Lecturer;
            let asked = format!("{request:?}");
            assert_eq!(
                guest.ask(request).await,
                Err(Refusal::NotAllowed { needs }),
                "{asked}"
            );
        }
        // A link on the command line of a socket opens nothing.
        let query = format!("?token={token}");
        let stream = TcpStream::connect(relay.page).await.unwrap();
        let mut guest = relay.mirror_over(stream, &query).await;
        assert_eq!(told(&mut guest).await.right, Right::Participant);
    }
    // Nothing has happened up to what the lecturer does now. Samples come by themselves.
    lecturer
        .ask(Request::SetBacklog { backlog: 3 })
        .await
        .unwrap();
    let is_listening = |event: &Event| matches!(event, Event::Listening(_));
    let records = lines.until(is_listening).await;
    for record in &records {
        match &record.event {
            Event::Queues(_)
            | Event::Waiting(_)
            | Event::Unaccepted(_)
            | Event::DatagramQueue(_) => {}
            Event::Listening(e) => assert_eq!(e.backlog, 3),
            other => panic!("somebody did this: {other:?}"),
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    // What was refused is what the lecturer may.
    for request in driving(Conn(1)) {
        let asked = format!("{request:?}");
        let answer = lecturer.ask(request).await;
        assert!(
            !matches!(answer, Err(Refusal::NotAllowed { .. })),
            "{asked}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn the_link_is_exchanged_for_a_cookie() {
    let relay = RelayProcess::start_hall(&[], QUIET());
    let host = relay.page.to_string();
    let right = path(&relay);
    let answer = http(relay.page, &get(&right, &host, "")).await;
    assert_eq!(status(&answer), "303", "{answer}");
    assert_eq!(headers(&answer, "location"), ["./"]);
    assert_eq!(headers(&answer, "cache-control"), ["no-store"]);
    assert_eq!(headers(&answer, "referrer-policy"), ["no-referrer"]);
    let set = headers(&answer, "set-cookie");
    for cookie in &set {
        let parts: Vec<_> = cookie.split("; ").collect();
        let port = relay.page.port();
        assert!(
            parts[0].starts_with(&format!("fruitbelt_{port}=")),
            "{cookie}"
        );
        assert!(
            parts[1].starts_with("Path=/") && parts[1].len() > "Path=/".len(),
            "{cookie}"
        );
        assert_eq!(parts[2..], ["HttpOnly", "SameSite=Strict"], "{cookie}");
    }
    assert!(set.iter().any(|cookie| cookie.contains("; Path=/mirror;")));

    let token = right.split_once('=').unwrap().1;
    let altered = |text: &str| text.replace(&token[..8], "00000000");
    for wrong in [
        "/enter".to_owned(),
        "/enter?".into(),
        "/enter?token".into(),
        "/enter?token=".into(),
        format!("/enter?token={token}0"),
        format!("/enter?token={}", &token[1..]),
        format!("/enter?token={}", token.to_uppercase() + "A"),
        format!("/enter?Token={token}"),
        format!("/enter?token={}&token={token}", altered(token)),
        format!("/enter?token={token}&token={token}"),
        format!("/enter?token=%20{token}"),
        altered(&right),
    ] {
        let answer = http(relay.page, &get(&wrong, &host, "")).await;
        assert_eq!(status(&answer), "403", "{wrong}: {answer}");
        assert!(headers(&answer, "set-cookie").is_empty(), "{wrong}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.lines().count(), 1, "{body}");
        assert!(
            body.contains("lecturer's link") && !body.contains(token),
            "{body}"
        );
    }
    let query = right.split_once('?').unwrap().1;
    for wrong in [
        "//enter",
        "/enter/",
        "/enter/..",
        "/./enter",
        "/x/../enter",
        "/ENTER",
        "/%65nter",
        "/enter%2f",
        "/enter;x",
        "/mirror/../enter",
        "/healthz",
        "/",
    ] {
        let target = format!("{wrong}?{query}");
        let answer = http(relay.page, &get(&target, &host, "")).await;
        assert!(
            headers(&answer, "set-cookie").is_empty(),
            "{wrong}: {answer}"
        );
        assert_ne!(status(&answer), "303", "{wrong}");
        assert!(!answer.contains(token), "{wrong}: {answer}");
    }
    for method in ["HEAD", "POST", "PUT", "OPTIONS", "TRACE", "DELETE"] {
        let request = get(&right, &host, "").replacen("GET", method, 1);
        let answer = http(relay.page, &request).await;
        assert_eq!(status(&answer), "405", "{method}: {answer}");
        assert!(headers(&answer, "set-cookie").is_empty(), "{method}");
        assert!(!answer.contains(token), "{method}: {answer}");
    }

    // Where nobody else comes there is no link, and none is needed.
    let own = RelayProcess::start(&[]);
    assert_eq!(own.link, None);
    let answer = http(own.page, &get("/enter?token=x", "localhost", "")).await;
    assert_eq!(status(&answer), "404", "{answer}");
    let hall = told(&mut own.mirror("").await).await;
    assert_eq!((hall.right, hall.guests), (Right::Lecturer, None));
}

/// One connection may carry requests of several people, as a proxy's does.
#[tokio::test]
async fn a_right_is_that_of_the_request() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let relay = RelayProcess::start_hall(&["--hide-bytes"], QUIET());
    let cookie = cookie(&relay).await;
    let mut echo = TcpStream::connect(relay.echo).await.unwrap();
    let mut lines = relay.lines("").await;
    echo.write_all(b"persimmon").await.unwrap();
    lines.until(|event| matches!(event, Event::Read(_))).await;
    drop(lines);
    let in_base64 = "cGVyc2ltbW9u";
    let host = relay.page;
    let one =
        |headers: &str| format!("GET /recording.ndjson HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    let with = format!("Cookie: {cookie}\r\n");
    // In one packet, by turns.
    let requests = one(&with) + &one("") + &one(&with) + &one("Connection: close\r\n");
    let mut stream = TcpStream::connect(relay.page).await.unwrap();
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let shown: Vec<_> = answers
        .split("HTTP/1.1 200")
        .skip(1)
        .map(|answer| answer.contains(in_base64))
        .collect();
    assert_eq!(shown, [true, false, true, false]);
}

#[tokio::test]
async fn only_known_hosts_and_own_pages_may_ask() {
    let relay = RelayProcess::start_hall(&["--allow-host", "belt.example"], QUIET());
    let cookie = cookie(&relay).await;
    let port = relay.page.port();
    let lan = of_this_machine(port);
    let mut ways = vec![(relay.page, lan)];
    ways.extend(lan.map(|lan| (lan, Some(relay.page))));
    for (reached, other) in ways {
        let check = async |host: &str, headers: &str, expect: &str| {
            for target in [
                "/",
                "/events.ndjson?after=x",
                "/mirror",
                "/healthz",
                "/enter",
            ] {
                let headers = format!("Cookie: {cookie}\r\n{headers}");
                let answer = http(reached, &get(target, host, &headers)).await;
                let is_refused = answer.contains("known here") || answer.contains("origin may");
                assert_eq!(
                    is_refused,
                    expect == "403",
                    "{reached} {host} {headers}: {answer}"
                );
                if is_refused {
                    assert_eq!(status(&answer), "403");
                    assert!(headers_are_bare(&answer), "{answer}");
                }
            }
        };
        let own = reached.to_string();
        check(&own, "", "200").await;
        check(&format!("localhost:{port}"), "", "200").await;
        check("belt.example", "", "200").await;
        check(&own, &format!("Origin: http://{own}\r\n"), "200").await;
        for evil in [
            "evil.example".to_owned(),
            format!("evil.example:{port}"),
            format!("{}.evil.example", reached.ip()),
            "203.0.113.7".into(),
            format!("0.0.0.0:{port}"),
            format!("[::]:{port}"),
            "belt.example.evil.example".into(),
        ] {
            check(&evil, "", "403").await;
            // Nobody is trusted who only says so.
            for header in [
                "X-Forwarded-Host",
                "Forwarded",
                "X-Host",
                "X-Forwarded-Server",
            ] {
                check(&evil, &format!("{header}: {own}\r\n"), "403").await;
            }
        }
        // The address of the other way is not the one by which this one came, unless it is loopback.
        if let Some(other) = other {
            let expect = if other.ip().is_loopback() {
                "200"
            } else {
                "403"
            };
            check(&other.to_string(), "", expect).await;
        }
        for origin in [
            "http://evil.example".to_owned(),
            "null".into(),
            format!("https://{own}"),
            format!("http://{}:{}", reached.ip(), port ^ 1),
            format!("http://{}", reached.ip()),
            format!("http://localhost:{port}"),
        ] {
            check(&own, &format!("Origin: {origin}\r\n"), "403").await;
            let more = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n";
            check(&own, &format!("Origin: {origin}\r\n{more}"), "403").await;
        }
        // A socket's upgrade says its origin; a program's need not, and is a guest without a cookie.
        let evil = viewer(
            &relay,
            &[("origin", "http://evil.example"), ("cookie", &cookie)],
        )
        .await;
        assert_eq!(evil.err(), Some(403));
    }
}

fn headers_are_bare(answer: &str) -> bool {
    headers(answer, "set-cookie").is_empty()
        && headers(answer, "access-control-allow-origin").is_empty()
}

#[tokio::test]
async fn a_program_without_a_cookie_is_a_guest_whatever_it_says() {
    let relay = RelayProcess::start_hall(&[], QUIET());
    let cookie = cookie(&relay).await;
    let own = format!("http://{}", relay.page);
    let value = cookie.split_once('=').unwrap().1;
    for headers in [
        &[][..],
        &[("origin", own.as_str())],
        &[("x-forwarded-for", "127.0.0.1"), ("x-real-ip", "127.0.0.1")],
        &[("forwarded", "for=127.0.0.1;host=localhost")],
        &[("authorization", value), ("x-token", value)],
        &[("cookie2", &cookie), ("set-cookie", &cookie)],
        &[("host", "localhost")],
        &[("cookie", "fruitbelt=1; right=lecturer; Lecturer")],
    ] {
        assert_eq!(
            right(&relay, headers).await,
            Right::Participant,
            "{headers:?}"
        );
    }
    // One wrong cookie beside the right one, as another server on this machine could set it.
    let name = cookie.split_once('=').unwrap().0;
    let tossed = format!("{name}=0; {cookie}");
    for headers in [
        &[("cookie", tossed.as_str())][..],
        &[("cookie", &format!("{name}=0")), ("cookie", &cookie)],
        &[("cookie", &cookie), ("origin", &own)],
    ] {
        assert_eq!(right(&relay, headers).await, Right::Lecturer, "{headers:?}");
    }
}

#[tokio::test]
async fn the_cookie_of_one_relay_is_nothing_at_another() {
    let first = RelayProcess::start_hall(&[], QUIET());
    let second = RelayProcess::start_hall(&[], QUIET());
    let (of_first, of_second) = (cookie(&first).await, cookie(&second).await);
    let renamed = |cookie: &str, relay: &RelayProcess| {
        let value = cookie.split_once('=').unwrap().1;
        format!("fruitbelt_{}={value}", relay.page.port())
    };
    // A browser has one jar for all ports of a machine.
    let both = format!("{of_first}; {of_second}");
    for (relay, other) in [(&first, &of_second), (&second, &of_first)] {
        let lecturer = right(relay, &[("cookie", &both)]).await;
        assert_eq!(lecturer, Right::Lecturer);
        for wrong in [other.clone(), renamed(other, relay)] {
            assert_eq!(
                right(relay, &[("cookie", &wrong)]).await,
                Right::Participant
            );
        }
        let wrong = path(if other == &of_second { &second } else { &first });
        let answer = http(relay.page, &get(&wrong, "localhost", "")).await;
        assert_eq!(status(&answer), "403");
    }
}

/// The page stays at home, but the echo server does not: the link is needed all the same.
#[tokio::test]
async fn an_echo_server_for_others_asks_for_the_link_too() {
    let relay = RelayProcess::start_family("0.0.0.0:0", &[]);
    assert_eq!(right(&relay, &[]).await, Right::Participant);
    let cookie = cookie(&relay).await;
    assert_eq!(right(&relay, &[("cookie", &cookie)]).await, Right::Lecturer);
    let _: Lines = relay.lines("").await;
}
