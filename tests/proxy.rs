//! A reverse proxy of a few lines, as careful as one must be: what a visitor says about forwarding
//! is not passed on. Knows nothing of what is asked for.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::certificate::Certificate;

/// Gone when dropped, but for what it has begun.
pub struct Proxy {
    /// Where it listens, by TLS.
    pub addr: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Leads all to the relay's page there, one request a connection.
    pub async fn before(page: SocketAddr, certificate: &Certificate) -> Result<Proxy> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let acceptor = certificate.acceptor();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        // Whoever leaves in the middle has left.
                        let _ = forward(stream, peer, page).await;
                    }
                });
            }
        });
        Ok(Proxy { addr, accepting })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn forward<S>(stream: S, peer: SocketAddr, page: SocketAddr) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut near = BufReader::new(stream);
    let mut head = String::new();
    near.read_line(&mut head).await?;
    let (mut host, mut connection) = (String::new(), "close");
    loop {
        let mut line = String::new();
        near.read_line(&mut line).await?;
        if line == "\r\n" {
            break;
        }
        let (name, value) = line.split_once(':').context("a header")?;
        match name.to_ascii_lowercase().as_str() {
            "host" => host = value.trim().to_owned(),
            "connection" if value.contains("pgrade") => connection = "Upgrade",
            "connection" => {}
            name if name.starts_with("x-forwarded-") => {}
            _ => head += &line,
        }
    }
    head += &format!(
        "Host: {page}\r\nConnection: {connection}\r\nX-Forwarded-For: {}\r\n\
         X-Forwarded-Proto: https\r\nX-Forwarded-Host: {host}\r\n\r\n",
        peer.ip()
    );
    let mut far = TcpStream::connect(page).await?;
    far.write_all(head.as_bytes()).await?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}
