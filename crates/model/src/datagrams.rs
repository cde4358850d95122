//! The datagram echo at a moment: who is there, and what became of the last datagrams.
//!
//! Bounded: as many clients as have a number, and the last [`Tail::MAX`] datagrams of each, in each
//! direction. Knows nothing of streams.

use std::{collections::BTreeMap, sync::Arc};

use protocol::{
    Address, Conn, DatagramBound, DatagramClientKeyframe, DatagramQueue, DatagramTotals,
    DatagramsKeyframe, End, Event, LostBy, Preview, Total,
};

use crate::{Fault, Moment, Tail};

/// The datagram echo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Datagrams {
    /// The server's socket and its settings, once it is bound.
    pub bound: Option<(DatagramBound, Moment)>,
    /// The last sample of its queue.
    pub queue: Option<(DatagramQueue, Moment)>,
    /// Datagrams that its full buffer lost, whoever's they were.
    pub lost: u64,
    /// The last of those of which nobody knows whose they were.
    pub losses: Tail<Loss>,
    /// The clients that have a number.
    pub clients: BTreeMap<Conn, Arc<DatagramClient>>,
}

/// One client: an address from which datagrams come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatagramClient {
    /// Its number.
    pub conn: Conn,
    /// Its address. None: it stands for all further ones.
    pub addr: Option<Address>,
    /// Our own client's socket is bound, since then.
    pub ours: Option<Moment>,
    /// The server has received from it, since then.
    pub known: Option<Moment>,
    /// Our own client has closed its socket.
    pub closed: Option<Moment>,
    /// From it to the server.
    pub there: Direction,
    /// From the server to it.
    pub back: Direction,
}

/// The datagrams of one direction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Direction {
    /// All of them.
    pub totals: DatagramTotals,
    /// The last ones sent, where the sender is ours.
    pub sent: Tail<Sent>,
    /// The last ones received, where the receiver is ours.
    pub received: Tail<Received>,
    /// The last ones lost whose loss can be told to be theirs.
    pub losses: Tail<Loss>,
}

/// A datagram sent; several, if merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The sender's count, from 0; the first, if merged.
    pub number: u64,
    /// How many.
    pub times: u32,
    /// How long; the sum, if merged.
    pub bytes: u64,
    /// Which datagram of the other direction it answers.
    pub answers: Option<u64>,
    /// The first bytes.
    pub preview: Option<Preview>,
    /// When.
    pub moment: Moment,
}

/// A datagram received; several, if merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// By the sender's count.
    pub number: Option<u64>,
    /// How many.
    pub times: u32,
    /// The most bytes asked for.
    pub asked: u64,
    /// How many came.
    pub returned: u64,
    /// How long it was.
    pub bytes: u64,
    /// How many of them were cut.
    pub truncated: u32,
    /// The first bytes.
    pub preview: Option<Preview>,
    /// When.
    pub moment: Moment,
}

/// Datagrams lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Which one, if one.
    pub number: Option<u64>,
    /// How many.
    pub datagrams: u64,
    /// Where.
    pub by: LostBy,
    /// When.
    pub moment: Moment,
}

/// What became of a datagram of our own client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate<'a> {
    /// On its way, on the road, or in the receive buffer.
    UnderWay,
    /// Received.
    Received(&'a Received),
    /// Lost.
    Lost(&'a Loss),
}

impl Direction {
    /// What became of the datagram of that number, as far as its records are remembered.
    #[must_use]
    pub fn fate(&self, number: u64) -> Fate<'_> {
        let received = self.received.iter().rfind(|it| it.number == Some(number));
        let lost = || self.losses.iter().rfind(|it| it.number == Some(number));
        received
            .map(Fate::Received)
            .or_else(|| lost().map(Fate::Lost))
            .unwrap_or(Fate::UnderWay)
    }

    /// Datagrams that were sent and of which nothing is known yet. Derived; only where both ends
    /// are ours. What a full buffer lost and nobody could tell whose it was is still among them.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        let DatagramTotals {
            sent,
            received,
            lost,
            lost_on_road,
            ..
        } = self.totals;
        sent.times
            .saturating_sub(received.times)
            .saturating_sub(lost)
            .saturating_sub(lost_on_road)
    }
}

impl Datagrams {
    /// The client of that number.
    #[must_use]
    pub fn client(&self, conn: Conn) -> Option<&DatagramClient> {
        self.clients.get(&conn).map(AsRef::as_ref)
    }

    /// Takes an event in, if it is about datagrams. None: it is not.
    pub(crate) fn observe(&mut self, event: &Event, moment: Moment) -> Option<Result<(), Fault>> {
        let strange = Err(Fault::NoSuchConnection { seq: moment.seq });
        Some(match event {
            Event::DatagramBound(bound) => {
                self.bind(bound, moment);
                Ok(())
            }
            Event::DatagramQueue(queue) => {
                if queue.conn.is_none() {
                    self.queue = Some((*queue, moment));
                }
                Ok(())
            }
            Event::DatagramSent(e) => {
                let Some(direction) = self.direction(e.conn, e.end) else {
                    return Some(strange);
                };
                let expected = direction.totals.sent.times;
                add(&mut direction.totals.sent, e.bytes, e.times);
                direction.sent.push(Sent {
                    number: e.number,
                    times: e.times,
                    bytes: e.bytes,
                    answers: e.answers,
                    preview: e.preview.clone(),
                    moment,
                });
                match e.number == expected {
                    true => Ok(()),
                    false => Err(Fault::Offset {
                        seq: moment.seq,
                        expected,
                        found: e.number,
                    }),
                }
            }
            Event::DatagramReceived(e) => {
                let Some(direction) = self.direction(e.conn, e.end.other()) else {
                    return Some(strange);
                };
                add(&mut direction.totals.received, e.returned, e.times);
                let cut_bytes = e.bytes.saturating_sub(e.returned);
                add(&mut direction.totals.cut, cut_bytes, e.truncated);
                direction.received.push(Received {
                    number: e.number,
                    times: e.times,
                    asked: e.asked,
                    returned: e.returned,
                    bytes: e.bytes,
                    truncated: e.truncated,
                    preview: e.preview.clone(),
                    moment,
                });
                Ok(())
            }
            Event::DatagramLost(e) => {
                let loss = Loss {
                    number: e.number,
                    datagrams: e.datagrams,
                    by: e.by,
                    moment,
                };
                if (e.end, e.by) == (End::Server, LostBy::FullBuffer) {
                    self.lost = self.lost.saturating_add(e.datagrams);
                }
                let Some(conn) = e.conn else {
                    self.losses.push(loss);
                    return Some(Ok(()));
                };
                let Some(direction) = self.direction(conn, e.end.other()) else {
                    return Some(strange);
                };
                let total = match e.by {
                    LostBy::FullBuffer => &mut direction.totals.lost,
                    LostBy::BadRoad => &mut direction.totals.lost_on_road,
                };
                *total = total.saturating_add(e.datagrams);
                direction.losses.push(loss);
                Ok(())
            }
            Event::Closed(e) => {
                let client = self.clients.get_mut(&e.conn)?;
                Arc::make_mut(client).closed = Some(moment);
                Ok(())
            }
            _ => return None,
        })
    }

    fn bind(&mut self, bound: &DatagramBound, moment: Moment) {
        let Some(conn) = bound.conn else {
            self.bound = Some((bound.clone(), moment));
            return;
        };
        if let Some(forgotten) = bound.forgets {
            self.clients.remove(&forgotten);
        }
        let client = self.client_mut(conn);
        match bound.end {
            End::Client => {
                client.ours = Some(moment);
                client.addr = Some(bound.local.clone());
            }
            End::Server => {
                client.known = Some(moment);
                client.addr = bound.peer.clone();
            }
        }
        // A file may say what it likes.
        while self.clients.len() > DatagramBound::CLIENTS_MAX + 1 {
            self.clients.pop_first();
        }
    }

    fn client_mut(&mut self, conn: Conn) -> &mut DatagramClient {
        Arc::make_mut(self.clients.entry(conn).or_insert_with(|| {
            Arc::new(DatagramClient {
                conn,
                ..DatagramClient::default()
            })
        }))
    }

    /// The direction in which that end sends.
    fn direction(&mut self, conn: Conn, from: End) -> Option<&mut Direction> {
        let client = Arc::make_mut(self.clients.get_mut(&conn)?);
        Some(match from {
            End::Client => &mut client.there,
            End::Server => &mut client.back,
        })
    }

    /// All that must be known to go on from here.
    pub(crate) fn keyframe(&self) -> DatagramsKeyframe {
        DatagramsKeyframe {
            bound: self.bound.as_ref().map(|(bound, _)| bound.clone()),
            queue: self.queue.map(|(queue, _)| queue),
            lost: self.lost,
            clients: self
                .clients
                .values()
                .map(|client| DatagramClientKeyframe {
                    conn: client.conn,
                    addr: client.addr.clone(),
                    ours: client.ours.is_some(),
                    known: client.known.is_some(),
                    closed: client.closed.is_some(),
                    there: client.there.totals,
                    back: client.back.totals,
                })
                .collect(),
        }
    }

    /// Goes on from a keyframe. What was known before stays known.
    pub(crate) fn resume(&mut self, keyframe: &DatagramsKeyframe, moment: Moment) {
        self.bound = keyframe.bound.clone().map(|bound| (bound, moment));
        self.queue = keyframe.queue.map(|queue| (queue, moment));
        self.lost = keyframe.lost;
        let is_known = |conn: &Conn| keyframe.clients.iter().any(|known| known.conn == *conn);
        self.clients.retain(|conn, _| is_known(conn));
        for known in &keyframe.clients {
            let client = self.client_mut(known.conn);
            let since = |now: bool, before: Option<Moment>| now.then(|| before.unwrap_or(moment));
            client.addr = known.addr.clone();
            client.ours = since(known.ours, client.ours);
            client.known = since(known.known, client.known);
            client.closed = since(known.closed, client.closed);
            client.there.totals = known.there;
            client.back.totals = known.back;
        }
    }

    /// Which law does not hold, if one does not.
    pub(crate) fn broken_law(&self) -> Option<(Conn, End, &'static str)> {
        self.clients.values().find_map(|client| {
            let DatagramTotals {
                sent,
                received,
                lost_on_road,
                ..
            } = client.there.totals;
            // Whose a full buffer's losses were is derived, and no law.
            if client.ours.is_some() && received.times.saturating_add(lost_on_road) > sent.times {
                let law = "more datagrams were received than sent";
                return Some((client.conn, End::Server, law));
            }
            if client.back.totals.sent.times > received.times {
                let law = "more datagrams were answered than received";
                return Some((client.conn, End::Server, law));
            }
            let back = client.back.totals;
            if client.ours.is_some() && back.received.times > back.sent.times {
                let law = "more answers were received than sent";
                return Some((client.conn, End::Client, law));
            }
            None
        })
    }
}

fn add(total: &mut Total, bytes: u64, times: u32) {
    total.bytes = total.bytes.saturating_add(bytes);
    total.times = total.times.saturating_add(u64::from(times));
}
