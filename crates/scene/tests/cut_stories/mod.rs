//! The cut view in named situations: those of the belt, and some of its own where BUFSIZE is
//! smaller than a send, so that reads and sends do not line up.
#![allow(clippy::unwrap_used, dead_code)]

use scene::{Frame, Lang, Look, Picture, Scene};

use super::support::{Story, View, situations};

/// A situation, with the look and the size of its picture.
pub struct Shot {
    pub name: String,
    pub story: Story,
    pub view: View,
    pub look: Look,
    pub size: (f64, f64),
}

pub const WALL: (f64, f64) = (1920.0, 660.0);
pub const PHONE: (f64, f64) = (390.0, 505.0);
pub const LECTURE: (f64, f64) = (1920.0, 1000.0);

pub fn draw(shot: &mut Shot) -> Scene {
    let (state, now) = shot.story.after(shot.view.millis);
    scene::stage(&Frame {
        state: &state,
        now,
        focus: shot.view.focus,
        width: shot.size.0,
        height: shot.size.1,
        picture: Picture::Cut,
        look: shot.look,
        lang: shot.view.lang,
        reduced_motion: shot.view.reduced_motion,
        link: shot.view.link,
    })
}

const FORTY: &str = "listening; policy held bufsize 40 bag 100; connected; accepted; queues 0 window 65536 memory 0 unsent 0; sent 20; arrived 20; sent 50; arrived 50; queues 70 window 65413 memory 2304 unsent 0; sent 30";

/// The stories of the cut view alone, and when they are looked at.
fn own() -> Vec<(&'static str, String, u64)> {
    let all = format!(
        "{FORTY}; arrived 30; policy arrival bufsize 40 bag 100; queues 100 window 65436 memory 3456 unsent 0"
    );
    let two = format!("{all}; read 40 40; read 40 40; queues 20 window 65516 memory 900 unsent 0");
    let three = format!("{two}; read 20 20; queues 0 window 65536 memory 0 unsent 0");
    let short = "listening; policy arrival bufsize 8; connected; accepted; queues 0 window 65536 memory 0 unsent 0; sent 5; arrived 5; sent 12; arrived 12; queues 17 window 65519 memory 1200 unsent 0";
    let crates = "listening; policy held bufsize 1024 bag 6400; connected; accepted; sent 1280; arrived 1280 segments 2; sent 3200; arrived 3200 segments 4; sent 1920";
    vec![
        ("moment", FORTY.to_string(), 5000),
        ("ride", FORTY.to_string(), 300),
        ("fall", format!("{FORTY}; arrived 30"), 200),
        ("next_cut", all.clone(), 5000),
        ("rise", format!("{all}; read 40 40"), 150),
        ("lower", format!("{all}; read 40 40"), 480),
        ("mixed", two.clone(), 960),
        ("tipping", two.clone(), 1250),
        ("reads", two, 5000),
        ("full", format!("{three}; bagged 100"), 2500),
        ("tie", format!("{three}; bagged 100; answered 100"), 180),
        (
            "answer",
            format!("{three}; bagged 100; answered 100; wrote 122"),
            700,
        ),
        (
            "next_bag",
            format!(
                "{three}; bagged 100; answered 100; wrote 122; received 122; sent 20; arrived 20; sent 30"
            ),
            5000,
        ),
        (
            "sliding",
            format!("{three}; bagged 100; answered 100; wrote 122; received 122; sent 20"),
            250,
        ),
        ("short", short.to_string(), 5000),
        ("short_read", format!("{short}; read 8 8"), 1300),
        (
            "crates_shut",
            format!("{crates}; queues 4480 window 0 memory 131072 unsent 0"),
            5000,
        ),
        (
            "lid_in_view",
            format!("{FORTY}; queues 70 window 12 memory 130000 unsent 0"),
            5000,
        ),
        (
            "reset_after_read",
            format!("{FORTY}; policy arrival bufsize 40 bag 100; read 40 40; reset client"),
            5000,
        ),
        (
            "end_after_read",
            format!(
                "{all}; read 40 40; shutdown; fin; queues 60 window 65476 memory 2000 unsent 0"
            ),
            5000,
        ),
    ]
}

fn shot(name: &str, script: &str, millis: u64) -> Shot {
    Shot {
        name: name.to_string(),
        story: Story::new(script),
        view: View {
            millis,
            ..View::default()
        },
        look: Look::Light,
        size: WALL,
    }
}

pub fn shots() -> Vec<Shot> {
    let mut shots: Vec<Shot> = own()
        .iter()
        .map(|(name, script, millis)| shot(name, script, *millis))
        .collect();
    for (name, look, lang, size) in [
        ("moment_dark", Look::Dark, Lang::En, WALL),
        ("moment_projector", Look::Projector, Lang::En, WALL),
        ("moment_projector_zh", Look::Projector, Lang::Zh, WALL),
        ("moment_zh", Look::Light, Lang::Zh, WALL),
        ("moment_lecture", Look::Light, Lang::En, LECTURE),
        ("moment_phone", Look::Light, Lang::En, PHONE),
        ("moment_phone_dark_zh", Look::Dark, Lang::Zh, PHONE),
    ] {
        let mut shot = shot(name, FORTY, 5000);
        (shot.look, shot.size) = (look, size);
        shot.view.lang = lang;
        shots.push(shot);
    }
    for (name, look) in [
        ("mixed", Look::Dark),
        ("answer", Look::Projector),
        ("answer", Look::Dark),
    ] {
        let (_, script, millis) = own().into_iter().find(|story| story.0 == name).unwrap();
        let suffix = format!("{look:?}").to_lowercase();
        let mut shot = shot(&format!("{name}_{suffix}"), &script, millis);
        shot.look = look;
        shots.push(shot);
    }
    for (name, look) in [
        ("mixed", Look::Light),
        ("answer", Look::Light),
        ("crates_shut", Look::Dark),
    ] {
        let (_, script, millis) = own().into_iter().find(|story| story.0 == name).unwrap();
        let mut shot = shot(&format!("{name}_phone"), &script, millis);
        (shot.look, shot.size) = (look, PHONE);
        shots.push(shot);
    }
    for (name, story, view) in situations() {
        shots.push(Shot {
            name: format!("of_{name}"),
            story,
            view,
            look: Look::Light,
            size: WALL,
        });
    }
    shots
}
