//! Conformity with RFC 6455: what the relay answers to each thing that a peer may say on `/mirror`,
//! byte for byte on a plain socket. Each row names the section that it is about.
//!
//! Knows nothing of what the relay mirrors: of what it sends only the control frames and the answers
//! to requests are looked at, and that each frame is one that a server may send.

use std::net::SocketAddr;

use futures_util::future::join_all;
use protocol::{
    Refusal, Request, Right,
    wire::{self, FROM_PAGE_BYTES_MAX, FromPage, FromRelay},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::relay_process::{PATIENCE, RelayProcess, http};

/// Bits of a frame's first byte.
const FIN: u8 = 0x80;
const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// What must come of it. Whatever else the relay mirrors meanwhile does not count.
#[derive(Debug)]
enum Expect {
    /// A close frame with this code, none before it that answers anything, and then the end of the
    /// stream.
    Closed(u16),
    /// A close frame without a code, and the end.
    ClosedWithoutCode,
    /// A pong with this payload.
    Pong(Vec<u8>),
    /// The answer to the request of this number.
    Answer(u32),
    /// The answer to what was understood as a message, and is no request.
    Malformed,
}

use Expect::{Answer, Closed, ClosedWithoutCode, Malformed, Pong};

/// A frame as a client sends it: masked.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = head(first, 0x80, payload.len());
    frame.extend(KEY);
    let masked = payload.iter().zip(KEY.iter().cycle());
    frame.extend(masked.map(|(byte, key)| byte ^ key));
    frame
}

/// The head of a frame, its length in the fewest bytes.
fn head(first: u8, mask: u8, length: usize) -> Vec<u8> {
    let mut head = vec![first];
    match length {
        0..=125 => head.push(mask | length as u8),
        126..=0xffff => {
            head.push(mask | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(mask | 127);
            head.extend((length as u64).to_be_bytes());
        }
    }
    head
}

/// The same without a mask.
fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    [head(first, 0, payload.len()), payload.to_vec()].concat()
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes()[..], reason].concat())
}

/// A request whose answer shows that it came through whole, and changes nothing.
fn request(id: u32) -> Vec<u8> {
    let request = Request::Follow { on: false };
    wire::encode(&FromPage { id, request })
}

/// A message in so many frames, of as many bytes each as it takes.
fn in_fragments(opcode: u8, message: &[u8], count: usize) -> Vec<Vec<u8>> {
    let size = message.len().div_ceil(count);
    let fragments = message.chunks(size).enumerate().map(|(index, payload)| {
        let opcode = if index == 0 { opcode } else { CONTINUATION };
        let is_last = (index + 1) * size >= message.len();
        frame(if is_last { FIN | opcode } else { opcode }, payload)
    });
    fragments.collect()
}

struct Row {
    section: &'static str,
    says: &'static str,
    sends: Vec<u8>,
    expects: Expect,
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |section, says, sends: &[&[u8]], expects| {
        let sends = sends.concat();
        rows.push(Row {
            section,
            says,
            sends,
            expects,
        });
    };
    let whole = |id| frame(FIN | BINARY, &request(id));
    let pieces = in_fragments(BINARY, &request(7), 3);
    let long = vec![b'x'; 125];

    row("5.2", "a message in one frame", &[&whole(7)], Answer(7));
    row(
        "5.2",
        "many frames in one segment",
        &[
            &[whole(1), whole(2), whole(3)].concat().repeat(50),
            &whole(7),
        ],
        Answer(7),
    );
    row(
        "5.2",
        "an empty message",
        &[&frame(FIN | BINARY, b"")],
        Malformed,
    );
    row(
        "5.2",
        "a message of the most bytes that are taken",
        &[&frame(FIN | BINARY, &[1; FROM_PAGE_BYTES_MAX])],
        Malformed,
    );
    row(
        "5.6",
        "a text, which is none of this protocol's messages",
        &[&frame(FIN | TEXT, "水果".as_bytes())],
        Malformed,
    );
    row(
        "5.1",
        "a frame without a mask",
        &[&unmasked(FIN | BINARY, &request(7))],
        Closed(1002),
    );
    row(
        "5.1",
        "a ping without a mask",
        &[&unmasked(FIN | PING, b"")],
        Closed(1002),
    );
    row(
        "5.1",
        "a close without a mask",
        &[&unmasked(FIN | CLOSE, &[3, 232])],
        Closed(1002),
    );
    for (says, bit) in [
        ("the first reserved bit", 0x40),
        ("the second reserved bit", 0x20),
        ("the third reserved bit", 0x10),
    ] {
        row(
            "5.2",
            says,
            &[&frame(FIN | bit | BINARY, &request(7))],
            Closed(1002),
        );
        row("5.2", says, &[&frame(FIN | bit | PING, b"")], Closed(1002));
    }
    for opcode in [0x3, 0x4, 0x5, 0x6, 0x7] {
        row(
            "5.2",
            "a reserved opcode",
            &[&frame(FIN | opcode, b"")],
            Closed(1002),
        );
    }
    for opcode in [0xB, 0xC, 0xD, 0xE, 0xF] {
        row(
            "5.2",
            "a reserved control opcode",
            &[&frame(FIN | opcode, b"")],
            Closed(1002),
        );
    }
    row(
        "5.2",
        "a length with its highest bit set",
        &[&[FIN | BINARY, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5][..]],
        Closed(1009),
    );
    row(
        "10.4",
        "a message too large by one byte",
        &[&frame(FIN | BINARY, &[1; FROM_PAGE_BYTES_MAX + 1])],
        Closed(1009),
    );
    row(
        "10.4",
        "a head that promises 4 GiB",
        &[&head(FIN | BINARY, 0x80, 1 << 32), &[1; 16]],
        Closed(1009),
    );
    row(
        "10.4",
        "fragments that are too large together",
        &in_fragments(BINARY, &[1; FROM_PAGE_BYTES_MAX + 1], 5)
            .iter()
            .map(Vec::as_slice)
            .collect::<Vec<_>>(),
        Closed(1009),
    );

    row(
        "5.4",
        "a message in fragments",
        &[&pieces.concat()],
        Answer(7),
    );
    row(
        "5.4",
        "one byte a fragment",
        &[&in_fragments(BINARY, &request(7), request(7).len()).concat()],
        Answer(7),
    );
    row(
        "5.4",
        "empty fragments",
        &[
            &frame(BINARY, b""),
            &frame(CONTINUATION, b"").repeat(100),
            &frame(FIN | CONTINUATION, &request(7)),
        ],
        Answer(7),
    );
    row(
        "5.4",
        "a ping between fragments is answered at once",
        &[&pieces[0], &frame(FIN | PING, b"now"), &pieces[1]],
        Pong(b"now".into()),
    );
    row(
        "5.4",
        "and the message comes through",
        &[
            &pieces[0],
            &frame(FIN | PING, b"now"),
            &pieces[1],
            &frame(FIN | PONG, b""),
            &pieces[2],
        ],
        Answer(7),
    );
    row(
        "5.4",
        "a close between fragments",
        &[&pieces[0], &close(1000, b"")],
        Closed(1000),
    );
    row(
        "5.4",
        "a continuation of nothing",
        &[&frame(FIN | CONTINUATION, b"x")],
        Closed(1002),
    );
    row(
        "5.4",
        "a first fragment of nothing",
        &[&frame(CONTINUATION, b"x")],
        Closed(1002),
    );
    row(
        "5.4",
        "a continuation behind the last one",
        &[&pieces.concat(), &frame(FIN | CONTINUATION, b"x")],
        Closed(1002),
    );
    row(
        "5.4",
        "another message between fragments",
        &[&pieces[0], &whole(8)],
        Closed(1002),
    );

    row(
        "5.5",
        "a ping in fragments",
        &[&frame(PING, b"a"), &frame(FIN | CONTINUATION, b"b")],
        Closed(1002),
    );
    row(
        "5.5",
        "a pong in fragments",
        &[&frame(PONG, b"a")],
        Closed(1002),
    );
    row(
        "5.5",
        "a close in fragments",
        &[&frame(CLOSE, &[3, 232])],
        Closed(1002),
    );
    row(
        "5.5",
        "a ping of 126 bytes",
        &[&frame(FIN | PING, &[0; 126])],
        Closed(1002),
    );
    row(
        "5.5",
        "a close of 126 bytes",
        &[&close(1000, &[b'x'; 124])],
        Closed(1002),
    );
    row(
        "5.5.2",
        "a ping",
        &[&frame(FIN | PING, b"Hello")],
        Pong(b"Hello".into()),
    );
    row(
        "5.5.2",
        "a ping without payload",
        &[&frame(FIN | PING, b"")],
        Pong(Vec::new()),
    );
    row(
        "5.5.2",
        "a ping of 125 bytes",
        &[&frame(FIN | PING, &long)],
        Pong(long.clone()),
    );
    row(
        "5.5.2",
        "a ping of any bytes",
        &[&frame(FIN | PING, &[0, 255, 254, 0xed, 0xa0, 0x80])],
        Pong(vec![0, 255, 254, 0xed, 0xa0, 0x80]),
    );
    row(
        "5.5.3",
        "of many pings at least the last is answered",
        &[&(0..50)
            .flat_map(|n| frame(FIN | PING, &[n]))
            .collect::<Vec<_>>()],
        Pong(vec![49]),
    );
    row(
        "5.5.3",
        "a pong that nobody asked for",
        &[&frame(FIN | PONG, b"why"), &whole(7)],
        Answer(7),
    );

    row("5.5.1", "a close", &[&close(1000, b"")], Closed(1000));
    row(
        "5.5.1",
        "a close with a reason",
        &[&close(1001, "再见".as_bytes())],
        Closed(1001),
    );
    row(
        "5.5.1",
        "a close with the longest reason",
        &[&close(1000, &[b'x'; 123])],
        Closed(1000),
    );
    row(
        "5.5.1",
        "a close without a code",
        &[&frame(FIN | CLOSE, b"")],
        ClosedWithoutCode,
    );
    row(
        "5.5.1",
        "half a code",
        &[&frame(FIN | CLOSE, &[3])],
        Closed(1002),
    );
    row(
        "5.5.1",
        "a ping behind a close",
        &[&close(1000, b""), &frame(FIN | PING, b"late")],
        Closed(1000),
    );
    row(
        "5.5.1",
        "a message behind a close",
        &[&close(1000, b""), &whole(7)],
        Closed(1000),
    );
    row(
        "5.5.1",
        "anything at all behind a close",
        &[&close(1000, b""), &[0xff; 64]],
        Closed(1000),
    );
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
    ] {
        row(
            "7.4.1, 7.4.2",
            "a code that may be sent",
            &[&close(code, b"")],
            Closed(code),
        );
    }
    for code in [
        0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ] {
        row(
            "7.4.1, 7.4.2",
            "a code that may not",
            &[&close(code, b"")],
            Closed(1002),
        );
    }
    for bytes in [
        &b"\xff"[..],
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe6\xb0",
    ] {
        row(
            "8.1",
            "a text that is no UTF-8",
            &[&frame(FIN | TEXT, bytes)],
            Closed(1007),
        );
        row(
            "8.1",
            "the same in a close",
            &[&close(1000, bytes)],
            Closed(1007),
        );
    }
    row(
        "8.1",
        "a text that is cut within a character",
        &in_fragments(TEXT, "水".as_bytes(), 3)
            .iter()
            .map(Vec::as_slice)
            .collect::<Vec<_>>(),
        Malformed,
    );
    row(
        "8.1",
        "fragments of a text that are no UTF-8 together",
        &[&frame(TEXT, b"\xe6\xb0"), &frame(FIN | CONTINUATION, b"x")],
        Closed(1007),
    );
    rows
}

/// A viewer as a plain socket.
struct Plain {
    stream: TcpStream,
    /// Read, and not taken yet.
    ahead: Vec<u8>,
}

/// A frame of the relay's.
#[derive(Debug)]
struct Frame {
    opcode: u8,
    payload: Vec<u8>,
}

impl Plain {
    /// Past the handshake.
    async fn open(page: SocketAddr) -> Plain {
        let mut stream = TcpStream::connect(page).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(handshake(&[]).as_bytes()).await.unwrap();
        let mut plain = Plain {
            stream,
            ahead: Vec::new(),
        };
        let end = loop {
            if let Some(end) = find(&plain.ahead, b"\r\n\r\n") {
                break end;
            }
            assert!(plain.read().await, "an answer to the handshake");
        };
        assert!(plain.ahead.starts_with(b"HTTP/1.1 101 "));
        plain.ahead.drain(..end + 4);
        plain
    }

    /// False: the stream has ended.
    async fn read(&mut self) -> bool {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.ahead)).await;
        // Whoever sent more than the relay took meets a reset.
        read.expect("something comes").unwrap_or(0) > 0
    }

    /// The next frame; None: the stream has ended.
    async fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, bytes)) = parse(&self.ahead) {
                self.ahead.drain(..bytes);
                return Some(frame);
            }
            if !self.read().await {
                assert!(self.ahead.is_empty(), "ends within a frame");
                return None;
            }
        }
    }

    /// The first frame that is none of what the relay mirrors by itself.
    async fn answer(&mut self) -> Option<Frame> {
        loop {
            let frame = self.frame().await?;
            let is_answer = match frame.opcode {
                BINARY => matches!(wire::decode(&frame.payload), Ok(FromRelay::Answer { .. })),
                opcode => opcode != PING,
            };
            if is_answer {
                return Some(frame);
            }
        }
    }
}

/// A frame that a server may send (sections 5.1, 5.2, 5.5), and how many bytes it takes.
fn parse(bytes: &[u8]) -> Option<(Frame, usize)> {
    let (&[first, second], rest) = bytes.split_first_chunk()?;
    assert_eq!(first & 0x70, 0, "no extension was agreed on");
    assert_eq!(second & 0x80, 0, "a server does not mask");
    let (length, rest) = match second {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length) as usize, rest)
        }
        _ => (usize::from(second), rest),
    };
    let least = [(126, 126), (127, 0x1_0000)];
    let is_shortest = least
        .iter()
        .all(|&(form, least)| second != form || length >= least);
    assert!(is_shortest, "a length in the fewest bytes");
    let opcode = first & 0xf;
    assert!([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].contains(&opcode));
    if opcode >= CLOSE {
        assert!(first & FIN != 0 && length <= 125, "a control frame");
    }
    let payload = rest.get(..length)?.to_vec();
    let bytes = bytes.len() - rest.len() + length;
    Some((Frame { opcode, payload }, bytes))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn handshake(without_or_with: &[(&str, Option<&str>)]) -> String {
    let mut fields = vec![
        ("Host", "localhost"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", KEY),
        ("Sec-WebSocket-Version", "13"),
    ];
    for &(name, value) in without_or_with {
        fields.retain(|(field, _)| *field != name);
        fields.extend(value.map(|value| (name, value)));
    }
    let fields = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("GET /mirror HTTP/1.1\r\n{}\r\n", fields.collect::<String>())
}

/// The RFC's own example, section 1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// How the bytes of a row are cut into writes.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// All in one.
    Whole,
    /// Each byte alone, as far as that is reasonable.
    Bytewise,
}

async fn write(stream: &mut TcpStream, bytes: &[u8], cut: Cut) {
    let size = match cut {
        Cut::Whole => bytes.len(),
        Cut::Bytewise => 1 + bytes.len() / 1000,
    };
    for chunk in bytes.chunks(size) {
        // The relay may have had enough already.
        if stream.write_all(chunk).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// What is wrong, in words.
async fn meets(page: SocketAddr, row: &Row, cut: Cut) -> Result<(), String> {
    let mut plain = Plain::open(page).await;
    write(&mut plain.stream, &row.sends, cut).await;
    loop {
        let answer = plain.answer().await;
        let Some(Frame { opcode, payload }) = &answer else {
            return Err("the stream ended first".into());
        };
        let message = || wire::decode::<FromRelay>(payload);
        let is_met = match &row.expects {
            Closed(code) if *opcode == CLOSE => payload.starts_with(&code.to_be_bytes()),
            ClosedWithoutCode if *opcode == CLOSE => payload.is_empty(),
            Pong(expected) if *opcode == PONG && payload == expected => return Ok(()),
            // Of several pings some may be left out.
            Pong(_) if *opcode == PONG => continue,
            Answer(_) | Malformed if *opcode == PONG => continue,
            Answer(expected) => match message() {
                Ok(FromRelay::Answer { id, refusal: None }) if id == *expected => return Ok(()),
                Ok(FromRelay::Answer { refusal: None, .. }) => continue,
                _ => false,
            },
            Malformed => match message() {
                Ok(FromRelay::Answer {
                    refusal: Some(Refusal::Malformed),
                    ..
                }) => {
                    return Ok(());
                }
                _ => false,
            },
            Closed(1002) if matches!(message(), Ok(FromRelay::Answer { .. })) => continue,
            _ => false,
        };
        if !is_met {
            return Err(format!("got {answer:?}"));
        }
        // Section 7.1.1: the server closes the stream, and says nothing behind its close frame.
        return match plain.frame().await {
            None => Ok(()),
            Some(frame) => Err(format!("behind the close frame came {frame:?}")),
        };
    }
}

#[tokio::test]
async fn frames_are_answered_as_the_standard_says() {
    assert_eq!(Request::Follow { on: false }.needs(), Right::Viewer);
    let mut relay = RelayProcess::start(&[]);
    let mut wrong = Vec::new();
    for cut in [Cut::Whole, Cut::Bytewise] {
        let rows = rows();
        let tries = rows.iter().map(|row| meets(relay.page, row, cut));
        let outcomes = join_all(tries).await;
        wrong.extend(rows.iter().zip(outcomes).filter_map(|(row, outcome)| {
            let why = outcome.err()?;
            let Row {
                section,
                says,
                expects,
                ..
            } = row;
            Some(format!(
                "{section}: {says} ({cut:?}): expected {expects:?}, {why}"
            ))
        }));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(relay.is_alive());
}

#[tokio::test]
async fn handshakes_are_taken_and_refused_as_the_standard_says() {
    let relay = RelayProcess::start(&[]);
    type Changes<'a> = &'a [(&'a str, Option<&'a str>)];
    let taken: [(&str, Changes); 5] = [
        ("1.3: the example", &[]),
        (
            "4.2.1: names and tokens in any case",
            &[
                ("Upgrade", Some("WebSocket")),
                ("Connection", Some("UPGRADE")),
            ],
        ),
        (
            "4.2.1: Connection is a list",
            &[("Connection", Some("keep-alive, Upgrade"))],
        ),
        (
            "4.2.2: a subprotocol that is not spoken is not agreed on",
            &[("Sec-WebSocket-Protocol", Some("chat, superchat"))],
        ),
        (
            "9.1: nor an extension",
            &[(
                "Sec-WebSocket-Extensions",
                Some("permessage-deflate; client_max_window_bits"),
            )],
        ),
    ];
    for (says, fields) in taken {
        let mut stream = TcpStream::connect(relay.page).await.unwrap();
        stream
            .write_all(handshake(fields).as_bytes())
            .await
            .unwrap();
        let mut answer = Vec::new();
        while find(&answer, b"\r\n\r\n").is_none() {
            let read = timeout(PATIENCE, stream.read_buf(&mut answer)).await;
            assert!(read.expect("an answer").unwrap() > 0, "{says}");
        }
        let end = find(&answer, b"\r\n\r\n").unwrap();
        let answer = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        assert!(answer.starts_with("http/1.1 101 "), "{says}: {answer}");
        for field in [
            "upgrade: websocket",
            "connection: upgrade",
            &format!("sec-websocket-accept: {}", ACCEPT.to_lowercase()),
        ] {
            assert!(answer.contains(field), "{says}: {answer}");
        }
        for agreed in ["sec-websocket-protocol", "sec-websocket-extensions"] {
            assert!(!answer.contains(agreed), "{says}: {answer}");
        }
    }
    let refused: [(&str, &[u16], String); 11] = [
        (
            "4.2.1: another method",
            &[405],
            handshake(&[]).replacen("GET", "POST", 1),
        ),
        (
            "4.2.1: HTTP/1.0",
            &[400, 426],
            handshake(&[]).replacen("HTTP/1.1", "HTTP/1.0", 1),
        ),
        ("4.2.1: no Host", &[400], handshake(&[("Host", None)])),
        (
            "4.2.1: no Upgrade",
            &[400, 426],
            handshake(&[("Upgrade", None)]),
        ),
        (
            "4.2.1: an upgrade to something else",
            &[400, 426],
            handshake(&[("Upgrade", Some("h2c"))]),
        ),
        (
            "4.2.1: no Connection",
            &[400, 426],
            handshake(&[("Connection", None)]),
        ),
        (
            "4.2.1: a connection that is not upgraded",
            &[400, 426],
            handshake(&[("Connection", Some("close"))]),
        ),
        (
            "4.2.1: no key",
            &[400],
            handshake(&[("Sec-WebSocket-Key", None)]),
        ),
        (
            "4.4: no version",
            &[426],
            handshake(&[("Sec-WebSocket-Version", None)]),
        ),
        (
            "4.4: another version",
            &[426],
            handshake(&[("Sec-WebSocket-Version", Some("8"))]),
        ),
        (
            "10.2: a page of another origin",
            &[403],
            handshake(&[("Origin", Some("http://evil.example"))]),
        ),
    ];
    for (says, statuses, request) in refused {
        let request = request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        let answer = http(relay.page, &request).await;
        let status = answer.split(' ').nth(1).and_then(|it| it.parse().ok());
        assert!(
            status.is_some_and(|it| statuses.contains(&it)),
            "{says}: {answer}"
        );
        if status == Some(426) && says.starts_with("4.4") {
            assert!(
                answer.to_lowercase().contains("sec-websocket-version: 13"),
                "{says}: {answer}"
            );
        }
    }
}

/// Section 7.1: who closes, in which order, also where only half of the stream is left.
#[tokio::test]
async fn the_closing_handshake_ends_the_stream() {
    let relay = RelayProcess::start(&[]);
    // The client's close, then its FIN: the answer still comes.
    let mut plain = Plain::open(relay.page).await;
    plain.stream.write_all(&close(1000, b"")).await.unwrap();
    plain.stream.shutdown().await.unwrap();
    let answer = plain.answer().await.expect("a close frame");
    assert_eq!((answer.opcode, &answer.payload[..]), (CLOSE, &[3, 232][..]));
    assert!(plain.frame().await.is_none());

    // A FIN without a close, between frames and within one: the relay ends, too.
    for unfinished in [&b""[..], &frame(FIN | BINARY, &request(1))[..5]] {
        let mut plain = Plain::open(relay.page).await;
        plain.stream.write_all(unfinished).await.unwrap();
        plain.stream.shutdown().await.unwrap();
        while plain.frame().await.is_some() {}
    }
}
