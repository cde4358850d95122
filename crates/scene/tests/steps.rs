//! The nine steps: named situations as SVG, and that each one is lit by a record and no time.
#![allow(clippy::unwrap_used)]

mod steps_stories;
mod support;

use insta::{assert_binary_snapshot, with_settings};
use model::{Seen, Show, SocketCall, State};
use protocol::Conn;
use scene::{Form, Lang, Look};
use support::{Story, View};

#[test]
fn goldens() {
    use Form::{Upright, Wide};
    use Lang::{En, Zh};
    use Look::{Dark, Light, Projector};
    let kept = [
        ("bind", Light, Wide, En),
        ("connecting", Light, Wide, En),
        ("queued", Light, Wide, En),
        ("early", Light, Wide, En),
        ("early", Projector, Wide, Zh),
        ("accepted", Dark, Wide, Zh),
        ("answered", Light, Upright, En),
        ("fin", Projector, Wide, En),
        ("closed", Light, Wide, Zh),
        ("full", Light, Wide, En),
        ("reset", Light, Wide, En),
        ("foreign", Light, Wide, En),
        ("foreign", Dark, Upright, Zh),
    ];
    for (wanted, look, form, lang) in kept {
        let (name, mut story, millis) = steps_stories::stories()
            .into_iter()
            .find(|(name, ..)| *name == wanted)
            .unwrap();
        let view = View {
            millis,
            look,
            form,
            lang,
            ..View::default()
        };
        let svg = scene::to_svg(&steps_stories::draw(&mut story, view), look).into_bytes();
        let name = format!("steps_{name}_{look:?}_{form:?}_{lang:?}.svg").to_lowercase();
        with_settings!({snapshot_path => "../goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            assert_binary_snapshot!(&name, svg);
        });
    }
}

/// Folding the records one by one, each call is seen after the record that tells it, not before,
/// and with that record's number.
#[test]
fn each_step_is_lit_by_its_record() {
    let (_, mut story, _) = steps_stories::stories()
        .into_iter()
        .find(|(name, ..)| *name == "closed")
        .unwrap();
    let mut state = State::default();
    let mut lit = Vec::new();
    for (record, _) in story.records() {
        let before = SocketCall::ALL.map(|call| call.seen(&state, Some(Conn(1))));
        state.apply(&record, Show::from_millis(record.at_nanos / 1_000_000));
        for (call, before) in SocketCall::ALL.into_iter().zip(before) {
            let after = call.seen(&state, Some(Conn(1)));
            if before != after {
                // What changes does so by this record.
                let told = after.moment().map(|moment| moment.seq);
                assert!(
                    told.is_none_or(|seq| seq == record.seq),
                    "{call:?}: {after:?}"
                );
            }
            if matches!(after, Seen::Returned(_)) && !lit.contains(&call) {
                lit.push(call);
            }
        }
    }
    use SocketCall::{
        Accept, Bind, ClientClose, ClientRead, ClientSocket, ClientWrite, Close, Connect, Listen,
        Read, Socket, Write,
    };
    let order = [
        Socket,
        Bind,
        Listen,
        ClientSocket,
        Connect,
        ClientWrite,
        Accept,
        Read,
        Write,
        ClientRead,
        Close,
        ClientClose,
    ];
    assert_eq!(lit, order);
}

/// Of somebody else's client nothing is lit, and nothing is said to be missing either.
#[test]
fn a_foreign_client_stays_dark() {
    let mut story = Story::new(
        "listening; accepted; arrived 20; read 1024 20; answered 20; wrote 42; fin; end; closed 0",
    );
    let (state, _) = story.after(5000);
    for call in SocketCall::ALL {
        let seen = call.seen(&state, Some(Conn(1)));
        let expect_unseen = call.end() == protocol::End::Client;
        assert_eq!(seen == Seen::Unseen, expect_unseen, "{call:?}: {seen:?}");
    }
}

/// Writes every situation to a folder, to be looked at:
/// `SCENE_LOOK=dir cargo test -p scene --test steps -- --ignored`.
#[test]
#[ignore = "for people"]
fn look() {
    let folder = std::env::var("SCENE_LOOK").unwrap();
    for (name, mut story, millis) in steps_stories::stories() {
        for look in Look::ALL {
            for form in [Form::Wide, Form::Upright] {
                for lang in [Lang::En, Lang::Zh] {
                    let view = View {
                        millis,
                        look,
                        form,
                        lang,
                        ..View::default()
                    };
                    let svg = scene::to_svg(&steps_stories::draw(&mut story, view), look);
                    let kind = format!("{folder}/{form:?}-{look:?}-{lang:?}").to_lowercase();
                    std::fs::create_dir_all(&kind).unwrap();
                    std::fs::write(format!("{kind}/{name}.svg"), svg).unwrap();
                }
            }
        }
    }
}
