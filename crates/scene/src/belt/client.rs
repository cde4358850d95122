//! The client: a stall with a person who sends, the slip of what was sent, and at its foot the
//! answers that came back. Of somebody else's program we know no sends: it has no slip. On a phone
//! there is room for the person's head and the slip in one line.

use model::{Connection, Cut, EndState};
use protocol::{End, Source};

use super::Stage;
use crate::{
    Fruit, Ink, Shape, Target,
    motion::{ease, swing},
    sketch::{DRAWING, THIN, area, dashed, fitting, guessed_width, line, run, runs, text, trace},
    words::{self, Label},
};

/// How many sends the slip lists.
const SLIP_ROWS: usize = 3;

pub(super) fn draw(stage: &mut Stage) {
    let Some(connection) = stage.connection else {
        vacant(stage);
        return;
    };
    person(stage, connection);
    match (&connection.client, stage.plan.is_wide()) {
        (Some(client), true) => slip(stage, connection, client),
        (Some(client), false) => line_of_sends(stage, connection, client),
        (None, _) => stranger(stage, connection),
    }
}

/// The dotted place where a client will be.
fn vacant(stage: &mut Stage) {
    let dots = Some(dashed(Ink::Ink, 3.5, 2.0, 10.0));
    if stage.plan.is_wide() {
        stage.sketch.path("M40 112H232V640H40Z", None, dots);
    } else {
        stage.sketch.path("M10 8H380V40H10Z", None, dots);
        let words = text(stage.label(Label::Client), (195.0, 29.0), stage.size.band);
        stage.sketch.text(words.quiet().middle().within(300.0));
    }
}

/// The stall stands in front of the belt's end, so that fruit come out from behind its post.
pub(super) fn front(stage: &mut Stage) {
    if stage.connection.is_none() || !stage.plan.is_wide() {
        return;
    }
    let sketch = &mut stage.sketch;
    sketch.rect(area(40.0, 238.0, 212.0, 14.0), 0.0, Ink::Wood, THIN);
    sketch.path("M46 108H58V640H46ZM234 108H246V640H234Z", Ink::Wood, THIN);
    sketch.path("M30 74H262L274 112H18Z", Ink::Apron, THIN);
    sketch.path(
        "M30 74H68.7L60.7 112H18ZM107.4 74H146.1V112H103.4ZM184.8 74H223.5L231.5 112H188.8Z",
        Ink::Coat,
        None,
    );
    sketch.path("M30 74H262L274 112H18Z", None, THIN);
    for index in 0..6 {
        let ink = if index % 2 == 0 {
            Ink::Coat
        } else {
            Ink::Apron
        };
        sketch.path_at(
            "M0 0a21.33 17 0 0 0 42.67 0Z",
            (18.0 + f64::from(index) * 42.67, 112.0),
            1.0,
            ink,
            THIN,
        );
    }
}

/// What the person at the stall is doing.
struct Pose {
    /// 0 at rest, 1 with the hand on the belt.
    push: f64,
    /// 0 at rest, 1 with the hand up: an answer came.
    wave: f64,
    /// Across and down.
    glance: (f64, f64),
    glad: bool,
    sad: bool,
}

fn pose(stage: &Stage, connection: &Connection) -> Pose {
    let motion = &stage.motion;
    let ours = connection.client.as_ref();
    let sent = ours.and_then(|end| end.wrote.last()).map(|cut| cut.moment);
    let got = ours.and_then(|end| end.read.last()).map(|cut| cut.moment);
    let still = motion.is_reduced();
    let p = sent.map_or(1.0, |moment| motion.progress(moment, 0.0, 500.0));
    let came = got.is_some_and(|moment| motion.is_within(moment, 1200.0));
    let w = got.map_or(1.0, |moment| motion.progress(moment, 0.0, 1100.0));
    let riding = sent.is_some_and(|moment| motion.is_within(moment, 900.0));
    Pose {
        push: if still { 0.0 } else { 1.0 - ease(p) },
        wave: if still || w >= 1.0 {
            0.0
        } else {
            ease((w * 5.0).min(1.0)) * ease(((1.0 - w) * 5.0).min(1.0))
        },
        // The eyes follow what was sent, and what came back.
        glance: match (still, came, riding) {
            (true, ..) => (2.0, 0.0),
            (_, true, _) => (0.0, 3.0),
            (_, _, true) => (4.0, 0.5),
            _ => (2.0, 0.0),
        },
        glad: came,
        sad: matches!(connection.reset(), Some((End::Server, _))),
    }
}

/// Somebody stands behind the counter. Their hand goes to the belt when they send, and up when an
/// answer comes. Whoever has closed is gone.
fn person(stage: &mut Stage, connection: &Connection) {
    let ours = connection.client.as_ref();
    if ours.is_some_and(|end| end.closed.is_some()) {
        return;
    }
    let Pose {
        push,
        wave,
        glance,
        glad,
        sad,
    } = pose(stage, connection);
    let wide = stage.plan.is_wide();
    let (clothes, hair) = if ours.is_some() {
        (Ink::Apron, Ink::Brown)
    } else {
        (Ink::Post, Ink::Belt)
    };
    // The middle of the head.
    let (at, scale) = if wide {
        ((104.0, 176.0), 1.0)
    } else {
        ((21.0, 27.0), 0.42)
    };
    let swing = swing(stage.motion.millis() / 565.0) * 12.0 * wave;
    let sketch = &mut stage.sketch;
    if wide {
        sketch.path_at(
            "M-38 64C-40 38 -26 29 0 29C26 29 40 38 38 64Z",
            at,
            scale,
            clothes,
            THIN,
        );
        sketch.path_at("M-10 22V32Q0 42 10 32V22Z", at, scale, Ink::Skin, THIN);
    }
    sketch.circle(at, 25.0 * scale, Ink::Skin, THIN);
    sketch.path_at(
        "M-25 2C-30 -36 30 -36 25 2C20 -10 16 -14 4 -15C-8 -10 -20 -10 -25 2Z",
        at,
        scale,
        hair,
        THIN,
    );
    sketch.circle((at.0, at.1 - 26.0 * scale), 9.0 * scale, hair, THIN);
    for x in [-15.0, 15.0] {
        let cheek = (
            at.0 + (x + glance.0) * scale,
            at.1 + (9.0 + glance.1 * 0.5) * scale,
        );
        sketch.circle(cheek, 4.0 * scale, Ink::Cheek, None);
    }
    for x in [-8.0, 8.0] {
        let eye = (
            at.0 + (x + glance.0) * scale,
            at.1 + (2.0 + glance.1) * scale,
        );
        sketch.circle(eye, 2.8 * scale, Ink::Eye, None);
    }
    let (mouth, fill) = if sad {
        ("M-5 15Q1 10 7 15", None)
    } else if glad {
        ("M-7 11Q1 13 9 11Q7 20 1 20Q-5 20 -7 11Z", Some(Ink::Eye))
    } else {
        ("M-5 12Q1 17 7 12", None)
    };
    let mouth_at = (
        at.0 + (glance.0 - 1.0) * scale,
        at.1 + glance.1 * 0.4 * scale,
    );
    sketch.path_at(mouth, mouth_at, scale, fill, Some(line(Ink::Eye, DRAWING)));
    if wide {
        let hand = (150.0 + 24.0 * push + swing, 203.0 - 62.0 * wave);
        let arm = trace(
            "M128 216C136 228 # # # #",
            &[
                144.0 + 8.0 * wave,
                222.0 - 20.0 * wave,
                hand.0 - 4.0,
                hand.1,
            ],
        );
        sketch.limb(arm, 13.0, clothes);
        sketch.circle(hand, 8.0, Ink::Skin, THIN);
    }
}

/// The last sends, and how many were before them.
fn last_sends(client: &EndState) -> (Vec<&Cut>, u64) {
    let mut shown: Vec<&Cut> = client.wrote.cuts().rev().take(SLIP_ROWS).collect();
    shown.reverse();
    let times: u64 = shown.iter().map(|cut| u64::from(cut.times)).sum();
    (shown, client.wrote.total.times.saturating_sub(times))
}

fn icon(cut: &Cut) -> Fruit {
    if cut.is_blurred() {
        Fruit::Crate
    } else {
        Fruit::of_batch(cut.ordinal)
    }
}

/// What our client sent: fruit and count, the last ones.
fn slip(stage: &mut Stage, connection: &Connection, client: &EndState) {
    let (shown, earlier) = last_sends(client);
    let words = stage.label(Label::Sent);
    let size = stage.size;
    let half = guessed_width(words, size.band) / 2.0;
    let y = 275.0;
    stage.mark(
        Source::Measured,
        (146.0 - half - size.mark - 4.0, y - size.band * 0.3),
    );
    stage.sketch.text(
        text(words, (150.0, y), size.band)
            .quiet()
            .middle()
            .within(140.0),
    );
    if shown.is_empty() {
        return;
    }
    let foot = 308.0 + 54.0 * shown.len() as f64;
    let teeth: String = (1..=6)
        .map(|tooth| {
            let x = 218.0 - 24.0 * f64::from(tooth);
            trace("L# #L# #", &[x + 12.0, foot - 8.0, x, foot])
        })
        .collect();
    stage.sketch.path(
        trace("M74 286H218V#", &[foot]) + &teeth + "Z",
        Ink::Bag,
        THIN,
    );
    for (row, cut) in shown.into_iter().enumerate() {
        let y = 322.0 + row as f64 * 54.0;
        send(
            stage,
            connection,
            cut,
            area(78.0, y - 26.0, 136.0, 52.0),
            42.0,
        );
    }
    if earlier > 0 {
        let words = words::and_earlier(earlier, stage.frame.lang);
        let fitted = fitting(&words, size.small, 168.0).max(size.least);
        stage.sketch.text(
            text(words, (146.0, foot + 24.0), fitted)
                .quiet()
                .middle()
                .within(170.0),
        );
    }
}

/// One send: its fruit and its count.
fn send(
    stage: &mut Stage,
    connection: &Connection,
    cut: &Cut,
    at: crate::sketch::Area,
    icon_size: f64,
) {
    let middle = at.y + at.h / 2.0;
    stage.sketch.shapes.push(Shape::Sprite {
        fruit: icon(cut),
        x: at.x + 5.0 + icon_size / 2.0,
        y: middle,
        size: icon_size,
        turn: 0.0,
        character: None,
        opacity: 1.0,
    });
    let number = words::number(cut.bytes());
    let room = at.w - icon_size - 16.0;
    let wanted = stage.size.number2.min(at.h);
    let size = fitting(&number, wanted, room).max(stage.size.least);
    // In a column numbers stand over one another, in a line beside their fruit.
    let y = middle + size * 0.36;
    let words = if stage.plan.is_wide() {
        text(number, (at.x + at.w - 8.0, y), size).end()
    } else {
        text(number, (at.x + icon_size + 10.0, y), size)
    };
    stage.sketch.text(words.bold().within(room));
    stage.sketch.hit(
        at,
        Target::Bytes {
            conn: connection.conn,
            from: cut.from,
            to: cut.to,
        },
    );
}

/// The slip in one line, beside the head.
fn line_of_sends(stage: &mut Stage, connection: &Connection, client: &EndState) {
    let (shown, earlier) = last_sends(client);
    let size = stage.size;
    stage.mark(Source::Measured, (44.0, 14.0));
    let who = run(stage.label(Label::Client), size.band).quiet();
    let did = run(stage.label(Label::Sent), size.band).quiet();
    let words = runs(vec![who, did.after(4.0)], (52.0, 19.0), 96.0);
    stage.sketch.line(words);
    for (index, cut) in shown.into_iter().enumerate() {
        let x = 150.0 + index as f64 * 79.0;
        send(stage, connection, cut, area(x, 1.0, 78.0, 26.0), 23.0);
    }
    if earlier > 0 {
        let words = words::and_earlier(earlier, stage.frame.lang);
        let words = text(words, (152.0, 42.0), size.small);
        stage.sketch.text(words.quiet().within(84.0));
    }
}

/// Somebody else's program: who it is, and that nobody tells us what it sends.
fn stranger(stage: &mut Stage, connection: &Connection) {
    let lines = [
        stage.label(Label::SomebodyElse),
        stage.label(Label::SomebodyElse2),
    ];
    let size = stage.size;
    if stage.plan.is_wide() {
        for (index, words) in lines.into_iter().enumerate() {
            let y = 292.0 + index as f64 * size.band * 1.3;
            let fitted = fitting(words, size.band, 168.0).max(size.least);
            let words = text(words, (146.0, y), fitted);
            stage.sketch.text(words.quiet().middle().within(170.0));
        }
        // Host and port each on its own line: a wall needs large digits.
        let lines = words::address_lines(&connection.client_addr, stage.frame.lang);
        for (index, words) in lines.into_iter().enumerate() {
            let y = 362.0 + index as f64 * size.small * 1.3;
            let words = text(words, (146.0, y), size.small);
            stage
                .sketch
                .text(words.mono().quiet().middle().within(172.0));
        }
    } else {
        let join = if lines[0].ends_with('，') { "" } else { " " };
        let words = lines.join(join);
        let words = text(words, (44.0, 19.0), size.small);
        stage.sketch.text(words.quiet().within(200.0));
        let addr = words::whole_address(&connection.client_addr, stage.frame.lang);
        let words = text(addr, (384.0, 19.0), size.least);
        stage.sketch.text(words.mono().quiet().end().within(140.0));
    }
}

/// What the client has read of the answers: under them at the stall's foot, on a phone in the
/// client's line.
pub(super) fn received(stage: &mut Stage, connection: &Connection) {
    let Some(client) = &connection.client else {
        return;
    };
    let bytes = client.read.total.bytes;
    let Some(last) = client.read.last().filter(|_| bytes > 0) else {
        return;
    };
    let size = stage.size;
    let words = stage.label(Label::Received);
    let (mark, at, room) = if stage.plan.is_wide() {
        ((70.0, 519.0), (81.0, 526.0), 150.0)
    } else {
        ((44.0, 37.0), (52.0, 42.0), 97.0)
    };
    stage.mark(Source::Measured, mark);
    let number = run(words::number(bytes), size.band).bold();
    let words = run(words, size.small).quiet().after(6.0);
    stage.sketch.line(runs(vec![number, words], at, room));
    stage.sketch.hit(
        area(at.0, at.1 - size.band, room, size.band * 1.3),
        Target::Record(last.moment.seq),
    );
}
