//! The mirror: one viewer's WebSocket. Sends what the journal holds behind the viewer's position,
//! a beat each second, and answers to requests.
//!
//! There is no queue for a viewer: while it does not read, nothing is taken from the journal for
//! it. Knows nothing of what records mean.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use bytes::Bytes;
use protocol::{
    Cursor, Refusal, Request,
    wire::{self, FROM_PAGE_BYTES_MAX, FromPage, FromRelay},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{Relay, registry::CLIENTS_MAX, requests};

/// The most viewers at a time: a lecture hall.
pub const VIEWERS_MAX: usize = 1100;
/// tungstenite's buffer for reading; its default would cost 128 KiB a viewer.
const READ_BUFFER_BYTES: usize = 4096;
/// The most bytes that wait to be written, beside the message that is being sent.
const WRITE_BUFFER_BYTES_MAX: usize = 8 << 20;
/// A viewer that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// A browser answers pings by itself, even for a hidden page.
const PING_EVERY: Duration = Duration::from_secs(10);
/// A viewer of which nothing was heard for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(35);

/// Limits what a viewer may make the relay hold.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(FROM_PAGE_BYTES_MAX)
        .max_frame_size(FROM_PAGE_BYTES_MAX)
}

/// Mirrors to one viewer until either side ends.
pub async fn mirror(relay: Arc<Relay>, mut viewer: WebSocket, cursor: Option<Cursor>) {
    let reason = converse(&relay, &mut viewer, cursor).await;
    if let Some((code, reason)) = reason {
        let close = Message::Close(Some(CloseFrame {
            code,
            reason: reason.into(),
        }));
        // A viewer that does not take it is gone anyhow.
        let _ = timeout(BEAT_EVERY, viewer.send(close)).await;
    }
}

/// Returns with what the close frame is to say, or None if the viewer is gone.
async fn converse(
    relay: &Arc<Relay>,
    viewer: &mut WebSocket,
    cursor: Option<Cursor>,
) -> Option<(u16, &'static str)> {
    let mut reader = relay.journal.read_from(cursor);
    let mut recording = relay.recordings.told();
    say(viewer, &FromRelay::Header(Box::new(relay.header()))).await?;
    recording.mark_changed();
    let mut beat = interval(BEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    let (answers, mut answered) = mpsc::channel(CLIENTS_MAX as usize);
    loop {
        tokio::select! {
            () = relay.callers.closing.cancelled() => {
                while let Some(message) = reader.take() {
                    send(viewer, Message::Binary(message)).await?;
                }
                return Some((close_code::AWAY, "the relay ends"));
            }
            Ok(()) = recording.changed() => {
                let recording = recording.borrow_and_update().clone();
                say(viewer, &FromRelay::Recording(recording)).await?;
            }
            message = reader.next() => send(viewer, Message::Binary(message)).await?,
            heard = viewer.recv() => {
                heard_at = Instant::now();
                match heard? {
                    Ok(Message::Binary(message)) => hear(relay, viewer, &answers, &message).await?,
                    Ok(Message::Text(_)) => say(viewer, &refused(0, Refusal::Malformed)).await?,
                    Ok(Message::Ping(_) | Message::Pong(_)) => {}
                    // The closing handshake is answered by the library.
                    Ok(Message::Close(_)) => return None,
                    Err(error) => {
                        tracing::debug!(%error, "a viewer breaks the protocol");
                        return Some((close_code::PROTOCOL, "not understood, or too large"));
                    }
                }
            }
            Some(answer) = answered.recv() => say(viewer, &answer).await?,
            _ = beat.tick() => {
                let at_nanos = relay.journal.now_nanos();
                say(viewer, &FromRelay::Beat { at_nanos }).await?;
            }
            _ = ping.tick() => {
                if heard_at.elapsed() > SILENCE_MAX {
                    return None;
                }
                send(viewer, Message::Ping(Bytes::new())).await?;
            }
        }
    }
}

/// Takes up what a viewer says, in the order in which it says it; but connecting may take long, so
/// that is done aside.
async fn hear(
    relay: &Arc<Relay>,
    viewer: &mut WebSocket,
    answers: &mpsc::Sender<FromRelay>,
    message: &[u8],
) -> Option<()> {
    let Ok(FromPage { id, request }) = wire::decode(message) else {
        return say(viewer, &refused(0, Refusal::Malformed)).await;
    };
    let connects = matches!(request, Request::Send { conn: None, .. });
    if !connects {
        let refusal = requests::take_up(relay, request).await.err();
        return say(viewer, &FromRelay::Answer { id, refusal }).await;
    }
    let Ok(place) = answers.clone().try_reserve_owned() else {
        let limit = CLIENTS_MAX;
        return say(viewer, &refused(id, Refusal::TooManyClients { limit })).await;
    };
    let relay = Arc::clone(relay);
    // Where the echo server is, not where the viewers are.
    relay.home.clone().spawn(async move {
        let refusal = requests::take_up(&relay, request).await.err();
        place.send(FromRelay::Answer { id, refusal });
    });
    Some(())
}

fn refused(id: u32, refusal: Refusal) -> FromRelay {
    FromRelay::Answer {
        id,
        refusal: Some(refusal),
    }
}

async fn say(viewer: &mut WebSocket, message: &FromRelay) -> Option<()> {
    send(viewer, Message::Binary(wire::encode(message).into())).await
}

/// None: the viewer is gone.
async fn send(viewer: &mut WebSocket, message: Message) -> Option<()> {
    timeout(WRITE_TIMEOUT, viewer.send(message))
        .await
        .ok()?
        .ok()
}
