//! The head: any order of moves shows the same, and it stops at all that it should, once.

use model::{
    Command, Filter, Kinds, Mark, Marks, Mode, Pace, Playback, Show, State, Stops, Timeline,
};
use proptest::prelude::*;
use protocol::{Conn, Event, Record, Seq, Waiting};

use super::{
    history::{Step, records, steps},
    timeline,
};

/// A person's moves that end somewhere, each with a number of its own.
fn moves() -> impl Strategy<Value = Vec<(u8, u64)>> {
    proptest::collection::vec((0..9u8, any::<u64>()), 0..30)
}

fn command((kind, value): (u8, u64), timeline: &Timeline) -> Option<Command> {
    let forward = value % 2 == 0;
    let divisors = [0.01, 0.1, 1.0, 10.0, 1_000.0, 100_000.0];
    Some(match kind {
        0 | 1 => return None,
        2 => Command::Seek(Show(value % timeline.end().0.max(1))),
        3 | 4 => Command::Step { forward },
        5 => Command::Skip {
            forward,
            by: Show(value % 11_000_000_000),
        },
        6 => Command::ToMarker { forward },
        7 => Command::Filter(Filter {
            conn: forward.then_some(Conn(1 + (value % 4) as u32)),
            kinds: Kinds((value >> 8) & (value >> 32)),
        }),
        _ => Command::Mode(Mode::Slow {
            divisor: divisors[value as usize % divisors.len()],
        }),
    })
}

fn waiting(seq: u64, at_nanos: u64, queued: u32) -> Record {
    Record {
        seq: Seq(seq),
        at_nanos,
        event: Event::Waiting(Waiting { queued, limit: 5 }),
    }
}

fn dropped(seq: u64, at_nanos: u64) -> Record {
    Record {
        seq: Seq(seq),
        at_nanos,
        event: Event::Dropped(protocol::Dropped { records: 1 }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// However one got there, a moment is what it is when played from the start.
    #[test]
    fn any_order_of_moves_shows_what_playing_shows(steps in steps(), lossy: bool, moves in moves()) {
        let records = records(&steps, lossy);
        let mut timeline = timeline(&records, Some(Conn(1)));
        let mut playback = Playback::default();
        for it in moves {
            match command(it, &timeline) {
                Some(command) => playback.command(command, &timeline),
                None => {
                    playback.command(Command::Play, &timeline);
                    playback.advance(it.1 % 20_000_000_000, &timeline);
                }
            }
            // As the page does at each frame.
            let _ = timeline.state_at(playback.head());
        }
        let there = playback.head();
        let (state, count) = (timeline.state_at(there).clone(), timeline.count_at(there));

        let mut fresh = super::timeline(&records, Some(Conn(1)));
        let mut player = Playback::default();
        let frame = there.0 / 37 + 1;
        while player.head() < there {
            player.advance(frame.min((there - player.head()).0), &fresh);
            let _ = fresh.state_at(player.head());
        }
        prop_assert_eq!(player.head(), there.max(fresh.start()));
        prop_assert_eq!(fresh.count_at(player.head()), count);
        // The moments in it are the same too, and so is each tween in the middle of a movement.
        prop_assert_eq!(fresh.state_at(player.head()), &state);
    }

    /// It stops at each record that it should, at rest, once, and goes past none.
    #[test]
    fn the_head_stops_at_all_that_it_passes(
        steps in steps(),
        lossy: bool,
        stops in 1..512u16,
        conn in proptest::option::of(1..5u32),
        mode in 0..5usize,
        passed in proptest::collection::vec(prop_oneof![1..50_000_000u64, 1..20_000_000_000u64], 1..60),
    ) {
        let timeline = timeline(&records(&steps, lossy), Some(Conn(1)));
        let filter = Filter { conn: conn.map(Conn), kinds: Kinds(0) };
        let mut playback = Playback::default();
        let modes = [
            Mode::Paced,
            Mode::Following,
            Mode::Slow { divisor: 0.01 },
            Mode::Slow { divisor: 1.0 },
            Mode::Slow { divisor: 1_000.0 },
        ];
        playback.command(Command::Mode(modes[mode]), &timeline);
        playback.command(Command::Stops(Marks(stops)), &timeline);
        playback.command(Command::Filter(filter), &timeline);
        let first = timeline.count_at(playback.head());
        let mut stood: Vec<Show> = vec![];
        for passed in passed {
            let before = playback.head();
            playback.advance(passed, &timeline);
            prop_assert!(playback.head() >= before);
            if let Some((mark, seq)) = playback.stopped_at() {
                prop_assert!(playback.is_paused());
                prop_assert!(Marks(stops).has(mark));
                let index = timeline.index_of(seq);
                let entry = timeline.entries(index, timeline.len())
                    .find(|entry| entry.record.seq == seq && entry.marks.has(mark))
                    .expect("a record with this mark");
                prop_assert_eq!(timeline.rest(timeline.count_at(entry.shown) - 1), playback.head());
                stood.push(entry.shown);
                playback.command(Command::Play, &timeline);
                prop_assert_eq!(playback.stopped_at(), None);
            }
        }
        let mut passed: Vec<Show> = (first..timeline.count_at(playback.head()))
            .filter_map(|index| timeline.entry(index))
            .filter(|entry| !entry.marks.and(Marks(stops)).is_empty())
            .filter(|entry| {
                let of = entry.record.event.conn();
                of.is_none() || conn.is_none() || of == conn.map(Conn)
            })
            .map(|entry| entry.shown)
            .collect();
        // What is shown at one moment is one stop; the last one may still be moving.
        passed.dedup();
        if passed.len() == stood.len() + 1 {
            let moving = passed.pop().unwrap_or_default();
            prop_assert!(playback.head() >= moving);
            prop_assert!(playback.head() <= timeline.rest(timeline.count_at(moving) - 1));
        }
        prop_assert_eq!(stood, passed);
    }

    #[test]
    fn steps_stand_at_what_passes_the_filter(steps in steps(), conn in proptest::option::of(1..4u32), kinds in 0..(1u64 << 20)) {
        let timeline = timeline(&records(&steps, true), None);
        let filter = Filter { conn: conn.map(Conn), kinds: Kinds(kinds) };
        let mut playback = Playback::default();
        playback.command(Command::Filter(filter), &timeline);
        playback.command(Command::Seek(timeline.start()), &timeline);
        let shown_from_the_start = timeline.count_at(playback.head());
        let mut stood = vec![];
        loop {
            let before = playback.head();
            playback.command(Command::Step { forward: true }, &timeline);
            if playback.head() == before { break; }
            stood.push(playback.head());
        }
        let mut expect: Vec<Show> = (shown_from_the_start..timeline.len())
            .filter(|&index| filter.passes(&timeline.entry(index).unwrap().record.event))
            .map(|index| timeline.rest(index))
            .collect();
        if filter == Filter::default() {
            expect.push(timeline.end());
        }
        expect.dedup();
        prop_assert_eq!(&stood, &expect);
        // And back the same way.
        while let Some(here) = stood.pop() {
            prop_assert_eq!(playback.head(), here);
            playback.command(Command::Step { forward: false }, &timeline);
        }
    }

    /// Marks tell what states tell.
    #[test]
    fn marks_are_what_the_records_and_states_tell(steps in steps(), lossy: bool) {
        let records = records(&steps, lossy);
        let timeline = timeline(&records, None);
        let mut before = State::default();
        for index in 0..timeline.len() {
            let entry = timeline.entry(index).unwrap();
            let mut after = before.clone();
            after.apply(&entry.record, entry.shown);
            let has = |mark| entry.marks.has(mark);
            match &entry.record.event {
                Event::Read(read) => {
                    prop_assert_eq!(has(Mark::ShortRead), read.returned < read.asked);
                    let connection = after.conn(read.conn).unwrap();
                    let parts = connection.batches().unwrap()
                        .cuts_within(read.offset, read.offset + read.returned)
                        .filter(|cut| !cut.is_blurred())
                        .count();
                    if has(Mark::MixedRead) {
                        prop_assert!(parts > 1);
                    }
                }
                Event::EndOfStream(_) => prop_assert_eq!(entry.marks, Marks::just(Mark::EndOfStream)),
                Event::Dropped(_) => prop_assert_eq!(entry.marks, Marks::just(Mark::Dropped)),
                Event::Arrived(_) | Event::Wrote(_) | Event::Answered(_) => prop_assert!(entry.marks.is_empty()),
                _ => {}
            }
            before = after;
        }
        // One marker for the first of each, where it is.
        for mark in Mark::ALL {
            let first = timeline.entries(0, timeline.len()).find(|entry| entry.marks.has(mark));
            let marker = timeline.markers().iter().find(|it| it.kind == model::MarkerKind::Auto(mark));
            prop_assert_eq!(first.map(|it| it.record.seq), marker.map(|it| it.at.seq));
        }
    }

    #[test]
    fn a_place_is_the_same_moment_however_it_is_paced(steps in steps(), lossy: bool, at in 0.0..=1.0f64) {
        let mut timeline = timeline(&records(&steps, lossy), Some(Conn(1)));
        let show = Show((timeline.end().0 as f64 * at) as u64);
        let place = timeline.place_at(show);
        let back = timeline.show_of(place);
        prop_assert!(back <= show && show - back < Show::from_millis(1), "{show:?} {place:?} {back:?}");
        prop_assert_eq!(timeline.count_at(back), timeline.count_at(show));
        let id = timeline.add_marker("here".into(), show).unwrap();
        timeline.set_focus(Some(Conn(2)));
        let marker = timeline.markers().iter().find(|marker| marker.id == id).unwrap().clone();
        prop_assert_eq!(marker.at, place);
        // The markers stand in the order in which they are shown.
        let shows: Vec<Show> = timeline.markers().iter().map(|it| timeline.show_of(it.at)).collect();
        prop_assert!(shows.is_sorted(), "{shows:?}");
        timeline.set_focus(Some(Conn(1)));
        prop_assert_eq!(timeline.show_of(marker.at), back);
        prop_assert!(timeline.remove_marker(id) && !timeline.remove_marker(id));
    }

    #[test]
    fn density_counts_what_a_look_at_each_record_counts(
        steps in steps(), from in 0.0..1.0f64, span in 0.0..=1.0f64, buckets in 1..60usize,
    ) {
        let timeline = timeline(&records(&steps, true), None);
        let end = timeline.end().0 as f64;
        let from = Show((end * from) as u64);
        let to = from + Show((end * span) as u64);
        let told = timeline.density(from, to, buckets);
        prop_assert_eq!(told.len(), buckets);
        let inside = |show: Show| from <= show && show < to;
        let records: u32 = told.iter().map(|bucket| bucket.records).sum();
        prop_assert_eq!(records as usize, timeline.entries(0, timeline.len()).filter(|it| inside(it.shown)).count());
        for (index, bucket) in told.iter().enumerate() {
            let edge = |index: usize| from.0 + ((to - from).0 as u128 * index as u128 / buckets as u128) as u64;
            let marks = timeline.entries(0, timeline.len())
                .filter(|it| (edge(index)..edge(index + 1)).contains(&it.shown.0))
                .fold(Marks::NONE, |marks, it| marks.or(it.marks));
            prop_assert_eq!(bucket.marks, marks);
        }
        let left_out: u64 = told.iter().map(|bucket| bucket.left_out_nanos).sum();
        let idle: u64 = timeline.idle(from, to).filter(|it| inside(it.to)).map(|it| it.left_out_nanos).sum();
        prop_assert_eq!(left_out, idle);
        // Nothing is left out but idle time: what is shown of it is as long as it may be.
        for idle in timeline.idle(Show(0), timeline.end()) {
            prop_assert_eq!(idle.to - idle.from, Pace::IDLE_MAX);
            prop_assert_eq!(timeline.count_at(idle.to - Show(1)), timeline.count_at(idle.from));
        }
    }

    /// No stretch of the slow show is hours of nothing.
    #[test]
    fn the_slow_show_goes_on(steps in steps(), divisor in 1.5..100_000.0f64) {
        let timeline = timeline(&records(&steps, false), None);
        let mut playback = Playback::default();
        playback.command(Command::Mode(Mode::Slow { divisor }), &timeline);
        // Ten times the longest movement and the idle time.
        let longest = 10 * 1_800_000_000 + Pace::IDLE_MAX.0;
        while playback.head() < timeline.end() {
            let before = timeline.count_at(playback.head());
            playback.advance(longest + 1_000_000, &timeline);
            let moved = timeline.count_at(playback.head()) > before;
            prop_assert!(moved || playback.head() == timeline.end());
        }
    }

    /// Where nothing is shortened, slow is so many times slower.
    #[test]
    fn the_slow_show_keeps_to_scale(gap in 1_000..150_000u64, divisor in 2.0..10_000.0f64, part in 0.01..0.99f64) {
        let step = |bytes| [Step::Send { conn: 0, bytes }, Step::Wait { nanos: gap }];
        let steps: Vec<Step> = std::iter::once(Step::Connect { ours: true })
            .chain((1..6).flat_map(step))
            .collect();
        let timeline = timeline(&records(&steps, false), None);
        let mut playback = Playback::default();
        playback.command(Command::Mode(Mode::Slow { divisor }), &timeline);
        let first = timeline.entries(0, timeline.len()).find(|it| matches!(it.record.event, Event::Wrote(_)));
        playback.command(Command::Seek(first.unwrap().shown), &timeline);
        let from = timeline.log_nanos_at(playback.head());
        let log = 3.0 * gap as f64 * part;
        playback.advance((log * divisor) as u64, &timeline);
        let passed = (timeline.log_nanos_at(playback.head()) - from) as f64;
        prop_assert!((passed - log).abs() < 4.0, "{passed} of {log}");
    }
}

#[test]
fn who_pauses_at_live_sees_nothing_that_comes_later() {
    for before in [0, 1_000_000_000, 60_000_000_000] {
        let mut timeline = Timeline::default();
        timeline.push(dropped(1, 0));
        let mut playback = Playback::default();
        let live_nanos = Some(before);
        playback.command(Command::GoLive { live_nanos }, &timeline);
        playback.command(Command::Pause, &timeline);
        let head = playback.head();
        timeline.push(dropped(2, before + 1));
        playback.advance(1_000_000, &timeline);
        assert_eq!(timeline.count_at(playback.head()), 1, "{before}");
        assert_eq!(playback.head(), head, "a paused head stays");
    }
}

#[test]
fn who_goes_live_sees_what_comes_next_from_its_beginning() {
    for before in [0, 1_000_000_000, 60_000_000_000] {
        let mut timeline = Timeline::default();
        timeline.push(dropped(1, 0));
        let mut playback = Playback::default();
        let live_nanos = Some(before);
        playback.command(Command::GoLive { live_nanos }, &timeline);
        playback.advance(100_000_000, &timeline);
        timeline.push(dropped(2, before + 100_000_000));
        let shown = timeline.last_shown();
        assert!(playback.head() <= shown + Show::from_millis(1), "{before}");
    }
}

#[test]
fn the_ladder_is_climbed_and_left_nowhere() {
    let timeline = Timeline::default();
    let mut playback = Playback::default();
    let mut climb = |faster, rungs: &[Mode]| {
        for &rung in rungs {
            playback.command(Command::Faster { faster }, &timeline);
            assert_eq!(playback.mode(), rung);
        }
    };
    let ladder = Mode::LADDER;
    let paced = ladder.iter().position(|mode| *mode == Mode::Paced).unwrap();
    let down: Vec<Mode> = ladder[..paced].iter().rev().copied().collect();
    climb(false, &down);
    climb(false, &ladder[..1]);
    climb(true, &ladder[1..]);
    climb(true, &ladder[ladder.len() - 1..]);
    for divisor in [-1.0, 0.0, f64::INFINITY] {
        playback.command(Command::Mode(Mode::Slow { divisor }), &timeline);
        let Mode::Slow { divisor } = playback.mode() else {
            panic!("{:?}", playback.mode());
        };
        assert!((Mode::DIVISOR_MIN..=Mode::DIVISOR_MAX).contains(&divisor));
    }
    let divisor = f64::NAN;
    playback.command(Command::Mode(Mode::Slow { divisor }), &timeline);
    assert_eq!(playback.mode(), Mode::Paced);
}

#[test]
fn markers_are_found_in_both_directions() {
    let mut timeline = Timeline::default();
    for seq in 1..=4 {
        timeline.push(waiting(seq, seq * 1_000_000_000, 0));
    }
    let shows: Vec<Show> = timeline.entries(0, 4).map(|entry| entry.shown).collect();
    for &show in &shows[1..] {
        assert!(timeline.add_marker("m".into(), show).is_some());
    }
    let mut playback = Playback::default();
    playback.command(Command::Pause, &timeline);
    let mut go = |forward| {
        playback.command(Command::ToMarker { forward }, &timeline);
        playback.head()
    };
    assert_eq!([go(true), go(true), go(true)], shows[1..]);
    assert_eq!(go(true), shows[3], "the last one stays");
    assert_eq!(
        [go(false), go(false), go(false)],
        [shows[2], shows[1], shows[1]]
    );
    // A name of any length, and only so many.
    assert!(timeline.add_marker("漢".repeat(100), shows[0]).is_some());
    for _ in 0..model::Markers::MAX {
        timeline.add_marker(String::new(), shows[0]);
    }
    assert_eq!(timeline.markers().len(), model::Markers::MAX);
    assert_eq!(timeline.add_marker(String::new(), shows[0]), None);
}

#[test]
fn a_log_that_forgets_takes_a_paused_head_along() {
    let mut timeline = Timeline::default();
    let mut playback = Playback::default();
    timeline.push(dropped(1, 0));
    timeline.add_marker("gone".into(), Show(0));
    playback.command(Command::Pause, &timeline);
    for seq in 2..=super::LARGE_COUNT {
        timeline.push(super::large(seq, seq * 1_000_000));
    }
    assert!(timeline.forgotten() > 0);
    playback.advance(16_000_000, &timeline);
    assert_eq!(playback.head(), timeline.start());
    assert!(timeline.markers().is_empty());
    assert!(timeline.place_at(Show(0)).seq > Seq(1));
    let buckets = timeline.density(Show(0), timeline.end() + Show(1), 7);
    let told: u32 = buckets.iter().map(|bucket| bucket.records).sum();
    assert_eq!(told as usize, timeline.len() - timeline.forgotten());
    let stops: Stops = Marks::just(Mark::AcceptQueue);
    playback.command(Command::Stops(stops), &timeline);
    assert_eq!(playback.stopped_at(), None);
}

/// Faster than it was, the head runs ahead of what is recorded: what comes soon after is shown
/// before it, and is stopped at all the same.
#[test]
fn a_head_that_has_run_ahead_stops_at_what_comes_late() {
    let mut timeline = Timeline::default();
    timeline.push(waiting(1, 0, 0));
    let mut playback = Playback::default();
    playback.command(
        Command::Stops(Marks::default().with(Mark::AcceptQueue, true)),
        &timeline,
    );
    playback.command(Command::Mode(Mode::Slow { divisor: 0.01 }), &timeline);
    playback.advance(1_000_000_000, &timeline);
    assert_eq!(playback.head(), timeline.end());
    timeline.push(waiting(2, 1_000_000, 1));
    assert!(
        timeline.count_at(playback.head()) == 2,
        "it belongs before the head"
    );
    playback.advance(16_000_000, &timeline);
    playback.advance(4_000_000_000, &timeline);
    assert_eq!(playback.stopped_at(), Some((Mark::AcceptQueue, Seq(2))));
    // Going on from there stops no more.
    playback.command(Command::Play, &timeline);
    playback.advance(4_000_000_000, &timeline);
    assert!(!playback.is_paused());
}
