//! The baseline: the same stamped echo in the same runtime, one task a connection, the same BUFSIZE,
//! and nobody watches. Sockets keep the kernel's defaults.

use std::io;

use relay::Stamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The relay's default.
const BUFSIZE: usize = 1024;

/// Serves on a free port until the process ends.
///
/// # Errors
/// No threads, or no port.
pub fn serve() -> io::Result<()> {
    // As `fruitbelt serve` makes its own.
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("echo tcp://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(echo(stream));
        }
    })
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut stamp = Stamp::default();
    let mut collected = vec![0; BUFSIZE];
    let mut outgoing = Vec::new();
    loop {
        let returned = stream.read(&mut collected).await?;
        if returned == 0 {
            return Ok(());
        }
        outgoing.clear();
        outgoing.extend_from_slice(stamp.now().as_bytes());
        outgoing.extend_from_slice(&collected[..returned]);
        stream.write_all(&outgoing).await?;
    }
}
