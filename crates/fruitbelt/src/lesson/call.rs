//! `call`: lets a client's program make one call of the socket interface, and waits until it returns.

use lessons::MakeCall;
use protocol::{Call, Conn, End, Event, Record, Refusal, Request};

use super::play::{Play, Why};

pub async fn call(play: &mut Play, make: &MakeCall) -> Result<(), Why> {
    // It was checked when the lesson was read.
    let call = make.call().map_err(|_| Refusal::Malformed)?;
    let conn = make.client.map(Conn);
    // What was recorded before is not what is waited for.
    let head = play.stage.header().head;
    play.until("what was before the call", |play| {
        play.records().last().is_some_and(|last| last.seq >= head)
    })
    .await?;
    let from = play.records().len();
    let asked = Request::Call {
        conn,
        call: call.clone(),
    };
    play.stage.ask(asked).await?;
    let what = [call.method(), "() to return"].concat();
    play.until(&what, |play| {
        let later = play.records().iter().skip(from);
        later.into_iter().any(|record| tells(record, conn, &call))
    })
    .await
}

/// Whether a record says that the call has returned.
fn tells(record: &Record, conn: Option<Conn>, call: &Call) -> bool {
    let Event::Called(called) = &record.event else {
        return false;
    };
    let is_method = match call {
        // A file is made, and then read from.
        Call::Makefile => called.method == "readline",
        // The descriptor that a socket gave away is closed by the system's own function.
        Call::Close => called.method == "close" || called.method == "os.close",
        call => called.method == call.method(),
    };
    is_method && called.conn == conn && called.end == End::Client
}
