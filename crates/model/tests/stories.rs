//! Records in, rulers out: the stories that the page tells, as text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::fmt::Write;

use model::{Connection, Ruler, State, Timeline};
use protocol::{
    Conn,
    json::{self, Line},
};

/// The rulers of connection 1 as text: a bar at each edge, `~` around what is blurred, `?` around
/// what nobody saw, `…` for what is forgotten.
fn rulers(lines: &str) -> String {
    let state = fold(lines);
    state.verify().unwrap();
    let connection = &state.conns[&Conn(1)];
    let server = connection.server.as_ref().unwrap();
    let mut text = String::new();
    let sent = connection.client.as_ref().map(|client| &client.wrote);
    for (name, ruler) in [
        ("sent", sent),
        ("arrived", Some(&server.arrived)),
        ("read", Some(&server.read)),
        ("bagged", Some(&server.bagged)),
    ] {
        if let Some(ruler) = ruler {
            writeln!(text, "{name:8}{}", ruler_text(ruler)).unwrap();
        }
    }
    let mixes = server
        .read
        .last()
        .and_then(|read| Connection::mixes(&server.arrived, read));
    writeln!(
        text,
        "waiting {}, in the bag {}, the last read mixes {}",
        server.waiting_bytes(),
        connection.bag_level(),
        mixes.map_or("?".into(), |parts| parts.to_string())
    )
    .unwrap();
    text
}

fn ruler_text(ruler: &Ruler) -> String {
    let mut text = String::new();
    if ruler.known_from() > 0 {
        write!(text, "|…{}", ruler.known_from()).unwrap();
    }
    for cut in ruler.cuts() {
        let mark = match cut.times {
            0 => "?",
            1 => "",
            _ => "~",
        };
        write!(text, "|{mark}{}{mark}", cut.bytes()).unwrap();
    }
    text + "|"
}

fn fold(lines: &str) -> State {
    let mut timeline = Timeline::default();
    for (number, line) in lines.lines().enumerate() {
        let line = format!(
            r#"{{"at_nanos":{},{}}}"#,
            number * 1000,
            line.trim().trim_start_matches('{').trim_end_matches('}')
        );
        match json::parse_line(&line) {
            Ok(Line::Record(record)) => timeline.push(record),
            other => panic!("{line}: {other:?}"),
        }
    }
    timeline.head().clone()
}

const OPEN: &str = r#"{"seq":1,"event":"listening","addr":"127.0.0.1:21567","backlog":5,"bufsize":1024}
{"seq":2,"event":"connected","conn":1,"end":"client","local":"127.0.0.1:40000","peer":"127.0.0.1:21567"}
{"seq":3,"event":"accepted","conn":1,"end":"server","peer":"127.0.0.1:40000","local":"127.0.0.1:21567"}
"#;

#[test]
fn three_batches_one_read_one_bag() {
    let belt = r#"{"seq":4,"event":"wrote","conn":1,"end":"client","offset":0,"asked":20,"accepted":20}
        {"seq":5,"event":"arrived","conn":1,"end":"server","offset":0,"bytes":20,"segments":1}
        {"seq":6,"event":"wrote","conn":1,"end":"client","offset":20,"asked":50,"accepted":50}
        {"seq":7,"event":"arrived","conn":1,"end":"server","offset":20,"bytes":50,"segments":1}
        {"seq":8,"event":"wrote","conn":1,"end":"client","offset":70,"asked":30,"accepted":30}
        {"seq":9,"event":"arrived","conn":1,"end":"server","offset":70,"bytes":30,"segments":1}
        {"seq":10,"event":"read","conn":1,"end":"server","offset":0,"asked":100,"returned":100}
        {"seq":11,"event":"bagged","conn":1,"end":"server","offset":0,"bytes":100}
        {"seq":12,"event":"answered","conn":1,"end":"server","in_offset":0,"in_bytes":100,"out_offset":0,"stamp_bytes":22}
        {"seq":13,"event":"wrote","conn":1,"end":"server","offset":0,"asked":122,"accepted":122}"#;
    assert_eq!(
        rulers(&format!("{OPEN}{belt}")),
        "sent    |20|50|30|\n\
         arrived |20|50|30|\n\
         read    |100|\n\
         bagged  |100|\n\
         waiting 0, in the bag 0, the last read mixes 3\n"
    );
}

#[test]
fn a_read_takes_parts_of_two_arrivals() {
    let reads = r#"{"seq":4,"event":"arrived","conn":1,"end":"server","offset":0,"bytes":20,"segments":1}
        {"seq":5,"event":"arrived","conn":1,"end":"server","offset":20,"bytes":50,"segments":2}
        {"seq":6,"event":"read","conn":1,"end":"server","offset":0,"asked":64,"returned":64}"#;
    assert_eq!(
        rulers(&format!("{OPEN}{reads}")),
        "sent    |\n\
         arrived |20|50|\n\
         read    |64|\n\
         bagged  |\n\
         waiting 6, in the bag 64, the last read mixes 2\n"
    );
}

#[test]
fn what_was_lost_is_a_cut_that_nobody_saw() {
    let lossy = r#"{"seq":4,"event":"arrived","conn":1,"end":"server","offset":0,"bytes":20,"segments":1}
        {"seq":9,"event":"dropped","records":5}
        {"seq":9,"event":"keyframe","policy":{"read_when":"arrival","bufsize":1024,"pause_millis":0},"accepted":1,"conns":[
            {"conn":1,"client":"127.0.0.1:40000","server":"127.0.0.1:21567","policy":{"read_when":"arrival","bufsize":1024,"pause_millis":0},
             "server_end":{"arrived":{"bytes":70,"times":2},"segments":2,"read":{"bytes":0,"times":0},"wrote":{"bytes":0,"times":0},
             "bagged":{"bytes":0,"times":0},"answered":{"bytes":0,"times":0},"stamp_bytes":0,"blocked":false,"shut_by_self":false,
             "shut_by_peer":false,"end_of_stream":false}}]}
        {"seq":10,"event":"arrived","conn":1,"end":"server","offset":70,"bytes":30,"segments":1}
        {"seq":11,"event":"read","conn":1,"end":"server","offset":0,"asked":1024,"returned":100}"#;
    let one_line_each = lossy
        .replace("\n            {\"conn\"", "{\"conn\"")
        .replace("\n             \"", "\"");
    assert_eq!(
        rulers(&format!("{OPEN}{one_line_each}")),
        "sent    |\n\
         arrived |20|?50?|30|\n\
         read    |100|\n\
         bagged  |\n\
         waiting 0, in the bag 100, the last read mixes ?\n"
    );
}

#[test]
fn merged_facts_keep_their_sums_and_lose_their_edges() {
    let merged = r#"{"seq":4,"event":"arrived","conn":1,"end":"server","offset":0,"bytes":9000,"segments":4,"times":3,"since_nanos":1}
        {"seq":5,"event":"read","conn":1,"end":"server","offset":0,"asked":9216,"returned":9000,"times":9,"since_nanos":2}"#;
    assert_eq!(
        rulers(&format!("{OPEN}{merged}")),
        "sent    |\n\
         arrived |~9000~|\n\
         read    |~9000~|\n\
         bagged  |\n\
         waiting 0, in the bag 9000, the last read mixes ?\n"
    );
}

#[test]
fn who_left_the_accept_queue_is_accepted_with_the_policy_of_then() {
    let story = r#"{"seq":1,"event":"listening","addr":"127.0.0.1:21567","backlog":5,"bufsize":1024,"sequential":true}
        {"seq":2,"event":"connected","conn":1,"end":"client","local":"127.0.0.1:40000","peer":"127.0.0.1:21567"}
        {"seq":3,"event":"wrote","conn":1,"end":"client","offset":0,"asked":20,"accepted":20}
        {"seq":4,"event":"closed","conn":1,"end":"client","unread":0}
        {"seq":5,"event":"policy","read_when":"held","bufsize":7,"pause_millis":0}
        {"seq":6,"event":"accepted","conn":1,"end":"server","peer":"127.0.0.1:40000","local":"127.0.0.1:21567"}
        {"seq":7,"event":"arrived","conn":1,"end":"server","offset":0,"bytes":20,"segments":1}"#;
    let state = fold(story);
    assert_eq!(state.verify(), Ok(()));
    assert!(state.listener.as_ref().unwrap().listening.sequential);
    let connection = state.conn(Conn(1)).unwrap();
    assert!(connection.is_open());
    assert_eq!(connection.policy, state.policy);
    assert_eq!(connection.on_the_way(), Some(0));
}
