//! Writes every situation to a folder, to be looked at: `SCENE_LOOK=dir cargo test -p scene --test look -- --ignored`.
#![allow(clippy::unwrap_used)]

mod support;

#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for (name, story, view) in support::situations() {
        let scene = support::draw(&story, view, scene::stage);
        let svg = scene::to_svg(&scene, scene::Look::Light);
        std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
    }
}
