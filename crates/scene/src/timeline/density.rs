//! How much happened when, and the signs of what is worth finding.

use model::{Bucket, Mark};

use super::{Board, sign};
use crate::{
    Ink,
    sketch::{line, trace},
};

/// What gets its sign first where there is not room for all: what goes wrong seldom.
const BY_WEIGHT: [Mark; 12] = [
    Mark::Dropped,
    Mark::Reset,
    Mark::WindowZero,
    Mark::HalfCharacter,
    Mark::CutMessage,
    Mark::GluedMessages,
    Mark::MixedRead,
    Mark::EndOfStream,
    Mark::Blocked,
    Mark::AcceptQueue,
    Mark::Bagged,
    Mark::ShortRead,
];

/// A bar for each bucket: the fourth root, so that one record is seen beside a flood.
pub(super) fn bars(board: &mut Board, buckets: &[Bucket]) {
    let most = buckets.iter().map(|bucket| bucket.records).max();
    let most = f64::from(most.unwrap_or(0).max(1));
    let room = board.base - board.top - 2.0;
    let wide = (board.right - board.left) / buckets.len().max(1) as f64;
    let mut d = String::new();
    for (index, bucket) in buckets.iter().enumerate() {
        if bucket.records > 0 {
            let part = (f64::from(bucket.records) / most).sqrt().sqrt();
            let x = board.left + (index as f64 + 0.5) * wide;
            d += &trace("M# #V#", &[x, board.base, board.base - room * part]);
        }
    }
    let stroke = line(Ink::Belt, wide * 0.7);
    board.sketch.path(d, None, Some(stroke));
}

/// Signs over the bars.
pub(super) fn signs(board: &mut Board, buckets: &[Bucket]) {
    let wide = (board.right - board.left) / buckets.len().max(1) as f64;
    let scale = board.size / 14.0;
    let y = board.top - 6.5 * scale;
    for mark in BY_WEIGHT {
        for (index, bucket) in buckets.iter().enumerate() {
            let x = board.left + (index as f64 + 0.5) * wide;
            let half = 6.0 * scale;
            if bucket.marks.has(mark) && board.signs.take(x - half, x + half) {
                put(board, mark, (x, y));
            }
        }
    }
}

/// One sign, in its size.
pub(super) fn put(board: &mut Board, mark: Mark, at: (f64, f64)) {
    let sign = sign(mark);
    let scale = board.size / 14.0;
    let stroke = line(sign.ink, board.weight(2.0));
    let (fill, stroke) = match sign.filled {
        true => (Some(sign.ink), None),
        false => (None, Some(stroke)),
    };
    board.sketch.path_at(sign.d, at, scale, fill, stroke);
}
