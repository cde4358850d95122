//! A viewer's request, taken up or refused. Its effect is an event, as always.
//!
//! Knows nothing of how a request travels.

use std::sync::Arc;

use protocol::{Conn, Refusal, Request, Spacing};

use crate::{
    Relay, client,
    registry::{Batches, Ending},
};

/// Takes up a request.
///
/// # Errors
/// Says why not.
pub async fn take_up(relay: &Arc<Relay>, request: Request) -> Result<(), Refusal> {
    request.check()?;
    let registry = &relay.registry;
    match request {
        Request::SetPolicy { conn, policy } => registry.set_policy(conn, policy),
        // The listener's own task calls listen(2); what it did comes back as a fact.
        Request::SetBacklog { backlog } => {
            relay.backlog.send_replace(backlog);
            Ok(())
        }
        Request::Close { conn, end } => registry.end(conn, end, Ending::Close),
        Request::Reset { conn, end } => registry.end(conn, end, Ending::Reset),
        Request::Send {
            conn,
            batches,
            spacing,
        } => send(relay, conn, batches, spacing).await,
        Request::Record { on: true } => record(relay).await,
        Request::Record { on: false } => relay.recordings.stop_by_request(),
        Request::Lesson(_)
        | Request::Read { .. }
        | Request::Shutdown { .. }
        | Request::Accept { .. }
        | Request::SendBytes { .. }
        | Request::Call { .. }
        | Request::ClientReads { .. } => Err(Refusal::NoLessons),
    }
}

/// The file is made aside: a disk may take its time.
async fn record(relay: &Arc<Relay>) -> Result<(), Refusal> {
    let (recordings, header) = (Arc::clone(&relay.recordings), relay.header());
    let started = tokio::task::spawn_blocking(move || recordings.start_by_request(header));
    // It does not panic; it is given up only where the relay ends.
    started.await.unwrap_or(Err(Refusal::NotRecording))
}

async fn send(
    relay: &Arc<Relay>,
    conn: Option<Conn>,
    sizes: Vec<u32>,
    spacing: Spacing,
) -> Result<(), Refusal> {
    let batches = Batches {
        sizes: sizes.into(),
        spacing,
    };
    if let Some(conn) = conn {
        return relay.registry.send(conn, batches);
    }
    let (seat, stream) = client::connect(&relay.registry, relay.echo_target).await?;
    let sent = relay.registry.send(seat.conn, batches);
    let socket = relay.observe(&seat, stream);
    let journal = Arc::clone(&relay.journal);
    relay
        .sockets
        .spawn(async move { client::run(seat, socket, &journal).await });
    sent
}
