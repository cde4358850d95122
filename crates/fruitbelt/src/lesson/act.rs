//! One action of a script: asks the lesson's server for it, and waits for what it must wait for.
//!
//! An action returns when its effect is recorded, but for sends, which may be blocked for as long as
//! nobody reads: a script waits for what comes of them.

use lessons::{Accepting, Action, Connect, Pieces, ReadNow, Send, SetPolicy, Spacing};
use protocol::{Conn, End, Policy, ReadWhen, Refusal, Request};
use relay::{ClientSettings, PAYLOAD_BYTES_MAX, payload};
use tokio::time::{Instant, sleep, timeout};

use super::{
    play::{PATIENCE, Play, Why},
    seeded::Seeded,
};

pub async fn act(play: &mut Play, action: &Action) -> Result<(), Why> {
    match action {
        Action::Connect(connect) => self::connect(play, connect).await,
        Action::Send(send) => self::send(play, send).await,
        Action::Policy(policy) => set_policy(play, policy).await,
        Action::Hold(whom) => {
            let conn = whom.client.map(Conn);
            let held = Policy {
                read_when: ReadWhen::Held,
                ..in_force(play, conn)
            };
            ask_policy(play, conn, held).await
        }
        Action::Resume(whom) => {
            let conn = whom.client.map(Conn);
            let policy = in_force(play, conn);
            ask_policy(play, conn, policy).await
        }
        Action::Read(read) => self::read(play, read).await,
        Action::Accept(accepting) => {
            let on = *accepting == Accepting::Go;
            Ok(play.stage.ask(Request::Accept { on }).await?)
        }
        Action::Backlog(backlog) => {
            let backlog = *backlog;
            play.stage.ask(Request::SetBacklog { backlog }).await?;
            play.until("listen() with that backlog", |play| {
                play.ends.backlog == backlog
            })
            .await
        }
        Action::Listen(listen) => Ok(play.stage.listen(listen.family).await?),
        Action::Shutdown(ends) => {
            let (conn, end) = (Conn(ends.client), ends.end);
            play.stage.ask(Request::Shutdown { conn, end }).await?;
            play.until("shutdown()", |play| play.end(conn, end).shut)
                .await
        }
        Action::Close(ends) => {
            let (conn, end) = (Conn(ends.client), ends.end);
            play.stage.ask(Request::Close { conn, end }).await?;
            play.until("close()", |play| play.end(conn, end).gone).await
        }
        Action::Reset(ends) => {
            let (conn, end) = (Conn(ends.client), ends.end);
            play.stage.ask(Request::Reset { conn, end }).await?;
            play.until("close() with a reset", |play| play.end(conn, end).gone)
                .await
        }
        Action::ClientReads(reads) => {
            let (conn, on) = (Conn(reads.client), reads.on);
            Ok(play.stage.ask(Request::ClientReads { conn, on }).await?)
        }
        Action::Compare(compare) => super::compare::compare(play, Conn(compare.client)).await,
        Action::Call(make) => super::call::call(play, make).await,
        Action::Courier(courier) => super::courier::courier(play, courier).await,
        Action::Wait(statement) => play.wait(statement).await,
    }
}

async fn connect(play: &mut Play, connect: &Connect) -> Result<(), Why> {
    let usual = ClientSettings::default();
    let settings = ClientSettings {
        send_buffer: connect.send_buffer.or(usual.send_buffer),
        receive_buffer: connect.receive_buffer.or(usual.receive_buffer),
        reads: connect.reads,
        waits: connect.waits,
        keeps: connect.keeps,
    };
    // Where the accept queue is full, connect waits for as long as it is.
    let connected = timeout(PATIENCE, play.stage.connect(settings)).await;
    let conn = connected.map_err(|_| Why::Late("connect() to return".into()))??;
    if connect.keeps {
        play.sent.insert(conn, Vec::new());
    }
    let client = connect.client;
    match conn == Conn(client) {
        true => Ok(()),
        false => Err(Why::Numbered { client, conn }),
    }
}

async fn send(play: &mut Play, send: &Send) -> Result<(), Why> {
    let conn = Conn(send.client);
    if let Some(text) = &send.text {
        let bytes = text.as_bytes().to_vec();
        if let Some(sent) = play.sent.get_mut(&conn) {
            sent.extend(&bytes);
        }
        return ask_to_send(play, || Request::SendBytes {
            conn: Some(conn),
            bytes: bytes.clone(),
        })
        .await;
    }
    let sizes = match send.random {
        Some(pieces) => sizes(pieces),
        None => send.bytes.clone(),
    };
    let spacing = match send.spacing {
        Spacing::Recorded => protocol::Spacing::WhenRecorded,
        Spacing::None => protocol::Spacing::GapMillis(0),
    };
    for sizes in sizes.chunks(Request::BATCHES_MAX) {
        if let Some(sent) = play.sent.get_mut(&conn) {
            for &bytes in sizes {
                digits(sent, bytes as usize);
            }
        }
        ask_to_send(play, || Request::Send {
            conn: Some(conn),
            batches: sizes.to_vec(),
            spacing,
        })
        .await?;
    }
    Ok(())
}

/// What the demonstration client sends: `0123456789…` from where it stands.
fn digits(sent: &mut Vec<u8>, mut bytes: usize) {
    while bytes > 0 {
        let piece = bytes.min(PAYLOAD_BYTES_MAX);
        sent.extend_from_slice(payload(sent.len() as u64, piece));
        bytes -= piece;
    }
}

/// A client says that it is done a moment after its last byte is recorded, and says so by no event.
pub async fn ask_to_send(play: &Play, request: impl Fn() -> Request) -> Result<(), Why> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match play.stage.ask(request()).await {
            Err(Refusal::StillSending { .. }) if Instant::now() < deadline => {
                sleep(std::time::Duration::from_millis(1)).await;
            }
            Err(Refusal::StillSending { conn }) => {
                return Err(Why::Late(format!(
                    "client {} to have sent what it was told before",
                    conn.0
                )));
            }
            answer => return Ok(answer?),
        }
    }
}

fn sizes(pieces: Pieces) -> Vec<u32> {
    let mut seeded = Seeded::new(pieces.seed);
    let mut left = pieces.total;
    let mut sizes = Vec::new();
    while left > 0 {
        let size = seeded.up_to(pieces.most).min(left);
        sizes.push(size);
        left -= size;
    }
    sizes
}

async fn set_policy(play: &mut Play, set: &SetPolicy) -> Result<(), Why> {
    let policy = Policy {
        read_when: set.read_when,
        bufsize: set.bufsize,
        pause_millis: set.pause_millis,
        bag: set.bag,
        framing: set.framing,
    };
    let conn = set.client.map(Conn);
    match conn {
        None => {
            play.policy = policy;
            play.policies.clear();
        }
        Some(conn) => {
            play.policies.insert(conn, policy);
        }
    }
    ask_policy(play, conn, policy).await
}

/// As the script has set it, whether held or not.
fn in_force(play: &Play, conn: Option<Conn>) -> Policy {
    let own = conn.and_then(|conn| play.policies.get(&conn));
    *own.unwrap_or(&play.policy)
}

async fn ask_policy(play: &Play, conn: Option<Conn>, policy: Policy) -> Result<(), Why> {
    let request = Request::SetPolicy { conn, policy };
    Ok(play.stage.ask(request).await?)
}

async fn read(play: &mut Play, read: &ReadNow) -> Result<(), Why> {
    let (conn, end) = (Conn(read.client), read.end);
    let Some(pieces) = read.random else {
        for _ in 0..read.times {
            read_once(play, conn, end, read.bytes).await?;
        }
        return Ok(());
    };
    let mut seeded = Seeded::new(pieces.seed);
    let before = play.end(conn, end).read;
    while play.end(conn, end).read - before < u64::from(pieces.total) {
        if play.end(conn, end).gone {
            return Err(Why::Refused(Refusal::NotOpen { conn }));
        }
        read_once(play, conn, end, seeded.up_to(pieces.most)).await?;
    }
    Ok(())
}

async fn read_once(play: &mut Play, conn: Conn, end: End, bytes: u32) -> Result<(), Why> {
    play.until("something to read", |play| {
        play.end(conn, end).is_readable()
    })
    .await?;
    let before = play.end(conn, end).reads;
    play.stage.ask(Request::Read { conn, end, bytes }).await?;
    play.until("recv() to return", |play| {
        let seen = play.end(conn, end);
        seen.reads > before || seen.gone
    })
    .await
}
