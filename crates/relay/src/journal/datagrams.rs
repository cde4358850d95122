//! The datagram echo's part of a keyframe. Bounded as the server's own table of clients is: who is
//! forgotten there is forgotten here.
//!
//! Adds up, and judges nothing.

use std::collections::BTreeMap;

use protocol::{
    Conn, DatagramBound, DatagramClientKeyframe, DatagramQueue, DatagramTotals, DatagramsKeyframe,
    End, Event, LostBy, Total,
};

/// The running state.
#[derive(Debug, Default)]
pub struct DatagramLedger {
    bound: Option<DatagramBound>,
    queue: Option<DatagramQueue>,
    lost: u64,
    clients: BTreeMap<Conn, DatagramClientKeyframe>,
}

impl DatagramLedger {
    /// What is true now.
    pub fn keyframe(&self) -> DatagramsKeyframe {
        DatagramsKeyframe {
            bound: self.bound.clone(),
            queue: self.queue,
            lost: self.lost,
            clients: self.clients.values().cloned().collect(),
        }
    }

    /// Takes in what happened next.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::DatagramBound(bound) => self.bound(bound),
            Event::DatagramSent(e) => {
                self.direction(e.conn, e.end, |it| add(&mut it.sent, e.bytes, e.times));
            }
            Event::DatagramReceived(e) => self.direction(e.conn, e.end.other(), |it| {
                add(&mut it.received, e.returned, e.times);
                add(&mut it.cut, e.bytes.saturating_sub(e.returned), e.truncated);
            }),
            Event::DatagramLost(e) => {
                if e.end == End::Server && e.by == LostBy::FullBuffer {
                    self.lost += e.datagrams;
                }
                if let Some(conn) = e.conn {
                    self.direction(conn, e.end.other(), |it| match e.by {
                        LostBy::FullBuffer => it.lost += e.datagrams,
                        LostBy::BadRoad => it.lost_on_road += e.datagrams,
                    });
                }
            }
            Event::DatagramQueue(e) if e.conn.is_none() => self.queue = Some(*e),
            Event::Closed(e) if e.end == End::Client => {
                if let Some(client) = self.clients.get_mut(&e.conn) {
                    client.closed = true;
                }
            }
            _ => {}
        }
    }

    fn bound(&mut self, bound: &DatagramBound) {
        let Some(conn) = bound.conn else {
            self.bound = Some(bound.clone());
            return;
        };
        if let Some(forgotten) = bound.forgets {
            self.clients.remove(&forgotten);
        }
        let client = self.clients.entry(conn).or_insert(DatagramClientKeyframe {
            conn,
            addr: None,
            ours: false,
            known: false,
            closed: false,
            there: DatagramTotals::default(),
            back: DatagramTotals::default(),
        });
        match bound.end {
            End::Client => {
                client.ours = true;
                client.addr = Some(bound.local.clone());
            }
            End::Server => {
                client.known = true;
                client.addr = bound.peer.clone();
            }
        }
    }

    /// `from`: the end that sends there.
    fn direction(&mut self, conn: Conn, from: End, change: impl FnOnce(&mut DatagramTotals)) {
        if let Some(client) = self.clients.get_mut(&conn) {
            change(match from {
                End::Client => &mut client.there,
                End::Server => &mut client.back,
            });
        }
    }
}

fn add(total: &mut Total, bytes: u64, times: u32) {
    total.bytes += bytes;
    total.times += u64::from(times);
}
