//! The nine steps in named situations: each one lit in its turn, and what is in their way.
#![allow(dead_code)]

use scene::{Frame, Picture, Scene};

use super::support::{self, Story, View};

pub fn draw(story: &mut Story, view: View) -> Scene {
    support::draw(story, view, |frame| {
        scene::stage(&Frame {
            picture: Picture::Steps,
            ..*frame
        })
    })
}

/// Name, records, and how many milliseconds after the last fact it is looked at.
pub fn stories() -> Vec<(&'static str, Story, u64)> {
    let bound = "policy arrival; call socket; call bind";
    let listening = format!("{bound}; listening");
    let connecting = format!("{listening}; waiting 0; call client socket; connecting");
    let queued = format!("{connecting}; connected; tcp client established; waiting 1");
    let early = format!("{queued}; sent 20; sent 50; unaccepted 70");
    let accepted =
        format!("{early}; accepted; waiting 0; tcp server established; arrived 70 segments 2");
    let read = format!("{accepted}; read 1024 70");
    let wrote = format!("{read}; answered 70; wrote 92");
    let answered = format!("{wrote}; received 92");
    let fin = format!("{answered}; shutdown; tcp client fin_wait_2; fin; tcp server close_wait");
    let closed = format!("{fin}; end; closed 0; client_end; client_closed");
    let full = format!(
        "{listening}; call client socket; connecting; connecting conn 7; connecting conn 8; waiting 6; unaccepted 0 outside"
    );
    let foreign = "listening; policy arrival; accepted; tcp server established; arrived 20; read 1024 20; answered 20; wrote 42";
    let story = |name, script: &str, millis| (name, Story::new(script), millis);
    vec![
        story("nothing", "", 5000),
        story("socket", "policy arrival; call socket", 5000),
        story("bind", bound, 5000),
        story("listen", &listening, 5000),
        story(
            "client_socket",
            &format!("{listening}; waiting 0; call client socket"),
            5000,
        ),
        story("connecting", &connecting, 200),
        story("queued", &queued, 5000),
        story("early", &early, 5000),
        story("accepted", &format!("{early}; accepted; waiting 0"), 5000),
        story("read", &read, 5000),
        story("wrote", &wrote, 200),
        story("answered", &answered, 5000),
        story("fin", &fin, 5000),
        story("closed", &closed, 5000),
        story("full", &full, 5000),
        story(
            "refused",
            &format!("{listening}; call client socket; call client connect errno 111"),
            5000,
        ),
        story("reset", &format!("{accepted}; reset client"), 5000),
        story("foreign", foreign, 5000),
        story(
            "gap",
            "listening; policy arrival; accepted; dropped 12 arrived 50",
            5000,
        ),
    ]
}
