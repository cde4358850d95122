//! What all tasks of the datagram echo share: the server's socket, who is there, and the order in
//! which facts are told.
//!
//! Whoever sends or receives does it and records it under one lock, so no datagram is received
//! before it is sent. Knows nothing of when to do so: that is `server` and `client`.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{
    Address, Called, Conn, DatagramBound, DatagramLost, DatagramQueue, DatagramReceived,
    DatagramSent, End, Event, LostBy, Preview,
};
use socket2::SockAddr;
use tokio::sync::{Notify, watch};

use super::{
    clients::Clients,
    gather::Gather,
    number::recognise,
    road::{Parcel, Way},
    socket::{Bound, DatagramSocket, address},
};
use crate::{
    journal::Journal, observe, observe::datagram::Datagram, registry::Registry, stamp::Stamp,
};

/// The least time between two samples of the queue.
const SAMPLE_NANOS: u64 = 16_000_000;
/// How often it is looked at while something lies in it: what a full buffer loses brings no edge.
const LOOK_NANOS: u64 = 50_000_000;

/// The server's socket and its books.
#[derive(Debug)]
pub struct Desk {
    /// The server's.
    pub socket: DatagramSocket,
    addr: Address,
    /// Where clients of our own send to.
    reachable: SockAddr,
    pub journal: Arc<Journal>,
    registry: Arc<Registry>,
    pub previews: bool,
    books: Mutex<Books>,
    /// Facts wait to be told, or a sample to be taken.
    stirred: Notify,
    /// Datagrams lost by the server's full buffer.
    pub lost: watch::Sender<u64>,
}

/// What is told so far.
#[derive(Debug)]
struct Books {
    gather: Gather,
    clients: Clients,
    bound: DatagramBound,
    /// The kernel's count of losses, as told.
    drops: u32,
    sample: Option<DatagramQueue>,
    sampled_nanos: u64,
    /// Something has happened since the last sample.
    is_stirred: bool,
    stamp: Stamp,
    answer: Vec<u8>,
}

impl Desk {
    /// Takes the server's socket over and records that it is bound.
    ///
    /// # Errors
    /// The system does not take it.
    pub fn open(
        socket: Bound,
        clients: Clients,
        bufsize: u32,
        journal: Arc<Journal>,
        registry: Arc<Registry>,
        previews: bool,
    ) -> io::Result<Desk> {
        let (addr, reachable) = (socket.addr()?, socket.reachable()?);
        let socket = DatagramSocket::new(socket)?;
        let bound = DatagramBound {
            conn: None,
            end: End::Server,
            local: addr.clone(),
            peer: None,
            bufsize,
            receive_buffer: None,
            road_lose_percent: 0,
            road_reorder_percent: 0,
            road_seed: 0,
            forgets: None,
        };
        let drops = socket.look().drops.unwrap_or(0);
        // What was told of another socket's queue is not true of this one.
        let is_stirred = !clients.is_empty();
        let desk = Desk {
            socket,
            addr,
            reachable,
            journal,
            registry,
            previews,
            books: Mutex::new(Books {
                gather: Gather::default(),
                clients,
                bound: bound.clone(),
                drops,
                sample: None,
                sampled_nanos: 0,
                is_stirred,
                stamp: Stamp::default(),
                answer: Vec::new(),
            }),
            stirred: Notify::new(),
            lost: watch::Sender::new(0),
        };
        desk.journal.record(Event::DatagramBound(Box::new(bound)));
        Ok(desk)
    }

    /// Where the server's socket is.
    pub fn addr(&self) -> &Address {
        &self.addr
    }

    /// Who has a number, for the next one who serves.
    pub fn take_clients(&self) -> Clients {
        std::mem::take(&mut self.books().clients)
    }

    /// Other settings of the server's socket; told if anything changes.
    pub fn set(&self, change: impl FnOnce(&mut DatagramBound)) {
        let mut books = self.books();
        let before = books.bound.clone();
        change(&mut books.bound);
        if books.bound != before {
            let bound = Box::new(books.bound.clone());
            self.tell(&mut books, Event::DatagramBound(bound));
        }
    }

    /// Asks for another receive buffer.
    ///
    /// # Errors
    /// As setsockopt(2).
    pub fn set_receive_buffer(&self, bytes: u32) -> io::Result<()> {
        self.socket.raw().set_recv_buffer_size(bytes as usize)?;
        self.set(|bound| bound.receive_buffer = Some(bytes));
        Ok(())
    }

    /// Whether a datagram waits.
    pub fn waits(&self) -> bool {
        observe::datagram::waits(&self.socket.raw())
    }

    /// A client of our own has bound its socket: its number, and where it is told what the server
    /// has received of it.
    pub fn enter(&self, local: &Address, bufsize: u32) -> (Conn, watch::Receiver<u64>) {
        let mut books = self.books();
        let now = self.journal.now_nanos();
        let conn = self.registry.next_number();
        let forgets = books.clients.enter_ours(local, conn, now);
        let received = books.clients.of(local).map(|it| it.received.subscribe());
        let bound = DatagramBound {
            conn: Some(conn),
            end: End::Client,
            local: local.clone(),
            peer: Some(self.addr.clone()),
            bufsize,
            receive_buffer: None,
            road_lose_percent: 0,
            road_reorder_percent: 0,
            road_seed: 0,
            forgets,
        };
        self.tell(&mut books, Event::DatagramBound(Box::new(bound)));
        (conn, received.unwrap_or_else(|| watch::channel(0).1))
    }

    /// A client of our own has closed its socket, when all that had come was read.
    pub fn leave(&self, local: &Address, conn: Conn) {
        let mut books = self.books();
        books.clients.left(local, conn);
        let closed = protocol::Closed {
            conn,
            end: End::Client,
            unread: 0,
        };
        self.tell(&mut books, Event::Closed(closed));
    }

    /// sendto(2) by a client of our own, over the road that there is. `is_last`: none follows soon.
    /// How many datagrams went; the sent one is not always among them.
    ///
    /// # Errors
    /// As sendto(2); then nothing was sent.
    pub fn send(
        &self,
        conn: Conn,
        socket: &DatagramSocket,
        (way, is_last): (&mut Way, bool),
        parcel: Parcel,
    ) -> io::Result<u64> {
        let mut books = self.books();
        // What was lost before was none of these.
        self.look_for_losses(&mut books, None);
        let to = &self.reachable;
        // Not the runtime's own: that refuses until it has first seen the socket writable.
        let raw = socket.raw();
        let road = books.bound.road();
        let sent = DatagramSent {
            conn,
            end: End::Client,
            number: parcel.number,
            bytes: parcel.bytes.len() as u64,
            answers: None,
            times: 1,
            since_nanos: None,
            preview: self.preview(&books, &parcel.bytes),
        };
        let fate = way.take(road, parcel, is_last);
        let mut went = 0;
        if !road.is_bad()
            && let [only] = &fate.go[..]
        {
            raw.send_to(&only.bytes, to)?;
            self.tell(&mut books, Event::DatagramSent(sent));
            self.look_for_losses(&mut books, Some((conn, only.number)));
            return Ok(1);
        }
        self.tell(&mut books, Event::DatagramSent(sent));
        for parcel in fate.go {
            match raw.send_to(&parcel.bytes, to) {
                Ok(_) => went += 1,
                Err(error) => tracing::debug!(%conn, %error, "the bad road ends"),
            }
            self.look_for_losses(&mut books, Some((conn, parcel.number)));
        }
        if let Some(number) = fate.lost {
            let lost = DatagramLost {
                conn: Some(conn),
                end: End::Server,
                datagrams: 1,
                number: Some(number),
                by: LostBy::BadRoad,
            };
            self.tell(&mut books, Event::DatagramLost(lost));
        }
        Ok(went)
    }

    /// recvfrom(2) by a client of our own. `drops`: what its kernel had lost, as told. False: none
    /// was there.
    pub fn receive(
        &self,
        (conn, local): (Conn, &Address),
        socket: &DatagramSocket,
        into: &mut [u8],
        drops: &mut u32,
    ) -> bool {
        let mut books = self.books();
        let found = observe::datagram::receive(&socket.raw(), into);
        let count = socket.look().drops.unwrap_or(*drops);
        let lost = u64::from(count.wrapping_sub(*drops));
        if lost > 0 {
            *drops = count;
            let fact = DatagramLost {
                conn: Some(conn),
                end: End::Client,
                datagrams: lost,
                number: None,
                by: LostBy::FullBuffer,
            };
            self.tell(&mut books, Event::DatagramLost(fact));
        }
        let Ok(Datagram {
            returned, bytes, ..
        }) = found
        else {
            return false;
        };
        let came = &into[..returned];
        // Behind the stamp stands what is answered.
        let answers = came
            .iter()
            .position(|&byte| byte == b']')
            .and_then(|stamp| recognise(came.get(stamp + 2..)?));
        let client = books.clients.of(local);
        let number = answers.and_then(|number| client?.answer_to(number));
        let fact = DatagramReceived {
            conn,
            end: End::Client,
            number,
            asked: into.len() as u64,
            returned: returned as u64,
            bytes: bytes as u64,
            truncated: u32::from(bytes > returned),
            times: 1,
            since_nanos: None,
            preview: self.preview(&books, came),
        };
        self.tell(&mut books, Event::DatagramReceived(fact));
        true
    }

    /// One recvfrom of at most `into.len()` bytes, and the answer to it. False: none was there.
    pub fn serve_one(&self, into: &mut [u8]) -> bool {
        let mut books = self.books();
        let Datagram {
            returned,
            bytes,
            from: to,
        } = match observe::datagram::receive(&self.socket.raw(), into) {
            Ok(datagram) => datagram,
            Err(error) => {
                if error.kind() != io::ErrorKind::WouldBlock {
                    // On Windows that an earlier answer found nobody is told here.
                    tracing::debug!(%error, "recvfrom fails");
                }
                self.look_for_losses(&mut books, None);
                return false;
            }
        };
        self.look_for_losses(&mut books, None);
        let Some(from) = address(&to) else {
            tracing::debug!("a datagram of no family that is served");
            return true;
        };
        let now = self.journal.now_nanos();
        let next = || self.registry.next_number();
        let (client, entered) = books.clients.heard(&from, now, next);
        let (conn, is_ours) = (client.conn, client.is_ours);
        if let Some(entered) = entered {
            let bound = DatagramBound {
                conn: Some(conn),
                end: End::Server,
                local: self.addr.clone(),
                peer: (!entered.is_crowd).then(|| from.clone()),
                bufsize: books.bound.bufsize,
                receive_buffer: None,
                road_lose_percent: 0,
                road_reorder_percent: 0,
                road_seed: 0,
                forgets: entered.forgets,
            };
            self.tell(&mut books, Event::DatagramBound(Box::new(bound)));
        }
        let came = &into[..returned];
        let number = recognise(came).filter(|_| is_ours);
        let received = DatagramReceived {
            conn,
            end: End::Server,
            number,
            asked: into.len() as u64,
            returned: returned as u64,
            bytes: bytes as u64,
            truncated: u32::from(bytes > returned),
            times: 1,
            since_nanos: None,
            preview: self.preview(&books, came),
        };
        self.tell(&mut books, Event::DatagramReceived(received));
        self.answer(&mut books, (conn, &from, &to), number, came);
        if let Some(client) = books.clients.of(&from) {
            client.received.send_modify(|count| *count += 1);
        }
        true
    }

    /// The stamp, then what came.
    fn answer(
        &self,
        books: &mut Books,
        (conn, from, to): (Conn, &Address, &SockAddr),
        answers: Option<u64>,
        came: &[u8],
    ) {
        let mut answer = std::mem::take(&mut books.answer);
        answer.clear();
        answer.extend_from_slice(books.stamp.now().as_bytes());
        answer.extend_from_slice(came);
        match (
            self.socket.raw().send_to(&answer, to),
            books.clients.of(from),
        ) {
            (Ok(_), Some(client)) => {
                let number = client.next_answer(answers);
                let sent = DatagramSent {
                    conn,
                    end: End::Server,
                    number,
                    bytes: answer.len() as u64,
                    answers,
                    times: 1,
                    since_nanos: None,
                    preview: self.preview(books, &answer),
                };
                self.tell(books, Event::DatagramSent(sent));
            }
            (Err(error), _) => {
                // Too long with its stamp, for one; over a Unix-domain socket, that the client does
                // not read what it has, or has no name. A flood of them is not told one by one.
                tracing::debug!(%conn, %error, "an answer cannot be sent");
                if books.gather.tells_next(self.journal.now_nanos()) {
                    let called = Called {
                        conn: Some(conn),
                        end: End::Server,
                        method: "sendto".into(),
                        arguments: format!("{} bytes", answer.len()),
                        result: String::new(),
                        errno: error.raw_os_error(),
                    };
                    self.tell(books, Event::Called(called));
                }
            }
            (Ok(_), None) => {}
        }
        books.answer = answer;
    }

    /// Tells what is due: facts that were gathered, losses, a sample. When to look again.
    pub fn look(&self) -> Option<u64> {
        let mut books = self.books();
        self.look_for_losses(&mut books, None);
        let now = self.journal.now_nanos();
        if books.gather.due_nanos().is_some_and(|due| due <= now) {
            let facts = books.gather.take();
            self.journal.record_all(facts);
        }
        let lies_about = |books: &Books| {
            let memory = |sample: &DatagramQueue| sample.kernel_memory.unwrap_or(0);
            let sample = books.sample.as_ref();
            sample.is_some_and(|sample| sample.next_bytes + memory(sample) > 0)
        };
        let may_sample = now >= books.sampled_nanos + SAMPLE_NANOS;
        if may_sample && (books.is_stirred || lies_about(&books)) {
            books.is_stirred = false;
            books.sampled_nanos = now;
            let look = self.socket.look();
            let sample = DatagramQueue {
                conn: None,
                end: End::Server,
                next_bytes: look.next_bytes,
                kernel_memory: look.kernel_memory,
                kernel_memory_limit: look.kernel_memory_limit,
            };
            if books.sample != Some(sample) {
                books.sample = Some(sample);
                self.journal.record(Event::DatagramQueue(sample));
            }
        }
        let stirred = books.is_stirred;
        let lies_about = lies_about(&books);
        [
            books.gather.due_nanos(),
            stirred.then_some(books.sampled_nanos + SAMPLE_NANOS),
            lies_about.then_some(now + LOOK_NANOS),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Returns when [`Desk::look`] has something new to look at.
    pub async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Something may have come that nobody has told.
    pub fn stir(&self) {
        self.books().is_stirred = true;
    }

    /// Tells all that is gathered.
    pub fn flush(&self) {
        let mut books = self.books();
        self.look_for_losses(&mut books, None);
        let facts = books.gather.take();
        self.journal.record_all(facts);
    }

    /// Reads the kernel's count. `suspect`: the datagram of our own client that was sent since the
    /// last look; if it is one that was lost meanwhile, it was this one.
    fn look_for_losses(&self, books: &mut Books, suspect: Option<(Conn, u64)>) {
        let Some(drops) = self.socket.look().drops else {
            return;
        };
        let lost = u64::from(drops.wrapping_sub(books.drops));
        if lost == 0 {
            return;
        }
        books.drops = drops;
        let (conn, number) = suspect.filter(|_| lost == 1).unzip();
        let fact = DatagramLost {
            conn,
            end: End::Server,
            datagrams: lost,
            number,
            by: LostBy::FullBuffer,
        };
        self.tell(books, Event::DatagramLost(fact));
        self.lost.send_modify(|all| *all += lost);
    }

    fn tell(&self, books: &mut Books, fact: Event) {
        let now = self.journal.now_nanos();
        let was_stirred = std::mem::replace(&mut books.is_stirred, true);
        let is_flow = matches!(
            fact,
            Event::DatagramSent(_) | Event::DatagramReceived(_) | Event::DatagramLost(_)
        );
        if !is_flow {
            let facts = books.gather.take();
            self.journal.record_all(facts.chain([fact]));
        } else if let Some(fact) = books.gather.offer(fact, now) {
            self.journal.record(fact);
        }
        if !was_stirred {
            self.stirred.notify_one();
        }
    }

    fn preview(&self, books: &Books, bytes: &[u8]) -> Option<Preview> {
        let is_told = self.previews && books.gather.tells_next(self.journal.now_nanos());
        is_told.then(|| Preview(bytes[..bytes.len().min(Preview::BYTES_MAX)].into()))
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Nothing in there can panic half-way through a change.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
