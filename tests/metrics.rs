//! `/metrics`, read as strictly as Prometheus does, and compared with the records of the same run.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{End, Event, Record};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::relay_process::{RelayProcess, http};

/// Sent by each client; some of its echoes are merged.
const SENDS: usize = 150;
const CLIENTS: usize = 3;

/// One answer: each sample by its name and labels.
struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    async fn of(relay: &RelayProcess) -> Metrics {
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answer = http(relay.page, request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let kind = "content-type: text/plain; version=0.0.4; charset=utf-8";
        assert!(head.contains(kind), "{head}");
        Metrics(parsed(body))
    }

    fn get(&self, sample: &str) -> u64 {
        self.0[sample] as u64
    }
}

/// As the exposition format wants it, and as the conventions for names do: a family is its help, its
/// type and then its samples, in one piece and once.
fn parsed(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'));
    let mut samples = BTreeMap::new();
    let mut families = BTreeSet::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (name, help) = line
            .strip_prefix("# HELP ")
            .unwrap()
            .split_once(' ')
            .unwrap();
        assert!(is_name(name) && help.ends_with('.'), "{line}");
        assert!(families.insert(name), "{name} comes twice");
        let kind = lines.next().unwrap().strip_prefix("# TYPE ").unwrap();
        let kind = kind.strip_prefix(name).unwrap().trim_start();
        assert!(["counter", "gauge"].contains(&kind), "{name}: {kind}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
        let ours = name.starts_with("fruitbelt_") || name.starts_with("process_");
        assert!(ours, "{name}");
        let before = samples.len();
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let (found, labels) = sample.split_once('{').unwrap_or((sample, "}"));
            assert_eq!(found, name);
            let labels = labels.strip_suffix('}').unwrap();
            for label in labels.split(',').filter(|label| !label.is_empty()) {
                let (label, value) = label.split_once('=').unwrap();
                assert!(is_name(label) && !label.contains(':'), "{line}");
                let value = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
                assert!(!value.unwrap().contains(['"', '\\']), "{line}");
            }
            let value: f64 = value.parse().unwrap();
            assert!(value.is_finite() && value >= 0.0, "{line}");
            assert!(samples.insert(sample.to_owned(), value).is_none());
        }
        assert!(samples.len() > before, "{name} has no sample");
    }
    samples
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Sums that the records tell: facts, merged ones, and bytes arrived, read, written at the server.
fn sums(records: &[Record]) -> [u64; 5] {
    let mut sums = [0; 5];
    for record in records {
        let (times, end, place, bytes) = match &record.event {
            Event::Arrived(e) => (e.times, e.end, 2, e.bytes),
            Event::Read(e) => (e.times, e.end, 3, e.returned),
            Event::Wrote(e) => (e.times, e.end, 4, e.accepted),
            Event::Answered(e) => (e.times, e.end, 0, 0),
            Event::Blocked(e) | Event::Unblocked(e) => (e.times, e.end, 0, 0),
            _ => continue,
        };
        sums[0] += u64::from(times);
        sums[1] += u64::from(times - 1);
        if end == End::Server && place > 0 {
            sums[place] += bytes;
        }
    }
    sums
}

#[tokio::test]
async fn the_sums_are_those_of_the_records() {
    let relay = RelayProcess::start(&[]);
    let fresh = Metrics::of(&relay).await;
    assert_eq!(fresh.get("fruitbelt_connections_accepted_total"), 0);
    assert_eq!(fresh.get("fruitbelt_viewers"), 0);
    assert_eq!(fresh.get("fruitbelt_recordings_running"), 0);

    let mut viewer = relay.mirror("").await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = TcpStream::connect(relay.echo).await.unwrap();
        for _ in 0..SENDS {
            client.write_all(b"0123456789").await.unwrap();
            let mut reply = [0; 32];
            client.read_exact(&mut reply).await.unwrap();
        }
        clients.push(client);
    }
    // The last is kept open.
    let open = clients.pop();
    drop(clients);
    let mut closed = 0;
    let mut records = viewer
        .until(|event| {
            closed += usize::from(matches!(event, Event::Closed(_)));
            closed + 1 == CLIENTS
        })
        .await;
    let total = (CLIENTS * SENDS) as u64;
    // What is merged is told up to 16 ms later.
    while sums(&records)[4] < total * 32 {
        records.extend(viewer.records().await);
    }
    let metrics = Metrics::of(&relay).await;
    let [facts, merged, arrived, read, written] = sums(&records);
    assert!(merged > 0, "nothing was merged: this proves little");
    for (name, expect) in [
        ("fruitbelt_connections_accepted_total", CLIENTS as u64),
        ("fruitbelt_connections_open", 1),
        ("fruitbelt_connections_reset_total", 0),
        ("fruitbelt_arrived_bytes_total", arrived),
        ("fruitbelt_read_bytes_total", read),
        ("fruitbelt_written_bytes_total", written),
        ("fruitbelt_facts_total", facts),
        ("fruitbelt_facts_merged_total", merged),
        ("fruitbelt_viewers", 1),
        ("fruitbelt_viewers_total", 1),
        ("fruitbelt_viewers_lost_records_total", 0),
    ] {
        assert_eq!(metrics.get(name), expect, "{name}");
    }
    assert_eq!((arrived, read), (total * 10, total * 10));
    // Samples may have come since.
    let last = records.last().unwrap().seq.0;
    assert!(metrics.get("fruitbelt_records_total") >= last);
    assert!(metrics.get("fruitbelt_journal_held_bytes") > 0);
    assert!(metrics.get("fruitbelt_mirrored_messages_total") > 0);
    if cfg!(target_os = "linux") {
        let resident = metrics.get("process_resident_memory_bytes");
        assert!(resident > 1 << 20);
        assert!(metrics.get("fruitbelt_resident_memory_peak_bytes") >= resident);
        assert!(metrics.get("process_max_fds") > metrics.get("process_open_fds"));
    }
    // Counters never go back, also when a viewer leaves.
    drop((viewer, open));
    let mut mirror = relay.mirror("").await;
    mirror
        .until(|event| matches!(event, Event::Closed(_)))
        .await;
    let later = Metrics::of(&relay).await;
    for (sample, before) in &metrics.0 {
        if sample.ends_with("_total") {
            assert!(later.0[sample] >= *before, "{sample}");
        }
    }
    assert_eq!(later.get("fruitbelt_viewers_total"), 2);
}
