//! Actions of the datagram echo.

use lessons::Courier;
use protocol::{Conn, DatagramBound, End, Event, Record, Request};

use super::{
    act::ask_to_send,
    play::{Play, Why},
};

pub async fn courier(play: &mut Play, action: &Courier) -> Result<(), Why> {
    let opened = play.records().iter().rev().find_map(client);
    let opened_before = opened.map_or(Conn(0), |bound| bound.0);
    let Courier::Send(parcels) = action else {
        let request = Request::Datagrams(action.request(false));
        return Ok(play.stage.ask(request).await?);
    };
    let conn = Conn(parcels.client);
    let is_known = |record: &Record| client(record).is_some_and(|(known, _)| known == conn);
    let is_new = !play.records().iter().any(is_known);
    let request = action.request(is_new);
    ask_to_send(play, || Request::Datagrams(request.clone())).await?;
    if !is_new {
        return Ok(());
    }
    let newest = |play: &Play| play.records().iter().rev().find_map(client).map(|it| it.0);
    play.until("the client's datagram socket", |play| {
        newest(play).is_some_and(|newest| newest != opened_before)
    })
    .await?;
    match newest(play) {
        Some(newest) if newest != conn => Err(Why::Numbered {
            client: parcels.client,
            conn: newest,
        }),
        _ => Ok(()),
    }
}

/// A datagram socket of a client of ours.
fn client(record: &Record) -> Option<(Conn, &DatagramBound)> {
    match &record.event {
        Event::DatagramBound(bound) if bound.end == End::Client => Some((bound.conn?, bound)),
        _ => None,
    }
}
