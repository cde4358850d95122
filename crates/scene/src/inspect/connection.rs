//! A connection as a whole: who talks to whom, in which state, and how much of what is where.

use model::{Connection, EndState};
use protocol::{Queues, Source};

use super::Inspection;
use crate::{
    Lang,
    words::{self, Label},
};

pub(super) fn connection(connection: &Connection, lang: Lang) -> Inspection {
    use Source::{Derived, Measured, Unavailable};
    let mut found = Inspection {
        title: words::connection_of(connection.conn, lang),
        ..Inspection::default()
    };
    let mut tell = |label: Label, value: Option<String>, source: Source| match value {
        Some(value) => found.tell(label.text(lang), value, source),
        None => found.tell(label.text(lang), Label::NobodyTells.text(lang), Unavailable),
    };
    let server = connection.server.as_ref();
    let sample = server.and_then(|end| end.queues).map(|(queues, _)| queues);
    let sampled = |of: fn(&Queues) -> Option<u64>| sample.as_ref().and_then(of);
    let bytes = |count: u64| words::bytes(count, lang);
    tell(
        Label::Client,
        Some(words::whole_address(&connection.client_addr, lang)),
        Measured,
    );
    tell(
        Label::State,
        sample
            .and_then(|queues| queues.state)
            .map(|state| words::state_name(state).to_string()),
        Measured,
    );
    tell(
        Label::SentRow,
        connection
            .client
            .as_ref()
            .map(|end| words::in_all(end.wrote.total, words::Piece::Send, lang)),
        Measured,
    );
    if let Some(on_the_way) = connection.on_the_way() {
        tell(Label::OnTheWay, Some(bytes(on_the_way)), Derived);
    }
    let Some(end) = server else {
        return found;
    };
    let arrived = if end.arrived.cuts().any(|cut| cut.segments.is_some()) {
        Measured
    } else {
        Derived
    };
    tell(
        Label::ArrivedRow,
        Some(words::in_all(
            end.arrived.total,
            words::Piece::Arrival,
            lang,
        )),
        arrived,
    );
    tell(
        Label::ReceiveBuffer,
        Some(bytes(end.waiting_bytes())),
        if end.level_is_measured() {
            Measured
        } else {
            Derived
        },
    );
    tell(
        Label::Window,
        sampled(|queues| queues.receive_window).map(bytes),
        Measured,
    );
    tell(
        Label::KernelMemory,
        sampled(|queues| queues.kernel_memory).map(|used| {
            match sampled(|queues| queues.kernel_memory_limit) {
                Some(limit) => words::of(&words::kib(used), &words::kib(limit), lang),
                None => words::kib(used),
            }
        }),
        Measured,
    );
    tell(
        Label::ReadRow,
        Some(words::in_all(end.read.total, words::Piece::Read, lang)),
        Measured,
    );
    tell(
        Label::AnsweredRow,
        Some(words::in_all(
            end.answered.total,
            words::Piece::Answer,
            lang,
        )),
        Measured,
    );
    tell(Label::SendBuffer, send_buffer(end, lang), Measured);
    found
}

/// What the kernel still keeps of the answers.
fn send_buffer(end: &EndState, lang: Lang) -> Option<String> {
    let (queues, _) = end.queues?;
    let unsent = words::bytes(queues.unsent?, lang);
    Some(match queues.in_flight {
        Some(in_flight) if in_flight > 0 => words::and_in_flight(&unsent, in_flight, lang),
        _ => unsent,
    })
}
