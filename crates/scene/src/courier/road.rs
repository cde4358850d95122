//! What moves: parcels to the letter box, what falls from the road, answers on their way back.

use model::{Fate, Moment, Sent};
use protocol::LostBy;

use super::{FALL_MS, RIDE_MS, Stage, parcel::Parcel, rider::rider, say};
use crate::{
    Ink, Target,
    motion::{cubic_in, ease, lerp},
    sketch::{area, text},
};

/// Where a bad road is at its worst, as a share of the way.
const WORST: f64 = 0.46;
/// So many that were lost lie about; the counter says how many there are.
const LYING_MAX: usize = 5;

pub(super) fn draw(stage: &mut Stage) {
    stall(stage);
    there(stage);
    back(stage);
}

/// The client's stall, with what it has sent and got back.
fn stall(stage: &mut Stage) {
    let Some(client) = stage.client else { return };
    let (plan, lang) = (&stage.plan, stage.frame.lang);
    let at = plan.stall;
    let awning = area(at.x, at.y, at.w, 34.0 * plan.size);
    stage.sketch.rect(
        awning,
        6.0 * plan.size,
        Ink::Coat,
        Some(crate::sketch::line(Ink::Ink, 2.0)),
    );
    for x in [at.x + at.w * 0.1, at.x + at.w * 0.9] {
        let post = area(
            x - 4.0 * plan.size,
            awning.y + awning.h,
            8.0 * plan.size,
            at.h - awning.h,
        );
        stage.sketch.rect(
            post,
            0.0,
            Ink::Wood,
            Some(crate::sketch::line(Ink::Ink, 1.5)),
        );
    }
    if !plan.is_wide() {
        return;
    }
    let (_, number, small) = plan.words;
    let x = at.x + at.w / 2.0;
    let totals = (client.there.totals, client.back.totals);
    let lines = match client.ours {
        Some(_) => vec![
            (crate::words::number(totals.0.sent.times), true),
            ("sendto".to_string(), false),
            (crate::words::number(totals.1.received.times), true),
            (say::answers(totals.1.received.times, lang), false),
        ],
        None => vec![
            (say::unseen(lang).to_string(), false),
            (crate::words::number(totals.1.sent.times), true),
            (say::answers(totals.1.sent.times, lang), false),
        ],
    };
    let mut y = plan.road + 70.0;
    for (index, (words, is_number)) in lines.iter().enumerate() {
        // The number of answers stands alone: their name repeats it.
        if index + 2 == lines.len() {
            y += number * 0.8;
            continue;
        }
        let size = if *is_number { number * 1.7 } else { small };
        y += size * 1.25;
        let words = text(words, (x, y), size).middle().within(at.w * 0.78);
        stage.sketch.text(if *is_number {
            words.bold()
        } else {
            words.quiet()
        });
    }
}

/// Our own client's parcels, each by what became of it.
fn there(stage: &mut Stage) {
    let Some(client) = stage.client else { return };
    let is_bad = stage.is_bad_road();
    let mut lying = Vec::new();
    for sent in client.there.sent.iter() {
        let parcel = Parcel {
            number: Some(sent.number),
            bytes: sent.bytes,
            times: sent.times,
            stamped: false,
        };
        let fate = match sent.times {
            1 => client.there.fate(sent.number),
            _ => Fate::UnderWay,
        };
        match fate {
            Fate::Lost(loss) if loss.by == LostBy::BadRoad => {
                fall(stage, sent, (parcel, loss.moment), WORST, &mut lying);
            }
            Fate::Lost(loss) => fall(stage, sent, (parcel, loss.moment), 1.0, &mut lying),
            Fate::Received(received) if is_bad => {
                // It stood at the roadside until it went; from there it rides on.
                let p = ease(stage.motion.progress(sent.moment, 0.0, RIDE_MS / 2.0));
                let on = ease(stage.motion.progress(received.moment, 0.0, RIDE_MS / 2.0));
                if on < 1.0 && p > 0.0 {
                    ride(stage, parcel, lerp(p * WORST, 1.0, on), sent);
                }
            }
            Fate::UnderWay if is_bad => {
                let p = ease(stage.motion.progress(sent.moment, 0.0, RIDE_MS / 2.0));
                if p > 0.0 {
                    ride(stage, parcel, p * WORST, sent);
                }
            }
            Fate::Received(_) | Fate::UnderWay => {
                let p = ease(stage.motion.progress(sent.moment, 0.0, RIDE_MS));
                if (0.001..1.0).contains(&p) {
                    ride(stage, parcel, p, sent);
                }
            }
        }
    }
    let from = lying.len().saturating_sub(LYING_MAX);
    lie(stage, &lying[from..]);
    lost_words(stage);
}

/// What was lost lies side by side below where it fell, the last ones of it: each with how far it
/// had come.
fn lie(stage: &mut Stage, lying: &[(Parcel, f64)]) {
    let plan = &stage.plan;
    let mut from = plan.stall.x + plan.stall.w;
    for (place, beyond) in [(WORST, 90.0), (1.0, 0.0)] {
        let end = lerp(plan.way.0, plan.way.1, place) + beyond * plan.size;
        let mut right = end;
        for (parcel, _) in lying.iter().rev().filter(|(_, along)| *along == place) {
            let wide = plan.parcel(parcel.bytes);
            if right - wide < from {
                break;
            }
            let at = (right - wide / 2.0, plan.ground);
            parcel.draw(&mut stage.sketch, plan, at);
            right -= wide + 8.0 * plan.size;
        }
        if right < end {
            from = end;
        }
    }
}

fn ride(stage: &mut Stage, parcel: Parcel, along: f64, sent: &Sent) {
    let (plan, sketch) = (&stage.plan, &mut stage.sketch);
    let x = lerp(plan.way.0, plan.way.1, along);
    let rack = rider(sketch, (x, plan.road), 1.0, plan.size);
    parcel.draw(sketch, plan, rack);
    let at = area(
        x - 60.0 * plan.size,
        plan.road - 110.0 * plan.size,
        120.0 * plan.size,
        110.0 * plan.size,
    );
    sketch.hit(at, Target::Record(sent.moment.seq));
}

/// Rides so far, then falls to the ground.
fn fall(
    stage: &mut Stage,
    sent: &Sent,
    (parcel, lost): (Parcel, Moment),
    along: f64,
    lying: &mut Vec<(Parcel, f64)>,
) {
    let p = ease(stage.motion.progress(sent.moment, 0.0, RIDE_MS * along));
    if p < 1.0 {
        if p > 0.0 {
            ride(stage, parcel, p * along, sent);
        }
        return;
    }
    let down = stage.motion.progress(lost, RIDE_MS * along, FALL_MS);
    let plan = &stage.plan;
    let x = lerp(plan.way.0, plan.way.1, along) - 20.0 * plan.size;
    if down >= 1.0 {
        lying.push((parcel, along));
        return;
    }
    let y = lerp(plan.road - 44.0 * plan.size, plan.ground, cubic_in(down));
    parcel.draw(&mut stage.sketch, plan, (x, y));
}

fn lost_words(stage: &mut Stage) {
    let Some(client) = stage.client else { return };
    let (plan, lang) = (&stage.plan, stage.frame.lang);
    let (_, number, _) = plan.words;
    let on_road = client.there.totals.lost_on_road;
    let y = plan.ground + number * 1.1;
    let places = [
        (
            on_road,
            lerp(plan.way.0, plan.way.1, WORST),
            say::lost_on_road(on_road, lang),
        ),
        (
            stage.datagrams.lost,
            plan.way.1 - 110.0 * plan.size,
            say::lost(stage.datagrams.lost, lang),
        ),
    ];
    for (count, x, words) in places {
        if count > 0 {
            let words = text(words, (x, y), number).bold().ink(Ink::Bad).middle();
            stage.sketch.text(words.within(280.0 * plan.size.max(0.6)));
        }
    }
}

/// The answers ride back with their stamp.
fn back(stage: &mut Stage) {
    let Some(client) = stage.client else { return };
    for sent in client.back.sent.iter() {
        let p = ease(stage.motion.progress(sent.moment, 0.0, RIDE_MS));
        if !(0.001..1.0).contains(&p) {
            continue;
        }
        let parcel = Parcel {
            // The colour and the name of what it answers.
            number: sent.answers,
            bytes: sent.bytes,
            times: sent.times,
            stamped: true,
        };
        let (plan, sketch) = (&stage.plan, &mut stage.sketch);
        let x = lerp(plan.way_back.0, plan.way_back.1, p);
        let rack = rider(sketch, (x, plan.back), -1.0, plan.size);
        parcel.draw(sketch, plan, rack);
    }
}
