//! `fruitbelt send`: the demonstration client from a terminal. Sends batches, reads whatever comes
//! back meanwhile, and prints both.
//!
//! Knows nothing of the relay: it is a client like any other, and sees of its sends and of the
//! answers what any client sees.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use relay::{PAYLOAD_BYTES_MAX, payload};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    time::sleep_until,
};

use crate::{
    FAILED,
    arguments::{Send, Target},
    fail,
};

/// The most bytes of one recv.
const READ_BYTES: usize = 65_536;
/// So many bytes of an answer are printed; the rest is counted.
const SHOWN_BYTES: usize = 80;

/// Sends, and reads until the peer closes. Exit code 1: the connection ended otherwise.
///
/// # Errors
/// One line that names the argument and the remedy.
pub fn send(arguments: &Send) -> anyhow::Result<ExitCode> {
    arguments
        .request()
        .check()
        .map_err(|refusal| anyhow!("{refusal}; give BATCHES as in 20,50,30"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no sockets to work with")?;
    match runtime.block_on(converse(arguments))? {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // Whoever read this has read enough.
        Err(Trouble::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            Ok(ExitCode::SUCCESS)
        }
        Err(trouble) => Ok(fail(&format!("{}: {trouble}", arguments.to), FAILED)),
    }
}

/// Why a conversation did not come to its regular end.
#[derive(Debug)]
enum Trouble {
    Output(io::Error),
    Connection(io::Error),
    ClosedEarly { left_bytes: u64 },
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Output(error) => write!(f, "nothing can be printed: {error}"),
            Trouble::Connection(error) => write!(f, "the connection broke: {error}"),
            Trouble::ClosedEarly { left_bytes } => {
                write!(f, "closed before the last {left_bytes} bytes were sent")
            }
        }
    }
}

async fn converse(arguments: &Send) -> anyhow::Result<Result<(), Trouble>> {
    let mut stream = connect(&arguments.to).await?;
    let mut report = Report {
        out: io::stdout().lock(),
        began: Instant::now(),
        sends: 0,
        sent_bytes: 0,
        received_bytes: 0,
        stamps: Stamps::default(),
    };
    let mut sending = Sending {
        batches: arguments.batches.0.iter().copied().collect(),
        all_bytes: arguments.batches.0.iter().copied().map(u64::from).sum(),
        left: 0,
        offset: 0,
        gap: Duration::from_millis(arguments.gap.into()),
        due: Instant::now(),
    };
    let talk = async {
        let (local, peer) = (stream.local_addr(), stream.peer_addr());
        if let (Ok(local), Ok(peer)) = (local, peer) {
            report.line(&format!("connected from {local} to {peer}"))?;
        }
        let (mut incoming, mut outgoing) = stream.split();
        let talked = talk(&mut sending, &mut incoming, &mut outgoing, &mut report).await;
        report.closing()?;
        talked
    };
    Ok(talk.await)
}

async fn connect(to: &Target) -> anyhow::Result<TcpStream> {
    let connected = TcpStream::connect(to.addrs.as_slice()).await;
    let stream = connected.map_err(|error| {
        let remedy = match error.kind() {
            ErrorKind::ConnectionRefused => {
                "nobody listens there; start the server with `cargo run --release`"
            }
            ErrorKind::TimedOut => "nobody answers; is the server's accept queue full?",
            _ => "is the address right?",
        };
        anyhow!("--to {to}: {error}: {remedy}, or choose another with --to HOST:PORT")
    })?;
    // Each batch on its way at once: after some answers Nagle's algorithm would join two of three.
    stream
        .set_nodelay(true)
        .with_context(|| format!("--to {to}"))?;
    Ok(stream)
}

/// Reads whatever comes while it sends: a peer whose answers nobody takes would stop reading.
async fn talk<W: Write>(
    sending: &mut Sending,
    incoming: &mut ReadHalf<'_>,
    outgoing: &mut WriteHalf<'_>,
    report: &mut Report<W>,
) -> Result<(), Trouble> {
    let mut buffer = vec![0; READ_BYTES];
    let mut is_sending = true;
    loop {
        tokio::select! {
            read = incoming.read(&mut buffer) => match read.map_err(Trouble::Connection)? {
                0 if is_sending => {
                    return Err(Trouble::ClosedEarly { left_bytes: sending.all_bytes - sending.offset });
                }
                0 => return Ok(()),
                returned => report.received(buffer.get(..returned).unwrap_or_default())?,
            },
            sent = sending.step(outgoing), if is_sending => match sent.map_err(Trouble::Connection)? {
                Step::Part(bytes) => report.sent_bytes += bytes,
                Step::Sent { bytes, batch } => {
                    report.sent_bytes += bytes;
                    report.sent(batch)?;
                }
                Step::Finished => {
                    is_sending = false;
                    report.line("no more to send: FIN")?;
                }
            },
        }
    }
}

/// What is still to be sent, and when.
struct Sending {
    /// The one under way is the first.
    batches: VecDeque<u32>,
    all_bytes: u64,
    /// Bytes of the batch under way that the kernel has not taken.
    left: usize,
    /// Of the next byte in the stream.
    offset: u64,
    gap: Duration,
    /// Not before that time does the next batch go.
    due: Instant,
}

enum Step {
    /// The kernel took so many bytes, and the batch is not all of it.
    Part(u64),
    /// The kernel took the last bytes of the batch.
    Sent { bytes: u64, batch: u32 },
    /// The FIN is sent.
    Finished,
}

impl Sending {
    /// One send(2) or the FIN, when it is due. May be given up at each wait: nothing is lost.
    async fn step(&mut self, outgoing: &mut WriteHalf<'_>) -> io::Result<Step> {
        let Some(&batch) = self.batches.front() else {
            outgoing.shutdown().await?;
            return Ok(Step::Finished);
        };
        sleep_until(self.due.into()).await;
        if self.left == 0 {
            self.left = batch as usize;
        }
        let bytes = payload(self.offset, self.left.min(PAYLOAD_BYTES_MAX));
        let taken = outgoing.write(bytes).await?;
        self.left -= taken;
        self.offset += taken as u64;
        let bytes = taken as u64;
        if self.left > 0 {
            return Ok(Step::Part(bytes));
        }
        self.batches.pop_front();
        self.due = Instant::now() + self.gap;
        Ok(Step::Sent { bytes, batch })
    }
}

/// Lines on standard output, and their sums.
struct Report<W> {
    out: W,
    began: Instant,
    sends: usize,
    sent_bytes: u64,
    received_bytes: u64,
    stamps: Stamps,
}

impl<W: Write> Report<W> {
    fn line(&mut self, text: &str) -> Result<(), Trouble> {
        let seconds = self.began.elapsed().as_secs_f64();
        writeln!(self.out, "{seconds:9.3} s  {text}").map_err(Trouble::Output)
    }

    fn sent(&mut self, batch: u32) -> Result<(), Trouble> {
        self.sends += 1;
        self.line(&format!("sent {batch}"))
    }

    /// What one recv has returned: a line for each stamp in it, because answers may come together.
    fn received(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.received_bytes += bytes.len() as u64;
        self.stamps.count(bytes);
        let mut pieces = pieces(bytes);
        let first = pieces.next().unwrap_or_default();
        self.line(&format!("received {}: {}", bytes.len(), shown(first)))?;
        let indent = " ".repeat(format!("{:9.3} s  received {}: ", 0.0, bytes.len()).len());
        for piece in pieces {
            writeln!(self.out, "{indent}{}", shown(piece)).map_err(Trouble::Output)?;
        }
        Ok(())
    }

    fn closing(&mut self) -> Result<(), Trouble> {
        let Stamps { whole: stamps, .. } = self.stamps;
        let echoed = self.received_bytes - stamps * STAMP.len() as u64;
        self.line(&format!(
            "in all: sent {} bytes (batches: {}), received {} (stamps: {stamps}, the rest: {echoed})",
            self.sent_bytes, self.sends, self.received_bytes
        ))
    }
}

/// Cuts before each `[`, with which a stamp begins; the digits that are sent have none.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.chunk_by(|_, &next| next != b'[')
}

/// As it can be shown on one line.
fn shown(bytes: &[u8]) -> String {
    match bytes.get(..SHOWN_BYTES) {
        Some(first) if bytes.len() > SHOWN_BYTES => {
            let more = bytes.len() - SHOWN_BYTES;
            format!("{}… and {more} more", first.escape_ascii())
        }
        _ => bytes.escape_ascii().to_string(),
    }
}

/// `0` is any digit.
const STAMP: &[u8; 22] = b"[0000-00-00 00:00:00] ";

/// Counts stamps in a stream, wherever it is cut.
#[derive(Debug, Default)]
struct Stamps {
    whole: u64,
    /// So many bytes of the next one have come.
    begun: usize,
}

impl Stamps {
    fn count(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let shape = if byte.is_ascii_digit() { b'0' } else { byte };
            // A stamp has `[` at its beginning only, so there is no other place to begin anew.
            self.begun = match shape {
                b'[' => 1,
                _ if STAMP.get(self.begun) == Some(&shape) && self.begun > 0 => self.begun + 1,
                _ => 0,
            };
            if self.begun == STAMP.len() {
                self.whole += 1;
                self.begun = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_counted_wherever_the_stream_is_cut() {
        let stream = b"[2026-01-02 03:04:05] 012[2026-01-02 [2026-01-02 03:04:06] 3[x] ";
        for cut in 0..=stream.len() {
            let (before, after) = stream.split_at(cut);
            let mut stamps = Stamps::default();
            stamps.count(before);
            stamps.count(after);
            assert_eq!(stamps.whole, 2, "cut at {cut}");
        }
    }

    #[test]
    fn a_line_begins_with_a_stamp_or_with_what_came_first() {
        let check = |bytes: &[u8], expect: &[&str]| {
            assert_eq!(pieces(bytes).map(shown).collect::<Vec<_>>(), expect);
        };
        check(b"[a] 01[b] 23", &["[a] 01", "[b] 23"]);
        check(b"5] 01[b", &["5] 01", "[b"]);
        check(b"", &[]);
        let long = shown(&[b'7'; SHOWN_BYTES + 5]);
        assert!(long.ends_with("7… and 5 more"), "{long}");
        assert_eq!(shown(b"\x1b[2J\n"), "\\x1b[2J\\n");
    }
}
