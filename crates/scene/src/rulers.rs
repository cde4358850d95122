//! The same bytes, cut four ways: as they were sent, arrived, read and bagged; and a fifth way where
//! the program looks for messages. The tints are the
//! same in all rows because the bytes are the same; only the outlines differ. A red dot stands
//! where an edge of a row above is no edge here.
//!
//! Laid out in CSS pixels: words keep their size, the axis takes what room there is.

mod messages;
mod window;

use std::collections::BinaryHeap;

use model::{Connection, Cut, EndState, Ruler};
use protocol::ReadWhen;

use crate::{
    Align, Frame, Fruit, Ink, Lang, Look, Row, Scene, Shape, Target,
    sketch::{Area, Sketch, area, dashed, guessed_width, line, run, runs, sane, text, trace},
    words::{self, Label},
};

use window::{Window, rows, window};

/// Rows below this height, or windows narrower, show nothing.
const LEAST: f64 = 8.0;

/// The rulers of the connection in focus.
#[must_use]
pub fn rulers(frame: &Frame) -> Scene {
    let width = sane(frame.width);
    let height = sane(frame.height);
    let (most, weight) = match frame.look {
        Look::Light | Look::Dark => (15.0_f64, 1.0),
        Look::Projector => (22.0, 1.5),
    };
    // Words keep inside low rows, and stay words.
    let order = Row::of(frame.connection());
    let rows = order.len() as f64;
    let text = most.min(height / (rows * 1.95)).max(LEAST);
    let names = text * 5.5;
    let mut sketch = Sketch {
        weight,
        ..Sketch::default()
    };
    // The axis stands below the rows.
    let row_height = (height - text * 1.6) / rows;
    if width > names + 4.0 * LEAST && row_height > LEAST {
        let mut board = Board {
            frame,
            order,
            connection: frame.connection(),
            window: window(frame.connection()),
            text,
            left: names,
            width: width - names - 6.0,
            row_height,
            sketch: &mut sketch,
        };
        board.draw();
    }
    sketch.scene(width, height, 1.0, false)
}

struct Board<'a> {
    frame: &'a Frame<'a>,
    /// From top to bottom.
    order: &'static [Row],
    connection: Option<&'a Connection>,
    window: Window,
    /// Size of the words.
    text: f64,
    left: f64,
    width: f64,
    row_height: f64,
    sketch: &'a mut Sketch,
}

impl Board<'_> {
    /// Where a cut's number begins that has a fruit before it.
    fn behind_fruit(&self) -> f64 {
        14.0 + self.text * 1.34
    }

    fn x(&self, offset: u64) -> f64 {
        let span = (self.window.to - self.window.from).max(1) as f64;
        let along = offset.saturating_sub(self.window.from) as f64 / span;
        self.left + along.clamp(0.0, 1.0) * self.width
    }

    /// The box of the bytes `from..to` in a row.
    fn at(&self, row: usize, from: u64, to: u64) -> Area {
        let (x1, x2) = (self.x(from), self.x(to));
        let gap = (self.row_height * 0.22).min(10.0);
        area(
            x1,
            row as f64 * self.row_height + gap / 2.0 + 1.0,
            x2 - x1,
            self.row_height - gap,
        )
    }

    fn draw(&mut self) {
        let lang = self.frame.lang;
        let bag = self.connection.is_none_or(|c| c.policy.bag.is_some());
        for (row, &kind) in self.order.iter().enumerate() {
            let label = words::row_label(kind, bag);
            let at = self.at(row, 0, 0);
            self.sketch.text(
                text(
                    label.text(lang),
                    (0.0, at.y + at.h / 2.0 + self.text * 0.36),
                    self.text,
                )
                .quiet()
                .within(self.left - 8.0),
            );
        }
        if let Some(connection) = self.connection {
            let rows = rows(connection);
            for (row, ruler) in rows.iter().enumerate() {
                match ruler {
                    Some(ruler) => self.row(connection, row, ruler),
                    None => self.unknown(row),
                }
            }
            self.pending(connection, &rows);
            self.lost_edges(connection, &rows);
            self.message_marks(connection, &rows);
        }
        self.axis();
    }

    fn row(&mut self, connection: &Connection, row: usize, ruler: &Ruler) {
        let Window { from, to } = self.window;
        let known = ruler.known_from().max(from);
        if known > from && ruler.total.bytes > from {
            // Forgotten: known only by number.
            let at = self.at(row, from, known.min(to));
            self.sketch.rect(at, 3.0, Ink::Track, None);
            self.sketch
                .rect(at, 3.0, None, Some(dashed(Ink::Hair, 1.5, 2.0, 4.0)));
        }
        let cuts: Vec<&Cut> = ruler.cuts_within(from, to).collect();
        for cut in cuts {
            self.cut(connection, row, cut);
        }
    }

    /// One piece: the tints of its batches, an outline, its number.
    fn cut(&mut self, connection: &Connection, row: usize, cut: &Cut) {
        let Window { from, to } = self.window;
        let at = self.at(row, cut.from.max(from), cut.to.min(to));
        if at.w <= 0.0 {
            return;
        }
        if cut.is_unseen() {
            self.sketch.hatch(at, 9.0, line(Ink::Hair, 2.0));
            self.sketch
                .rect(at, 3.0, None, Some(dashed(Ink::Ink2, 1.5, 3.0, 5.0)));
            let words = words::not_seen(cut.bytes(), self.frame.lang);
            self.say_in(at, &words);
        } else {
            let icons = self.tints(connection, row, cut);
            let stroke = if cut.is_blurred() {
                dashed(Ink::Ink2, 2.0, 6.0, 4.0)
            } else {
                line(Ink::Ink, 2.0)
            };
            let inset = area(at.x + 1.5, at.y, (at.w - 3.0).max(0.5), at.h);
            self.sketch.rect(inset, 3.0, None, Some(stroke));
            let start = if icons {
                at.x + self.behind_fruit()
            } else {
                at.x + 9.0
            };
            self.number(at, start, row, cut);
        }
        if let Some(connection) = self.connection {
            self.sketch.hit(
                at,
                Target::Bytes {
                    conn: connection.conn,
                    from: cut.from,
                    to: cut.to,
                },
            );
        }
    }

    /// The batches in a cut as areas, with their fruit where there is room; whether the first had.
    fn tints(&mut self, connection: &Connection, row: usize, cut: &Cut) -> bool {
        let Window { from, to } = self.window;
        let (low, high) = (cut.from.max(from), cut.to.min(to));
        let whole = self.at(row, low, high);
        let mut first_has_icon = false;
        let parts: Vec<(u64, u64, Fruit)> = connection
            .batches()
            .map(|batches| {
                batches
                    .cuts_within(low, high)
                    .map(|batch| {
                        let fruit = if batch.is_blurred() {
                            Fruit::Crate
                        } else {
                            Fruit::of_batch(batch.ordinal)
                        };
                        (batch.from.max(low), batch.to.min(high), fruit)
                    })
                    .collect()
            })
            .unwrap_or_default();
        // The number stands behind the first fruit; no later one stands under it.
        let number = words::number(cut.bytes());
        let number_to = whole.x + self.behind_fruit() + guessed_width(&number, self.text);
        let covered = parts.first().map_or(high, |part| part.0);
        if covered > low {
            let at = self.at(row, low, covered);
            self.sketch.rect(at, 0.0, Ink::Track, None);
        }
        for (from, to, fruit) in parts {
            let at = self.at(row, from, to);
            self.sketch.rect(at, 0.0, Ink::Tint(fruit), None);
            let icon = (at.h - 9.0).max(8.0).min(self.text * 1.34);
            let x = at.x + if from == low { 8.0 } else { 9.0 } + icon / 2.0;
            let has_room = at.w >= icon + 10.0 && whole.w >= 30.0;
            if has_room && (from == low || x - icon / 2.0 > number_to) {
                first_has_icon |= from == low;
                self.sketch.shapes.push(Shape::Sprite {
                    fruit,
                    x,
                    y: at.y + at.h / 2.0,
                    size: icon,
                    turn: 0.0,
                    character: None,
                    opacity: 1.0,
                });
            }
        }
        first_has_icon
    }

    /// How many bytes, and what else is known of the cut, as far as there is room.
    fn number(&mut self, at: Area, start: f64, row: usize, cut: &Cut) {
        let (tear, behind) = self.free_of_tears(row, cut, at);
        let room = tear - start - 6.0;
        let number = words::number(cut.bytes());
        let wide = guessed_width(&number, self.text);
        if room < wide.min(40.0) {
            return;
        }
        let mut pieces = vec![run(number, self.text).bold()];
        let more = if cut.is_blurred() {
            {
                let has_bag = self.connection.is_none_or(|c| c.policy.bag.is_some());
                words::in_times(row, has_bag, u64::from(cut.times), self.frame.lang)
            }
        } else if self.order.get(row) == Some(&Row::Message) {
            self.connection.map_or_else(String::new, |connection| {
                let glued = connection.is_glued(cut);
                words::how_read(connection.reads_of_message(cut), glued, self.frame.lang)
            })
        } else if row == 1 {
            cut.segments.map_or_else(String::new, |segments| {
                words::in_segments(u64::from(segments), self.frame.lang)
            })
        } else {
            String::new()
        };
        let aside = at.x + at.w - behind - 14.0;
        if behind > tear && aside > guessed_width(&more, self.text) * 0.9 {
            let y = at.y + at.h / 2.0 + self.text * 0.36;
            let more = text(more, (behind + 8.0, y), self.text).within(aside);
            self.sketch.text(more);
        } else if !more.is_empty() && room > wide + guessed_width(&more, self.text) * 0.9 {
            pieces.push(run(more, self.text).after(6.0));
        }
        self.sketch.line(runs(
            pieces,
            (start, at.y + at.h / 2.0 + self.text * 0.36),
            room,
        ));
    }

    fn say_in(&mut self, at: Area, words: &str) {
        if at.w < 60.0 {
            return;
        }
        let wide = (guessed_width(words, self.text) + 16.0).min(at.w - 8.0);
        let middle = at.x + at.w / 2.0;
        self.sketch.rect(
            area(middle - wide / 2.0, at.y + 3.0, wide, at.h - 6.0),
            3.0,
            Ink::Paper,
            None,
        );
        self.sketch.text(
            text(
                words,
                (middle, at.y + at.h / 2.0 + self.text * 0.36),
                self.text,
            )
            .quiet()
            .middle()
            .within(wide - 4.0),
        );
    }

    /// A row of which nobody tells: somebody else's sends.
    fn unknown(&mut self, row: usize) {
        let at = self.at(row, self.window.from, self.window.to);
        self.sketch
            .rect(at, 3.0, None, Some(dashed(Ink::Hair, 1.5, 3.0, 5.0)));
        let words = words::unknown_row(row, self.frame.lang);
        self.say_in(at, words);
    }

    /// What is to come: dotted, never predicted.
    fn pending(&mut self, connection: &Connection, rows: &[Option<&Ruler>]) {
        let lang = self.frame.lang;
        let mut above = rows[0].map_or(0, |ruler| ruler.total.bytes);
        for (row, ruler) in rows.iter().enumerate().skip(1) {
            let Some(ruler) = ruler else {
                continue;
            };
            let total = match self.order.get(row) {
                // What was answered is no message any more, and without a framing none will be.
                Some(Row::Message) if connection.policy.framing.is_none() => continue,
                Some(Row::Message) => ruler.total.bytes.max(total_answered(connection)),
                _ => ruler.total.bytes,
            };
            if above > total {
                let at = self.at(row, total, above);
                if at.w > 2.0 {
                    let inset = area(at.x + 1.5, at.y, (at.w - 3.0).max(0.5), at.h);
                    self.sketch
                        .rect(inset, 3.0, None, Some(dashed(Ink::Ink2, 1.5, 3.0, 5.0)));
                    let words = pending_words(connection, row, above - total, total, lang);
                    let room = at.w - 16.0;
                    if room > 24.0 {
                        self.sketch.text(
                            text(
                                words,
                                (at.x + at.w / 2.0, at.y + at.h / 2.0 + self.text * 0.36),
                                self.text,
                            )
                            .quiet()
                            .middle()
                            .within(room),
                        );
                    }
                }
            }
            above = above.max(total);
        }
    }

    /// A red dot where an edge of a row above is no edge here.
    fn lost_edges(&mut self, connection: &Connection, rows: &[Option<&Ruler>]) {
        let Window { from, to } = self.window;
        for (row, ruler) in rows.iter().enumerate().skip(1) {
            // What the program finds has marks of its own.
            let Some(ruler) = ruler.filter(|_| self.order.get(row) != Some(&Row::Message)) else {
                continue;
            };
            let edges: BinaryHeap<u64> = rows[..row]
                .iter()
                .flatten()
                .flat_map(|above| above.cuts_within(from, to).map(|cut| cut.to))
                .filter(|&edge| edge > from && edge < to && edge < ruler.total.bytes)
                .collect();
            // Lighter in the page than a sort.
            let mut edges = edges.into_sorted_vec();
            edges.dedup();
            // More than one in four pixels cannot be told apart.
            if edges.len() as f64 > self.width / 4.0 {
                continue;
            }
            for edge in edges {
                if ruler.has_edge(edge) == Some(false) {
                    let at = self.at(row, edge, edge);
                    self.sketch.path_at(
                        trace("M0 0V#", &[at.h]),
                        (at.x, at.y),
                        1.0,
                        None,
                        Some(dashed(Ink::Bad, 1.5, 2.0, 4.0)),
                    );
                    self.sketch
                        .circle((at.x, at.y), 5.0, Ink::Bad, Some(line(Ink::Paper, 2.0)));
                    let dot = area(at.x - 9.0, at.y - 9.0, 18.0, 18.0);
                    let row = self.order[row];
                    self.sketch.hit(
                        dot,
                        Target::Edge {
                            conn: connection.conn,
                            row,
                            offset: edge,
                        },
                    );
                }
            }
        }
    }

    fn axis(&mut self) {
        let Window { from, to } = self.window;
        let y = self.order.len() as f64 * self.row_height + self.text + 2.0;
        let marks: u128 = 2;
        for index in 0..=marks {
            let offset = from + (u128::from(to - from) * index / marks) as u64;
            let x = self.x(offset);
            let number = words::number(offset);
            let words = if index == 0 {
                format!("{} {number}", Label::Byte.text(self.frame.lang))
            } else {
                number
            };
            let mut label = text(words, (x, y), self.text)
                .quiet()
                .within(self.width / 3.0);
            label.align = match index {
                0 => Align::Start,
                index if index == marks => Align::End,
                _ => Align::Middle,
            };
            self.sketch.text(label);
        }
    }
}

/// Why a row ends before the one above.
fn total_answered(connection: &Connection) -> u64 {
    let server = connection.server.as_ref();
    server.map_or(0, |server| server.answered.total.bytes)
}

fn pending_words(
    connection: &Connection,
    row: usize,
    missing: u64,
    total: u64,
    lang: Lang,
) -> String {
    let held = connection.policy.read_when == ReadWhen::Held;
    let level = connection
        .server
        .as_ref()
        .map_or(0, EndState::waiting_bytes);
    match row {
        1 => words::to_come(missing, connection.reset().is_some(), lang),
        2 => words::not_read(total, held && level > 0, missing, lang),
        4 => words::no_whole_message(missing, lang),
        _ => words::not_bagged(
            connection.bag_level(),
            connection.policy.bag.map(u64::from),
            lang,
        ),
    }
}
