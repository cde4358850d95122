//! Writes every situation to a folder, to be looked at: `SCENE_LOOK=dir cargo test -p scene --test look -- --ignored`.
#![allow(clippy::unwrap_used)]

mod support;

#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for (name, mut story, view) in support::situations() {
        let scene = support::draw(&mut story, view, scene::stage);
        let svg = scene::to_svg(&scene, scene::Look::Light);
        std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
        let rulers = support::draw(&mut story, view, |frame| {
            scene::rulers(&scene::Frame {
                width: 860.0,
                height: 178.0,
                ..*frame
            })
        });
        let svg = scene::to_svg(&rulers, scene::Look::Light);
        std::fs::create_dir_all(format!("{folder}/rulers")).unwrap();
        std::fs::create_dir_all(format!("{folder}/tabs")).unwrap();
        let (state, _) = story.after(view.millis);
        if let Some(connection) = state.conns.values().next() {
            let tab = scene::tab_picture(connection, 118.0, 36.0);
            let svg = scene::to_svg(&tab, scene::Look::Light);
            std::fs::write(format!("{folder}/tabs/{name}.svg"), svg).unwrap();
        }
        std::fs::write(format!("{folder}/rulers/{name}.svg"), svg).unwrap();
    }
}
