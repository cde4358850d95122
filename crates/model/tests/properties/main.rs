//! What must hold for every history, in whatever order it is looked at.

#[path = "../../examples/time/echoes.rs"]
mod echoes;
mod history;
mod levels;
mod playback;

use history::{records, steps};
use model::{Command, Mode, Pace, Playback, Show, State, Timeline};
use proptest::prelude::*;
use protocol::{Conn, Event, Record, Seq};

fn fold(entries: &[(Record, Show)]) -> State {
    let mut state = State::default();
    for (record, shown) in entries {
        state.apply(record, *shown);
    }
    state
}

fn paced(records: &[Record]) -> Vec<(Record, Show)> {
    let mut pace = Pace::new(None, Show(0));
    records
        .iter()
        .map(|record| (record.clone(), pace.push(record)))
        .collect()
}

fn timeline(records: &[Record], focus: Option<Conn>) -> Timeline {
    let mut timeline = Timeline::new(focus);
    for record in records {
        timeline.push(record.clone());
    }
    timeline
}

/// A record so large that a few thousand are all that a log keeps.
fn large(seq: u64, at_nanos: u64) -> Record {
    Record {
        seq: Seq(seq),
        at_nanos,
        event: Event::Unknown(protocol::Unknown {
            name: "large".into(),
            fields: " ".repeat(LARGE_BYTES),
        }),
    }
}

const LARGE_BYTES: usize = 1 << 16;
/// More than that.
const LARGE_COUNT: u64 = (Timeline::BYTES_MAX / LARGE_BYTES) as u64 * 2;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn verify_holds_after_every_record(steps in steps(), lossy: bool) {
        let mut state = State::default();
        for record in records(&steps, lossy) {
            state.apply(&record, Show(record.at_nanos));
            prop_assert_eq!(state.verify(), Ok(()), "after {:?}", record);
        }
    }

    #[test]
    fn any_order_of_seeks_is_the_fold_from_zero(
        steps in steps(),
        lossy: bool,
        seeks in proptest::collection::vec(0.0..=1.0f64, 1..12),
    ) {
        let entries = paced(&records(&steps, lossy));
        let mut timeline = timeline(&records(&steps, lossy), None);
        for seek in seeks {
            let show = Show((timeline.end().0 as f64 * seek) as u64);
            let until = entries.partition_point(|(_, shown)| *shown <= show);
            prop_assert_eq!(timeline.state_at(show), &fold(&entries[..until]));
        }
        prop_assert_eq!(timeline.head(), &fold(&entries));
    }

    /// What the bytes were is forgotten; everything that a keyframe holds is not.
    #[test]
    fn a_keyframe_goes_on_like_the_whole_history(steps in steps(), lossy: bool, cut in 0.0..1.0f64) {
        let entries = paced(&records(&steps, lossy));
        let cut = (entries.len() as f64 * cut) as usize;
        let before = fold(&entries[..cut]);
        let mut resumed = State::default();
        resumed.apply(
            &Record {
                seq: before.now.seq,
                at_nanos: before.now.at_nanos,
                event: Event::Keyframe(Box::new(before.keyframe())),
            },
            before.now.shown,
        );
        for (record, shown) in &entries[cut..] {
            // The cut may fall between `dropped` and its keyframe, which is then known already.
            resumed.apply(record, *shown);
        }
        prop_assert_eq!(resumed.verify(), Ok(()));
        prop_assert_eq!(resumed.keyframe(), fold(&entries).keyframe());
    }

    #[test]
    fn pace_never_goes_back_and_never_falls_far_behind(steps in steps()) {
        let mut pace = Pace::new(None, Show(0));
        let (mut shown_before, mut at_before) = (Show(0), 0);
        // A viewer who plays at speed 1 and waits at the end of what is there.
        let mut head = Show(0);
        for record in records(&steps, false) {
            head = (head + Show(record.at_nanos - at_before)).min(pace.end());
            at_before = record.at_nanos;
            let shown = pace.push(&record);
            prop_assert!(shown >= shown_before, "goes back");
            prop_assert!(shown >= head, "would be shown in the viewer's past");
            let longest_movement = Show::from_millis(2_000);
            prop_assert!(shown - head <= Pace::LAG_MAX + longest_movement, "{:?} behind", shown - head);
            shown_before = shown;
        }
    }

    #[test]
    fn a_step_of_a_lesson_is_shown_soon_and_the_next_one_begins_calmly(steps in steps()) {
        let mut pace = Pace::new(None, Show(0));
        let mut at_nanos = 0;
        let step = |pace: &mut Pace, place, at_nanos| {
            let step = protocol::Step { lesson: "test".into(), step: place };
            let event = Event::Step(step);
            pace.push(&Record { seq: Seq(0), at_nanos, event })
        };
        // As in a recording that a script made: no time passes.
        let begun = step(&mut pace, 0, at_nanos);
        let mut last = begun;
        for mut record in records(&steps, false) {
            record.at_nanos = at_nanos;
            let shown = pace.push(&record);
            prop_assert!(shown - begun <= Pace::STEP_MAX + Show::from_millis(2_000));
            at_nanos += 1;
            last = shown;
        }
        // Right before the next step all of this one is to be seen.
        prop_assert!(step(&mut pace, 1, at_nanos) > last);
        prop_assert_eq!(pace.lag_at(at_nanos), Show(0));
    }

    #[test]
    fn a_resumed_stream_may_overlap(steps in steps(), back in 0.0..1.0f64) {
        let records = records(&steps, false);
        let mut twice = timeline(&records, None);
        let from = (records.len() as f64 * back) as usize;
        for record in &records[from..] {
            twice.push(record.clone());
        }
        prop_assert_eq!(twice.len(), records.len());
        let once = timeline(&records, None);
        prop_assert_eq!(twice.head(), once.head());
    }

    #[test]
    fn focus_changes_only_when_things_are_shown(steps in steps(), focus in 1..6u32) {
        let records = records(&steps, false);
        let mut moved = timeline(&records, None);
        moved.set_focus(Some(Conn(focus)));
        let fresh = timeline(&records, Some(Conn(focus)));
        prop_assert_eq!(moved.head(), fresh.head());
        prop_assert_eq!(moved.end(), fresh.end());
        prop_assert_eq!(moved.head().keyframe(), timeline(&records, None).head().keyframe());
    }

    #[test]
    fn the_two_times_run_forward_together(steps in steps(), points in proptest::collection::vec(0.0..=1.0f64, 2..20)) {
        let timeline = timeline(&records(&steps, true), None);
        let mut points: Vec<Show> = points.iter().map(|p| Show((timeline.end().0 as f64 * p) as u64)).collect();
        points.sort();
        for pair in points.windows(2) {
            let log = pair.iter().map(|&show| timeline.log_nanos_at(show)).collect::<Vec<_>>();
            prop_assert!(log[0] <= log[1]);
            prop_assert!(timeline.show_at(log[0]) <= timeline.show_at(log[1]));
        }
        for &show in &points {
            // There and back loses no record (whole nanoseconds: it may fall short by one).
            let log = timeline.log_nanos_at(show);
            let there = timeline.show_at(log);
            prop_assert!(timeline.log_nanos_at(there + Show(1)) >= log);
        }
    }

    #[test]
    fn the_head_stays_within_what_can_be_shown(
        steps in steps(),
        moves in proptest::collection::vec((0..8u8, any::<u64>()), 0..40),
    ) {
        let timeline = timeline(&records(&steps, false), None);
        let mut playback = Playback::default();
        for (kind, value) in moves {
            match kind {
                0 => playback.advance(value % 3_000_000_000, &timeline),
                1 => playback.command(Command::Toggle, &timeline),
                2 => playback.command(Command::GoLive { live_nanos: Some(value) }, &timeline),
                3 => playback.command(Command::Seek(Show(value)), &timeline),
                4 => playback.command(Command::Step { forward: value % 2 == 0 }, &timeline),
                5 => playback.command(Command::Mode(Mode::Following), &timeline),
                6 => playback.command(Command::Mode(Mode::Slow { divisor: (value % 1000) as f64 }), &timeline),
                _ => playback.command(Command::Mode(Mode::Paced), &timeline),
            }
            prop_assert!(playback.head() >= timeline.start());
            prop_assert!(playback.head() <= timeline.end());
        }
    }

    #[test]
    fn steps_back_undo_steps_forward(steps in steps()) {
        let timeline = timeline(&records(&steps, false), None);
        let mut playback = Playback::default();
        playback.command(Command::Seek(timeline.start()), &timeline);
        let mut counts = vec![timeline.count_at(playback.head())];
        while playback.head() < timeline.end() {
            playback.command(Command::Step { forward: true }, &timeline);
            counts.push(timeline.count_at(playback.head()));
        }
        prop_assert_eq!(counts.last(), Some(&timeline.len()));
        // Only the last stretch may hold no further record.
        prop_assert!(counts.windows(2).rev().skip(1).all(|pair| pair[0] < pair[1]), "{:?}", counts);
        counts.dedup();
        while let Some(count) = counts.pop() {
            prop_assert_eq!(timeline.count_at(playback.head()), count);
            playback.command(Command::Step { forward: false }, &timeline);
        }
    }

    /// `apply` is total: records of no relay, in no order, are noted and survived.
    #[test]
    fn records_out_of_order_are_survived(steps in steps(), swaps in proptest::collection::vec((any::<usize>(), any::<usize>()), 0..30)) {
        let mut records = records(&steps, true);
        let len = records.len();
        for (a, b) in swaps {
            records.swap(a % len, b % len);
        }
        let mut state = State::default();
        for record in &records {
            state.apply(record, Show(record.at_nanos));
            let _ = state.verify();
            let _ = state.keyframe();
        }
    }
}

#[test]
fn the_earliest_records_are_forgotten() {
    let mut timeline = Timeline::default();
    let count = LARGE_COUNT;
    for seq in 1..=count {
        timeline.push(large(seq, seq * 1_000_000));
        assert!(timeline.kept_bytes() <= (Timeline::BYTES_MAX + 2 * LARGE_BYTES) as u64);
    }
    assert_eq!(timeline.len() as u64, count);
    // Most of what fits is kept.
    assert!(timeline.kept_bytes() > Timeline::BYTES_MAX as u64 / 4 * 3);
    assert!(timeline.entries(0, timeline.len()).count() <= Timeline::ENTRIES_MAX);
    assert!(timeline.start() > Show(0));
    assert!(timeline.state_at(Show(0)).now.seq > Seq(0));
    assert_eq!(timeline.state_at(timeline.end()).now.seq, Seq(count));
}

/// Who paused at the end of what was recorded sees nothing move, however late the next event comes.
#[test]
fn a_paused_head_shows_no_later_record() {
    let record = |seq, at_nanos| Record {
        seq: Seq(seq),
        at_nanos,
        event: Event::Waiting(protocol::Waiting {
            queued: 0,
            limit: 5,
        }),
    };
    let mut timeline = Timeline::default();
    timeline.push(record(1, 0));
    let mut playback = Playback::default();
    playback.advance(60_000_000_000, &timeline);
    playback.command(Command::Pause, &timeline);
    timeline.push(record(2, 60_000_000_000));
    assert_eq!(timeline.count_at(playback.head()), 1);
}

/// Long enough for snapshots, busy enough that they share most of what they hold.
#[test]
fn a_long_log_is_the_fold_from_zero_wherever_one_seeks() {
    let records: Vec<Record> = echoes::Echoes::of(10).take(20_000).collect();
    let mut timeline = timeline(&records, Some(Conn(1)));
    assert!(timeline.snapshot_bytes() > 0, "there are snapshots");
    assert_eq!(timeline.head().verify(), Ok(()));
    let shows: Vec<Show> = timeline
        .entries(0, timeline.len())
        .map(|entry| entry.shown)
        .collect();
    let mut state = State::default();
    let mut states = vec![];
    for (index, (record, shown)) in records.iter().zip(&shows).enumerate() {
        if index % 997 == 0 || index % 997 == 697 {
            states.push((index, state.clone()));
        }
        state.apply(record, *shown);
    }
    // Back and forth, from both ends.
    let (early, late) = states.split_at(states.len() / 2);
    for ((a, before), (b, after)) in early.iter().zip(late.iter().rev()) {
        assert_eq!(timeline.state_after(*a), before);
        assert_eq!(timeline.state_after(*b), after);
    }
    // And from each a little back, where no snapshot is near.
    for pair in states[1..].rchunks_exact(2) {
        for (count, state) in pair.iter().rev() {
            assert_eq!(timeline.state_after(*count), state);
        }
    }
}
