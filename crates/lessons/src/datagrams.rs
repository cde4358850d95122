//! Actions of the datagram echo. In a file: `{ courier = { send = { client = 1, bytes = [20, 50] } } }`.
//!
//! A client that sends datagrams is numbered like those that connect, when it first sends.

use serde::{Deserialize, Serialize};

use crate::Spacing;

/// What happens to datagrams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Courier {
    /// A client sends datagrams; the next number opens a new one.
    Send(Parcels),
    /// One recvfrom of at most so many bytes now, whatever the policy says.
    Read(u32),
    /// SO_RCVBUF asked for, for the server's datagram socket.
    Buffer(u32),
    /// What becomes of the clients' datagrams before they are sent.
    Road(BadRoad),
}

/// `send`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcels {
    /// Which client.
    pub client: u32,
    /// The length of each datagram.
    pub bytes: Vec<u32>,
    /// When the next one goes: `recorded` waits until the one before is received or lost, unless
    /// the reader is held.
    #[serde(default)]
    pub spacing: Spacing,
}

/// `road`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadRoad {
    /// So many of a hundred are lost.
    #[serde(default)]
    pub lose: u8,
    /// So many of a hundred are overtaken.
    #[serde(default)]
    pub reorder: u8,
    /// Which ones: the same seed and number have the same fate.
    #[serde(default)]
    pub seed: u32,
}

impl Courier {
    /// As a request of the relay; `is_new`: the client is to be opened.
    #[must_use]
    pub fn request(&self, is_new: bool) -> protocol::DatagramRequest {
        use protocol::DatagramRequest;
        match self {
            Courier::Send(parcels) => DatagramRequest::Send {
                conn: (!is_new).then_some(protocol::Conn(parcels.client)),
                sizes: parcels.bytes.clone(),
                spacing: match parcels.spacing {
                    Spacing::Recorded => protocol::Spacing::WhenRecorded,
                    Spacing::None => protocol::Spacing::GapMillis(0),
                },
            },
            Courier::Read(bytes) => DatagramRequest::Read { bytes: *bytes },
            Courier::Buffer(bytes) => DatagramRequest::ReceiveBuffer { bytes: *bytes },
            Courier::Road(road) => DatagramRequest::Road(protocol::Road {
                lose_percent: road.lose,
                reorder_percent: road.reorder,
                seed: road.seed,
            }),
        }
    }
}
