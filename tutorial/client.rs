//! The client for the tutorial's echo server, in Rust: each line goes out, its echo comes back.

use std::{
    env,
    io::{Read, Result, Write, stdin},
    net::TcpStream,
};

const BUFSIZE: usize = 1024;

fn main() -> Result<()> {
    let port = env::args().nth(1).unwrap_or("21567".to_string());
    // One call makes the socket and connects it.
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;

    let mut buffer = [0; BUFSIZE];
    for text in stdin().lines() {
        let text = text?;
        if text.is_empty() {
            break;
        }
        stream.write_all(text.as_bytes())?;
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        println!("{}", String::from_utf8_lossy(&buffer[..count]));
    }

    drop(stream);
    Ok(())
}
