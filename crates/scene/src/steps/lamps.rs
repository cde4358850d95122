//! The TCP states of both ends as lamps: the kernel's business, and said how they are known.

use protocol::{End, Source, TcpState};

use super::Stage;
use crate::{
    Ink,
    sketch::{BOLD, DRAWING, line, text},
    words,
};

/// One lamp: whose, and what it says.
struct Lamp {
    label: &'static str,
    state: Option<(TcpState, Source)>,
    /// Said in place of a state.
    instead: &'static str,
    at: (f64, f64),
}

pub(super) fn draw(stage: &mut Stage) {
    let lang = stage.frame.lang;
    let state = stage.frame.state;
    let kernel = stage.layout.kernel;
    let is_wide = stage.layout.is_wide();
    // Two columns on a wall, one on a phone.
    let x = |right: bool| match (is_wide, right) {
        (true, false) => kernel.x + 24.0,
        (true, true) => kernel.x + kernel.w * 0.55,
        (false, _) => kernel.x + 8.0,
    };
    let row = |wide: u32, upright: u32| if is_wide { wide } else { upright };
    let of = |end: End| stage.conn.and_then(|conn| state.tcp_state(conn, end));
    let instead = |end: End| {
        let socket = stage.connection.and_then(|it| it.end(end));
        let is_closed = socket.is_some_and(|end| end.closed.is_some());
        let is_unseen = end == End::Client && stage.is_foreign();
        words::steps::no_state(is_closed, is_unseen, lang)
    };
    let listening = state.listener.is_some();
    let lamps = [
        Lamp {
            label: words::steps::socket_of(Some(End::Client), lang),
            state: of(End::Client),
            instead: instead(End::Client),
            at: (x(false), stage.layout.top(row(0, 0))),
        },
        Lamp {
            label: words::steps::socket_of(None, lang),
            // That it listens follows from listen(2) having returned.
            state: listening.then_some((TcpState::Listen, Source::Derived)),
            instead: words::steps::no_state(false, false, lang),
            at: (x(true), stage.layout.top(row(0, 1))),
        },
        Lamp {
            label: words::steps::socket_of(Some(End::Server), lang),
            state: of(End::Server),
            instead: instead(End::Server),
            at: (x(true), stage.layout.top(row(1, 2))),
        },
    ];
    for lamp in lamps {
        lamp.draw(stage);
    }
}

impl Lamp {
    fn draw(self, stage: &mut Stage) {
        let sizes = stage.layout.sizes;
        let (x, y) = self.at;
        let round = sizes.lamp * 0.5;
        let label_y = y + sizes.small * 0.95;
        let state_y = label_y + sizes.lamp * 1.12;
        let source = self.state.map_or(Source::Unavailable, |(_, source)| source);
        let left = x + round * 2.6;
        let kernel = stage.layout.kernel;
        let room = match stage.layout.is_wide() {
            true => kernel.w * 0.44 - round * 2.6,
            false => kernel.w - 12.0 - round * 2.6,
        };
        stage.mark(source, (x + round, label_y - sizes.small * 0.33));
        let label = text(self.label, (left, label_y), sizes.small).quiet();
        stage.sketch.text(label.within(room));
        let spot = (x + round, state_y - sizes.lamp * 0.36);
        let (glow, ink, words) = match self.state {
            Some((TcpState::Established | TcpState::Listen, _)) => {
                (Some(Ink::Straw), Ink::Ink, None)
            }
            Some((TcpState::Close, _)) => (Some(Ink::Bad), Ink::Bad, None),
            Some(_) => (Some(Ink::Paper), Ink::Ink, None),
            None => (None, Ink::Ink2, Some(self.instead)),
        };
        let rim = match glow {
            Some(_) => BOLD,
            None => Some(line(Ink::Ink2, DRAWING)),
        };
        stage.sketch.circle(spot, round, glow, rim);
        let name = self.state.map(|(state, _)| words::state_name(state));
        let state = text(
            words.or(name).unwrap_or_default(),
            (left, state_y),
            sizes.lamp,
        )
        .ink(ink);
        let state = match name {
            Some(_) => state.bold(),
            None => state,
        };
        stage.sketch.text(state.within(room));
    }
}
