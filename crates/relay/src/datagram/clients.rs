//! The clients of the datagram server: which address has which number. Bounded: who was idle for
//! longest gives its number up, and where too many are busy the further ones share one.
//!
//! Knows nothing of sockets: addresses and times in, numbers out.

use std::{collections::HashMap, collections::VecDeque};

use protocol::{Address, Conn, DatagramBound};
use tokio::sync::watch;

/// Who was heard of so lately keeps its number, nanoseconds.
const IDLE_NANOS: u64 = 1_000_000_000;
/// So many answers are remembered by the number of what they answer.
const ANSWERS_MAX: usize = 1024;

/// One client.
#[derive(Debug)]
pub struct Client {
    /// Its number.
    pub conn: Conn,
    /// Its datagrams bear numbers: it is, or was, our own.
    pub is_ours: bool,
    /// Our own client's socket is open: it keeps its number.
    is_open: bool,
    /// The server has received from it.
    is_known: bool,
    heard_nanos: u64,
    /// How many answers were sent to it.
    answers: u64,
    /// The last answers to our own client: which datagram they answer, and their own number.
    answered: VecDeque<(u64, u64)>,
    /// How many of its datagrams were received: our own client waits for that.
    pub received: watch::Sender<u64>,
}

impl Client {
    fn new(conn: Conn, now_nanos: u64) -> Client {
        Client {
            conn,
            is_ours: false,
            is_open: false,
            is_known: false,
            heard_nanos: now_nanos,
            answers: 0,
            answered: VecDeque::new(),
            received: watch::Sender::new(0),
        }
    }

    /// The number of the next answer, which answers the datagram of that number.
    pub fn next_answer(&mut self, answers: Option<u64>) -> u64 {
        let number = self.answers;
        self.answers += 1;
        if let Some(answers) = answers {
            self.answered.push_back((answers, number));
            if self.answered.len() > ANSWERS_MAX {
                self.answered.pop_front();
            }
        }
        number
    }

    /// The number of the answer to the datagram of that number, if it is remembered.
    pub fn answer_to(&self, number: u64) -> Option<u64> {
        let found = self.answered.iter().rev().find(|(of, _)| *of == number);
        found.map(|&(_, answer)| answer)
    }
}

/// Who entered, and who gave its number up for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The new client's number.
    pub conn: Conn,
    /// The one that is forgotten.
    pub forgets: Option<Conn>,
    /// It stands for all further ones.
    pub is_crowd: bool,
}

/// All clients that have a number.
#[derive(Debug, Default)]
pub struct Clients {
    by_addr: HashMap<Address, Client>,
    /// All others.
    crowd: Option<Client>,
}

impl Clients {
    /// Whether nobody has a number.
    pub fn is_empty(&self) -> bool {
        self.by_addr.is_empty()
    }

    /// Whose that address is: one client's, or the crowd's.
    pub fn of(&mut self, addr: &Address) -> Option<&mut Client> {
        self.by_addr.get_mut(addr).or(self.crowd.as_mut())
    }

    /// A client of our own has bound its socket. It gets a number, whoever must give his up; with
    /// our own clients bounded, one always can: his number, if one did.
    pub fn enter_ours(&mut self, addr: &Address, conn: Conn, now_nanos: u64) -> Option<Conn> {
        // Its address may have been another's before.
        let before = self.by_addr.remove(addr).map(|client| client.conn);
        let forgets = before.or_else(|| self.make_room(u64::MAX));
        let mut client = Client::new(conn, now_nanos);
        client.is_ours = true;
        client.is_open = true;
        self.by_addr.insert(addr.clone(), client);
        forgets
    }

    /// A datagram has come from that address: whose it is, with who entered by it, if anybody did.
    /// `number` gives the next number.
    pub fn heard(
        &mut self,
        addr: &Address,
        now_nanos: u64,
        number: impl FnOnce() -> Conn,
    ) -> (&mut Client, Option<Entered>) {
        let is_new = !self.by_addr.contains_key(addr);
        let full = is_new && self.by_addr.len() >= DatagramBound::CLIENTS_MAX;
        // In the first second nobody was idle for so long.
        let forgets = full.then(|| {
            let since_nanos = now_nanos.checked_sub(IDLE_NANOS)?;
            self.make_room(since_nanos)
        });
        if forgets == Some(None) {
            let is_first = self.crowd.is_none();
            let crowd = self
                .crowd
                .get_or_insert_with(|| Client::new(number(), now_nanos));
            crowd.is_known = true;
            let entered = is_first.then_some(Entered {
                conn: crowd.conn,
                forgets: None,
                is_crowd: true,
            });
            return (crowd, entered);
        }
        let client = self
            .by_addr
            .entry(addr.clone())
            .or_insert_with(|| Client::new(number(), now_nanos));
        client.heard_nanos = now_nanos;
        let entered = (!client.is_known).then_some(Entered {
            conn: client.conn,
            forgets: forgets.flatten(),
            is_crowd: false,
        });
        client.is_known = true;
        (client, entered)
    }

    /// Our own client's socket is closed: from here on it may be forgotten.
    pub fn left(&mut self, addr: &Address, conn: Conn) {
        if let Some(client) = self.by_addr.get_mut(addr)
            && client.conn == conn
        {
            client.is_open = false;
        }
    }

    /// Forgets the one that was idle for longest, if there are too many and it was not heard of
    /// since then.
    fn make_room(&mut self, since_nanos: u64) -> Option<Conn> {
        if self.by_addr.len() < DatagramBound::CLIENTS_MAX {
            return None;
        }
        let (addr, _) = self
            .by_addr
            .iter()
            .filter(|(_, client)| !client.is_open && client.heard_nanos <= since_nanos)
            .min_by_key(|(_, client)| (client.heard_nanos, client.conn))?;
        let addr = addr.clone();
        self.by_addr.remove(&addr).map(|client| client.conn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn addr(port: usize) -> Address {
        ([127, 0, 0, 1], port as u16).into()
    }

    #[test]
    fn there_are_never_too_many_and_nobody_goes_without_a_number() {
        let most = DatagramBound::CLIENTS_MAX;
        let mut clients = Clients::default();
        let mut last = 0;
        let mut number = || {
            last += 1;
            Conn(last)
        };
        for port in 0..most {
            let (client, entered) = clients.heard(&addr(port), port as u64, &mut number);
            assert_eq!(entered.map(|it| it.conn), Some(client.conn));
        }
        // All are busy: the further ones share a number, told once.
        let (crowd, entered) = clients.heard(&addr(9_000), 100, &mut number);
        let crowd = crowd.conn;
        assert_eq!((crowd, entered.is_some()), (Conn(most as u32 + 1), true));
        let (other, entered) = clients.heard(&addr(9_001), 100, &mut number);
        assert_eq!((other.conn, entered), (crowd, None));
        // The one idle for longest gives its number up, an open client of ours never.
        let ours = clients.enter_ours(&addr(8_000), Conn(1_000), 100);
        assert_eq!(ours, Some(Conn(1)));
        for i in 0..most {
            let (_, entered) = clients.heard(&addr(10_000 + i), 2 * SECOND + i as u64, &mut number);
            let is_crowd = entered.is_none();
            assert_eq!(is_crowd, i == most - 1, "{i}");
        }
        assert_eq!(clients.by_addr.len(), most);
        assert!(clients.by_addr.contains_key(&addr(8_000)));
        clients.left(&addr(8_000), Conn(1_000));
        let (_, entered) = clients.heard(&addr(7_000), 9 * SECOND, &mut number);
        assert_eq!(entered.and_then(|it| it.forgets), Some(Conn(1_000)));
    }

    #[test]
    fn answers_are_found_by_what_they_answer() {
        let mut client = Client::new(Conn(1), 0);
        for number in [2, 0, 1] {
            client.next_answer(Some(number));
        }
        let found = [0, 1, 2, 3].map(|number| client.answer_to(number));
        assert_eq!(found, [Some(1), Some(2), Some(0), None]);
    }
}
