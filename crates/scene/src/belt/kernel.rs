//! What else the kernel tells: the memory behind the receive buffer, and the send buffer through
//! which answers go.

use protocol::{Seq, Source};

use super::Stage;
use crate::{
    Ink, Target,
    sketch::{BOLD, area, fitting, guessed_width, line, run, runs, text},
    words::{self, Label},
};

/// The record that told of the queues last.
fn told(stage: &Stage) -> Option<Seq> {
    let (_, moment) = stage.server()?.queues?;
    Some(moment.seq)
}

/// The real limit of a receive buffer is memory of the kernel, not bytes of data.
pub(super) fn memory(stage: &mut Stage) {
    let Some(server) = stage.server() else {
        return;
    };
    let used = server.queues.and_then(|(q, _)| q.kernel_memory);
    let limit = server.queues.and_then(|(q, _)| q.kernel_memory_limit);
    let lang = stage.frame.lang;
    let (value, source, share) = match (used, limit) {
        (Some(used), Some(limit)) => (
            words::of(&words::kib(used), &words::kib(limit), lang),
            Source::Measured,
            Some((used as f64 / limit.max(1) as f64).clamp(0.0, 1.0)),
        ),
        _ => ("–".to_string(), Source::Unavailable, None),
    };
    let words = stage.label(Label::KernelMemory);
    let size = stage.size.small;
    let bar = if stage.plan.is_wide() {
        stage.mark(source, (1004.0, 42.0 - size * 0.34));
        let sketch = &mut stage.sketch;
        sketch.text(text(words, (1018.0, 42.0), size).quiet().within(236.0));
        let below = 42.0 + size * 1.3;
        sketch.text(text(value, (1018.0, below), size).bold().within(236.0));
        area(1018.0, below + 10.0, 230.0, 10.0)
    } else {
        stage.mark(source, (157.0, 371.0));
        let name = run(words, size).quiet();
        let value = run(value, size).bold().after(6.0);
        stage
            .sketch
            .line(runs(vec![name, value], (165.0, 375.5), 212.0));
        area(165.0, 380.0, 212.0, 4.0)
    };
    if let Some(share) = share {
        let ink = if share >= 1.0 { Ink::Bad } else { Ink::Ink2 };
        let round = bar.h / 2.0;
        let sketch = &mut stage.sketch;
        sketch.rect(bar, round, Ink::Well, Some(line(Ink::Ink2, 1.5)));
        if share > 0.0 {
            let w = (bar.w * share).max(bar.h * 0.6);
            sketch.rect(area(bar.x, bar.y, w, bar.h), round, ink, None);
        }
    }
    if let Some(seq) = told(stage) {
        let high = size * if stage.plan.is_wide() { 3.0 } else { 1.6 };
        let at = area(bar.x, bar.y + bar.h - high, bar.w, high);
        stage.sketch.hit(at, Target::Record(seq));
    }
}

/// The tunnel through which answers leave; over the belt, so that they can be seen in it.
pub(super) fn send_buffer(stage: &mut Stage) {
    let size = stage.size;
    let (d, title, number, room, at) = if stage.plan.is_wide() {
        (
            "M790 616V546H1130V616",
            (808.0, 588.0),
            (1112.0, 601.0),
            110.0,
            area(790.0, 546.0, 340.0, 70.0),
        )
    } else {
        (
            "M164 486V448H376V486",
            (174.0, 472.0),
            (364.0, 475.0),
            70.0,
            area(164.0, 448.0, 212.0, 38.0),
        )
    };
    let words = stage.label(Label::SendBuffer);
    let known =
        stage.server().map(
            |server| match server.queues.and_then(|(queues, _)| queues.unsent) {
                Some(unsent) => (words::number(unsent), Source::Measured),
                None => ("–".to_string(), Source::Unavailable),
            },
        );
    let sketch = &mut stage.sketch;
    sketch.fade(0.74);
    sketch.path(d, Ink::Well, None);
    sketch.end_fade();
    sketch.path(d, None, BOLD);
    sketch.text(text(words, title, size.title).bold().within(at.w * 0.6));
    let Some((value, source)) = known else {
        return;
    };
    let number_size = fitting(&value, size.number2, room).max(size.title);
    let wide = guessed_width(&value, number_size).min(room);
    let before = number.0 - wide - size.mark * 2.4;
    stage.mark(source, (before, number.1 - number_size * 0.36));
    stage
        .sketch
        .text(text(value, number, number_size).bold().end().within(room));
    if let Some(seq) = told(stage) {
        stage.sketch.hit(at, Target::Record(seq));
    }
}
