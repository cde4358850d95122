//! `/metrics`: what the relay does and what it costs, as text for Prometheus (exposition format
//! 0.0.4). Everything is counted anyway or asked of the system now: whoever does not ask pays nothing.
//!
//! Knows nothing of how a number came about.

use std::{fmt::Display, net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::Right;

use super::visitor::{Caller, Visitor};
use crate::{
    Relay,
    journal::{self, Figures},
    limits::RefusedBy,
    observe,
};

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Said by proxies: behind one, everybody would seem to be on this machine.
const FORWARDED: [HeaderName; 5] = [
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// The metrics, for the lecturer and for programs of this machine.
pub async fn metrics(
    State(relay): State<Arc<Relay>>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Response {
    if !may_ask(&caller, &visitor, &headers) {
        let why = "metrics are for the lecturer, and for programs on the relay's own machine\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let kind = (header::CONTENT_TYPE, FORMAT);
    let stored = (header::CACHE_CONTROL, "no-store");
    ([kind, stored], text(&relay)).into_response()
}

fn may_ask(caller: &Caller, visitor: &Visitor, headers: &HeaderMap) -> bool {
    let is_here = |address: IpAddr| address.to_canonical().is_loopback();
    let is_direct = !FORWARDED.iter().any(|name| headers.contains_key(name));
    visitor.right >= Right::Lecturer
        || is_direct && is_here(caller.peer.ip()) && is_here(visitor.address)
}

fn text(relay: &Relay) -> String {
    let mut text = Text::default();
    let figures = relay.server.journal.figures();
    connections(&mut text, &figures);
    records(&mut text, &figures);
    viewers(&mut text, relay, &figures);
    refused(&mut text, relay);
    process(&mut text, relay);
    text.0
}

fn connections(text: &mut Text, figures: &Figures) {
    let totals = &figures.totals;
    text.counter(
        "fruitbelt_connections_accepted_total",
        "Connections that the echo server accepted.",
        totals.accepted,
    );
    text.gauge(
        "fruitbelt_connections_open",
        "Accepted connections that are not closed.",
        totals.accepted.saturating_sub(totals.closed),
    );
    text.counter(
        "fruitbelt_connections_reset_total",
        "Accepted connections that a reset ended.",
        totals.reset,
    );
    if let Some(waiting) = figures.waiting {
        text.gauge(
            "fruitbelt_accept_queue_connections",
            "Connections in the accept queue, as seen last.",
            waiting.queued,
        );
        text.gauge(
            "fruitbelt_accept_queue_connections_limit",
            "The accept queue's limit, as seen last.",
            waiting.limit,
        );
    }
    let limited = totals.limited.iter().zip(journal::LIMITS);
    let limited: Vec<(String, u64)> = limited
        .map(|(count, (_, name))| (format!("{{by=\"{name}\"}}"), *count))
        .collect();
    let limited: Vec<(&str, u64)> = limited.iter().map(|(by, count)| (&**by, *count)).collect();
    text.family(
        "fruitbelt_limited_total",
        "What each limit turned away, held up or ended; defect: tasks that panicked.",
        "counter",
        &limited,
    );
    text.counter(
        "fruitbelt_arrived_bytes_total",
        "Bytes that the kernel took for the echo server.",
        totals.arrived_bytes,
    );
    text.counter(
        "fruitbelt_read_bytes_total",
        "Bytes that the echo server read.",
        totals.read_bytes,
    );
    text.counter(
        "fruitbelt_written_bytes_total",
        "Bytes that the kernel took from the echo server, stamps included.",
        totals.written_bytes,
    );
    for (name, help, value) in [
        (
            "fruitbelt_datagrams_received_total",
            "Datagrams that the echo server received.",
            totals.datagrams_received,
        ),
        (
            "fruitbelt_datagrams_sent_total",
            "Datagrams that the echo server sent.",
            totals.datagrams_sent,
        ),
        (
            "fruitbelt_datagrams_lost_total",
            "Datagrams that a full receive buffer lost.",
            totals.datagrams_lost,
        ),
    ] {
        text.counter(name, help, value);
    }
}

fn refused(text: &mut Text, relay: &Relay) {
    let counts = relay.callers.refusals.so_far();
    let names = RefusedBy::ALL.map(|(_, name)| format!("{{by=\"{name}\"}}"));
    let samples: Vec<(&str, u64)> = names.iter().map(String::as_str).zip(counts).collect();
    text.family(
        "fruitbelt_refused_total",
        "What each limit refused at the page's port; connections: how often all places were taken.",
        "counter",
        &samples,
    );
}

fn records(text: &mut Text, figures: &Figures) {
    text.counter(
        "fruitbelt_records_total",
        "Records numbered so far.",
        figures.head.0,
    );
    text.counter(
        "fruitbelt_facts_total",
        "Observed facts that the records tell, those included that were merged.",
        figures.totals.facts,
    );
    text.counter(
        "fruitbelt_facts_merged_total",
        "Facts that have no record of their own, because another one's tells their sum.",
        figures.totals.merged,
    );
    text.gauge(
        "fruitbelt_journal_held_bytes",
        "Bytes of records that are held for viewers.",
        figures.held_bytes,
    );
}

fn viewers(text: &mut Text, relay: &Relay, figures: &Figures) {
    let all = &figures.everybody;
    text.gauge(
        "fruitbelt_viewers",
        "Viewers of the relay's own echo server, by WebSocket or as lines.",
        all.viewers.len(),
    );
    text.counter(
        "fruitbelt_viewers_total",
        "The same, with those that have left.",
        all.viewers_total,
    );
    text.counter(
        "fruitbelt_viewers_lost_records_total",
        "Records that viewers were too slow for; each of them was told how many.",
        all.taken.lost,
    );
    text.counter(
        "fruitbelt_mirrored_messages_total",
        "Messages with records taken for viewers, recordings and downloads.",
        all.taken.messages,
    );
    text.counter(
        "fruitbelt_mirrored_bytes_total",
        "Bytes of those messages.",
        all.taken.bytes,
    );
    let behind = |places: &[protocol::Seq]| {
        let slowest = places.iter().min();
        slowest.map_or(0, |after| figures.sealed.0.saturating_sub(after.0))
    };
    text.family(
        "fruitbelt_slowest_lag_records",
        "How many records the slowest is behind: of viewers, and of recordings and downloads.",
        "gauge",
        &[
            ("{reader=\"viewer\"}", behind(&all.viewers)),
            ("{reader=\"recording\"}", behind(&all.keepers)),
        ],
    );
    text.family(
        "fruitbelt_slowest_lag_bytes",
        "The same in bytes of messages.",
        "gauge",
        &[
            ("{reader=\"viewer\"}", figures.viewer_lag_bytes),
            ("{reader=\"recording\"}", figures.keeper_lag_bytes),
        ],
    );
    text.gauge(
        "fruitbelt_recordings_running",
        "Recordings that are being written.",
        relay.recordings.running(),
    );
}

fn process(text: &mut Text, relay: &Relay) {
    let journal = &relay.server.journal;
    text.gauge(
        "fruitbelt_uptime_seconds",
        "Since the run began.",
        seconds(journal.now_nanos(), 1_000_000_000),
    );
    // These names are those of Prometheus' own clients.
    text.gauge(
        "process_start_time_seconds",
        "When the run began, since 1970-01-01 UTC.",
        seconds(journal.started_unix_millis(), 1_000),
    );
    let usage = observe::usage();
    text.maybe(
        "process_resident_memory_bytes",
        "Memory in RAM (RSS).",
        "gauge",
        usage.resident_bytes,
    );
    text.maybe(
        "fruitbelt_resident_memory_peak_bytes",
        "The most memory in RAM that it ever was (VmHWM).",
        "gauge",
        usage.resident_peak_bytes,
    );
    text.maybe(
        "process_cpu_seconds_total",
        "Processor time, user and system.",
        "counter",
        usage.cpu_seconds,
    );
    text.maybe("process_threads", "Threads.", "gauge", usage.threads);
    text.maybe(
        "process_open_fds",
        "Open descriptors.",
        "gauge",
        usage.descriptors,
    );
    text.maybe(
        "process_max_fds",
        "The most descriptors that there may be.",
        "gauge",
        usage.descriptors_max,
    );
}

/// To the millisecond.
fn seconds(count: u64, a_second: u64) -> f64 {
    let millis = count / (a_second / 1_000);
    #[allow(clippy::cast_precision_loss)] // of some 280,000 years
    let millis = millis as f64;
    millis / 1_000.0
}

/// Families of samples, one after the other.
#[derive(Default)]
struct Text(String);

impl Text {
    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, help, "counter", &[("", value)]);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, help, "gauge", &[("", value)]);
    }

    fn maybe(&mut self, name: &str, help: &str, kind: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.family(name, help, kind, &[("", value)]);
        }
    }

    /// A sample is its labels, with braces, and its value. No help has a line break or a backslash.
    fn family(&mut self, name: &str, help: &str, kind: &str, samples: &[(&str, impl Display)]) {
        use std::fmt::Write;
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lecturer_and_this_machine_may_ask() {
        let asks = |right, peer: &str, address: &str, says: &[&'static str]| {
            let caller = Caller {
                peer: (peer.parse::<IpAddr>().unwrap(), 5).into(),
                local: ([127, 0, 0, 1], 6).into(),
                is_tls: false,
            };
            let visitor = Visitor {
                right,
                address: address.parse().unwrap(),
                is_secure: false,
            };
            let value = || "192.0.2.7".parse().unwrap();
            let headers = says
                .iter()
                .map(|name| (HeaderName::from_static(name), value()));
            may_ask(&caller, &visitor, &headers.collect())
        };
        let (here, mapped, there) = ("127.0.0.1", "::ffff:127.0.0.1", "192.0.2.7");
        assert!(asks(Right::Lecturer, there, there, &[]));
        assert!(asks(Right::Viewer, here, here, &[]));
        assert!(asks(Right::Viewer, mapped, mapped, &[]));
        assert!(!asks(Right::Participant, there, there, &[]));
        // By a proxy on this machine, trusted or not.
        assert!(!asks(Right::Participant, here, there, &[]));
        for name in ["forwarded", "via", "x-forwarded-for", "x-real-ip"] {
            assert!(!asks(Right::Participant, here, here, &[name]), "{name}");
        }
    }
}
