//! What went from one end to the other: drawn only where it was observed. A dashed arrow has been
//! seen to leave, a whole one to come.

use model::{EndState, Moment, SocketCall};
use protocol::End;

use super::Stage;
use crate::{
    Fruit, Ink, Shape,
    motion::ease,
    sketch::{EDGE, dashed, fitting, guessed_width, line, text, trace},
    words,
};

/// How long an arrow grows, milliseconds.
const GROW_MS: f64 = 500.0;

/// One arrow: between which x, at which height, and how much is known of it.
struct Arrow {
    from: f64,
    to: f64,
    y: f64,
    /// Seen to have come; otherwise it was only seen to leave, and ends half-way.
    has_come: bool,
    since: Option<Moment>,
    ink: Ink,
}

pub(super) fn draw(stage: &mut Stage) {
    handshake(stage);
    accept(stage);
    out(stage);
    back(stage);
    ends(stage);
}

/// The edges between which arrows run.
fn edges(stage: &Stage) -> (f64, f64) {
    let kernel = stage.layout.kernel;
    let gap = stage.layout.sizes.number * 0.3;
    (kernel.x + gap, kernel.x + kernel.w - gap)
}

/// connect: its call stands for the SYN, its return for the handshake.
fn handshake(stage: &mut Stage) {
    let lang = stage.frame.lang;
    let sizes = stage.layout.sizes;
    let (left, right) = edges(stage);
    let is_wide = stage.layout.is_wide();
    let to = match is_wide {
        true => right - 352.0,
        false => right,
    };
    let y = stage.layout.middle(3);
    let seen = SocketCall::Connect.seen(stage.frame.state, stage.conn);
    let (has_come, since, words) = match seen {
        model::Seen::Waits(moment) => (false, Some(moment), words::steps::syn(false, lang)),
        model::Seen::Returned(moment) => (true, Some(moment), words::steps::syn(true, lang)),
        _ if stage.is_foreign() => (true, None, words::steps::syn_of_others(lang)),
        _ => return,
    };
    let ink = Ink::Ink;
    let arrow = Arrow {
        from: left,
        to,
        y,
        has_come,
        since,
        ink,
    };
    arrow.draw(stage);
    // Words above the line and below it.
    let room = to - left - sizes.small;
    let middle = (left + to) / 2.0;
    for (words, y) in words
        .into_iter()
        .zip([y - sizes.small * 0.55, y + sizes.small * 1.2])
    {
        if words.is_empty() || !is_wide && y > arrow.y {
            continue;
        }
        let size = fitting(words, sizes.small, room).max(sizes.least);
        let words = text(words, (middle, y), size).middle();
        stage.sketch.text(words.within(room));
    }
}

/// From the queue to the program.
fn accept(stage: &mut Stage) {
    let model::Seen::Returned(moment) = SocketCall::Accept.seen(stage.frame.state, stage.conn)
    else {
        return;
    };
    let (_, right) = edges(stage);
    let y = stage.layout.middle(4);
    let from = match stage.layout.is_wide() {
        // From the last place.
        true => super::queue::last_place(stage),
        false => right - 16.0,
    };
    let ink = Ink::Ink;
    Arrow {
        from,
        to: right,
        y,
        has_come: true,
        since: Some(moment),
        ink,
    }
    .draw(stage);
    if stage.layout.is_wide() {
        let d = trace("M# #V#", &[from, stage.layout.middle(3) + 26.0, y]);
        stage.sketch.path(d, None, Some(line(Ink::Ink, EDGE)));
    }
}

/// The client's bytes.
fn out(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        return;
    };
    let here = connection.here_bytes();
    let sent = connection
        .client
        .as_ref()
        .map_or(0, |end| end.wrote.total.bytes);
    if here == 0 && sent == 0 {
        return;
    }
    let (left, right) = edges(stage);
    let last = |of: fn(&EndState) -> &model::Ruler, end: Option<&EndState>| {
        end.and_then(|end| of(end).last()).map(|cut| cut.moment)
    };
    let since = match here {
        0 => last(|end| &end.wrote, stage.client()),
        _ => last(|end| &end.arrived, stage.server()),
    };
    let segments = stage.server().map_or(0, |end| end.segments);
    let read = stage.server().map_or(0, |end| end.read.total.bytes);
    let lang = stage.frame.lang;
    let lines = [
        words::steps::arrived(here, sent, segments, stage.layout.is_wide(), lang),
        words::steps::still_waits(here.saturating_sub(read), lang),
    ];
    let y = stage.layout.middle(5);
    let ink = Ink::Ink;
    let arrow = Arrow {
        from: left,
        to: right,
        y,
        has_come: here > 0,
        since,
        ink,
    };
    arrow.draw(stage);
    if stage.layout.is_wide() {
        fruit(stage, y, &lines[0]);
    }
    labels(stage, y, lines);
}

/// The server's answer.
fn back(stage: &mut Stage) {
    let Some(server) = stage.server().filter(|end| end.wrote.total.bytes > 0) else {
        return;
    };
    let wrote = server.wrote.total.bytes;
    let got = stage
        .client()
        .map(|end| end.arrived.total.bytes.max(end.read.total.bytes));
    let (left, right) = edges(stage);
    let since = server.wrote.last().map(|cut| cut.moment);
    let y = stage.layout.middle(6);
    let has_come = got.is_some_and(|got| got > 0);
    let ink = Ink::Ink;
    Arrow {
        from: right,
        to: left,
        y,
        has_come,
        since,
        ink,
    }
    .draw(stage);
    let lang = stage.frame.lang;
    let is_wide = stage.layout.is_wide();
    labels(stage, y, words::steps::answered(wrote, got, is_wide, lang));
}

/// FIN, from either side, or RST.
fn ends(stage: &mut Stage) {
    let (left, right) = edges(stage);
    let y = stage.layout.middle(7);
    let lang = stage.frame.lang;
    if let Some((by, moment)) = stage.connection.and_then(|it| it.reset()) {
        let (from, to) = match by {
            End::Client => (left, right),
            End::Server => (right, left),
        };
        let (has_come, ink) = (true, Ink::Bad);
        Arrow {
            from,
            to,
            y,
            has_come,
            since: Some(moment),
            ink,
        }
        .draw(stage);
        let rst = words::steps::reset(lang).to_string();
        return labels(stage, y, [rst, String::new()]);
    }
    let apart = stage.layout.sizes.small * 0.72;
    for (by, y) in [(End::Client, y - apart), (End::Server, y + apart)] {
        let (own, other) = match by {
            End::Client => (stage.client(), stage.server()),
            End::Server => (stage.server(), stage.client()),
        };
        let seen = other.and_then(|end| end.shut_by_peer.or(end.end_of_stream));
        let left_at = own.and_then(|end| end.shut_by_self.or(end.closed.map(|(_, at)| at)));
        let Some(since) = seen.or(left_at) else {
            continue;
        };
        let (from, to) = match by {
            End::Client => (left, right),
            End::Server => (right, left),
        };
        let has_come = seen.is_some();
        Arrow {
            from,
            to,
            y,
            has_come,
            since: Some(since),
            ink: Ink::Ink,
        }
        .draw(stage);
        // The name interrupts its line, near its beginning.
        let size = stage.layout.sizes.small;
        let x = from + (to - from) * 0.28;
        let wide = guessed_width("FIN", size) + size;
        let gap = crate::sketch::area(x - wide / 2.0, y - size * 0.5, wide, size);
        stage.sketch.rect(gap, 0.0, Ink::Kernel, None);
        let words = text("FIN", (x, y + size * 0.36), size).bold().middle();
        stage.sketch.text(words);
    }
}

/// The fruit of the last sends, before the words in the middle of an arrow.
fn fruit(stage: &mut Stage, y: f64, words: &str) {
    let Some(batches) = stage.connection.and_then(|it| it.batches()) else {
        return;
    };
    let size = stage.layout.sizes.small * 1.5;
    let (left, right) = edges(stage);
    let half = guessed_width(words, stage.layout.sizes.small * 1.1) * 0.54;
    let mut x = (left + right) / 2.0 - half - size * 0.75;
    for cut in batches.cuts().rev().take(3) {
        let fruit = match cut.is_blurred() {
            true => Fruit::Crate,
            false => Fruit::of_batch(cut.ordinal),
        };
        stage.sketch.shapes.push(Shape::Sprite {
            fruit,
            x,
            y: y - size * 0.62,
            size,
            turn: 0.0,
            character: None,
            opacity: 1.0,
        });
        x -= size * 1.05;
    }
}

/// Above the line, and below it.
fn labels(stage: &mut Stage, y: f64, lines: [String; 2]) {
    let sizes = stage.layout.sizes;
    let (left, right) = edges(stage);
    let room = right - left - sizes.small * 2.0;
    let places = [y - sizes.small * 0.55, y + sizes.small * 1.2];
    for (index, (words, y)) in lines.into_iter().zip(places).enumerate() {
        let size = fitting(&words, sizes.small * 1.1, room).max(sizes.least);
        let words = text(words, ((left + right) / 2.0, y), size)
            .middle()
            .within(room);
        stage
            .sketch
            .text(if index == 0 { words.bold() } else { words });
    }
}

impl Arrow {
    fn draw(&self, stage: &mut Stage) {
        let p = self.since.map_or(1.0, |since| {
            ease(stage.motion.progress(since, 0.0, GROW_MS))
        });
        let end = match self.has_come {
            true => self.to,
            // It was not seen to come: it ends on the way.
            false => self.from + (self.to - self.from) * 0.88,
        };
        let tip = self.from + (end - self.from) * p;
        let head = stage.layout.sizes.number * 0.55 * (self.to - self.from).signum();
        let stroke = match self.has_come {
            true => line(self.ink, EDGE),
            false => dashed(self.ink, EDGE, 10.0, 8.0),
        };
        let d = trace("M# #H#", &[self.from, self.y, tip]);
        stage.sketch.path(d, None, Some(stroke));
        let d = trace(
            "M# #L# #L# #",
            &[
                tip - head,
                self.y - head.abs() * 0.75,
                tip,
                self.y,
                tip - head,
                self.y + head.abs() * 0.75,
            ],
        );
        stage.sketch.path(d, None, Some(line(self.ink, EDGE)));
    }
}
