//! The mirror: one viewer's WebSocket. Sends what the journal holds behind the viewer's position,
//! a beat each second, and answers to requests.
//!
//! There is no queue for a viewer: while it does not read, nothing is taken from the journal for
//! it. Knows nothing of what records mean.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use bytes::Bytes;
use protocol::{
    Cursor, Hall, Lecture, Refusal, Request,
    wire::{self, FROM_PAGE_BYTES_MAX, FromPage, FromRelay},
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite;

use crate::{
    Reader, Relay, Server,
    alone::alone,
    hall::{Attending, Voter},
    http::Visitor,
    limits::Bucket,
    registry::CLIENTS_MAX,
};

/// tungstenite's buffer for reading; its default would cost 128 KiB a viewer.
const READ_BUFFER_BYTES: usize = 4096;
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
}

/// Mirrors to one viewer until either side ends.
pub async fn mirror(watched: Watched, mut viewer: WebSocket, cursor: Option<Cursor>) {
    let whose = || format!("the viewer at {}", watched.visitor.address);
    let conversation = converse(&watched, &mut viewer, cursor);
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
    let mut reader = watched.reading(server.journal.read_from(cursor));
    let mut recording = relay.recordings.told();
    let mut lecture = relay.config.lessons.as_ref().map(|lessons| lessons.told());
    say(viewer, &FromRelay::Header(Box::new(server.header()))).await?;
    say(viewer, &FromRelay::Hall(Box::new(watched.hall()))).await?;
    recording.mark_changed();
    if let Some(lecture) = &mut lecture {
        lecture.mark_changed();
    }
    let mut beat = interval(BEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    let a_second = relay.config.limits.requests_a_second;
    let mut pace = Bucket::new(a_second.into(), 1_000_000_000, server.journal.now_nanos());
    let mut rests_until = None;
    let (answers, mut answered) = mpsc::channel(CLIENTS_MAX as usize);
    let mut attending = relay.audience.join(watched.visitor.right);
    loop {
        tokio::select! {
            end = watched.end() => {
                while let Some(message) = reader.take() {
                    send(viewer, Message::Binary(message)).await?;
                }
                return Some((close_code::AWAY, end));
            }
            Ok(()) = recording.changed() => {
                let recording = recording.borrow_and_update().clone();
                say(viewer, &FromRelay::Recording(recording)).await?;
            }
            Some(lecture) = changed(&mut lecture) => {
                if watched.is_over() {
                    return Some((close_code::AWAY, LESSON_ENDS));
                }
                say(viewer, &FromRelay::Lesson(lecture.map(Box::new))).await?;
            }
            told = attending.moment() => send(viewer, Message::Binary(told)).await?,
            message = reader.next() => send(viewer, Message::Binary(message)).await?,
            () = async { sleep_until(rests_until.unwrap_or(heard_at)).await }, if rests_until.is_some() => {
                rests_until = None;
            }
            heard = viewer.recv(), if rests_until.is_none() => {
                heard_at = Instant::now();
                let is_too_often = pace.opens_at_nanos(server.journal.now_nanos()).is_some();
                if is_too_often {
                    rests_until = Some(heard_at + REST);
                } else {
                    pace.take(1);
                }
                match heard? {
                    Ok(Message::Binary(message)) if is_too_often => {
                        let id = wire::decode(&message).map_or(0, |FromPage { id, .. }| id);
                        say(viewer, &refused(id, Refusal::TooOften { a_second })).await?;
                    }
                    Ok(Message::Binary(message)) => hear(watched, &attending, viewer, &answers, &message).await?,
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
            Some(answer) = answered.recv() => say(viewer, &answer).await?,
            _ = beat.tick() => {
                let at_nanos = server.journal.now_nanos();
                say(viewer, &FromRelay::Beat { at_nanos }).await?;
                let news = attending.news(lecture.as_ref().and_then(|it| it.borrow().clone()).as_ref());
                for message in news {
                    say(viewer, &message).await?;
                }
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

/// None: nobody gives lessons, or nobody does any more.
async fn changed(
    lecture: &mut Option<watch::Receiver<Option<Lecture>>>,
) -> Option<Option<Lecture>> {
    let lecture = lecture.as_mut()?;
    lecture.changed().await.ok()?;
    Some(lecture.borrow_and_update().clone())
}

/// Takes up what a viewer says, in the order in which it says it; but connecting may take long, so
/// that is done aside.
async fn hear(
    watched: &Watched,
    attending: &Attending,
    viewer: &mut WebSocket,
    answers: &mpsc::Sender<FromRelay>,
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
    let Ok(place) = answers.clone().try_reserve_owned() else {
        let limit = CLIENTS_MAX;
        return say(viewer, &refused(id, Refusal::TooManyClients { limit })).await;
    };
    let server = Arc::clone(&watched.server);
    tokio::spawn(async move {
        let refusal = server.ask(request).await.err();
        place.send(FromRelay::Answer { id, refusal });
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
    timeout(WRITE_TIMEOUT, viewer.send(message))
        .await
        .ok()?
        .ok()
}
