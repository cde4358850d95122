//! The text of the tutorial's programs, and which line of it does what. The texts are the files
//! that the tests run; the lines are found in them by what stands on them.
//!
//! Knows nothing of which line is lit.

use model::ProgramLine;
use protocol::End;

/// The languages that the programs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    Python,
    Rust,
}

/// The program of an end.
pub fn source(tongue: Tongue, end: End) -> &'static str {
    match (tongue, end) {
        (Tongue::Python, End::Server) => include_str!("../../tutorial/server.py"),
        (Tongue::Python, End::Client) => include_str!("../../tutorial/client.py"),
        (Tongue::Rust, End::Server) => include_str!("../../tutorial/server.rs"),
        (Tongue::Rust, End::Client) => include_str!("../../tutorial/client.rs"),
    }
}

/// Its name, with which one starts it.
pub fn file(tongue: Tongue, end: End) -> &'static str {
    match (tongue, end) {
        (Tongue::Python, End::Server) => "tutorial/server.py",
        (Tongue::Python, End::Client) => "tutorial/client.py",
        (Tongue::Rust, End::Server) => "tutorial/server.rs",
        (Tongue::Rust, End::Client) => "tutorial/client.rs",
    }
}

/// What stands on the line that does this; empty: the program has no such line.
fn marker(tongue: Tongue, end: End, line: ProgramLine) -> &'static str {
    use ProgramLine::{Accept, Bind, Close, Connect, Input, Listen, Recv, Send, Socket, Stamp};
    match (tongue, end, line) {
        (Tongue::Python, _, Socket) => "socket(AF_INET",
        (Tongue::Python, End::Server, Bind) => ".bind(",
        (Tongue::Python, End::Server, Listen) => ".listen(",
        (Tongue::Python, End::Server, Accept) => ".accept()",
        (Tongue::Python, End::Server, Stamp) => "time.strftime(",
        (Tongue::Python, End::Client, Connect) => ".connect(",
        (Tongue::Python, End::Client, Input) => "input()",
        (Tongue::Python, _, Recv) => ".recv(",
        (Tongue::Python, _, Send) => ".sendall(",
        (Tongue::Python, _, ProgramLine::End) => "if not data",
        (Tongue::Python, _, Close) => ".close()",
        (Tongue::Rust, End::Server, Socket | Bind | Listen) => "TcpListener::bind(",
        (Tongue::Rust, End::Server, Accept) => ".accept()",
        (Tongue::Rust, End::Server, Stamp) => "Local::now()",
        (Tongue::Rust, End::Client, Socket | Connect) => "TcpStream::connect(",
        (Tongue::Rust, End::Client, Input) => "stdin().lines()",
        (Tongue::Rust, _, Recv) => ".read(",
        (Tongue::Rust, _, Send) => ".write_all(",
        (Tongue::Rust, _, ProgramLine::End) => "if count == 0",
        (Tongue::Rust, _, Close) => "drop(",
        _ => "",
    }
}

/// Which line of the text does this, from 0.
pub fn place(tongue: Tongue, end: End, line: ProgramLine) -> Option<usize> {
    let marker = marker(tongue, end, line);
    let mut lines = source(tongue, end).lines();
    lines.position(|text| !marker.is_empty() && text.contains(marker))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [ProgramLine; 11] = [
        ProgramLine::Socket,
        ProgramLine::Bind,
        ProgramLine::Listen,
        ProgramLine::Accept,
        ProgramLine::Connect,
        ProgramLine::Input,
        ProgramLine::Recv,
        ProgramLine::End,
        ProgramLine::Stamp,
        ProgramLine::Send,
        ProgramLine::Close,
    ];

    #[test]
    fn each_line_is_found_once_in_its_program() {
        for tongue in [Tongue::Python, Tongue::Rust] {
            for end in [End::Server, End::Client] {
                for line in LINES {
                    let marker = marker(tongue, end, line);
                    let found = source(tongue, end)
                        .lines()
                        .filter(|text| !marker.is_empty() && text.contains(marker));
                    let expect = usize::from(!marker.is_empty());
                    assert_eq!(found.count(), expect, "{tongue:?} {end:?} {line:?}");
                }
            }
        }
    }

    #[test]
    fn what_an_end_does_has_a_line() {
        use ProgramLine::{Accept, Bind, Connect, Input, Listen, Stamp};
        for tongue in [Tongue::Python, Tongue::Rust] {
            for line in LINES {
                let only_server = matches!(line, Bind | Listen | Accept | Stamp);
                let only_client = matches!(line, Connect | Input);
                let server = place(tongue, End::Server, line);
                let client = place(tongue, End::Client, line);
                assert_eq!(server.is_some(), !only_client, "{tongue:?} {line:?}");
                assert_eq!(client.is_some(), !only_server, "{tongue:?} {line:?}");
            }
        }
    }
}
