//! What the log costs, bytes: an estimate that the bounds of a log without end are kept by.

use std::sync::Arc;

use protocol::{
    ConnKeyframe, DatagramClientKeyframe, DatagramsKeyframe, Event, Keyframe, Preview, Queues,
    UnacceptedConnection,
};

use crate::{
    Answer, Connection, Cut, DatagramClient, Direction, EndState, Loss, Received, Ruler, Sent,
    State, Tail, timeline::Entry,
};

/// What an allocation costs beside what was asked for.
const ALLOCATION: usize = 16;

/// One record in the log.
pub(crate) fn entry_bytes(event: &Event) -> usize {
    let previewed = |preview: &Option<Preview>| {
        preview
            .as_ref()
            .map_or(0, |preview| ALLOCATION + preview.0.len())
    };
    size_of::<Entry>()
        + match event {
            Event::Arrived(e) => previewed(&e.preview),
            Event::Read(e) => previewed(&e.preview),
            Event::Wrote(e) => previewed(&e.preview),
            Event::DatagramBound(bound) => ALLOCATION + size_of_val(&**bound),
            Event::DatagramSent(e) => previewed(&e.preview),
            Event::DatagramReceived(e) => previewed(&e.preview),
            Event::Queues(_) => ALLOCATION + size_of::<Queues>(),
            Event::Keyframe(keyframe) => {
                ALLOCATION
                    + size_of::<Keyframe>()
                    + keyframe.conns.len() * size_of::<ConnKeyframe>()
                    + size_of::<DatagramsKeyframe>()
                    + keyframe.datagrams.clients.len() * size_of::<DatagramClientKeyframe>()
            }
            Event::Unknown(unknown) => unknown.name.len() + unknown.fields.len() + 2 * ALLOCATION,
            Event::Called(e) => {
                e.method.len() + e.arguments.len() + e.result.len() + 3 * ALLOCATION
            }
            Event::Unaccepted(e) => {
                ALLOCATION + e.connections.len() * size_of::<UnacceptedConnection>()
            }
            _ => 0,
        }
}

/// A state that is kept beside another: what they do not share.
pub(crate) fn state_bytes(state: &State, beside: Option<&State>) -> usize {
    let shares_calls = beside.is_some_and(|beside| Arc::ptr_eq(&beside.calls, &state.calls));
    let calls = match shares_calls {
        true => 0,
        false => state.calls.weight_bytes(),
    };
    let conns: usize = state
        .conns
        .iter()
        .map(|(number, connection)| {
            let other = beside.and_then(|state| state.conns.get(number));
            if other.is_some_and(|other| Arc::ptr_eq(other, connection)) {
                return 0;
            }
            let server = end_bytes(&connection.server, other.map(|other| &other.server));
            let client = end_bytes(&connection.client, other.map(|other| &other.client));
            size_of::<Connection>() + server + client
        })
        .sum();
    conns + calls + datagram_bytes(state, beside)
}

fn datagram_bytes(state: &State, beside: Option<&State>) -> usize {
    let clients = state.datagrams.clients.iter();
    clients
        .map(|(number, client)| {
            let other = beside.and_then(|state| state.datagrams.clients.get(number));
            if other.is_some_and(|other| Arc::ptr_eq(other, client)) {
                return 0;
            }
            let direction = |of: fn(&DatagramClient) -> &Direction| {
                let (direction, beside) = (of(client), other.map(|other| of(other)));
                let sent = direction.sent.own_chunks(beside.map(|it| &it.sent));
                let received = direction.received.own_chunks(beside.map(|it| &it.received));
                let lost = direction.losses.own_chunks(beside.map(|it| &it.losses));
                sent * chunk(size_of::<Sent>())
                    + received * chunk(size_of::<Received>())
                    + lost * chunk(size_of::<Loss>())
            };
            size_of::<DatagramClient>() + direction(|it| &it.there) + direction(|it| &it.back)
        })
        .sum()
}

/// What one chunk of a tail takes.
fn chunk(bytes: usize) -> usize {
    ALLOCATION + bytes * Tail::<Cut>::CHUNK
}

fn end_bytes(end: &Option<EndState>, beside: Option<&Option<EndState>>) -> usize {
    let Some(end) = end else {
        return 0;
    };
    let beside = beside.and_then(Option::as_ref);
    let rulers: [fn(&EndState) -> &Ruler; 6] = [
        |end| &end.arrived,
        |end| &end.read,
        |end| &end.wrote,
        |end| &end.bagged,
        |end| &end.answered,
        |end| &end.messages,
    ];
    let cuts: usize = rulers
        .iter()
        .map(|ruler| ruler(end).own_chunks(beside.map(ruler)))
        .sum();
    let answers = end.answers.own_chunks(beside.map(|beside| &beside.answers));
    cuts * chunk(size_of::<Cut>()) + answers * chunk(size_of::<Answer>())
}
