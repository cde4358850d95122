//! What the inspector says of things in named situations, in both languages, as text.
#![allow(clippy::unwrap_used)]

mod support;

use insta::{assert_snapshot, with_settings};
use model::State;
use protocol::*;
use scene::{Inspection, Lang, Part, Row, Target, inspect};
use support::{CONN, Story};

fn text(found: &Inspection, lang: Lang) -> String {
    let mut out = format!("{}\n", found.title);
    for fact in &found.rows {
        let source = fact
            .source
            .map(|source| format!(" [{}]", scene::words::source_name(source, lang)))
            .unwrap_or_default();
        out += &format!("  {}: {}{source}\n", fact.label, fact.value);
    }
    if !found.text.is_empty() {
        let glyphs: Vec<String> = found
            .text
            .iter()
            .map(|glyph| match glyph.part {
                Part::Whole => glyph.shown(),
                _ => format!("‹{}›", scene::words::glyph_words(glyph, lang)),
            })
            .collect();
        out += &format!("  {}", glyphs.concat());
        if found.more_bytes > 0 {
            out += &format!(" … {}", found.more_bytes);
        }
        out.push('\n');
    }
    out
}

fn told(state: &State, targets: &[Target]) -> String {
    let mut out = String::new();
    for &target in targets {
        for lang in [Lang::En, Lang::Zh] {
            out += &text(&inspect(state, target, None, lang).unwrap(), lang);
        }
    }
    out
}

fn bytes(from: u64, to: u64) -> Target {
    let conn = CONN;
    Target::Bytes { conn, from, to }
}

fn edge(row: Row, offset: u64) -> Target {
    let conn = CONN;
    Target::Edge { conn, row, offset }
}

/// Writes a golden.
macro_rules! golden {
    ($name:expr, $out:expr) => {
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_snapshot!($name, $out);
        });
    };
}

#[test]
fn situations() {
    let mut out = String::new();
    let mut tell = |name: &str, script: &str, targets: &[Target]| {
        let (state, _) = Story::new(script).after(5_000);
        out += &format!("== {name}\n{}", told(&state, targets));
    };
    let held = "listening; policy held bag 100; connected; accepted";
    tell(
        "the art's moment",
        &format!(
            "{held}; sent 20; arrived 20; sent 50; arrived 50; queues 70 window 65536 memory 2304 unsent 0; sent 30"
        ),
        &[
            bytes(0, 70),
            bytes(20, 100),
            edge(Row::Sent, 20),
            Target::Connection(CONN),
        ],
    );
    let answer = Target::Answer {
        conn: CONN,
        from: 0,
        to: 122,
    };
    tell(
        "one read mixes three sends",
        &format!(
            "{held}; sent 20; arrived 20; sent 50; sent 30; arrived 80 segments 2; read 100 100; bagged 100; answered 100; wrote 122"
        ),
        &[
            bytes(0, 100),
            edge(Row::Sent, 70),
            edge(Row::Read, 100),
            answer,
        ],
    );
    tell(
        "somebody else's client, merged reads, lost records",
        "listening; policy arrival; accepted; arrived 40 times 3 segments 4; read 1024 40 times 5; answered 40 times 5; dropped 12 arrived 50; arrived 10",
        &[
            bytes(0, 100),
            edge(Row::Arrived, 20),
            edge(Row::Arrived, 90),
        ],
    );
    tell(
        "more than is shown",
        &format!("{held}; sent 1000; arrived 1000"),
        &[bytes(0, 1000)],
    );
    golden!("inspections", out);
}

/// Chinese, sent at once and read by sevens.
#[test]
fn reads_of_seven() {
    let sent = "水果传送带".as_bytes();
    let addr: Address = "127.0.0.1:1".parse().unwrap();
    let (conn, end) = (CONN, End::Server);
    let preview = |from: usize, to: usize| Some(Preview(sent[from..to].into()));
    let mut events = vec![
        Event::Accepted(Accepted {
            conn,
            end,
            peer: addr.clone(),
            local: addr.clone(),
        }),
        Event::Arrived(Arrived {
            conn,
            end,
            offset: 0,
            bytes: 15,
            segments: Some(1),
            times: 1,
            since_nanos: None,
            preview: preview(0, 15),
        }),
    ];
    for (from, to) in [(0, 7), (7, 14)] {
        events.push(Event::Read(Read {
            conn,
            end,
            offset: from as u64,
            asked: 7,
            returned: 7,
            times: 1,
            since_nanos: None,
            preview: preview(from, to),
        }));
    }
    let mut state = State::default();
    for (seq, event) in (1..).zip(events) {
        state.apply(
            &Record {
                seq: Seq(seq),
                at_nanos: seq,
                event,
            },
            model::Show(seq),
        );
    }
    let targets = [bytes(0, 15), bytes(0, 7), bytes(7, 14), edge(Row::Read, 7)];
    golden!("inspections_utf8", told(&state, &targets));
    let glyphs = inspect(&state, bytes(7, 14), None, Lang::En).unwrap().text;
    assert_eq!(glyphs[0].part, Part::Tail);
    assert_eq!(glyphs[0].hex(), "BC A0");
    assert_eq!(glyphs[0].cut_by, [Row::Read]);
}

/// A record, without and with the state after it.
#[test]
fn records() {
    let script = "listening; policy held; connected; accepted; sent 20; arrived 20; sent 4096 times 12; dropped 1204 arrived 50; queues 70 window 65536 memory 2304";
    let mut story = Story::new(script);
    let mut out = String::new();
    for (record, state) in story.records() {
        let target = Target::Record(record.seq);
        assert_eq!(inspect(&state, target, None, Lang::En), None);
        for lang in [Lang::En, Lang::Zh] {
            let found = inspect(&state, target, Some(&record), lang);
            out += &text(&found.unwrap(), lang);
        }
    }
    golden!("inspections_records", out);
}
