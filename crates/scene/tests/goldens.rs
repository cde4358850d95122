//! Named situations as SVG, as words, and the rulers. To see a changed golden, open its `.svg`.
#![allow(clippy::unwrap_used)]

mod support;

use insta::{assert_binary_snapshot, assert_snapshot, with_settings};
use scene::Look;

/// The pictures kept: the states of the art, and each movement in its middle.
const KEPT: [&str; 20] = [
    "nobody",
    "bytes_at_the_desk",
    "accepted_with_bytes",
    "at_the_desk",
    "connected",
    "riding",
    "seventy_and_thirty",
    "seventy_and_thirty_zh",
    "falling",
    "scoop",
    "mixed_read",
    "tip",
    "answer_on_its_way",
    "window_zero",
    "window_zero_zh",
    "reset",
    "end_of_stream",
    "gap",
    "foreign",
    "relay_lost",
];

#[test]
fn stage() {
    for (name, mut story, view) in support::situations() {
        if !KEPT.contains(&name) {
            continue;
        }
        let scene = support::draw(&mut story, view, scene::stage);
        let svg = scene::to_svg(&scene, Look::Light).into_bytes();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&format!("{name}.svg"), svg);
        });
    }
}

/// The most telling moments in the other looks, on a phone, and in Chinese.
#[test]
fn variants() {
    use scene::{Form, Lang};
    const VARIANTS: [(&str, Look, Form, Lang); 12] = [
        ("seventy_and_thirty", Look::Dark, Form::Wide, Lang::En),
        ("seventy_and_thirty", Look::Projector, Form::Wide, Lang::En),
        ("seventy_and_thirty", Look::Projector, Form::Wide, Lang::Zh),
        ("seventy_and_thirty", Look::Light, Form::Upright, Lang::En),
        ("seventy_and_thirty", Look::Dark, Form::Upright, Lang::Zh),
        ("window_zero", Look::Projector, Form::Wide, Lang::Zh),
        ("window_zero", Look::Light, Form::Upright, Lang::Zh),
        ("answer_on_its_way", Look::Projector, Form::Wide, Lang::En),
        ("at_the_desk", Look::Light, Form::Upright, Lang::En),
        ("in_the_bag", Look::Light, Form::Upright, Lang::En),
        ("reset", Look::Dark, Form::Wide, Lang::En),
        ("nobody", Look::Light, Form::Upright, Lang::Zh),
    ];
    for (wanted, look, form, lang) in VARIANTS {
        let (name, mut story, view) = support::situations()
            .into_iter()
            .find(|(name, ..)| *name == wanted)
            .unwrap();
        let view = support::View {
            look,
            form,
            lang,
            ..view
        };
        let scene = support::draw(&mut story, view, scene::stage);
        let svg = scene::to_svg(&scene, look).into_bytes();
        let name = format!("{name}_{look:?}_{form:?}_{lang:?}.svg").to_lowercase();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&name, svg);
        });
    }
}

/// The rulers for a wall.
#[test]
fn rulers_for_a_wall() {
    let (_, mut story, view) = support::situations()
        .into_iter()
        .find(|(name, ..)| *name == "end_read")
        .unwrap();
    let look = Look::Projector;
    let scene = support::draw(&mut story, support::View { look, ..view }, |frame| {
        scene::rulers(&scene::Frame {
            width: 860.0,
            height: 178.0,
            ..*frame
        })
    });
    let svg = scene::to_svg(&scene, look).into_bytes();
    with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
        assert_binary_snapshot!("rulers_end_read_projector.svg", svg);
    });
}

#[test]
fn rulers() {
    for (name, mut story, view) in support::situations() {
        if !["seventy_and_thirty", "end_read", "gap"].contains(&name) {
            continue;
        }
        let scene = support::draw(&mut story, view, |frame| {
            scene::rulers(&scene::Frame {
                width: 860.0,
                height: 178.0,
                ..*frame
            })
        });
        let svg = scene::to_svg(&scene, Look::Light).into_bytes();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&format!("rulers_{name}.svg"), svg);
        });
    }
}

/// Every caption of every situation, in both languages.
#[test]
fn captions() {
    let mut out = String::new();
    for (name, mut story, view) in support::situations() {
        for lang in [scene::Lang::En, scene::Lang::Zh] {
            let (state, now) = story.after(view.millis);
            let frame = scene::Frame {
                state: &state,
                now,
                focus: view.focus,
                width: 1920.0,
                height: 660.0,
                picture: scene::Picture::default(),
                look: Look::Light,
                lang,
                reduced_motion: false,
                link: view.link,
            };
            out += &format!("{name}: {}\n", scene::words::caption_text(&frame));
        }
    }
    with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
        assert_snapshot!("captions", out);
    });
}

/// Every kind of event as a row of the table, in both languages.
#[test]
fn rows() {
    let script = "listening; policy held bag 100 pause 200; connected; waiting 1; accepted; sent 20; arrived 20
        sent 50; arrived 50 segments 2; queues 70 window 65536 memory 2304 unsent 0
        policy arrival bag 100; read 100 70; sent 30; arrived 30; read 30 30; bagged 100; answered 100
        wrote 50 of 122; blocked server; wrote 72; received 122
        sent 4096 times 12; arrived 4096 times 9 segments 80; read 9216 4096 times 9; bagged 4000 times 40
        answered 4000 times 40; wrote 4880 times 40; policy queued 100
        dropped 1204 arrived 50; shutdown; fin; end; reset client; closed 50";
    let mut story = support::Story::new(script);
    let mut out = String::new();
    let rows = [scene::Lang::En, scene::Lang::Zh].map(|lang| story.rows(lang));
    for (en, zh) in rows[0].iter().zip(&rows[1]) {
        out += &format!("{en}\n{zh}\n");
    }
    with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
        assert_snapshot!("rows", out);
    });
}
