//! The server's program: a worker with a tray of BUFSIZE. The face follows what happens; small
//! gestures are computed from the show time, and only while something moves.

use model::{Moment, Ruler};
use protocol::ReadWhen;

use super::{
    Stage,
    reading::{self, Phase},
};
use crate::{
    Ink, Target,
    sketch::{BOLD, DRAWING, THIN, area, fitting, line, n, text},
    words,
};

/// Coat, apron, straw hat. The figure is drawn larger than life, so that a tray of a hundred
/// leaves the face free.
pub(super) fn figure(stage: &mut Stage) {
    let plan = stage.plan;
    let scale = plan.figure;
    let (x, lift) = reading::stance(stage);
    let (glance, drop) = glance(stage);
    let mood = mood(stage);
    let hop = greeting(stage) * 12.0 * scale;
    let blink = stage.motion.is_moving() && stage.motion.millis() % 2600.0 < 130.0;
    let half = plan.tray_width(stage.bufsize()) / 2.0;
    let sketch = &mut stage.sketch;
    let at = (x, plan.feet);
    for (d, ink) in [
        (
            "M-62 0L-54 -178Q-52 -214 -22 -220H22Q52 -214 54 -178L62 0Z",
            Some(Ink::Coat),
        ),
        ("M-44 0L-32 -160H32L44 0Z", Some(Ink::Apron)),
        ("M-32 -160L-20 -218M32 -160L20 -218", None),
        ("M-12 -250V-220Q0 -208 12 -220V-250Z", Some(Ink::Skin)),
    ] {
        sketch.path_at(d, at, scale, ink, THIN);
    }
    let head = (x + glance * scale, plan.feet + drop * scale);
    sketch.circle(
        (head.0, head.1 - 268.0 * scale),
        32.0 * scale,
        Ink::Skin,
        THIN,
    );
    // Cheeks, so that a face is alive in the last row too.
    for side in [-19.0, 19.0] {
        let cheek = (head.0 + (side + glance) * scale, head.1 - 254.0 * scale);
        sketch.circle(cheek, 5.0 * scale, Ink::Cheek, None);
    }
    for side in [-11.0, 11.0] {
        let eye = (
            head.0 + (side + glance * 1.1) * scale,
            head.1 + (drop - 264.0) * scale,
        );
        if blink {
            sketch.path_at(
                "M-4.5 0Q0 3 4.5 0",
                eye,
                scale,
                None,
                Some(line(Ink::Eye, DRAWING)),
            );
        } else {
            sketch.circle(eye, 3.4 * scale, Ink::Eye, None);
        }
    }
    let (mouth, fill) = match mood {
        Mood::Sad => ("M-6 -247Q0 -252 6 -247", None),
        Mood::Waiting => ("M-6 -249H6", None),
        Mood::Alarmed => (
            "M-4 -249A4 4.5 0 1 1 4 -249A4 4.5 0 1 1 -4 -249Z",
            Some(Ink::Eye),
        ),
        Mood::Content => ("M-8 -251Q0 -243 8 -251", None),
        Mood::Glad => (
            "M-8 -252Q0 -250 8 -252Q6 -244 0 -244Q-6 -244 -8 -252Z",
            Some(Ink::Eye),
        ),
    };
    sketch.path_at(
        mouth,
        (head.0 + glance * 0.7 * scale, head.1),
        scale,
        fill,
        Some(line(Ink::Eye, DRAWING)),
    );
    let hat = (head.0, head.1 - hop);
    for (d, ink) in [
        ("M-35 -284C-34 -334 34 -334 35 -284Z", Ink::Straw),
        ("M-35.5 -296Q0 -290 35.5 -296L36 -282H-36Z", Ink::Coat),
        ("M-66 -277Q0 -302 66 -277Q0 -264 -66 -277Z", Ink::Straw),
    ] {
        sketch.path_at(d, hat, scale, ink, THIN);
    }
    for side in [-1.0, 1.0] {
        let shoulder = (x + side * 46.7 * scale, plan.feet - 197.5 * scale);
        let hand = (x + side * (half - 3.0), plan.tray_y - lift + 5.0 * scale);
        let arm = format!(
            "M{} {}C{} {} {} {} {} {}",
            n(shoulder.0),
            n(shoulder.1),
            n(shoulder.0 + side * 35.0 * scale),
            n(shoulder.1 + 18.0 * scale),
            n(hand.0 - side * 15.0 * scale),
            n(hand.1 - 37.0 * scale),
            n(hand.0),
            n(hand.1)
        );
        sketch.limb(arm, 20.8 * scale, Ink::Coat);
    }
}

enum Mood {
    Content,
    Glad,
    Waiting,
    Alarmed,
    Sad,
}

/// What the face says: a reset is sad, a full buffer alarms, an answer that leaves is a joy.
fn mood(stage: &Stage) -> Mood {
    let sent = stage.server().and_then(|end| last(&end.wrote));
    if stage.is_torn() {
        Mood::Sad
    } else if within(stage, sent, 1400.0) {
        Mood::Glad
    } else if stage.window_is_shut() {
        Mood::Alarmed
    } else if stage.policy().read_when == ReadWhen::Held {
        Mood::Waiting
    } else {
        Mood::Content
    }
}

/// Who comes in is greeted, and a full bag too: the hat hops. 0 is at rest.
fn greeting(stage: &Stage) -> f64 {
    let Some(server) = stage.server().filter(|_| !stage.motion.is_reduced()) else {
        return 0.0;
    };
    [server.opened, last(&server.bagged)]
        .into_iter()
        .flatten()
        .map(|moment| stage.motion.progress(moment, 0.0, 450.0))
        .map(|p| (std::f64::consts::PI * p).sin())
        .fold(0.0, f64::max)
}

fn last(ruler: &Ruler) -> Option<Moment> {
    ruler.last().map(|cut| cut.moment)
}

fn within(stage: &Stage, moment: Option<Moment>, millis: f64) -> bool {
    moment.is_some_and(|moment| stage.motion.is_within(moment, millis))
}

/// Where the worker looks: across and down, in units of the figure.
fn glance(stage: &Stage) -> (f64, f64) {
    let Some(server) = stage.server() else {
        return (0.0, 0.0);
    };
    let buffer = if stage.plan.is_wide() { -4.0 } else { 4.0 };
    let bag = if stage.plan.is_wide() {
        (4.0, 0.0)
    } else {
        (0.0, 3.0)
    };
    let answered = server.answers.back().map(|answer| answer.moment);
    if stage.motion.is_reduced() {
        (0.0, 0.0)
    } else if reading::phase(stage) == Some(Phase::Taking) {
        (buffer, 2.0)
    } else if reading::phase(stage) == Some(Phase::Tipping) {
        bag
    } else if within(stage, last(&server.wrote), 1400.0) {
        (buffer, 3.0)
    } else if within(stage, answered, 760.0) {
        (bag.0, bag.1 + 2.0)
    } else if within(stage, last(&server.arrived), 900.0) {
        (buffer, -1.0)
    } else {
        (0.0, 0.0)
    }
}

/// As wide as BUFSIZE is large, with what the program says on its face.
pub(super) fn tray(stage: &mut Stage) {
    let plan = stage.plan;
    let (x, lift) = reading::stance(stage);
    let bufsize = stage.bufsize();
    let width = plan.tray_width(bufsize);
    let (half, high) = (width / 2.0, plan.tray_height);
    let y = plan.tray_y - lift;
    let slope = high * 0.24;
    let sketch = &mut stage.sketch;
    sketch.path_at(
        format!(
            "M{} 0L{} {high}H{}L{} 0Z",
            n(-half),
            n(slope - half),
            n(half - slope),
            n(half)
        ),
        (x, y),
        1.0,
        Ink::Wood,
        BOLD,
    );
    let over = high * 0.1;
    sketch.path_at(
        format!("M{} 0H{}", n(-half - over), n(half + over)),
        (x, y),
        1.0,
        None,
        BOLD,
    );
    let hand = 11.7 * plan.figure;
    for side in [-1.0, 1.0] {
        let at = (x + side * (half - 3.0), y + hand * 1.07);
        sketch.circle(at, hand, Ink::Skin, THIN);
    }
    let words = words::recv(bufsize);
    let room = width - 2.2 * hand;
    let size = fitting(&words, stage.size.tray, room * 0.95).max(stage.size.least);
    stage.sketch.text(
        text(words, (x, y + high / 2.0 + size * 0.36), size)
            .bold()
            .mono()
            .middle()
            .within(room),
    );
    if let Some(cut) = stage.server().and_then(|end| end.read.last()) {
        stage.sketch.hit(
            area(x - half, y, width, high),
            Target::Record(cut.moment.seq),
        );
    }
}
