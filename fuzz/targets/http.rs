//! A connection to the page's port of a relay in this process: HTTP, and what may follow it, over
//! memory. Whoever asks is a guest, by a page of their own or through a proxy.

use std::{net::SocketAddr, sync::LazyLock};

use memchr::memmem;
use relay::{Config, EchoConfig, HallConfig, InProcess, Limits, Listeners, Page, Token, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    net::TcpStream,
    runtime::Runtime,
    task::yield_now,
};

/// An input that begins so comes through a proxy that is trusted, and below a path.
const BY_PROXY: u8 = b'>';
/// Stands in an input for the secret of the lecturer's link.
const LINK: &[u8] = b"{link}";
/// Was sent to the echo server. Guests see its length only.
const SENT: &str = "persimmon";
const SENT_IN_BASE64: &str = "cGVyc2ltbW9u";
/// What a hostile peer may say at once, bytes: more than the relay holds of headers.
const INPUT_BYTES_MAX: usize = 20 << 10;
/// Of an answer no more is read, bytes.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// The relay has nothing more to say when all its tasks were run so often without a word.
const QUIET: u32 = 8;
/// Answers that hyper gives by itself, before anybody is asked.
const UNREADABLE: [&str; 5] = ["400", "408", "413", "414", "431"];

const FILES: &[(&str, &[u8])] = &[
    ("app.js", b"plain"),
    ("app.js.br", b"brotli"),
    ("index.html", b"<!doctype html>"),
    ("recordings/a.ndjson", b"{}"),
];

static HALLS: LazyLock<Halls> = LazyLock::new(Halls::start);

/// Asks, and looks at what comes back.
pub fn run(data: &[u8]) {
    let (hall, data) = match data {
        [BY_PROXY, rest @ ..] => (&HALLS.by_proxy, rest),
        _ => (&HALLS.direct, data),
    };
    if data.len() > INPUT_BYTES_MAX {
        return;
    }
    let said = hall.with_link(data);
    let answer = HALLS.runtime.block_on(hall.ask(&said));
    // A fuzzer watches comparisons, so it can learn both.
    let secrets = [&hall.token, &hall.session];
    if secrets.iter().all(|secret| !holds(&said, secret)) {
        for private in secrets
            .iter()
            .map(|it| it.as_str())
            .chain([SENT, SENT_IN_BASE64])
        {
            let is_told = holds(&answer, private) && !holds(&said, private);
            assert!(!is_told, "a guest is told {private}");
        }
    }
    if !answer.is_empty() {
        check_first(data, &String::from_utf8_lossy(&answer));
    }
}

/// What holds of whatever is answered first.
fn check_first(data: &[u8], answer: &str) {
    let (head, _) = answer.split_once("\r\n\r\n").expect("a head is whole");
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("http/1."), "{head}");
    let status = head.split(' ').nth(1).expect("a status");
    assert!(!status.starts_with('5'), "{head}");
    let is_guarded = head.contains("content-security-policy: default-src 'none'")
        && head.contains("referrer-policy: no-referrer")
        && !head.contains("access-control-");
    assert!(is_guarded || UNREADABLE.contains(&status), "{head}");
    // A name that another site has pointed at this machine. (An address is named in brackets or
    // begins with 127.)
    let said = String::from_utf8_lossy(data).to_ascii_lowercase();
    let is_known = ["localhost", "127.", "["]
        .iter()
        .any(|it| said.contains(it));
    let is_answered = matches!(status.as_bytes()[0], b'1' | b'2' | b'3');
    assert!(is_known || !is_answered, "{head}");
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memmem::find(bytes, text.as_bytes()).is_some()
}

/// Both relays, and where they run.
struct Halls {
    runtime: Runtime,
    direct: Hall,
    by_proxy: Hall,
}

struct Hall {
    relay: InProcess,
    peer: SocketAddr,
    token: String,
    /// What the lecturer's cookie says.
    session: String,
}

impl Halls {
    fn start() -> Halls {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let by_proxy = Transport {
            base_path: "/belt".parse().expect("a path"),
            proxies: vec!["127.0.0.1/32".parse().expect("a network")],
            ..Transport::default()
        };
        let (direct, by_proxy) = runtime.block_on(async {
            let direct = Hall::start(Transport::default(), "/").await;
            (direct, Hall::start(by_proxy, "/belt/").await)
        });
        Halls {
            runtime,
            direct,
            by_proxy,
        }
    }
}

impl Hall {
    /// One where something was sent already.
    async fn start(transport: Transport, base: &str) -> Hall {
        let token = Token::new().expect("random numbers");
        let config = Config {
            echo: EchoConfig::default(),
            page: Page::Inside(FILES),
            access: Default::default(),
            record_dir: None,
            lessons: None,
            hall: HallConfig {
                guests: Some(protocol::Right::Participant),
                hide_bytes: true,
                token: Some(token.clone()),
                page_shown: Some("http://localhost:8567/".into()),
                ..HallConfig::default()
            },
            limits: Limits::default(),
            transport,
            program: "fuzz".into(),
        };
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let listeners =
            Listeners::bind(&anywhere.into(), anywhere, &config.echo, &config.hall).expect("ports");
        let echo = listeners.echo_addr().inet().expect("an internet socket");
        let mut hall = Hall {
            relay: InProcess::start(config, listeners).expect("a relay"),
            peer: SocketAddr::from(([127, 0, 0, 1], 50_000)),
            token: token.reveal(),
            session: String::new(),
        };
        let mut client = TcpStream::connect(echo).await.expect("a connection");
        client.write_all(SENT.as_bytes()).await.expect("a send");
        client.shutdown().await.expect("an end");
        let mut reply = Vec::new();
        client.read_to_end(&mut reply).await.expect("a reply");
        assert!(holds(&reply, SENT));
        let link = format!("GET {base}enter?token={{link}} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let entered = hall.ask(&hall.with_link(link.as_bytes())).await;
        let entered = String::from_utf8_lossy(&entered);
        let (_, cookie) = entered.split_once("set-cookie: ").expect("a cookie");
        let (_, session) = cookie.split_once('=').expect("a value");
        session
            .split(';')
            .next()
            .expect("one")
            .clone_into(&mut hall.session);
        assert_eq!(hall.session.len(), hall.token.len());
        hall
    }

    fn with_link(&self, data: &[u8]) -> Vec<u8> {
        let mut said = Vec::with_capacity(data.len());
        let mut rest = data;
        while let Some(at) = memmem::find(rest, LINK) {
            said.extend_from_slice(&rest[..at]);
            said.extend_from_slice(self.token.as_bytes());
            rest = &rest[at + LINK.len()..];
        }
        said.extend_from_slice(rest);
        said
    }

    /// Says all at once; what the relay says until it has nothing more to say.
    async fn ask(&self, data: &[u8]) -> Vec<u8> {
        let (mut near, far) = duplex(INPUT_BYTES_MAX.max(data.len()));
        near.write_all(data).await.expect("it fits");
        let mut conversation = std::pin::pin!(self.relay.converse(self.peer, far));
        let (mut answer, mut quiet, mut is_over) = (Vec::new(), 0, false);
        while quiet < QUIET && answer.len() < ANSWER_BYTES_MAX {
            tokio::select! {
                biased;
                // What was upgraded is spoken in a task of its own.
                () = &mut conversation, if !is_over => is_over = true,
                read = near.read_buf(&mut answer) => match read.expect("memory can be read") {
                    0 => break,
                    _ => quiet = 0,
                },
                () = yield_now() => quiet += 1,
            }
        }
        drop(near);
        // A viewer's task ends before the next one comes.
        for _ in 0..QUIET {
            yield_now().await;
        }
        answer
    }
}
