//! Writes the cut view in every situation to a folder, to be looked at:
//! `SCENE_LOOK=dir cargo test -p scene --test look_cut -- --ignored`.
#![allow(clippy::unwrap_used)]

mod cut_stories;
mod support;

#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for mut shot in cut_stories::shots() {
        let scene = cut_stories::draw(&mut shot);
        let svg = scene::to_svg(&scene, shot.look);
        std::fs::write(format!("{folder}/{}.svg", shot.name), svg).unwrap();
    }
}
