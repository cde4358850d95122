//! The tutorial's own programs, as the page shows them, against ours: the same real client gets the
//! same bytes from each server, but for the digits of the clock.

use std::{env, net::SocketAddr, path::PathBuf, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::relay_process::{PATIENCE, RelayProcess};

/// Before each answer stands the clock.
const STAMP: &[u8] = b"[dddd-dd-dd dd:dd:dd] ";

/// A program of the tutorial.
fn program(file: &str) -> Command {
    if file.ends_with(".py") {
        let mut python = Command::new("python3");
        python.arg("-u").arg(tutorial(file));
        return python;
    }
    // Cargo builds the examples of a package for its tests.
    let tests = env::current_exe().unwrap();
    let examples = tests.ancestors().nth(2).unwrap().join("examples");
    let name = format!("tutorial_{}", file.trim_end_matches(".rs"));
    Command::new(examples.join(name))
}

fn tutorial(file: &str) -> PathBuf {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    root.parent().unwrap().join("tutorial").join(file)
}

/// An echo server of the tutorial; killed when dropped.
struct Server {
    addr: SocketAddr,
    _child: Child,
    /// It goes on printing: somebody must be there.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    async fn start(file: &str) -> Server {
        let mut child = program(file)
            .arg("0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
        read.expect("the server says its port").unwrap();
        let port: u16 = line.trim().strip_prefix("port ").unwrap().parse().unwrap();
        Server {
            addr: ([127, 0, 0, 1], port).into(),
            _child: child,
            _stdout: stdout,
        }
    }
}

/// With the clock's digits taken out of a stamp. What is no stamp stays.
fn without_clock(stamp: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| if byte.is_ascii_digit() { b'd' } else { *byte };
    stamp.iter().map(digit).collect()
}

/// Sends each piece when the one before it is answered, so that each is read by itself; then FIN.
/// All that came back, the clock aside.
async fn conversation(server: SocketAddr, pieces: &[Vec<u8>]) -> Vec<u8> {
    let talk = async {
        let mut socket = TcpStream::connect(server).await.unwrap();
        let mut all = Vec::new();
        for piece in pieces {
            socket.write_all(piece).await.unwrap();
            let mut answer = vec![0; STAMP.len() + piece.len()];
            socket.read_exact(&mut answer).await.unwrap();
            all.extend(without_clock(&answer[..STAMP.len()]));
            all.extend_from_slice(&answer[STAMP.len()..]);
        }
        socket.shutdown().await.unwrap();
        socket.read_to_end(&mut all).await.unwrap();
        all
    };
    timeout(PATIENCE, talk).await.expect("the server answers")
}

/// What each server must say to these pieces.
fn expected(pieces: &[Vec<u8>]) -> Vec<u8> {
    let answer = |piece: &Vec<u8>| [STAMP, piece].concat();
    pieces.iter().flat_map(answer).collect()
}

/// Several inputs: nothing, the belt's, more than BUFSIZE, every byte there is, and text.
fn inputs() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let digits = |count: usize| (b'0'..=b'9').cycle().take(count).collect::<Vec<u8>>();
    let binary: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    vec![
        ("nothing", vec![]),
        ("20, 50, 30", vec![digits(20), digits(50), digits(30)]),
        (
            "3,000",
            digits(3000).chunks(1024).map(<[u8]>::to_vec).collect(),
        ),
        ("binary", vec![binary, vec![0], vec![b'['; 40]]),
        ("text", vec!["水果传送带\n".into(), "naïve – ½ 🍊".into()]),
    ]
}

#[tokio::test]
async fn the_same_client_gets_the_same_bytes() {
    let relay = RelayProcess::start(&[]);
    let (python, rust) = (
        Server::start("server.py").await,
        Server::start("server.rs").await,
    );
    for (name, pieces) in inputs() {
        let expected = expected(&pieces);
        for (server, addr) in [
            ("ours", relay.echo),
            ("Python", python.addr),
            ("Rust", rust.addr),
        ] {
            let got = conversation(addr, &pieces).await;
            assert!(
                got == expected,
                "{name}, {server}: {:?} instead of {:?}",
                String::from_utf8_lossy(&got),
                String::from_utf8_lossy(&expected)
            );
        }
    }
}

/// The tutorial's clients, too: what they print is the same with every server.
#[tokio::test]
async fn the_tutorials_clients_print_the_same() {
    let relay = RelayProcess::start(&["--sequential"]);
    let (python, rust) = (
        Server::start("server.py").await,
        Server::start("server.rs").await,
    );
    let input = "0123456789\n水果\nabc\n\n";
    for client in ["client.py", "client.rs"] {
        for server in [relay.echo, python.addr, rust.addr] {
            let mut child = program(client)
                .arg(server.port().to_string())
                .env("PYTHONIOENCODING", "utf-8")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .unwrap_or_else(|error| panic!("{client}: {error}"));
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(input.as_bytes()).await.unwrap();
            drop(stdin);
            let output = timeout(PATIENCE, child.wait_with_output()).await;
            let output = output.expect("the client ends").unwrap();
            assert!(output.status.success(), "{client}");
            let text = String::from_utf8(output.stdout).unwrap();
            let lines: Vec<_> = text
                .lines()
                .map(|line| line.split_at(STAMP.len()))
                .collect();
            let bodies: Vec<_> = lines.iter().map(|(_, body)| *body).collect();
            assert_eq!(bodies, ["0123456789", "水果", "abc"], "{client}, {server}");
            for (stamp, _) in lines {
                assert_eq!(without_clock(stamp.as_bytes()), STAMP, "{client}, {server}");
            }
        }
    }
}
