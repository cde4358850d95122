//! The marks in the row of messages: a tear where a read ended within a message, a link where one
//! read brought the end of one message and the beginning of the next, hatching over what is framing.

use model::{Connection, Cut, Ruler};
use protocol::Framing;

use super::Board;
use crate::{
    Ink, Row, Target,
    sketch::{Area, area, line, trace},
};

impl Board<'_> {
    pub(super) fn message_marks(&mut self, connection: &Connection, rows: &[Option<&Ruler>]) {
        let row = self.order.iter().position(|&row| row == Row::Message);
        let Some((row, messages)) = row.and_then(|row| Some((row, (*rows.get(row)?)?))) else {
            return;
        };
        let Some(reads) = connection.server.as_ref().map(|server| &server.read) else {
            return;
        };
        let cuts: Vec<&Cut> = messages
            .cuts_within(self.window.from, self.window.to)
            .filter(|cut| !cut.is_blurred())
            .collect();
        // More than one in eight pixels cannot be told apart.
        if cuts.len() as f64 > self.width / 8.0 {
            return;
        }
        for cut in cuts {
            self.framing(connection, row, cut);
            if connection.reads_of_message(cut).is_some() {
                let edges: Vec<u64> = reads
                    .cuts_within(cut.from, cut.to)
                    .map(|read| read.to)
                    .filter(|&edge| edge > cut.from && edge < cut.to)
                    .collect();
                if edges.len() as f64 <= self.width / 8.0 {
                    for edge in edges {
                        self.tear(connection, row, edge);
                    }
                }
            }
            if connection.is_glued(cut) == Some(true) {
                self.link(connection, row, cut.from);
            }
        }
    }

    /// Where the first tear of a message is, and behind the last; the end of `at` without any.
    pub(super) fn free_of_tears(&self, row: usize, cut: &Cut, at: Area) -> (f64, f64) {
        let end = at.x + at.w;
        let reads = self
            .connection
            .filter(|_| self.order.get(row) == Some(&Row::Message))
            .filter(|connection| connection.reads_of_message(cut).is_some())
            .and_then(|connection| connection.server.as_ref())
            .map(|server| &server.read);
        let mut free = (end, end);
        if let Some(reads) = reads {
            for read in reads.cuts_within(cut.from, cut.to) {
                if read.to < cut.to {
                    let x = self.x(read.to);
                    free = (free.0.min(x - 4.0), x + 4.0);
                }
            }
        }
        free
    }

    /// Head or delimiter: bytes that say nothing but where a message ends.
    fn framing(&mut self, connection: &Connection, row: usize, cut: &Cut) {
        let bytes = cut.bytes().saturating_sub(cut.asked);
        let (from, to) = match connection.policy.framing {
            Some(Framing::Length(_)) => (cut.from, cut.from.saturating_add(bytes)),
            Some(Framing::Delimiter(_)) => (cut.to.saturating_sub(bytes), cut.to),
            Some(Framing::Fixed(_)) | None => return,
        };
        let at = self.at(row, from, to);
        if at.w > 1.0 {
            self.sketch.rect(at, 0.0, Ink::Ink2, None);
        }
    }

    /// A read ended here, within the message.
    fn tear(&mut self, connection: &Connection, row: usize, offset: u64) {
        let at = self.at(row, offset, offset);
        let (step, side) = (at.h / 4.0, 3.5);
        let d = trace(
            "M0 0l# #l# #l# #l# #",
            &[side, step, -2.0 * side, step, 2.0 * side, step, -side, step],
        );
        let place = (at.x, at.y);
        self.sketch
            .path_at(d.clone(), place, 1.0, None, Some(line(Ink::Paper, 5.0)));
        self.sketch
            .path_at(d, place, 1.0, None, Some(line(Ink::Ink, 2.0)));
        self.edge_spot(connection, offset, (at.x, at.y + at.h / 2.0));
    }

    /// The message that begins here came in one read with the end of the one before.
    fn link(&mut self, connection: &Connection, row: usize, offset: u64) {
        let at = self.at(row, offset, offset);
        let middle = (at.x, at.y + at.h / 2.0);
        let ring = "M-8 -3.5H8A3.5 3.5 0 0 1 8 3.5H-8A3.5 3.5 0 0 1 -8 -3.5Z";
        self.sketch
            .path_at(ring, middle, 1.0, Ink::Paper, Some(line(Ink::Ink, 2.0)));
        self.sketch
            .path_at("M-5 0H5", middle, 1.0, None, Some(line(Ink::Ink, 2.0)));
        self.edge_spot(connection, offset, middle);
    }

    fn edge_spot(&mut self, connection: &Connection, offset: u64, (x, y): (f64, f64)) {
        let target = Target::Edge {
            conn: connection.conn,
            row: Row::Message,
            offset,
        };
        self.sketch.hit(area(x - 9.0, y - 9.0, 18.0, 18.0), target);
    }
}
