//! Writes every situation to a folder, in every look, form and language, to be looked at:
//! `SCENE_LOOK=dir cargo test -p scene --test look -- --ignored`.
#![allow(clippy::unwrap_used)]

mod support;

use scene::{Form, Frame, Lang, Look};
use support::View;

#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    let write = |kind: &str, name: &str, svg: String| {
        let folder = format!("{folder}/{kind}");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
    };
    for (name, mut story, view) in support::situations() {
        for look in Look::ALL {
            for form in [Form::Wide, Form::Upright] {
                for lang in [Lang::En, Lang::Zh] {
                    let view = View {
                        look,
                        form,
                        lang,
                        ..view
                    };
                    let scene = support::draw(&mut story, view, scene::stage);
                    let kind = format!("{form:?}-{look:?}-{lang:?}").to_lowercase();
                    write(&kind, name, scene::to_svg(&scene, look));
                }
            }
            let rulers = support::draw(&mut story, View { look, ..view }, |frame| {
                scene::rulers(&Frame {
                    width: 860.0,
                    height: 178.0,
                    ..*frame
                })
            });
            let kind = format!("rulers-{look:?}").to_lowercase();
            write(&kind, name, scene::to_svg(&rulers, look));
        }
        let (state, _) = story.after(view.millis);
        if let Some(connection) = state.conns.values().next() {
            let tab = scene::tab_picture(connection, 118.0, 36.0);
            write("tabs", name, scene::to_svg(&tab, Look::Light));
        }
    }
}

/// The movements, picture by picture.
#[test]
#[ignore = "for people"]
fn film() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    for (name, mut story, view) in support::situations() {
        if ![
            "riding",
            "falling",
            "scoop",
            "mixed_read",
            "small_reads",
            "tied",
            "answer_on_its_way",
            "answer_there",
        ]
        .contains(&name)
        {
            continue;
        }
        for form in [Form::Wide, Form::Upright] {
            for reduced_motion in [false, true] {
                let steps = if reduced_motion { "steps" } else { "film" };
                let folder = format!("{folder}/{steps}-{form:?}").to_lowercase();
                std::fs::create_dir_all(&folder).unwrap();
                for millis in (0..1800).step_by(100) {
                    let view = View {
                        millis,
                        form,
                        reduced_motion,
                        ..view
                    };
                    let scene = support::draw(&mut story, view, scene::stage);
                    let svg = scene::to_svg(&scene, Look::Light);
                    std::fs::write(format!("{folder}/{name}-{millis:04}.svg"), svg).unwrap();
                }
            }
        }
    }
}
