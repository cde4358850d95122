//! Recordings: what is written is read again, however it comes; what is wrong is named.

#![allow(clippy::unwrap_used)] // helpers of tests fail by it, too

mod any;

use proptest::{collection::vec, prelude::*};
use protocol::{
    json::{self, Line},
    reading::{Fault, LINE_BYTES_MAX, Reader, Why},
    *,
};

/// All that a reader tells of a file.
#[derive(Debug, PartialEq)]
struct Told {
    header: Option<Header>,
    records: Vec<Record>,
    lines: u64,
    end: Result<bool, Fault>,
}

fn told<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Told {
    let mut reader = Reader::default();
    let mut records = Vec::new();
    let mut take = |line| match line {
        Some(Line::Record(record)) => records.push(record),
        Some(Line::Header(_)) | None => {}
    };
    let read = || -> Result<bool, Fault> {
        for mut chunk in chunks {
            while let Some(line) = reader.read(&mut chunk)? {
                take(Some(line));
            }
            assert!(chunk.is_empty());
        }
        take(reader.finish()?);
        Ok(reader.is_cut_short())
    };
    let end = read();
    assert_eq!(reader.records(), records.len() as u64);
    Told {
        header: reader.header().cloned(),
        records,
        lines: reader.lines(),
        end,
    }
}

fn header() -> Header {
    Header {
        format: wire::VERSION,
        run: Run(7),
        started_unix_millis: 1_790_000_000_000,
        head: Seq(0),
        program: "fruitbelt 0.1.0".into(),
        system: "Linux".into(),
        sources: Sources::linux(),
    }
}

fn keyframe(seq: u64, at_nanos: u64) -> Record {
    let event = Event::Keyframe(Box::default());
    let seq = Seq(seq);
    Record {
        seq,
        at_nanos,
        event,
    }
}

/// Numbers events as a journal does.
fn numbered(first: u64, events: Vec<(Event, u32)>) -> Vec<Record> {
    let mut at_nanos = 5;
    let mut seq = first;
    let mut records = vec![keyframe(seq, at_nanos)];
    for (event, later) in events {
        at_nanos += u64::from(later);
        seq = match &event {
            Event::Keyframe(_) => seq,
            Event::Dropped(dropped) => seq.saturating_add(dropped.records),
            _ => seq.saturating_add(1),
        };
        let was_dropped = matches!(event, Event::Dropped(_));
        records.push(Record {
            seq: Seq(seq),
            at_nanos,
            event,
        });
        if was_dropped {
            records.push(keyframe(seq, at_nanos));
        }
    }
    records
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    (0..u64::MAX / 2, vec((any::event(), any_later()), 0..12))
        .prop_map(|(first, events)| numbered(first, events))
}

fn any_later() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), proptest::num::u32::ANY]
}

fn file(records: &[Record]) -> Vec<u8> {
    let lines = records.iter().map(json::record_line);
    let lines: Vec<_> = [json::header_line(&header())]
        .into_iter()
        .chain(lines)
        .collect();
    (lines.join("\n") + "\n").into_bytes()
}

proptest! {
    #[test]
    fn what_was_written_is_read(records in records()) {
        let file = file(&records);
        let crlf = String::from_utf8(file.clone()).unwrap().replace('\n', "\r\n\r\n").into_bytes();
        let marked = [b"\xEF\xBB\xBF", &*file].concat();
        let unended = file.strip_suffix(b"\n").unwrap();
        for file in [&*file, &*marked, &*crlf, unended] {
            let told = told([file]);
            prop_assert_eq!(told.end, Ok(false));
            prop_assert_eq!(&told.records, &records);
            prop_assert_eq!(told.header, Some(header()));
        }
    }

    #[test]
    fn chunks_do_not_matter(records in records(), size in 1..200usize, damage in proptest::option::of((0..10_000usize, proptest::num::u8::ANY))) {
        let mut file = file(&records);
        if let Some((at, byte)) = damage {
            let at = at % file.len();
            file[at] = byte;
        }
        prop_assert_eq!(told(file.chunks(size)), told([&*file]));
    }

    /// Wherever it is cut: what was whole is read, and the rest is told.
    #[test]
    fn a_cut_is_told(records in records(), cut in 0.0..1.0f64) {
        let whole = file(&records);
        let file = &whole[..(whole.len() as f64 * cut) as usize];
        let told = told([file]);
        let ends = |at: usize| whole[at] == b'\n' || at > 0 && whole[at - 1] == b'\n';
        match told.end {
            Ok(cut_short) => {
                prop_assert_eq!(cut_short, !ends(file.len()));
                prop_assert!(told.header.is_some());
                prop_assert_eq!(&told.records[..], &records[..told.records.len()]);
                let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
                prop_assert_eq!(told.records.len() + 1 + usize::from(cut_short), lines);
            }
            Err(fault) => prop_assert!(told.header.is_none() && fault.line == 1, "{}", fault),
        }
    }

    /// The lines before the damage are read, and the fault, if it is one, is not told too early,
    /// nor later than in the line after it (a number changed shows in the next record).
    #[test]
    fn damage_is_found_where_it_is(records in records(), at in 0.0..1.0f64, bytes in vec(proptest::num::u8::ANY, 1..40)) {
        let mut file = file(&records);
        let at = (file.len() as f64 * at) as usize;
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        let line = 1 + file[..at].iter().filter(|byte| **byte == b'\n').count();
        let told = told([&*file]);
        if let Err(fault) = &told.end {
            prop_assert!(fault.line >= line as u64, "{} but damaged in line {}", fault, line);
            prop_assert!(!fault.why.code().is_empty());
        }
        let whole = line.saturating_sub(2).min(records.len());
        prop_assert_eq!(&told.records[..whole], &records[..whole]);
    }

    #[test]
    fn noise_is_no_recording(bytes in vec(proptest::num::u8::ANY, 0..2000)) {
        let told = told(bytes.chunks(7));
        prop_assert!(told.end.is_err() && told.records.is_empty());
    }
}

/// What a file is told of that has these lines after the header.
#[track_caller]
fn check(lines: &[&str], line: u64, why: &str) {
    let header = json::header_line(&header());
    let file = [&[&*header], lines].concat().join("\n") + "\n";
    let told = told([file.as_bytes()]);
    let fault = told.end.unwrap_err();
    assert_eq!((fault.line, fault.why.code()), (line, why), "{fault}");
}

#[test]
fn what_is_wrong_is_named() {
    let keyframe = json::record_line(&keyframe(4, 9));
    let read = |seq: u64, at_nanos: u64| {
        format!(r#"{{"seq":{seq},"at_nanos":{at_nanos},"event":"dropped","records":1}}"#)
    };
    let later = |seq: u64, at_nanos: u64| {
        format!(r#"{{"seq":{seq},"at_nanos":{at_nanos},"event":"teleported"}}"#)
    };
    check(&[&later(5, 10)], 2, "no_keyframe");
    check(&[&keyframe, &later(5, 10), &later(7, 10)], 4, "hole");
    check(&[&keyframe, &later(5, 10), &later(5, 10)], 4, "hole");
    check(&[&keyframe, &later(5, 10), &later(4, 10)], 4, "hole");
    check(&[&keyframe, &later(5, 8)], 3, "time_went_back");
    check(&[&keyframe, &read(5, 10), &later(6, 10)], 4, "no_keyframe");
    check(&[&keyframe, &read(6, 10)], 3, "hole");
    check(
        &[&keyframe, &json::header_line(&header())],
        3,
        "second_header",
    );
    check(&[&keyframe, "", &later(6, 10)], 4, "hole");
    check(&[&keyframe, "{}"], 3, "line");
    check(&[&keyframe, "[5,10,\"teleported\"]"], 3, "line");
    check(&[&keyframe, "\u{1}\u{2}"], 3, "binary");
    check(
        &[&keyframe, r#"{"seq":1e400,"at_nanos":1,"event":"x"}"#],
        3,
        "line",
    );
    check(
        &[
            &keyframe,
            r#"{"seq":99999999999999999999,"at_nanos":1,"event":"x"}"#,
        ],
        3,
        "line",
    );
    check(
        &[&keyframe, r#"{"seq":-5,"at_nanos":1,"event":"x"}"#],
        3,
        "line",
    );
    let base64 = r#"{"seq":5,"at_nanos":9,"event":"read","conn":1,"end":"server","offset":0,"asked":9,"returned":1,"preview":"*"}"#;
    check(&[&keyframe, base64], 3, "line");
    check(
        &[&keyframe, &base64.replace('*', &"AAAA".repeat(100))],
        3,
        "line",
    );
    let deep = format!(
        r#"{{"seq":5,"at_nanos":9,"event":"x","y":{}"#,
        "[".repeat(100_000)
    );
    check(&[&keyframe, &deep], 3, "line");
    check(&[&keyframe, &"x".repeat(LINE_BYTES_MAX + 1)], 3, "too_long");
    check(&[&keyframe, &"x".repeat(LINE_BYTES_MAX)], 3, "line");
}

#[test]
fn what_is_no_recording_is_named() {
    let check = |file: &[u8], why: &str| {
        let told = told([file]);
        let fault = told.end.unwrap_err();
        assert_eq!((fault.line, fault.why.code()), (1, why), "{fault}");
        assert_eq!(told.records, []);
    };
    check(b"", "empty");
    check(b"\n", "empty");
    check(b"\x1F\x8B\x08\0", "binary");
    check(b"\xFF\xFE{\0\"\0", "utf16");
    check(b"Dear reader,\n", "no_header");
    check(b"{\"event\":\"header\",", "no_header");
    check(b"{\"event\":\"header\",\"format\":1}\n", "line");
    check(
        b"{\"event\":\"header\",\"format\":300,\"new\":[]}\n",
        "format",
    );
    check(json::record_line(&keyframe(0, 0)).as_bytes(), "no_header");
    check(&vec![0; LINE_BYTES_MAX + 10], "binary");
    check(&vec![b'x'; LINE_BYTES_MAX + 10], "too_long");
}

#[test]
fn a_newer_version_is_told_with_the_remedy() {
    let fault = told([&b"{\"event\":\"header\",\"format\":2}\n"[..]])
        .end
        .unwrap_err();
    assert_eq!(fault.why, Why::Format { found: 2 });
    assert_eq!(
        fault.to_string(),
        "line 1: format 2, and this program reads format 1; open it with a newer Fruitbelt"
    );
}
