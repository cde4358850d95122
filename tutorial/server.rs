//! The tutorial's echo server in Rust: one client at a time.

use std::{
    env,
    io::{Read, Result, Write},
    net::TcpListener,
};

use chrono::Local;

const BUFSIZE: usize = 1024;

fn main() -> Result<()> {
    let port = env::args().nth(1).unwrap_or("21567".to_string());
    // One call makes the socket, binds it and listens.
    let listener = TcpListener::bind(format!("0.0.0.0:{port}"))?;
    println!("port {}", listener.local_addr()?.port());

    loop {
        println!("waiting for connection...");
        let (mut client, addr) = listener.accept()?;
        println!("...connected from: {addr}");
        let mut buffer = [0; BUFSIZE];
        loop {
            let count = client.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            let stamp = Local::now().format("[%Y-%m-%d %H:%M:%S] ");
            let answer = [stamp.to_string().as_bytes(), &buffer[..count]].concat();
            client.write_all(&answer)?;
        }
        drop(client);
    }
}
