//! The four numbers at the left: the gaps between the four edges. They add up to what was sent,
//! less what was answered.

use protocol::Source;

use super::{Stage, layout::Band, reads};
use crate::{
    Ink,
    sketch::{run, runs, text},
    words::{self, Label},
};

/// Where all bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    /// None: nobody tells what was sent.
    pub riding: Option<u64>,
    pub waiting: u64,
    pub lifted: u64,
    pub bagged: u64,
    pub answered: u64,
}

pub(super) fn amounts(stage: &Stage) -> Amounts {
    let lifted = reads::lifted(stage).map_or(0, |lift| lift.to - lift.from);
    let (arrived, read, answered) = (stage.arrived(), stage.read(), stage.answered());
    Amounts {
        riding: stage.sent().map(|sent| sent.saturating_sub(arrived)),
        waiting: arrived.saturating_sub(read),
        lifted,
        bagged: read.saturating_sub(answered).saturating_sub(lifted),
        answered,
    }
}

pub(super) fn draw(stage: &mut Stage) {
    let amounts = amounts(stage);
    let layout = stage.layout;
    let has_server = stage.server().is_some();
    let known = stage.connection.is_some();
    let riding = match amounts.riding {
        Some(_) => Source::Derived,
        None if known => Source::Unavailable,
        None => Source::Derived,
    };
    let measured = stage
        .server()
        .is_none_or(model::EndState::level_is_measured);
    let waiting = if measured || amounts.waiting == 0 {
        Source::Measured
    } else {
        Source::Derived
    };
    let on_the_wire = if stage.is_torn() {
        Label::NeverArrived
    } else if stage.window_is_shut() && amounts.riding.is_some_and(|bytes| bytes > 0) {
        Label::CannotGoOn
    } else {
        Label::RidingIn
    };
    let riding_words = match amounts.riding {
        Some(bytes) => words::number(bytes),
        None if known => "–".to_string(),
        None => words::number(0),
    };
    let number = Number {
        of: None,
        room: 1.0,
    };
    number.draw(stage, layout.wire, &riding_words, on_the_wire, riding);
    if !has_server && known {
        // The kernel has it, and nobody looks: there is no socket yet that could be asked.
        number.draw(
            stage,
            layout.kernel,
            "–",
            Label::InTheKernel,
            Source::Unavailable,
        );
    } else {
        let words = words::number(amounts.waiting);
        number.draw(stage, layout.kernel, &words, Label::InTheKernel, waiting);
    }
    if layout.is_upright() {
        window(stage);
    }
    let beside_worker = Number {
        of: None,
        room: 0.55,
    };
    let words = words::number(amounts.lifted);
    beside_worker.draw(stage, layout.scoop, &words, Label::Lifted, Source::Measured);
    match stage.policy().bag {
        Some(bag) => {
            let number = Number {
                of: Some(u64::from(bag)),
                room: 1.0,
            };
            let words = words::number(amounts.bagged);
            number.draw(stage, layout.bag, &words, Label::InTheBag, Source::Derived);
        }
        None => no_bag(stage),
    }
    let y = layout.back.middle() + layout.sizes.label * 0.36;
    let title = stage.label(Label::WayBack);
    stage.sketch.text(
        text(title, (layout.gutter, y), layout.sizes.label)
            .bold()
            .within(layout.left - layout.gutter * 1.4),
    );
}

struct Number {
    /// "of 100".
    of: Option<u64>,
    /// Part of the gutter that it may take.
    room: f64,
}

impl Number {
    fn draw(&self, stage: &mut Stage, band: Band, value: &str, label: Label, source: Source) {
        let layout = stage.layout;
        let sizes = layout.sizes;
        let x = layout.gutter;
        let full = layout.left - x - sizes.label * if layout.is_upright() { 1.2 } else { 0.8 };
        let room = full * self.room;
        let middle = band.middle() - sizes.label * 0.35;
        let mut pieces = vec![run(value, sizes.number).bold()];
        if let Some(of) = self.of {
            let words = words::of_all(of, stage.frame.lang);
            pieces.push(
                run(words, sizes.label * 1.2)
                    .quiet()
                    .after(sizes.label * 0.4),
            );
        }
        stage
            .sketch
            .line(runs(pieces, (x, middle + sizes.number * 0.3), room));
        let y = middle + sizes.number * 0.3 + sizes.label * 1.35;
        let r = sizes.label * 0.24;
        stage
            .sketch
            .mark(source, (x + r + 1.0, y - sizes.label * 0.34), r);
        let words = stage.label(label);
        stage.sketch.text(
            text(words, (x + sizes.label * 0.85, y), sizes.label)
                .ink(Ink::Ink)
                .within(room - sizes.label * 0.85),
        );
    }
}

/// A phone has no room for it in the glass.
fn window(stage: &mut Stage) {
    let sample = stage.server().and_then(|end| end.queues);
    let Some(bytes) = sample.and_then(|(queues, _)| queues.receive_window) else {
        return;
    };
    let layout = stage.layout;
    let size = layout.sizes.small;
    let words = format!("{} {}", stage.label(Label::Window), words::number(bytes));
    let y = layout.kernel.bottom() - size * 0.6;
    let ink = if bytes == 0 { Ink::Bad } else { Ink::Ink2 };
    stage.sketch.text(
        text(words, (layout.gutter, y), size)
            .ink(ink)
            .within(layout.left - layout.gutter - size),
    );
}

fn no_bag(stage: &mut Stage) {
    let layout = stage.layout;
    let size = layout.sizes.label;
    let labels = match stage.policy().framing {
        Some(_) => [Label::PerMessage, Label::PerMessage2],
        None => [Label::NoBag, Label::NoBag2],
    };
    for (index, label) in labels.into_iter().enumerate() {
        let words = stage.label(label);
        let y = layout.bag.middle() + size * (0.1 + 1.3 * (index as f64 - 0.2));
        stage.sketch.text(
            text(words, (layout.gutter, y), size)
                .quiet()
                .within(layout.left - layout.gutter * 1.6),
        );
    }
}
