//! The courier's picture over a few situations: goldens as SVG, and that it can always be drawn.
#![allow(clippy::unwrap_used)]

use insta::{assert_binary_snapshot, with_settings};
use model::{Show, Timeline};
use protocol::{
    Accepted, Conn, Connected, DatagramBound, DatagramLost, DatagramQueue, DatagramReceived,
    DatagramSent, End, Event, LostBy, Policy, PolicySet, Read, ReadWhen, Record, Seq, Wrote,
};
use scene::{Form, Frame, Lang, Link, Look, Picture, Shape, stage_size};

const OURS: Conn = Conn(1);
const MILLI: u64 = 1_000_000;

/// Records of one datagram server and a client of ours.
#[derive(Default)]
struct Story {
    timeline: Timeline,
    seq: u64,
    sent: u64,
    answered: u64,
}

impl Story {
    fn new(road_lose_percent: u8) -> Story {
        let mut story = Story::default();
        let server = || ([127, 0, 0, 1], 21567).into();
        let bound = |conn, end| DatagramBound {
            conn,
            end,
            local: server(),
            peer: None,
            bufsize: 25,
            receive_buffer: Some(4096),
            road_lose_percent,
            road_reorder_percent: 0,
            road_seed: 0,
            forgets: None,
        };
        story.policy(ReadWhen::Arrival);
        story.tell(Event::DatagramBound(Box::new(bound(None, End::Server))));
        let client = DatagramBound {
            local: ([127, 0, 0, 1], 48812).into(),
            peer: Some(server()),
            ..bound(Some(OURS), End::Client)
        };
        story.tell(Event::DatagramBound(Box::new(client)));
        story
    }

    fn tell(&mut self, event: Event) {
        self.seq += 1;
        self.timeline.push(Record {
            seq: Seq(self.seq),
            at_nanos: self.seq * MILLI,
            event,
        });
    }

    fn policy(&mut self, read_when: ReadWhen) {
        let policy = Policy {
            read_when,
            bufsize: 25,
            ..Policy::default()
        };
        self.tell(Event::Policy(PolicySet { conn: None, policy }));
    }

    fn send(&mut self, bytes: u64) -> u64 {
        let number = self.sent;
        self.sent += 1;
        self.tell(Event::DatagramSent(DatagramSent {
            conn: OURS,
            end: End::Client,
            number,
            bytes,
            answers: None,
            times: 1,
            since_nanos: None,
            preview: None,
        }));
        number
    }

    fn receive(&mut self, number: u64, bytes: u64) {
        let returned = bytes.min(25);
        self.tell(Event::DatagramReceived(DatagramReceived {
            conn: OURS,
            end: End::Server,
            number: Some(number),
            asked: 25,
            returned,
            bytes,
            truncated: u32::from(bytes > 25),
            times: 1,
            since_nanos: None,
            preview: None,
        }));
    }

    fn answer(&mut self, answers: u64, bytes: u64) {
        let number = self.answered;
        self.answered += 1;
        self.tell(Event::DatagramSent(DatagramSent {
            conn: OURS,
            end: End::Server,
            number,
            bytes: bytes.min(25) + 22,
            answers: Some(answers),
            times: 1,
            since_nanos: None,
            preview: None,
        }));
    }

    fn lose(&mut self, number: u64, by: LostBy) {
        self.tell(Event::DatagramLost(DatagramLost {
            conn: Some(OURS),
            end: End::Server,
            datagrams: 1,
            number: Some(number),
            by,
        }));
    }

    fn memory(&mut self, kernel_memory: u64) {
        self.tell(Event::DatagramQueue(DatagramQueue {
            conn: None,
            end: End::Server,
            next_bytes: 0,
            kernel_memory: Some(kernel_memory),
            kernel_memory_limit: Some(8192),
        }));
    }

    /// The same 20, 50 and 30 over a stream, read by 25.
    fn stream(&mut self) {
        let conn = Conn(2);
        let (a, b) = (([127, 0, 0, 1], 48814), ([127, 0, 0, 1], 21567));
        self.tell(Event::Connected(Connected {
            conn,
            end: End::Client,
            local: a.into(),
            peer: b.into(),
        }));
        self.tell(Event::Accepted(Accepted {
            conn,
            end: End::Server,
            peer: a.into(),
            local: b.into(),
        }));
        let mut offset = 0;
        for bytes in [20, 50, 30] {
            self.tell(Event::Wrote(Wrote {
                conn,
                end: End::Client,
                offset,
                asked: bytes,
                accepted: bytes,
                times: 1,
                since_nanos: None,
                preview: None,
            }));
            offset += bytes;
        }
        let mut offset = 0;
        for returned in [20, 25, 25, 25, 5] {
            self.tell(Event::Read(Read {
                conn,
                end: End::Server,
                offset,
                asked: 25,
                returned,
                times: 1,
                since_nanos: None,
                preview: None,
            }));
            offset += returned;
        }
    }
}

/// The situations, and how long before their end they are looked at, milliseconds.
fn situations() -> Vec<(&'static str, Story, u64)> {
    let mut all = vec![("nobody", Story::default(), 0)];
    let mut riding = Story::new(0);
    riding.send(50);
    all.push(("riding", riding, 700 + 2_000));
    let mut cut = Story::new(0);
    for bytes in [20, 50, 30] {
        let number = cut.send(bytes);
        cut.receive(number, bytes);
        cut.answer(number, bytes);
    }
    cut.stream();
    cut.memory(0);
    all.push(("beside_the_stream", cut, 0));
    let mut cutting = Story::new(0);
    let number = cutting.send(50);
    cutting.receive(number, 50);
    all.push(("cutting", cutting, 2_000 + 250));
    let mut full = Story::new(0);
    full.policy(ReadWhen::Held);
    for index in 0..14 {
        let number = full.send(500);
        if index >= 6 {
            full.lose(number, LostBy::FullBuffer);
        }
    }
    full.memory(7680);
    all.push(("full", full, 0));
    let mut bad = Story::new(20);
    for number in [0, 1, 2, 3, 4] {
        bad.send(30);
        if number == 3 {
            bad.lose(number, LostBy::BadRoad);
        }
    }
    for number in [0, 2, 1] {
        bad.receive(number, 30);
        bad.answer(number, 30);
    }
    all.push(("bad_road", bad, 0));
    all
}

fn draw(story: &mut Story, before: u64, look: Look, form: Form, lang: Lang) -> scene::Scene {
    let end = story.timeline.end();
    let now = end - Show::from_millis(before);
    let state = story.timeline.state_at(now).clone();
    let (width, height) = stage_size(form, form.units().0);
    scene::courier(&Frame {
        state: &state,
        now,
        focus: Some(OURS),
        width,
        height,
        picture: Picture::Courier,
        look,
        lang,
        reduced_motion: false,
        link: Link::Live,
    })
}

fn keep(name: &str, scene: &scene::Scene, look: Look) {
    let svg = scene::to_svg(scene, look).into_bytes();
    with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
        assert_binary_snapshot!(&format!("courier_{name}.svg"), svg);
    });
}

#[test]
fn pictures() {
    for (name, mut story, before) in situations() {
        let scene = draw(&mut story, before, Look::Light, Form::Wide, Lang::En);
        keep(name, &scene, Look::Light);
    }
    for (wanted, look, form, lang) in [
        ("beside_the_stream", Look::Projector, Form::Wide, Lang::Zh),
        ("beside_the_stream", Look::Dark, Form::Upright, Lang::En),
        ("full", Look::Dark, Form::Wide, Lang::Zh),
        ("full", Look::Light, Form::Upright, Lang::Zh),
        ("bad_road", Look::Projector, Form::Wide, Lang::En),
    ] {
        let (name, mut story, before) = situations()
            .into_iter()
            .find(|(name, ..)| *name == wanted)
            .unwrap();
        let scene = draw(&mut story, before, look, form, lang);
        let name = format!("{name}_{look:?}_{form:?}_{lang:?}").to_lowercase();
        keep(&name, &scene, look);
    }
}

/// Whatever moment, everything drawn is somewhere.
#[test]
fn every_moment_can_be_drawn() {
    for (name, mut story, _) in situations() {
        let end = story.timeline.end().0 / MILLI;
        for before in (0..end).step_by(170) {
            for form in [Form::Wide, Form::Upright] {
                let scene = draw(&mut story, before, Look::Light, form, Lang::En);
                for shape in &scene.shapes {
                    if let Shape::Rect { x, y, w, h, .. } = shape {
                        let all = [x, y, w, h];
                        assert!(all.iter().all(|it| it.is_finite()), "{name} {shape:?}");
                    }
                }
            }
        }
    }
}
