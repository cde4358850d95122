//! Real clients in Python 3: programs that run to their end, and one that sends when it is told to.

use std::{net::SocketAddr, process::Stdio};

use protocol::{Event, Record};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
    time::timeout,
};

use crate::relay_process::{Lines, PATIENCE};

/// Sends each line's number of digits, then FIN; prints what comes back.
const PROGRAM: &str = r#"
import socket, sys
client = socket.create_connection((sys.argv[1], int(sys.argv[2])))
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
sent = 0
for line in sys.stdin:
    count = int(line)
    client.sendall(bytes(48 + (sent + i) % 10 for i in range(count)))
    sent += count
client.shutdown(socket.SHUT_WR)
while data := client.recv(4096):
    sys.stdout.buffer.write(data)
"#;

/// Runs a program with these arguments; what it has printed when it has ended well.
pub async fn run(program: &str, arguments: &[&str]) -> String {
    let child = Command::new("python3")
        .args(["-c", program])
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("python3: {error}; install it from Debian"));
    let output = timeout(PATIENCE, child.wait_with_output()).await;
    let output = output.expect("the client ends").unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The client's process; killed when dropped.
pub struct Python {
    child: Child,
    stdin: ChildStdin,
}

impl Python {
    /// Connects to an echo server.
    pub fn connect(echo: SocketAddr) -> Python {
        let mut child = Command::new("python3")
            .args(["-c", PROGRAM])
            .args([echo.ip().to_string(), echo.port().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("python3: {error}; install it from Debian"));
        let stdin = child.stdin.take().unwrap();
        Python { child, stdin }
    }

    /// Makes one send.
    pub async fn send(&mut self, bytes: u64) {
        let line = format!("{bytes}\n");
        self.stdin.write_all(line.as_bytes()).await.unwrap();
        self.stdin.flush().await.unwrap();
    }

    /// Makes one send, and waits until its arrival is recorded: the records up to that.
    pub async fn send_recorded(&mut self, bytes: u64, lines: &mut Lines) -> Vec<Record> {
        self.send(bytes).await;
        lines
            .until(|event| matches!(event, Event::Arrived(e) if e.bytes == bytes))
            .await
    }

    /// Sends FIN, and waits for all that comes back and the end.
    pub async fn finish(self) -> Vec<u8> {
        drop(self.stdin);
        let output = timeout(PATIENCE, self.child.wait_with_output()).await;
        output.expect("the client ends").unwrap().stdout
    }
}
