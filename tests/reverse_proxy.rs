//! The page below a path, behind a proxy that is trusted: one of a few lines, and, where they are
//! installed, nginx and Caddy as `docs/reverse-proxy.md` sets them up.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Command, Stdio},
};

use protocol::{Right, wire::FromRelay};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;

use crate::{
    certificate::{Certificate, next, web_socket},
    proxy::Proxy,
    relay_process::{RelayProcess, http},
};

const NAME: &str = "belt.example";
const OPTIONS: [&str; 6] = [
    "--base-path",
    "/belt",
    "--trusted-proxy",
    "127.0.0.1",
    "--allow-host",
    NAME,
];

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n")
}

#[tokio::test]
async fn all_is_below_the_base_path() {
    let relay = RelayProcess::start(&["--base-path", "/belt/"]);
    assert_eq!(relay.url(), format!("http://{}/belt/", relay.page));
    for (target, expect, says) in [
        ("/belt/", "200", "<title>t</title>"),
        ("/belt/index.html", "200", "<title>t</title>"),
        ("/belt/healthz", "200", "ok\n"),
        ("/belt/recordings.json", "200", "\"live\":true"),
        ("/belt/recording.ndjson", "200", "\"program\""),
        ("/belt/missing", "404", "the page has no such file\n"),
        ("/belt", "307", "location: /belt/\r\n"),
        ("/belt?lang=zh", "307", "location: /belt/?lang=zh\r\n"),
        ("/", "404", "the page is below /belt/\n"),
        ("/healthz", "404", "the page is below /belt/\n"),
        ("/mirror", "404", "the page is below /belt/\n"),
        ("/belts/healthz", "404", "the page is below /belt/\n"),
        ("/belt/../healthz", "404", ""),
        ("//belt/healthz", "404", "the page is below /belt/\n"),
    ] {
        let answer = http(relay.page, &get(target, "Host: localhost\r\n")).await;
        assert_eq!(status(&answer), expect, "{target}: {answer}");
        assert!(answer.contains(says), "{target}: {answer}");
        assert!(answer.contains("nosniff"), "{target}: {answer}");
        // Who may not ask is not told where the page is.
        let answer = http(relay.page, &get(target, "Host: evil.example\r\n")).await;
        assert_eq!(status(&answer), "403", "{target}: {answer}");
    }
    // Another site may link to the page, with and without its last slash, and to nothing else.
    for (target, expect) in [
        ("/belt/", "200"),
        ("/belt", "307"),
        ("/belt/healthz", "403"),
        ("/", "403"),
    ] {
        let headers = "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n\
                       Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
        let answer = http(relay.page, &get(target, headers)).await;
        assert_eq!(status(&answer), expect, "{target}: {answer}");
    }
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed() {
    let trusting = RelayProcess::start(&OPTIONS);
    let distrusting = RelayProcess::start(&[
        "--base-path",
        "/belt",
        "--trusted-proxy",
        "192.0.2.0/24",
        "--allow-host",
        NAME,
    ]);
    let host = format!("Host: {NAME}\r\n");
    for (said, trusted, distrusted) in [
        ("", "200", "200"),
        ("X-Forwarded-Host: evil.example\r\n", "403", "200"),
        ("X-Forwarded-Host: localhost\r\n", "200", "200"),
        (
            "X-Forwarded-Host: a\r\nX-Forwarded-Host: a\r\n",
            "400",
            "200",
        ),
        ("X-Forwarded-Proto: gopher\r\n", "400", "200"),
        ("X-Forwarded-For: me\r\n", "400", "200"),
        ("X-Forwarded-For: me, 192.0.2.7\r\n", "200", "200"),
        (
            "X-Forwarded-Proto: https\r\nOrigin: https://belt.example\r\n",
            "200",
            "403",
        ),
        (
            "X-Forwarded-Proto: https\r\nOrigin: http://belt.example\r\n",
            "403",
            "200",
        ),
    ] {
        for (relay, expect) in [(&trusting, trusted), (&distrusting, distrusted)] {
            let request = get("/belt/healthz", &format!("{host}{said}"));
            let answer = http(relay.page, &request).await;
            assert_eq!(status(&answer), expect, "{said}: {answer}");
            if expect == "400" {
                assert!(answer.contains("docs/reverse-proxy.md\n"), "{answer}");
            }
        }
    }
}

/// What a visitor sees of a relay behind a proxy that is set up well.
async fn check(certificate: &Certificate, proxy: SocketAddr, relay: &RelayProcess) {
    let get = async |target: &str, headers: &str| {
        let request = get(target, &format!("Host: {NAME}\r\n{headers}"));
        certificate.http(proxy, NAME, &request).await
    };
    // What visitors say of themselves is never passed on.
    for said in [
        "",
        "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\n",
        "X-Forwarded-For: me, 192.0.2.7\r\nX-Forwarded-For: 127.0.0.1\r\n",
        "Origin: https://belt.example\r\n",
    ] {
        let answer = get("/belt/healthz", said).await;
        assert_eq!(status(&answer), "200", "{said}: {answer}");
    }
    for origin in ["http://belt.example", "https://evil.example", "null"] {
        let answer = get("/belt/healthz", &format!("Origin: {origin}\r\n")).await;
        assert_eq!(status(&answer), "403", "{origin}: {answer}");
    }
    let answer = get("/belt?lang=zh", "").await;
    let led = ["/belt/?lang=zh", "https://belt.example/belt/?lang=zh"];
    let location = answer.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location").then_some(value)
    });
    assert!(led.map(Some).contains(&location), "{answer}");

    let stream = certificate.connect(proxy, NAME).await;
    let origin = ("origin", "https://belt.example");
    let url = "wss://belt.example/belt/mirror";
    let mut socket = web_socket(stream, url, &[origin]).await.unwrap();
    // Though the proxy comes from loopback, who comes by it is a guest.
    assert_eq!(right(&mut socket).await, Right::Participant);

    let link = relay.link.as_deref().unwrap();
    let (_, token) = link.rsplit_once('?').unwrap();
    let answer = get(&format!("/belt/enter?{token}"), "").await;
    assert_eq!(status(&answer), "303", "{answer}");
    let mut cookies = answer.lines().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie").then_some(value)
    });
    let cookie = cookies.find(|it| it.contains("Path=/belt/mirror;"));
    let cookie = cookie.unwrap_or_else(|| panic!("{answer}"));
    for word in ["; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let (cookie, _) = cookie.split_once(';').unwrap();
    let stream = certificate.connect(proxy, NAME).await;
    let headers = [origin, ("cookie", cookie)];
    let mut socket = web_socket(stream, url, &headers).await.unwrap();
    assert_eq!(right(&mut socket).await, Right::Lecturer);

    let stream = certificate.connect(proxy, NAME).await;
    let foreign = ("origin", "https://evil.example");
    assert!(web_socket(stream, url, &[foreign]).await.is_err());
}

/// What a viewer is told that they may do.
async fn right<S>(socket: &mut WebSocketStream<S>) -> Right
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let message = next(socket).await.expect("the mirror goes on");
        if let FromRelay::Hall(hall) = message {
            return hall.right;
        }
    }
}

#[tokio::test]
async fn it_works_behind_a_proxy() {
    let certificate = Certificate::of(&[NAME]);
    let relay = RelayProcess::start(&OPTIONS);
    let proxy = Proxy::before(relay.page, &certificate).await.unwrap();
    check(&certificate, proxy.addr, &relay).await;
}

/// The block of that language in the documentation.
fn documented(language: &str) -> String {
    let text = include_str!("../docs/reverse-proxy.md");
    let (_, block) = text.split_once(&format!("```{language}\n")).unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

/// A free port of an address that only the test of that number uses, so that nobody takes it.
fn apart(number: u8) -> SocketAddr {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, number], 0))).unwrap();
    listener.local_addr().unwrap()
}

/// With each of these texts, which must be there, replaced.
fn replaced(mut text: String, pairs: &[(&str, &str)]) -> String {
    for (from, to) in pairs {
        assert!(text.contains(from), "{from} is not in: {text}");
        text = text.replace(from, to);
    }
    text
}

/// A proxy that has gone into the background, ended when dropped.
struct Background {
    dir: TempDir,
}

impl Background {
    /// Runs a command that ends as soon as the proxy listens. None: there is no such program.
    fn start(dir: TempDir, program: &str, arguments: &[&str]) -> Option<Background> {
        let status = Command::new(program)
            .args(arguments)
            .current_dir(dir.path())
            .env("XDG_DATA_HOME", dir.path())
            .env("XDG_CONFIG_HOME", dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let Ok(status) = status else {
            println!("skipped: there is no {program}");
            return None;
        };
        let background = Background { dir };
        assert!(status.success(), "{}", background.said());
        Some(background)
    }

    fn said(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let pid = fs::read_to_string(self.dir.path().join("pid"));
        if let Ok(pid) = pid {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

fn path_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn it_works_behind_nginx_as_documented() {
    let certificate = Certificate::of(&[NAME]);
    let relay = RelayProcess::start(&OPTIONS);
    let dir = tempfile::tempdir().unwrap();
    let at = apart(81);
    let server = replaced(
        documented("nginx"),
        &[
            ("listen 443", &format!("listen {at}")),
            ("127.0.0.1:8567", &relay.page.to_string()),
            (" cert.pem", &format!(" {}", path_of(&certificate.file()))),
            (
                " key.pem",
                &format!(" {}", path_of(&certificate.key_file())),
            ),
        ],
    );
    // What a distribution sets outside of a site.
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = temporary.map(|it| format!("{it}_temp_path t;\n")).concat();
    let config = format!(
        "pid pid;\nerror_log log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{server}}}\n"
    );
    fs::write(dir.path().join("nginx.conf"), config).unwrap();
    let prefix = format!("{}/", path_of(dir.path()));
    let arguments = ["-p", &prefix, "-c", "nginx.conf", "-e", "log"];
    if let Some(nginx) = Background::start(dir, "nginx", &arguments) {
        check(&certificate, at, &relay).await;
        drop(nginx);
    }
}

#[tokio::test]
async fn it_works_behind_caddy_as_documented() {
    let certificate = Certificate::of(&[NAME]);
    let relay = RelayProcess::start(&OPTIONS);
    let dir = tempfile::tempdir().unwrap();
    let at = apart(82);
    let site = format!("{NAME}:{} {{\n    bind {}\n", at.port(), at.ip());
    let server = replaced(
        documented("caddy"),
        &[
            (&format!("{NAME} {{\n"), &site),
            ("127.0.0.1:8567", &relay.page.to_string()),
            (" cert.pem", &format!(" {}", path_of(&certificate.file()))),
            (
                " key.pem",
                &format!(" {}", path_of(&certificate.key_file())),
            ),
        ],
    );
    // Nothing but the site: no door for orders, no port for http.
    let config = format!("{{\n    admin off\n    auto_https off\n}}\n{server}");
    fs::write(dir.path().join("Caddyfile"), config).unwrap();
    let arguments = ["start", "--config", "Caddyfile", "--pidfile", "pid"];
    if let Some(caddy) = Background::start(dir, "caddy", &arguments) {
        check(&certificate, at, &relay).await;
        drop(caddy);
    }
}
