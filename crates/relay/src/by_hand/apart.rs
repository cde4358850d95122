//! Calls that need no connection: on sockets that are made for them, and closed after them.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use protocol::{Call, Called, End, Event};
use tokio::{
    net::{TcpSocket, UdpSocket},
    time::timeout,
};

use super::{
    Returned, called,
    python::{bytes, errno_returned, name},
};
use crate::journal::Journal;

/// On the way from this machine to itself all comes at once, or never.
const PATIENCE: Duration = Duration::from_secs(5);
/// A free port of this machine.
const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);
/// The parcel.
const PARCEL: &[u8] = b"20 50 30";
/// The most bytes that one recvfrom asks for: the tutorial's BUFSIZE.
const BUFSIZE: usize = 1024;

/// Makes a call and records what came of it.
///
/// # Errors
/// The system gives no socket.
pub async fn make(call: &Call, journal: &Journal) -> io::Result<()> {
    let tell = |end, method: &str, arguments: String, returned: Returned| {
        let called = called(None, end, method, arguments, returned);
        journal.record(Event::Called(called));
    };
    match call {
        Call::ConnectEx => {
            // Its port is taken, and nobody listens there.
            let taken = TcpSocket::new_v4()?;
            taken.bind(ANY.into())?;
            let nobody = taken.local_addr()?;
            let connected = patiently(TcpSocket::new_v4()?.connect(nobody)).await;
            // It does not fail as the others do: the error is what it returns.
            let returned = match &connected {
                Ok(_) => "0".to_owned(),
                Err(error) => errno_returned(error),
            };
            let arguments = python_name(nobody);
            let called = called(None, End::Client, call.method(), arguments, Ok(returned));
            journal.record(Event::Called(Called {
                errno: connected.err().and_then(|error| error.raw_os_error()),
                ..called
            }));
        }
        Call::Parcel => {
            let (near, far) = (UdpSocket::bind(ANY).await?, UdpSocket::bind(ANY).await?);
            let (near_addr, far_addr) = (near.local_addr()?, far.local_addr()?);
            let mut buffer = [0; BUFSIZE];

            let sent = near.send_to(PARCEL, far_addr).await;
            let arguments = format!("{}, {}", bytes(PARCEL), python_name(far_addr));
            let told = sent.map(|sent| sent.to_string());
            tell(End::Client, "sendto", arguments, told);

            let came = patiently(far.recv_from(&mut buffer)).await;
            let told = came
                .map(|(len, from)| format!("({}, {})", bytes(&buffer[..len]), python_name(from)));
            tell(End::Server, "recvfrom", BUFSIZE.to_string(), told);

            let sent = far.send_to(PARCEL, near_addr).await;
            let arguments = format!("{}, {}", bytes(PARCEL), python_name(near_addr));
            let told = sent.map(|sent| sent.to_string());
            tell(End::Server, "sendto", arguments, told);

            let came = patiently(near.recv_from(&mut buffer)).await;
            let told = came.map(|(len, from)| format!("({len}, {})", python_name(from)));
            let into = format!("bytearray({BUFSIZE})");
            tell(End::Client, call.method(), into, told);
        }
        // The others are made by who has a connection.
        _ => return Err(io::ErrorKind::Unsupported.into()),
    }
    Ok(())
}

async fn patiently<T>(returns: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let gave_up = |_| Err(io::ErrorKind::TimedOut.into());
    timeout(PATIENCE, returns).await.unwrap_or_else(gave_up)
}

fn python_name(addr: SocketAddr) -> String {
    name(&addr.into())
}
