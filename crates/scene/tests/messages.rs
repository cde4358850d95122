//! Messages over reads, and characters that reads cut: rulers, belt and cut as goldens.
#![allow(clippy::unwrap_used)]

mod support;

use insta::{assert_binary_snapshot, assert_snapshot, with_settings};
use scene::{Frame, Lang, Look, Picture};
use support::Story;

const SENT: &str = "listening; policy arrival bufsize 40 framing length:1; connected; accepted; sent 20; sent 50; sent 30; arrived 100 segments 3";
const TEXT: &str = "content 水果传送带; listening; policy arrival bufsize 4; connected; accepted; sent 15; arrived 15; read 4 4";

/// Name, script, and when it is looked at.
fn stories() -> Vec<(&'static str, String, u64)> {
    let first = format!("{SENT}; read 40 40; message 20 framing 1; answered 20");
    let found = format!("{first}; read 40 40; message 50 framing 1");
    let all = format!("{found}; answered 50; read 40 20; message 30 framing 1; answered 30");
    vec![
        ("half_a_message", first, 4000),
        ("message_found", found, 4000),
        ("messages", all, 4000),
        ("half_a_character", TEXT.to_string(), 5000),
        (
            "half_characters",
            format!("{TEXT}; answered 4; read 4 4; answered 4; read 4 4"),
            5000,
        ),
    ]
}

#[track_caller]
fn draw(script: &str, millis: u64, picture: Option<Picture>, look: Look, lang: Lang) -> String {
    let (state, now) = Story::new(script).after(millis);
    let (width, height) = match picture {
        Some(_) => (1920.0, 660.0),
        None => (860.0, 178.0),
    };
    let frame = Frame {
        state: &state,
        now,
        focus: Some(protocol::Conn(1)),
        width,
        height,
        picture: picture.unwrap_or_default(),
        look,
        lang,
        reduced_motion: false,
        link: scene::Link::Live,
    };
    let scene = match picture {
        Some(_) => scene::stage(&frame),
        None => scene::rulers(&frame),
    };
    scene::to_svg(&scene, look)
}

const PICTURES: [(&str, Option<Picture>); 3] = [
    ("rulers", None),
    ("cut", Some(Picture::Cut)),
    ("belt", Some(Picture::Belt)),
];

#[test]
fn pictures() {
    for (name, script, millis) in stories() {
        for (kind, picture) in PICTURES {
            let svg = draw(&script, millis, picture, Look::Light, Lang::En);
            with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
                assert_binary_snapshot!(&format!("{name}_{kind}.svg"), svg.into_bytes());
            });
        }
    }
}

/// The sentences of the table.
#[test]
fn rows() {
    let mut out = String::new();
    for (_, script, _) in stories() {
        let mut story = Story::new(&script);
        for lang in [Lang::En, Lang::Zh] {
            for row in story.rows(lang) {
                out += &row;
                out.push('\n');
            }
            out.push('\n');
        }
    }
    with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
        assert_snapshot!("message_rows", out);
    });
}

/// `SCENE_LOOK=dir cargo test -p scene --test messages -- --ignored`.
#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for (name, script, millis) in stories() {
        for (kind, picture) in PICTURES {
            for (look, lang) in [
                (Look::Light, Lang::En),
                (Look::Projector, Lang::Zh),
                (Look::Dark, Lang::Zh),
            ] {
                let svg = draw(&script, millis, picture, look, lang);
                let file = format!("{folder}/{name}-{kind}-{look:?}-{lang:?}.svg").to_lowercase();
                std::fs::write(file, svg).unwrap();
            }
        }
    }
}
