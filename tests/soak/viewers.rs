//! Viewers that stall, vanish and come again, some so late that the relay has forgotten or given up on
//! them, and keep account: each record is received or told as dropped, across all of that.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use protocol::{
    Event, Record, Run,
    wire::{self, FromRelay},
};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::Dice;

/// The longest that one looks on, and the longest that one usually stalls.
const MOOD_MAX: Duration = Duration::from_secs(3);
/// Some stall up to so long. Much longer than the relay's patience with whoever takes nothing.
const STALL_MAX: Duration = Duration::from_secs(60);
/// Whoever stalled for less is not left: the relay waits 30 s for a write, and 35 s for an answer to a
/// ping, of which it sends one every 10 s.
const STALL_BORNE: Duration = Duration::from_secs(25);
/// Some come back only after up to so long: in a long soak the journal has forgotten where they were.
const AWAY_MAX: Duration = Duration::from_secs(360);
/// Others decode again what was forgotten.
const SPANS_MAX: usize = 8192;

/// What viewers are to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// As they like.
    Mischief,
    /// Read on to the record of this number, and leave.
    Drain(u64),
}

/// What they saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Account {
    pub received: u64,
    pub dropped: u64,
    pub stalls: u64,
    /// Left by the relay for it.
    pub left: u64,
    /// Came back after a long time.
    pub away: u64,
    /// Went on where they had been.
    pub resumed: u64,
    /// Began anew.
    pub fresh: u64,
}

impl Account {
    pub fn add(&mut self, other: Account) {
        self.received += other.received;
        self.dropped += other.dropped;
        self.stalls += other.stalls;
        self.left += other.left;
        self.away += other.away;
        self.resumed += other.resumed;
        self.fresh += other.fresh;
    }
}

/// What a batch of records means for an account.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    /// It follows the record of this number.
    after: u64,
    /// It needs no record before it.
    is_opening: bool,
    received: u64,
    dropped: u64,
    last: u64,
}

impl Span {
    fn of(records: &[Record]) -> Result<Option<Span>, String> {
        let mut span: Option<Span> = None;
        for record in records {
            let seq = record.seq.0;
            let (stands_for, is_opening) = match &record.event {
                Event::Keyframe(_) => (0, true),
                Event::Dropped(dropped) => (dropped.records, false),
                _ => (1, false),
            };
            let span = span.get_or_insert(Span {
                after: seq - stands_for,
                is_opening,
                received: 0,
                dropped: 0,
                last: seq - stands_for,
            });
            if span.last + stands_for != seq {
                return Err(format!("a hole between {} and {seq}", span.last));
            }
            match &record.event {
                Event::Keyframe(_) => {}
                Event::Dropped(_) => span.dropped += stands_for,
                _ => span.received += stands_for,
            }
            span.last = seq;
        }
        Ok(span)
    }
}

/// The batches are the same for all, so each is decoded once.
#[derive(Default)]
pub struct Spans(Mutex<HashMap<u64, Option<Span>>>);

impl Spans {
    fn of(&self, message: &[u8]) -> Result<Option<Span>, String> {
        let mut hasher = DefaultHasher::new();
        message.hash(&mut hasher);
        let key = hasher.finish();
        if let Some(span) = self.0.lock().unwrap().get(&key) {
            return Ok(*span);
        }
        let span = match wire::decode(message) {
            Ok(FromRelay::Records(records)) => Span::of(&records)?,
            Ok(_) => None,
            Err(error) => return Err(format!("a viewer does not understand: {error}")),
        };
        let mut spans = self.0.lock().unwrap();
        if spans.len() >= SPANS_MAX {
            spans.clear();
        }
        spans.insert(key, span);
        Ok(span)
    }
}

/// Why a viewer sees no more.
enum Ends {
    /// The relay has closed.
    Left(String),
    /// What it told cannot be.
    Wrong(String),
}

/// One place before the belt.
struct Seat {
    page: SocketAddr,
    spans: Arc<Spans>,
    /// Of which run, and which records are accounted for: behind the first, up to the second.
    run: Option<Run>,
    span: Option<(u64, u64)>,
    /// Since the last fresh start.
    received: u64,
    dropped: u64,
    /// The longest stall with this socket: what the relay did about it is seen behind all that it sent
    /// before.
    stalled: Duration,
}

impl Seat {
    async fn sit_down(&mut self) -> Result<WebSocketStream<TcpStream>, String> {
        self.stalled = Duration::ZERO;
        let query = match (self.run, self.span) {
            (Some(run), Some((_, at))) => format!("?run={run}&after={at}"),
            _ => String::new(),
        };
        let of = |error: &dyn std::fmt::Display| format!("a viewer cannot join: {error}");
        let stream = TcpStream::connect(self.page).await.map_err(|it| of(&it))?;
        let url = format!("ws://{}/mirror{query}", self.page);
        let request = url.into_client_request().map_err(|it| of(&it))?;
        let (mut socket, _) = client_async(request, stream).await.map_err(|it| of(&it))?;
        match socket.next().await {
            Some(Ok(Message::Binary(message))) => match wire::decode(&message) {
                Ok(FromRelay::Header(header)) => self.run = Some(header.run),
                other => return Err(format!("no header: {other:?}")),
            },
            other => return Err(format!("no header: {other:?}")),
        }
        Ok(socket)
    }

    /// Keeps account of one message.
    fn take(&mut self, message: &[u8]) -> Result<(), String> {
        let Some(span) = self.spans.of(message)? else {
            return Ok(());
        };
        let (first, at) = match self.span {
            None if span.is_opening => (span.after, span.after),
            None => return Err(format!("no keyframe comes first: {span:?}")),
            Some(span) => span,
        };
        if span.after != at {
            return Err(format!("behind record {at} came {span:?}"));
        }
        self.span = Some((first, span.last));
        self.received += span.received;
        self.dropped += span.dropped;
        match self.received + self.dropped == span.last - first {
            true => Ok(()),
            false => Err(format!("{} and {}", self.received, self.dropped)),
        }
    }

    /// Returns when it has seen all that was to be seen.
    async fn looks(
        &mut self,
        socket: &mut WebSocketStream<TcpStream>,
        phase: &mut watch::Receiver<Phase>,
    ) -> Result<(), Ends> {
        loop {
            let told = *phase.borrow_and_update();
            if let (Phase::Drain(head), Some((_, at))) = (told, self.span)
                && at >= head
            {
                return Ok(());
            }
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Binary(message))) => self.take(&message).map_err(Ends::Wrong)?,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => {
                        let why = format!("the relay leaves a viewer: {other:?}");
                        return Err(Ends::Left(why));
                    }
                },
                Ok(()) = phase.changed() => {}
            }
        }
    }

    fn begin_anew(&mut self, account: &mut Account) {
        account.received += std::mem::take(&mut self.received);
        account.dropped += std::mem::take(&mut self.dropped);
        self.span = None;
    }
}

/// Watches until all that was to be seen has been.
pub async fn view(
    page: SocketAddr,
    mut dice: Dice,
    mut phase: watch::Receiver<Phase>,
    spans: Arc<Spans>,
) -> Result<Account, String> {
    let mut account = Account::default();
    let mut seat = Seat {
        page,
        spans,
        run: None,
        span: None,
        received: 0,
        dropped: 0,
        stalled: Duration::ZERO,
    };
    let mut socket = seat.sit_down().await?;
    loop {
        let until = dice.up_to(MOOD_MAX);
        let is_over = *phase.borrow() != Phase::Mischief;
        let looks = seat.looks(&mut socket, &mut phase);
        let looked = match is_over {
            true => Some(looks.await),
            false => timeout(until, looks).await.ok(),
        };
        match looked {
            Some(Ok(())) => {
                seat.begin_anew(&mut account);
                let _ = socket.close(None).await;
                return Ok(account);
            }
            Some(Err(Ends::Left(_))) if seat.stalled >= STALL_BORNE => {
                account.left += 1;
                socket = seat.sit_down().await?;
            }
            Some(Err(Ends::Left(why) | Ends::Wrong(why))) => return Err(why),
            None => {}
        }
        match dice.below(20) {
            0..10 => {
                account.stalls += 1;
                let most = match dice.below(40) {
                    0 => STALL_MAX,
                    _ => MOOD_MAX,
                };
                let began = Instant::now();
                waits(dice.up_to(most), &mut phase).await;
                seat.stalled = seat.stalled.max(began.elapsed());
            }
            10..14 => {
                account.resumed += 1;
                drop(socket);
                if dice.below(50) == 0 {
                    account.away += 1;
                    waits(dice.up_to(AWAY_MAX), &mut phase).await;
                }
                socket = seat.sit_down().await?;
            }
            14..16 => {
                account.fresh += 1;
                drop(socket);
                seat.begin_anew(&mut account);
                socket = seat.sit_down().await?;
            }
            _ => {}
        }
    }
}

/// Whoever is told to read on does so at once.
async fn waits(time: Duration, phase: &mut watch::Receiver<Phase>) {
    tokio::select! {
        () = sleep(time) => {}
        _ = phase.changed() => {}
    }
}
