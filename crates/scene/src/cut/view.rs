//! Which stretch of the stream is in view. A byte gets its x once and keeps it while its bag is
//! filled; then the axis slides on.

use model::{Connection, Moment};
use protocol::Policy;

use super::layout::Layout;
use crate::heap::crate_bytes;

/// The edges on which the view depends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Edges {
    /// Behind the last byte sent or arrived.
    pub end: u64,
    pub read: u64,
    /// The first byte of the last read.
    pub read_from: u64,
    pub answered: u64,
}

/// The bytes `first..first + span`, in sprites of `unit` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub first: u64,
    pub span: u64,
    pub unit: u64,
}

/// Small bags stand side by side: at least so many bytes are in view.
const LEAST: u64 = 16;
/// Larger bags hold crates.
const FRUIT_MAX: u64 = 100;

impl View {
    pub fn end(&self) -> u64 {
        self.first.saturating_add(self.span)
    }

    pub fn new(edges: Edges, policy: &Policy, layout: &Layout) -> View {
        let bag = u64::from(policy.bag.unwrap_or(0));
        if bag == 0 {
            return View::window(edges, policy, layout);
        }
        // A bag is seen whole, on a phone too.
        let (span, unit) = if bag <= FRUIT_MAX {
            (bag * LEAST.div_ceil(bag), 1)
        } else {
            (bag, crate_bytes(bag, layout.most))
        };
        // A bag that was answered stays in view until there is something for the next one.
        let first = if edges.end > edges.answered {
            edges.answered
        } else {
            edges.answered.saturating_sub(bag)
        };
        View { first, span, unit }
    }

    /// Without a bag for an axis: all of a short stream, of a long one what is around the read
    /// edge. The scoop is never too short to be seen.
    fn window(edges: Edges, policy: &Policy, layout: &Layout) -> View {
        let most = layout.most;
        if edges.end <= layout.short {
            return View {
                first: 0,
                span: layout.short,
                unit: 1,
            };
        }
        if edges.end <= most {
            return View {
                first: 0,
                span: most,
                unit: 1,
            };
        }
        let scoop = u64::from(policy.bufsize);
        let behind = edges.read_from.min(edges.read);
        let needed = edges.end.saturating_sub(behind);
        let unit = if needed <= most * 3 / 4 {
            1
        } else {
            let largest = scoop.saturating_mul(10) / most;
            let wanted = crate_bytes(needed, most * 3 / 4);
            let least_power = 1_u64 << (63 - largest.max(1).leading_zeros());
            match wanted.min(least_power) {
                0..8 => 1,
                unit => unit,
            }
        };
        let span = most * unit;
        let quarter = (span / 4).max(1);
        let anchor = behind.max(edges.read.saturating_sub(quarter));
        View {
            first: anchor / quarter * quarter,
            span,
            unit,
        }
    }
}

/// The edges now, and before the record that moved one of them last.
pub(super) fn edges(connection: &Connection) -> (Edges, Option<(Edges, Moment)>) {
    let server = connection.server.as_ref();
    let client = connection.client.as_ref();
    let sent = client.map(|end| &end.wrote);
    let arrived = server.map(|end| &end.arrived);
    let read = server.map(|end| &end.read);
    let answered = server.map(|end| &end.answered);
    let last = |ruler: Option<&model::Ruler>| {
        ruler
            .and_then(|ruler| ruler.last())
            .map(|cut| (cut.from, cut.moment))
    };
    let total = |ruler: Option<&model::Ruler>| ruler.map_or(0, |ruler| ruler.total.bytes);
    let (out, came, taken, gone) = (total(sent), total(arrived), total(read), total(answered));
    let now = Edges {
        end: out.max(came),
        read: taken,
        read_from: last(read).map_or(taken, |(from, _)| from),
        answered: gone,
    };
    let before_read = read.map_or(0, |ruler| {
        let before = ruler.cuts().rev().nth(1);
        before.map_or(now.read_from, |cut| cut.from)
    });
    let undone = [
        last(sent).map(|(from, moment)| {
            let end = from.max(came);
            (moment, Edges { end, ..now })
        }),
        last(arrived).map(|(from, moment)| {
            let end = from.max(out);
            (moment, Edges { end, ..now })
        }),
        last(read).map(|(from, moment)| {
            let edges = Edges {
                read: from,
                read_from: before_read,
                ..now
            };
            (moment, edges)
        }),
        last(answered).map(|(from, moment)| {
            let edges = Edges {
                answered: from,
                ..now
            };
            (moment, edges)
        }),
    ];
    let youngest = undone
        .into_iter()
        .flatten()
        .max_by_key(|(moment, _)| moment.seq);
    (now, youngest.map(|(moment, edges)| (edges, moment)))
}
