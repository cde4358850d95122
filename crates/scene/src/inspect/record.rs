//! One record: its sentence, and the bytes that it brought along.

use model::State;
use protocol::{Event, Preview, Record, Source};

use super::{Inspection, Why, glyph};
use crate::{
    Lang,
    words::{self, Label},
};

/// `state` tells totals only if it is the one after the record.
pub(super) fn record(state: &State, record: &Record, lang: Lang) -> Inspection {
    let nothing = State::default();
    let after = if state.now.seq == record.seq {
        state
    } else {
        &nothing
    };
    let mut found = Inspection {
        title: words::record_of(record.seq, lang),
        ..Inspection::default()
    };
    let source = match &record.event {
        Event::Arrived(e) if e.segments.is_none() => Some(Source::Derived),
        Event::Keyframe(_) | Event::Dropped(_) | Event::Unknown(_) => None,
        _ => Some(Source::Measured),
    };
    found.tell(
        words::kind_name(&record.event, lang),
        words::row(record, after, lang),
        source,
    );
    found.tell(
        Label::LogTime.text(lang),
        format!("{} s", words::log_time(record.at_nanos)),
        Source::Measured,
    );
    if let Some((conn, end)) = record.event.place() {
        found.tell(
            Label::SeenAt.text(lang),
            words::seen_at(conn, end, lang),
            None,
        );
    }
    let Some((range @ (from, to), preview, times)) = stretch(&record.event) else {
        return found;
    };
    found.tell(Label::Bytes.text(lang), words::range(range, lang), source);
    let why = if times > 1 {
        Why::Merged
    } else {
        Why::NotMirrored
    };
    let known = |offset: u64| {
        let index = offset
            .checked_sub(from)
            .and_then(|at| usize::try_from(at).ok());
        preview
            .zip(index)
            .and_then(|(preview, at)| preview.0.get(at).copied())
            .ok_or(why)
    };
    found.text = glyph::glyphs(&known, from, to, Inspection::BYTES_MAX);
    found.more_bytes = to - from - found.text.iter().map(|glyph| glyph.len).sum::<u64>();
    found
}

/// The bytes that a fact is about, its preview, and how many facts were merged.
fn stretch(event: &Event) -> Option<((u64, u64), Option<&Preview>, u32)> {
    let (offset, bytes, preview, times) = match event {
        Event::Arrived(e) => (e.offset, e.bytes, e.preview.as_ref(), e.times),
        Event::Read(e) => (e.offset, e.returned, e.preview.as_ref(), e.times),
        Event::Wrote(e) => (e.offset, e.accepted, e.preview.as_ref(), e.times),
        _ => return None,
    };
    Some(((offset, offset.saturating_add(bytes)), preview, times))
}
