//! The datagram echo in a keyframe.

use serde::{Deserialize, Serialize};

use crate::{Address, Conn, DatagramBound, DatagramQueue, Total};

/// What was true of the datagram echo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramsKeyframe {
    /// The server's socket and its settings, once it is bound.
    #[serde(default)]
    pub bound: Option<DatagramBound>,
    /// The last sample of its queue.
    #[serde(default)]
    pub queue: Option<DatagramQueue>,
    /// Datagrams that its full buffer lost, whoever's they were.
    pub lost: u64,
    /// The clients that have a number, in the order of their numbers.
    pub clients: Vec<DatagramClientKeyframe>,
}

/// One client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramClientKeyframe {
    /// Its number.
    pub conn: Conn,
    /// Its address. None: it stands for all further ones.
    #[serde(default)]
    pub addr: Option<Address>,
    /// It is our demonstration client.
    pub ours: bool,
    /// The server has received from it.
    pub known: bool,
    /// Our client has closed its socket.
    pub closed: bool,
    /// From it to the server.
    pub there: DatagramTotals,
    /// From the server to it.
    pub back: DatagramTotals,
}

/// The running totals of one direction. What is sent and what is received is only known of an end
/// that is ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatagramTotals {
    /// Datagrams sent, and their bytes.
    pub sent: Total,
    /// Datagrams received, and the bytes that came.
    pub received: Total,
    /// Datagrams that were cut, and the bytes cut off.
    pub cut: Total,
    /// Lost by a full buffer, of those whose loss can be told to be this client's.
    pub lost: u64,
    /// Lost on the bad road.
    pub lost_on_road: u64,
}
