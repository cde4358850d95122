//! One viewer, which decodes all that it is told.

use std::{
    collections::VecDeque,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use protocol::wire::{self, FromRelay};

use crate::frames::{Frames, Kind, PONG};

/// A relay that says nothing for so long, not even a beat, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(10);
const SCRATCH_BYTES: usize = 256 << 10;
/// The most bytes of an answer's headers.
const HEADERS_BYTES_MAX: usize = 16 << 10;

/// Joins by the WebSocket handshake. Returns the socket, and what came behind the headers.
///
/// # Errors
/// The server refuses, or ends.
pub fn shake_hands(page: SocketAddr, query: &str) -> Result<(TcpStream, Vec<u8>)> {
    let mut stream = TcpStream::connect(page)?;
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    let request = format!(
        "GET /mirror{query} HTTP/1.1\r\nHost: {page}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let returned = stream.read(&mut piece)?;
        ensure!(returned > 0, "the server ended within its headers");
        answer.extend_from_slice(piece.get(..returned).unwrap_or_default());
        if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            ensure!(
                answer.starts_with(b"HTTP/1.1 101"),
                "a viewer is refused: {}",
                String::from_utf8_lossy(&answer)
            );
            let behind = answer.split_off(end + 4);
            return Ok((stream, behind));
        }
        ensure!(answer.len() < HEADERS_BYTES_MAX, "headers without an end");
    }
}

/// A viewer.
#[derive(Debug)]
pub struct Viewer {
    stream: TcpStream,
    frames: Frames,
    scratch: Vec<u8>,
    told: VecDeque<(Kind, Vec<u8>)>,
}

impl Viewer {
    /// Joins without a cursor.
    ///
    /// # Errors
    /// See [`shake_hands`].
    pub fn join(page: SocketAddr) -> Result<Viewer> {
        let (stream, behind) = shake_hands(page, "")?;
        let mut viewer = Viewer {
            stream,
            frames: Frames::new(usize::MAX),
            scratch: vec![0; SCRATCH_BYTES],
            told: VecDeque::new(),
        };
        viewer.take(&behind);
        Ok(viewer)
    }

    /// The next message, when it comes.
    ///
    /// # Errors
    /// The relay ends, or is not understood.
    pub fn hear(&mut self) -> Result<FromRelay> {
        loop {
            match self.told.pop_front() {
                Some((Kind::Binary, message)) => {
                    return wire::decode(&message).context("the relay is not understood");
                }
                Some((Kind::Ping, _)) => self.stream.write_all(&PONG)?,
                Some((Kind::Close, _)) => bail!("the relay closes"),
                Some((Kind::Other, _)) => {}
                None => {
                    let mut scratch = std::mem::take(&mut self.scratch);
                    let returned = self.stream.read(&mut scratch)?;
                    ensure!(returned > 0, "the relay ends");
                    self.take(&scratch[..returned]);
                    self.scratch = scratch;
                }
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let told = &mut self.told;
        self.frames.feed(bytes, |frame| {
            told.push_back((frame.kind, frame.kept.to_vec()));
        });
    }
}
