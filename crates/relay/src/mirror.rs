//! The mirror: one viewer's WebSocket. Sends what the journal holds behind the viewer's position,
//! a beat each second, and answers to requests.
//!
//! There is no queue for a viewer: while it does not read, nothing is taken from the journal for
//! it. While it is up to date, the herald brings what comes. Knows nothing of what records mean.

mod aside;
mod following;
mod herald;
mod outlet;

use std::{pin::pin, sync::Arc, task::Poll, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use bytes::Bytes;
use futures_util::{SinkExt, poll};
use protocol::{
    Cursor, Hall, Refusal, Request,
    wire::{self, FROM_PAGE_BYTES_MAX, FromPage, FromRelay},
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_tungstenite::tungstenite;

use self::{
    aside::{Aside, Happened},
    following::{Due, Following},
};
pub use self::{
    herald::Herald,
    outlet::{Outlet, Plug},
};
use crate::{
    Reader, Relay, Server,
    alone::alone,
    hall::{Attending, Voter},
    http::Visitor,
    limits::{Bucket, RefusedBy},
    registry::CLIENTS_MAX,
};

/// tungstenite's buffer for reading; its default would cost 128 KiB a viewer. A page says little.
const READ_BUFFER_BYTES: usize = 1024;
/// The most bytes that wait to be written, beside the message that is being sent.
const WRITE_BUFFER_BYTES_MAX: usize = 8 << 20;
/// A viewer that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// A browser answers pings by itself, even for a hidden page.
const PING_EVERY: Duration = Duration::from_secs(10);
/// A viewer that asks too often is not heard for so long: its own sends wait meanwhile.
const REST: Duration = Duration::from_millis(100);
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

/// Which echo server a viewer watches.
pub struct Watched {
    pub relay: Arc<Relay>,
    pub server: Arc<Server>,
    /// Who watches.
    pub visitor: Visitor,
    /// It is the one of the lesson that is being given.
    pub is_lesson: bool,
    /// The viewer's socket, if others may write to it.
    pub outlet: Option<Arc<Outlet>>,
}

/// Mirrors to one viewer until either side ends.
pub async fn mirror(watched: Watched, mut viewer: WebSocket, cursor: Option<Cursor>) {
    let whose = || format!("the viewer at {}", watched.visitor.address);
    // On the heap, where whoever guards it does not hold it a second time.
    let conversation = Box::pin(converse(&watched, &mut viewer, cursor));
    let defect = Some((close_code::ERROR, "a defect of the relay ends this view"));
    let reason = alone(whose, conversation).await.unwrap_or(defect);
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
    watched: &Watched,
    viewer: &mut WebSocket,
    cursor: Option<Cursor>,
) -> Option<(u16, &'static str)> {
    let Watched { relay, server, .. } = watched;
    let reader = watched.reading(server.journal.read_from(cursor));
    let mut following = Following::new(reader, &server.herald, watched.outlet.as_ref());
    say(viewer, &FromRelay::Header(Box::new(server.header()))).await?;
    say(viewer, &FromRelay::Hall(Box::new(watched.hall()))).await?;
    let mut heard_at = Instant::now();
    let a_second = relay.config.limits.requests_a_second;
    let mut pace = Bucket::new(a_second.into(), 1_000_000_000, server.journal.now_nanos());
    let (dones, done) = mpsc::channel(CLIENTS_MAX as usize);
    let mut attending = relay.audience.join(watched.visitor.right);
    let mut aside = Aside::of(watched, done);
    loop {
        match next(watched, viewer, &mut following, &mut aside, &mut attending).await? {
            Next::Heard(heard) => {
                heard_at = Instant::now();
                let is_too_often = pace.opens_at_nanos(server.journal.now_nanos()).is_some();
                if is_too_often {
                    aside.rests_until = Some(heard_at + REST);
                    watched.asks_too_often(a_second);
                } else {
                    pace.take(1);
                }
                match heard? {
                    Ok(Message::Binary(message)) if is_too_often => {
                        let id = wire::decode(&message).map_or(0, |FromPage { id, .. }| id);
                        say(viewer, &refused(id, Refusal::TooOften { a_second })).await?;
                    }
                    Ok(Message::Binary(message)) => {
                        // Apart: a thousand viewers do not hold the room that it needs.
                        Box::pin(hear(watched, &attending, viewer, &dones, &message)).await?;
                    }
                    Ok(Message::Text(_)) => say(viewer, &refused(0, Refusal::Malformed)).await?,
                    Ok(Message::Ping(_) | Message::Pong(_)) => {}
                    Ok(Message::Close(_)) => {
                        // The library writes its answer as one reads on, and there it ends.
                        let _ = timeout(BEAT_EVERY, viewer.recv()).await;
                        return None;
                    }
                    Err(error) => {
                        tracing::debug!(%error, "a viewer breaks the protocol");
                        return Some(broken(error));
                    }
                }
            }
            Next::Aside(Happened::End(end)) => {
                while let Some(message) = following.take() {
                    send(viewer, Message::Binary(message)).await?;
                }
                return Some((close_code::AWAY, end));
            }
            Next::Aside(Happened::Recording(recording)) => {
                say(viewer, &FromRelay::Recording(recording)).await?;
            }
            Next::Aside(Happened::Lesson(_)) if watched.is_over() => {
                return Some((close_code::AWAY, LESSON_ENDS));
            }
            Next::Aside(Happened::Lesson(lecture)) => {
                say(viewer, &FromRelay::Lesson(lecture.map(Box::new))).await?;
            }
            Next::Aside(Happened::Moment(told)) => send(viewer, Message::Binary(told)).await?,
            Next::Aside(Happened::Done { id, refusal }) => {
                say(viewer, &FromRelay::Answer { id, refusal }).await?;
            }
            Next::Aside(Happened::Beat) => {
                let at_nanos = server.journal.now_nanos();
                say(viewer, &FromRelay::Beat { at_nanos }).await?;
                for message in attending.news(aside.lecture().as_ref()) {
                    say(viewer, &message).await?;
                }
            }
            Next::Aside(Happened::Ping) => {
                if heard_at.elapsed() > SILENCE_MAX {
                    return None;
                }
                send(viewer, Message::Ping(Bytes::new())).await?;
            }
            Next::Aside(Happened::Rested) => {}
        }
    }
}

/// What is rarer than a message of records.
enum Next {
    Aside(Happened),
    /// None: the viewer has ended.
    Heard(Option<Result<Message, axum::Error>>),
}

/// Sends the records until something else is to be done. None: the viewer is gone.
async fn next(
    watched: &Watched,
    viewer: &mut WebSocket,
    following: &mut Following<'_>,
    aside: &mut Aside,
    attending: &mut Attending,
) -> Option<Next> {
    let hears = aside.rests_until.is_none();
    let mut aside = pin!(aside.next(watched, attending));
    loop {
        tokio::select! {
            due = following.next() => match due {
                Due::Send(message) => send(viewer, Message::Binary(message)).await?,
                Due::Flush => in_time(viewer.flush()).await?,
            },
            heard = viewer.recv(), if hears => return Some(Next::Heard(heard)),
            happened = &mut aside => return Some(Next::Aside(happened)),
        }
    }
}

/// What a viewer is told that breaks the protocol.
fn broken(error: axum::Error) -> (u16, &'static str) {
    let cause = error.into_inner().downcast::<tungstenite::Error>();
    match cause.as_deref() {
        Ok(tungstenite::Error::Capacity(_)) => {
            (close_code::SIZE, "a message has at most 4096 bytes here")
        }
        // RFC 6455, section 8.1.
        Ok(tungstenite::Error::Utf8(_)) => (close_code::INVALID, "a text that is no UTF-8"),
        _ => (close_code::PROTOCOL, "not understood"),
    }
}

const LESSON_ENDS: &str = "the lesson ends";

impl Watched {
    /// The reader as this visitor may have it.
    pub fn reading(&self, reader: Reader) -> Reader {
        let hall = &self.relay.config.hall;
        match hall.hides_bytes_from(self.visitor.right) {
            true => reader.without_bytes(),
            false => reader,
        }
    }

    fn asks_too_often(&self, a_second: u32) {
        let from = self.visitor.address;
        self.relay.callers.refusals.count(RefusedBy::Requests, || {
            format!(
                "a viewer from {from} sends more than {a_second} messages a second (--max-requests); it is not heard for a moment each time"
            )
        });
    }

    /// What this visitor is told of who may do what here.
    fn hall(&self) -> Hall {
        self.relay.config.hall.told(self.visitor.right)
    }

    /// Returns when there is nothing more to be watched, with the reason. The relay's own server may
    /// end before its recordings have: its viewers see both.
    pub async fn end(&self) -> &'static str {
        tokio::select! {
            () = self.relay.callers.closing.cancelled() => "the relay ends",
            () = self.server.ended.cancelled(), if self.is_lesson => LESSON_ENDS,
        }
    }

    /// Another lesson is being given, or none.
    fn is_over(&self) -> bool {
        let lessons = self.relay.config.lessons.as_ref();
        let stage = lessons.and_then(|lessons| lessons.stage());
        let is_given = stage.is_some_and(|stage| Arc::ptr_eq(stage.server(), &self.server));
        self.is_lesson && !is_given
    }
}

/// Takes up what a viewer says, in the order in which it says it; but connecting may take long, so
/// that is done aside.
async fn hear(
    watched: &Watched,
    attending: &Attending,
    viewer: &mut WebSocket,
    dones: &mpsc::Sender<(u32, Option<Refusal>)>,
    message: &[u8],
) -> Option<()> {
    let Ok(FromPage { id, request }) = wire::decode(message) else {
        return say(viewer, &refused(0, Refusal::Malformed)).await;
    };
    let needs = request.needs();
    if watched.visitor.right < needs {
        return say(viewer, &refused(id, Refusal::NotAllowed { needs })).await;
    }
    let connects = matches!(
        request,
        Request::Send { conn: None, .. } | Request::SendBytes { conn: None, .. }
    );
    if !connects {
        let refusal = take_up(watched, attending, request).await.err();
        return say(viewer, &FromRelay::Answer { id, refusal }).await;
    }
    let Ok(place) = dones.clone().try_reserve_owned() else {
        let limit = CLIENTS_MAX;
        return say(viewer, &refused(id, Refusal::TooManyClients { limit })).await;
    };
    let server = Arc::clone(&watched.server);
    tokio::spawn(async move {
        let refusal = server.ask(request).await.err();
        place.send((id, refusal));
    });
    Some(())
}

async fn take_up(
    watched: &Watched,
    attending: &Attending,
    request: Request,
) -> Result<(), Refusal> {
    let relay = &watched.relay;
    match request {
        Request::Record { on: true } => record(relay).await,
        Request::Record { on: false } => relay.recordings.stop_by_request(),
        Request::Lesson(request) => {
            let lessons = relay.config.lessons.as_ref().ok_or(Refusal::NoLessons)?;
            // Where echo servers are, not where the viewers are.
            let taken_up = relay.server.home.spawn(lessons.take_up(request));
            taken_up.await.unwrap_or(Err(Refusal::NoLessons))
        }
        Request::Follow { on } => {
            attending.follow(on);
            Ok(())
        }
        Request::Moment(moment) => {
            attending.tell(moment);
            Ok(())
        }
        Request::Answer { step, answer, by } => {
            request.check()?;
            let lessons = relay.config.lessons.as_ref().ok_or(Refusal::NoQuestion)?;
            if watched.is_lesson && watched.is_over() {
                // It was given to another lesson's question.
                return Err(Refusal::NoQuestion);
            }
            let voter = Voter {
                address: watched.visitor.address,
                by,
            };
            let lecture = lessons.told();
            let lecture = lecture.borrow();
            attending.answer(lecture.as_ref(), voter, step, answer)
        }
        request => watched.server.ask(request).await,
    }
}

/// The file is made aside: a disk may take its time.
async fn record(relay: &Arc<Relay>) -> Result<(), Refusal> {
    let (recordings, header) = (Arc::clone(&relay.recordings), relay.server.header());
    let started = tokio::task::spawn_blocking(move || recordings.start_by_request(header));
    // It does not panic; it is given up only where the relay ends.
    started.await.unwrap_or(Err(Refusal::NotRecording))
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
    in_time(viewer.send(message)).await
}

/// None: it did not succeed, or the viewer takes nothing.
async fn in_time(sending: impl Future<Output = Result<(), axum::Error>>) -> Option<()> {
    let mut sending = pin!(sending);
    // Nearly always there is room, and no clock is needed.
    let sent = match poll!(&mut sending) {
        Poll::Ready(sent) => sent,
        Poll::Pending => timeout(WRITE_TIMEOUT, sending).await.ok()?,
    };
    sent.ok()
}
