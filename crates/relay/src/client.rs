//! The demonstration client: a real connection to the echo server, which sends `0123456789…` in
//! batches and reads whatever comes back. It is observed by the very same code as the server's end.
//!
//! Knows nothing of who asked for it.

use std::{
    collections::VecDeque,
    future, io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::future::BoxFuture;
use protocol::{Address, Called, Conn, End, Refusal, Spacing};
use socket2::SockRef;
use tokio::{net::TcpSocket, sync::watch, time::sleep};

#[cfg(target_os = "linux")]
use crate::door;
use crate::{
    by_hand::{Program, Progress},
    journal::Journal,
    noted::Calls,
    payload::{PAYLOAD_BYTES_MAX, payload},
    registry::{Batches, Ending, Registry, Seat},
    socket::Socket,
    stream::Stream,
};

/// Asked of SO_SNDBUF, bytes: with the default a flooding client would queue some 3.9 MB before
/// write blocks, and nobody would see the belt stop. The kernel doubles it.
const SEND_BUFFER_BYTES: u32 = 16_384;
/// The most bytes of one recv.
const READ_BYTES: usize = 16_384;
/// After so many steps without waiting, other tasks have their turn.
const STEPS_MAX: u32 = 32;

/// What a demonstration client is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientSettings {
    /// Asked of SO_SNDBUF, bytes. None: the system's.
    pub send_buffer: Option<u32>,
    /// Asked of SO_RCVBUF, bytes. None: the system's.
    pub receive_buffer: Option<u32>,
    /// It reads what comes back at once; otherwise only when it is told to.
    pub reads: bool,
    /// Who opens it waits until connect(2) has returned.
    pub waits: bool,
    /// What it reads is kept for [`crate::Stage::kept`].
    pub keeps: bool,
}

impl Default for ClientSettings {
    /// As the page's: a small send buffer, and it reads at once.
    fn default() -> ClientSettings {
        ClientSettings {
            send_buffer: Some(SEND_BUFFER_BYTES),
            receive_buffer: None,
            reads: true,
            waits: true,
            keeps: false,
        }
    }
}

/// What a client has read, at most [`Kept::BYTES_MAX`]; a clone is the same.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    /// What is read behind so many bytes is not kept.
    pub const BYTES_MAX: usize = 4 << 20;

    /// What was read so far.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, read: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = Kept::BYTES_MAX.saturating_sub(kept.len());
        kept.extend_from_slice(&read[..read.len().min(room)]);
    }
}

/// A client whose connect(2) was called and has perhaps not returned.
pub struct Opening {
    seat: Seat,
    connect: BoxFuture<'static, io::Result<Stream>>,
    local: Address,
    server: Address,
}

/// Makes a client's socket and calls connect(2) on it. Within the runtime on which it is to live.
///
/// # Errors
/// Too many are open, or the system refuses.
pub fn open(
    registry: &Arc<Registry>,
    server: Address,
    settings: &ClientSettings,
) -> Result<Opening, Refusal> {
    let (socket, local, calls) = prepare(&server, settings).map_err(|error| refusal(&error))?;
    let seat = registry.connecting(local.clone(), server.clone(), calls, settings.reads)?;
    let mut connect = socket.connect(&server);
    // The first poll makes the call; whoever waits for its end asks again.
    let begun = connect
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(connected) = begun {
        connect = Box::pin(future::ready(connected));
    }
    Ok(Opening {
        seat,
        connect,
        local,
        server,
    })
}

/// A socket ready to connect, its address, and the calls that made it.
fn prepare(
    server: &Address,
    settings: &ClientSettings,
) -> io::Result<(Prepared, Address, Vec<Called>)> {
    let mut calls = Calls::of(End::Client);
    let Some(server) = server.inet() else {
        return prepare_unix(settings, calls);
    };
    let socket = if server.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    calls.note_socket(&server.into());
    calls.set_buffers(
        SockRef::from(&socket),
        settings.receive_buffer,
        settings.send_buffer,
    )?;
    // Each batch on its way at once: after some answers Nagle's algorithm would join two of three.
    socket.set_nodelay(true)?;
    calls.note("setsockopt", "IPPROTO_TCP, TCP_NODELAY, 1", "");
    // Bound before it connects, so that the server's accept finds its number.
    let any = SocketAddr::new(server.ip(), 0);
    socket.bind(any)?;
    calls.note_bind(&any.into());
    let local = socket.local_addr()?.into();
    Ok((Prepared::Tcp(socket), local, calls.made()))
}

/// A socket that has not called connect(2).
enum Prepared {
    Tcp(TcpSocket),
    #[cfg(target_os = "linux")]
    Unix(socket2::Socket),
}

impl Prepared {
    fn connect(self, server: &Address) -> BoxFuture<'static, io::Result<Stream>> {
        match (self, server) {
            (Prepared::Tcp(socket), &Address::Inet(server)) => {
                Box::pin(async move { Ok(socket.connect(server).await?.into()) })
            }
            #[cfg(target_os = "linux")]
            (Prepared::Unix(socket), Address::Unix(server)) => {
                let connected = door::unix::connect(socket, server).map(Stream::from);
                Box::pin(future::ready(connected))
            }
            #[cfg(target_os = "linux")]
            _ => Box::pin(future::ready(Err(io::ErrorKind::InvalidInput.into()))),
            #[cfg(not(target_os = "linux"))]
            _ => Box::pin(future::ready(Err(io::ErrorKind::Unsupported.into()))),
        }
    }
}

/// The same for a Unix-domain socket. The bytes of a send go straight into the server's receive
/// queue there, and it is SO_SNDBUF of the sender that says how many may lie in it.
#[cfg(target_os = "linux")]
fn prepare_unix(
    settings: &ClientSettings,
    mut calls: Calls,
) -> io::Result<(Prepared, Address, Vec<Called>)> {
    let (socket, name) = door::unix::client(socket2::Type::STREAM)?;
    let local = Address::from(name);
    calls.note_socket(&local);
    calls.set_buffers(
        SockRef::from(&socket),
        settings.receive_buffer,
        settings.send_buffer,
    )?;
    calls.note_bind(&protocol::UnixName::default().into());
    Ok((Prepared::Unix(socket), local, calls.made()))
}

#[cfg(not(target_os = "linux"))]
fn prepare_unix(_: &ClientSettings, _: Calls) -> io::Result<(Prepared, Address, Vec<Called>)> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Opening {
    /// Its number.
    #[must_use]
    pub fn conn(&self) -> Conn {
        self.seat.conn
    }

    /// Waits until connect has returned, which is then recorded, at most for `patience`.
    ///
    /// # Errors
    /// The system refuses, or a person has ended it.
    pub async fn connected(
        mut self,
        patience: Option<Duration>,
    ) -> Result<(Seat, Stream), Refusal> {
        let out_of_patience = async {
            match patience {
                Some(patience) => sleep(patience).await,
                None => future::pending().await,
            }
        };
        let mut out_of_patience = pin!(out_of_patience);
        let connected = loop {
            tokio::select! {
                biased;
                connected = &mut self.connect => break connected,
                () = &mut out_of_patience => break Err(io::Error::from_raw_os_error(TIMED_OUT)),
                () = self.seat.news() => if self.seat.is_ending() {
                    self.seat.gave_up();
                    return Err(Refusal::NotOpen { conn: self.seat.conn });
                },
            }
        };
        match connected {
            Ok(stream) => {
                self.seat.connected(self.local, self.server);
                Ok((self.seat, stream))
            }
            Err(error) => {
                self.seat.failed(&self.server, &error);
                Err(refusal(&error))
            }
        }
    }
}

fn refusal(error: &io::Error) -> Refusal {
    Refusal::System {
        errno: error.raw_os_error().unwrap_or(0),
    }
}

/// ETIMEDOUT, as connect(2) itself would say after two minutes.
#[cfg(target_os = "linux")]
const TIMED_OUT: i32 = 110;
#[cfg(target_os = "macos")]
const TIMED_OUT: i32 = 60;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const TIMED_OUT: i32 = 10_060;

/// Sends and reads until the server closes or a person ends it; true: by RST. `kept` gets what is read.
pub async fn run(seat: &Seat, socket: &mut Socket, journal: &Journal, kept: Option<Kept>) -> bool {
    let mut client = Client {
        recorded: seat.arrived().subscribe(),
        seat,
        socket,
        journal,
        program: Program::default(),
        batches: None,
        left: 0,
        next_at_nanos: 0,
        buffer: vec![0; READ_BYTES],
        by_hand: VecDeque::new(),
        // The first news tells how it is.
        reads_by_hand: true,
        is_shut: false,
        kept,
    };
    let mut steps = 0;
    loop {
        match client.step() {
            Step::Again => {
                steps += 1;
                if steps >= STEPS_MAX {
                    steps = 0;
                    tokio::task::yield_now().await;
                }
            }
            Step::Wait { until_nanos } => {
                steps = 0;
                let awaits_recorded = client.awaits_recorded();
                let (seat, recorded) = (client.seat, &mut client.recorded);
                let other = async {
                    tokio::select! {
                        () = seat.news() => {}
                        _ = recorded.changed(), if awaits_recorded => {}
                    }
                };
                client.socket.wait(until_nanos, other).await;
            }
            Step::End { reset } => return reset,
        }
    }
}

struct Client<'a> {
    seat: &'a Seat,
    socket: &'a mut Socket,
    journal: &'a Journal,
    /// Bytes whose arrival at the server is recorded.
    recorded: watch::Receiver<u64>,
    /// The calls that a person makes.
    program: Program,
    /// What is still to be sent after the batch under way.
    batches: Option<Batches>,
    /// Bytes of the batch under way that the kernel has not taken.
    left: usize,
    /// Not before that time does the next batch go.
    next_at_nanos: u64,
    buffer: Vec<u8>,
    /// Reads that a person asks for: the most bytes of each.
    by_hand: VecDeque<u32>,
    /// It makes no others.
    reads_by_hand: bool,
    /// Nothing is sent any more, once all batches are gone.
    is_shut: bool,
    kept: Option<Kept>,
}

enum Step {
    Again,
    Wait { until_nanos: Option<u64> },
    End { reset: bool },
}

impl Client<'_> {
    fn step(&mut self) -> Step {
        if self.seat.has_news() {
            self.socket.flush();
            let news = self.seat.take_news();
            if let Some(ending) = news.ending {
                return Step::End {
                    reset: ending == Ending::Reset,
                };
            }
            self.by_hand.extend(news.reads);
            self.reads_by_hand = news.reads_by_hand;
            self.is_shut = news.is_shut;
            if news.batches.is_some() {
                self.batches = news.batches;
                self.next_at_nanos = 0;
            }
            self.program.ask(news.calls);
        }
        self.socket.look(false);
        match self.program.step(self.socket, self.journal.now_nanos()) {
            Progress::Idle => {}
            Progress::Made => return Step::Again,
            Progress::Waits { until_nanos } => return Step::Wait { until_nanos },
            Progress::Close => return Step::End { reset: false },
        }
        if self.socket.is_gone() {
            return Step::End { reset: false };
        }
        let mut progress = false;
        if self.socket.queued() > 0 || self.socket.peer_shut() {
            match self.read() {
                Some(0) => return Step::End { reset: false },
                Some(_) => progress = true,
                None => {}
            }
        }
        progress |= self.send();
        if self.is_shut && self.left == 0 && self.batches.is_none() && !self.socket.is_shut() {
            self.socket.shut();
        }
        if progress || self.socket.is_gone() {
            return Step::Again;
        }
        let waits = self.left == 0 && self.batches.is_some() && !self.awaits_recorded();
        Step::Wait {
            until_nanos: waits.then_some(self.next_at_nanos),
        }
    }

    /// Reads what may be read now; None: nothing.
    fn read(&mut self) -> Option<usize> {
        let asked = match self.by_hand.front() {
            Some(&asked) => asked as usize,
            None if self.reads_by_hand => return None,
            None => READ_BYTES,
        };
        if self.buffer.len() < asked {
            self.buffer.resize(asked, 0);
        }
        let returned = self.socket.read(&mut self.buffer[..asked])?;
        if self.by_hand.pop_front().is_some() {
            self.seat.has_read();
        }
        if let Some(kept) = &self.kept {
            kept.keep(&self.buffer[..returned]);
        }
        Some(returned)
    }

    /// Sends what may go now; true if the kernel took some, or a batch has begun.
    fn send(&mut self) -> bool {
        if self.left == 0 {
            return self.begin_batch();
        }
        let given = self.batches.as_ref().and_then(|b| b.given.as_deref());
        let bytes = match given {
            Some(given) => &given[given.len().saturating_sub(self.left)..],
            None => {
                let len = self.left.min(PAYLOAD_BYTES_MAX);
                payload(self.socket.wrote_bytes(), len)
            }
        };
        let accepted = self.socket.write(bytes);
        self.left -= accepted;
        if self.left == 0 {
            self.end_batch();
        }
        accepted > 0
    }

    fn begin_batch(&mut self) -> bool {
        if self.awaits_recorded() || self.journal.now_nanos() < self.next_at_nanos {
            return false;
        }
        let next = self.batches.as_mut().and_then(|b| b.sizes.pop_front());
        self.left = next.unwrap_or(0) as usize;
        self.left > 0
    }

    fn end_batch(&mut self) {
        let Some(batches) = &self.batches else { return };
        if batches.sizes.is_empty() {
            self.batches = None;
            self.seat.sent_all();
        } else if let Spacing::GapMillis(millis) = batches.spacing {
            self.next_at_nanos = self.journal.now_nanos() + u64::from(millis) * 1_000_000;
        }
    }

    /// The next batch waits until the arrival of all that was sent is recorded.
    fn awaits_recorded(&self) -> bool {
        self.left == 0
            && self
                .batches
                .as_ref()
                .is_some_and(|b| b.spacing == Spacing::WhenRecorded)
            && *self.recorded.borrow() < self.socket.wrote_bytes()
    }
}
