//! All that is known of the connection in focus as a list of values, each with how it is known;
//! and the rulers in words. What the canvas draws is told here too.

use model::{Connection, EndState, Ruler, State};
use protocol::{Queues, Source, Sources};
use scene::{Lang, words::number};

use crate::language::Label;

/// How many cuts of a ruler are told in words.
const CUTS_TOLD: usize = 8;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its name.
    pub label: Label,
    /// Its number and unit; None where it is not known.
    pub text: Option<String>,
    /// How it is known.
    pub source: Source,
}

/// The values of a connection, in the order of the belt. Those of queues are the server's end's.
pub fn of(connection: Option<&Connection>, state: &State, sources: Option<Sources>) -> Vec<Value> {
    let (Some(connection), Some(sources)) = (connection, sources) else {
        return Vec::new();
    };
    let sources = sources.of_family(connection.server_addr.family());
    let server = connection.server.as_ref();
    let client = connection.client.as_ref();
    let queues = server.and_then(|end| end.queues).map(|(queues, _)| queues);
    let sample = |of: fn(&Queues) -> Option<u64>| queues.as_ref().and_then(of);
    let bytes = |of: fn(&EndState) -> u64| server.map(|end| number(of(end)));
    let count = |value: Option<u64>| value.map(number);

    let waiting = match server {
        Some(end) if end.level_is_measured() => sources.receive_queue,
        _ => Source::Derived,
    };
    let memory = match (
        sample(|it| it.kernel_memory),
        sample(|it| it.kernel_memory_limit),
    ) {
        (Some(held), Some(limit)) => Some(format!("{} / {}", number(held), number(limit))),
        (held, _) => count(held),
    };
    let mut values = vec![
        value(
            Label::ValueSent,
            client.map(|end| number(end.wrote.total.bytes)),
            Source::Measured,
        ),
        value(
            Label::ValueOnTheWay,
            count(connection.on_the_way()),
            Source::Derived,
        ),
        value(
            Label::ValueArrived,
            bytes(|end| end.arrived.total.bytes),
            sources.arrived,
        ),
        value(
            Label::ValueSegments,
            bytes(|end| end.segments),
            sources.segments,
        ),
        value(Label::ValueWaiting, bytes(EndState::waiting_bytes), waiting),
        value(
            Label::ValueWindow,
            count(sample(|it| it.receive_window)),
            sources.receive_window,
        ),
        value(Label::ValueMemory, memory, sources.kernel_memory),
        value(
            Label::ValueRead,
            bytes(|end| end.read.total.bytes),
            Source::Measured,
        ),
        value(
            Label::ValueReads,
            bytes(|end| end.read.total.times),
            Source::Measured,
        ),
        value(
            Label::ValueBagged,
            bytes(|end| end.bagged.total.bytes),
            Source::Measured,
        ),
        value(
            Label::ValueAnswered,
            bytes(|end| end.answered.total.bytes),
            Source::Measured,
        ),
        value(
            Label::ValueStamp,
            bytes(|end| end.stamp_bytes),
            Source::Measured,
        ),
        value(
            Label::ValueUnsent,
            count(sample(|it| it.unsent)),
            sources.unsent,
        ),
        value(
            Label::ValueInFlight,
            count(sample(|it| it.in_flight)),
            sources.in_flight,
        ),
        value(
            Label::ValueRtt,
            sample(|it| it.rtt_nanos).map(scene::words::duration),
            sources.rtt,
        ),
        value(
            Label::ValueState,
            queues
                .and_then(|it| it.state)
                .map(|state| tcp_state(state).to_owned()),
            sources.state,
        ),
    ];
    if let Some((records, _)) = state.lost {
        values.push(value(
            Label::ValueLost,
            Some(number(records)),
            Source::Measured,
        ));
    }
    values
}

/// A value that nobody told is unavailable, whatever the system could tell.
fn value(label: Label, text: Option<String>, source: Source) -> Value {
    let source = if text.is_some() {
        source
    } else {
        Source::Unavailable
    };
    Value {
        label,
        text,
        source,
    }
}

/// The name as the RFC writes it.
fn tcp_state(state: protocol::TcpState) -> &'static str {
    use protocol::TcpState as S;
    match state {
        S::Established => "ESTABLISHED",
        S::SynSent => "SYN-SENT",
        S::SynReceived => "SYN-RECEIVED",
        S::FinWait1 => "FIN-WAIT-1",
        S::FinWait2 => "FIN-WAIT-2",
        S::TimeWait => "TIME-WAIT",
        S::Close => "CLOSED",
        S::CloseWait => "CLOSE-WAIT",
        S::LastAck => "LAST-ACK",
        S::Listen => "LISTEN",
        S::Closing => "CLOSING",
    }
}

/// The rulers in words: the last pieces of each.
pub fn cuts(connection: Option<&Connection>, lang: Lang) -> Vec<String> {
    let Some(connection) = connection else {
        return Vec::new();
    };
    let server = connection.server.as_ref();
    [
        (
            Label::RulerSent,
            connection.client.as_ref().map(|end| &end.wrote),
        ),
        (Label::RulerArrived, server.map(|end| &end.arrived)),
        (Label::RulerRead, server.map(|end| &end.read)),
        (Label::RulerBagged, server.map(|end| &end.bagged)),
    ]
    .into_iter()
    .map(|(label, ruler)| format!("{}: {}", label.text(lang), told(ruler, lang)))
    .collect()
}

fn told(ruler: Option<&Ruler>, lang: Lang) -> String {
    let Some(ruler) = ruler else {
        return Label::NotKnown.text(lang).into();
    };
    let mut pieces: Vec<String> = ruler
        .cuts()
        .rev()
        .take(CUTS_TOLD)
        .map(|cut| {
            let bytes = number(cut.bytes());
            match cut.times {
                0 => format!("{bytes} ({})", Label::NotSeen.text(lang)),
                1 => bytes,
                times => format!("{bytes} (×{times})"),
            }
        })
        .collect();
    if pieces.is_empty() {
        return Label::NothingYet.text(lang).into();
    }
    if ruler.cuts().len() > CUTS_TOLD {
        pieces.push("…".into());
    }
    pieces.reverse();
    pieces.join(" | ")
}
