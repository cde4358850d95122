//! All connections as small belts: goldens, and that everything has its own place.
#![allow(clippy::unwrap_used)]

mod support;

use insta::{assert_binary_snapshot, with_settings};
use protocol::Conn;
use scene::{Align, Hit, Lang, Link, Look, Scene, Shape, Target, Text};
use support::crowd::{View, draw};

#[test]
fn goldens() {
    let keep = |name: &str, view: View| {
        let svg = scene::to_svg(&draw(view), view.look).into_bytes();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&format!("all_{name}.svg"), svg);
        });
    };
    for count in [0, 1, 3, 20, 200] {
        let view = View {
            count,
            ..View::default()
        };
        keep(&count.to_string(), view);
    }
    let projector = View {
        count: 200,
        look: Look::Projector,
        lang: Lang::Zh,
        ..View::default()
    };
    keep("200_projector_zh", projector);
    let phone = View {
        count: 20,
        look: Look::Dark,
        millis: 300,
        size: (390.0, 505.0),
        ..View::default()
    };
    keep("20_upright_dark", phone);
    let lost = View {
        link: Link::Lost,
        ..View::default()
    };
    keep("3_lost", lost);
}

/// Every look, form and language, from nobody to more than there is room for.
fn views() -> impl Iterator<Item = View> {
    let counts = [0, 1, 2, 3, 5, 6, 7, 13, 20, 21, 24, 50, 100, 200, 500];
    Look::ALL.into_iter().flat_map(move |look| {
        [(Lang::En, (1920.0, 660.0)), (Lang::Zh, (390.0, 505.0))]
            .into_iter()
            .flat_map(move |(lang, size)| {
                counts.into_iter().map(move |count| View {
                    count,
                    look,
                    lang,
                    size,
                    ..View::default()
                })
            })
    })
}

fn cells(scene: &Scene) -> Vec<(&Hit, Conn)> {
    scene
        .hits
        .iter()
        .map(|hit| match hit.target {
            Target::Connection(conn) => (hit, conn),
            other => unreachable!("{other:?}"),
        })
        .collect()
}

/// Where a text is, about: left, top, right, bottom. It is never wider than it may be.
fn place(text: &Text) -> [f64; 4] {
    let em = |character: char| match character {
        '\u{202f}' => 0.2,
        '\u{2190}'..='\u{21ff}' | '\u{2e80}'.. => 1.0,
        _ if text.mono => 0.6,
        _ => 0.57,
    };
    let wide = text.text.chars().map(em).sum::<f64>() * text.size;
    let wide = wide.min(text.max_width);
    let left = match text.align {
        Align::Start => text.x,
        Align::Middle => text.x - wide / 2.0,
        Align::End => text.x - wide,
    };
    [
        left,
        text.y - text.size * 0.75,
        left + wide,
        text.y + text.size * 0.1,
    ]
}

#[test]
fn cells_and_words_have_their_own_places() {
    for view in views() {
        let scene = draw(view);
        let cells = cells(&scene);
        let inside = |x: f64, y: f64, hit: &Hit| {
            x >= hit.x && x <= hit.x + hit.w && y >= hit.y && y <= hit.y + hit.h
        };
        for (index, (a, _)) in cells.iter().enumerate() {
            assert!(a.x >= 0.0 && a.x + a.w <= scene.width, "{view:?}");
            assert!(a.y >= 0.0 && a.y + a.h <= scene.height, "{view:?}");
            for (b, _) in &cells[..index] {
                let apart =
                    a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(apart, "{view:?}: {a:?} {b:?}");
            }
        }
        let words: Vec<(&Text, [f64; 4])> = scene
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Text(text) => Some((text, place(text))),
                _ => None,
            })
            .collect();
        for (index, (text, [left, top, right, bottom])) in words.iter().enumerate() {
            // No word leaves the cell in which it begins.
            for (hit, _) in &cells {
                let middle = (top + bottom) / 2.0;
                let (begins, ends) = (inside(*left, middle, hit), inside(*right, middle, hit));
                assert_eq!(begins, ends, "{view:?}: {text:?} in {hit:?}");
                if begins {
                    assert!(
                        *top >= hit.y && *bottom <= hit.y + hit.h,
                        "{view:?}: {text:?}"
                    );
                }
            }
            for (other, [l, t, r, b]) in &words[..index] {
                let apart = right <= l || r <= left || bottom <= t || b <= top;
                assert!(apart, "{view:?}: {text:?} on {other:?}");
            }
        }
    }
}

#[test]
fn words_can_be_read_from_the_last_row() {
    for view in views().filter(|view| view.size.0 > 1000.0) {
        let least = match view.look {
            Look::Projector => 22.0,
            Look::Light | Look::Dark => 13.0,
        };
        for shape in &draw(view).shapes {
            if let Shape::Text(text) = shape {
                assert!(text.size >= least, "{view:?}: {text:?}");
            }
        }
    }
}

/// Two hundred are all shown on a desk; what has no room is counted, and never the focus.
#[test]
fn who_is_shown() {
    for view in views() {
        let scene = draw(view);
        let shown: Vec<Conn> = cells(&scene).into_iter().map(|(_, conn)| conn).collect();
        assert!(shown.is_sorted(), "{view:?}");
        assert_eq!(shown.contains(&Conn(2)), view.count >= 2, "{view:?}");
        let mut timeline = support::crowd::timeline(view.count);
        let known = timeline.state_at(timeline.end()).conns.len();
        if view.size.0 > 1000.0 && view.look != Look::Projector && known <= 200 {
            assert_eq!(shown.len(), known, "{view:?}");
        }
        let more = known - shown.len();
        let told = scene.shapes.iter().any(|shape| match shape {
            Shape::Line(line) => line.runs.iter().any(|run| {
                run.text.contains(&format!("+ {more} more"))
                    || run.text.contains(&format!("还有 {more} 个"))
            }),
            _ => false,
        });
        assert_eq!(told, more > 0, "{view:?}: {more}");
    }
}
