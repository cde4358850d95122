//! Any history, at any moment, in any size: all numbers are finite, and the picture stays small.
#![allow(clippy::unwrap_used)]

use model::{Show, State};
use proptest::{collection::vec, prelude::*};
use protocol::*;
use scene::{Frame, Lang, Link, Look, Picture, Scene, Shape};

/// The art promises a frame in a few milliseconds: no more than this many sprites.
const SPRITES_MAX: usize = 1_100;

fn bytes() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..=200_u64,
        0..=20_000_u64,
        0..=10_000_000_u64,
        Just(u64::MAX),
        Just(u64::MAX / 2)
    ]
}

fn preview() -> impl Strategy<Value = Option<Preview>> {
    proptest::option::of(vec(any::<u8>(), 0..=256).prop_map(|bytes| Preview(bytes.into())))
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![3 => Just(End::Server), 1 => Just(End::Client)]
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        prop_oneof![
            Just(ReadWhen::Arrival),
            (1..=Policy::BAG_MAX).prop_map(ReadWhen::Queued),
            Just(ReadWhen::Held)
        ],
        0..=u32::MAX,
        0..=60_000_u32,
        proptest::option::of(prop_oneof![0..=200_u32, 0..=Policy::BAG_MAX]),
        proptest::option::of(prop_oneof![
            any::<u32>().prop_map(Framing::Fixed),
            any::<u8>().prop_map(Framing::Delimiter),
            any::<u8>().prop_map(Framing::Length),
        ]),
    )
        .prop_map(|(read_when, bufsize, pause_millis, bag, framing)| Policy {
            read_when,
            bufsize,
            pause_millis,
            bag,
            framing,
        })
}

/// Events that need not fit together: offsets are mostly right, sometimes anything.
fn event() -> impl Strategy<Value = Event> {
    let conn = Conn(1);
    let addr: Address = "127.0.0.1:1".parse().unwrap();
    let (listens, other) = (addr.clone(), addr.clone());
    let times = prop_oneof![4 => Just(1_u32), 1 => 0..=5_000_u32];
    prop_oneof![
        1 => Just(Event::Connected(Connected { conn, end: End::Client, local: addr.clone(), peer: addr.clone() })),
        1 => Just(Event::Accepted(Accepted { conn, end: End::Server, peer: addr.clone(), local: addr.clone() })),
        8 => (end(), bytes(), times.clone(), preview(), proptest::option::of(0..=9_u32), any::<bool>()).prop_map(
            move |(end, bytes, times, preview, segments, fits)| Event::Arrived(Arrived {
                conn, end, offset: if fits { u64::MAX } else { bytes }, bytes, segments, times, since_nanos: None, preview,
            })),
        6 => (end(), bytes(), bytes(), times.clone(), preview()).prop_map(
            move |(end, asked, returned, times, preview)| Event::Read(Read {
                conn, end, offset: u64::MAX, asked, returned, times, since_nanos: None, preview,
            })),
        6 => (end(), bytes(), times.clone(), preview()).prop_map(
            move |(end, accepted, times, preview)| Event::Wrote(Wrote {
                conn, end, offset: u64::MAX, asked: accepted, accepted, times, since_nanos: None, preview,
            })),
        3 => (bytes(), times.clone()).prop_map(move |(bytes, times)| Event::Bagged(Bagged {
            conn, end: End::Server, offset: u64::MAX, bytes, times, since_nanos: None,
        })),
        3 => (bytes(), bytes(), times.clone()).prop_map(move |(bytes, framing_bytes, times)| Event::Message(Message {
            conn, end: End::Server, offset: u64::MAX, bytes, framing_bytes, times, since_nanos: None,
        })),
        4 => (bytes(), 0..=60_u64, times).prop_map(move |(in_bytes, stamp_bytes, times)| Event::Answered(Answered {
            conn, end: End::Server, in_offset: u64::MAX, in_bytes, out_offset: u64::MAX, stamp_bytes, times, since_nanos: None,
        })),
        1 => end().prop_map(move |end| Event::Blocked(Blocked { conn, end, times: 1 })),
        1 => (end(), end()).prop_map(move |(end, by)| Event::HalfClosed(HalfClosed { conn, end, by })),
        1 => end().prop_map(move |end| Event::EndOfStream(EndOfStream { conn, end, offset: 0 })),
        1 => (end(), end()).prop_map(move |(end, by)| Event::Reset(Reset { conn, end, by })),
        1 => (end(), bytes()).prop_map(move |(end, unread)| Event::Closed(Closed { conn, end, unread })),
        2 => policy().prop_map(|policy| Event::Policy(PolicySet { conn: None, policy })),
        3 => (end(), proptest::option::of(bytes()), proptest::option::of(bytes()), proptest::option::of(bytes())).prop_map(
            move |(end, a, b, c)| Event::from(Queues {
                conn, end, receive_queue: a, receive_window: b, kernel_memory: c, kernel_memory_limit: a,
                unsent: b, in_flight: c, rtt_nanos: a, state: None,
            })),
        1 => Just(Event::Connecting(Connecting { conn, end: End::Client, local: addr.clone(), peer: addr.clone() })),
        1 => (any::<bool>(), end(), any::<bool>(), prop::sample::select(vec!["socket", "bind", "connect", "close"])).prop_map(
            move |(ours, end, failed, method)| Event::Called(Called {
                conn: ours.then_some(conn), end, method: method.to_string(), arguments: "AF_INET".to_string(),
                result: String::new(), errno: failed.then_some(111),
            })),
        1 => (bytes(), 0..4_u32, any::<bool>()).prop_map(move |(receive_queue, more, known)| Event::Unaccepted(Unaccepted {
            connections: vec![UnacceptedConnection {
                conn: known.then_some(conn), peer: other.clone(), receive_queue, state: TcpState::Established,
            }],
            more,
        })),
        1 => (0..=u32::MAX, 0..=u32::MAX).prop_map(|(queued, limit)| Event::Waiting(Waiting { queued, limit })),
        1 => Just(Event::Listening(Listening { addr: listens.clone(), backlog: 5, bufsize: 1024, sequential: true })),
        1 => (1..=5_000_u64).prop_map(|records| Event::Dropped(Dropped { records })),
    ]
}

/// Puts events right: an offset of `u64::MAX` stands for "where the last one ended".
fn history(events: Vec<(Event, u64)>) -> (State, u64) {
    let mut state = State::default();
    let mut shown = 0;
    for (index, (mut event, gap)) in events.into_iter().enumerate() {
        fit(&mut event, &state);
        shown += gap;
        let record = Record {
            seq: Seq(index as u64 + 1),
            at_nanos: index as u64,
            event,
        };
        state.apply(&record, Show::from_millis(shown));
        // Words must stand any state too.
        for lang in [Lang::En, Lang::Zh] {
            let _ = scene::words::row(&record, &state, lang);
            let _ = scene::words::kind_name(&record.event, lang);
        }
    }
    (state, shown)
}

fn fit(event: &mut Event, state: &State) {
    let Some((conn, end)) = event.place() else {
        return;
    };
    let Some(end) = state.conns.get(&conn).and_then(|c| c.end(end)) else {
        return;
    };
    match event {
        Event::Arrived(e) if e.offset == u64::MAX => e.offset = end.arrived.total.bytes,
        Event::Read(e) => e.offset = end.read.total.bytes,
        Event::Wrote(e) => e.offset = end.wrote.total.bytes,
        Event::Bagged(e) => e.offset = end.bagged.total.bytes,
        Event::Message(e) => e.offset = end.messages.total.bytes,
        Event::Answered(e) => {
            e.in_offset = end.answered.total.bytes;
            e.out_offset = end.wrote.total.bytes;
        }
        _ => {}
    }
}

fn check(scene: &Scene) {
    let finite = |values: &[f64]| assert!(values.iter().all(|v| v.is_finite()), "{values:?}");
    let mut depth = 0_i32;
    let mut sprites = 0;
    finite(&[scene.width, scene.height]);
    for shape in &scene.shapes {
        match shape {
            Shape::Rect { x, y, w, h, r, .. } => {
                finite(&[*x, *y, *w, *h, *r]);
                assert!(*w >= 0.0 && *h >= 0.0);
            }
            Shape::Circle { x, y, r, .. } => finite(&[*x, *y, *r]),
            Shape::Path { d, x, y, scale, .. } => {
                finite(&[*x, *y, *scale]);
                assert!(!d.contains("NaN") && !d.contains("inf"), "{d}");
            }
            Shape::Text(t) => finite(&[t.x, t.y, t.size, t.max_width]),
            Shape::Line(line) => {
                finite(&[line.x, line.y, line.max_width]);
                for run in &line.runs {
                    finite(&[run.size, run.gap]);
                }
            }
            Shape::Sprite {
                x,
                y,
                size,
                turn,
                opacity,
                ..
            } => {
                finite(&[*x, *y, *size, *turn, *opacity]);
                sprites += 1;
            }
            Shape::GroupStart { opacity } => {
                finite(&[*opacity]);
                depth += 1;
            }
            Shape::GroupEnd => depth -= 1,
        }
        assert!(depth >= 0);
    }
    for hit in &scene.hits {
        finite(&[hit.x, hit.y, hit.w, hit.h]);
    }
    assert_eq!(depth, 0, "every group ends");
    assert!(sprites <= SPRITES_MAX, "{sprites} sprites");
}

fn size() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 1.0..4000.0_f64,
        1 => Just(0.0),
        1 => Just(-1.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(1e-9)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn pictures_are_finite(
        events in vec((event(), prop_oneof![Just(0_u64), 0..3_000_u64]), 0..60),
        millis in 0..3_000_u64,
        width in size(),
        height in size(),
        lang in prop_oneof![Just(Lang::En), Just(Lang::Zh)],
        link in prop_oneof![Just(Link::Live), Just(Link::Lost), Just(Link::Connecting)],
        reduced_motion: bool,
        look in prop::sample::select(Look::ALL.to_vec()),
        picture in prop::sample::select(vec![Picture::Belt, Picture::Cut, Picture::All, Picture::Steps]),
    ) {
        let (state, shown) = history(events);
        let frame = Frame {
            state: &state,
            now: Show::from_millis(shown + millis),
            focus: Some(Conn(1)),
            width,
            height,
            picture,
            look,
            lang,
            reduced_motion,
            link,
        };
        let now = scene::stage(&frame);
        check(&now);
        // What says that it stands still does.
        if !now.moving {
            for later in [16, 400, 5_000] {
                let later = scene::stage(&Frame { now: frame.now + Show::from_millis(later), ..frame });
                prop_assert_eq!(&now.shapes, &later.shapes);
            }
        }
        check(&scene::rulers(&frame));
        let _ = scene::words::caption_text(&frame);
        for connection in state.conns.values() {
            check(&scene::tab_picture(connection, width, height));
        }
        // Long after everything nothing moves, and two pictures are the same.
        let late = |more: u64| scene::stage(&Frame {
            now: Show::from_millis(shown + 60_000 + more),
            ..frame
        });
        let still = late(0);
        prop_assert!(!still.moving);
        prop_assert_eq!(still.shapes, late(12_345).shapes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn charts_are_finite(
        events in vec((event(), prop_oneof![Just(0_u64), 0..3_000_u64, Just(90_000)]), 0..80),
        heads in vec(0.0..=1.2_f64, 1..4),
        width in size(),
        height in size(),
        lang in prop_oneof![Just(Lang::En), Just(Lang::Zh)],
        look in proptest::sample::select(&Look::ALL[..]),
    ) {
        let mut timeline = model::Timeline::new(Some(Conn(1)));
        let (mut at_nanos, mut seq) = (0, 0);
        for (mut event, gap) in events {
            fit(&mut event, timeline.head());
            at_nanos += gap * 1_000_000;
            seq += 1;
            timeline.push(Record { seq: Seq(seq), at_nanos, event });
        }
        for head in heads {
            let head = Show((timeline.end().0 as f64 * head) as u64);
            let chart = scene::Chart { timeline: &timeline, head, width, height, look, lang };
            let scene = scene::chart(&chart);
            check(&scene);
            // A frame of milliseconds: what cannot be told apart is not drawn singly.
            prop_assert!(scene.shapes.len() < 6_000, "{} shapes", scene.shapes.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn all_connections_are_finite(
        events in vec((event(), prop_oneof![Just(0_u64), 0..3_000_u64]), 0..60),
        millis in 0..3_000_u64,
        width in size(),
        height in size(),
        lang in prop_oneof![Just(Lang::En), Just(Lang::Zh)],
        look in proptest::sample::select(&Look::ALL[..]),
        link in prop_oneof![Just(Link::Live), Just(Link::Lost)],
    ) {
        let (state, shown) = history(events);
        let frame = Frame {
            state: &state,
            now: Show::from_millis(shown + millis),
            focus: Some(Conn(1)),
            width,
            height,
            picture: scene::Picture::All,
            look,
            lang,
            reduced_motion: false,
            link,
        };
        let now = scene::stage(&frame);
        check(&now);
        // What says that it stands still does.
        let later = scene::stage(&Frame { now: frame.now + Show::from_millis(60_000), ..frame });
        prop_assert!(!later.moving);
        if !now.moving {
            prop_assert_eq!(now.shapes, later.shapes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Whatever the records say and whatever is asked for: words, and bytes that add up.
    #[test]
    fn anything_can_be_explained(
        events in vec((event(), Just(0_u64)), 0..60),
        ranges in vec((bytes(), bytes()), 1..4),
        row in proptest::sample::select(&scene::Row::ALL[..]),
        lang in prop_oneof![Just(Lang::En), Just(Lang::Zh)],
    ) {
        let (state, _) = history(events);
        let conn = Conn(1);
        for (from, len) in ranges {
            let to = from.saturating_add(len);
            let targets = [
                scene::Target::Bytes { conn, from, to },
                scene::Target::Answer { conn, from, to },
                scene::Target::Edge { conn, row, offset: from },
                scene::Target::Connection(conn),
            ];
            for (index, target) in targets.into_iter().enumerate() {
                let found = scene::inspect(&state, target, None, lang);
                prop_assert_eq!(found.is_some(), state.conns.contains_key(&conn));
                let Some(found) = found else { continue };
                prop_assert!(found.rows.len() < 20);
                let shown: u64 = found.text.iter().map(|glyph| glyph.len).sum();
                prop_assert!(shown < scene::Inspection::BYTES_MAX + 4);
                let has_server = state.conn(conn).is_some_and(|it| it.server.is_some());
                if index == 0 || index == 1 && has_server {
                    prop_assert_eq!(shown + found.more_bytes, to - from);
                }
            }
        }
    }
}
