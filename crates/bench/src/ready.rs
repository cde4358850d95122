//! What a delivery cannot cost less than: frames made ready, and written to one socket after the
//! other, with the same options as a relay's viewers have. No tasks, no wake-ups, no requests.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use protocol::{
    Conn, End, Event, Preview, Record, Seq, Wrote,
    wire::{self, FromRelay},
};

use crate::frames;

/// Serves on a free port until the process ends: frames of about `bytes`, so often a second.
///
/// # Errors
/// No port, or no thread.
pub fn serve(bytes: usize, a_second: u32) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("page http://{}/", listener.local_addr()?);
    let started = Instant::now();
    let (joins, joined) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        for stream in listener.incoming().flatten() {
            // One that goes again is no viewer.
            if let Ok(stream) = welcome(stream, started)
                && joins.send(stream).is_err()
            {
                return;
            }
        }
    })?;
    let every = Duration::from_secs(1) / a_second;
    let mut viewers: Vec<TcpStream> = Vec::new();
    for seq in 1.. {
        let due = every * seq;
        thread::sleep(due.saturating_sub(started.elapsed()));
        viewers.extend(joined.try_iter());
        let frame = frames::binary(&batch(u64::from(seq), nanos(started), bytes));
        viewers.retain_mut(|viewer| match viewer.write(&frame) {
            Ok(written) => written == frame.len(),
            // A delivery that is missing, and counted so.
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        });
    }
    Ok(())
}

/// Takes the request as it is, and tells the clock.
fn welcome(mut stream: TcpStream, started: Instant) -> io::Result<TcpStream> {
    let mut request = Vec::new();
    let mut piece = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        let returned = stream.read(&mut piece)?;
        if returned == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(&piece[..returned]);
    }
    stream.set_nodelay(true)?;
    stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")?;
    let at_nanos = nanos(started);
    stream.write_all(&frames::binary(&wire::encode(&FromRelay::Beat {
        at_nanos,
    })))?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Records that take about so many bytes.
fn batch(first: u64, at_nanos: u64, bytes: usize) -> Vec<u8> {
    let preview = vec![b'x'; Preview::BYTES_MAX.min(bytes)];
    let mut records = Vec::new();
    loop {
        // Numbers of their own for each batch, as a relay gives them.
        let seq = Seq(first * 1_000 + records.len() as u64);
        let event = Event::Wrote(Wrote {
            conn: Conn(1),
            end: End::Server,
            offset: 0,
            asked: 0,
            accepted: 0,
            times: 1,
            since_nanos: None,
            preview: Some(Preview(preview.as_slice().into())),
        });
        records.push(Record {
            seq,
            at_nanos,
            event,
        });
        let message = wire::encode(&FromRelay::Records(records.clone()));
        if message.len() + preview.len() / 2 >= bytes {
            return message;
        }
    }
}

fn nanos(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
