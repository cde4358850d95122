//! The third partition, by the reads: what the scoop has taken, when, and the record that it leaves.

use model::Cut;

use super::{Stage, pieces::Words, streams::record};
use crate::{Ink, Row, Target, half, sketch::trace, words};

/// A read, ms: the scoop rises, rests, comes down with what was there; then it is tipped.
pub(super) const RISE_MS: f64 = 180.0;
const REST_MS: f64 = 120.0;
const LOWER_MS: f64 = 320.0;
pub(super) const LOWERED_MS: f64 = RISE_MS + REST_MS + LOWER_MS;
pub(super) const TIP_MS: f64 = 1000.0;
pub(super) const TOSS_MS: f64 = 350.0;
pub(super) const SPREAD_MS: f64 = 250.0;
pub(super) const TIPPED_MS: f64 = TIP_MS + TOSS_MS + SPREAD_MS + 80.0;

/// What is in the scoop.
pub(super) struct Lift<'a> {
    pub cut: &'a Cut,
    pub from: u64,
    pub to: u64,
}

/// The last read that anybody saw.
pub(super) fn last<'a>(stage: &Stage<'a>) -> Option<&'a Cut> {
    let cut = stage.server()?.read.last()?;
    (!cut.is_unseen()).then_some(cut)
}

/// The bytes in the scoop: of the last read, until they are in the bag or answered.
pub(super) fn lifted<'a>(stage: &Stage<'a>) -> Option<Lift<'a>> {
    let cut = last(stage)?;
    let answered = stage.answered();
    if cut.to <= answered {
        return None;
    }
    let is_there = !stage.collects() || stage.motion.is_within(cut.moment, TIPPED_MS);
    is_there.then_some(Lift {
        cut,
        from: cut.from.max(answered),
        to: cut.to,
    })
}

/// How far the scoop has come down with what it took, 0 to 1.
pub(super) fn lowering(stage: &Stage, cut: &Cut) -> f64 {
    stage
        .motion
        .progress(cut.moment, RISE_MS + REST_MS, LOWER_MS)
}

pub(super) fn draw(stage: &mut Stage) {
    let Some(server) = stage.server() else {
        return;
    };
    let layout = stage.layout;
    let height = layout.capsule;
    let top = layout.scoop.bottom() - height - 3.0;
    let in_scoop = lifted(stage).map(|lift| lift.cut.moment.seq);
    for cut in server.read.cuts_within(stage.axis.from, stage.axis.to) {
        stage.edge_hit(Row::Read, cut.to, (top, height));
        if in_scoop == Some(cut.moment.seq) {
            continue;
        }
        let words = Words {
            count: words::number(cut.bytes()),
            rest: if cut.is_blurred() {
                words::in_times(2, true, u64::from(cut.times), stage.frame.lang)
            } else {
                format!("recv({})", cut.asked)
            },
            mono: !cut.is_blurred(),
        };
        let stroke = stage.pen(Ink::Ink, 2.0);
        if let Some(at) = record(stage, (cut, 0.0), (top, height), Ink::Bag, stroke, &words) {
            stage.sketch.hit(at, Target::Record(cut.moment.seq));
        }
    }
    if let Some(connection) = stage.connection {
        let size = layout.sizes.record;
        for cut in server.read.cuts_within(stage.axis.from, stage.axis.to) {
            let x = stage.axis.x(cut.to);
            if x > stage.axis.left && x < stage.axis.right + 1.0 {
                let at = (x, layout.scoop.top + size * 0.85);
                if half::tag(&mut stage.sketch, connection, cut.to, at, size) {
                    let stem = trace("M# #V#", &[x, at.1 + size * 0.68, top]);
                    let pen = stage.pen(Ink::Ink, 1.5);
                    stage.sketch.path(stem, None, Some(pen));
                }
            }
        }
    }
    // While its bytes are in the bag, an edge shows there.
    let answered = stage.answered();
    for cut in server.read.cuts_within(stage.axis.from, stage.axis.to) {
        if cut.to <= answered {
            let at = (stage.axis.x(cut.to), top + height / 2.0);
            stage.diamond_at(cut.to, at);
        }
    }
}
