//! The worker that reads recordings, under the relay's own policy for scripts: files of every kind
//! are put together in the page and given to it as a person's would be.

use anyhow::Result;
use protocol::{
    Record,
    json::{self, Line},
    wire::{self, FromRelay},
};
use serde::Deserialize;

use super::page::{Page, View};
use super::visit::Visit;
use crate::reading::recorded;

/// `text` is a recording; `read` gives what the worker says of a source. Some frames pass before
/// each message is said to be used up, so that a worker that runs ahead is caught.
const SETUP: &str = "
    globalThis.read = (source, kept = true) => new Promise(resolve => {
        const worker = new Worker('./reading.js', { type: 'module' });
        const seen = { messages: [], progress: [], ahead: 0 };
        let waiting = 0;
        worker.onmessage = ({ data }) => {
            if (data.message) {
                seen.messages.push(kept ? [...new Uint8Array(data.message)] : []);
                seen.ahead = Math.max(seen.ahead, ++waiting);
                const soon = frames => requestAnimationFrame(() => {
                    if (frames) return soon(frames - 1);
                    waiting -= 1;
                    worker.postMessage({ more: true });
                });
                soon(3);
            } else if (data.progress) {
                seen.progress.push(data.progress);
            } else {
                worker.terminate();
                resolve({ ...seen, ...data });
            }
        };
        worker.onerror = event => resolve({ ...seen, error: event.message ?? 'the worker does not start' });
        worker.postMessage(source);
    });
    globalThis.file = (...parts) => ({ file: new File(parts, 'run.ndjson') });
    globalThis.gzip = text => new Response(
        new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
    globalThis.unknown = (from, to) => Array.from({ length: to - from }, (_, index) =>
        `{\"seq\":${from + index},\"at_nanos\":9e15,\"event\":\"later\",\"x\":${Math.random()}}\\n`
            .replace('9e15', '9000000000000000')).join('');
    true";

/// What the worker says in all.
#[derive(Debug, Deserialize)]
struct Seen {
    messages: Vec<Vec<u8>>,
    progress: Vec<(u64, u64)>,
    ahead: usize,
    error: Option<String>,
    done: Option<Done>,
    failed: Option<Failed>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Done {
    records: usize,
    lines: usize,
    cut_short: bool,
}

#[derive(Debug, Deserialize)]
struct Failed {
    line: u64,
    why: String,
    detail: String,
}

impl Seen {
    async fn of(page: &Page, source: &str) -> Result<Seen> {
        let seen: Seen = page
            .evaluate(&format!("(async () => read({source}))()"))
            .await?;
        assert_eq!(seen.error, None, "{source}");
        assert!(seen.ahead <= 2, "{} messages ahead of {source}", seen.ahead);
        assert!(seen.progress.is_sorted());
        Ok(seen)
    }

    fn records(&self) -> Vec<Record> {
        let mut all = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            match wire::decode(message).unwrap() {
                FromRelay::Header(_) if index == 0 => {}
                FromRelay::Records(records) if index > 0 => {
                    assert!(records.len() <= 4096);
                    all.extend(records);
                }
                other => panic!("message {index} is {other:?}"),
            }
        }
        all
    }

    #[track_caller]
    fn failed(&self, line: u64, why: &str) {
        let failed = self.failed.as_ref().unwrap();
        assert_eq!((failed.line, &*failed.why), (line, why), "{failed:?}");
        assert!(!failed.detail.is_empty());
    }
}

#[tokio::test]
async fn a_worker_reads_recordings() -> Result<()> {
    let text = String::from_utf8(recorded().await)?;
    let records: Vec<_> = text
        .lines()
        .filter_map(|line| match json::parse_line(line) {
            Ok(Line::Record(record)) => Some(record),
            _ => None,
        })
        .collect();
    let count = records.len();
    let visit = Visit::start(&[], View::default()).await?;
    let page = &visit.page;
    let set_up = format!(
        "globalThis.text = {}; {SETUP}",
        serde_json::Value::from(text.as_str())
    );
    let _: bool = page.evaluate(&set_up).await?;

    let done = |lines, cut_short| {
        Some(Done {
            records: lines - 1,
            lines,
            cut_short,
        })
    };
    for source in [
        "file(text)",
        "file('\\uFEFF', text.replaceAll('\\n', '\\r\\n'))",
        "file(await gzip(text))",
        "file(text, '{\"seq\":')",
    ] {
        let seen = Seen::of(page, source).await?;
        assert_eq!(seen.records(), records, "{source}");
        assert_eq!(seen.done, done(count + 1, source.contains("seq")));
        let (read, total) = *seen.progress.last().unwrap();
        assert!(read == total && total > 0, "{:?}", seen.progress);
    }
    let seen = Seen::of(page, "file((await gzip(text)).slice(0, -20))").await?;
    let read = seen.records();
    assert!(read.len() > count / 2 && read.len() <= count);
    assert_eq!(read, records[..read.len()]);
    assert!(seen.done.unwrap().cut_short);
    // The browser gives nothing of the last piece if something stands behind the packed data.
    let seen = Seen::of(page, "file(await gzip(text), 'more')").await?;
    seen.failed(0, "gzip");

    // Many, in bounded steps, plain and packed.
    let last = records.last().unwrap().seq.0;
    let many = format!("text + unknown({}, {})", last + 1, last + 50_001);
    for source in [
        format!("file({many}), false"),
        format!("file(await gzip({many})), false"),
        format!("file((await gzip({many})).slice(0, -9)), false"),
    ] {
        let seen = Seen::of(page, &source).await?;
        assert!(seen.messages.len() > 10);
        assert!(seen.ahead > 0 && seen.failed.is_none());
        let done = seen.done.unwrap();
        let least = count + 50_000 - usize::from(done.cut_short);
        assert!(done.records >= least, "{done:?}");
    }

    let bad = [
        ("file(text, 'x'.repeat(5_000_000))", count + 2, "too_long"),
        ("file(text, 'Dear reader,\\n')", count + 2, "line"),
        ("file(text, new Uint8Array(5_000_000))", count + 2, "binary"),
        ("file(new Uint8Array(5_000_000))", 1, "binary"),
        ("file('')", 1, "empty"),
        ("file('Dear reader,')", 1, "no_header"),
        ("file(await gzip('Dear reader,'))", 1, "no_header"),
        ("file(text, text)", count + 2, "second_header"),
        (
            "file(text.replace('\"format\":1', '\"format\":9'))",
            1,
            "format",
        ),
        (
            "file(text.split('\\n').toSpliced(9, 1).join('\\n'))",
            10,
            "hole",
        ),
        (
            "file(new Uint8Array([0x1f, 0x8b, 7, 7, 7, 7, 7, 7]), text)",
            0,
            "gzip",
        ),
        ("{ url: './nothing.ndjson' }", 0, "fetch"),
        ("{ url: './index.html' }", 1, "no_header"),
    ];
    for (source, line, why) in bad {
        let seen = Seen::of(page, source).await?;
        seen.failed(line as u64, why);
        let good = seen.records();
        assert_eq!(good.len(), line.saturating_sub(2), "{source}");
        assert_eq!(good, records[..good.len()], "{source}");
    }
    visit.end_forgiving(&["404"]).await
}
