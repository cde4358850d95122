//! Clients of the echo server that check each byte which comes back, and mean no good: they do not
//! read for a while, close one half, reset, and come again.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::Dice;

/// `[YYYY-MM-DD HH:MM:SS] `, where 0 is any digit.
const STAMP: &[u8] = b"[0000-00-00 00:00:00] ";
/// A conversation that takes so much longer than its client thinks hangs.
const CONVERSATION_MAX: Duration = Duration::from_secs(120);
/// How often at most a client sends, each followed by up to twice what it thinks.
const SENDS_MAX: u32 = 13;
/// How often at most it stops reading, each time for up to four times that: with a small buffer it
/// reads thousands of times.
const PAUSES_MAX: u32 = 4;

/// What clients did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Ended in order, with every byte back.
    pub conversations: u64,
    /// Reset by the client in the midst of it.
    pub resets: u64,
    /// Sent, came back and was right, without stamps.
    pub bytes: u64,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.conversations += other.conversations;
        self.resets += other.resets;
        self.bytes += other.bytes;
    }
}

/// What comes back, compared byte by byte with what was sent.
struct Echo {
    key: u64,
    /// Without stamps.
    bytes: u64,
    /// Within a stamp: how much of it has been.
    stamp: usize,
}

/// Never a `[`, so that a stamp is known by it.
fn pattern(key: u64, index: u64) -> u8 {
    let index = index.wrapping_mul(7).wrapping_add(index >> 12);
    b"0123456789abcdefghijklmnopqrstuv"[(index.wrapping_add(key) % 32) as usize]
}

impl Echo {
    fn take(&mut self, got: &[u8]) -> Result<(), String> {
        for &byte in got {
            if self.stamp > 0 || byte == b'[' {
                let is_right = match STAMP[self.stamp] {
                    b'0' => byte.is_ascii_digit(),
                    other => byte == other,
                };
                if !is_right {
                    return Err(format!("{byte} within a stamp, byte {}", self.bytes));
                }
                self.stamp = (self.stamp + 1) % STAMP.len();
            } else if byte == pattern(self.key, self.bytes) {
                self.bytes += 1;
            } else {
                return Err(format!("{byte} came back as byte {}", self.bytes));
            }
        }
        Ok(())
    }
}

/// One client after the other, until then.
pub async fn come_and_go(
    echo: SocketAddr,
    mut dice: Dice,
    thinks: Duration,
    ends: Instant,
) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let hangs = CONVERSATION_MAX + (2 * SENDS_MAX + 4 * PAUSES_MAX) * thinks;
    while Instant::now() < ends {
        let of = |error: io::Error| format!("a client: {error}");
        let connected = TcpStream::connect(echo).await;
        let mut stream = connected.map_err(|error| format!("a client connects: {error}"))?;
        let gives_up = match dice.below(4) {
            0 => dice.up_to(8 * thinks),
            _ => hangs,
        };
        let conversation = converse(&mut stream, &mut dice, thinks);
        match timeout(gives_up, conversation).await {
            Ok(Ok(bytes)) => {
                tally.conversations += 1;
                tally.bytes += bytes;
            }
            Ok(Err(why)) => return Err(format!("a client: {why}")),
            Err(_) if gives_up == hangs => return Err("a client hangs".into()),
            Err(_) => {
                tally.resets += 1;
                let linger = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                linger.map_err(of)?;
            }
        }
    }
    Ok(tally)
}

/// Sends, closes its half, and reads to the end. Returns how many bytes came back.
async fn converse(
    stream: &mut TcpStream,
    dice: &mut Dice,
    thinks: Duration,
) -> Result<u64, String> {
    let key = dice.below(32);
    let mut reads_by = dice.clone();
    reads_by.below(2);
    let (mut read, mut write) = stream.split();
    let sends = async {
        let mut sent = 0;
        for _ in 0..=dice.below((SENDS_MAX - 1).into()) {
            let most = if dice.below(50) == 0 { 200_000 } else { 2_000 };
            let count = 1 + dice.below(most);
            let bytes: Vec<u8> = (sent..sent + count).map(|it| pattern(key, it)).collect();
            write.write_all(&bytes).await?;
            sent += count;
            sleep(dice.up_to(2 * thinks)).await;
        }
        write.shutdown().await?;
        io::Result::Ok(sent)
    };
    let reads = async {
        let mut echo = Echo {
            key,
            bytes: 0,
            stamp: 0,
        };
        let mut buffer = vec![0; 1 + reads_by.below(32_768) as usize];
        let mut pauses = 0;
        loop {
            if pauses < PAUSES_MAX && reads_by.below(10) == 0 {
                pauses += 1;
                sleep(reads_by.up_to(4 * thinks)).await;
            }
            let got = read.read(&mut buffer).await;
            let got = got.map_err(|error| format!("after {} bytes: {error}", echo.bytes))?;
            if got == 0 {
                break;
            }
            echo.take(&buffer[..got])?;
        }
        match echo.stamp {
            0 => Ok(echo.bytes),
            _ => Err("the end within a stamp".to_owned()),
        }
    };
    let (sent, echoed) = tokio::join!(sends, reads);
    let (sent, echoed) = (sent.map_err(|error| format!("sends: {error}"))?, echoed?);
    match sent == echoed {
        true => Ok(sent),
        false => Err(format!("{echoed} bytes of {sent} came back")),
    }
}

#[test]
fn a_wrong_byte_is_found() {
    let right: Vec<u8> = (0..100).map(|it| pattern(3, it)).collect();
    let reply = [b"[2026-11-23 11:00:00] ", &right[..]].concat();
    let takes = |reply: &[u8]| {
        let mut echo = Echo {
            key: 3,
            bytes: 0,
            stamp: 0,
        };
        echo.take(reply)
    };
    assert_eq!(takes(&reply), Ok(()));
    for wrong in 0..reply.len() {
        let mut reply = reply.clone();
        reply[wrong] = b'!';
        assert!(takes(&reply).is_err(), "byte {wrong}");
    }
}
