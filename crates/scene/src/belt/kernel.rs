//! What else the kernel tells: the shutter that is the window, the memory behind the buffer, and
//! the send buffer through which answers go.

use protocol::Source;

use super::{Stage, size};
use crate::{
    Ink, Target,
    sketch::{BOLD, THIN, area, line, run, runs, text},
    words::{self, Label},
};

impl Stage<'_> {
    /// Whether the window that was last advertised is zero while bytes wait.
    pub(super) fn window_is_shut(&self) -> bool {
        self.server().is_some_and(|end| {
            end.closed.is_none()
                && end
                    .queues
                    .is_some_and(|(queues, _)| queues.receive_window == Some(0))
        })
    }
}

pub(super) fn draw(stage: &mut Stage) {
    window(stage);
    kernel_memory(stage);
}

/// The shutter over the inlet. It is up, or it is down: a window of 65 536 has no place on the
/// scale of a vessel of 100, so its size is a number and not a length.
fn window(stage: &mut Stage) {
    let queues = stage.server().and_then(|end| end.queues);
    let window = queues.and_then(|(queues, _)| queues.receive_window);
    let shut = stage.window_is_shut();
    let source = match (stage.server(), window) {
        (Some(_), Some(_)) => Some(Source::Measured),
        (Some(_), None) => Some(Source::Unavailable),
        (None, _) => None,
    };
    let words = stage.label(Label::Window);
    let value = window.map_or_else(|| "–".to_string(), words::number);
    if let Some(source) = source {
        stage.sketch.mark(source, (750.0, 76.5), 5.5);
    }
    let ink = if shut { Ink::Bad } else { Ink::Ink };
    stage.sketch.line(runs(
        vec![
            run(words, size::BAND).quiet(),
            run(value, size::TITLE).bold().ink(ink).after(8.0),
        ],
        (762.0, 84.0),
        210.0,
    ));
    let sketch = &mut stage.sketch;
    // Rails, then slats, then the housing that they come from.
    sketch.path("M772 112V210M808 112V210", None, Some(line(Ink::Ink2, 2.0)));
    if shut {
        // Down at once: the kernel told a number, not a movement.
        let slats = 8;
        for index in 0..slats {
            sketch.rect(
                area(772.0, 112.0 + f64::from(index) * 12.2, 36.0, 11.2),
                2.0,
                Ink::Bad,
                None,
            );
        }
        sketch.rect(
            area(768.0, 110.0 + f64::from(slats) * 12.2, 44.0, 5.0),
            2.5,
            Ink::Bad,
            None,
        );
    } else {
        sketch.rect(area(772.0, 112.0, 36.0, 7.0), 2.0, Ink::Ink2, None);
    }
    sketch.rect(area(758.0, 94.0, 64.0, 20.0), 6.0, Ink::Belt, THIN);
    if let Some((_, moment)) = queues {
        sketch.hit(area(744.0, 64.0, 180.0, 50.0), Target::Record(moment.seq));
    }
    if shut {
        let words = stage.label(Label::Shut);
        stage.sketch.text(
            text(words, (830.0, 111.0), size::BAND)
                .bold()
                .ink(Ink::Bad)
                .within(120.0),
        );
    }
}

/// The real limit of a receive buffer is memory of the kernel, not bytes of data.
fn kernel_memory(stage: &mut Stage) {
    let Some(server) = stage.server() else {
        return;
    };
    let used = server.queues.and_then(|(q, _)| q.kernel_memory);
    let limit = server.queues.and_then(|(q, _)| q.kernel_memory_limit);
    let known = used.is_some() && limit.is_some();
    let source = if known {
        Source::Measured
    } else {
        Source::Unavailable
    };
    let words = stage.label(Label::KernelMemory);
    stage.sketch.mark(source, (1006.0, 36.5), 5.5);
    let value = match (used, limit) {
        (Some(used), Some(limit)) => {
            words::of(&words::kib(used), &words::kib(limit), stage.frame.lang)
        }
        _ => "–".to_string(),
    };
    let sketch = &mut stage.sketch;
    sketch.text(
        text(words, (1018.0, 42.0), size::SMALL)
            .quiet()
            .within(236.0),
    );
    sketch.text(
        text(value, (1018.0, 66.0), size::SMALL)
            .bold()
            .within(236.0),
    );
    if let (Some(used), Some(limit)) = (used, limit) {
        let share = if limit == 0 {
            0.0
        } else {
            (used as f64 / limit as f64).clamp(0.0, 1.0)
        };
        let ink = if share >= 1.0 { Ink::Bad } else { Ink::Ink2 };
        sketch.rect(
            area(1018.0, 76.0, 230.0, 10.0),
            5.0,
            Ink::Well,
            Some(line(Ink::Ink2, 1.5)),
        );
        if share > 0.0 {
            sketch.rect(
                area(1018.0, 76.0, (230.0 * share).max(6.0), 10.0),
                5.0,
                ink,
                None,
            );
        }
    }
}

/// The tunnel through which answers leave; over the belt, so that they can be seen in it.
pub(super) fn send_buffer(stage: &mut Stage) {
    let sketch = &mut stage.sketch;
    sketch.fade(0.88);
    sketch.path("M790 616V546H1130V616", Ink::Well, None);
    sketch.end_fade();
    sketch.path("M790 616V546H1130V616", None, BOLD);
    let words = stage.label(Label::SendBuffer);
    let known =
        stage.server().map(
            |server| match server.queues.and_then(|(queues, _)| queues.unsent) {
                Some(unsent) => (unsent, Source::Measured),
                None => (0, Source::Unavailable),
            },
        );
    stage.sketch.text(
        text(words, (808.0, 588.0), size::TITLE)
            .bold()
            .within(210.0),
    );
    let Some((unsent, source)) = known else {
        return;
    };
    let value = if source == Source::Unavailable {
        "–".to_string()
    } else {
        words::number(unsent)
    };
    stage.sketch.mark(source, (1112.0, 562.0), 5.5);
    stage.sketch.text(
        text(value, (1112.0, 601.0), size::NUMBER2)
            .bold()
            .end()
            .within(110.0),
    );
}
