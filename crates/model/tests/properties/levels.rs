//! The series of levels says at each moment what the state says.

use model::{Level, Show, State, Timeline};
use proptest::prelude::*;
use protocol::{Accepted, Address, Arrived, Conn, End, Event, Read, Record, Seq};

use super::{
    LARGE_COUNT,
    history::{records, steps},
    large, timeline,
};

/// The level in force at `show`.
fn level_at(timeline: &Timeline, show: Show) -> Level {
    timeline
        .levels(show, show)
        .next_back()
        .copied()
        .unwrap_or_default()
}

/// What a state tells of the server's end, while that is open.
fn by_state(state: &State, conn: Conn) -> Level {
    let server = state
        .conn(conn)
        .and_then(|connection| connection.server.as_ref());
    let Some(end) = server.filter(|end| end.closed.is_none()) else {
        return Level::default();
    };
    let queues = end.queues.map(|(queues, _)| queues);
    Level {
        waiting: Some((end.read.total.bytes, end.arrived.total.bytes)),
        is_measured: end.level_is_measured(),
        window: queues.and_then(|it| it.receive_window),
        memory: queues.and_then(|it| it.kernel_memory),
        memory_limit: queues.and_then(|it| it.kernel_memory_limit),
        ..Level::default()
    }
}

/// Without what is told of a moment rather than from it on.
fn lasting(level: Level) -> Level {
    Level {
        shown: Show(0),
        peak: 0,
        came: 0,
        taken: 0,
        lost: 0,
        window_to: None,
        ..level
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn levels_are_the_fold_from_zero(steps in steps(), lossy: bool, conn in 1..6u32) {
        let conn = Conn(conn);
        let records = records(&steps, lossy);
        let mut timeline = timeline(&records, Some(conn));
        let moments: Vec<(Show, bool)> = timeline
            .entries(0, timeline.len())
            .map(|entry| (entry.shown, matches!(entry.record.event, Event::Dropped(_))))
            .collect();
        let mut state = State::default();
        let mut index = 0;
        while index < moments.len() {
            let show = moments[index].0;
            let mut is_lost = false;
            while index < moments.len() && moments[index].0 == show {
                state.apply(&records[index], show);
                is_lost = moments[index].1;
                index += 1;
            }
            let level = level_at(&timeline, show);
            let expect = if is_lost { Level::default() } else { by_state(&state, conn) };
            prop_assert_eq!(lasting(level), expect, "at {:?}", show);
            prop_assert!(level.peak >= level.bytes());
            // Each byte that waits is in the batch in which the state sees it.
            if let (Some((from, to)), Some(connection)) = (level.waiting, state.conn(conn)) {
                let mut at = from;
                for batch in timeline.batches(from, to) {
                    // Sends may be recorded before or after they arrive, but none is left out.
                    prop_assert!(batch.from <= at, "{batch:?} leaves {at} out");
                    at = batch.to;
                }
                for offset in [from, from + (to - from) / 2] {
                    let batch = timeline.batches(offset, offset + 1).next();
                    if let Some(cut) = connection.batches().and_then(|ruler| ruler.cut_at(offset)) {
                        let batch = batch.map(|it| (it.from, it.to, it.ordinal, it.times));
                        prop_assert_eq!(batch, Some((cut.from, cut.to, cut.ordinal, cut.times)));
                    }
                }
            }
        }
        // Nothing that came or was taken is counted twice or left out.
        if !lossy && let Some(end) = timeline.head().conn(conn).and_then(|it| it.server.as_ref()) {
            let (arrived, read) = (end.arrived.total.bytes, end.read.total.bytes);
            let all: Vec<Level> = timeline.levels(Show(0), timeline.end()).copied().collect();
            prop_assert_eq!(all.iter().map(|level| level.came).sum::<u64>(), arrived);
            prop_assert_eq!(all.iter().map(|level| level.taken).sum::<u64>(), read);
        }
        let _ = timeline.state_after(0);
    }

    #[test]
    fn a_change_of_focus_builds_the_same_series(steps in steps(), lossy: bool, conn in 1..6u32) {
        let records = records(&steps, lossy);
        let mut moved = timeline(&records, Some(Conn(conn + 1)));
        moved.set_focus(Some(Conn(conn)));
        let fresh = timeline(&records, Some(Conn(conn)));
        let all = |timeline: &Timeline| {
            (
                timeline.levels(Show(0), timeline.end()).copied().collect::<Vec<_>>(),
                timeline.batches(0, u64::MAX).copied().collect::<Vec<_>>(),
            )
        };
        prop_assert_eq!(all(&moved), all(&fresh));
    }
}

#[test]
fn a_log_without_end_keeps_the_levels_that_it_can_show() {
    let (conn, end) = (Conn(1), End::Server);
    let addr = Address::from(([127, 0, 0, 1], 1));
    let mut timeline = Timeline::new(Some(conn));
    for seq in 1..=2 * LARGE_COUNT {
        if seq % 4 >= 2 {
            timeline.push(large(seq, seq * 2_000_000_000));
            continue;
        }
        let (offset, bytes, times, since_nanos, preview) =
            ((seq / 4 * 10).saturating_sub(10), 10, 1, None, None);
        let event = match seq {
            1 => Event::Accepted(Accepted {
                conn,
                end,
                peer: addr.clone(),
                local: addr.clone(),
            }),
            _ if seq % 2 == 0 => Event::Arrived(Arrived {
                conn,
                end,
                offset,
                bytes,
                segments: None,
                times,
                since_nanos,
                preview,
            }),
            _ => Event::Read(Read {
                conn,
                end,
                offset,
                asked: 64,
                returned: bytes,
                times,
                since_nanos,
                preview,
            }),
        };
        timeline.push(Record {
            seq: Seq(seq),
            at_nanos: seq * 2_000_000_000,
            event,
        });
    }
    let start = timeline.start();
    let expect = by_state(&timeline.state_at(start).clone(), conn);
    assert_eq!(lasting(level_at(&timeline, start)), expect);
    assert!(timeline.levels(Show(0), timeline.end()).count() <= Timeline::ENTRIES_MAX + 1);
    assert!(timeline.batches(0, u64::MAX).count() <= 1 << 16);
    let before = level_at(&timeline, timeline.end());
    timeline.set_focus(None);
    timeline.set_focus(Some(conn));
    assert_eq!(
        lasting(level_at(&timeline, timeline.end())),
        lasting(before)
    );
    assert_eq!(lasting(level_at(&timeline, timeline.start())), expect);
}
