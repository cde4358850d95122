//! The letter box, which is the kernel's receive buffer, and the program that takes one parcel out
//! of it at a time.

use model::{Fate, Received};
use protocol::Source;

use super::{FALL_MS, LIFT_MS, RIDE_MS, Stage, parcel::Parcel, say};
use crate::{
    Ink, Target,
    motion::{cubic_in, ease, lerp},
    sketch::{EDGE, THIN, WALL, area, fitting, line, text, trace},
};

/// So many parcels are drawn in the letter box.
const SHOWN_MAX: usize = 16;

pub(super) fn draw(stage: &mut Stage) {
    let waiting = letter_box(stage);
    worker(stage);
    taken(stage, waiting);
}

/// The box, what stands in it, and the kernel's memory behind it. How many stand there.
fn letter_box(stage: &mut Stage) -> usize {
    let (plan, lang) = (&stage.plan, stage.frame.lang);
    let at = plan.letter_box;
    let (name, number, small) = plan.words;
    stage.sketch.rect(
        at,
        6.0 * plan.size,
        Ink::Well,
        Some(line(Ink::Ink, WALL * plan.size.max(0.6))),
    );
    // The slot, where the road ends.
    let slot = trace(
        "M# #V#",
        &[
            at.x,
            // Never above the box, where its name stands.
            (plan.road - 60.0 * plan.size).max(at.y + WALL),
            plan.road - 6.0 * plan.size,
        ],
    );
    stage.sketch.path(
        slot,
        None,
        Some(line(Ink::Well, WALL * 1.6 * plan.size.max(0.6))),
    );
    let title = say::letter_box(lang);
    let head = (at.x, at.y - small * 0.6);
    stage
        .sketch
        .text(text(title, head, name).bold().within(at.w));
    let under_way: Vec<Parcel> = waiting(stage);
    let (plan, sketch) = (&stage.plan, &mut stage.sketch);
    let pitch = (at.w / plan.columns as f64, plan.high() * 1.25);
    for (index, parcel) in under_way.iter().take(SHOWN_MAX).enumerate() {
        let (row, column) = (index as u64 / plan.columns, index as u64 % plan.columns);
        let spot = (
            at.x + pitch.0 * (column as f64 + 0.5),
            at.y + at.h - 8.0 * plan.size - row as f64 * pitch.1,
        );
        if spot.1 - plan.high() > at.y {
            let all = (0, parcel.bytes);
            parcel.part(sketch, plan, spot, all);
        }
    }
    let mut y = at.y + at.h + number * 1.25;
    let ours = stage.client.is_some_and(|client| client.ours.is_some());
    let count = under_way.iter().map(|it| u64::from(it.times)).sum();
    if ours && !stage.is_bad_road() {
        let words = say::waiting(count, lang);
        stage.sketch.mark(
            Source::Derived,
            (at.x + small * 0.3, y - small * 0.34),
            small * 0.28,
        );
        let place = (at.x + small, y);
        stage
            .sketch
            .text(text(words, place, small).within(at.w - small));
        y += small * 1.35;
    }
    if let Some((queue, moment)) = stage.datagrams.queue
        && let Some((used, limit)) = queue.kernel_memory.zip(queue.kernel_memory_limit)
    {
        let words = say::memory(used, limit, lang);
        let size = fitting(&words, small, at.w - small);
        stage.sketch.mark(
            Source::Measured,
            (at.x + small * 0.3, y - small * 0.34),
            small * 0.28,
        );
        let place = (at.x + small, y);
        stage
            .sketch
            .text(text(words, place, size).within(at.w - small));
        let track = area(at.x, y + small * 0.5, at.w, small * 0.6);
        let share = (used as f64 / (limit.max(1)) as f64).min(1.0);
        stage.sketch.rect(track, 3.0, Ink::Track, THIN);
        let full = area(track.x, track.y, track.w * share, track.h);
        let ink = match share > 0.9 {
            true => Ink::Bad,
            false => Ink::Belt,
        };
        stage.sketch.rect(full, 3.0, ink, None);
        stage.sketch.hit(track, Target::Record(moment.seq));
    }
    under_way.len()
}

/// What our own client sent, what has come so far and nobody has read: derived.
fn waiting(stage: &Stage) -> Vec<Parcel> {
    let Some(client) = stage.client else {
        return Vec::new();
    };
    if stage.is_bad_road() {
        return Vec::new();
    }
    // Merged ones have no name each: what is known of them is how many.
    let merged = client.there.under_way();
    let mut parcels: Vec<Parcel> = client
        .there
        .sent
        .iter()
        .filter(|sent| {
            let has_come = stage.motion.elapsed(sent.moment) >= RIDE_MS;
            let is_read = match client.there.fate(sent.number) {
                Fate::Received(received) => stage.motion.elapsed(received.moment) >= 0.0,
                Fate::Lost(_) => true,
                Fate::UnderWay => false,
            };
            sent.times == 1 && has_come && !is_read
        })
        .map(|sent| Parcel {
            number: Some(sent.number),
            bytes: sent.bytes,
            times: 1,
            stamped: false,
        })
        .collect();
    parcels.truncate(usize::try_from(merged).unwrap_or(usize::MAX));
    parcels
}

/// The one who reads: a person behind a table with a tray.
fn worker(stage: &mut Stage) {
    let (policy, lang) = (stage.policy(), stage.frame.lang);
    let (plan, sketch) = (&stage.plan, &mut stage.sketch);
    let (x, y) = plan.desk;
    let s = plan.size;
    let (_, number, small) = plan.words;
    // The head with its hat, and the body.
    let body = trace(
        "M# #C# # # # # #C# # # # # #Z",
        &[
            x - 62.0 * s,
            y,
            x - 62.0 * s,
            y - 70.0 * s,
            x - 40.0 * s,
            y - 84.0 * s,
            x,
            y - 84.0 * s,
            x + 40.0 * s,
            y - 84.0 * s,
            x + 62.0 * s,
            y - 70.0 * s,
            x + 62.0 * s,
            y,
        ],
    );
    sketch.path(body, Ink::Coat, THIN);
    let head = (x, y - 112.0 * s);
    sketch.circle(head, 27.0 * s, Ink::Skin, THIN);
    for eye in [-9.0, 9.0] {
        sketch.circle((x + eye * s, y - 112.0 * s), 2.6 * s, Ink::Eye, None);
    }
    let hat = trace(
        "M# #C# # # # # #Z",
        &[
            x - 50.0 * s,
            y - 126.0 * s,
            x - 20.0 * s,
            y - 172.0 * s,
            x + 20.0 * s,
            y - 172.0 * s,
            x + 50.0 * s,
            y - 126.0 * s,
        ],
    );
    sketch.path(hat, Ink::Straw, THIN);
    // The table, and what the program says.
    let table = area(x - 190.0 * s, y, 380.0 * s, 54.0 * s);
    sketch.rect(
        table,
        5.0 * s,
        Ink::Wood,
        Some(line(Ink::Ink, EDGE * s.max(0.6))),
    );
    let call = say::recvfrom(policy);
    let middle = (x, y + 27.0 * s + number * 0.36);
    let size = fitting(&call, number * 1.06, table.w * 0.94);
    sketch.text(
        text(call, middle, size)
            .mono()
            .bold()
            .middle()
            .within(table.w),
    );
    for leg in [-170.0, 158.0] {
        let at = area(
            x + leg * s,
            y + 54.0 * s,
            12.0 * s,
            plan.back - y - 54.0 * s,
        );
        sketch.rect(at, 0.0, Ink::Wood, THIN);
    }
    if let Some(words) = say::held(policy, lang) {
        let wide = 190.0 * s.max(0.5);
        // Upright there is no room over the head: the name of the place is there.
        let top = match plan.is_wide() {
            true => y - 226.0 * s,
            false => y + 66.0 * s,
        };
        let sign = area(x - wide / 2.0, top, wide, small * 2.0);
        sketch.rect(sign, 5.0, Ink::HoldPaper, Some(line(Ink::Hold, EDGE)));
        let at = (x, sign.y + small * 1.38);
        let words = text(words, at, small).bold().ink(Ink::Hold).middle();
        sketch.text(words.within(wide * 0.92));
    }
}

/// The parcel that was taken out last, on the table; what was not asked for falls aside.
fn taken(stage: &mut Stage, _waiting: usize) {
    let Some(client) = stage.client else { return };
    let Some(received) = client.there.received.back() else {
        return;
    };
    let lang = stage.frame.lang;
    let arrival = arrival(stage, received);
    let p = ease(stage.motion.progress(received.moment, arrival, LIFT_MS));
    if p <= 0.0 {
        return;
    }
    let plan = &stage.plan;
    let gate = (
        plan.letter_box.x + plan.letter_box.w,
        plan.letter_box.y + plan.letter_box.h * 0.6,
    );
    let to = (plan.desk.0, plan.desk.1 - 2.0 * plan.size);
    let at = (lerp(gate.0, to.0, p), lerp(gate.1, to.1, p));
    let parcel = Parcel {
        number: received.number,
        bytes: received.bytes,
        times: received.times,
        stamped: false,
    };
    if received.truncated == 0 || received.times > 1 || received.returned == received.bytes {
        parcel.draw(&mut stage.sketch, plan, at);
        stage
            .sketch
            .hit(around(at, plan.size), Target::Record(received.moment.seq));
        return;
    }
    // Nothing tells where it is cut before recvfrom has returned: it is cut on the table.
    let fallen = stage
        .motion
        .progress(received.moment, arrival + LIFT_MS, FALL_MS);
    let kept = (0, received.returned);
    let rest = (received.returned, received.bytes);
    let plan = &stage.plan;
    parcel.part(&mut stage.sketch, plan, at, kept);
    let aside = (
        at.0 + lerp(0.0, 92.0, ease(fallen)) * plan.size,
        lerp(
            at.1,
            plan.ground.max(plan.desk.1 + 70.0 * plan.size),
            cubic_in(fallen),
        ),
    );
    let area = parcel.part(&mut stage.sketch, plan, aside, rest);
    let (_, _, small) = plan.words;
    let words = say::cut_off(received.bytes.saturating_sub(received.returned), lang);
    let place = (area.x + area.w / 2.0, area.y - small * 0.4);
    let words = text(words, place, small).bold().ink(Ink::Bad).middle();
    stage.sketch.text(words.within(150.0));
    stage.sketch.hit(
        around(at, stage.plan.size),
        Target::Record(received.moment.seq),
    );
}

fn around((x, y): (f64, f64), size: f64) -> crate::sketch::Area {
    area(x - 60.0 * size, y - 60.0 * size, 120.0 * size, 60.0 * size)
}

/// How long after its record a parcel is seen to be lifted: not before its ride is over.
fn arrival(stage: &Stage, received: &Received) -> f64 {
    let sent = stage.client.and_then(|client| {
        let number = received.number?;
        client.there.sent.iter().rfind(|it| it.number == number)
    });
    match (stage.is_bad_road(), sent) {
        (true, Some(_)) => RIDE_MS / 2.0,
        (false, Some(sent)) => {
            let since = received.moment.shown.millis_since(sent.moment.shown);
            (RIDE_MS - since).max(0.0)
        }
        (_, None) => 0.0,
    }
}
