//! The picture of the time strip: what happened around the head, in show time. Three lanes say
//! where: at the client, in the kernel, in the server's program. What is recorded and not yet
//! shown has ticks and no numbers; idle time that was cut out is a gap with its length.

use model::{Entry, Show, Timeline};
use protocol::{Conn, End, Event};
use scene::{Align, Ink, Lang, Scene, Shape, Stroke, Text, Weight, words::number};

use crate::{language::Label, numbers};

/// So much of the show is seen, before and behind the head.
const BEFORE: Show = Show::from_millis(16_000);
const BEHIND: Show = Show::from_millis(10_000);
/// More records than this are not looked at, on either side of the head.
const ENTRIES_MAX: usize = 2_000;
/// Ticks of a lane are at least so far apart, and numbers further, pixels.
const TICK_ROOM: f64 = 2.5;
/// Real idle time that takes so much less of the show is told, nanoseconds.
const CUT_MIN_NANOS: u64 = 1_000_000_000;

/// Where something happened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Client,
    Kernel,
    Server,
}

impl Lane {
    const ALL: [(Lane, Label); 3] = [
        (Lane::Client, Label::LaneClient),
        (Lane::Kernel, Label::LaneKernel),
        (Lane::Server, Label::LaneServer),
    ];
}

/// What is drawn of an event.
struct Tick {
    lane: Lane,
    ink: Ink,
    bytes: Option<u64>,
}

/// The picture.
pub fn picture(
    timeline: &Timeline,
    head: Show,
    focus: Option<Conn>,
    lang: Lang,
    (width, height): (f64, f64),
) -> Scene {
    let mut lanes = Lanes::new(width, height, head);
    lanes.frame(lang);
    let here = timeline.count_at(head);
    let first = timeline
        .count_at(head - BEFORE)
        .max(here.saturating_sub(ENTRIES_MAX))
        // One more, so that a gap at the left edge has a beginning.
        .saturating_sub(1);
    let last = timeline
        .count_at(head + BEHIND)
        .min(here.saturating_add(ENTRIES_MAX));
    let mut before: Option<&Entry> = None;
    for entry in timeline.entries(first, last) {
        if let Some(before) = before {
            lanes.gap(before, entry);
        }
        before = Some(entry);
    }
    for (index, entry) in (first..).zip(timeline.entries(first, last)) {
        let event = &entry.record.event;
        if event.conn() == focus
            && let Some(tick) = tick(event)
        {
            lanes.tick(entry.shown, &tick, index < here);
        }
    }
    lanes.live(timeline.last_shown(), here < timeline.len(), lang);
    lanes.playhead();
    lanes.scene
}

fn tick(event: &Event) -> Option<Tick> {
    let (lane, ink, bytes) = match event {
        Event::Wrote(e) if e.end == End::Client => (Lane::Client, Ink::Ink, Some(e.accepted)),
        Event::Arrived(e) if e.end == End::Server => (Lane::Kernel, Ink::Ink, Some(e.bytes)),
        Event::Read(e) if e.end == End::Server => (Lane::Server, Ink::Ink, Some(e.returned)),
        Event::Read(e) => (Lane::Client, Ink::Ink2, Some(e.returned)),
        Event::Wrote(e) => (Lane::Kernel, Ink::Ink2, Some(e.accepted)),
        Event::Bagged(_) | Event::Answered(_) => (Lane::Server, Ink::Focus, None),
        Event::Connected(_) => (Lane::Client, Ink::Live, None),
        Event::Accepted(_) => (Lane::Server, Ink::Live, None),
        Event::Blocked(_) | Event::Unblocked(_) | Event::Policy(_) => {
            (Lane::Server, Ink::Hold, None)
        }
        Event::Reset(e) if e.end == End::Client => (Lane::Client, Ink::Bad, None),
        Event::Reset(_) => (Lane::Server, Ink::Bad, None),
        Event::HalfClosed(e) if e.end == End::Client => (Lane::Client, Ink::Ink2, None),
        Event::Closed(e) if e.end == End::Client => (Lane::Client, Ink::Ink2, None),
        Event::HalfClosed(_) | Event::EndOfStream(_) | Event::Closed(_) => {
            (Lane::Server, Ink::Ink2, None)
        }
        _ => return None,
    };
    Some(Tick { lane, ink, bytes })
}

struct Lanes {
    scene: Scene,
    head: Show,
    left: f64,
    pixels_per_nano: f64,
    size: f64,
    /// Behind the last tick and the last number of each lane.
    ticked: [f64; 3],
    told: [f64; 3],
}

impl Lanes {
    fn new(width: f64, height: f64, head: Show) -> Lanes {
        let size = (height * 0.12).clamp(11.0, 14.0);
        // Room for the names of the lanes.
        let left = size * 5.0;
        Lanes {
            scene: Scene {
                width,
                height,
                moving: true,
                ..Scene::default()
            },
            head,
            left,
            pixels_per_nano: (width - left).max(1.0) / (BEFORE + BEHIND).0 as f64,
            size,
            ticked: [f64::MIN; 3],
            told: [f64::MIN; 3],
        }
    }

    fn x(&self, show: Show) -> f64 {
        let since = show.0 as f64 - self.head.0 as f64;
        self.left + (since + BEFORE.0 as f64) * self.pixels_per_nano
    }

    fn y(&self, lane: Lane) -> f64 {
        self.scene.height * (0.28 + 0.24 * lane as usize as f64)
    }

    fn frame(&mut self, lang: Lang) {
        for (lane, label) in Lane::ALL {
            let y = self.y(lane);
            self.text(
                label.text(lang).into(),
                (self.left - 12.0, y + self.size * 0.36),
                Align::End,
                Weight::Regular,
                Ink::Ink2,
            );
            self.line((self.left, y), (self.scene.width, y), Ink::Hair, 1.5);
        }
    }

    fn tick(&mut self, shown: Show, tick: &Tick, is_shown: bool) {
        let (x, y, lane) = (self.x(shown), self.y(tick.lane), tick.lane as usize);
        if x < self.left || x < self.ticked[lane] {
            return;
        }
        self.ticked[lane] = x + TICK_ROOM;
        let ink = if is_shown { tick.ink } else { Ink::Hair };
        let reach = self.size * 0.4;
        self.line((x, y - reach), (x, y + reach), ink, 3.0);
        if let Some(bytes) = tick.bytes
            && is_shown
            && x >= self.told[lane]
        {
            let text = number(bytes);
            self.told[lane] = x + 10.0 + self.size * 0.6 * text.chars().count() as f64;
            self.text(
                text,
                // Above the ticks, so that the next ones do not cross it.
                (x + 2.0, y - self.size * 0.5),
                Align::Start,
                Weight::Bold,
                tick.ink,
            );
        }
    }

    /// Idle time of which only a little is shown.
    fn gap(&mut self, before: &Entry, after: &Entry) {
        let real = after.record.at_nanos.saturating_sub(before.record.at_nanos);
        let shown = (after.shown - before.shown).0;
        if real < shown.saturating_add(CUT_MIN_NANOS) {
            return;
        }
        let x = self.x(after.shown) - 14.0;
        if x < self.left {
            return;
        }
        let (top, bottom) = (self.scene.height * 0.12, self.scene.height * 0.84);
        self.scene.shapes.push(Shape::Rect {
            x: x - 5.0,
            y: top,
            w: 10.0,
            h: bottom - top,
            r: 0.0,
            fill: Some(Ink::Paper),
            stroke: None,
        });
        for x in [x - 5.0, x + 5.0] {
            self.line((x, top), (x, bottom), Ink::Hair, 1.5);
        }
        self.text(
            numbers::duration(real),
            (x, self.scene.height * 0.96),
            Align::Middle,
            Weight::Regular,
            Ink::Ink2,
        );
    }

    /// The end of what is recorded.
    fn live(&mut self, last_shown: Show, pending: bool, lang: Lang) {
        if !pending {
            return;
        }
        let x = self.x(last_shown);
        let middle = (self.x(self.head) + x.min(self.scene.width)) / 2.0;
        let y = self.size * 1.1;
        self.text(
            Label::NotShownYet.text(lang).into(),
            (middle, y),
            Align::Middle,
            Weight::Regular,
            Ink::Ink2,
        );
        if x < self.scene.width {
            self.line(
                (x, self.scene.height * 0.12),
                (x, self.scene.height * 0.84),
                Ink::Live,
                3.0,
            );
        }
    }

    fn playhead(&mut self) {
        let x = self.x(self.head);
        let (top, bottom) = (self.scene.height * 0.06, self.scene.height * 0.9);
        self.line((x, top), (x, bottom), Ink::Focus, 3.0);
        self.scene.shapes.push(Shape::Circle {
            x,
            y: bottom,
            r: 6.0,
            fill: Some(Ink::Focus),
            stroke: None,
        });
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        self.scene.shapes.push(Shape::Path {
            d: format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1).into(),
            x: 0.0,
            y: 0.0,
            scale: 1.0,
            fill: None,
            stroke: Some(Stroke {
                ink,
                width,
                dash: None,
            }),
        });
    }

    fn text(&mut self, text: String, (x, y): (f64, f64), align: Align, weight: Weight, ink: Ink) {
        self.scene.shapes.push(Shape::Text(Text {
            text,
            x,
            y,
            size: self.size,
            weight,
            mono: false,
            ink,
            align,
            max_width: self.scene.width / 3.0,
        }));
    }
}
