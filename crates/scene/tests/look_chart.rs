//! Writes the level charts, the bars of time and the crowds to a folder, to be looked at:
//! `SCENE_LOOK=dir cargo test -p scene --test look_chart -- --ignored`.
#![allow(clippy::unwrap_used)]

mod support;

use scene::{Lang, Look};
use support::crowd::{self, View};

#[test]
#[ignore = "for people"]
fn charts() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for situation in support::charts::situations() {
        let svg = scene::to_svg(&situation.draw(), situation.look);
        std::fs::write(format!("{folder}/{}.svg", situation.name), svg).unwrap();
    }
}

#[test]
#[ignore = "for people"]
fn timelines() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for situation in support::timelines::situations() {
        let svg = scene::to_svg(&situation.draw(), situation.look);
        std::fs::write(format!("{folder}/bar_{}.svg", situation.name), svg).unwrap();
    }
}

#[test]
#[ignore = "for people"]
fn crowds() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for look in Look::ALL {
        for count in [0, 1, 2, 3, 6, 8, 20, 50, 200, 400] {
            for (form, size) in [("wide", (1920.0, 660.0)), ("upright", (390.0, 505.0))] {
                let lang = if count % 20 == 0 && look == Look::Dark {
                    Lang::Zh
                } else {
                    Lang::En
                };
                let millis = if count == 20 { 300 } else { 2_000 };
                let view = View {
                    count,
                    look,
                    lang,
                    size,
                    millis,
                    ..View::default()
                };
                let svg = scene::to_svg(&crowd::draw(view), look);
                let name = format!("{folder}/all_{form}_{look:?}_{count}.svg");
                std::fs::write(name, svg).unwrap();
            }
        }
    }
}
