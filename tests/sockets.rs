//! Random connections: whatever clients do, what arrived was read or is left unread.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use protocol::{Conn, End, Policy, ReadWhen, Request};
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Mutex, Semaphore, watch},
    time::{sleep, timeout},
};

use crate::{
    books::{Account, Books},
    relay_process::{Mirror, PATIENCE, RelayProcess, without_stamps},
};

const CONNECTIONS: u64 = 400;
const AT_A_TIME: usize = 40;

/// SplitMix64: the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

/// How a client ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Sends FIN, reads all answers.
    Polite,
    /// Sends RST.
    Reset,
    /// Closes without reading a thing.
    Careless,
    /// Lets a person close the server's end.
    ClosedByServer,
    /// Lets a person reset the server's end.
    ResetByServer,
}

#[derive(Debug)]
struct Plan {
    sends: Vec<(usize, Duration)>,
    is_held: bool,
    ending: Ending,
}

fn plan(seed: u64) -> Plan {
    let mut random = Random(seed);
    let many = 1 + random.below(12);
    let sends = (0..many)
        .map(|_| {
            let size = match random.below(4) {
                0 => 1 + random.below(8),
                1 => 1 + random.below(100),
                2 => 1 + random.below(2_000),
                _ => 1 + random.below(20_000),
            };
            // What is tried, not what is waited for.
            let gap = Duration::from_micros([0, 0, 20, 200, 2_000][random.below(5) as usize]);
            (size as usize, gap)
        })
        .collect();
    let ending = match random.below(10) {
        0..=4 => Ending::Polite,
        5 | 6 => Ending::Reset,
        7 => Ending::Careless,
        8 => Ending::ClosedByServer,
        _ => Ending::ResetByServer,
    };
    Plan {
        sends,
        is_held: random.below(3) == 0,
        ending,
    }
}

/// What all clients see of the journal.
#[derive(Clone)]
struct Seen(watch::Receiver<Books>);

impl Seen {
    /// The number of a client that has just connected. Its port may have been another one's before:
    /// the kernel begins anew to give them every ten seconds.
    async fn conn(&mut self, client: SocketAddr) -> Conn {
        let client = client.into();
        let is_open = |books: &Books| {
            let conn = books.conns.get(&client);
            let account = conn.and_then(|&conn| books.accounts.get(&(conn, End::Server)));
            account.is_some_and(|account| account.unread.is_none())
        };
        let books = timeout(PATIENCE, self.0.wait_for(is_open)).await;
        books.unwrap().unwrap().conns[&client]
    }

    async fn account(&mut self, conn: Conn, is: impl Fn(&Account) -> bool) -> Account {
        let place = (conn, End::Server);
        let books = self
            .0
            .wait_for(|books| books.accounts.get(&place).is_some_and(&is));
        let books = timeout(PATIENCE, books).await.unwrap().unwrap();
        books.accounts[&place].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrived_was_read_or_is_left_unread() {
    let relay = RelayProcess::start(&["--backlog", "512"]);
    let mut lines = relay.lines("").await;
    let (books, seen) = watch::channel(Books::default());
    let watching = tokio::spawn(async move {
        while let Some(record) = lines.try_next().await {
            // Verifies, too.
            books.send_modify(|books| books.apply(&record));
        }
        books
    });
    let person = Arc::new(Mutex::new(relay.mirror("").await));
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let mut clients = Vec::new();
    for seed in 0..CONNECTIONS {
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let (seen, person, echo) = (Seen(seen.clone()), Arc::clone(&person), relay.echo);
        clients.push(tokio::spawn(async move {
            client(seed, echo, seen, &person).await;
            drop(place);
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    drop(relay);
    let books = watching.await.unwrap();
    let books = books.borrow();
    assert_eq!(books.accounts.len() as u64, CONNECTIONS);
    assert_eq!(books.dropped, 0);
}

async fn client(seed: u64, echo: SocketAddr, mut seen: Seen, person: &Mutex<Mirror>) {
    let plan = plan(seed);
    let stream = TcpStream::connect(echo).await.unwrap();
    let me = stream.local_addr().unwrap();
    let conn = seen.conn(me).await;
    if plan.is_held {
        hold(person, &mut seen, conn, ReadWhen::Held).await;
    }
    let (mut read, mut write) = stream.into_split();
    let replied = tokio::spawn(async move {
        let mut reply = Vec::new();
        if plan.ending != Ending::Careless {
            let _ = read.read_to_end(&mut reply).await;
        }
        (reply, read)
    });
    let mut sent = Vec::new();
    for &(size, gap) in &plan.sends {
        let batch: Vec<u8> = (b'a'..=b'z')
            .cycle()
            .skip(sent.len() % 26)
            .take(size)
            .collect();
        write.write_all(&batch).await.unwrap();
        sent.extend(batch);
        sleep(gap).await;
    }
    let all = sent.len() as u64;
    let is_held = plan.is_held;
    let whole = move |account: &Account| {
        account.arrived == all
            && (is_held || account.wrote == account.answered + account.stamps)
            && (is_held || account.answered == all)
    };
    let closed = |account: &Account| account.unread.is_some();
    match plan.ending {
        Ending::Polite => {
            write.shutdown().await.unwrap();
            if is_held {
                let held = seen.account(conn, |account| account.shut_by_peer).await;
                assert_eq!((held.arrived, held.read), (all, 0));
                hold(person, &mut seen, conn, ReadWhen::Arrival).await;
            }
            let (reply, _read) = replied.await.unwrap();
            assert!(without_stamps(&reply) == sent, "{plan:?}");
            let account = seen.account(conn, closed).await;
            assert_eq!(
                (account.arrived, account.read, account.unread),
                (all, all, Some(0))
            );
            assert_eq!(account.wrote, reply.len() as u64);
            assert!(account.shut_by_peer && account.ended);
        }
        Ending::Reset => {
            // As far as it comes, or, if the reader is held, all of it.
            if is_held {
                seen.account(conn, whole).await;
            }
            SockRef::from(write.as_ref())
                .set_linger(Some(Duration::ZERO))
                .unwrap();
            write.forget();
            replied.abort();
            let _ = replied.await;
            let account = seen.account(conn, closed).await;
            assert!(account.arrived <= all);
            assert_eq!(account.reset_by, Some(End::Client), "{plan:?}");
            if is_held {
                assert_eq!(account.unread, Some(all));
            }
        }
        Ending::Careless => {
            write.forget();
            drop(replied.await.unwrap());
            if is_held {
                // All that came stays, and then the end of the stream.
                let held = seen.account(conn, |account| account.shut_by_peer).await;
                assert_eq!((held.arrived, held.read), (all, 0));
                hold(person, &mut seen, conn, ReadWhen::Arrival).await;
            }
            seen.account(conn, closed).await;
        }
        Ending::ClosedByServer | Ending::ResetByServer => {
            seen.account(conn, whole).await;
            let end = End::Server;
            let request = match plan.ending {
                Ending::ClosedByServer => Request::Close { conn, end },
                _ => Request::Reset { conn, end },
            };
            person.lock().await.ask(request).await.unwrap();
            let account = seen.account(conn, closed).await;
            assert_eq!(account.unread, Some(if is_held { all } else { 0 }));
            let by_server = plan.ending == Ending::ResetByServer;
            assert_eq!(account.reset_by, by_server.then_some(End::Server));
            let (reply, _read) = replied.await.unwrap();
            if !is_held && !by_server {
                assert!(without_stamps(&reply) == sent, "{plan:?}");
            }
        }
    }
}

/// Sets a connection's own policy, and waits until it is in force.
async fn hold(person: &Mutex<Mirror>, seen: &mut Seen, conn: Conn, read_when: ReadWhen) {
    let policy = Policy {
        read_when,
        ..Policy::default()
    };
    person.lock().await.set_policy(Some(conn), policy).await;
    let in_force = seen
        .0
        .wait_for(|books| books.policies.get(&conn) == Some(&policy));
    timeout(PATIENCE, in_force).await.unwrap().unwrap();
}
