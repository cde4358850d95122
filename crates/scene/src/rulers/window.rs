//! Which stretch of the stream the rulers show, and the rows that they show of it.

use model::{Connection, Ruler};

use crate::Row;

/// So many cuts of the coarsest row are in the window, if there are as many.
const CUTS: usize = 6;
/// All of a stream of up to so many bytes is shown.
const SMALL: u64 = 200;

/// Which bytes are shown: `from..to`.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub from: u64,
    pub to: u64,
}

/// The last bytes, so many that the last cuts can be read: all of a small stream, a stretch of a
/// large one that moves on by tenths.
pub(super) fn window(connection: Option<&Connection>) -> Window {
    let Some(connection) = connection else {
        return Window { from: 0, to: 100 };
    };
    let ends = rows(connection);
    let end = ends
        .iter()
        .flatten()
        .map(|ruler| ruler.total.bytes)
        .max()
        .unwrap_or(0);
    let needed = ends
        .iter()
        .flatten()
        .filter_map(|ruler| {
            let sixth_last = ruler
                .cuts()
                .rev()
                .nth(CUTS.min(ruler.cuts().len()).checked_sub(1)?)?;
            Some(end.saturating_sub(sixth_last.from))
        })
        .max()
        .unwrap_or(0)
        .max(end.min(SMALL));
    // Before the first byte there is nothing to fit.
    let span = if end == 0 { 100 } else { nice(needed) };
    let step = (span / 10).max(1);
    let from = end.saturating_sub(span).div_ceil(step) * step;
    Window {
        from,
        to: from.saturating_add(span),
    }
}

/// The least of 10, 15, 20, 30, 50 and so on by tens that is not less.
fn nice(bytes: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for part in [10, 15, 20, 30, 50] {
            let span = unit.saturating_mul(part);
            if span >= bytes {
                return span;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Sent, arrived, read, bagged, and messages if there are any; None where nobody tells.
pub(super) fn rows(connection: &Connection) -> Vec<Option<&Ruler>> {
    Row::of(Some(connection))
        .iter()
        .map(|row| row.ruler(connection))
        .collect()
}
