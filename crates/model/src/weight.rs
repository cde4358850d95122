//! What the log costs, bytes: an estimate that the bounds of a log without end are kept by.

use std::sync::Arc;

use protocol::{ConnKeyframe, Event, Keyframe, Preview, Queues, UnacceptedConnection};

use crate::{Answer, Connection, Cut, EndState, Ruler, State, Tail, timeline::Entry};

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
            Event::Queues(_) => ALLOCATION + size_of::<Queues>(),
            Event::Keyframe(keyframe) => {
                ALLOCATION
                    + size_of::<Keyframe>()
                    + keyframe.conns.len() * size_of::<ConnKeyframe>()
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
    conns + calls
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
    let chunk = |bytes: usize| ALLOCATION + bytes * Tail::<Cut>::CHUNK;
    cuts * chunk(size_of::<Cut>()) + answers * chunk(size_of::<Answer>())
}
