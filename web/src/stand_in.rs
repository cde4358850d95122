//! Stand-ins for what crate `scene` does not draw or say yet.

use model::{Connection, State};
use protocol::{Event, Record, Refusal, Source};
use scene::{Align, Frame, Ink, Lang, Scene, Shape, Text, Weight};

pub fn stage(frame: &Frame) -> Scene {
    let mut scene = Scene {
        width: frame.width,
        height: frame.height,
        ..Scene::default()
    };
    scene.shapes.push(Shape::Rect {
        x: frame.width * 0.375,
        y: 0.0,
        w: frame.width * 0.285,
        h: frame.height,
        r: 0.0,
        fill: Some(Ink::Kernel),
        stroke: None,
    });
    scene.shapes.push(Shape::Text(Text {
        text: caption_text(frame),
        x: 300.0,
        y: 400.0,
        size: 28.0,
        weight: Weight::Regular,
        mono: false,
        ink: Ink::Ink,
        align: Align::Start,
        max_width: 900.0,
    }));
    scene
}

pub fn rulers(frame: &Frame) -> Scene {
    Scene {
        width: frame.width,
        height: frame.height,
        ..Scene::default()
    }
}

pub fn tab_picture(_: &Connection, _: &Frame) -> Scene {
    Scene::default()
}

pub fn caption_text(frame: &Frame) -> String {
    let connection = frame.focus.and_then(|conn| frame.state.conns.get(&conn));
    match connection {
        None => "The desk is open.".into(),
        Some(connection) => format!(
            "{}: {} wait in the kernel.",
            connection.conn,
            connection.server.as_ref().map_or(0, |end| end.waiting_bytes())
        ),
    }
}

pub fn row(record: &Record, _: &State, _: Lang) -> String {
    format!("{:?}", record.event).chars().take(90).collect()
}

pub fn kind_name(kind: &str, _: Lang) -> String {
    kind.replace('_', " ")
}

pub fn kind_of(event: &Event) -> &'static str {
    let index = match event {
        Event::Listening(_) => 0,
        Event::Waiting(_) => 1,
        Event::Connected(_) => 2,
        Event::Accepted(_) => 3,
        Event::Arrived(_) => 4,
        Event::Read(_) => 5,
        Event::Wrote(_) => 6,
        Event::Bagged(_) => 7,
        Event::Answered(_) => 8,
        Event::Blocked(_) => 9,
        Event::Unblocked(_) => 10,
        Event::HalfClosed(_) => 11,
        Event::EndOfStream(_) => 12,
        Event::Reset(_) => 13,
        Event::Closed(_) => 14,
        Event::Policy(_) => 15,
        Event::Queues(_) => 16,
        Event::Dropped(_) => 17,
        Event::Keyframe(_) => 18,
        Event::Unknown(_) => return "unknown",
    };
    Event::NAMES[index]
}

pub fn refusal(refusal: &Refusal, _: Lang) -> String {
    refusal.to_string()
}

pub fn source_name(source: Source, lang: Lang) -> &'static str {
    match (source, lang) {
        (Source::Measured, Lang::En) => "measured",
        (Source::Derived, Lang::En) => "derived",
        (Source::Unavailable, Lang::En) => "unavailable",
        (Source::Measured, Lang::Zh) => "实测",
        (Source::Derived, Lang::Zh) => "推算",
        (Source::Unavailable, Lang::Zh) => "无法得知",
    }
}
