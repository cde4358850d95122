//! Writes the level charts to a folder, to be looked at: `SCENE_LOOK=dir cargo test -p scene --test look_chart -- --ignored`.
#![allow(clippy::unwrap_used)]

mod support;

#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for situation in support::charts::situations() {
        let svg = scene::to_svg(&situation.draw(), situation.look);
        std::fs::write(format!("{folder}/{}.svg", situation.name), svg).unwrap();
    }
}
