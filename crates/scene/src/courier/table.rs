//! The same sends side by side: what each recvfrom got of datagrams, and what each recv got of a
//! stream.

use model::{Connection, Cut};

use super::{Stage, say};
use crate::{
    Fruit, Ink, Target,
    sketch::{Area, area, dashed, fitting, line, text},
    words,
};

/// So many pieces fit into a row, wide and upright.
const PIECES_MAX: (usize, usize) = (10, 8);

/// One piece of a row.
struct Piece {
    bytes: u64,
    /// Of them so many were cut off.
    cut: u64,
    lost: bool,
    fruit: Option<Fruit>,
    record: protocol::Seq,
}

pub(super) fn draw(stage: &mut Stage) {
    let Some(client) = stage.client else { return };
    let lang = stage.frame.lang;
    let at = stage.plan.table;
    let (_, _, small) = stage.plan.words;
    let mut rows: Vec<(usize, Vec<Piece>)> = Vec::new();
    if client.ours.is_some() {
        let sent = client.there.sent.iter().filter(|it| it.times == 1);
        let pieces = sent.map(|it| Piece {
            bytes: it.bytes,
            cut: 0,
            lost: matches!(client.there.fate(it.number), model::Fate::Lost(_)),
            fruit: Some(Fruit::of_batch(it.number)),
            record: it.moment.seq,
        });
        rows.push((0, pieces.collect()));
    }
    let received = client.there.received.iter().filter(|it| it.times == 1);
    let pieces = received.map(|it| Piece {
        bytes: it.bytes,
        cut: it.bytes.saturating_sub(it.returned),
        lost: false,
        fruit: it.number.map(Fruit::of_batch),
        record: it.moment.seq,
    });
    rows.push((1, pieces.collect()));
    let stream = stream(stage);
    if let Some(connection) = stream {
        let cuts = |ruler: &model::Ruler| -> Vec<Piece> {
            ruler
                .cuts()
                .filter(|cut| !cut.is_blurred())
                .map(|cut| piece(connection, cut))
                .collect()
        };
        let sent = connection.client.as_ref().map(|end| cuts(&end.wrote));
        let read = connection.server.as_ref().map(|end| cuts(&end.read));
        rows.push((2, sent.unwrap_or_default()));
        rows.push((3, read.unwrap_or_default()));
    }
    let title = say::table(lang);
    let high = small * if stage.plan.is_wide() { 2.0 } else { 1.7 };
    let mut y = at.y + small * 1.2;
    if stream.is_some() {
        let size = fitting(title, small * 1.1, at.w);
        let words = text(title, (at.x, y), size).bold().within(at.w);
        stage.sketch.text(words);
        y += small * 0.6;
    }
    for (name, pieces) in rows {
        if name == 2 {
            y += small * 0.5;
        }
        let label = say::row(name, lang);
        let (x, wide) = if stage.plan.is_wide() {
            let place = (at.x, y + high * 0.66);
            let words = text(label, place, fitting(label, small, 126.0));
            stage.sketch.text(words.quiet().within(130.0));
            (at.x + 138.0, at.w - 138.0)
        } else {
            y += small * 1.4;
            let words = text(label, (at.x, y - small * 0.2), small);
            stage.sketch.text(words.quiet().within(at.w));
            (at.x, at.w)
        };
        row(stage, area(x, y, wide, high), &pieces);
        y += high + small * 0.42;
    }
}

/// The last connection of our own client: the same sends over a stream.
fn stream<'a>(stage: &Stage<'a>) -> Option<&'a Connection> {
    let conns = stage.frame.state.conns.values();
    conns
        .rev()
        .map(AsRef::as_ref)
        .find(|connection: &&Connection| connection.client.is_some())
}

fn piece(connection: &Connection, cut: &Cut) -> Piece {
    // A read may mix batches: its colour is that of its first byte.
    Piece {
        bytes: cut.bytes(),
        cut: 0,
        lost: false,
        fruit: connection.batch_at(cut.from).map(Fruit::of_batch),
        record: cut.moment.seq,
    }
}

/// The last pieces, each as wide as it is long.
fn row(stage: &mut Stage, at: Area, pieces: &[Piece]) {
    let (_, _, small) = stage.plan.words;
    let most = match stage.plan.is_wide() {
        true => PIECES_MAX.0,
        false => PIECES_MAX.1,
    };
    let shown = &pieces[pieces.len().saturating_sub(most)..];
    if shown.is_empty() {
        stage
            .sketch
            .rect(at, 3.0, None, Some(dashed(Ink::Ink2, 1.5, 2.0, 5.0)));
        let words = say::nothing(stage.frame.lang);
        let place = (at.x + at.w / 2.0, at.y + at.h * 0.66);
        let words = text(words, place, small * 0.9).quiet().middle();
        return stage.sketch.text(words.within(at.w));
    }
    let least = small * 1.3;
    let gaps = 4.0 * shown.len() as f64;
    let all: u64 = shown.iter().map(|it| it.bytes).sum();
    // A hundred bytes fill the row; fewer do not, so that rows can be compared.
    let scale = (at.w - gaps - least * shown.len() as f64).max(0.0) / all.max(100) as f64;
    let mut x = at.x;
    for piece in shown {
        let wide = least + piece.bytes as f64 * scale;
        let cut = match piece.bytes {
            0 => 0.0,
            bytes => wide * piece.cut as f64 / bytes as f64,
        };
        let (fill, edge) = match piece.fruit {
            Some(fruit) => (Ink::Tint(fruit), Ink::Outline(fruit)),
            None => (Ink::Wood, Ink::Ink),
        };
        let whole = area(x, at.y, wide - cut, at.h);
        if piece.lost {
            stage
                .sketch
                .rect(whole, 3.0, None, Some(dashed(Ink::Bad, 2.0, 4.0, 4.0)));
        } else {
            stage.sketch.rect(whole, 3.0, fill, Some(line(edge, 2.0)));
        }
        let words = words::number(piece.bytes - piece.cut);
        let size = fitting(&words, small, whole.w);
        let place = (whole.x + whole.w / 2.0, at.y + at.h * 0.68);
        let words = text(words, place, size).bold().middle();
        let ink = if piece.lost { Ink::Bad } else { Ink::Ink };
        stage.sketch.text(words.ink(ink).within(whole.w));
        if cut > 0.0 {
            let rest = area(x + wide - cut, at.y, cut, at.h);
            stage
                .sketch
                .rect(rest, 3.0, None, Some(dashed(Ink::Bad, 2.0, 4.0, 4.0)));
            let words = ["\u{2212}", &words::number(piece.cut)].concat();
            let size = fitting(&words, small * 0.86, rest.w);
            let place = (rest.x + rest.w / 2.0, at.y + at.h * 0.68);
            let words = text(words, place, size).ink(Ink::Bad).middle();
            stage.sketch.text(words.within(rest.w));
        }
        let hit = area(x, at.y, wide, at.h);
        stage.sketch.hit(hit, Target::Record(piece.record));
        x += wide + 4.0;
    }
}
